"""What the page does with a question: takes it, and shows its answer as it grows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Any

from qa.conversation import Turn, history_of, turn_of
from qa.errors import OverloadedError, QAError, RateLimitedError, ServingError
from qa.serving.desk import Desk as Questions
from qa.settings import Settings, loopback
from qa.web.filters import filters_in_words
from qa.web.rendering import answer_html, message_html, question_html, sources_html, waiting_html
from qa.web.words import Language, say

if TYPE_CHECKING:
    from qa.binder import Binder
    from qa.schema import Answer

# Seconds that lie at least between what the page is shown of an answer that grows.
PACE = 0.1
# Turns of a conversation that a question is understood from; and that one conversation holds.
TURNS_READ = 10


@dataclass(frozen=True, slots=True)
class Seen:
    """What the page shows of an answer so far. turn: the whole of it once it is finished. sources: None leaves them."""

    now: str
    sources: str | None = None
    turn: Turn | None = None


class Desk:
    """Where the page's questions are put."""

    def __init__(self, binder: Binder) -> None:
        self._binder = binder
        self._questions = Questions(binder, shared=is_shared(binder.settings))
        self.freshness = self._questions.freshness

    async def asked(
        self, who: str, text: str, turns: Sequence[Turn], filters: dict[str, Any], language: Language
    ) -> AsyncGenerator[Seen]:
        """What the page shows as the answer grows; the last holds the turn. Closing it gives up what a model is asked.

        who: the user's name or address. Raises QAError where there is no answer.
        """
        asked = question_html(text, language, filters_in_words(filters, language))
        answer: Answer | None = None
        before, shown_at = history_of(turns[-TURNS_READ:]), time.monotonic()
        grows = self._binder.chat is not None  # without a model the whole of it comes at once
        try:
            async with aclosing(self._questions.asked(who, text, history=before, **filters)) as growing:
                async for more in growing:
                    answer = more or answer
                    if more is None or (grows and time.monotonic() - shown_at > PACE):
                        yield self._seen(asked, answer, language)
                        shown_at = time.monotonic()
        except RateLimitedError as error:
            raise ServingError(say("too_fast", language, count=error.count, seconds=ceil(error.wait))) from error
        except OverloadedError as error:
            raise ServingError(say("full", language)) from error
        if answer is not None:
            turn = await asyncio.to_thread(turn_of, self._binder, answer, filters=filters)
            yield replace(self._seen(asked, answer, language), turn=turn)

    def _seen(self, asked: str, answer: Answer | None, language: Language) -> Seen:
        if answer is not None:
            return Seen(asked + answer_html(answer, language), sources_html(answer, language))
        model = self._binder.chat.name if self._binder.chat else ""
        return Seen(asked + waiting_html(say("reads" if model else "searching", language, model=model)))


def is_shared(settings: Settings) -> bool:
    """Whether the page is served to others than who sits at this machine."""
    return settings.auth is not None or bool(settings.auth_header) or not loopback(settings.host)


def turns_html(turns: Iterable[Turn], language: Language) -> str:
    """A whole conversation."""
    return "".join(
        question_html(turn.question, language, filters_in_words(turn.filters, language))
        + answer_html(turn.answer, language)
        for turn in turns
    )


def failed(text: str, error: QAError, language: Language) -> str:
    """What the page shows where a question could not be answered."""
    return question_html(text, language) + message_html(str(error), language)

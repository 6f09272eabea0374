"""What the page does with a question: takes it, and shows its answer as it grows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Any, cast

from qa.conversation import Turn, history_of, turn_of
from qa.errors import CorpusError, IndexBusyError, IndexNotWritableError, QAError, ServingError
from qa.retrieval.query import checked
from qa.settings import Settings, loopback
from qa.web.audit import Audit, Outcome
from qa.web.filters import filters_in_words
from qa.web.limits import Rate
from qa.web.rendering import answer_html, message_html, question_html, sources_html, waiting_html
from qa.web.turnstile import Turnstile
from qa.web.words import Language, say

if TYPE_CHECKING:
    from qa.binder import Binder
    from qa.schema import Answer

# Seconds after which the page is asked whether its reader is still there.
BEAT = 1.0
# Seconds that lie at least between what the page is shown of an answer that grows.
PACE = 0.1
# Seconds within which the notes are not looked at again for changes: many ask at once, and each look reads the folder.
FRESH = 2.0
# Turns of a conversation that a question is understood from; and that one conversation holds.
TURNS_READ = 10


@dataclass(frozen=True, slots=True)
class Seen:
    """What the page shows of an answer so far. turn: the whole of it once it is finished. sources: None leaves them."""

    now: str
    sources: str | None = None
    turn: Turn | None = None


class Freshness:
    """Brings the index up to date before a question, at most once in a while. `stale` says why it could not be."""

    def __init__(self, binder: Binder) -> None:
        self._binder = binder
        self._looked = float("-inf")
        self.stale = ""

    async def look(self) -> None:
        """Looks for notes that have changed; where that cannot be done now, the index stays as it was."""
        if time.monotonic() - self._looked < FRESH:
            return
        self._looked = time.monotonic()
        try:
            await asyncio.to_thread(self._binder.sync, timeout=0)
            self.stale = ""
        except IndexBusyError:
            pass  # another process is just doing it
        except (IndexNotWritableError, CorpusError) as error:
            self.stale = str(error).partition("\n")[0]


class Desk:
    """Where questions are put: who may ask how often, how many are answered at once, and what is logged of it."""

    def __init__(self, binder: Binder) -> None:
        settings = binder.settings
        self._binder = binder
        self.freshness = Freshness(binder)
        self._turnstile = Turnstile()
        self._rate = Rate(settings.questions_a_minute) if is_shared(settings) else None
        self._audit = Audit(settings.audit, settings.audit_answers) if settings.audit else None

    async def asked(
        self, who: str, text: str, turns: Sequence[Turn], filters: dict[str, Any], language: Language
    ) -> AsyncGenerator[Seen]:
        """What the page shows as the answer grows; the last holds the turn. Closing it gives up what a model is asked.

        who: the user's name or address. Raises QAError where there is no answer.
        """
        began, outcome, seen = time.monotonic(), "stopped", Seen("")
        try:
            try:
                self._admit(who, language)
                await asyncio.to_thread(checked, text)
                asked = question_html(text, language, filters_in_words(filters, language))
                seen = Seen(asked + self._waiting(language))
                yield seen
                async with (
                    self._turnstile.passed(say("full", language)),
                    aclosing(self._answered(text, turns, filters, language, asked)) as growing,
                ):
                    async for seen in growing:
                        yield seen
            except ServingError:
                outcome = "refused"
                raise
            except Exception:
                outcome = "error"
                raise
            if seen.turn:
                outcome = "abstained" if seen.turn.answer.abstained else "answered"
        finally:
            if self._audit:
                answer = seen.turn.answer if seen.turn else None
                self._audit.write(who, text, answer, time.monotonic() - began, cast(Outcome, outcome))

    def _admit(self, who: str, language: Language) -> None:
        if self._rate and (seconds := self._rate.wait(who)):
            count = self._binder.settings.questions_a_minute
            raise ServingError(say("too_fast", language, count=count, seconds=ceil(seconds)))

    def _waiting(self, language: Language) -> str:
        model = self._binder.chat.name if self._binder.chat else ""
        return waiting_html(say("reads" if model else "searching", language, model=model))

    async def _answered(
        self, text: str, turns: Sequence[Turn], filters: dict[str, Any], language: Language, asked: str
    ) -> AsyncGenerator[Seen]:
        """As `asked`, of a question whose turn has come. asked: the question as it is shown."""

        def grown(answer: Answer | None) -> Seen:
            if answer is None:
                return Seen(asked + self._waiting(language))
            return Seen(asked + answer_html(answer, language), sources_html(answer, language))

        await self.freshness.look()
        before = history_of(turns[-TURNS_READ:])
        answer: Answer | None = None
        shown_at = time.monotonic()
        async with aclosing(_with_beats(self._binder.astream(text, history=before, **filters))) as answers:
            async for more in answers:
                answer = more or answer
                if more is None or time.monotonic() - shown_at > PACE:
                    yield grown(answer)
                    shown_at = time.monotonic()
        if answer is not None:
            turn = await asyncio.to_thread(turn_of, self._binder, answer, filters=filters)
            yield replace(grown(answer), turn=turn)


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


async def _with_beats(answers: AsyncGenerator[Answer]) -> AsyncGenerator[Answer | None]:
    """The answers, and None for each second without one: Gradio ends what a reader has left only when it yields."""
    coming: asyncio.Task[Answer | None] | None = None
    try:
        while True:
            coming = coming or asyncio.create_task(_next(answers))
            done, _ = await asyncio.wait({coming}, timeout=BEAT)
            if not done:
                yield None
                continue
            answer, coming = coming.result(), None
            if answer is None:
                return
            yield answer
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.wait({coming})
        await answers.aclose()


async def _next(answers: AsyncGenerator[Answer]) -> Answer | None:
    return await anext(answers, None)

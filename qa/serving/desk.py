"""Where the questions of many are put to one binder."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Unpack, cast

from qa.errors import OverloadedError, RateLimitedError
from qa.options import AskOptions
from qa.retrieval.query import checked
from qa.serving.audit import Audit, Outcome
from qa.serving.freshness import Freshness
from qa.serving.limits import Rate
from qa.serving.turnstile import IN_QUOTES, Turnstile

if TYPE_CHECKING:
    from qa.binder import Binder
    from qa.schema import Answer

# Seconds without an answer after which that is told.
BEAT = 1.0


class Desk:
    """Who may ask how often, how many questions are answered at once, and what is logged of them.

    shared: whether others ask than who sits at this machine, so that each may ask only so often.
    """

    def __init__(self, binder: Binder, *, shared: bool) -> None:
        settings = binder.settings
        self._binder = binder
        self.freshness = Freshness(binder)
        self._turnstile = Turnstile() if binder.chat else Turnstile(IN_QUOTES)
        self._rate = Rate(settings.questions_a_minute) if shared else None
        self._audit = Audit(settings.audit, settings.audit_answers) if settings.audit else None

    async def asked(self, who: str, question: str, **options: Unpack[AskOptions]) -> AsyncGenerator[Answer | None]:
        """Yields None once the question is taken, and for each second that brings nothing more of the answer; else the
        answer as it grows. Closing it gives up what a model is asked.

        who: a name or an address. options: as of `Binder.ask`. Raises RateLimitedError, OverloadedError, and what
        `Binder.ask` raises.
        """
        began, outcome, answer = time.monotonic(), "stopped", None
        try:
            try:
                self._admit(who)
                await asyncio.to_thread(checked, question)
                yield None
                async with self._turnstile.passed():
                    await self.freshness.look()
                    async with aclosing(_with_beats(self._binder.astream(question, **options))) as answers:
                        async for more in answers:
                            answer = more or answer
                            yield more
            except (RateLimitedError, OverloadedError):
                outcome = "refused"
                raise
            except Exception:
                outcome = "error"
                raise
            if answer:
                outcome = "abstained" if answer.abstained else "answered"
        finally:
            if self._audit:
                whole = answer if outcome in ("abstained", "answered") else None
                self._audit.write(who, question, whole, time.monotonic() - began, cast(Outcome, outcome))

    def _admit(self, who: str) -> None:
        if self._rate and (seconds := self._rate.wait(who)):
            raise RateLimitedError(self._binder.settings.questions_a_minute, seconds)


async def _with_beats(answers: AsyncGenerator[Answer]) -> AsyncGenerator[Answer | None]:
    """The answers, and None for each second without one: a server learns that its reader has left
    only when it sends something."""
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

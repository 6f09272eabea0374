"""Where programs are served: answers, whole or as they grow, and what is looked up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, TypeVar

from qa.errors import RateLimitedError, StoppedError
from qa.options import Filters
from qa.serving.desk import Desk
from qa.serving.door import is_shared
from qa.serving.limits import Rate
from qa.serving.turnstile import Turnstile

if TYPE_CHECKING:
    from qa.binder import Binder
    from qa.schema import Answer

# Searches and notes a minute, for each question that may be asked in one.
LOOKUPS = 10
T = TypeVar("T")


class Counter:
    """Serves one binder. Where others than who sits at this machine ask, each may only so often."""

    def __init__(self, binder: Binder) -> None:
        shared, most = is_shared(binder.settings), LOOKUPS * binder.settings.questions_a_minute
        self.binder = binder
        self._desk = Desk(binder, shared=shared)
        self._turnstile = Turnstile()
        self._rate, self._most = Rate(most) if shared else None, most

    @property
    def stale(self) -> bool:
        """Whether the index could not be brought up to date when it was last tried."""
        return bool(self._desk.freshness.stale)

    async def growing(self, who: str, question: str, options: Filters) -> AsyncGenerator[Answer | None]:
        """`Desk.asked`, begun: whoever asks may, and the question is one. Raises what that raises."""
        answers = self._desk.asked(who, question, **options)
        await anext(answers)
        return answers

    async def answered(self, who: str, question: str, options: Filters, gone: Callable[[], Awaitable[bool]]) -> Answer:
        """The whole answer. gone: whether nobody waits for it any more; then what a model is asked is given up.

        Raises what `Desk.asked` raises, and StoppedError where nobody waits.
        """
        whole: Answer | None = None
        async with aclosing(await self.growing(who, question, options)) as answers:
            async for more in answers:
                whole = more or whole
                if more is None and await gone():
                    break
            else:
                if whole is not None:
                    return whole
        raise StoppedError("Nobody waits for this answer any more.")

    async def looked_up(self, who: str, look: Callable[[Binder], T]) -> T:
        """What `look`, in a thread, finds in the binder as its notes are now. Raises RateLimitedError, OverloadedError,
        and what `look` raises."""
        if self._rate and (seconds := self._rate.wait(who)):
            raise RateLimitedError(self._most, seconds)
        async with self._turnstile.passed():
            await self._desk.freshness.look()
            return await asyncio.to_thread(look, self.binder)

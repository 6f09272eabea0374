"""A binder that is opened while a server already answers: a program that starts a server waits for its first word."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from qa.errors import IndexBusyError

if TYPE_CHECKING:
    from qa.serving.counter import Counter

# Seconds that a question waits for the binder. Programs that ask mostly give up after a minute.
PATIENCE = 45.0
# Seconds after which a program that waits is told so.
_BEAT = 1.0


class Opening:
    """Opens a binder once, in a thread. What failed is tried again for the next question.

    open_counter: opens it, brings it up to date and serves it. To be used within one event loop.
    """

    def __init__(self, open_counter: Callable[[], Counter], *, patience: float = PATIENCE) -> None:
        self._open_counter, self._patience = open_counter, patience
        self._opened: asyncio.Task[Counter] | None = None

    def begin(self) -> asyncio.Task[Counter]:
        """Begins to open it, where that is not under way or done."""
        if self._opened is None or _failed(self._opened):
            self._opened = asyncio.create_task(asyncio.to_thread(self._open_counter))
            self._opened.add_done_callback(_failed)
        return self._opened

    async def opened(self, waiting: Callable[[], Awaitable[None]]) -> Counter:
        """Where the binder is served. waiting: called for each second that it takes to open it.

        Raises what opening it raises, and IndexBusyError where it is not open in time.
        """
        opened = self.begin()
        end = asyncio.get_running_loop().time() + self._patience
        while not opened.done():
            if asyncio.get_running_loop().time() > end:
                raise IndexBusyError("The index is being brought up to date with the notes. Ask again in a minute.")
            await asyncio.wait({opened}, timeout=min(_BEAT, self._patience))
            if not opened.done():
                await waiting()
        return opened.result()

    def close(self) -> None:
        """Closes the binder, where it is open."""
        if self._opened is not None and self._opened.done() and not _failed(self._opened):
            self._opened.result().binder.close()


def _failed(opened: asyncio.Task[Counter]) -> bool:
    return opened.done() and (opened.cancelled() or opened.exception() is not None)

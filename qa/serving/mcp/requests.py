"""Requests: who asks, and work that is given up with the request."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext

_LOCAL = "mcp"
T = TypeVar("T")


def who(context: ServerRequestContext) -> str:
    """Who asks, as the log names him: his address, or that it is the program that started this one."""
    client = getattr(context.request, "client", None)
    return str(client.host) if client else _LOCAL


class Waiting:
    """Tells a program that waits for one request that it is worked on. What is told as progress only ever grows, as
    the protocol wants it, whatever is waited for."""

    def __init__(self, context: ServerRequestContext) -> None:
        self._context, self._seconds = context, 0

    async def told(self, message: str) -> None:
        """To be called each second. A program that did not ask for progress is told nothing."""
        self._seconds += 1
        await self._context.session.report_progress(self._seconds, message=message)

    async def for_the_index(self) -> None:
        """As `told`, while the binder is opened."""
        await self.told("Bringing the index up to date with the notes")


async def gone(context: ServerRequestContext) -> bool:
    """Whether the connection is closed over which the answer would be sent. No other could bring it: nothing is kept
    to be sent again."""
    disconnected = getattr(context.request, "is_disconnected", None)
    return disconnected is not None and bool(await disconnected())


async def given_up_once(work: Coroutine[Any, Any, T]) -> T:
    """What `work` returns. Where this is cancelled, `work` is cancelled once, and left to end in its own time.

    The protocol's library cancels again at every await, and what is asked of a model would not be given up in order.
    """
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        task.cancel()
        raise

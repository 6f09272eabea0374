"""Work that one who asked can give up."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


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

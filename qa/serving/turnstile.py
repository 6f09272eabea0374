"""How many questions are answered at once, and how many wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from qa.errors import OverloadedError

AT_ONCE, WAITING = 4, 64
# Answers in quotes keep the interpreter busy all the time, and wait for nothing: more of them at once take longer each,
# and keep what else the server does waiting.
IN_QUOTES = 2


class Turnstile:
    """Lets `at_once` through at a time, first come first, and turns away who finds `waiting` before them."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._most = at_once + waiting
        self._here = 0

    @asynccontextmanager
    async def passed(self) -> AsyncGenerator[None]:
        """Waits for its turn. Raises OverloadedError where too many wait."""
        if self._here >= self._most:
            raise OverloadedError
        self._here += 1
        try:
            async with self._free:
                yield
        finally:
            self._here -= 1

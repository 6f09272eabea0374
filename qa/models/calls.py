"""Asynchronous streams as plain iterators that can be given up at any moment, also while nothing comes."""

from __future__ import annotations

import asyncio
import os
import queue
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from qa.errors import StoppedError

T = TypeVar("T")
_END = object()
MOST_THREADS = 64
STOPPED = "The question was given up before there was an answer."
# Seconds between looks at whether anybody still wants an answer.
_LOOK_UP = 0.1
_starting = threading.Lock()
_running: tuple[int, asyncio.AbstractEventLoop] | None = None


class Calls:
    """The streams of one model. A call that waits for a server can be broken off only where it is asynchronous."""

    def __init__(self) -> None:
        self._under_way: set[Future[None]] = set()
        self._ended: Callable[[], Exception] | None = None

    def run(
        self,
        begin: Callable[[], AsyncIterator[T]],
        deadline: float,
        stop: threading.Event | None = None,
        ended: Callable[[], None] = lambda: None,
    ) -> Iterator[T]:
        """What a stream gives. begin: starts it. deadline: of `time.monotonic`. stop: once set, nobody wants more.
        ended: called once it has ended in whatever way, be it that nobody takes what it gives.

        Raises TimeoutError at the deadline, StoppedError where it is stopped, what `end` was told, and what the stream
        raises. Closing the iterator cancels the stream.
        """
        given: queue.Queue[object] = queue.Queue()
        if self._ended:
            ended()
            raise self._ended()

        async def pump() -> None:
            try:
                async for item in begin():
                    given.put(item)
                    if time.monotonic() > deadline:
                        raise TimeoutError
                    await asyncio.sleep(0)  # a stream that always has more would let nobody cancel it
                given.put(_END)
            except asyncio.CancelledError:
                given.put(self._ended() if self._ended else StoppedError(STOPPED))
                raise
            except BaseException as error:  # handed to whoever waits; one that got through would end all models' loop
                given.put(error if isinstance(error, Exception) else RuntimeError(repr(error)))

        task = asyncio.run_coroutine_threadsafe(pump(), _loop())
        task.add_done_callback(lambda _: ended())
        self._under_way.add(task)
        try:
            while True:
                item = _next(given, deadline, stop)
                if item is _END:
                    return
                if isinstance(item, Exception):
                    raise item
                yield item  # type: ignore[misc]  # the queue holds what the stream gave
        finally:
            self._under_way.discard(task)
            task.cancel()

    def end(self, why: Callable[[], Exception]) -> None:
        """Cancels what is under way, and all that comes after it: whoever waits gets the error that `why` makes."""
        self._ended = why
        for task in tuple(self._under_way):
            task.cancel()


def _next(given: queue.Queue[object], deadline: float, stop: threading.Event | None) -> object:
    while True:
        if stop is not None and stop.is_set():
            raise StoppedError(STOPPED)
        left = deadline - time.monotonic()
        try:
            return given.get(timeout=max(0.0, min(left, _LOOK_UP)))
        except queue.Empty:
            if left <= _LOOK_UP:
                raise TimeoutError from None


def _loop() -> asyncio.AbstractEventLoop:
    """The one event loop of this process for all models: providers' packages keep their clients for a whole process,
    and a client may be used only in the loop where it was used first."""
    global _running  # noqa: PLW0603 - see above
    with _starting:
        if _running is None or _running[0] != os.getpid():
            loop = asyncio.new_event_loop()
            # Models that are not asynchronous keep a thread for as long as they take, whoever still waits for them.
            loop.set_default_executor(ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="qa-models"))
            threading.Thread(target=loop.run_forever, name="qa-models", daemon=True).start()
            _running = os.getpid(), loop
        return _running[1]

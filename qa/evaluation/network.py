"""Counts the calls that leave the process while a block runs: connections, look-ups of names, datagrams.

It hears Python's own sockets through an audit hook. A socket that a library opens in its own machine code goes unheard;
tests/test_embedding.py looks for those of the model runtime.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any

_LOOK_UPS = ("socket.getaddrinfo", "socket.gethostbyname")
_SENDINGS = ("socket.connect", "socket.sendto", "socket.sendmsg")
_listening: list[NetworkCalls] = []
_hooked = False


class NetworkCalls:
    """`with NetworkCalls() as calls:` keeps the calls made by any thread meanwhile, each as (event, where to)."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []

    def __enter__(self) -> NetworkCalls:
        _hook()
        _listening.append(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _listening.remove(self)


def _hook() -> None:
    global _hooked  # noqa: PLW0603 - an audit hook cannot be taken off again, so there is one for all
    if not _hooked:
        sys.addaudithook(_hear)
        _hooked = True


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if not _listening or event not in (*_LOOK_UPS, *_SENDINGS):
        return
    where = arguments[0] if event in _LOOK_UPS else arguments[1]
    if event in _SENDINGS and not isinstance(where, tuple):
        return  # a path is a socket of this machine's file system; None is one that was counted when it connected
    for one in _listening:
        one.calls.append((event, str(where)))

"""Runs a server on a port."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from qa.errors import ServingError
from qa.serving.turnstile import AT_ONCE

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from qa.models import ChatModel

# Seconds: for a connection that asks for nothing; for answers that are being given when the server is stopped, and to
# tell those that a model was broken off from.
_IDLE, _LAST_ANSWERS, _LAST_WORDS = 15, 2, 5
# For answers and searches that are under way, and as many that were given up and whose threads do not know it yet.
_THREADS = 4 * AT_ONCE


def run(
    app: ASGIApp,
    listener: socket.socket,
    ready: Callable[[], None],
    chat: ChatModel | None = None,
) -> None:
    """Serves `app` until it is stopped, by Ctrl+C (KeyboardInterrupt) or by SIGTERM.

    ready: called once it answers. chat: the model whose answers are broken off where they are not finished two seconds
    after it was told to stop, so that each reader still gets what was said, and a word.
    """
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            # What asyncio has by itself, a few for each processor, slow models alone would take from all searches.
            threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="qa-serving")
            asyncio.get_running_loop().set_default_executor(threads)
            await super().startup(sockets)
            if self.started:
                ready()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            # A page that is open has a stream that never ends; that it is cut off is no error.
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
            late = asyncio.get_running_loop().call_later(_LAST_ANSWERS, chat.break_off) if chat else None
            await super().shutdown(sockets)
            if late:
                late.cancel()

    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # qa.serving.proxies knows whom to believe
        ws="none",
        lifespan="on",
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=_LAST_ANSWERS + (_LAST_WORDS if chat else 0),
    )
    with _ending_on_request():
        Server(config).run([listener])


@contextmanager
def _ending_on_request() -> Iterator[None]:
    """Has SIGTERM end the server and not the process: uvicorn raises it again once it has stopped."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def listening(host: str, port: int, what: str) -> socket.socket:
    """A socket that listens; port 0 takes one that is free. what: is served, "The chat".

    Raises ServingError where there is no such address, or the port is taken.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise ServingError(f"{what} cannot listen on {host}: this machine has no such name or address.") from error
    both = host == "::" and socket.has_dualstack_ipv6()
    try:
        return socket.create_server(address[:2], family=family, dualstack_ipv6=both, backlog=2048)
    except OSError as error:
        raise ServingError(
            f"{what} cannot listen on {in_address(host)}:{port}: {_why(error)}.\n"
            f"Is it running already? If not, choose another port: --port {port % 65535 + 1}."
        ) from error


def _why(error: OSError) -> str:
    # What Python says of it repeats the address, in brackets of its own.
    return os.strerror(error.errno) if error.errno else str(error)


def in_address(host: str) -> str:
    """A host as it stands in an address with a port."""
    return f"[{host}]" if ":" in host else host


def hosts(host: str, port: int) -> frozenset[str]:
    """What a program on this machine may call a server that listens on a loopback address."""
    names = {in_address(host), "localhost", "127.0.0.1", "[::1]"}
    return frozenset({f"{name}:{port}" for name in names} | (names if port == 80 else set()))

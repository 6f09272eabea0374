"""Runs the server of the Model Context Protocol: for the program that started this one, or on a port."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from types import FrameType
from typing import TYPE_CHECKING, Any

from mcp.server.stdio import stdio_server

from qa.serving.door import MOST_BYTES, admitting, guarded, is_shared
from qa.serving.limits import Rate
from qa.serving.listening import in_address, listening, run
from qa.serving.mcp.faults import told_to_anyone, told_to_its_user
from qa.serving.mcp.opening import Opening
from qa.serving.mcp.server import server_of
from qa.serving.mcp.sessions import A_MINUTE, IDLE, MOST, Admitting
from qa.settings import Settings, loopback

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from qa.binder import Binder
    from qa.serving.counter import Counter

PATH = "/mcp"
# Seconds that are left to what is still done once nobody listens; most programs kill this one after two.
_LAST_WORK = 1.5
_log = logging.getLogger(__name__)


def over_stdio(open_binder: Callable[[], Binder]) -> None:
    """Serves the program at the other end of standard input and output until it closes the first of them.

    open_binder: called in a thread once the server answers. SIGTERM and Ctrl+C end the process. Meanwhile whatever is
    printed goes to standard error.
    """
    for number, code in ((signal.SIGTERM, 0), (signal.SIGINT, 130)):
        signal.signal(number, _ending(code))
    opening = Opening(lambda: _for_one(open_binder()))
    asyncio.run(_over_stdio(opening))
    opening.close()


def over_http(
    binder: Binder,
    *,
    host: str | None = None,
    port: int | None = None,
    no_token: bool = False,
    ready: Callable[[str], None] = lambda url: None,
) -> None:
    """Serves the binder at `/mcp` until it is stopped, by Ctrl+C (KeyboardInterrupt) or by SIGTERM.

    host, port, no_token: see `admitting`; port 0 takes one that is free. ready: called with the address once it
    answers. Raises SettingsError, also where the audit log cannot be written, and ServingError where the port is taken.
    """
    from qa.serving.counter import Counter

    settings = binder.settings = admitting(binder.settings, host=host, port=port, no_token=no_token)
    app = app_of(Counter(binder))
    logging.getLogger("mcp").setLevel(logging.ERROR)  # what a client does wrong, it is told
    with listening(settings.serve_host, settings.serve_port, "The server") as listener:
        port = listener.getsockname()[1]
        if not settings.serve_token and not loopback(settings.serve_host):
            _log.warning("Whoever reaches %s:%s may read all notes (--no-token).", settings.serve_host, port)
        url = f"http://{in_address(settings.serve_host)}:{port}{PATH}"
        run(guarded(app, settings, port), listener, lambda: ready(url), binder.chat)


def app_of(counter: Counter) -> ASGIApp:
    """What is served on a port, behind the door."""
    # The door has seen to hosts and pages of other sites; what the library would refuse beside it is nothing.
    app = server_of(Opening(lambda: counter), told_to_anyone).streamable_http_app(
        streamable_http_path=PATH,
        max_request_body_size=MOST_BYTES,
        session_idle_timeout=IDLE,
        max_sessions=MOST,
        host="",
    )
    return Admitting(app, Rate(A_MINUTE)) if is_shared(counter.binder.settings) else app


async def _over_stdio(opening: Opening) -> None:
    server = server_of(opening, told_to_its_user)
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())
        # Notes that are still read, or a reader that no longer reads, would keep the process; what is cut off here
        # is lost by no index.
        last = threading.Timer(_LAST_WORK, os._exit, (0,))
        last.daemon = True
        last.start()


def _for_one(binder: Binder) -> Counter:
    from qa.serving.counter import Counter

    # Whoever starts a program of his own may ask it as often as he likes, whatever the settings say of a port.
    binder.settings = replace(binder.settings, serve_host=Settings.serve_host, serve_token="")
    try:
        return Counter(binder)
    except BaseException:  # it is opened again for the next question
        binder.close()
        raise


def _ending(code: int) -> Callable[[int, FrameType | None], Any]:
    # The thread that waits for standard input can be neither stopped nor told, and Python would wait for it.
    return lambda number, frame: os._exit(code)

"""Runs the server for programs on a port."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from qa.serving.door import admitting, guarded
from qa.serving.http.api import LINKED, NO_TOKEN, api
from qa.serving.listening import in_address, listening, run
from qa.settings import loopback

if TYPE_CHECKING:
    from qa.binder import Binder

_log = logging.getLogger(__name__)


def serve(
    binder: Binder,
    *,
    host: str | None = None,
    port: int | None = None,
    no_token: bool = False,
    ready: Callable[[str], None] = lambda url: None,
) -> None:
    """Serves `binder` until it is stopped, by Ctrl+C (KeyboardInterrupt) or by SIGTERM.

    host, port, no_token: see `admitting`; port 0 takes one that is free. ready: called with the server's address once
    it answers. Raises SettingsError, and ServingError where the port is taken.
    """
    settings = binder.settings = admitting(binder.settings, host=host, port=port, no_token=no_token)
    with listening(settings.serve_host, settings.serve_port, "The server") as listener:
        port = listener.getsockname()[1]
        if not settings.serve_token and not loopback(settings.serve_host):
            _log.warning("Whoever reaches %s:%s may read all notes (--no-token).", settings.serve_host, port)
        door = guarded(api(binder), settings, port, public=NO_TOKEN, linked=LINKED)
        run(door, listener, lambda: ready(f"http://{in_address(settings.serve_host)}:{port}/"), binder.chat)

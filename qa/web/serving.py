"""Runs the page on a port."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from qa.errors import SettingsError
from qa.serving.listening import hosts, in_address, listening, run
from qa.serving.turnstile import AT_ONCE, WAITING
from qa.settings import Settings, loopback
from qa.web.optional import gradio_module
from qa.web.page import build, head_html

if TYPE_CHECKING:
    from qa.binder import Binder
    from qa.web.gate import Gate

# Of what is quick; how many questions are answered at once, the page itself sees to (turnstile.py).
_AT_ONCE = 16
# Pages of which Gradio keeps what it last showed them, 0.1 MB each; it would keep 10,000, closed or not. The page has
# all that it needs itself, so that one which is forgotten goes on.
_PAGES_KEPT = 200
# Where Gradio keeps what is uploaded and offered for saving; read whenever it looks for that folder.
_FOLDER = "GRADIO_TEMP_DIR"
_log = logging.getLogger(__name__)


def served_as(
    settings: Settings,
    *,
    host: str | None = None,
    port: int | None = None,
    auth: Path | None = None,
    no_auth: bool = False,
) -> Settings:
    """The settings with which the page is served. None: as the settings have it. no_auth: whoever reaches it may ask.

    Raises SettingsError where it would be served to others, and nothing says who they may be.
    """
    settings = replace(
        settings,
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
        auth=settings.auth if auth is None else auth,
    )
    if no_auth:
        return replace(settings, auth=None, auth_header="")
    if settings.auth is not None and settings.auth_header:
        raise SettingsError("`auth` and `auth_header` are two ways to tell who asks: set one of them.")
    if settings.auth is None and not settings.auth_header and not loopback(settings.host):
        raise SettingsError(
            f"On {settings.host} the chat is open to others. Say who may use it, in one of three ways:\n"
            "--auth FILE (or `auth`): a users file, made by `qa users add FILE NAME`;\n"
            "the setting `auth_header`: the header in which a reverse proxy names the user;\n"
            "--no-auth: whoever reaches this address may read all notes."
        )
    return settings


def serve(
    binder: Binder,
    *,
    host: str | None = None,
    port: int | None = None,
    auth: Path | None = None,
    no_auth: bool = False,
    ready: Callable[[str], None] = lambda url: None,
) -> None:
    """Serves the page until it is stopped, by Ctrl+C (KeyboardInterrupt) or by SIGTERM.

    host, port, auth, no_auth: see `served_as`; port 0 takes one that is free. ready: called with the page's address
    once it answers. Raises SettingsError, and ServingError where the port is taken.
    """
    gr = gradio_module()
    settings = served_as(binder.settings, host=host, port=port, auth=auth, no_auth=no_auth)
    binder.settings = settings
    with listening(settings.host, settings.port, "The chat") as listener, _own_folder() as files, _known_absent():
        port = listener.getsockname()[1]
        gate = _guarded(gr, binder, port, files)
        if settings.auth is None and not settings.auth_header and not loopback(settings.host):
            _log.warning("Whoever reaches %s:%s may read all notes (--no-auth).", settings.host, port)
        run(gate, listener, lambda: ready(f"http://{in_address(settings.host)}:{port}/"), binder.chat)


def _guarded(gr: Any, binder: Binder, port: int, files: Path) -> Gate:
    """The page and what belongs to it, behind the gate."""
    from fastapi import FastAPI
    from fastapi.telemetry import TelemetryConfig

    from qa.serving.optional import SILENT
    from qa.serving.proxies import Proxies
    from qa.web.gate import MOST_BYTES_OF_A_FILE, Gate
    from qa.web.login import Login
    from qa.web.routes import add_routes
    from qa.web.users import Users

    settings = binder.settings
    login = Login(Users(settings.auth), f"qa-session-{port}") if settings.auth is not None else None
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, telemetry=TelemetryConfig(**SILENT))  # type: ignore[typeddict-item]
    add_routes(app, binder)
    own = list(app.routes)
    page = build(binder)
    # Of all events together. Gradio would take 40, and leave the others unheard: a question is to be told that too many
    # wait before it, and a page to open meanwhile.
    page.max_threads = AT_ONCE + WAITING + _AT_ONCE
    page.state_session_capacity = _PAGES_KEPT
    gr.mount_gradio_app(
        app,
        page.queue(default_concurrency_limit=_AT_ONCE),
        path="/",
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        head=head_html(),
        auth_dependency=(lambda request: request.scope["state"]["user"]) if login or settings.auth_header else None,
        max_file_size=MOST_BYTES_OF_A_FILE,
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
    )
    return Gate(
        app,
        own,
        files,
        takes_files=settings.takes_notes,
        proxies=Proxies(settings.auth_proxies, settings.auth_header),
        named=bool(settings.auth_header),
        login=login,
        hosts=hosts(settings.host, port) if loopback(settings.host) else None,
    )


@contextmanager
def _own_folder() -> Iterator[Path]:
    """A folder for what is uploaded, which others on this machine cannot read, and which does not outlast the chat."""
    before = os.environ.get(_FOLDER)
    with TemporaryDirectory(prefix="qa-chat-") as folder:
        os.environ[_FOLDER] = folder
        try:
            yield Path(folder)
        finally:
            os.environ.pop(_FOLDER)
            if before is not None:
                os.environ[_FOLDER] = before


@contextmanager
def _known_absent() -> Iterator[None]:
    """Spares Gradio the search for matplotlib where there is none: it imports it twice in each step of an event, which
    looks through all folders of packages, and lets other threads go first at each look."""
    name = "matplotlib"
    absent = name not in sys.modules and find_spec(name) is None
    if absent:
        sys.modules[name] = None  # type: ignore[assignment]  # which Python takes for "not to be found"
    try:
        yield
    finally:
        if absent:
            sys.modules.pop(name, None)

"""Runs the page on a port."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qa.errors import ServingError
from qa.web.optional import gradio_module
from qa.web.page import CSS, build

if TYPE_CHECKING:
    from qa.binder import Binder

HOST = "127.0.0.1"
AT_ONCE, WAITING = 4, 64


def serve(binder: Binder, *, port: int | None = None, ready: Callable[[str], None] = lambda url: None) -> None:
    """Serves the page on 127.0.0.1 until it is stopped.

    port: None takes the settings'. ready: called with the page's address once it answers. Raises ServingError.
    """
    gr = gradio_module()
    port = binder.settings.port if port is None else port
    page = build(binder).queue(default_concurrency_limit=AT_ONCE, max_size=WAITING)
    try:
        _, url, _ = page.launch(
            server_name=HOST,
            server_port=port,
            theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
            css=CSS,
            footer_links=[],
            share=False,
            ssr_mode=False,
            quiet=True,
            prevent_thread_lock=True,
        )
    except OSError as error:
        raise ServingError(
            f"The chat cannot listen on {HOST}:{port}, which is taken. Is the chat running already?\n"
            "If not, choose another port: QA_PORT=7861, or --port 7861."
        ) from error
    ready(url)
    page.block_thread()

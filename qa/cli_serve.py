"""The command line of `qa serve`: the binder for programs, over HTTP."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from qa.cli_chat import host, port
from qa.settings import Settings

if TYPE_CHECKING:
    from qa.binder import Binder


def add_serve_options(serve: argparse.ArgumentParser) -> None:
    """Adds the options that say where a server for programs listens, and to whom."""
    serve.add_argument("--port", type=port, metavar="N", help="the port (default: QA_SERVE_PORT, or 7870)")
    serve.add_argument(
        "--host", type=host, metavar="ADDRESS", help="the address to listen on (default: QA_SERVE_HOST, or 127.0.0.1)"
    )
    serve.add_argument("--no-token", action="store_true", help="for whoever reaches that address")


def run(parsed: argparse.Namespace, opened: Callable[[argparse.Namespace], Binder]) -> int:
    """Serves the binder that `opened` gives until it is stopped.

    Raises MissingExtraError, and SettingsError before anything long is begun, where others could read all notes.
    """
    from qa.serving.optional import check_serving

    check_serving()
    from qa.serving.door import admitting
    from qa.serving.http.server import serve

    settings = Settings.load(corpus=parsed.corpus)
    admitting(settings, host=parsed.host, port=parsed.port, no_token=parsed.no_token)
    with opened(parsed) as binder:
        serve(
            binder,
            host=parsed.host,
            port=parsed.port,
            no_token=parsed.no_token,
            ready=lambda url: print(f"The binder is on {url}, described on {url}docs (Ctrl+C stops it)", flush=True),
        )
    return 0

"""The command line of the Model Context Protocol: `qa mcp`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from qa.binder import Binder
from qa.cli_serve import add_serve_options
from qa.errors import CorpusError, MissingExtraError, SettingsError
from qa.settings import Settings


def add_mcp_options(verb: argparse.ArgumentParser) -> None:
    """Adds the options of `qa mcp` that say where it is served, and to whom."""
    verb.add_argument("--http", action="store_true", help="on a port, and not for the program that starts this one")
    add_serve_options(verb)


def run(parsed: argparse.Namespace, open_binder: Callable[[argparse.Namespace], Binder]) -> int:
    """Serves until it is stopped. Raises MissingExtraError, and SettingsError before anything long is begun."""
    if find_spec("mcp") is None or find_spec("mcp_types") is None:  # the second came with version 2
        raise MissingExtraError('`qa mcp` needs the Model Context Protocol: pip install "briefing-qa[mcp]"')
    settings = Settings.load(corpus=parsed.corpus, index=parsed.index, llm=parsed.llm, embedding=parsed.embedding)
    chosen: dict[str, Any] = {"host": parsed.host, "port": parsed.port, "no_token": parsed.no_token}
    if not parsed.http:
        _refuse_without_http(chosen)
        _refuse_without_streams()
        if not settings.corpus.is_dir():
            where = "Name another with --corpus or QA_CORPUS."
            raise CorpusError(f"The corpus folder {settings.corpus} does not exist. {where}")
        from qa.serving.mcp.running import over_stdio

        over_stdio(lambda: open_binder(parsed))
        return 0
    from qa.serving.door import admitting
    from qa.serving.mcp.running import over_http

    admitting(settings, **chosen)
    with open_binder(parsed) as binder:
        over_http(binder, **chosen, ready=_said)
    return 0


def _refuse_without_http(chosen: dict[str, Any]) -> None:
    for name, value in chosen.items():
        if value not in (None, False):
            raise SettingsError(f"--{name.replace('_', '-')} is for --http.")


def _refuse_without_streams() -> None:
    # sys.stdout is another by now: `main` puts one there that swallows all.
    for name, stream in (("input", sys.stdin), ("output", sys.__stdout__)):
        if stream is None:
            raise SettingsError(f"There is no standard {name} to speak over. `qa mcp --http` listens on a port.")


def _said(url: str) -> None:
    print(f"The binder is on {url} (Ctrl+C stops it)", flush=True)

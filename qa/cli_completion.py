"""`qa completion`: the script by which a shell completes verbs, options, files and folders."""

from __future__ import annotations

import argparse
from typing import Any

from qa.cli_manual import Parser, parsers

SHELLS = ("bash", "zsh", "fish")


def add_completion_verb(verbs: Any, whole: Parser) -> None:
    """Adds `completion` to the verbs of the command line. whole: the parser that they are verbs of."""
    verb: argparse.ArgumentParser = verbs.add_parser("completion", help="print a script that completes what one types")
    verb.add_argument("shell", choices=SHELLS, help="the shell that is to complete it")
    verb.set_defaults(run=lambda parsed: _run(parsed, whole))


def _run(parsed: argparse.Namespace, whole: Parser) -> int:
    import shtab

    completed = {"FILE": shtab.FILE, "RECEIPT": shtab.FILE, "FOLDER": shtab.DIRECTORY}
    for parser in parsers(whole):
        for action in parser._actions:
            if action.metavar in completed:
                action.complete = completed[action.metavar]  # type: ignore[attr-defined]
    print(shtab.complete(whole, parsed.shell))
    return 0

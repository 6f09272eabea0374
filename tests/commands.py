"""docs/commands.md, made of the pages that `qa --help` and `qa VERB --help` print.

python -m tests.commands
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from qa.cli import build_parser
from qa.cli_manual import Parser, page, verbs_of

DOCUMENT = Path(__file__).parent.parent / "docs" / "commands.md"
_HEAD = "# Commands\n\nWhat `qa --help` and `qa VERB --help` print. Made by `python -m tests.commands`.\n"


def pages() -> Iterator[Parser]:
    """The parsers of the program, its verbs and their steps, in order."""
    waiting = [build_parser()]
    while waiting:
        parser = waiting.pop(0)
        yield parser
        waiting = [below for _, _, below in verbs_of(parser)] + waiting


def document() -> str:
    """The whole page, as Markdown."""
    return "\n".join([_HEAD, *(f"## {parser.prog}\n\n```text\n{page(parser, 80)}```\n" for parser in pages())])


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")

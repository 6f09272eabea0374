"""docs/commands.md, made of the pages that `qa --help` and `qa VERB --help` print.

python -m tests.commands
"""

from __future__ import annotations

from pathlib import Path

from qa.cli import build_parser
from qa.cli_manual import page, parsers

DOCUMENT = Path(__file__).parent.parent / "docs" / "commands.md"
_HEAD = "# Commands\n\nWhat `qa --help` and `qa VERB --help` print. Made by `python -m tests.commands`.\n"


def document() -> str:
    """The whole page, as Markdown."""
    return "\n".join(
        [_HEAD, *(f"## {parser.prog}\n\n```text\n{page(parser, 80)}```\n" for parser in parsers(build_parser()))]
    )


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")

"""Notes: from the files of a corpus folder to their canonical text, their blocks and what is known of them."""

from __future__ import annotations

from pathlib import Path

from qa.notes.blocks import BlockBuilder
from qa.notes.files import SUFFIXES, list_notes, note_id, read_text
from qa.notes.headings import find_headings
from qa.notes.lines import lines_are_paragraphs, split_lines, wrap_width
from qa.notes.metadata import describe
from qa.notes.overrides import Override, Overrides, read_overrides
from qa.notes.pieces import Scanner
from qa.schema import Block, NoteContent

__all__ = ["SUFFIXES", "Override", "Overrides", "list_notes", "note_id", "read_blocks", "read_note", "read_overrides"]


def read_note(path: Path, note: str, override: Override | None = None) -> NoteContent:
    """Read one note.

    note: its name in the binder (`note_id`). override: what notes.toml says of it.
    Raises NoteError where the file is missing, may not be read, is empty, binary or larger than 20 MB.
    """
    decoded = read_text(path)
    blocks = read_blocks(decoded.text, markdown=path.suffix.lower() == ".md")
    known = describe(
        note, decoded.text, blocks, override, sha256=decoded.sha256, size=decoded.size, warnings=decoded.warnings
    )
    return NoteContent(known, decoded.text, blocks)


def read_blocks(text: str, *, markdown: bool) -> tuple[Block, ...]:
    """The blocks of a text in order. markdown: lines that follow one another are one paragraph unless marked otherwise.

    Outside the blocks stand only white space and marks: bullets, hashes, rules, table bars, "Q:", emphasis of headings.
    """
    lines = split_lines(text)
    width = wrap_width(text, lines)
    joined = width is not None or (markdown and not lines_are_paragraphs(lines))
    pieces = Scanner(text, lines, joined=joined, width=width).scan()
    return BlockBuilder(text, find_headings(text, pieces)).build()

"""Notes: from the files of a corpus folder to their canonical text, their blocks and what is known of them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from qa.errors import NoteError
from qa.notes.aligned import aligned_tables
from qa.notes.assembly import Reading, assemble
from qa.notes.blocks import BlockBuilder
from qa.notes.files import (
    MOST_MEGABYTES,
    NOT_NOTES,
    SUFFIXES,
    TEXT,
    check_content,
    decode,
    list_notes,
    note_id,
    read_bytes,
)
from qa.notes.guard import Guard
from qa.notes.headings import find_headings
from qa.notes.lines import Line, lines_are_paragraphs, split_lines, wrap_width
from qa.notes.metadata import describe
from qa.notes.overrides import Override, Overrides, read_overrides
from qa.notes.pieces import Scanner
from qa.notes.tables import Table
from qa.schema import Block, NoteContent

__all__ = [
    "MOST_MEGABYTES",
    "NOT_NOTES",
    "SUFFIXES",
    "Guard",
    "Override",
    "Overrides",
    "check_bytes",
    "list_notes",
    "note_id",
    "read_blocks",
    "read_note",
    "read_overrides",
]


def read_note(path: Path, note: str, override: Override | None = None, reader: Guard | None = None) -> NoteContent:
    """Read one note.

    note: its name in the binder (`note_id`). override: what notes.toml says of it. reader: the guarded process that
    reads what is no plain text; without one such a note costs the start of a process.
    Raises NoteError where the file is missing, may not be read, is empty, too large, damaged, not what its suffix
    says, or asks for more memory or time than a note may.
    """
    # Read once: what is hashed is what is read, whatever happens to the file meanwhile.
    data, suffix = read_bytes(path), path.suffix.lower()
    check_content(data, suffix)
    if suffix in TEXT:
        text, warnings = decode(data)
        blocks = read_blocks(text, markdown=suffix == ".md")
        stated = Reading((), warnings=warnings)
    else:
        stated = _read_guarded(data, suffix, reader)
        text, blocks = _assembled(stated)
    sha256 = hashlib.sha256(data).hexdigest()
    known = describe(note, text, blocks, override, stated, sha256=sha256, size=len(data))
    return NoteContent(known, text, blocks)


def check_bytes(data: bytes, suffix: str) -> None:
    """Raises NoteError where bytes are plainly no note of this suffix (in lower case); what is left, reading tells."""
    check_content(data, suffix)
    if suffix in TEXT:
        decode(data)


def read_blocks(text: str, *, markdown: bool) -> tuple[Block, ...]:
    """The blocks of a text in order. markdown: lines that follow one another are one paragraph unless marked otherwise.

    Outside the blocks stand only white space and marks: bullets, hashes, rules, table bars, "Q:", emphasis of headings.
    """
    lines = split_lines(text)
    aligned = aligned_tables(text, lines)
    # The rows of a table tell nothing of where the lines of prose were wrapped.
    width = wrap_width(text, _without(aligned, lines))
    joined = width is not None or (markdown and not lines_are_paragraphs(lines))
    pieces = Scanner(text, lines, aligned, joined=joined, width=width).scan()
    return BlockBuilder(text, find_headings(text, pieces)).build()


def _without(tables: dict[int, Table], lines: list[Line]) -> list[Line]:
    """`lines` with those of tables made blank."""
    inside = {number for first, table in tables.items() for number in range(first, table.last + 1)}
    return [replace(line, end=line.start) if number in inside else line for number, line in enumerate(lines)]


def _read_guarded(data: bytes, suffix: str, reader: Guard | None) -> Reading:
    if reader:
        return reader.read(data, suffix)
    with Guard() as own:
        return own.read(data, suffix)


def _assembled(reading: Reading) -> tuple[str, tuple[Block, ...]]:
    text, pieces = assemble(reading.parts)
    if not text:
        reasons = " ".join(reading.warnings[:3]) or "Put the note's text in, or remove it."
        raise NoteError(f"No words were found in the file. {reasons}")
    return text, BlockBuilder(text, pieces).build()

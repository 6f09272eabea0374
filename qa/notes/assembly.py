"""From what a reader of a rich format found to a canonical text with pieces.

The text is made once, here: the words that a reader sees, block by block, one block a line, no markup added, the cells
of a table row joined by " | ". All offsets of a note are born here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.notes import labels
from qa.notes.headings import TITLE
from qa.notes.pieces import Piece
from qa.schema import BlockKind, Span

CELL_BREAK = " | "
_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_HEAD = 40
_OF_A_HEAD = (BlockKind.HEADING, BlockKind.METADATA, BlockKind.PARAGRAPH, BlockKind.ROW)


@dataclass(frozen=True, slots=True)
class Part:
    """A block as a format's reader found it, in reading order.

    text: its visible words; white space (but not no-break spaces) is folded. For a ROW the cells joined by CELL_BREAK.
    level: a heading's from 1 (0 for the note's title), a bullet's nesting from 1. table: the number of a row's table.
    header: whether a row is its table's header. page: from 1. name: what a footnote is referred to by.
    marker: what a reader sees before it and is no part of the block, as "Q." or "1."; it stands in the canonical text.
    """

    kind: BlockKind
    text: str
    level: int = 0
    table: int = 0
    header: bool = False
    page: int | None = None
    name: str = ""
    marker: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader of a rich format found: parts in reading order, and what the file says of itself beside its text.

    title, date (as written in the file), language ("en", "fr", ...): "" where the file does not say. warnings: what a
    reader of the note should know about how it was read ("page 3: scanned, not readable"), each a sentence.
    """

    parts: tuple[Part, ...]
    title: str = ""
    date: str = ""
    language: str = ""
    warnings: tuple[str, ...] = ()


def assemble(parts: Sequence[Part]) -> tuple[str, list[Piece]]:
    """The canonical text of parts and its pieces, in order; parts without a visible character are left out.

    Paragraphs in the head of a note that say what it is ("Date: ...") become METADATA, and so do all rows of a table of
    keys and values there ("Classification | ...").
    """
    lines: list[str] = []
    pieces: list[Piece] = []
    headers: dict[int, Span] = {}
    about = _tables_about_the_note(parts)
    position = 0
    in_head = True
    for part in parts:
        line = _SPACE.sub(" ", part.text).strip()
        if not line:
            continue
        if part.marker:
            lines.append(f"{part.marker} {line}")
            position += len(part.marker) + 1
        else:
            lines.append(line)
        span = Span(position, position + len(line))
        kind = part.kind
        in_head = in_head and len(pieces) < _HEAD and kind in _OF_A_HEAD
        if in_head and kind in (BlockKind.PARAGRAPH, BlockKind.ROW):
            # The first paragraph that is none of these ends the head.
            in_head = part.table in about or labels.is_known_label(line) or labels.is_bare_metadata(line)
            kind = BlockKind.METADATA if in_head else kind
        if kind is BlockKind.ROW and part.header:
            headers[part.table] = span
        pieces.append(_piece(part, kind, span, None if part.header else headers.get(part.table)))
        position = span.end + 1
    return "\n".join(lines) + "\n" if lines else "", pieces


def _tables_about_the_note(parts: Iterable[Part]) -> set[int]:
    """The tables of two columns of which a row says what the note is."""
    rows: dict[int, list[str]] = {}
    for part in parts:
        if part.kind is BlockKind.ROW:
            rows.setdefault(part.table, []).append(part.text)
    return {
        table
        for table, texts in rows.items()
        if all(text.count(CELL_BREAK) <= 1 for text in texts) and any(map(labels.is_known_label, texts))
    }


def _piece(part: Part, kind: BlockKind, span: Span, header: Span | None) -> Piece:
    return Piece(
        kind,
        span.start,
        span.end,
        mark="-" if kind is BlockKind.BULLET else "",
        indent=2 * (part.level - 1) if kind is BlockKind.BULLET else 0,
        rank=part.level if kind is BlockKind.HEADING else TITLE,
        header=header if kind is BlockKind.ROW else None,
        table=part.table if kind is BlockKind.ROW else 0,
        name=part.name,
        page=part.page,
    )

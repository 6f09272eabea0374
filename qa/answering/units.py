"""What can be said as one statement: a sentence, a bullet with its lead-in, a whole list, a row with its header.

A unit is a run of exact spans of one note and the words that show them; nothing in it is written by us but line breaks,
dashes before bullets, and the colons and semicolons between a table's headers and cells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.answering.citations import block_at
from qa.markup import plain
from qa.schema import Acronym, Block, BlockKind, NoteContent, Sentence, Span

# What begins so means nothing without the sentence before it.
_POINTS_BACK = re.compile(
    r"(?:it|its|this|these|those|that|they|their|he|she|his|her|both|such|il|elle|ils|elles|ce|cette|ces|cela|celui-ci|"
    r"celle-ci)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Unit:
    """Exact spans of a note, in reading order, and the text that shows them."""

    content: NoteContent
    spans: tuple[Span, ...]
    text: str


def unit_of(content: NoteContent, sentence: Sentence, before: Sequence[Sentence] = ()) -> Unit:
    """The unit that says `sentence` so that it can be understood. before: those before it in its passage, in order."""
    block = block_at(content, sentence.start)
    own = Span(sentence.start, sentence.end)
    if block.kind is BlockKind.ROW:
        return _row(content, block, own)
    if before and before[-1].start >= block.start and _POINTS_BACK.match(sentence.text):
        own = Span(before[-1].start, own.end)
    if block.kind is BlockKind.ANSWER:
        return Unit(
            content, (*sentence.context, own), "\n".join(_shown(content, span) for span in (*sentence.context, own))
        )
    if sentence.context:
        spans = (*sentence.context, own)
        return Unit(content, spans, "\n".join(_lead_in_lines(content, spans)))
    return Unit(content, (own,), _shown(content, own))


def definition_of(content: NoteContent, acronym: Acronym) -> Unit:
    """The words of a note that say what a short form stands for."""
    span = Span(acronym.start, acronym.end)
    return Unit(content, (span,), _shown(content, span))


def list_of(content: NoteContent, block: Block, *, outermost: bool = False) -> Unit | None:
    """The whole list that `block` leads in or belongs to, with its lead-in; None where there is none.

    outermost: of a nested bullet the list that all of it is in, not only the bullets beside it.
    """
    lead_in = _leading(content, block)
    if lead_in is None:
        lead_in = block.lead_in[:1] if outermost else block.lead_in
    first = next((item for item in content.blocks if item.start >= block.end and item.kind is BlockKind.BULLET), None)
    group = block.group if block.kind is BlockKind.BULLET else first.group if first else None
    items = [
        item
        for item in content.blocks
        if item.kind is BlockKind.BULLET and item.group == group and item.lead_in[: len(lead_in)] == lead_in
    ]
    if len(items) < 2:
        return None
    outer = min(item.level for item in items)
    lines = _lead_in_lines(content, lead_in)
    lines += ["  " * (item.level - outer) + "- " + _shown(content, _span(item)) for item in items]
    return Unit(content, _list_spans(content, lead_in, items), "\n".join(lines))


def table_of(content: NoteContent, block: Block) -> Unit | None:
    """The whole table that a row belongs to, each row with its header; None where the block is no row of one."""
    rows = [row for row in content.blocks if row.kind is BlockKind.ROW and row.group == block.group and row.header]
    if block.kind is not BlockKind.ROW or not rows:
        return None
    shown = [_row(content, row, _span(row)) for row in rows]
    spans = dict.fromkeys(span for unit in shown for span in unit.spans)
    return Unit(content, tuple(spans), "\n".join(unit.text for unit in shown))


def _list_spans(content: NoteContent, lead_in: tuple[Span, ...], items: Sequence[Block]) -> tuple[Span, ...]:
    """The list as one run of the note, from its lead-in on where nothing but marks stands between the two."""
    run = Span(items[0].start, items[-1].end)
    if lead_in and not re.search(r"\w", content.text[lead_in[-1].end : run.start]):
        return (*lead_in[:-1], Span(lead_in[-1].start, run.end))
    return (*lead_in, run)


def _leading(content: NoteContent, block: Block) -> tuple[Span, ...] | None:
    """The lead-ins of the bullets after `block` where the innermost of them stands in it; else None."""
    for item in content.blocks:
        if item.start >= block.end:
            leads = item.lead_in and block.start <= item.lead_in[-1].start < block.end
            return item.lead_in if leads else None
    return None


def _lead_in_lines(content: NoteContent, lead_in: Sequence[Span]) -> list[str]:
    lines = [_shown(content, span) for span in lead_in[:1]]
    return lines + ["  " * depth + "- " + _shown(content, span) for depth, span in enumerate(lead_in[1:])]


def _row(content: NoteContent, block: Block, own: Span) -> Unit:
    if block.header is None:
        return Unit(content, (own,), _shown(content, own))
    heads, cells = _cells(content, block.header), _cells(content, own)
    if len(heads) != len(cells):
        return Unit(content, (block.header, own), f"{_shown(content, block.header)}\n{_shown(content, own)}")
    text = "; ".join(f"{head}: {cell}" if head else cell for head, cell in zip(heads, cells, strict=True) if cell)
    return Unit(content, (block.header, own), text)


def _cells(content: NoteContent, span: Span) -> list[str]:
    return [plain(cell) for cell in re.split(r"(?<!\\)\|", content.text[span.start : span.end])]


def _span(block: Block) -> Span:
    return Span(block.start, block.end)


def _shown(content: NoteContent, span: Span) -> str:
    return plain(content.text[span.start : span.end])

"""What can be said as one statement: a run of sentences and bullets with its lead-ins, a list, a row with its header.

A unit is exact spans of one note and the words that show them; nothing in it is written by us but line breaks, dashes
before bullets, and the colons and semicolons between a table's headers and cells, with a dash for an empty cell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.answering.citations import blocks_in
from qa.cells import named_cells
from qa.markup import plain
from qa.schema import Acronym, Block, BlockKind, NoteContent, Span

# "2." or "(b)" before a bullet, which is said as it stands; other marks are shown as a dash.
_NUMBER = re.compile(r"\(?(?:-?\d{1,6}|[A-Za-z]{1,2}|[ivxlcIVXLC]{1,8})[.)][ \t]*\Z")
_EMPTY = "–"


@dataclass(frozen=True, slots=True)
class Unit:
    """Exact spans of a note, in reading order, and the text that shows them.

    context: what it hangs on; own: what it says itself.
    """

    content: NoteContent
    context: tuple[Span, ...]
    own: tuple[Span, ...]
    text: str

    @property
    def spans(self) -> tuple[Span, ...]:
        """All that it quotes."""
        return self.context + self.own

    @property
    def run(self) -> Span:
        """From the beginning to the end of what it says itself."""
        return Span(self.own[0].start, self.own[-1].end)

    @property
    def words(self) -> int:
        """How many words it has, as white space parts them."""
        return len(self.text.split())


def run_of(content: NoteContent, run: Span, context: Sequence[Span] = ()) -> Unit:
    """What stands in `run`, which is of one section: block by block, with the lead-ins that its first bullet hangs on.

    context: what a run inside one row or answer hangs on: its header, its question.
    """
    blocks = blocks_in(content, run)
    first = blocks[0]
    if first.kind is BlockKind.ROW:
        return _row(content, first, run)
    hung_on = first.lead_in if first.kind is BlockKind.BULLET else tuple(context)
    lead_in = tuple(span for span in hung_on if span.start < run.start)
    if lead_in and not re.search(r"\w", content.text[lead_in[-1].end : run.start]):
        # Nothing but marks stands between the two, or the run begins in its lead-in, so they are one quote.
        return _shown_run(content, lead_in[:-1], Span(lead_in[-1].start, max(lead_in[-1].end, run.end)))
    return _shown_run(content, lead_in, run)


def definition_of(content: NoteContent, acronym: Acronym) -> Unit:
    """The words of a note that say what a short form stands for."""
    span = Span(acronym.start, acronym.end)
    return Unit(content, (), (span,), _shown(content, span))  # no lead-in: "For example:" is no part of what it means


def table_of(content: NoteContent, block: Block) -> Unit | None:
    """The whole table that a row belongs to, each row with its header; None where the block is no row of one."""
    rows = [row for row in content.blocks if row.kind is BlockKind.ROW and row.group == block.group and row.header]
    if block.kind is not BlockKind.ROW or not rows:
        return None
    shown = [_row(content, row, Span(row.start, row.end)) for row in rows]
    headers = dict.fromkeys(span for unit in shown for span in unit.context)
    rows_said = tuple(span for unit in shown for span in unit.own)
    return Unit(content, tuple(headers), rows_said, "\n".join(unit.text for unit in shown))


def _shown_run(content: NoteContent, lead_in: Sequence[Span], run: Span) -> Unit:
    blocks = blocks_in(content, run)
    numbered = _number_before(content, blocks[0])
    if numbered and run.start == blocks[0].start:
        run = Span(numbered.start, run.end)
    lines = [_shown(content, span) for span in lead_in[:1]]
    lines += ["  " * depth + "- " + _shown(content, span) for depth, span in enumerate(lead_in[1:])]
    levels = [block.level for block in blocks if block.kind is BlockKind.BULLET] or [0]
    # The first bullet stands below what it hangs on, and below the outer bullets that follow it.
    first = max(len(lead_in) - 1, levels[0] - min(levels))
    for block in blocks:
        said = _shown(content, Span(max(run.start, block.start), min(run.end, block.end)))
        if block.kind is BlockKind.BULLET:
            number = _number_before(content, block)
            mark = content.text[number.start : number.end].strip() if number and number.start >= run.start else "-"
            depth = first + block.level - levels[0]
            said = f"{'  ' * depth}{mark} {said}" if block.start >= run.start or lead_in else said
        lines.append(said)
    return Unit(content, tuple(lead_in), _quotes(content, blocks, run), "\n".join(lines))


def _quotes(content: NoteContent, blocks: Sequence[Block], run: Span) -> tuple[Span, ...]:
    """The run as one quote, or as more where something stands between its blocks that is none of them."""
    spans = [run]
    for before, after in pairwise(blocks):
        number = _number_before(content, after)
        start = number.start if number else after.start
        if re.search(r"\w", content.text[before.end : start]):
            spans[-1:] = [Span(spans[-1].start, before.end), Span(start, run.end)]
    return tuple(spans)


def _number_before(content: NoteContent, block: Block) -> Span | None:
    """Where the number of a numbered bullet stands; None for any other block."""
    if block.kind is not BlockKind.BULLET:
        return None
    line = content.text.rfind("\n", 0, block.start) + 1
    match = _NUMBER.search(content.text, line, block.start)
    return Span(match.start(), match.end()) if match else None


def _row(content: NoteContent, block: Block, own: Span) -> Unit:
    if block.header is None:
        return Unit(content, (), (own,), _shown(content, own))
    named = named_cells(content.text, block.header, own)
    if named is None:
        return Unit(content, (block.header,), (own,), f"{_shown(content, block.header)}\n{_shown(content, own)}")
    both = [(head, cell) for head, cell in named if head or cell]
    text = "; ".join(f"{head}: {cell or _EMPTY}" if head else cell for head, cell in both)
    return Unit(content, (block.header,), (own,), text)


def _shown(content: NoteContent, span: Span) -> str:
    return plain(content.text[span.start : span.end])

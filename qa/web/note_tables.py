"""The cells of a note's tables, each in its column."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from qa.cells import BAR, cells_between_gaps
from qa.schema import Block, Span

# A row of cells from left to right; None stands for a cell that is empty.
Cells = list[Span | None]

_ONE_BREAK = re.compile(r"(?<!\\)\||\t")


def lines_of_cells(text: str, rows: Sequence[Block]) -> list[list[Cells]]:
    """For each row of a table its lines, all with as many cells as the table has columns.

    A row has more than one line where blanks align the columns and a cell was too long for one line.
    """
    parted = any(BAR.search(text, row.start, row.end) for row in rows)
    lines = [[cells] for cells in _parted(text, rows)] if parted else _aligned(text, rows)
    columns = max(len(cells) for line in lines for cells in line)
    return [[cells + _empty(columns - len(cells)) for cells in line] for line in lines]


def _parted(text: str, rows: Sequence[Block]) -> list[Cells]:
    """The cells of rows that bars or tabs part."""
    # A row is read without the bars at its ends. Where each row has one before it, it is the table's edge; what more of
    # them stand there part empty cells.
    before = [len(_ONE_BREAK.findall(text, text.rfind("\n", 0, row.start) + 1, row.start)) for row in rows]
    edge = min(before)
    first = _empty(before[0] - edge) + _split(text, rows[0], BAR)
    found = [first]
    for row, breaks in zip(rows[1:], before[1:], strict=True):
        cells = _split(text, row, BAR)
        if len(cells) != len(first):
            # Tabs side by side are one break where they align columns, and each is one where a spreadsheet wrote them.
            single = _split(text, row, _ONE_BREAK)
            cells = single if len(single) == len(first) else cells
        found.append(_empty(min(breaks - edge, len(first) - len(cells))) + cells)
    return found


def _empty(count: int) -> Cells:
    return [None] * count  # none where count is below 0


def _split(text: str, row: Block, breaks: re.Pattern[str]) -> Cells:
    cells: Cells = []
    start = row.start
    for found in [*breaks.finditer(text, row.start, row.end), None]:
        end = found.start() if found else row.end
        cells.append(Span(start, end) if text[start:end].strip() else None)
        start = found.end() if found else end
    return cells


def _aligned(text: str, rows: Sequence[Block]) -> list[list[Cells]]:
    """The cells of rows whose columns blanks align: a cell is of the column of the page that it fills."""
    lines = [_lines_of(text, row) for row in rows]
    columns: list[Span] = []
    for cell in sorted(cell for row in lines for line in row for cell, _ in line):
        if columns and cell.start <= columns[-1].end:
            columns[-1] = Span(columns[-1].start, max(columns[-1].end, cell.end))
        else:
            columns.append(cell)
    return [[_placed(line, columns) for line in row] for row in lines]


def _lines_of(text: str, row: Block) -> list[list[tuple[Span, Span]]]:
    """The cells of each line of a row: what each fills of the page, from its left edge, and its place in `text`."""
    lines = []
    at = row.start
    for line in text[row.start : row.end].split("\n"):
        left = text.rfind("\n", 0, at) + 1
        words = line.strip()
        if words:
            cells = cells_between_gaps(words, at + line.index(words) - left)
            lines.append([(Span(cell.start, cell.end), Span(left + cell.start, left + cell.end)) for cell in cells])
        at += len(line) + 1
    return lines


def _placed(line: Sequence[tuple[Span, Span]], columns: Sequence[Span]) -> Cells:
    """The cells of a line, each in its column; from the left where two of them fill one."""
    found = _empty(max(len(columns), len(line)))
    places = [bisect_right(columns, filled.start, key=lambda column: column.start) - 1 for filled, _ in line]
    if len(set(places)) < len(places):
        places = list(range(len(line)))
    for place, (_, cell) in zip(places, line, strict=True):
        found[place] = cell
    return found

"""Tables of a PDF: rows of cells, which row is the header, and tables that are told by nothing but aligned gaps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from qa.notes.pdf.lines import Line, joined, rows_of

_FIGURE = re.compile(r"[^\w]*\d|[-–—]\Z|n/?[ad]\Z", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d(?:\D|\Z)")
_HEADER_WORDS, _TEXT_WORDS = 8, 6
_TALL_GAP = 1.2


@dataclass(slots=True)
class Row:
    """A row's cells as text, "" where empty, whether all that is in it is bold, and its page."""

    cells: list[str]
    bold: bool
    page: int = 0


@dataclass(slots=True)
class Table:
    """A table at its place on a page, in points. y is its upper end."""

    rows: list[Row]
    left: float
    right: float
    y: float
    bottom: float
    page: int
    column: int = 0

    def __post_init__(self) -> None:
        for row in self.rows:
            row.page = self.page

    @property
    def has_header(self) -> bool:
        """Whether the first row names the columns: it alone is bold, or it is words above figures or texts."""
        first, *rest = self.rows
        if not rest or len(first.cells) < 2:
            return False
        if first.bold != all(row.bold for row in rest):
            return first.bold
        names = [cell for cell in first.cells if cell]
        if len(names) < len(first.cells) - 1 or any(len(name.split()) > _HEADER_WORDS for name in names):
            return False
        return _names_columns(first.cells, rest)


def _names_columns(names: list[str], rows: list[Row]) -> bool:
    """Whether `names` are words, and below one of them stand mostly figures, or texts much longer than it."""
    if len(rows) < 2 or any(_FIGURE.match(name) and not _YEAR.match(name) for name in names if name):
        return False
    for number, name in enumerate(names):
        cells = [row.cells[number] for row in rows if number < len(row.cells)]
        figures = sum(bool(_FIGURE.match(cell)) for cell in cells)
        texts = sum(len(cell.split()) >= max(_TEXT_WORDS, 3 * len(name.split())) for cell in cells)
        if figures > len(cells) / 2 or texts > len(cells) / 2:
            return True
    return False


def cell_of(cells: Sequence[list[Line]], spread: bool = False) -> Row:
    """A row of cells, each given as its lines. spread: it is one cell over all columns."""
    texts = [joined(" ".join(line.text for line in row) for row in rows_of(cell)) for cell in cells]
    if spread:
        texts = [text for text in texts if text]
    return Row(texts, all(line.bold for cell in cells for line in cell))


def is_table_of_rows(cells: Sequence[list[Line]]) -> bool:
    """Whether what looks like one row of cells is many: its columns share baselines, and no cell's text is wrapped."""
    of = {id(line): number for number, cell in enumerate(cells) for line in cell}
    visual = rows_of([line for cell in cells for line in cell])
    full = [row for row in visual if len(row) >= 2]
    apart = sum(not _is_wrapped(above, row, cells, of) for above, row in pairwise(full))
    return len(full) >= 3 and len(full) >= len(visual) / 2 and apart >= 0.7 * (len(full) - 1)


def continued(columns: Sequence[list[Line]], rules: Sequence[float]) -> list[Row]:
    """The rows of a table from the lines of each of its columns; lines of one cell are put together.

    rules: the heights of lines that are drawn across the table. A line goes on with the row above it where no rule
    stands between and it leaves the first column empty, or where it stands closer than rows do and leaves any empty
    or could not have had its words on the line above.
    """
    of = {id(line): number for number, column in enumerate(columns) for line in column}
    visual = rows_of([line for column in columns for line in column])
    pitches = [after[0].y - before[0].y for before, after in pairwise(visual)]
    closest = min(pitches, default=0.0)
    spaced = any(pitch > _TALL_GAP * closest for pitch in pitches)
    ruled = sum(any(a[0].y < y < b[0].y for y in rules) for a, b in pairwise(visual)) >= 2
    groups: list[list[list[Line]]] = []
    for number, row in enumerate(visual):
        filled = {of[id(line)] for line in row}
        if number and ruled:
            goes_on = not any(visual[number - 1][0].y < y < row[0].y for y in rules)
        elif number and spaced:
            goes_on = pitches[number - 1] <= _TALL_GAP * closest and (
                len(filled) < len(columns) or _is_wrapped(visual[number - 1], row, columns, of)
            )
        else:
            goes_on = bool(number) and 0 not in filled and len(filled) <= len(columns) / 2
        goes_on = goes_on or (bool(number) and _both_head(groups, row, visual))
        if goes_on:
            groups[-1].append(row)
        else:
            groups.append([row])
    return [
        cell_of([[line for row in group for line in row if of[id(line)] == c] for c in range(len(columns))])
        for group in groups
    ]


def _is_wrapped(above: list[Line], row: list[Line], columns: Sequence[list[Line]], of: dict[int, int]) -> bool:
    """Whether no line of `row` has a first word for which there was room on the line above in its column."""
    upper = {of[id(line)]: line for line in above}
    pairs = [(upper[of[id(line)]], line) for line in row if of[id(line)] in upper]
    rights = [max(line.right for line in column) for column in columns]
    room = [rights[of[id(line)]] - before.right for before, line in pairs]
    firsts = [line.words[0].right - line.words[0].left for _, line in pairs]
    wordy = any(len(before.words) >= 3 for before, _ in pairs)
    return wordy and all(space < first + 0.25 * row[0].size for space, first in zip(room, firsts, strict=True))


def _both_head(groups: list[list[list[Line]]], row: list[Line], visual: list[list[Line]]) -> bool:
    """Whether `row` goes on with a bold header whose cells are of several lines."""
    bold = all(line.bold for line in row)
    return (
        bold
        and len(groups) == 1
        and len(groups[0]) < 3
        and all(line.bold for line in groups[0][0])
        and row[0].y - groups[0][-1][0].y < 1.4 * row[0].size
        and not all(line.bold for line in visual[-1])
    )


def is_newspaper(columns: Sequence[list[Line]]) -> bool:
    """Whether lines that stand in columns are running text, to be read column by column, and no table."""
    if sum(any(line.mark and not line.mark[0].isalnum() for line in column) for column in columns) >= 2:
        return True
    if len(columns) > 4 or min(map(len, columns)) < 3:
        return False
    return all(_runs(column) for column in columns) and not _in_step(columns)


def _runs(column: list[Line]) -> bool:
    width = max(line.right for line in column) - min(line.left for line in column)
    full = sum(line.right - line.left >= 0.7 * width for line in column)
    return median(len(line.words) for line in column) >= 3 and full >= 0.5 * len(column)


def _in_step(columns: Sequence[list[Line]]) -> bool:
    """Whether the columns' paragraphs begin together, three times or more: a table with much text in its cells."""
    visual = rows_of([line for column in columns for line in column])
    while visual and len(visual[-1]) == 1:
        visual.pop()
    pitches = [after[0].y - before[0].y for before, after in pairwise(visual)]
    if not pitches:
        return False
    closest = sorted(pitches)[len(pitches) // 4]
    starts = [visual[0]] + [row for row, pitch in zip(visual[1:], pitches, strict=True) if pitch > _TALL_GAP * closest]
    together = sum(len(row) == len(columns) for row in starts)
    return len(starts) >= 3 and together >= 0.8 * len(starts)

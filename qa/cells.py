"""The cells of a table's row, as bars, tabs or blanks part them, and the name that a header gives to each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.markup import plain
from qa.schema import Span

# Two blanks part two cells, but not two sentences: many typists put two behind a full stop.
# Sought from the first blank only, or a long run of them would be gone through once for each of its blanks.
GAP = re.compile(r"(?<! )(?:(?<![.!?:;])(?<![.!?][\"'”’)]) {2,}+| {3,}+)(?=\S)")
BAR = re.compile(r"(?<!\\)\||\t+")
TAB = re.compile(r"\t")


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """The words between two gaps of one line, and the columns of the page that they fill: `start:end`, half-open."""

    start: int
    end: int
    words: str

    def meets(self, other: Cell) -> bool:
        """Whether the two fill a column of the page in common, or stand side by side without a blank."""
        return self.start <= other.end and other.start <= self.end


def cells_between_gaps(words: str, column: int) -> list[Cell]:
    """The cells of one line that blanks part. column: where on the page `words` begin, from 0."""
    cells, start = [], 0
    for gap in [*GAP.finditer(words), None]:
        end = gap.start() if gap else len(words)
        cells.append(Cell(column + start, column + end, words[start:end]))
        start = gap.end() if gap else end
    return cells


def cell_spans(text: str, row: Span) -> list[Span]:
    """The cells of a row in a note's text, with the white space around them, parted by bars or tabs, else by blanks."""
    breaks = list(BAR.finditer(text, row.start, row.end)) or list(GAP.finditer(text, row.start, row.end))
    starts = [row.start, *(found.end() for found in breaks)]
    ends = [*(found.start() for found in breaks), row.end]
    return [Span(start, end) for start, end in zip(starts, ends, strict=True)]


def named_cells(text: str, header: Span, row: Span) -> list[tuple[str, str]] | None:
    """The header's name of each column with the row's cell below it, "" where a cell is empty, without markup.

    None where nothing tells which cell belongs to which name. text: the note's; header and row stand in it.
    """
    heads, cells = text[header.start : header.end], text[row.start : row.end]
    if not (BAR.search(heads) or BAR.search(cells)) and (GAP.search(heads) or GAP.search(cells)):
        return _cells_below(text, header, row)
    # Tabs side by side are one break where they align columns, and each is one where a spreadsheet wrote them.
    for parted in (BAR, TAB) if "\t" in heads else (BAR,):
        names, values = parted.split(heads), parted.split(cells)
        if len(names) == len(values):
            return [(plain(name), plain(value)) for name, value in zip(names, values, strict=True)]
    return None


def _cells_below(text: str, header: Span, row: Span) -> list[tuple[str, str]] | None:
    """As `named_cells`, for columns that blanks align: a cell belongs to the name that it stands below."""
    names = _columns([cell for line in _lines_of_cells(text, header) for cell in line])
    lines = list(_lines_of_cells(text, row))
    if len(names) < 2:
        return None
    found = [""] * len(names)
    for cells in lines:
        above = [[at for at, name in enumerate(names) if name.meets(cell)] for cell in cells]
        places = [at for met in above for at in met]
        if any(len(met) != 1 for met in above) or len(set(places)) < len(places):
            # Figures may stand so far to the right that no name is above them; then they must be as many as the names.
            if len(lines) > 1 or len(cells) != len(names):
                return None
            places = list(range(len(names)))
        for at, cell in zip(places, cells, strict=True):
            found[at] = f"{found[at]} {cell.words}"
    return [(plain(name.words), plain(words)) for name, words in zip(names, found, strict=True)]


def _lines_of_cells(text: str, row: Span) -> Iterator[list[Cell]]:
    at = row.start
    for line in text[row.start : row.end].split("\n"):
        words = line.strip()
        first = at + len(line) - len(line.lstrip())
        yield cells_between_gaps(words, first - (text.rfind("\n", 0, first) + 1))
        at += len(line) + 1


def _columns(cells: Sequence[Cell]) -> list[Cell]:
    """The columns that cells of several lines make, each with the words of its cells, from left to right."""
    columns: list[Cell] = []
    for cell in cells:
        same = [column for column in columns if column.meets(cell)]
        start, end = min(one.start for one in [*same, cell]), max(one.end for one in [*same, cell])
        columns = [column for column in columns if column not in same]
        columns.append(Cell(start, end, " ".join(one.words for one in [*same, cell])))
    return sorted(columns)

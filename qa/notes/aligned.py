"""Tables in plain text whose columns are aligned by blanks, with or without a line drawn below the header.

Without such a line the first row is the header only where figures stand below it, or where it alone is in capitals: the
first of some rows of words may be a row like the others.

Prose must never be taken for one: typists put two blanks behind a full stop, some programs fill lines up with blanks to
make them end together, and a page of two columns is text, not a table. So a run of lines is a table only where each of
its cells keeps to one column of the page, and where the cells look like a table's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.cells import GAP, Cell, cells_between_gaps
from qa.notes import marks
from qa.notes.lines import Line
from qa.notes.tables import Table
from qa.schema import Span

_RULE = re.compile(r"(?:[-=_─—]{2,}[ \t]*)+\Z")
_DRAWN = re.compile(r"\S+")
_FIGURE = re.compile(r"[(+−–-]?\s?(?:[^\W\d_]{0,3}[$€£]\s?)?\d")
_YEAR = re.compile(r"(?:19|20)\d\d(?:[-–/]\d{2,4})?\Z")
_NO_FIGURE = re.compile(r"(?:n\.?/?[ad]\.?|s\.?/?o\.?|nil|[-–—.*]+)\Z", re.IGNORECASE)  # what stands for a missing one
_UNIT = re.compile(r"[$€£%]")
_MOST_HEADER_LINES = 3
_MOST_CELLS = 40  # of a line; what has more is no table that anybody reads
_MOST_WORDS, _MOST_WORDS_OF_TWO = 4, 3  # of a cell, on average; where there are but two rows, chance aligns more
_SENTENCE_WORDS = 3  # so many words that begin with a small letter may be the middle of a sentence


@dataclass(slots=True)
class _Row:
    """Lines `first` to `last` of a note, and the cells of the first of them."""

    first: int
    last: int
    cells: list[Cell]


def aligned_tables(text: str, lines: list[Line]) -> dict[int, Table]:
    """The tables of a note whose columns blanks align, by the number of their first line."""
    found: dict[int, Table] = {}
    number = next((at for at, line in enumerate(lines) if not line.blank), 0)
    opening = number
    while number < len(lines):
        words = _words(text, lines, number)
        if not (GAP.search(words) or (words and _drawn_columns(text, lines, number))):
            number += 1
            continue
        run = _Run(text, lines, number)
        table = run.table(opens=number == opening)
        if table:
            found[number] = table
        number = run.last + 1
    return found


class _Run:
    """Lines, from `first` on, whose cells each keep to one column of the page."""

    def __init__(self, text: str, lines: list[Line], first: int) -> None:
        self.text, self.lines, self.last = text, lines, first
        self.rows: list[_Row] = []
        self.columns: list[Cell] = []
        self.rules: list[int] = []  # how many rows stand above each line that is drawn
        self.blanks = 0
        self.drawn = _drawn_columns(text, lines, first)
        number = first
        while number < len(lines) and self._take(number):
            number = self.last + 1
            if number < len(lines) and lines[number].blank and self._resumes(number + 1):
                self.blanks += 1
                number += 1

    def table(self, *, opens: bool) -> Table | None:
        """The table that the run is, or None. opens: it opens the note, where a letterhead may stand in columns."""
        count = self._header_rows()
        full = [row for row in self.rows if len(row.cells) > 1]
        ruled = bool(self.rules) and 0 < self.rules[0] < len(self.rows)
        if len(full) < 2 or len(self.rows) <= count or _is_label(self.rows[0]):
            return None
        if not self.drawn and (_is_prose(self.rows) or not (ruled or self._is_sure(full, opens=opens))):
            return None
        header = self._span(self.rows[:count]) if count else None
        rows = [self._span([row]) for row in self.rows[count:]]
        return Table((header, *rows) if header else tuple(rows), header, self.last)

    def _is_sure(self, rows: Sequence[_Row], *, opens: bool) -> bool:
        """Whether rows of more than one cell are a table though no line is drawn: two of them may be so by chance."""
        return not opens and (len(rows) > 2 or any(map(_is_figure, rows[1].cells[1:])))

    def _span(self, rows: Sequence[_Row]) -> Span:
        return Span(self.lines[rows[0].first].start, self.lines[rows[-1].last].end)

    # Which lines belong to it

    def _take(self, number: int) -> bool:
        """Take a line into the run, if it goes on with it."""
        if _is_rule(self.text, self.lines, number):
            if not self.rows:
                return False
            self.rules.append(len(self.rows))
            self.last = number
            return True
        cells = self._cells(number)
        columns = self._widened(cells)
        if columns is None or not (len(cells) > 1 or (self.rows and self._holds_single(number, cells[0]))):
            return False
        below_rule = bool(self.rules) and self.rules[-1] == len(self.rows)
        if self.rows and not below_rule and self._goes_on(cells):
            self.rows[-1].last = number
        else:
            self.rows.append(_Row(number, number, cells))
        self.columns, self.last = columns, number
        return True

    def _cells(self, number: int) -> list[Cell]:
        """The cells of a line; none where it begins as something other than a row, or where tabs or bars part it."""
        words = _words(self.text, self.lines, number)
        other = marks.bullet_mark(words) or marks.HASHES.match(words) or marks.RULE.match(words)
        if not words or other or "|" in words or "\t" in words or words.startswith((">", "```", "~~~")):
            return []
        cells = cells_between_gaps(words, self.lines[number].indent)
        if len(cells) > _MOST_CELLS:
            return []
        return [part for cell in cells for part in _cut(cell, self.drawn)]

    def _widened(self, cells: list[Cell]) -> list[Cell] | None:
        """The columns wide enough for `cells` too, from left to right; None where a cell stands in two of them."""
        groups: list[list[Cell]] = []
        columns = self.columns or self.drawn
        for one in sorted([*columns, *cells]):
            if groups and one.start <= max(before.end for before in groups[-1]):
                groups[-1].append(one)
            else:
                groups.append([one])
        for group in groups:
            if sum(one in columns for one in group) > 1 or sum(one not in columns for one in group) > 1:
                return None
        return [Cell(group[0].start, max(one.end for one in group), "") for group in groups] if cells else None

    def _fits(self, cells: list[Cell]) -> bool:
        """Whether `cells` are a row of this run."""
        return len(cells) > 1 and self._widened(cells) is not None

    def _resumes(self, number: int) -> bool:
        """Whether a line below a blank one goes on with the run, and does not begin another table of the same layout.

        It goes on where blank lines part all rows so far, or the header from the rows, or a row of figures from others.
        """
        cells = self._cells(number)
        told = self.blanks >= len(self.rows) - 1 or not all(_may_name(cell) for cell in cells)
        return told and self._fits(cells)

    def _holds_single(self, number: int, cell: Cell) -> bool:
        """Whether the only cell of a line is a part of the table and no text below it."""
        if not cell.meets(self.columns[0]):
            return True
        goes_on = cell.words[0].islower() or cell.start > self.columns[0].start
        return goes_on or self._fits(self._cells(number + 1))

    def _goes_on(self, cells: list[Cell]) -> bool:
        """Whether cells go on with those of the line above: the words of a cell that was too long for one line."""
        small = all(cell.words[0].islower() for cell in cells)
        if not cells[0].meets(self.columns[0]):
            return small or (len(cells) == 1 and not _is_figure(cells[0]))
        if small and self.drawn:
            return True  # what is drawn tells that it is no column of prose, which goes on with small letters too
        return len(cells) == 1 and (small or cells[0].start > self.columns[0].start)

    # What it is

    def _header_rows(self) -> int:
        """How many of the first rows name the columns."""
        ruled = self.rules[0] if self.rules else 0
        if 0 < ruled <= _MOST_HEADER_LINES and ruled < len(self.rows):
            named = [_names(row) or not row.cells[0].meets(self.columns[0]) for row in self.rows[:ruled]]
            return ruled if ruled == 1 or (_names(self.rows[0]) and all(named)) else 0
        first, below = self.rows[:1], self.rows[1:]
        if not below or not _names(first[0]) or len(first[0].cells) < 2:
            return 0
        words = [" ".join(cell.words for cell in row.cells) for row in self.rows]
        if marks.is_capitals(words[0]) and not any(map(marks.is_capitals, words[1:])):
            return 1
        if len(below) == 1 and len(first[0].cells) == 2:
            # "Department  Harbours" above "Budget  $4 million" may as well be two keys with their values.
            return int(all(map(_is_figure, below[0].cells)))
        return int(any(_counts(cell, below) for cell in first[0].cells))


def _words(text: str, lines: list[Line], number: int) -> str:
    return text[lines[number].start : lines[number].end] if number < len(lines) else ""


def _is_rule(text: str, lines: list[Line], number: int) -> bool:
    return bool(_RULE.match(_words(text, lines, number)))


def _drawn_columns(text: str, lines: list[Line], first: int) -> list[Cell]:
    """The columns that are drawn below the first lines of a table as "-----  ---"; none where they are not."""
    for number in range(first + 1, min(first + 1 + _MOST_HEADER_LINES, len(lines))):
        words = _words(text, lines, number)
        if not words:
            return []
        if words[0] in "-=_─—" and _RULE.match(words):
            drawn = [(match.start(), match.end()) for match in _DRAWN.finditer(words)]
            column = lines[number].indent
            return [Cell(column + start, column + end, "") for start, end in drawn] if len(drawn) > 1 else []
    return []


def _cut(cell: Cell, columns: list[Cell]) -> Iterable[Cell]:
    """A cell, or its parts where single blanks part the drawn columns that it stands in."""
    start = 0
    for column in columns:
        at = column.start - cell.start
        if 0 < at < len(cell.words) and cell.words[at - 1] == " ":
            yield Cell(cell.start + start, cell.start + len(cell.words[:at].rstrip()), cell.words[start:at].rstrip())
            start = at
    yield Cell(cell.start + start, cell.end, cell.words[start:])


def _is_figure(cell: Cell) -> bool:
    return bool(_FIGURE.match(cell.words))


def _names(row: _Row) -> bool:
    """Whether the cells of a row may be names of columns: words or years."""
    return all(map(_may_name, row.cells))


def _may_name(cell: Cell) -> bool:
    return not _is_figure(cell) or bool(_YEAR.match(cell.words))


def _counts(name: Cell, rows: Sequence[_Row]) -> bool:
    """Whether all that stands below a name is figures of one kind; keys have values of many kinds."""
    below = [cell for row in rows for cell in row.cells if cell.meets(name)]
    figures = [cell for cell in below if not _NO_FIGURE.match(cell.words)]
    units = {tuple(sorted(set(_UNIT.findall(cell.words)))) for cell in figures}
    years = bool(_YEAR.match(name.words)) and all(
        _YEAR.match(cell.words) for cell in figures
    )  # of a row like the others
    return len(units) == 1 and all(map(_is_figure, figures)) and not years


def _is_label(row: _Row) -> bool:
    """Whether a row is a key and its value, "Date:     3 May 2024", and not two cells."""
    return len(row.cells) == 2 and row.cells[0].words.endswith(":")


def _is_prose(rows: Sequence[_Row]) -> bool:
    """Whether the cells are pieces of sentences: long, or begun with small letters as the middle of a sentence is."""
    counts = [(len(cell.words.split()), cell.words[0].islower()) for row in rows for cell in row.cells]
    most = _MOST_WORDS if len(rows) > 2 else _MOST_WORDS_OF_TWO
    longer = [small for count, small in counts if count >= _SENTENCE_WORDS]
    names = [row.cells[0].words[0] for row in rows[1:]]
    # A table's rows are all named alike; in a column of prose some lines begin a sentence and some do not.
    mixed = any(letter.islower() for letter in names) and any(letter.isupper() for letter in names)
    return sum(count for count, _ in counts) > most * len(counts) or sum(longer) * 2 > len(longer) > 0 or mixed

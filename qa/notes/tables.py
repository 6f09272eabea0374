"""Tables in plain text: rows of cells between bars or tabs, with or without a rule below the header."""

from __future__ import annotations

from dataclasses import dataclass

from qa.cells import cell_spans
from qa.notes import labels, marks
from qa.notes.lines import Line
from qa.schema import Span


@dataclass(frozen=True, slots=True)
class Table:
    """A table's rows without outer bars, less empty ones, its header if it has one, and the number of its last line."""

    rows: tuple[Span, ...]
    header: Span | None
    last: int


def table_at(text: str, lines: list[Line], first: int) -> Table | None:
    """The table that begins at line `first`, or None."""
    if not marks.BAR.search(_words(text, lines, first)):
        return None
    ruled = _is_separator(text, lines, first + 1)
    cells = _cells(text, lines, first)
    last = first
    barred = "|" in _words(text, lines, first)
    while marks.BAR.search(_words(text, lines, last + 1)) if ruled else _follows(text, lines, last + 1, cells, barred):
        last += 1
    if last == first and not _words(text, lines, first).startswith("|"):
        return None
    rows = [_trimmed(text, line) for number, line in enumerate(lines[first : last + 1]) if not (ruled and number == 1)]
    has_header = (ruled or len(rows) > 2) and rows[0].start < rows[0].end
    return Table(tuple(row for row in rows if row.start < row.end), rows[0] if has_header else None, last)


def tells_of_the_note(text: str, table: Table) -> bool:
    """Whether the table is one of keys and values that says what the note is: its date, classification, readers."""
    texts = [text[row.start : min(row.end, row.start + 300)] for row in table.rows[:20]]
    if not any(marks.BAR.search(words) for words in texts):
        # Blanks part the cells: a header says that it is no table of keys and values.
        pairs = not table.header and all(len(cell_spans(words, Span(0, len(words)))) <= 2 for words in texts)
    else:
        pairs = all(len(marks.BAR.findall(words)) <= 1 for words in texts)
    return pairs and any(labels.is_known_label(words) for words in texts)


def _words(text: str, lines: list[Line], number: int) -> str:
    return text[lines[number].start : lines[number].end] if number < len(lines) else ""


def _cells(text: str, lines: list[Line], number: int) -> int:
    words = _words(text, lines, number)
    body = words.strip("| \t")
    return len(marks.BAR.findall(body)) + 1 if body and not marks.bullet_mark(words) else 0


def _follows(text: str, lines: list[Line], number: int, cells: int, barred: bool) -> bool:
    """Whether a line is a row below one of so many cells. Between tabs a cell that is empty does not show."""
    found = _cells(text, lines, number)
    return found == cells > 1 if barred else 1 < found <= cells


def _is_separator(text: str, lines: list[Line], number: int) -> bool:
    words = _words(text, lines, number)
    return "|" in words and bool(marks.SEPARATOR.match(words))


def _trimmed(text: str, line: Line) -> Span:
    row = text[line.start : line.end]
    left = len(row) - len(row.lstrip("| \t"))
    return Span(line.start + left, max(line.start + left, line.start + len(row.rstrip("| \t"))))

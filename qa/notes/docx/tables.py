"""Word's tables: which are for layout and so are paragraphs, and what the rows, header and caption of the others are.

A cell that is merged across columns stands once in its row. One that is merged down stands in each row that it spans
where it is short, so that each row can be read alone, and in the first only where it is long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

from qa.notes import labels
from qa.notes.assembly import CELL_BREAK
from qa.notes.docx.blocks import Cell, Paragraph, Row, Table
from qa.notes.docx.styles import BODY, CAPTION

_LONG = 200  # characters: a cell of a table for data is shorter
_LONG_BESIDE_A_LABEL = 300
_HEADER_CELL = 80
_CAPTION_LENGTH = 150
_REPEATED = 120
_FIGURE = re.compile(r"[^\w\s]*\d[\d\s.,   ]*(?:[^\w\s]|[^\W\d_]{1,3})?")
_COLON_AND_BREAK = re.compile(r":[ \u00a0]*\|[ ]*")
_YEAR = re.compile(r"(?:19|20)\d{2}(?:[-–/]\d{2,4})?")


@dataclass(slots=True)
class Grid:
    """A table of data. rows: their cells' texts, without empty rows. header: whether the first row is one."""

    rows: list[list[str]]
    header: bool = False

    @property
    def lines(self) -> list[str]:
        """The rows as text."""
        return [CELL_BREAK.join(row) for row in self.rows]

    @property
    def labels(self) -> list[str]:
        """The rows as text, those with a colon after their key without a cell's break after it."""
        return [_COLON_AND_BREAK.sub(": ", line, count=1) for line in self.lines]

    @property
    def tells_of_the_note(self) -> bool:
        """Whether it is one of keys and values that says what the note is: its date, classification, readers."""
        return all(len(row) <= 2 for row in self.rows) and any(map(labels.is_known_label, self.lines))


def flatten(blocks: Iterable[Paragraph | Table]) -> list[Paragraph | Grid]:
    """`blocks` with tables for layout unwrapped to the paragraphs in them and the others as grids, captions first."""
    found: list[Paragraph | Grid] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.append(block)
            continue
        rows = [row for row in block.rows if any(cell.blocks for cell in row.cells)]
        if _is_layout(rows):
            found += flatten(inner for row in rows for cell in row.cells for inner in _unwrapped(cell, row))
        elif rows:
            found += _grid(rows, styled=block.styled)
    return found


def _text(blocks: Iterable[Paragraph | Table]) -> str:
    """The words of a cell, its paragraphs and the cells of tables in it joined by spaces."""
    texts = [
        block.text if isinstance(block, Paragraph) else " ".join(_text(c.blocks) for r in block.rows for c in r.cells)
        for block in blocks
    ]
    return " ".join(" ".join(texts).split(" ")).strip()


def _is_layout(rows: list[Row]) -> bool:
    width = max((len(row.cells) for row in rows), default=0)
    texts = [[_text(cell.blocks) for cell in row.cells] for row in rows]
    if width <= 1:
        return True
    if len(rows) == 1:
        return any(
            len(text) > _LONG or len(cell.blocks) > 2 for text, cell in zip(texts[0], rows[0].cells, strict=True)
        )
    pairs = [row for row in texts if len(row) == 2]
    beside = [row for row in pairs if len(row[0]) <= _HEADER_CELL and len(row[1]) > _LONG_BESIDE_A_LABEL]
    return width == 2 and len(beside) * 2 > len(rows)


def _unwrapped(cell: Cell, row: Row) -> list[Paragraph | Table]:
    """A cell's blocks; one short line beside a text is what the text is about, and so is strong."""
    only = cell.blocks[0] if len(cell.blocks) == 1 and len(row.cells) > 1 and cell is row.cells[0] else None
    if isinstance(only, Paragraph) and only.role == BODY and len(only.text) <= _HEADER_CELL:
        only.strong = True
    return cell.blocks


def _grid(rows: list[Row], *, styled: bool) -> list[Paragraph | Grid]:
    found: list[Paragraph | Grid] = []
    width = max(sum(cell.columns for cell in row.cells) for row in rows)
    if len(rows) > 2 and len(rows[0].cells) == 1 and rows[0].cells[0].columns == width:
        title = _text(rows[0].cells[0].blocks)
        if len(title) <= _CAPTION_LENGTH:
            found.append(Paragraph(title, CAPTION))
            rows = rows[1:]
    texts = _texts(rows)
    headers = _header_rows(rows, texts, styled=styled)
    if headers > 1:
        texts = [_stacked(rows[:headers], texts[:headers], width), *texts[headers:]]
    return [*found, *_split_pairs(Grid([row for row in texts if any(row)], headers > 0))]


def _texts(rows: list[Row]) -> list[list[str]]:
    above: dict[int, str] = {}
    found = []
    for row in rows:
        texts, column = [""] * row.skipped, row.skipped
        for cell in row.cells:
            repeated = above.get(column, "")
            text = (repeated if len(repeated) <= _REPEATED else "") if cell.continues else _text(cell.blocks)
            if not cell.continues:
                above[column] = text
            texts.append(text)
            column += cell.columns
        found.append(texts)
    return found


def _header_rows(rows: list[Row], texts: list[list[str]], *, styled: bool) -> int:
    """How many of the first rows are the header."""
    marked = len(list(takewhile(lambda row: row.header, rows)))
    if marked:
        return marked if marked < len(rows) else 0
    if len(rows) < 2 or any(map(labels.is_known_label, map(CELL_BREAK.join, texts))):
        return 0
    if not (_is_set_apart(rows, styled=styled) or _is_plausible(texts)):
        return 0
    spans = any(cell.columns > 1 for cell in rows[0].cells)
    names = len(rows) > 2 and (_is_strong(rows[1]) or any(cell.continues for cell in rows[1].cells))
    return 2 if spans and names and not any(map(_FIGURE.fullmatch, texts[1])) else 1


def _is_set_apart(rows: list[Row], *, styled: bool) -> bool:
    """Whether the first row, and not the rest, is bold or shaded."""
    first, others = rows[0], rows[1:]
    shaded = all(cell.shaded for cell in first.cells) and not all(cell.shaded for row in others for cell in row.cells)
    return styled or shaded or (_is_strong(first) and not all(map(_is_strong, others)))


def _is_strong(row: Row) -> bool:
    inside = [block for cell in row.cells for block in cell.blocks]
    return bool(inside) and all(isinstance(block, Paragraph) and block.strong for block in inside)


def _is_plausible(texts: list[list[str]]) -> bool:
    """Whether the first row could name the columns: short, full, and where figures stand below it has none."""
    first, others = texts[0], texts[1:]
    if len(first) < 2 or not all(first[1:]) or any(len(text) > _HEADER_CELL for text in first):
        return False
    if any(_FIGURE.fullmatch(text) and not _YEAR.fullmatch(text) for text in first):
        return False
    if len(first) > 2 and len(others) > 1:
        return len(set(first)) == len(first)
    return any(_FIGURE.fullmatch(row[-1]) for row in others if row)


def _stacked(rows: list[Row], texts: list[list[str]], width: int) -> list[str]:
    """Several rows of a header as one: the names above one another joined, column by column."""
    columns: list[list[str]] = [[] for _ in range(width)]
    for row, words in zip(rows, texts, strict=True):
        column = row.skipped
        for cell, text in zip(row.cells, words[row.skipped :], strict=True):
            for names in columns[column : column + cell.columns]:
                if text and text not in names:
                    names.append(text)
            column += cell.columns
    return [" ".join(names) for names in columns]


def _split_pairs(grid: Grid) -> list[Grid]:
    """A table of two keys and two values a row as one of one key and value a row."""
    pairs = [row[at : at + 2] for row in grid.rows for at in (0, 2) if len(row) == 4 and any(row[at : at + 2])]
    known = sum(labels.is_known_label(CELL_BREAK.join(pair)) for pair in pairs)
    if not grid.header and all(len(row) == 4 for row in grid.rows) and known * 2 >= max(2, len(pairs)):
        return [Grid(pairs)]
    return [grid]

"""Tables of a web page: those that lay out a page, and the rows of those that hold data."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from qa.notes.html.tree import BOLD_WEIGHTS, Element, style_of

_MOST_COLUMNS = 200
_LONGEST_REPEATED = 300
_LONGEST_MEAN = 400
_BLOCKS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote", "hr"))
_MOST_PARAGRAPHS = 3


@dataclass(frozen=True, slots=True)
class Table:
    """A data table. rows: cells of each row, as many as there are columns but for a row that one cell fills.

    header: the cells of its header, or (). titles: what stands in cells that fill its first rows. The words of a cell
    that spans rows or columns stand in each of them.
    """

    rows: tuple[tuple[str, ...], ...]
    header: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    names: bool
    """Whether it is a header cell, or one in bold."""


def is_layout(table: Element) -> bool:
    """Whether a table arranges parts of a page and holds no data."""
    if table.role in ("presentation", "none", "table", "grid", "treegrid"):
        return table.role in ("presentation", "none")
    tags = {e.tag for e in table.elements() if e is not table}
    if "table" in tags or tags & {"caption", "thead", "th"}:
        return "table" in tags
    rows = [row for row in rows_of(table) if any(cell.words for cell in cells_of(row))]
    if len(rows) < 2 or max(len(cells_of(row)) for row in rows) < 2 or tags & _BLOCKS:
        return True
    cells = [cell for row in rows for cell in cells_of(row) if cell.words]
    crowded = any(sum(e.tag == "p" and e.words > 0 for e in cell.elements()) > _MOST_PARAGRAPHS for cell in cells)
    return crowded or sum(cell.words for cell in cells) > _LONGEST_MEAN * len(cells)


def rows_of(table: Element) -> list[Element]:
    """The rows of a table in the order in which they are shown, those of its foot last."""
    head: list[Element] = []
    body: list[Element] = []
    foot: list[Element] = []
    for child in table.children:
        if isinstance(child, Element):
            group = {"thead": head, "tfoot": foot}.get(child.tag, body)
            group += [child] if child.tag == "tr" else [e for e in child.children if _is(e, "tr")]  # type: ignore[misc]
    return head + body + foot


def cells_of(row: Element) -> list[Element]:
    """The cells of a row."""
    return [e for e in row.children if isinstance(e, Element) and e.tag in ("td", "th")]


def read_table(table: Element, words: Callable[[Element], str]) -> Table:
    """The rows of a data table. words: gives the text of a cell."""
    elements = rows_of(table)
    grid = _grid(elements, words)
    width = max((len(row) for row in grid), default=0)
    first = next((at for at, row in enumerate(elements) if width > 1 and not _fills(row)), 0)
    titles = tuple(row[0].text for row in grid[:first] if row and row[0].text)
    elements, grid = elements[first:], grid[first:]
    count = _header_rows(elements, grid)
    padded = [row + [_Cell("", False)] * (width - len(row)) for row in grid]
    rows = tuple(_joined(elements[at], row) for at, row in enumerate(padded) if at >= count)
    header = tuple(_name(padded[:count], column) for column in range(width)) if count else ()
    return Table(tuple(row for row in rows if any(row)), header if any(header) else (), titles)


def _is(item: Element | str, tag: str) -> bool:
    return isinstance(item, Element) and item.tag == tag


def _span(cell: Element, name: str, most: int) -> int:
    match = re.match(r"\s*(\d{1,6})", cell.attributes.get(name, ""))
    value = int(match[1]) if match else 1
    return most if name == "rowspan" and value == 0 else max(1, min(value, most))


def _grid(rows: list[Element], words: Callable[[Element], str]) -> list[list[_Cell]]:
    """The cells of each row, with those that span more than one row or column in each of them."""
    grid: list[list[_Cell]] = []
    reaching: dict[int, tuple[int, _Cell]] = {}  # column -> rows still to come, and the cell that reaches into them
    for at, row in enumerate(rows):
        line: list[_Cell] = []
        below: dict[int, tuple[int, _Cell]] = {}
        waiting = cells_of(row)[:_MOST_COLUMNS]
        while len(line) < _MOST_COLUMNS and (waiting or any(column >= len(line) for column in reaching)):
            column = len(line)
            if column in reaching:
                left, cell = reaching.pop(column)
                line.append(cell)
                if left > 1:
                    below[column] = (left - 1, cell)
                continue
            if not waiting:
                line.append(_Cell("", False))
                continue
            element = waiting.pop(0)
            cell = _Cell(words(element), element.tag == "th" or _is_bold(element))
            repeated = cell if len(cell.text) <= _LONGEST_REPEATED else _Cell("", cell.names)
            down = _span(element, "rowspan", len(rows) - at)
            for extra in range(_span(element, "colspan", _MOST_COLUMNS - column)):
                if column + extra in reaching:
                    break
                line.append(repeated if extra else cell)
                if down > 1:
                    below[column + extra] = (down - 1, repeated)
        grid.append(line)
        reaching = below
    return grid


def _is_bold(cell: Element) -> bool:
    strong = sum(e.words for e in cell.elements() if e.tag in ("b", "strong"))
    weight = style_of(cell.attributes).get("font-weight", "")
    return cell.words > 0 and (strong >= cell.words or weight in BOLD_WEIGHTS)


def _header_rows(elements: list[Element], grid: list[list[_Cell]]) -> int:
    """How many of the first rows name the columns."""
    if len(grid) < 2:
        return 0
    in_head = sum(row.parent is not None and row.parent.tag == "thead" for row in elements)
    count = in_head
    while count < len(grid) and any(cell.text for cell in grid[count]) and _all_named(grid[count]):
        if _fills(elements[count]):
            break  # a heading between the rows
        count += 1
    if count < len(grid):
        return count or int(_looks_named(grid))
    return in_head if in_head < len(grid) else 0


def _all_named(row: list[_Cell]) -> bool:
    return len(row) > 1 and all(cell.names or not cell.text for cell in row)


def _looks_named(grid: list[list[_Cell]]) -> bool:
    """Whether an unmarked first row names the columns: words, each above figures or words, with figures below."""
    first, below = grid[0], grid[1:]
    if len(first) < 3 or len(below) < 2 or any(not c.text or re.search(r"\d", c.text) for c in first[1:]):
        return False
    return any(
        all(len(row) > column and re.search(r"\d", row[column].text) for row in below)
        for column in range(1, len(first))
    )


def _fills(row: Element) -> bool:
    return len(cells_of(row)) == 1


def _joined(element: Element, row: list[_Cell]) -> tuple[str, ...]:
    texts = tuple(cell.text for cell in row)
    return texts[:1] if _fills(element) and len(set(texts)) == 1 else texts


def _name(header: list[list[_Cell]], column: int) -> str:
    """A column's name: the words of all header rows above it, each once."""
    names: list[str] = []
    for row in header:
        if row[column].text and row[column].text not in names:
            names.append(row[column].text)
    return " ".join(names)

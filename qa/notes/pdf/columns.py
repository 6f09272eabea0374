"""The reading order of a PDF's page: columns of text one after the other, tables row by row, the rest from the top."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from qa.notes.pdf.drawn import Edge
from qa.notes.pdf.lines import Line, rows_of
from qa.notes.pdf.tables import Table, continued, is_newspaper

Item = Line | Table
_Stripe = tuple[float, float]

_NARROWEST = 0.5  # of the size: the white between columns
_DEEPEST = 4
_NEW_PART = 1.6  # of the usual distance of lines


@dataclass(slots=True)
class Layout:
    """Puts items in reading order, page by page, and counts the text columns of the file.

    edges: the lines drawn on the page. margins: of text as wide as the page; (0, 0) to take them from the lines.
    """

    edges: Sequence[Edge] = ()
    margins: _Stripe = (0.0, 0.0)
    columns: int = field(default=0)

    def order(self, items: list[Item], depth: int = 0) -> Iterator[Item]:
        """The lines and tables of a page, or of one of its columns, as they are read. items: sorted from the top."""
        lines = [item for item in items if isinstance(item, Line)]
        margins = self.margins
        if lines and (depth or margins == (0.0, 0.0)):
            margins = min(line.left for line in lines), max(line.right for line in lines)
        self.columns += 1
        here, at = self.columns, 0
        while at < len(items):
            end, stripes = _band(items, at)
            gutters = _gutters(items[at:end], stripes) if stripes and depth < _DEEPEST else []
            if gutters:
                end = at + _before_next_part(items[at:end], gutters, items[end:])
                for column in _divide(items[at:end], gutters):
                    yield from self.order(column, depth + 1)
                self.columns += 1
                here = self.columns
            else:
                end, stripes = _band(items, at, of_table=True)
                end = at + _end_of_table(items[at:end]) if stripes else end
                for item in self._rows(items[at:end], stripes):
                    item.column = here
                    if isinstance(item, Line):
                        item.margins = margins
                    yield item
            at = end

    def _rows(self, band: list[Item], stripes: list[_Stripe]) -> Iterator[Item]:
        """A band whose columns are no running text: a table, or labels and values, or just lines with gaps."""
        columns = [column for column in map(_whole_lines, _divide(band, stripes)) if column]
        of = {id(line): number for number, column in enumerate(columns) for line in column}
        lines = [line for column in columns for line in column]
        full = sum(len({of[id(line)] for line in row}) >= 2 for row in rows_of(lines))
        labelled = len(columns) == 2 and all(line.text.endswith(":") for line in columns[0])
        if len(columns) < 2 or labelled or full < (2 if len(columns) > 2 else 3):
            yield from _rejoined(band)
            return
        left, right = min(line.left for line in lines), max(line.right for line in lines)
        rules = [
            edge.y0
            for edge in self.edges
            if edge.y0 == edge.y1 and min(right, edge.x1) - max(left, edge.x0) > 0.6 * (right - left)
        ]
        top, bottom = min(line.y - line.size for line in lines), max(line.y for line in lines)
        yield Table(continued(columns, rules), left, right, top, bottom, lines[0].page)


def _size(item: Item) -> float:
    return item.size if isinstance(item, Line) else 10.0


def _band(items: list[Item], at: int, *, of_table: bool = False) -> tuple[int, list[_Stripe]]:
    """From item `at` the end of the longest run that leaves a white stripe free from top to bottom, and its stripes.

    of_table: also end it where, after a gap, an item stands across one of the stripes, as the next table's may.
    """
    first = items[at]
    bottom = first.bottom if isinstance(first, Table) else first.y + 1.2 * first.size
    beside: list[Item] = [first]
    for item in items[at + 1 :]:
        if item.y >= bottom:
            break
        beside.append(item)
    stripes = _gaps(sorted(beside, key=lambda item: item.left), _NARROWEST * _size(first))
    if not stripes:
        return at + 1, []
    end, closest = at, float("inf")
    while end < len(items):
        item = items[end]
        left = [part for stripe in stripes for part in _without(stripe, item)]
        pitch = item.y - items[end - 1].y if end > at else 0.0
        crossed = any(not _without(stripe, item) for stripe in stripes)
        if not left or (of_table and crossed and pitch > 1.2 * closest):
            break
        closest = min(closest, pitch) if pitch > 0.5 * _size(item) else closest
        stripes = left
        end += 1
    used = [stripe for stripe in stripes if _parts_both(stripe, items[at:end])]
    return (end, used) if used and end > at + 1 else (at + 1, [])


def _gaps(items: list[Item], narrowest: float) -> list[_Stripe]:
    gaps, right = [], items[0].right
    for item in items[1:]:
        if item.left - right >= narrowest:
            gaps.append((right, item.left))
        right = max(right, item.right)
    return gaps


def _without(stripe: _Stripe, item: Item) -> list[_Stripe]:
    if item.right <= stripe[0] or item.left >= stripe[1]:
        return [stripe]
    parts = [(stripe[0], item.left), (item.right, stripe[1])]
    return [part for part in parts if part[1] - part[0] >= _NARROWEST * _size(item)]


def _parts_both(stripe: _Stripe, items: list[Item]) -> bool:
    middle = sum(stripe) / 2
    return any(item.right <= middle for item in items) and any(item.left >= middle for item in items)


def _divide(items: list[Item], stripes: list[_Stripe]) -> list[list[Item]]:
    """Items by the column that they stand in; stripes with nothing between them count once."""
    cuts = [sum(stripe) / 2 for stripe in stripes]
    columns: dict[int, list[Item]] = {}
    for item in items:
        columns.setdefault(sum(cut < (item.left + item.right) / 2 for cut in cuts), []).append(item)
    return [columns[number] for number in sorted(columns)]


def _gutters(band: list[Item], stripes: list[_Stripe]) -> list[_Stripe]:
    """Those stripes of a band that part columns of text, each to be read to its end; none where it is a table."""
    columns = _divide(band, stripes)
    tabled = any(isinstance(item, Table) for item in band)
    if tabled or is_newspaper([_whole_lines(column) for column in columns]):
        return stripes
    for stripe in sorted(stripes, key=lambda stripe: stripe[0] - stripe[1]):
        sides = [_whole_lines(side) for side in _divide(band, [stripe])]
        if len(sides) == 2 and _out_of_step(*sides):
            return [stripe]
    return []


def _out_of_step(left: list[Line], right: list[Line]) -> bool:
    """Whether few lines of two sides share a baseline, as cells of a table would."""
    fewer = min(len(left), len(right))
    shared = sum(len(row) > 1 for row in rows_of([*left, *right]))
    return fewer >= 3 and shared < 0.4 * fewer


def _whole_lines(column: list[Item]) -> list[Line]:
    return [item for item in _rejoined(column) if isinstance(item, Line)]


def _before_next_part(band: list[Item], gutters: list[_Stripe], after: list[Item]) -> int:
    """How many items of a band are its columns', where what follows it may have begun in its last lines.

    A heading over the full-width text below two columns stands in the first column by its place, but not by its sense.
    """
    columns = _divide(band, gutters)
    last_of_others = max(item.y for column in columns[1:] for item in column)
    tail = [n for n, item in enumerate(band) if item.y > last_of_others]
    if not after or not tail:
        return len(band)
    pitches = [b.y - a.y for a, b in pairwise(columns[0]) if b.y > a.y]
    usual = median(pitches) if pitches else 0.0
    gaps = [n for n in tail if n and band[n].y - band[n - 1].y > 1.3 * usual]
    return gaps[-1] if gaps else len(band)


def _end_of_table(band: list[Item]) -> int:
    """How many items of a band are a table's: it ends before a line of one column that stands apart."""
    rows = rows_of([item for item in band if isinstance(item, Line)])
    pitches = [after[0].y - before[0].y for before, after in pairwise(rows)]
    usual = median(pitches) if pitches else 0.0
    last = max((n for n, row in enumerate(rows) if len(row) > 1), default=0)
    sizes = {round(line.size * 2) for row in rows[: last + 1] for line in row}
    taken = len(rows[0])
    for number, (row, pitch) in enumerate(zip(rows[1:], pitches, strict=True), 1):
        apart = _NEW_PART * usual if number < last else 1.1 * usual
        other = number > last and (row[0].bold or round(row[0].size * 2) not in sizes)
        if len(row) == 1 and (pitch > apart or other):
            return taken
        taken += len(row)
    return len(band)


def _rejoined(items: list[Item]) -> Iterator[Item]:
    """Items by height, with the lines of one row joined again."""
    lines = [item for item in items if isinstance(item, Line)]
    whole: list[Item] = [item for item in items if isinstance(item, Table)]
    for row in rows_of(lines):
        whole.append(row[0] if len(row) == 1 else Line([word for line in row for word in line.words], row[0].page))
    return iter(sorted(whole, key=lambda item: item.y))

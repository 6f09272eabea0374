"""Ruled tables of a PDF's page: from the lines drawn on it to a grid, and from the words inside to rows of cells."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from qa.notes.pdf.drawn import Edge
from qa.notes.pdf.lines import Line, lines_of, rows_of
from qa.notes.pdf.tables import Row, Table, cell_of, continued, is_table_of_rows
from qa.notes.pdf.text import Word

_NEAR = 3.0
_FEW_ROWS = 3  # lines across: above, below, and below the header
_MOST_LINES = 400
_MOST_LINES_OF_A_CELL = 25


@dataclass(slots=True)
class _Rule:
    """A line across (or, with x and y exchanged, down) the page, put together from the edges that make it."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class _Grid:
    xs: list[float]
    ys: list[float]
    across: list[_Rule]
    down: list[_Rule]

    def holds(self, word: Word) -> bool:
        """Whether the middle of a word is inside."""
        x, y = _middle(word)
        return self.xs[0] <= x <= self.xs[-1] and self.ys[0] <= y <= self.ys[-1]


def ruled_tables(words: list[Word], edges: list[Edge], page: int) -> tuple[list[Table], list[Word]]:
    """The tables that are ruled on a page, and the words that stand in none of them."""
    across = _rules((edge.y0, edge.x0, edge.x1) for edge in edges if edge.y0 == edge.y1)
    down = _rules((edge.x0, edge.y0, edge.y1) for edge in edges if edge.y0 != edge.y1)
    if not across or not down or len(across) + len(down) > _MOST_LINES:
        return [], words
    tables: list[Table] = []
    for grid in sorted(_grids(across, down), key=lambda grid: len(grid.xs) * len(grid.ys)):
        inside = [word for word in words if grid.holds(word)]
        table = _table(grid, inside, page)
        if table:
            tables.append(table)
            taken = set(map(id, inside))
            words = [word for word in words if id(word) not in taken]
    return tables, words


def _middle(word: Word) -> tuple[float, float]:
    return (word.left + word.right) / 2, word.y - word.size * 0.3


def _rules(edges: Iterable[tuple[float, float, float]]) -> list[_Rule]:
    rules: list[_Rule] = []
    open_at: dict[int, list[_Rule]] = defaultdict(list)
    for at, start, end in sorted(edges, key=lambda edge: (round(edge[0]), edge[1])):
        near = [rule for bucket in (-1, 0, 1) for rule in open_at[round(at) + bucket][-3:]]
        found = next((rule for rule in near if abs(rule.at - at) <= 1.5 and start <= rule.end + _NEAR), None)
        if found:
            found.end = max(found.end, end)
            found.start = min(found.start, start)
        else:
            rules.append(_Rule(at, start, end))
            open_at[round(at)].append(rules[-1])
    return rules


def _meets(across: _Rule, down: _Rule) -> bool:
    return across.start - _NEAR <= down.at <= across.end + _NEAR and down.start - _NEAR <= across.at <= down.end + _NEAR


def _grids(across: list[_Rule], down: list[_Rule]) -> list[_Grid]:
    """The sets of rules that meet each other, of at least two columns and one row, as grids."""
    group = list(range(len(across) + len(down)))

    def root(n: int) -> int:
        while group[n] != n:
            group[n] = group[group[n]]
            n = group[n]
        return n

    for a, one in enumerate(across):
        for d, other in enumerate(down):
            if _meets(one, other):
                group[root(len(across) + d)] = root(a)
    members: dict[int, tuple[list[_Rule], list[_Rule]]] = defaultdict(lambda: ([], []))
    for n, rule in enumerate([*across, *down]):
        members[root(n)][n >= len(across)].append(rule)
    grids = []
    for lines, posts in members.values():
        if len(lines) >= 2 and posts:
            xs = _places(posts, lines)
            ys = _places(lines, posts)
            if len(xs) >= 3 and len(ys) >= 2:
                grids.append(_Grid(xs, ys, lines, posts))
    return grids


def _places(rules: list[_Rule], crossing: list[_Rule]) -> list[float]:
    """Where rules stand, and the ends of those that cross them, as a table may be open at its sides."""
    ends = [min(rule.start for rule in crossing), max(rule.end for rule in crossing)]
    places: list[float] = []
    for at in sorted([rule.at for rule in rules] + ends):
        if not places or at - places[-1] > _NEAR:
            places.append(at)
    return places


def _table(grid: _Grid, words: list[Word], page: int) -> Table | None:
    cells = _fill(grid, words, page)
    if not cells or max(len(rows_of(lines)) for lines in cells.values()) > _MOST_LINES_OF_A_CELL:
        return None
    columns = len(grid.xs) - 1
    rows: list[Row] = []
    for r in range(len(grid.ys) - 1):
        of_row = [cells.get((r, c), []) for c in range(columns)]
        if not any(of_row):
            continue
        if len(grid.ys) <= _FEW_ROWS and is_table_of_rows(of_row):  # ruled between its columns only
            rows += continued(of_row, ())
        else:
            merged = [(r, c) != _origin(grid, r, c) for c in range(columns)]
            kept = [c for c in range(columns) if of_row[c] or not merged[c] or _origin(grid, r, c)[0] != r]
            spread = len(kept) == 1 or (len(kept) < columns and sum(bool(of_row[c]) for c in kept) == 1)
            rows.append(cell_of([of_row[c] for c in (kept if spread else range(columns))], spread))
    used = [c for c in range(columns) if any(len(row.cells) > c and row.cells[c] for row in rows)]
    if len(used) < 2:
        return None
    if len(used) < columns:
        rows = [Row([row.cells[c] for c in used], row.bold) if len(row.cells) == columns else row for row in rows]
    return Table(rows, grid.xs[0], grid.xs[-1], grid.ys[0], grid.ys[-1], page)


def _fill(grid: _Grid, words: list[Word], page: int) -> dict[tuple[int, int], list[Line]]:
    found: dict[tuple[int, int], list[Word]] = defaultdict(list)
    origins: dict[tuple[int, int], tuple[int, int]] = {}
    for word in words:
        x, y = _middle(word)
        place = (_slot(grid.ys, y), _slot(grid.xs, x))
        if place not in origins:
            origins[place] = _origin(grid, *place)
        found[origins[place]].append(word)
    return {place: lines_of(inside, page) for place, inside in found.items()}


def _slot(places: list[float], at: float) -> int:
    return min(max(bisect_right(places, at) - 1, 0), len(places) - 2)


def _origin(grid: _Grid, row: int, column: int) -> tuple[int, int]:
    """The upper left place of the cell that a place belongs to: cells are one where no line stands between them."""
    while column and not _is_ruled(grid.down, grid.xs[column], _between(grid.ys, row)):
        column -= 1
    while row and not _is_ruled(grid.across, grid.ys[row], _between(grid.xs, column)):
        row -= 1
    return row, column


def _between(places: list[float], n: int) -> float:
    return (places[n] + places[n + 1]) / 2


def _is_ruled(rules: list[_Rule], at: float, beside: float) -> bool:
    return any(abs(rule.at - at) <= _NEAR and rule.start <= beside <= rule.end for rule in rules)

"""Running headers, footers and page numbers: what stands at the edge of pages and is no part of the note.

It is told by standing on several pages at the same height, page numbers aside; a lone page number and a
classification's banner also by what they say. It is looked for from the edge inwards: behind the first row that is the
note's own, nothing goes, nor does what stands as close to the text as its lines do to each other.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from qa.notes.labels import CLASSIFICATION_LINE
from qa.notes.pdf.lines import Line, rows_of

_ZONE = 0.15  # of the page's height, at its top and its bottom
_ROWS = 4
_SAME_HEIGHT = 3.0
_FEW_PAGES = 5
_APART = 1.7
_PAGE_NUMBER = re.compile(
    r"(?:(?:page|p\.)\s*)?[-–—|\s]*(?:\d{1,3}|[ivxl]{1,6})[-–—|\s]*(?:(?:of|/|de|sur)\s*\d{1,3})?[-–—|\s]*\Z",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s+[|–—•·-]+\s+")


@dataclass(slots=True)
class Sheet:
    """A page's height in points and its lines, sorted from the top."""

    height: float
    lines: list[Line]


def take_furniture(sheets: list[Sheet], body_size: float) -> list[str]:
    """Take the furniture off the lines of pages, and return the classification banners among it, each once.

    body_size: of most of the file's characters, in points; what is clearly larger is no furniture.
    """
    edges = [(sheet, rows) for sheet in sheets for rows in (_rows(sheet, top=True), _rows(sheet, top=False))]
    common = _common(edges, len(sheets))
    pitches = [after - before for sheet in sheets for before, after in pairwise(_heights(sheet))]
    usual = median(pitches) if pitches else 0.0
    banners: list[str] = []
    for sheet in sheets:
        edge_rows = [_rows(sheet, top=True), _rows(sheet, top=False)]
        top, bottom = ({_folded(line) for row in rows for line in row} for rows in edge_rows)
        both = top & bottom
        taken: set[int] = set()
        for rows in edge_rows:
            outer: list[list[Line]] = []
            for row in rows:
                gone = [line for line in row if _is_furniture(line, sheet, common, both, body_size)]
                if len(gone) < len(row):  # a lone word or figure may be the cell of a table
                    gone = [line for line in gone if len(line.words) > 1 and line.has_letters]
                if not gone:
                    break
                outer.append(gone)
            for gone in _set_apart(outer, sheet, usual):
                taken.update(map(id, gone))
                banners += [banner for line in gone for banner in _banners(line.text) if banner not in banners]
        sheet.lines = [line for line in sheet.lines if id(line) not in taken]
    return banners


def _rows(sheet: Sheet, *, top: bool) -> list[list[Line]]:
    """The outermost rows of a page, from its edge inwards."""
    limit = sheet.height * _ZONE
    near = [line for line in sheet.lines if (line.y < limit if top else line.y > sheet.height - limit)]
    rows = rows_of(near)
    return (rows if top else rows[::-1])[:_ROWS]


def _heights(sheet: Sheet) -> list[float]:
    return [row[0].y for row in rows_of(sheet.lines)]


def _set_apart(outer: list[list[Line]], sheet: Sheet, usual: float) -> list[list[Line]]:
    """Those rows at an edge that more than the usual distance of lines parts from the text."""
    rows = _heights(sheet)
    while outer:
        line = outer[-1][0]
        inner = [y for y in rows if (y > line.y + 2 if line.y < sheet.height / 2 else y < line.y - 2)]
        distance = min((abs(y - line.y) for y in inner), default=sheet.height)
        if distance > max(1.4 * line.size, _APART * usual):
            break
        outer = outer[:-1]
    return outer


def _folded(line: Line) -> str:
    return re.sub(r"\s+", " ", line.text).casefold().strip()


def _keys(line: Line) -> set[str]:
    """A text, and the text with its first or its last number counted from the page's own: "page 3 of 9" on page 3."""
    text = _folded(line)
    numbers = list(re.finditer(r"\d{1,4}", text))
    relative = {f"{text[: m.start()]}\0{int(m[0]) - line.page}\0{text[m.end() :]}" for m in numbers[:1] + numbers[-1:]}
    return {text} | relative


def _height(line: Line, sheet: Sheet) -> float:
    """The distance from the nearer edge, negative at the bottom: pages may differ in size."""
    return line.y if line.y < sheet.height / 2 else line.y - sheet.height


def _common(edges: list[tuple[Sheet, list[list[Line]]]], pages: int) -> dict[str, list[float]]:
    """The heights at which a text stands on enough pages to be furniture."""
    found: dict[str, list[float]] = defaultdict(list)
    for sheet, rows in edges:
        for row in rows:
            for line in row:
                for key in _keys(line):
                    found[key].append(_height(line, sheet))
    enough = 2 if pages <= _FEW_PAGES else 3
    common: dict[str, list[float]] = {}
    for text, heights in found.items():
        heights.sort()
        runs: list[list[float]] = []
        for height in heights:
            if runs and height - runs[-1][-1] <= _SAME_HEIGHT:
                runs[-1].append(height)
            else:
                runs.append([height])
        common[text] = [height for run in runs if len(run) >= enough for height in (run[0], run[-1])]
    return common


def _is_furniture(line: Line, sheet: Sheet, common: dict[str, list[float]], both: set[str], body_size: float) -> bool:
    if line.size > 1.15 * body_size:
        return False
    text, height = line.text, _height(line, sheet)
    heights = [other for key in _keys(line) for other in common.get(key, ())]
    if any(abs(height - other) <= _SAME_HEIGHT for other in heights):
        return True
    if _PAGE_NUMBER.match(text) and any(char.isdigit() or char in "ivxlIVXL" for char in text):
        return True
    return bool(_banners(text)) and _folded(line) in both


def _banners(text: str) -> list[str]:
    """The classifications in a line of a header: "Department - PROTECTED A" holds one."""
    if CLASSIFICATION_LINE.match(text):
        return [text]
    return [part for part in _SEPARATOR.split(text) if CLASSIFICATION_LINE.match(part)]

"""What is drawn on a PDF's page beside its words: lines (which may rule a table), coloured areas and pictures."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Box = tuple[float, float, float, float]  # left, bottom, right, top in the page's own coordinates, y up
Turn = Callable[[float, float], tuple[float, float]]

WHITE = 250  # of 255, from which a colour is not seen on white paper
_MOST_OBJECTS = 20_000
_MOST_SEGMENTS = 3_000
_MOST_DOTS = 200
_SHORTEST_EDGE, _FURTHEST = 4.0, 20_000.0


@dataclass(frozen=True, slots=True)
class Edge:
    """A straight line that is drawn across (y0 == y1) or down (x0 == x1) the page."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(slots=True)
class Drawn:
    """What is on the page beside text.

    segments: of paths. coloured: areas. dots: small round or square marks, which some writers draw as bullets.
    pictures: the share of the page that they cover. count: the page's objects, text too.
    """

    segments: list[tuple[float, float, float, float]] = field(default_factory=list)
    coloured: list[Box] = field(default_factory=list)
    dots: list[Box] = field(default_factory=list)
    pictures: float = 0.0
    count: int = 0


def turn_of(direction: int, box: Box) -> Turn:
    """From the page's own coordinates, y up, to those of somebody who reads text that runs in `direction`."""
    left, bottom, right, top = box
    return {
        0: lambda x, y: (x - left, top - y),
        90: lambda x, y: (y - bottom, x - left),
        180: lambda x, y: (right - x, y - bottom),
        270: lambda x, y: (top - y, right - x),
    }[direction]


def look_around(page: Any, box: Box) -> Drawn:
    """What is drawn on a pypdfium2 page whose visible part is `box`."""
    import pypdfium2.raw as pdfium

    drawn = Drawn(count=pdfium.FPDFPage_CountObjects(page))
    area = max((box[2] - box[0]) * (box[3] - box[1]), 1.0)
    for at in range(min(drawn.count, _MOST_OBJECTS)):
        item = pdfium.FPDFPage_GetObject(page, at)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            continue
        left, bottom, right, top = _bounds(item)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            _look_at_path(item, (left, bottom, right, top), drawn)
            continue
        drawn.coloured.append((left, bottom, right, top))
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            wide = min(right, box[2]) - max(left, box[0])
            drawn.pictures += max(wide, 0.0) * max(min(top, box[3]) - max(bottom, box[1]), 0.0) / area
    return drawn


def _bounds(item: Any) -> Box:
    import pypdfium2.raw as pdfium

    sides = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(item, *sides)
    return sides[0].value, sides[1].value, sides[2].value, sides[3].value


def _look_at_path(item: Any, bounds: Box, drawn: Drawn) -> None:
    import pypdfium2.raw as pdfium

    filling, stroked = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item, filling, stroked)
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if filling.value and pdfium.FPDFPageObj_GetFillColor(item, red, green, blue, alpha):
        white = min(red.value, green.value, blue.value) >= WHITE or alpha.value == 0
        if not white:
            drawn.coloured.append(bounds)
        elif not stroked.value:
            return
    if not (filling.value or stroked.value):
        return
    if _is_dot(bounds):
        drawn.dots.append(bounds)
    elif len(drawn.segments) < _MOST_SEGMENTS:
        drawn.segments.extend(_segments(item))


def _is_dot(bounds: Box) -> bool:
    wide, high = bounds[2] - bounds[0], bounds[3] - bounds[1]
    return 1.5 <= wide <= 8 and 1.5 <= high <= 8 and abs(wide - high) <= 1


def _segments(item: Any) -> Iterator[tuple[float, float, float, float]]:
    import pypdfium2.raw as pdfium

    matrix, x, y = pdfium.FS_MATRIX(), ctypes.c_float(), ctypes.c_float()
    pdfium.FPDFPageObj_GetMatrix(item, matrix)
    start = last = (0.0, 0.0)
    for at in range(min(pdfium.FPDFPath_CountSegments(item), _MOST_SEGMENTS)):
        segment = pdfium.FPDFPath_GetPathSegment(item, at)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield (*last, *point)
        last = point
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield (*last, *start)
            last = start


def dots_of(drawn: Drawn, turn: Turn) -> list[tuple[float, float, float]]:
    """The left and right end and the middle's height of each dot, for somebody who reads in the direction of `turn`."""
    if len(drawn.dots) > _MOST_DOTS:
        return []  # a chart or a pattern
    corners = [(turn(left, bottom), turn(right, top)) for left, bottom, right, top in drawn.dots]
    return [(min(a[0], b[0]), max(a[0], b[0]), (a[1] + b[1]) / 2) for a, b in corners]


def edges_of(drawn: Drawn, turn: Turn) -> list[Edge]:
    """The lines across and down the page, as somebody sees them who reads in the direction of `turn`."""
    return list(_edges(drawn, turn))


def _edges(drawn: Drawn, turn: Turn) -> Iterator[Edge]:
    if len(drawn.segments) >= _MOST_SEGMENTS:
        return  # a drawing, not a table
    for x0, y0, x1, y1 in drawn.segments:
        (left, top), (right, bottom) = turn(x0, y0), turn(x1, y1)
        wide, high = abs(right - left), abs(bottom - top)
        if not all(abs(place) <= _FURTHEST for place in (left, top, right, bottom)):
            continue  # damaged
        if wide >= _SHORTEST_EDGE and high <= 1:
            yield Edge(min(left, right), (top + bottom) / 2, max(left, right), (top + bottom) / 2)
        elif high >= _SHORTEST_EDGE and wide <= 1:
            yield Edge((left + right) / 2, min(top, bottom), (left + right) / 2, max(top, bottom))

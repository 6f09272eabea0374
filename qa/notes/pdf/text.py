"""From a PDF's page to the words that a reader sees, each with its place, size and weight, and the lines drawn there.

Places are in points from the page's upper left corner as one reads it, x to the right and y down. Left out is what no
reader sees: text drawn invisibly, in white on white, smaller than 2 points or beside the page. The invisible text over
a scanned picture is kept: it is the work of text recognition.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from qa.notes.pdf.drawn import WHITE, Box, Drawn, Edge, dots_of, edges_of, look_around, turn_of

_SMALLEST, _LARGEST = 2.0, 2000.0
_SOFT_HYPHEN = "\u00ad"
_LINE_END_HYPHEN = 2  # what pdfium makes of a hyphen at the end of a line, hard or soft
_BOLD_NAME = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
_BOLD_WEIGHT = 600
_INVISIBLE, _STROKED = (3, 7), (2, 6)  # text render modes of ISO 32000-1, table 106
_PICTURE_SHARE = 0.5  # of the page, from which a picture may be its scan


@dataclass(slots=True)
class Word:
    """Characters without white space between them. y: the baseline. spaced: whether white space stands before it."""

    text: str
    left: float
    right: float
    y: float
    size: float
    bold: bool
    spaced: bool = True


@dataclass(slots=True)
class PageText:
    """A page's words as drawn.

    turned: words that run in another direction than most, each direction in a list of its own. hidden: whether text
    was left out. recognised: whether the words are those of text recognition. blank: whether nothing
    is on it.
    """

    number: int
    width: float
    height: float
    words: list[Word] = field(default_factory=list)
    turned: list[list[Word]] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    hidden: bool = False
    recognised: bool = False
    blank: bool = False


@dataclass(slots=True)
class _Style:
    size: float
    bold: bool
    direction: int | None  # 0, 90, 180, 270, or None where it is slanted
    invisible: bool
    white: bool


def read_page(page: Any, number: int) -> PageText:
    """The words of a pypdfium2 page. number: the page's, from 1."""
    box = page.get_bbox()
    drawn = look_around(page, box)
    reader = _CharReader(page, box, drawn)
    reader.read()
    main = Counter({turn: sum(len(word.text) for word in words) for turn, words in reader.found.items()})
    direction = main.most_common(1)[0][0] if main else 0
    turn = turn_of(direction, box)
    sides = (box[2] - box[0], box[3] - box[1])
    width, height = sides if direction in (0, 180) else sides[::-1]
    return PageText(
        number,
        width,
        height,
        words=_with_bullets(reader.found.pop(direction, []), dots_of(drawn, turn)),
        turned=list(reader.found.values()),
        edges=edges_of(drawn, turn),
        hidden=reader.hidden,
        recognised=reader.recognised,
        blank=drawn.count == 0,
    )


def _with_bullets(words: list[Word], dots: list[tuple[float, float, float]]) -> list[Word]:
    """Words and a bullet for each dot that is drawn at half the height of a word's small letters, shortly before it."""
    bullets = []
    for left, right, middle in dots:
        beside = [
            word
            for word in words
            if 0 <= word.left - right <= 2.5 * word.size and 0 <= word.y - middle <= 0.6 * word.size
        ]
        before = any(
            word.right <= left + 1 and left - word.right < word.size and word.y > middle > word.y - word.size
            for word in words
        )
        if beside and not before:
            first = min(beside, key=lambda word: word.left)
            bullets.append(Word("\u2022", left, right, first.y, first.size, False))
    return words + bullets


class _CharReader:
    """Goes through the characters of a page in the order in which they were drawn, and makes words of them."""

    def __init__(self, page: Any, box: Box, drawn: Drawn) -> None:
        import pypdfium2.raw as pdfium

        self.pdfium, self.box, self.drawn = pdfium, box, drawn
        self.text = page.get_textpage()
        self.turns = {direction: turn_of(direction, box) for direction in (0, 90, 180, 270)}
        self.styles: dict[int, _Style] = {}
        self.bold_fonts: dict[int, bool] = {}
        self.found: dict[int, list[Word]] = {}
        self.hidden = self.recognised = False
        self.last: tuple[Word, int] | None = None
        self.spaced = False

    def read(self) -> None:
        text, pdfium = self.text.raw, self.pdfium
        get_unicode, get_object, address_of = (
            pdfium.FPDFText_GetUnicode,
            pdfium.FPDFText_GetTextObject,
            ctypes.addressof,
        )
        chars: list[str] = []
        first = last = of = 0
        for at in range(pdfium.FPDFText_CountChars(text)):
            char = _char(get_unicode(text, at))
            if not char or char == _SOFT_HYPHEN:
                continue
            if char.isspace():
                self._end_run(chars, first, last)
                self.last, self.spaced = None, True
                continue
            item = get_object(text, at)
            address = address_of(item.contents) if item else 0
            if address != of:
                self._end_run(chars, first, last)
                of = address
            if not chars:
                first = at
            chars.append(char)
            last = at
        self._end_run(chars, first, last)

    def _end_run(self, chars: list[str], first: int, last: int) -> None:
        """Take the characters from number `first` to `last`: of one object and so of one baseline, without spaces."""
        if not chars:
            return
        text = "".join(chars)
        chars.clear()
        style = self._style(first)
        if style is None or style.direction is None:
            return
        x, y = ctypes.c_double(), ctypes.c_double()
        self.pdfium.FPDFText_GetCharOrigin(self.text, first, x, y)
        if not self._is_seen(style, (x.value, y.value)):
            return
        turn = self.turns[style.direction]
        left, baseline = turn(x.value, y.value)
        loose = self.pdfium.FS_RECTF()
        self.pdfium.FPDFText_GetLooseCharBox(self.text, last, loose)
        ends = (turn(loose.left, loose.bottom)[0], turn(loose.right, loose.top)[0])
        right = min(max(left, *ends), left + style.size * (len(text) + 1))
        self._add(Word(text, left, right, baseline, style.size, style.bold, self.spaced), style.direction)
        self.spaced = False

    def _add(self, word: Word, direction: int) -> None:
        """Take a word, or what goes on with the last one: some writers draw each letter by itself."""
        if self.last and self.last[1] == direction:
            last = self.last[0]
            gap = (word.left - last.right) / word.size
            level = abs(word.y - last.y) <= 0.1 * word.size and abs(word.size - last.size) < 0.5
            if level and -0.5 < gap < 0.3:
                last.text += word.text
                last.right = max(last.right, word.right)
                return
        self.last = word, direction
        self.found.setdefault(direction, []).append(word)

    def _is_seen(self, style: _Style, point: tuple[float, float]) -> bool:
        x, y = point
        inside = self.box[0] - 1 <= x <= self.box[2] + 1 and self.box[1] - 1 <= y <= self.box[3] + 1
        sized = _SMALLEST <= style.size <= _LARGEST
        if style.invisible and self.drawn.pictures >= _PICTURE_SHARE and inside and sized:
            self.recognised = True
            return True
        seen = inside and not style.invisible and sized
        if seen and style.white:
            middle = y + style.size / 4
            seen = any(left <= x <= right and low <= middle <= high for left, low, right, high in self.drawn.coloured)
        self.hidden = self.hidden or not seen
        return seen

    def _style(self, at: int) -> _Style | None:
        item = self.pdfium.FPDFText_GetTextObject(self.text, at)
        if not item:
            return None
        address = ctypes.addressof(item.contents)
        if address not in self.styles:
            self.styles[address] = self._read_style(at, item)
        return self.styles[address]

    def _read_style(self, at: int, item: Any) -> _Style:
        pdfium, matrix = self.pdfium, self.pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self.text, at, matrix)
        size = pdfium.FPDFText_GetFontSize(self.text, at) * math.hypot(matrix.c, matrix.d)
        angle = math.degrees(math.atan2(matrix.b, matrix.a)) % 360
        nearest = round(angle / 90) * 90
        mode = pdfium.FPDFTextObj_GetTextRenderMode(item)
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        filled = pdfium.FPDFPageObj_GetFillColor(item, red, green, blue, alpha)
        return _Style(
            size=size,
            bold=mode in _STROKED or self._is_bold(pdfium.FPDFTextObj_GetFont(item)),
            direction=nearest % 360 if abs(angle - nearest) <= 2 else None,
            invisible=mode in _INVISIBLE or bool(filled and alpha.value == 0),
            white=bool(filled and min(red.value, green.value, blue.value) >= WHITE),
        )

    def _is_bold(self, font: Any) -> bool:
        if not font:
            return False
        address = ctypes.addressof(font.contents)
        if address not in self.bold_fonts:
            name = ctypes.create_string_buffer(200)
            self.pdfium.FPDFFont_GetBaseFontName(font, name, 200)
            weight = self.pdfium.FPDFFont_GetWeight(font)
            bold = _BOLD_NAME.search(name.value.decode("latin-1")) or _BOLD_WEIGHT <= weight <= 1000
            self.bold_fonts[address] = bool(bold)
        return self.bold_fonts[address]


def _char(code: int) -> str:
    """The character of a code that pdfium gives; "" for what is none."""
    if code == _LINE_END_HYPHEN:
        return "-"
    if code < 9 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF or code in (0xFFFE, 0xFFFF, 0xFEFF, 0x200B):
        return ""
    return chr(code) if code >= 32 else " "

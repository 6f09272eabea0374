"""From a page's words to its lines: words on one baseline, apart where a wide gap stands between them.

Lines end where a gap is wider than any between words, so that the columns of a page and the cells of a table are lines
of their own; who finds that a gap means nothing joins them again.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from qa.notes.pdf.text import Word

_GAP = 0.9  # of the size: wider than a space in justified text
_MARK_GAP = 3.0
_RAISED_SIZE = 0.88
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_COUNTED = re.compile(r"(?:\(?\d{1,3}[.)]|\(?[a-z][.)]|\(?[ivx]{1,5}[.)])\Z")
_LETTERS, _LETTERS_AT_END = re.compile(r"[^\W\d_]+"), re.compile(r"[^\W\d_]+\Z")
_DASHES = "-–—"
_NO_MARKS = "\"'“”‘’«»¿¡…&@#%/\\.,:;!?_"


@dataclass(slots=True)
class Line:
    """Words on one baseline, left to right. y: the baseline. size: that of most characters. bold: all its letters are.

    margins: the left and right end of the text column that it stands in; column: which one, counted over the file.
    """

    words: list[Word]
    page: int = 0
    left: float = field(init=False)
    right: float = field(init=False)
    y: float = field(init=False)
    size: float = field(init=False)
    bold: bool = field(init=False)
    text: str = field(init=False)
    margins: tuple[float, float] = (0.0, 0.0)
    column: int = 0

    def __post_init__(self) -> None:
        self.left, self.right = self.words[0].left, max(word.right for word in self.words)
        self.size = usual_size(self.words)
        self.y = next((word.y for word in self.words if abs(word.size - self.size) <= 0.25), self.words[0].y)
        self.text = text_of(self.words)
        self.bold = all(word.bold or not any(map(str.isalnum, word.text)) for word in self.words) and self.has_letters

    @property
    def has_letters(self) -> bool:
        return any(char.isalpha() for word in self.words for char in word.text)

    @property
    def mark(self) -> str:
        """The bullet or number that it begins with, or ""."""
        first = self.words[0].text
        return first if len(self.words) > 1 and is_mark(first) else ""


def is_mark(word: str) -> bool:
    """Whether a word by itself may be a bullet ("•", "–", a glyph of a symbol font) or a number ("1.", "(a)")."""
    if len(word) > 1:
        return bool(_COUNTED.match(word))
    if word in _NO_MARKS:
        return False
    return word == "o" or unicodedata.category(word) in ("Po", "Pd", "So", "Sm", "Co")


def is_plain_bullet(mark: str) -> bool:
    """Whether a mark can be nothing but a bullet: neither a dash nor a number, which wrapped text may begin with."""
    return len(mark) == 1 and mark not in _DASHES and not mark.isalnum()


def text_of(words: list[Word]) -> str:
    """Words of one line with the spaces between them; raised figures become "¹"."""
    if not words:
        return ""
    size = max(word.size for word in words)
    level = next(word.y for word in words if word.size == size)
    parts: list[str] = []
    for number, word in enumerate(words):
        raised = _is_raised(word, size, level)
        if number:
            gap = word.left - words[number - 1].right
            parts.append(" " if word.spaced or gap > 0.15 * size else "")
            if raised and gap < 0.15 * size:
                parts[-1] = ""
        parts.append(word.text.translate(_SUPERSCRIPTS) if raised else word.text)
    return "".join(parts)


def joined(lines: Iterable[str], known: frozenset[str] = frozenset()) -> str:
    """Lines of one paragraph as one text, a space for each line end.

    A hyphen at a line end stays, without a space ("co-" and "operation" are "co-operation"), unless the file itself
    shows that it is the typesetter's: the word stands unbroken and never with a hyphen elsewhere (`known`, in lower
    case), and at least three letters are on either side. pdfium does not tell soft hyphens from hard ones there.
    """
    parts: list[str] = []
    for line in lines:
        last = parts[-1] if parts else ""
        if len(last) > 1 and last[-1] in "-\u2010" and not last[-2].isspace():
            if _is_typesetters(last, line, known):
                parts[-1] = last[:-1]
        elif parts and not (last[-1:] == "–" and last[-2:-1].isdigit() and line[:1].isdigit()):
            parts.append(" ")
        parts.append(line)
    return "".join(parts)


def _is_typesetters(line: str, after: str, known: frozenset[str]) -> bool:
    """Whether the hyphen that ends `line` stands there for the line end only."""
    before, behind = _LETTERS_AT_END.search(line[:-1]), _LETTERS.match(after)
    halves = [half[0].casefold() for half in (before, behind) if half]
    if len(halves) < 2 or min(map(len, halves)) < 3:
        return False
    return "".join(halves) in known and "-".join(halves) not in known


def lines_of(words: list[Word], page: int) -> list[Line]:
    """The lines of a page from top to bottom, in one row from left to right."""
    rows = _rows(_once(words))
    lines = [Line(part, page) for row in rows for part in _parts(row)]
    return sorted(lines, key=lambda line: (line.y, line.left))


def rows_of(lines: list[Line]) -> list[list[Line]]:
    """Lines by baseline, rows from top to bottom, each from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.y):
        if rows and abs(line.y - rows[-1][0].y) <= max(1.5, 0.2 * line.size):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _once(words: list[Word]) -> list[Word]:
    """Words without those that are drawn twice at one place, as some writers do for bold letters or a shadow."""
    seen: dict[str, list[Word]] = {}
    kept = []
    for word in words:
        alike = seen.setdefault(word.text, [])
        if not any(abs(word.left - other.left) < 2 and abs(word.y - other.y) < 2 for other in alike):
            alike.append(word)
            kept.append(word)
    return kept


def _rows(words: list[Word]) -> list[list[Word]]:
    rows: list[list[Word]] = []
    small: list[Word] = []
    usual = usual_size(words)
    for word in sorted(words, key=lambda word: word.y):
        if word.size < _RAISED_SIZE * usual and len(word.text) <= 3:
            small.append(word)
        elif rows and abs(word.y - rows[-1][0].y) <= max(1.5, 0.2 * word.size):
            rows[-1].append(word)
        else:
            rows.append([word])
    _attach(small, rows)
    return [sorted(row, key=lambda word: word.left) for row in rows]


def _attach(small: list[Word], rows: list[list[Word]]) -> None:
    """Put raised and lowered figures to the row whose words they follow or stand before; else in rows of their own."""
    levels = [row[0].y for row in rows]
    own: list[list[Word]] = []
    for word in small:
        near = range(bisect_left(levels, word.y - 2 * word.size), bisect_right(levels, word.y + 2 * word.size))
        level = [n for n in near if abs(levels[n] - word.y) <= 1]
        beside = level or [n for n in near if _stands_by(word, rows[n], levels[n])]
        if beside:
            rows[beside[0]].append(word)
        elif own and abs(own[-1][0].y - word.y) <= max(1.5, 0.2 * word.size):
            own[-1].append(word)
        else:
            own.append([word])
    rows.extend(own)


def _stands_by(word: Word, row: list[Word], y: float) -> bool:
    size = row[0].size
    if not y - 0.7 * size <= word.y <= y + 0.35 * size:
        return False
    return any(
        abs(word.left - other.right) < 0.4 * size or abs(other.left - word.right) < 0.6 * size
        for other in row
        if other.size > word.size or abs(other.y - word.y) <= 1
    )


def usual_size(words: Iterable[Word]) -> float:
    """The size of most characters, in half points; 0 without words."""
    counts: dict[float, int] = {}
    for word in words:
        size = round(word.size * 2) / 2
        counts[size] = counts.get(size, 0) + len(word.text)
    return max(counts, key=lambda size: counts[size], default=0.0)


def _parts(row: list[Word]) -> list[list[Word]]:
    parts: list[list[Word]] = [[row[0]]]
    for before, word in pairwise(row):
        size = max(before.size, word.size)
        gap = word.left - max(other.right for other in parts[-1][-3:])
        alone = len(parts[-1]) == 1 and is_mark(before.text)
        if gap > (_MARK_GAP if alone else _GAP) * size:
            parts.append([word])
        else:
            parts[-1].append(word)
    return parts


def _is_raised(word: Word, size: float, level: float) -> bool:
    small = word.size <= _RAISED_SIZE * size and word.y <= level - 0.15 * size
    return small and len(word.text) <= 3 and word.text.isdigit()

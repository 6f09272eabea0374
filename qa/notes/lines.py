"""Lines of plain text, and whether line ends mean anything: are lines whole paragraphs, or were they wrapped?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from qa.notes import labels, marks

_TAB = 4
_MIN_WRAP, _MAX_WRAP = 45, 110
_MIN_PAIRS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A line without white space at its ends. indent: the columns before it, a tab counting four."""

    start: int
    end: int
    indent: int

    @property
    def blank(self) -> bool:
        """Whether nothing but white space stands in it."""
        return self.start == self.end


def split_lines(text: str) -> list[Line]:
    """The lines of `text`, split at "\\n" only."""
    lines, start = [], 0
    for raw in text.split("\n"):
        body = raw.lstrip()
        left = raw[: len(raw) - len(body)]
        indent = sum(_TAB if char == "\t" else 1 for char in left)
        first = start + len(left)
        lines.append(Line(first, first + len(body.rstrip()), indent))
        start += len(raw) + 1
    return lines


def wrap_width(text: str, lines: list[Line]) -> int | None:
    """The width at which the lines were wrapped, in characters; None where they were not.

    A line was wrapped if the next line's first word would not have fitted on it.
    """
    lengths = sorted(line.indent + line.end - line.start for line in lines if not line.blank)
    if not lengths:
        return None
    width = lengths[int(0.95 * (len(lengths) - 1))]
    if not _MIN_WRAP <= width <= _MAX_WRAP:
        return None
    pairs = full = 0
    for line, after in pairwise(lines):
        if line.blank or after.blank or _opens_anew(text[after.start : after.end]):
            continue
        pairs += 1
        word = text[after.start : after.end].split(None, 1)[0]
        full += line.indent + line.end - line.start + 1 + len(word) > width - 2
    return width if pairs >= _MIN_PAIRS and full >= 0.6 * pairs else None


def _opens_anew(line: str) -> bool:
    """Whether `line` would begin a line of its own in any layout."""
    return bool(marks.bullet_mark(line) or marks.RULE.match(line) or labels.read_label(line))


def lines_are_paragraphs(lines: list[Line]) -> bool:
    """Whether the text was flattened to one paragraph a line: long lines, with hardly a blank one between them."""
    full = [line for line in lines if not line.blank]
    adjacent = sum(not line.blank and not after.blank for line, after in pairwise(lines))
    long_lines = sum(line.end - line.start > _MAX_WRAP for line in full)
    return adjacent > len(full) / 2 and long_lines >= len(full) / 4

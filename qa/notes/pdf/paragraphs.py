"""From lines in reading order to paragraphs, bullets with their hanging lines, and headings of several lines.

What tells one from the next: the gap, the indentation, a bullet or number, a line that stops short of the margin, and
another size or weight. Over the end of a column or page a paragraph goes on where its sentence does.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from qa.notes.pdf.columns import Item
from qa.notes.pdf.lines import Line, is_plain_bullet, joined, text_of
from qa.notes.pdf.tables import Table
from qa.notes.pdf.text import Word

_ENDED = re.compile(r"[.!?:;…][\"'”’»)\]¹²³⁴⁵⁶⁷⁸⁹⁰]*\Z")
_NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*\.?|[IVX]{1,5}\.|[A-Z]\.)\s+\S")
FOOTNOTE = re.compile(r"(?P<mark>[¹²³⁴⁵⁶⁷⁸⁹⁰]{1,3})[.)]?\s*(?=\S)")
_NOTE_SIZE = 0.95
_TIGHT, _LOOSE = 1.15, 1.4  # of the usual distance between lines
_SAME_PLACE = 3.0


@dataclass(slots=True)
class Group:
    """The lines of one paragraph, bullet or heading."""

    lines: list[Line]

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def bold(self) -> bool:
        return all(line.bold for line in self.lines)

    @property
    def size(self) -> float:
        return self.first.size

    @property
    def words(self) -> list[Word]:
        return [word for line in self.lines for word in line.words]

    def text(self, known: frozenset[str], *, skip: int = 0) -> str:
        """Its lines as one text, without the first `skip` words of the first line."""
        first, *rest = self.lines
        return joined([text_of(first.words[skip:]).strip(), *(line.text for line in rest)], known)


@dataclass(slots=True)
class Measures:
    """What is usual in a file.

    size: of most characters. bold: whether most are. leading: the distance of lines by size (in half points). known:
    its words in lower case. indented: whether paragraphs begin with an indented line.
    """

    size: float
    bold: bool
    leading: dict[float, float]
    known: frozenset[str]
    indented: bool

    def leading_of(self, size: float) -> float:
        return self.leading.get(_bucket(size), 1.25 * size)


def measure(items: Iterable[Item]) -> Measures:
    """What is usual in the lines of a file."""
    lines = [item for item in items if isinstance(item, Line)]
    sizes: Counter[float] = Counter()
    bold: Counter[bool] = Counter()
    known: set[str] = set()
    for line in lines:
        length = sum(len(word.text) for word in line.words)
        sizes[_bucket(line.size)] += length
        bold[line.bold] += length
        known.update(word.text.strip("\"'“”‘’«»()[].,:;!?").casefold() for word in line.words)
    indented = 0
    distances: dict[float, list[float]] = defaultdict(list)
    for before, after in pairwise(lines):
        if before.column == after.column and before.page == after.page and _bucket(before.size) == _bucket(after.size):
            distance = after.y - before.y
            indented += 0.8 < (before.left - after.left) / after.size < 4 and not before.mark
            if 0.9 * after.size <= distance <= 2.5 * after.size:
                distances[_bucket(after.size)].append(distance)
    leading = {size: sorted(found)[len(found) // 4] for size, found in distances.items() if len(found) > 1}
    usual = sizes.most_common(1)[0][0] if sizes else 0.0
    return Measures(usual, bold[True] > bold[False], leading, frozenset(known), indented > max(2, len(lines) // 30))


def _bucket(size: float) -> float:
    return round(size * 2) / 2


def group_lines(items: Iterable[Item], measures: Measures) -> list[Group | Table]:
    """The paragraphs, bullets, headings, footnotes and tables of a file in reading order.

    A table that a page's end parts is one. Footnotes come after the paragraph that their page's end parts.
    """
    groups: list[Group | Table] = []
    notes: list[Group] = []
    last: Group | None = None
    in_note = False
    for item in items:
        if isinstance(item, Line) and is_footnote(item, measures):
            notes.append(Group([item]))
            in_note = True
            continue
        if in_note and isinstance(item, Line) and _is_of_note(notes[-1], item):
            notes[-1].lines.append(item)
            continue
        in_note = False
        if isinstance(item, Line) and last and _goes_on(last, item, measures):
            last.lines.append(item)
            continue
        groups += notes
        notes = []
        last = None
        if isinstance(item, Line):
            last = Group([item])
            groups.append(last)
        elif groups and isinstance(before := groups[-1], Table) and _same_table(before, item):
            before.rows += item.rows[item.rows[0].cells == before.rows[0].cells :]
        else:
            groups.append(item)
    return groups + notes


def is_footnote(line: Line, measures: Measures) -> bool:
    """Whether a footnote begins with `line`: smaller than the text, after a raised number."""
    return line.size < _NOTE_SIZE * measures.size and bool(FOOTNOTE.match(line.text))


def _is_of_note(note: Group, line: Line) -> bool:
    last = note.lines[-1]
    same = line.page == last.page and line.column == last.column and abs(line.size - last.size) < 0.5
    return same and 0 < line.y - last.y <= 1.5 * line.size


def _same_table(before: Table, after: Table) -> bool:
    columns = {max(len(row.cells) for row in table.rows) for table in (before, after)}
    return len(columns) == 1 and after.page == before.rows[-1].page + 1


def _goes_on(group: Group, line: Line, measures: Measures) -> bool:
    last = group.lines[-1]
    if abs(line.size - last.size) > 0.08 * last.size or not _same_weight(group, line, last):
        return False
    if line.column != last.column or line.page != last.page:
        return _goes_on_over_break(group, line, last, measures)
    gap = line.y - last.y
    if _is_large(group, measures):
        fits = _is_centred(last, line) or not _is_short(last, line)
        return 0 < gap <= 1.45 * line.size and fits and not _NUMBERED.match(line.text)
    leading = measures.leading_of(line.size)
    ended = bool(_ENDED.search(last.text[-8:]))
    if gap <= 0 or gap > _TIGHT * leading + 0.5:
        return 0 < gap <= _LOOSE * leading and not ended and not line.mark and line.text[:1].islower()
    return _goes_on_below(group, line, ended, measures)


def _goes_on_below(group: Group, line: Line, ended: bool, measures: Measures) -> bool:
    last = group.lines[-1]
    if line.mark:
        return _is_no_item(group, line, last, ended)
    if group.first.mark:
        return _hangs_on(group, line, last, ended, measures)
    return _is_same_paragraph(group, line, last, ended)


def _same_weight(group: Group, line: Line, last: Line) -> bool:
    if group.bold == line.bold or not (line.has_letters and last.has_letters):
        return True
    if group.bold:
        return line.words[0].bold and not _is_short(last, line)
    return last.words[-1].bold or not line.words[0].bold


def _is_large(group: Group, measures: Measures) -> bool:
    return group.size > 1.1 * measures.size


def _goes_on_over_break(group: Group, line: Line, last: Line, measures: Measures) -> bool:
    if _is_large(group, measures) or (group.bold and not measures.bold):
        return False
    if _ENDED.search(last.text[-8:]):
        return False
    if line.mark and (is_plain_bullet(line.mark) or group.first.mark):
        return False
    return line.text[:1].islower() or not _is_short(last, line)


def _is_no_item(group: Group, line: Line, last: Line, ended: bool) -> bool:
    """Whether a line goes on with its paragraph although it begins with a dash or number: "in the years to / 2024."."""
    if is_plain_bullet(line.mark) or ended or _is_short(last, line):
        return False
    if not group.first.mark:
        return abs(line.left - last.left) <= _SAME_PLACE or len(group.lines) == 1
    return abs(line.left - _text_left(group)) <= _SAME_PLACE


def _hangs_on(group: Group, line: Line, last: Line, ended: bool, measures: Measures) -> bool:
    hanging = _text_left(group) - _SAME_PLACE
    if line.left >= hanging:
        apart = last.text[-1] in ".;!?" or (measures.indented and _is_short(last, line, slack=4.0))
        return not apart or line.text[:1].islower() or not _is_short(last, line)
    if len(group.lines) > 1 and last.left >= hanging:
        return False
    return not _is_short(last, line) and (not ended or line.text[:1].islower())


def _text_left(group: Group) -> float:
    return group.first.words[1].left


def _is_same_paragraph(group: Group, line: Line, last: Line, ended: bool) -> bool:
    if last.text[-1] in "-\u2010–" and not last.text[-2:-1].isspace():
        return True
    capital = not line.text[:1].islower()
    indent = 0.8 * line.size
    centred = _is_centred(last, line)
    if line.left - last.left > indent and not centred and (ended or _is_short(last, line)):
        return False
    if last.left - line.left > indent and len(group.lines) > 1 and not centred:
        return False
    if centred and line.left - line.margins[0] > 2 * line.size:
        return not ended
    return not (capital and _is_short(last, line, slack=0.5 if ended else 4.0))


def _is_centred(last: Line, line: Line) -> bool:
    middle, other = last.left + last.right, line.left + line.right
    return abs(middle - other) <= 2 * _SAME_PLACE and abs(last.left - line.left) > _SAME_PLACE


def _is_short(last: Line, line: Line, slack: float = 0.5) -> bool:
    """Whether the first word of `line` would have fitted behind `last`. slack: in ems."""
    first = line.words[0]
    room = last.margins[1] - last.right
    return room > first.right - first.left + (0.25 + slack) * last.size

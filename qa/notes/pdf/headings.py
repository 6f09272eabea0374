"""Which paragraphs of a PDF are headings, by size, weight, capitals and number; of which level; which is the title."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.notes import labels, marks
from qa.notes.pdf.paragraphs import Group, Measures
from qa.notes.pdf.tables import Table

_LONGEST, _MOST_WORDS, _MOST_LINES = 200, 25, 4
_LARGER = 1.08
_DEEPEST = 6
_BEFORE_TITLE = 6
_SENTENCE = re.compile(r"[.;,!…][\"'”’»)\]]*\Z")
_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2})*(?=[.)]?\s)")
_RUN_IN_WORDS = 8

Style = tuple[float, bool, int]  # minus the size, not bold, depth of the number: sorts from outer to inner


@dataclass(slots=True)
class Headings:
    """The headings of a file by their place in `groups`, each with its level: 0 for the title, then from 1."""

    levels: dict[int, int]
    run_in_level: int


def find_headings(groups: list[Group | Table], measures: Measures) -> Headings:
    """Find the headings among paragraphs. What stands alone above or right below the title is no heading."""
    styles = {
        at: _style(group, measures)
        for at, group in enumerate(groups)
        if isinstance(group, Group) and _is_heading(groups, at, measures)
    }
    title = _title(groups, styles, measures)
    if title is not None:
        for at in [at for at in styles if at < title]:
            del styles[at]
        key = styles.pop(title)
        subtitle = title + 1
        if subtitle in styles and list(styles.values()).count(styles[subtitle]) == 1 and len(styles) > 1:
            del styles[subtitle]
        levels = _levels(styles)
        levels.update({title: 0} if key else {})
    else:
        levels = _levels(styles)
    return Headings(levels, min(max(levels.values(), default=0) + 1, _DEEPEST))


def run_in(group: Group) -> int:
    """How many words in bold, closed as a heading is ("Risks. The fund ..."), a paragraph opens with; 0 for none."""
    words = group.words
    count = next((n for n, word in enumerate(words) if not word.bold), len(words))
    if not 0 < count <= _RUN_IN_WORDS or len(words) - count < _RUN_IN_WORDS or count > len(group.first.words):
        return 0
    closed = words[count - 1].text[-1] in ".:?" or words[count].text in ("–", "—", ":")
    text = group.text(frozenset())
    return count if closed and words[0].text[:1].isupper() and not labels.is_known_label(text) else 0


def _style(group: Group, measures: Measures) -> Style:
    number = _NUMBER.match(group.first.text)
    depth = number[0].count(".") if number else 0
    return -round(group.size * 2) / 2, not group.bold, depth


def _levels(styles: dict[int, Style]) -> dict[int, int]:
    order = sorted(set(styles.values()))
    return {at: min(order.index(style) + 1, _DEEPEST) for at, style in styles.items()}


def _is_heading(groups: list[Group | Table], at: int, measures: Measures) -> bool:
    group = groups[at]
    if not isinstance(group, Group) or at + 1 == len(groups):
        return False
    text = group.text(frozenset())
    long = len(text) > _LONGEST or len(text.split()) > _MOST_WORDS or len(group.lines) > _MOST_LINES
    if long or not any(line.has_letters for line in group.lines):
        return False
    if labels.is_known_label(text) or labels.is_bare_metadata(text) or (group.first.mark and _is_item(groups, at)):
        return False
    if group.size >= _LARGER * measures.size and (group.size >= 1.3 * measures.size or not _SENTENCE.search(text)):
        return True
    if group.bold and not measures.bold and group.size >= 0.95 * measures.size:
        return marks.is_heading_like(text.rstrip(":"), _LONGEST)
    return _is_bare_heading(group, text, groups[at + 1], measures)


def _is_bare_heading(group: Group, text: str, after: Group | Table, measures: Measures) -> bool:
    """Whether a line in the size and weight of the text is a heading by its capitals or number."""
    leads = isinstance(after, Group) and len(after.text(frozenset())) > len(text)
    small = group.size < 0.95 * measures.size
    if small or len(group.lines) > 1 or not leads or not marks.is_heading_like(text):
        return False
    return bool(marks.is_capitals(text) or marks.LEVELS.match(text) or (group.first.mark and text[0].isdigit()))


def _is_item(groups: list[Group | Table], at: int) -> bool:
    """Whether a paragraph with a mark is of a list: its mark is no number, or one of its kind stands beside it."""
    group = groups[at]
    assert isinstance(group, Group)
    if not group.first.mark[0].isdigit() or group.first.mark[-1] != ".":
        return True
    beside = [other for other in groups[max(at - 1, 0) : at] + groups[at + 1 : at + 2] if isinstance(other, Group)]
    alike = [other for other in beside if other.first.mark[:1].isdigit() and other.bold == group.bold]
    return any(abs(other.size - group.size) < 0.5 for other in alike)


def _title(groups: list[Group | Table], styles: dict[int, Style], measures: Measures) -> int | None:
    """The largest heading near the top of the first page, unless others of the file are as large."""
    first_page = groups[0].first.page if groups and isinstance(groups[0], Group) else 1
    near: list[int] = []
    others = 0
    for at, group in enumerate(groups):
        if not isinstance(group, Group) or group.first.page != first_page or others > _BEFORE_TITLE:
            break
        if at in styles:
            near.append(at)
        else:
            others += 1
    if not near:
        return None
    best = min(near, key=lambda at: (styles[at], at))
    alike = sum(style <= styles[best] for style in styles.values())
    larger = -styles[best][0] >= _LARGER * measures.size
    if alike == 1 and (larger or best == near[0]):
        return best
    return best if best == 0 and larger else None

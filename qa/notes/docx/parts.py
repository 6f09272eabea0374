"""From a Word file's paragraphs and tables to parts: which are headings, which is the title, how deep bullets nest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from qa.notes import labels, marks
from qa.notes.assembly import Part
from qa.notes.docx.blocks import Paragraph
from qa.notes.docx.drafts import Draft, draft, in_head, label_in
from qa.notes.docx.styles import BODY, TITLE
from qa.notes.docx.tables import Grid
from qa.schema import BlockKind

_STRONG_LENGTH = 120
_STRONG_WORDS = 12
_TITLE_LENGTH = 150
_DEEPER = 60  # twentieths of a point: less is no nesting


def to_parts(items: Iterable[Paragraph | Grid]) -> list[Part]:
    """The parts of a story in reading order."""
    drafts = draft(items)
    _find_strong_headings(drafts)
    _find_labels(drafts)
    _find_title(drafts)
    drafts = _nested(_with_captions_first(drafts))
    return [
        Part(one.kind, one.text, one.level, one.table, one.header, name=one.name, marker=one.marker) for one in drafts
    ]


def _find_labels(drafts: list[Draft]) -> None:
    for at, one in enumerate(drafts):
        if not in_head(drafts[:at]):
            return
        label = label_in(one.text) if one.kind is BlockKind.PARAGRAPH and len(one.text) <= _TITLE_LENGTH else ""
        if label:
            one.kind, one.text = BlockKind.METADATA, label


# Headings


def _find_strong_headings(drafts: list[Draft]) -> None:
    """Make headings of short lines that are all bold or underlined, one level below those that have a style."""
    level = 1 + max((one.level for one in drafts if one.kind is BlockKind.HEADING), default=0)
    found = [one for at, one in enumerate(drafts) if _is_strong_heading(drafts, at)]
    if len(found) * 3 > len(drafts) * 2:
        return  # all of the note is bold
    for one in found:
        one.kind, one.level = BlockKind.HEADING, level


def _is_strong_heading(drafts: list[Draft], at: int) -> bool:
    one = drafts[at]
    after = drafts[at + 1] if at + 1 < len(drafts) else None
    if one.look.role != BODY or one.kind not in (BlockKind.PARAGRAPH, BlockKind.BULLET) or after is None:
        return False
    numbered = one.kind is BlockKind.BULLET
    if numbered and (after.kind is not BlockKind.PARAGRAPH or (at and drafts[at - 1].kind is BlockKind.BULLET)):
        return False
    typed_number = numbered and one.marker[:1].isdigit()
    if not (one.look.strong or typed_number) or label_in(one.text) or after.kind is BlockKind.FOOTNOTE:
        return False
    words = one.text.rstrip(" :")
    return len(words.split()) <= _STRONG_WORDS and marks.is_heading_like(words, _STRONG_LENGTH)


def _find_title(drafts: list[Draft]) -> None:
    """Give the title level 0: what has its style, or else the first line where that stands out from all others."""
    styled = [at for at, one in enumerate(drafts) if one.look.role == TITLE and one.kind is BlockKind.HEADING]
    if styled:
        first = styled[0]
        while first + 1 in styled:  # a title of several lines
            drafts[first].text += f" {drafts.pop(first + 1).text}"
            styled = [at - 1 for at in styled[1:]]
        for other in styled:
            drafts[other].level = int(other != first)
        return
    top = next((at for at, one in enumerate(drafts) if one.kind is not BlockKind.METADATA), None)
    if top is not None and in_head(drafts[:top]) and _stands_out(drafts, top):
        drafts[top].kind, drafts[top].level = BlockKind.HEADING, 0


def _stands_out(drafts: list[Draft], at: int) -> bool:
    one = drafts[at]
    headings = [other for other in drafts if other.kind is BlockKind.HEADING]
    if one.kind is BlockKind.HEADING and one.look.role != BODY:
        return one.level == min(other.level for other in headings) and _is_only(one, headings)
    labelled = [labels.read_label(other.text) for other in drafts if other.kind is BlockKind.METADATA]
    if at + 1 == len(drafts) or any(label and label.kind == labels.TITLE for label in labelled):
        return False
    if one.kind is BlockKind.HEADING:
        after = drafts[at + 1].kind
        larger = all(one.look.size > other.look.size for other in headings if other is not one)
        return larger or _is_only(one, headings) or after in (BlockKind.HEADING, BlockKind.METADATA)
    plain = one.kind is BlockKind.PARAGRAPH and marks.is_heading_like(one.text, _TITLE_LENGTH)
    return plain and (one.look.centred or one.look.size > _usual_size(drafts))


def _is_only(one: Draft, headings: list[Draft]) -> bool:
    return sum(other.level == one.level for other in headings) == 1


def _usual_size(drafts: list[Draft]) -> int:
    sizes: Counter[int] = Counter()
    for one in drafts:
        sizes[one.look.size] += len(one.text)
    return sizes.most_common(1)[0][0]


# Captions


def _with_captions_first(drafts: list[Draft]) -> list[Draft]:
    """`drafts` with a caption that stands below its table put above it."""
    found = list(drafts)
    start = 0
    while start < len(found):
        end = start
        while end < len(found) and found[end].table == found[start].table != 0:
            end += 1
        if end > start:
            captioned = start > 0 and found[start - 1].is_caption
            alone = end + 1 == len(found) or (end < len(found) and not found[end + 1].table)
            if end < len(found) and found[end].is_caption and alone and not captioned:
                found.insert(start, found.pop(end))
                end += 1
        start = max(end, start + 1)
    return found


# Lists


@dataclass(frozen=True, slots=True)
class _Level:
    list_id: str
    depth: int
    indent: int
    level: int


def _nested(drafts: list[Draft]) -> list[Draft]:
    """`drafts` with bullets given their level, and what goes on a bullet inside its list joined to it."""
    found: list[Draft] = []
    open_levels: list[_Level] = []
    for at, one in enumerate(drafts):
        if one.kind is BlockKind.BULLET:
            one.level = _place(one, open_levels)
        elif open_levels and _goes_on(found[-1], one, drafts[at + 1] if at + 1 < len(drafts) else None):
            found[-1].text += f" {one.text}"
            continue
        else:
            open_levels = []
        found.append(one)
    return found


def _place(one: Draft, open_levels: list[_Level]) -> int:
    """The level of a bullet; `open_levels` are those of the bullets that it may hang on, outermost first."""
    listed = one.look.listed
    list_id, depth = (listed.list_id, listed.level) if listed else ("", 0)
    indent = one.look.indent
    while open_levels and not _is_deeper(open_levels[-1], list_id, depth, indent):
        open_levels.pop()
    level = open_levels[-1].level + 1 if open_levels else depth + 1
    open_levels.append(_Level(list_id, depth, indent, level))
    return level


def _is_deeper(outer: _Level, list_id: str, depth: int, indent: int) -> bool:
    if list_id == outer.list_id and list_id:
        return depth > outer.depth
    return indent > outer.indent + _DEEPER


def _goes_on(bullet: Draft, one: Draft, after: Draft | None) -> bool:
    """Whether a paragraph belongs to the bullet before it: as far in, and the list goes on after it."""
    return (
        one.kind is BlockKind.PARAGRAPH
        and one.look.role == BODY
        and one.look.indent >= bullet.look.indent > 0
        and not one.text.endswith(":")
        and after is not None
        and after.kind is BlockKind.BULLET
        and after.look.listed == bullet.look.listed is not None
    )

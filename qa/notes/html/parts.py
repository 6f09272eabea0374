"""Walks the content of a web page and makes its parts, in reading order."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from qa.notes import labels
from qa.notes.assembly import CELL_BREAK, Part
from qa.notes.html.content import holds_footnotes
from qa.notes.html.footnotes import Footnotes, reference
from qa.notes.html.lines import BOLD_LEVEL, Run, is_link_only, joined, paragraphs, parts_of
from qa.notes.html.numbers import numbers_of
from qa.notes.html.tables import is_layout, read_table
from qa.notes.html.tree import HEADINGS, Element
from qa.notes.html.words import folded, has_blocks, is_block, is_bold, is_control_link, shown_as, words
from qa.schema import BlockKind
from qa.terms import fold

_LONGEST_ITEM = 600
_LONGEST_VALUE = 200
_LISTS = ("ul", "ol", "menu", "dir")
_MARKER = re.compile(
    r"\W{0,2}(?:(?:footnote|note)\s+)?(?P<label>\w{1,4}|[*†‡§]{1,3})(?:[\])][.:]?|[.:)])?\s+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where words stand. depth: how many lists they are in. item: the list item that they are of, whose paragraphs
    are one bullet. kept: whether line ends are kept, as in <pre>."""

    kind: BlockKind = BlockKind.PARAGRAPH
    depth: int = 0
    item: Element | None = None
    bold: bool = False
    link: bool = False
    kept: bool = False


def to_parts(content: Element, footnotes: Footnotes, page_title: str) -> list[Part]:
    """The parts of a page's content; none where it holds no words. page_title: what the page's head names it."""
    walker = _Walker(footnotes)
    walker.read(content, _Place())
    walker.flush()
    return _settled(_with_title(walker.parts, page_title))


class _Walker:
    """Reads elements in order. What is inline is gathered in `runs` until a block begins or ends."""

    def __init__(self, footnotes: Footnotes) -> None:
        self.footnotes = footnotes
        self.parts: list[Part] = []
        self.runs: list[Run] = []
        self.place = _Place()
        self.item: Element | None = None
        self.numbers: dict[Element, str] = {}
        self.number = ""  # of the list item that is being read, until a part begins with it
        self.tables = 0

    def read(self, element: Element, place: _Place) -> None:
        """Read all that is in `element`."""
        for child in element.children:
            if isinstance(child, str):
                self._add(child if place.kept else folded(child), place)
            else:
                self._read_element(child, place)

    def flush(self) -> None:
        """End the paragraph that is being read."""
        runs, self.runs, place = self.runs, [], self.place
        text = joined(runs)
        if not text or is_link_only(runs):
            return
        if place.kind is not BlockKind.PARAGRAPH:
            self._end_item(text, place)
            return
        for lines in paragraphs(runs):
            asked = bool(self.parts) and self.parts[-1].kind is BlockKind.QUESTION
            first, *others = parts_of(lines, after_question=asked)
            self.parts += [self._numbered(first), *others]
        self.item = None

    def _numbered(self, part: Part) -> Part:
        """A part with the number of its list item, if it is the first of that item. Rows and footnotes show none."""
        number, self.number = self.number, ""
        shown = part.kind not in (BlockKind.ROW, BlockKind.FOOTNOTE)
        return replace(part, marker=number) if number and shown else part

    def _end_item(self, text: str, place: _Place) -> None:
        goes_on = place.item is not None and place.item is self.item
        if goes_on and len(self.parts[-1].text) + len(text) <= _LONGEST_ITEM:
            self.parts[-1] = replace(self.parts[-1], text=f"{self.parts[-1].text} {text}")
        else:
            part = Part(place.kind, text, level=place.depth if place.kind is BlockKind.BULLET else 0)
            self.parts.append(self._numbered(part))
        self.item = place.item

    def _add(self, text: str, place: _Place) -> None:
        if not self.runs:
            self.place = place
        self.runs.append(Run(text, place.bold, place.link))

    def _put(self, kind: BlockKind, text: str, level: int = 0, **more: object) -> None:
        self.flush()
        self.parts.append(self._numbered(Part(kind, text, level, **more)))  # type: ignore[arg-type]
        self.item = None

    def _words(self, element: Element) -> str:
        return words(element, self.footnotes)

    def _read_element(self, element: Element, place: _Place) -> None:
        shown = shown_as(element, self.footnotes)
        inner = replace(place, bold=place.bold or is_bold(element), link=place.link or is_control_link(element))
        if shown is not None:
            self._add(shown, place)
        elif element in self.footnotes.notes:
            self._read_footnote(element, self.footnotes.notes[element])
        elif element.tag == "br":
            self._add("\n", place)
        elif element.tag in HEADINGS or element.role == "heading":
            self._read_heading(element, place)
        elif is_block(element):
            self.flush()
            self._read_block(element, inner)
            self.flush()
        else:
            self.read(element, inner)

    def _read_heading(self, element: Element, place: _Place) -> None:
        self.flush()
        level = element.tag[1:] if element.tag in HEADINGS else element.attributes.get("aria-level", "")
        if any(e.tag in ("table", "p", *_LISTS) for e in element.elements()):
            self.read(element, place)
            self.flush()
        elif text := self._words(element):
            self._put(BlockKind.HEADING, text, int(level) if re.fullmatch("[1-6]", level) else 2)

    def _read_block(self, element: Element, place: _Place) -> None:
        tag = element.tag
        if tag in _LISTS and place.kind is not BlockKind.FOOTNOTE:
            self.numbers |= numbers_of(element) if tag == "ol" else {}
            self.read(element, replace(place, kind=BlockKind.BULLET, depth=place.depth + 1, item=None))
        elif tag == "li":
            self._read_item(element, place)
        elif tag == "dl":
            self._read_pairs(element, place)
        elif tag == "table" and not is_layout(element):
            self._read_table(element)
        elif tag == "details":
            self._read_details(element, place)
        elif tag == "blockquote" and not _has(element, (*HEADINGS, "table")):
            self.read(element, replace(place, kind=BlockKind.QUOTATION, item=None))
        elif holds_footnotes(element):
            self.read(element, replace(place, kind=BlockKind.FOOTNOTE, item=None))
        else:
            self.read(element, replace(place, kept=place.kept or tag == "pre"))

    def _read_item(self, element: Element, place: _Place) -> None:
        self.number = self.numbers.get(element, "")
        if place.kind is BlockKind.FOOTNOTE:
            self.read(element, replace(place, item=element))
        elif _has(element, tuple(HEADINGS)):
            self.read(element, replace(place, kind=BlockKind.PARAGRAPH, item=None))
        else:
            depth = max(1, place.depth)
            self.read(element, replace(place, kind=BlockKind.BULLET, depth=depth, item=element))
        self.flush()
        self.number = ""

    # Terms and what is said of them

    def _read_pairs(self, element: Element, place: _Place) -> None:
        """A list of terms: rows where all is short, questions with answers, else bullets with bullets below."""
        self.tables += 1
        groups = _groups(element)
        values = [value for _, group in groups for value in group]
        short = all(len(self._words(e)) <= _LONGEST_VALUE and not has_blocks(e) for e in values)
        for term, group in groups:
            noted = any(e in self.footnotes.notes for value in group for e in value.elements())
            text = "" if noted or term is None else self._words(term)
            if text.endswith("?") and group:
                self._put(BlockKind.QUESTION, text)
                self._read_values(group, replace(place, kind=BlockKind.ANSWER, item=None))
            elif noted or place.kind is BlockKind.FOOTNOTE:
                self._read_values(group, replace(place, kind=BlockKind.FOOTNOTE))
            elif text and group and short:
                self._put_pairs(text, group)
            else:
                if text:
                    self._put(BlockKind.BULLET, text, place.depth + 1)
                depth = place.depth + (2 if text else 1)
                self._read_values(group, replace(place, kind=BlockKind.BULLET, depth=depth))

    def _read_values(self, values: list[Element], place: _Place) -> None:
        for value in values:
            inner = replace(place, item=value) if place.kind is BlockKind.BULLET else place
            if value in self.footnotes.notes:
                self._read_element(value, inner)
            else:
                self.read(value, inner)
            self.flush()

    def _put_pairs(self, term: str, values: list[Element]) -> None:
        for value in map(self._words, values):
            if term.endswith(":"):
                self._put(BlockKind.PARAGRAPH, f"{term} {value}")
            else:
                self._put(BlockKind.ROW, term + CELL_BREAK + value, table=self.tables)

    # Tables, details, footnotes

    def _read_table(self, element: Element) -> None:
        self.tables += 1
        table = read_table(element, self._words)
        captions = [e for e in element.children if isinstance(e, Element) and e.tag == "caption" and e.words]
        for text in [*map(self._words, captions), *table.titles]:
            self._put(BlockKind.PARAGRAPH, text)
        if table.header:
            self._put(BlockKind.ROW, CELL_BREAK.join(table.header), table=self.tables, header=True)
        for row in table.rows:
            self._put(BlockKind.ROW, CELL_BREAK.join(row), table=self.tables)

    def _read_details(self, element: Element, place: _Place) -> None:
        summary = next((e for e in element.children if isinstance(e, Element) and e.tag == "summary"), None)
        text = self._words(summary) if summary else ""
        rest = Element("div", parent=element, children=[child for child in element.children if child is not summary])
        if not rest.text():
            return  # its controls were all that it held
        if text.endswith("?"):
            self._put(BlockKind.QUESTION, text)
            place = replace(place, kind=BlockKind.ANSWER, item=None)
        elif text:
            self._put(BlockKind.HEADING, text, BOLD_LEVEL)
        self.read(rest, place)

    def _read_footnote(self, element: Element, label: str) -> None:
        text = self._words(element)
        match = _MARKER.match(text)
        if match and match["label"] == label:
            text = text[match.end() :]
        self._put(BlockKind.FOOTNOTE, text, name=reference(label))


def _has(element: Element, tags: tuple[str, ...]) -> bool:
    return any(e.tag in tags for e in element.elements())


def _groups(pairs: Element) -> list[tuple[Element | None, list[Element]]]:
    """The terms of a <dl>, each with its values; those inside a <div> of it too."""
    groups: list[tuple[Element | None, list[Element]]] = []
    stack = list(reversed(pairs.children))
    while stack:
        child = stack.pop()
        if isinstance(child, str):
            continue
        if child.tag == "dt" and child.words:
            groups.append((child, []))
        elif child.tag == "dd" and child.words:
            if not groups:
                groups.append((None, []))
            groups[-1][1].append(child)
        elif child.tag == "div":
            stack.extend(reversed(child.children))
    return groups


def _with_title(parts: list[Part], page_title: str) -> list[Part]:
    """`parts` with the note's title at level 0, if one of its headings is that."""
    first = [at for at, part in enumerate(parts) if part.kind is BlockKind.HEADING and part.level == 1]
    opening = next((at for at, part in enumerate(parts) if not labels.is_known_label(part.text)), 0)
    if not first and parts and parts[opening].kind is BlockKind.HEADING:
        first = [opening, opening]
    named = bool(first) and fold(parts[first[0]].text) in fold(page_title)
    if len(first) == 1 or named:
        parts[first[0]] = replace(parts[first[0]], level=0)
    return parts


def _settled(parts: list[Part]) -> list[Part]:
    """`parts` with lines in bold that head nothing made paragraphs."""
    following = [*pairwise(parts), *((part, None) for part in parts[-1:])]
    return [
        replace(part, kind=BlockKind.PARAGRAPH, level=0)
        if part.level == BOLD_LEVEL and part.kind is BlockKind.HEADING and (after is None or _is_marked(after))
        else part
        for part, after in following
    ]


def _is_marked(part: Part) -> bool:
    return part.kind is BlockKind.HEADING and part.level < BOLD_LEVEL

"""What a Word file's styles and list definitions say of a paragraph, a run or a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.notes.docx.package import Element, attribute, child, name_of, number

TITLE, HEADING, CAPTION, QUOTATION, CONTENTS, BODY = "title", "heading", "caption", "quotation", "contents", "body"
_BODY_LEVEL = 9  # the outline level that says "no heading"
_DEEPEST_CHAIN = 20
# Word writes the names of its own styles in English whatever its language; other programs do not.
_NAMES = (
    (re.compile(r"(?:toc|tdm|tm) (?:\d|heading)|toc ?heading|en-tête de table des matières"), CONTENTS),
    (re.compile(r"title|titre"), TITLE),
    (re.compile(r"caption|légende"), CAPTION),
    (re.compile(r"(?:intense )?quote|citation(?: intense)?|block ?text|quotations"), QUOTATION),
)
_HEADING_NAME = re.compile(r"(?:heading|titre) ?([1-9])")


@dataclass(frozen=True, slots=True)
class Listed:
    """A paragraph's place in a list: which list, and the level in it from 0."""

    list_id: str
    level: int


class Styles:
    """The styles and list definitions of a file. Either root may be None."""

    def __init__(self, styles: Element | None, numbering: Element | None) -> None:
        self._styles: dict[str, Element] = {}
        self._default = ""
        self._chains: dict[str, tuple[Element, ...]] = {}
        self._inherited: dict[tuple[str, str, str], Element | None] = {}
        for style in styles.iterchildren("{*}style") if styles is not None else ():
            self._styles.setdefault(attribute(style, "styleId"), style)
            if attribute(style, "type") == "paragraph" and attribute(style, "default") in ("1", "true", "on"):
                self._default = attribute(style, "styleId")
        self._base = child(styles, "docDefaults", "rPrDefault", "rPr")
        self._numbers: dict[str, Element] = {}
        self._abstract: dict[str, Element] = {}
        for entry in numbering if numbering is not None else ():
            if name_of(entry) == "w:num":
                self._numbers.setdefault(attribute(entry, "numId"), entry)
            elif name_of(entry) == "w:abstractNum":
                self._abstract.setdefault(attribute(entry, "abstractNumId"), entry)

    def chain(self, style: str) -> tuple[Element, ...]:
        """A style and those it is based on, nearest first."""
        if style not in self._chains:
            found: list[Element] = []
            name = style
            while name in self._styles and len(found) < _DEEPEST_CHAIN and self._styles[name] not in found:
                found.append(self._styles[name])
                name = attribute(child(found[-1], "basedOn"))
            self._chains[style] = tuple(found)
        return self._chains[style]

    def style_of(self, properties: Element | None) -> str:
        """The id of a paragraph's style, from its properties."""
        return attribute(child(properties, "pStyle")) or self._default

    def role(self, properties: Element | None) -> tuple[str, int]:
        """What a paragraph is by its style (TITLE, HEADING, ...), and a heading's level from 1, else 0."""
        own = child(properties, "outlineLvl")
        if own is not None:
            return _outlined(own)
        style = self.style_of(properties)
        for link in self.chain(style):
            name = attribute(child(link, "name")).strip().lower()
            heading = _HEADING_NAME.fullmatch(name)
            if heading:
                return HEADING, int(heading[1])
            role = next((role for pattern, role in _NAMES if pattern.fullmatch(name)), None)
            if role:
                return role, 0
            outline = child(link, "pPr", "outlineLvl")
            if outline is not None:
                return _outlined(outline)
        bare = _HEADING_NAME.fullmatch(style.lower()) if style not in self._styles else None
        return (HEADING, int(bare[1])) if bare else (BODY, 0)

    def paragraph_property(self, properties: Element | None, name: str) -> Element | None:
        """A property of a paragraph, its own or its style's."""
        own = child(properties, name)
        links = self.chain(self.style_of(properties))
        return own if own is not None else _first(child(link, "pPr", name) for link in links)

    def run_property(self, properties: Element | None, paragraph_style: str, name: str) -> Element | None:
        """A property of a run: its own, its style's, its paragraph's style's, or the file's default."""
        own = child(properties, name)
        if own is not None:
            return own
        key = attribute(child(properties, "rStyle")), paragraph_style, name
        if key not in self._inherited:
            links = self.chain(key[0]) + self.chain(paragraph_style)
            found = _first(child(link, "rPr", name) for link in links)
            self._inherited[key] = found if found is not None else child(self._base, name)
        return self._inherited[key]

    def listed(self, properties: Element | None) -> Listed | None:
        """The list that a paragraph is an item of, by its own properties or its style; None where it is none."""
        own = child(properties, "numPr")
        list_id, level = attribute(child(own, "numId")), attribute(child(own, "ilvl"))
        if own is None or not list_id:
            for link in self.chain(self.style_of(properties)):
                inherited = child(link, "pPr", "numPr")
                if inherited is not None:
                    list_id = list_id or attribute(child(inherited, "numId"))
                    level = level or attribute(child(inherited, "ilvl"))
                    level = level or self._level_of_style(list_id, attribute(link, "styleId"))
                if list_id:
                    break
        if list_id in ("", "0"):
            return None
        found = Listed(list_id, max(0, min(number(level), 8)))
        definition = self._definition(found)
        return None if attribute(child(definition, "numFmt")) == "none" else found

    def indent(self, properties: Element | None, listed: Listed | None) -> int:
        """How far a paragraph is indented from the left, in twentieths of a point."""
        own = child(properties, "ind")
        level = child(self._definition(listed), "pPr", "ind") if listed else None
        candidates = [own, level, self.paragraph_property(properties, "ind")]
        texts = [attribute(one, "left") or attribute(one, "start") for one in candidates]
        return number(next(filter(None, texts), ""))

    def marks_first_row(self, table_style: str) -> bool:
        """Whether a table style sets the first row apart."""
        links = self.chain(table_style)
        return any(attribute(one, "type") == "firstRow" for link in links for one in link.iterchildren("{*}tblStylePr"))

    def _definition(self, listed: Listed) -> Element | None:
        entry = self._numbers.get(listed.list_id)
        if entry is None:
            return None
        for override in entry.iterchildren("{*}lvlOverride"):
            if number(attribute(override, "ilvl")) == listed.level and child(override, "lvl") is not None:
                return child(override, "lvl")
        return _first(
            level for level in self._levels(entry) if number(attribute(level, "ilvl"), default=-1) == listed.level
        )

    def _levels(self, entry: Element) -> Iterator[Element]:
        abstract = self._abstract.get(attribute(child(entry, "abstractNumId")))
        link = attribute(child(abstract, "numStyleLink"))
        if link in self._styles:
            linked = self._numbers.get(attribute(child(self._styles[link], "pPr", "numPr", "numId")))
            abstract = self._abstract.get(attribute(child(linked, "abstractNumId")))
        if abstract is not None:
            yield from abstract.iterchildren("{*}lvl")

    def _level_of_style(self, list_id: str, style: str) -> str:
        entry = self._numbers.get(list_id)
        levels = self._levels(entry) if entry is not None else iter(())
        return next((attribute(level, "ilvl") for level in levels if attribute(child(level, "pStyle")) == style), "")


def _outlined(outline: Element) -> tuple[str, int]:
    level = number(attribute(outline), default=_BODY_LEVEL)
    return (HEADING, level + 1) if 0 <= level < _BODY_LEVEL else (BODY, 0)


def _first(elements: Iterator[Element | None]) -> Element | None:
    return next((element for element in elements if element is not None), None)

"""The footnotes of a web page: which links refer to them, where they stand, and which links lead back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from qa.notes.html.content import names_of
from qa.notes.html.tree import HEADINGS, Element

_LABEL = re.compile(r"[\[(]?(\d{1,3}|[a-zA-Z]|[ivx]{1,4}|[*†‡§]{1,3})[\])]?\Z")
_NOTE_TAGS = frozenset(("li", "dd", "p", "div", "aside"))
_REFERENCE_NAMES = frozenset(("fn", "footnote", "footnotes", "noteref", "fnref", "ref", "reference"))
_LONGEST = 3000


@dataclass(slots=True)
class Footnotes:
    """labels: of links that refer to a footnote, what is shown for it ("1"). notes: the labels of elements that are
    footnotes. returns: links in these that lead back to the text."""

    labels: dict[Element, str] = field(default_factory=dict)
    notes: dict[Element, str] = field(default_factory=dict)
    returns: set[Element] = field(default_factory=set)


def reference(label: str) -> str:
    """How a footnote is referred to in the text."""
    return f"[^{label}]"


def find_footnotes(content: Element) -> Footnotes:
    """The footnotes below `content`: what raised or marked links refer to further down."""
    order = {element: at for at, element in enumerate(content.elements())}
    targets: dict[str, Element] = {}
    for element in order:
        for name in ("id", "name"):
            if element.attributes.get(name):
                targets.setdefault(element.attributes[name], element)
    found = Footnotes()
    back: list[Element] = []
    for link in [element for element in order if element.tag == "a"]:
        target = targets.get(link.attributes.get("href", "").partition("#")[2])
        if target is None:
            continue
        if order[target] <= order[link]:
            back.append(link)
            continue
        match = _LABEL.match(link.text())
        note = _note_of(target) if match and _refers(link) else None
        if match and note and note in order:
            found.labels[link] = match[1]
            found.notes.setdefault(note, match[1])
    found.returns = {link for link in back if any(above in found.notes for above in _lineage(link))}
    return found


def _lineage(element: Element | None) -> list[Element]:
    """The element and what it is in, innermost first."""
    found = []
    while element is not None:
        found.append(element)
        element = element.parent
    return found


def _refers(link: Element) -> bool:
    raised = any(e.tag == "sup" for e in [*_lineage(link)[:3], *link.elements()])
    marked = link.role == "doc-noteref" or bool(_REFERENCE_NAMES & names_of(link))
    return raised or marked or link.text()[:1] in "[("


def _note_of(target: Element) -> Element | None:
    for element in _lineage(target)[:4]:
        if element.tag in _NOTE_TAGS:
            headed = any(e.tag in HEADINGS or e.tag == "table" for e in element.elements())
            return element if 0 < element.words <= _LONGEST and not headed else None
    return None

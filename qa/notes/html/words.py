"""What elements of a web page look like: blocks or runs of words, bold or not, raised; and their words on one line."""

from __future__ import annotations

import re

from qa.notes.html.footnotes import Footnotes, reference
from qa.notes.html.tree import BOLD_WEIGHTS, HEADINGS, Element, style_of

BLOCKS = HEADINGS | frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "html", "li", "main",
    "menu", "ol", "p", "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "ul",
))  # fmt: skip
_BLOCK_DISPLAYS = ("block", "list-item", "flex", "grid", "table", "flow-root")
_LARGE_FONT = re.compile(r"\s*(?:[4-7]|\+[1-7])\s*\Z")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_RAISABLE = re.compile(r"\d+(?:\s*,\s*\d+)*\Z")
_SPACE = re.compile(r"[ \t\r\n\f]+")


def folded(text: str) -> str:
    """`text` with runs of white space, but not no-break spaces, made one space."""
    return _SPACE.sub(" ", text)


def is_block(element: Element) -> bool:
    """Whether an element begins and ends a line of its own."""
    return element.tag in BLOCKS or style_of(element.attributes).get("display") in _BLOCK_DISPLAYS


def has_blocks(element: Element) -> bool:
    """Whether blocks stand in an element, other than one paragraph."""
    inner = [e for e in element.elements() if e is not element and is_block(e) and e.words]
    return bool(inner) and not (len(inner) == 1 and inner[0].tag in ("p", "div"))


def is_bold(element: Element) -> bool:
    """Whether an element itself makes its words bold, or large as a heading's."""
    if element.tag in ("b", "strong"):
        return True
    if element.tag == "font" and _LARGE_FONT.match(element.attributes.get("size", "")):
        return True
    return style_of(element.attributes).get("font-weight", "") in BOLD_WEIGHTS


def is_control_link(element: Element) -> bool:
    """Whether an element is a link that leads to no other page, or one that is shown as a button."""
    if element.tag != "a":
        return False
    shown_as_button = not {"btn", "button"}.isdisjoint(element.attributes.get("class", "").lower().split())
    return shown_as_button or element.attributes.get("href", "").lower().startswith(("#", "javascript:"))


def shown_as(element: Element, footnotes: Footnotes) -> str | None:
    """What stands in the text for an element: "[^1]" for a link to a footnote, nothing for one that leads back,
    "²" for a raised figure; None where its own words stand."""
    if element in footnotes.labels:
        return reference(footnotes.labels[element])
    if element in footnotes.returns:
        return ""
    if element.tag == "sup" and not any(e in footnotes.labels for e in element.elements()):
        text = element.text()
        return text.translate(_RAISED) if _RAISABLE.match(text) else None
    return None


def words(element: Element, footnotes: Footnotes) -> str:
    """All words of an element on one line, with a space wherever a block or a line begins or ends."""
    found: list[str] = []
    stack: list[Element | str] = list(reversed(element.children))
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            found.append(item)
            continue
        shown = shown_as(item, footnotes)
        if shown is not None:
            found.append(shown)
            continue
        space = " " if item.tag == "br" or is_block(item) else ""
        stack += [space, *reversed(item.children), space]
    return folded("".join(found)).strip()

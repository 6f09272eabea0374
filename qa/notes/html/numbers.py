"""The numbers that a web page shows before the items of its numbered lists; they are no text of its file."""

from __future__ import annotations

import re

from qa.notes.html.tree import Element, style_of

_INTEGER = re.compile(r"\s*([+-]?\d{1,6})(?!\d)")
_OF_TYPE = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_OF_STYLE = {
    **{name: name for name in _OF_TYPE.values()},
    "lower-latin": "lower-alpha",
    "upper-latin": "upper-alpha",
    "decimal-leading-zero": "decimal",
}
_UNNUMBERED = ("none", "disc", "circle", "square")
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_MOST_ROMAN = 3999


def numbers_of(ordered: Element) -> dict[Element, str]:
    """What is shown before each item of an <ol>, as "3." or "c.", by item; none for items that show no number.

    As browsers count: from `start`, else from 1, or backwards from the count of the items where it is `reversed`; an
    item's own `value` counts from there on. `type` and list styles in the page's elements are heeded, style sheets not.
    """
    items = [child for child in ordered.children if isinstance(child, Element) and child.tag == "li"]
    backwards = "reversed" in ordered.attributes
    number = _integer(ordered, "start", len(items) if backwards else 1)
    found = {}
    for item in items:
        number = _integer(item, "value", number)
        style = _style(item) or _style(ordered) or "decimal"
        if style not in _UNNUMBERED:
            found[item] = f"{_written(number, style)}."
        number += -1 if backwards else 1
    return found


def _integer(element: Element, name: str, otherwise: int) -> int:
    match = _INTEGER.match(element.attributes.get(name, ""))
    return int(match[1]) if match else otherwise


def _style(element: Element) -> str:
    """How an element says that numbers are written: of `_OF_STYLE` or `_UNNUMBERED`, or "" where it does not say."""
    style = style_of(element.attributes)
    for word in f"{style.get('list-style-type', '')} {style.get('list-style', '')}".split():
        if word in _OF_STYLE or word in _UNNUMBERED:
            return _OF_STYLE.get(word, word)
    kind = element.attributes.get("type", "").strip()
    return _OF_TYPE.get(kind) or (kind.lower() if kind.lower() in _UNNUMBERED else "")


def _written(number: int, style: str) -> str:
    """A number in a style; in figures where the style has no such number, as letters and Roman numbers have no zero."""
    text = str(number)
    if style.endswith("alpha") and number > 0:
        text = _letters(number)
    elif style.endswith("roman") and 0 < number <= _MOST_ROMAN:
        text = _roman(number)
    return text.upper() if style.startswith("upper") else text


def _letters(number: int) -> str:
    """1 is "a", 26 is "z", 27 is "aa"."""
    text = ""
    while number:
        number, last = divmod(number - 1, 26)
        text = chr(ord("a") + last) + text
    return text


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text

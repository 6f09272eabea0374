"""The visible words of a Word paragraph, and what they look like."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from qa.notes.docx.package import Element, attribute, child, is_on, name_of, number
from qa.notes.docx.styles import Styles

# Deleted text, what a field is computed from, pronunciations and properties.
_UNSEEN = frozenset(
    ["w:del", "w:moveFrom", "w:delText", "w:instrText", "w:delInstrText", "w:pPr", "w:rPr", "w:sdtPr", "w:rt"]
)
_CHARACTERS = {
    "w:tab": "\t",
    "w:ptab": "\t",
    "w:br": "\n",
    "w:cr": "\n",
    "w:noBreakHyphen": "\u2011",
}
# Symbol fonts keep their characters in the private area; these have a character of their own.
_SYMBOLS = {
    0xF0B7: "•", 0xF0A7: "▪", 0xF06E: "▪", 0xF0A8: "□", 0xF06F: "□", 0xF0D8: "‣", 0xF076: "‣", 0xF0FC: "✓",
    0xF0FE: "☒", 0xF078: "☒", 0xF0E0: "→", 0xF0DF: "←", 0xF0B0: "°", 0xF0B1: "±", 0xF0B3: "≥", 0xF0A3: "≤",
    0xF0B4: "×", 0xF0B9: "≠", 0xF06D: "µ", 0xF0D7: "·", 0x00AD: "",
}  # fmt: skip
_RAISED = str.maketrans("0123456789-−–+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁻⁺")
_FIGURES = re.compile(r"[-−–+]?\d+")
_LOST = {"chart": "chart", "chartex": "chart", "diagram": "diagram"}


@dataclass(frozen=True, slots=True)
class Look:
    """How a run looks. size: in half points, 0 where nothing says."""

    bold: bool = False
    underlined: bool = False
    hidden: bool = False
    raised: bool = False
    size: int = 0
    language: str = ""


@dataclass(slots=True)
class Words:
    """A paragraph's words: tabs as "\\t", line breaks as "\\n", a footnote's reference as "[^1]".

    bold, underlined: all of the visible characters are. size: the largest, in half points.
    boxes: the contents of the text boxes that are anchored in it.
    """

    text: str = ""
    bold: bool = True
    underlined: bool = True
    size: int = 0
    boxes: list[Element] = field(default_factory=list)


class TextReader:
    """Reads the paragraphs of one story in order; fields may run from one to the next.

    notes: the footnotes and endnotes referred to so far, in order, as ("footnotes", id). languages: how many
    characters each declared language has. lost: pictures with words that are no text, by kind.
    """

    def __init__(self, styles: Styles) -> None:
        self.notes: list[tuple[str, str]] = []
        self.languages: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()
        self._styles = styles
        self._in_code: list[bool] = []
        self._style = ""
        self._words = Words()

    def read(self, paragraph: Element) -> Words:
        """The words of one paragraph."""
        self._style = self._styles.style_of(child(paragraph, "pPr"))
        self._words = words = Words()
        self._walk(paragraph, Look())
        self._in_code = [code for code in self._in_code if not code]  # a field's code ends with its paragraph
        words.bold, words.underlined = (words.bold and bool(words.size)), (words.underlined and bool(words.size))
        return words

    def _walk(self, parent: Element, look: Look) -> None:
        for element in parent:
            name = name_of(element)
            if name in _UNSEEN or (name == "w:sdt" and is_placeholder(element)):
                continue
            if name == "w:r":
                self._walk(element, self._look(child(element, "rPr")))
            elif name == "w:txbxContent":
                self._words.boxes.append(element)
            elif name == "mc:AlternateContent":
                self._walk(chosen(element), look)
            elif name == "m:f":
                self._fraction(element, look)
            elif not self._leaf(element, name, look):
                self._note_loss(element)
                self._walk(element, replace(look, raised=True) if name == "m:sup" else look)

    def _leaf(self, element: Element, name: str, look: Look) -> bool:
        """Take in an element that stands for characters; False where it is none."""
        if name in ("w:t", "m:t"):
            self._add(element.text or "", look)
        elif name in _CHARACTERS:
            self._add(_CHARACTERS[name], look)
        elif name == "w:sym":
            self._add(_symbol(attribute(element, "char")), look)
        elif name == "w:fldChar":
            self._field(attribute(element, "fldCharType"))
        elif name in ("w:footnoteReference", "w:endnoteReference"):
            self._refer(element, f"{name[2:-9]}s", look)
        else:
            return False
        return True

    def _look(self, properties: Element | None) -> Look:
        def found(name: str) -> Element | None:
            return self._styles.run_property(properties, self._style, name)

        underline = attribute(found("u"))
        return Look(
            bold=is_on(found("b")),
            underlined=underline not in ("", "none"),
            hidden=is_on(found("vanish")),
            raised=attribute(found("vertAlign")) == "superscript",
            size=number(attribute(found("sz"))),
            language=attribute(child(properties, "lang")),
        )

    def _add(self, text: str, look: Look) -> None:
        if look.hidden or any(self._in_code):
            return
        text = text.translate(_SYMBOLS)
        seen = text.strip()
        if look.raised and _FIGURES.fullmatch(seen):
            text = text.translate(_RAISED)  # else ten to the sixth would read as 106
        words = self._words
        words.text += text
        if seen:
            words.bold, words.underlined = words.bold and look.bold, words.underlined and look.underlined
            words.size = max(words.size, look.size, 1)
            self.languages[look.language.partition("-")[0].lower()] += len(seen)

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._in_code.append(True)
        elif self._in_code and kind == "separate":
            self._in_code[-1] = False
        elif self._in_code and kind == "end":
            self._in_code.pop()

    def _refer(self, element: Element, kind: str, look: Look) -> None:
        if look.hidden or any(self._in_code):
            return
        self.notes.append((kind, attribute(element, "id")))
        if attribute(element, "customMarkFollows") not in ("1", "true", "on"):
            self._words.text += reference(len(self.notes))

    def _fraction(self, element: Element, look: Look) -> None:
        parts = [child(element, "num"), child(element, "den")]
        for at, part in enumerate(part for part in parts if part is not None):
            if at:
                self._add("/", look)
            self._walk(part, look)

    def _note_loss(self, element: Element) -> None:
        if isinstance(element.tag, str) and element.tag.endswith("}graphicData"):
            kind = _LOST.get(attribute(element, "uri").rpartition("/")[2])
            if kind:
                self.lost[kind] += 1


def reference(count: int) -> str:
    """How the text refers to its `count`-th footnote."""
    return f"[^{count}]"


def is_placeholder(control: Element) -> bool:
    """Whether a content control shows only its prompt ("Click to enter text")."""
    return is_on(child(control, "sdtPr", "showingPlcHdr"))


def chosen(alternatives: Element) -> Element:
    """The first of several renderings of one thing that holds text; the last where none does."""
    branches = list(alternatives)
    with_text = (branch for branch in branches if next(branch.iter("{*}t"), None) is not None)
    return next(with_text, branches[-1] if branches else alternatives)


def _symbol(code: str) -> str:
    try:
        value = int(code, 16)
    except ValueError:
        return ""
    shown = value in _SYMBOLS or 32 <= value < 0xD800 or 0xF900 <= value <= 0xFFFD
    return chr(value) if shown else ""  # what is left is in a private area or is no character

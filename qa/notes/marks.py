"""The marks of plain text and Markdown, as patterns for the beginning of a line, and what a heading looks like."""

from __future__ import annotations

import re
from dataclasses import dataclass

BULLET = re.compile(
    r"(?P<mark>[-*+•–—▪◦‣·●○■□]|o(?=\t)|\d{1,3}[.)]|\(\d{1,3}\)|\(?[a-z]\)|\(?[ivx]{1,5}\)|[a-z]\.)[ \t\u00a0]+(?=\S)"
)
LEVELS = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,4}\.?[ \t\u00a0]+(?=[^\W\d_])")
HASHES = re.compile(r"(?P<hashes>#{1,6})[ \t]+(?=[^#\s])")
FENCE = re.compile(r"(```|~~~)")
RULE = re.compile(r"(?:[-*_=~#–—•>|+:^][ \t]*)+\Z")
UNDERLINE = re.compile(r"([=\-~_^*+\"#])\1{2,}\Z")
SEPARATOR = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*(?::?-+:?[ \t]*)?)*\Z")
BAR = re.compile(r"(?<!\\)\||\t+")
QUOTE = re.compile(r">[ \t]?")
FOOTNOTE = re.compile(
    r"\[\^(?P<name>[^\]\n]{1,20})\]:[ \t]*(?=\S)|(?P<sup>[¹²³⁴⁵⁶⁷⁸⁹]{1,2})[ \t]*(?=\S)|\((?P<number>\d{1,2})\)[ \t]+"
)
QUESTION = re.compile(r"(?:\*\*|__)?(?:Q|Question)[ \t]?\d{0,3}[ \u00a0]?[.:)](?:\*\*|__)?[ \t]+(?=\S)")
ANSWER = re.compile(r"(?:\*\*|__)?(?:A|R|Answer|Réponse|Response)[ \t]?\d{0,3}[ \u00a0]?[.:)](?:\*\*|__)?[ \t]+(?=\S)")
BOLD = re.compile(r"(\*\*|__)(?=\S)(?P<words>[^*\n]{1,120}?)(?<=\S)\1(?P<after>[.:?!]?)(?=\s|\Z)")
NUMERIC = "1"
_CAPTION = re.compile(r"(?:Table|Tableau|Figure|Graphique|Chart)\b", re.IGNORECASE)
_FINAL = re.compile(r"[.;:,!…][\s\"'”’»)\]*_]*\Z")
_DOTTED = re.compile(r"(?<!\w)(?:[A-Z]\.){2,}\Z")
_LETTER = re.compile(r"[^\W\d_]")
_PART_NUMBER = re.compile(r"(?:[IVX]{1,5}|[A-Z])[.)] |(?:§|Section|Part|Partie|Annexe?|Appendix)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mark:
    """A bullet's marker. style: its kind, "1." for "12." and "a)" for "(b)". width: its characters with the space.
    label: the marker itself, as "12."."""

    style: str
    width: int
    label: str

    @property
    def counts(self) -> bool:
        """Whether it is a number or letter with a full stop, which may also be the end of a wrapped sentence."""
        return self.style in (NUMERIC + ".", "a.")

    @property
    def following(self) -> str:
        """The label of the next item, of a marker that counts: "13." for "12.", "c." for "b."."""
        count = self.label[:-1]
        return f"{int(count) + 1 if count.isdigit() else chr(ord(count) + 1)}."


def bullet_mark(line: str) -> Mark | None:
    """The marker that `line` begins with, or None."""
    match = BULLET.match(line)
    if not match:
        return None
    style = re.sub(r"[a-z]+", "a", re.sub(r"\d+", NUMERIC, match["mark"])).replace("(", "")
    return Mark(style, match.end(), match["mark"])


def is_heading_like(line: str, longest: int = 80) -> bool:
    """Whether `line` could be a heading: short, not ended as a sentence, begun with a capital, figure or quotation."""
    line = line.strip("*_ ")
    first = line[:1]
    return (
        0 < len(line) <= longest
        and (first.isupper() or first.isdigit() or first in "§«“\"'‘¿")
        and (not _FINAL.search(line) or bool(_DOTTED.search(line)))
        and "\t" not in line
        and "|" not in line
        and bool(_LETTER.search(line))
        and not _CAPTION.match(line)
    )


def is_capitals(line: str) -> bool:
    """Whether `line` has at least four letters, all capitals."""
    letters = _LETTER.findall(line)
    return len(letters) >= 4 and line == line.upper()


def is_part_number(line: str) -> bool:
    """Whether `line` begins as numbered parts do: "A. ", "IV. ", "§ 3", "Annex B"."""
    return bool(_PART_NUMBER.match(line))

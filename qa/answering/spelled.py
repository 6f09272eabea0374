"""Numbers in words, English and French, as digits: "eighteen posts" is "18 posts", "trente-deux" is "32"."""

from __future__ import annotations

import re

from qa.terms import fold

_TO_NINETEEN = """
zero|one un une|two deux|three trois|four quatre|five cinq|six|seven sept|eight huit|nine neuf|ten dix|eleven onze|
twelve douze|thirteen treize|fourteen quatorze|fifteen quinze|sixteen seize|seventeen|eighteen|nineteen
"""
_FROM_TWENTY = """
twenty vingt vingts|thirty trente|forty quarante|fifty cinquante|sixty soixante|seventy septante|eighty|ninety nonante
"""
_UNITS = {word: value for value, names in enumerate(_TO_NINETEEN.split("|")) for word in names.split()}
_TENS = {word: 10 * value for value, names in enumerate(_FROM_TWENTY.split("|"), start=2) for word in names.split()}
_HUNDRED = ("hundred", "cent", "cents")
_VALUES = _UNITS | _TENS
_NAMES = "|".join(sorted((*_VALUES, *_HUNDRED), key=len, reverse=True))
# "per cent" and "12 sept. 2023" hold no number in words.
_RUN = re.compile(
    rf"(?<![\w.])(?<!per )(?<!pour )(?<!\d )(?:{_NAMES})(?:(?:[\s-]+(?:and|et)[\s-]+|[\s-]+)(?:{_NAMES}))*(?!\w)",
    re.IGNORECASE,
)
# What makes a number of "one" and "un", which are articles elsewhere.
_SCALE = re.compile(r"[\s-]+(?:thousand|million|billion|mille|milliard)", re.IGNORECASE)
_TIMES = re.compile(r"\btwice\b", re.IGNORECASE)
_SINGLE = re.compile(
    r"\b(?:an?|one|the|une?|l')[\s‑-]*(hour|day|week|month|quarter|year|heure|jour|semaine|mois|an|année)\b",
    re.IGNORECASE,
)
_PLURAL = re.compile(r"\s+\w+[sx]\b")
# "Half" and other parts of a whole, as shares; not "a year and a half", "the first half", "half-hour".
_HALF = re.compile(
    r"(?<!and )(?<!and a )(?<!et )(?<!first )(?<!second )\b(?:(?:one|a)[\s-]+)?half\b(?!-|\s+(?:an?|hour|day|year)\b)"
    r"|\b(?:la\s+)?moitié\b",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"\b(\d{1,2})[\s-](thirds?|tiers|quarters|quarts|fifths?|cinquièmes?|tenths?|dixièmes?)\b", re.IGNORECASE
)
_OF = {"t": 3, "q": 4, "f": 5, "c": 5, "d": 10}
_ONE_IN = re.compile(
    r"\b(one|une?|\d{1,2})\s+(?:(?:\w+\s+){0,3}(?:out of|sur)|in)\s+(?:every\s+|each\s+)?([2-9]|1\d|20|100)\b"
    r"(?![.,]?\d|\s+\w+s\b)",
    re.IGNORECASE,
)


def in_digits(text: str) -> str:
    """`text` with its numbers in words written in digits."""
    text = _TIMES.sub("2 times", text.replace("’", "'"))
    return _RUN.sub(lambda match: _digits(match, text), text)


def with_single_units(text: str) -> str:
    """`text` with "a week" and "un an" as "1 week" and "1 an": what a quote says, and no statement need say so."""
    return _SINGLE.sub(r"1 \1", text)


def as_shares(text: str) -> str:
    """A text in digits with parts of a whole in per cent: "2 thirds", "9 in 10", "half of"."""
    text = _PARTS.sub(lambda match: _share(int(match[1]), _whole(match[2].lower())), text)
    text = _ONE_IN.sub(lambda match: _share(int(match[1]) if match[1].isdigit() else 1, int(match[2])), text)
    return _HALF.sub("50%", text)


def parts_of_a_whole(text: str) -> list[re.Match[str]]:
    """Where a text in digits names parts of a whole in figures: "2 thirds", "9 in 10"; not "half", which is a word."""
    return [*_PARTS.finditer(text), *_ONE_IN.finditer(text)]


def _whole(name: str) -> int:
    return 10 if name.startswith("te") else _OF[name[0]]


def _share(part: int, whole: int) -> str:
    return f"{round(100 * part / whole, 1):g}%"


def _digits(match: re.Match[str], text: str) -> str:
    names = re.split(r"[\s-]+", fold(match[0]))
    single = len(names) == 1
    if single and names[0] in ("one", "un", "une") and not _SCALE.match(text, match.end()):
        return match[0]
    if single and names[0] == "neuf" and not _PLURAL.match(text, match.end()):
        return match[0]  # new
    value = 0
    for before, name in zip(("", *names), names, strict=False):
        if name in _HUNDRED:
            value = max(value, 1) * 100
        elif name in ("vingt", "vingts") and before == "quatre":
            value += 76  # four is counted already: four twenties
        else:
            value += _VALUES.get(name, 0)
    return str(value)

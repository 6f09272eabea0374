"""Dates, periods, amounts, shares and numbers of a text, English and French, with their offsets and their values.

Values are made comparable: "$1.5 million", "1,5 M$" and "1 500 000 $" are one amount; "65 per cent", "65 p. 100" and
"65 %" one share; "March 2023" is all of its days.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum

from qa.schema import Span
from qa.terms import fold

MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "january jan janvier janv",
            "february feb fevrier fevr",
            "march mar mars",
            "april apr avril avr",
            "may mai",
            "june jun juin",
            "july jul juillet juil",
            "august aug aout",
            "september sept sep septembre",
            "october oct octobre",
            "november nov novembre",
            "december dec decembre",
        ],
        start=1,
    )
    for name in names.split()
}
# A season's first month; winter is taken to begin the year that it is named by.
_SEASONS = {
    name: month
    for month, names in {1: "winter hiver", 3: "spring printemps", 6: "summer ete", 9: "fall autumn automne"}.items()
    for name in names.split()
}
_NAME = r"[^\W\d_]{3,9}\.?"
_YEAR = r"[12]\d{3}(?![\d-])"
_DATE = re.compile(
    r"(?<![\d\-‐‑/])(?P<y>[12]\d{3})(?P<dash>[-‐‑/])(?P<m>\d{2})(?P=dash)(?P<d>\d{2})(?![\d\-‐‑/])"
    rf"|(?<![\w$])(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|ᵉʳ)?\s+(?:of\s+)?(?P<month>{_NAME}),?\s+(?P<year>{_YEAR})"
    rf"|(?<!\w)(?P<month2>{_NAME})\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year2>{_YEAR})",
    re.IGNORECASE,
)
# "2022-23", "2022–2023", "2022/23": a year of two, from April to March as governments count it.
_TWO_YEARS = r"(?P<first>[12]\d{3})[-‐‑–/](?P<second>(?:[12]\d)?\d{2})(?![\d\-‐‑–/])"
_PERIOD = re.compile(
    rf"(?<![\w$.,‐‑–/-])(?:{_TWO_YEARS}"
    r"|(?:(?:early|late|mid|début|fin|mi)[\s-]+)?(?:(?P<name>[^\W\d_]{3,9})\.?,?\s+(?:of\s+|de\s+)?)?"
    r"(?P<year>(?:19|20)\d{2})(?![\d‐‑–/-]|[.,]\d|\s*(?:\$|%|p\. ?100|per cent)))",
    re.IGNORECASE,
)

_NUMBER = r"\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_GAP = r"[\s\u00a0\u202f]*"
SCALES = {
    "thousand": 1e3, "mille": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "milliard": 1e9, "bn": 1e9,
    "b": 1e9, "g": 1e9,
}  # fmt: skip
_SCALE = r"(?P<scale{0}>thousand|mille|millions?|billions?|milliards?|bn|[kKmMbBgG])(?![^\W\d_])"
_CURRENCY = r"dollars?|euros?|pounds?|crowns?|francs?|couronnes?|livres?"
_FIGURE = re.compile(
    rf"[$€£]{_GAP}(?P<n1>{_NUMBER})(?:[\s\u00a0\u202f-]*{_SCALE.format(1)})?"
    rf"|(?<![\w.,])(?P<n2>{_NUMBER}){_GAP}(?:{_SCALE.format(2)}{_GAP})?(?:(?:de|d['’]|of){_GAP})?(?:[$€£]|(?:{_CURRENCY})\b)"
    rf"|(?<![\w.,])(?P<n3>{_NUMBER}){_GAP}(?P<share>%|per{_GAP}cent\b|percent\b|pour{_GAP}cent\b|p\.{_GAP}100\b)"
    rf"|(?<![\w.,$€£])(?P<n4>{_NUMBER})(?!\w|[.,]\d)(?:{_GAP}{_SCALE.format(4)})?",
    re.IGNORECASE,
)
_WORDS = {
    word: value
    for value, words in enumerate(
        [
            "two deux",
            "three trois",
            "four quatre",
            "five cinq",
            "six",
            "seven sept",
            "eight huit",
            "nine neuf",
            "ten dix",
            "eleven onze",
            "twelve douze",
        ],
        start=2,
    )
    for word in words.split()
}
_IN_WORDS = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b(?=[\s-][^\W\d_])", re.IGNORECASE)
_MAYBE = re.compile(rf"\d|{_IN_WORDS.pattern}", re.IGNORECASE)
# Rounding moves a figure by no more than this share: "$1 million" is no rounding of "$750,000".
_ROUNDED = 0.05
_UNIT = re.compile(r"[\s\u00a0\u202f-]+(?:(?:de|d['’]|of)\s)?([^\W\d_]{2,})")


class Measure(Enum):
    """What a figure counts."""

    MONEY = "money"
    SHARE = "share"
    TIME = "time"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a text. value: the amount, the share in per cent, the number; of a TIME the ordinal of its first day.

    step: how finely it is said ("$1.5 million": 100,000); of a TIME its days. unit: the word that follows, folded.
    """

    span: Span
    measure: Measure
    value: float
    step: float = 1.0
    unit: str = ""

    def agrees(self, other: Figure) -> bool:
        """Whether both may be one value: alike but for rounding, or periods of which one holds a day of the other."""
        if self.measure is not other.measure:
            return False
        if self.measure is Measure.TIME:
            return self.value < other.value + other.step and other.value < self.value + self.step
        near = min(max(self.step, other.step) / 2, _ROUNDED * max(self.value, other.value))
        return abs(self.value - other.value) <= near


def find_dates(text: str) -> list[tuple[Span, date]]:
    """The full dates of `text` in order: "2021-04-20", "March 14, 2023", "14 March 2023", "1er novembre 2022".

    A month and a year alone are no date, nor is a day that no calendar has (2023-02-31), nor "03/04/2023", which two
    countries read in two ways.
    """
    found = []
    for match in _DATE.finditer(text):
        day = _date(match)
        if day:
            found.append((Span(match.start(), match.end()), day))
    return found


def find_periods(text: str) -> list[tuple[Span, date, date]]:
    """The times that `text` names, in order, each with its first and last day: dates, months, seasons and years."""
    found = [(span, day, day) for span, day in find_dates(text)]
    taken = [span for span, *_ in found]
    for match in _PERIOD.finditer(text):
        span, days = _period(match)
        if days and not any(span.overlaps(other) for other in taken):
            found.append((span, *days))
    return sorted(found)


def may_hold_figures(text: str) -> bool:
    """Whether `find_figures` may find any in `text`; many times as quick."""
    return bool(_MAYBE.search(text))


def find_figures(text: str) -> list[Figure]:
    """All figures of `text` in order, none within another."""
    found = [
        Figure(span, Measure.TIME, first.toordinal(), last.toordinal() - first.toordinal() + 1)
        for span, first, last in find_periods(text)
    ]
    times = [figure.span for figure in found]
    for figure in _numbers(text):
        if not any(figure.span.overlaps(span) for span in times):
            found.append(figure)
    return sorted(found, key=lambda figure: figure.span)


def _numbers(text: str) -> Iterator[Figure]:
    for match in _FIGURE.finditer(text):
        written = next(filter(None, (match[name] for name in ("n1", "n2", "n3", "n4"))))
        scaled = next(filter(None, (match[name] for name in ("scale1", "scale2", "scale4"))), "")
        value, step = _value(written, scaled)
        measure = Measure.SHARE if match["share"] else Measure.NUMBER if match["n4"] else Measure.MONEY
        yield Figure(Span(match.start(), match.end()), measure, value, step, _unit(text, match.end(), measure))
    for match in _IN_WORDS.finditer(text):
        value = float(_WORDS[match[0].lower()])
        yield Figure(Span(*match.span()), Measure.NUMBER, value, unit=_unit(text, match.end(), Measure.NUMBER))


def _value(written: str, scaled: str) -> tuple[float, float]:
    """The value of a number and how finely it is said: "1,5" and "million" are 1,500,000 and 100,000."""
    plain = re.sub(r"[,\u00a0\u202f ](?=\d{3}(?!\d))", "", written).replace(",", ".")
    name = scaled.lower()
    scale = SCALES.get(name) or SCALES.get(name.rstrip("s"), 1.0)
    return round(float(plain) * scale, 6), scale * 10.0 ** -len(plain.partition(".")[2])


def _unit(text: str, end: int, measure: Measure) -> str:
    follows = _UNIT.match(text, end) if measure is Measure.NUMBER else None
    return fold(follows[1]) if follows else ""


def _period(match: re.Match[str]) -> tuple[Span, tuple[date, date] | None]:
    span = Span(match.start(), match.end())
    if match["first"]:
        first, second = int(match["first"]), match["second"]
        # "2021-2030" is no year of two, and "2023-05" is a month written as some computers do.
        if (int(second) if len(second) == 4 else first // 100 * 100 + int(second)) == first + 1:
            return span, (date(first, 4, 1), date(first + 1, 3, 31))
        return span, _months(first, int(second), 1) if len(second) == 2 and 1 <= int(second) <= 12 else None
    year, name = int(match["year"]), fold(match["name"] or "")
    if name in MONTHS:
        return span, _months(year, MONTHS[name], 1)
    if name in _SEASONS:
        return span, _months(year, _SEASONS[name], 3)
    return Span(match.start("year"), match.end()), _months(year, 1, 12)


def _months(year: int, first: int, count: int) -> tuple[date, date]:
    last = first + count - 1
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def _date(match: re.Match[str]) -> date | None:
    name = match["month"] or match["month2"]
    month = int(match["m"]) if match["y"] else MONTHS.get(fold(name.rstrip(".")), 0)
    year = match["y"] or match["year"] or match["year2"]
    day = match["d"] or match["day"] or match["day2"]
    try:
        return date(int(year), month, int(day))
    except ValueError:
        return None

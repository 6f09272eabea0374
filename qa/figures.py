"""Dates written out in full, in English and in French, with their offsets."""

from __future__ import annotations

import re
from datetime import date

from qa.schema import Span
from qa.terms import fold

_MONTHS = {
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
_NAME = r"[^\W\d_]{3,9}\.?"
_YEAR = r"[12]\d{3}(?![\d-])"
_DATE = re.compile(
    r"(?<![\d\-‐‑/])(?P<y>[12]\d{3})(?P<dash>[-‐‑/])(?P<m>\d{2})(?P=dash)(?P<d>\d{2})(?![\d\-‐‑/])"
    rf"|(?<![\w$])(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|ᵉʳ)?\s+(?:of\s+)?(?P<month>{_NAME}),?\s+(?P<year>{_YEAR})"
    rf"|(?<!\w)(?P<month2>{_NAME})\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year2>{_YEAR})",
    re.IGNORECASE,
)


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


def _date(match: re.Match[str]) -> date | None:
    name = match["month"] or match["month2"]
    month = int(match["m"]) if match["y"] else _MONTHS.get(fold(name.rstrip(".")), 0)
    year = match["y"] or match["year"] or match["year2"]
    day = match["d"] or match["day"] or match["day2"]
    try:
        return date(int(year), month, int(day))
    except ValueError:
        return None

"""Amounts that a statement gives in words alone: "a dozen", "hundreds of", "half", "tenfold", "minus 5", "in March".

What is in digits, or in words that stand for digits, is looked at in figures_said.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from qa.answering.spelled import as_shares
from qa.figures import MONTHS, Figure, Measure, find_dates, find_figures
from qa.terms import fold, stems

# Tried on folded text. Each pattern with the least and the most that it may stand for.
_COUNTS = (
    (re.compile(r"\bhalf a dozen\b|\bdemi-douzaine\b"), 5, 7),
    (re.compile(r"(?<!half )\b(?:a|one|une) (?:dozen|douzaine)\b"), 11, 13),
    (re.compile(r"\b(?:dozens|des douzaines|scores) (?:of|de|d')"), 20, 200),
    (re.compile(r"\bhundreds\b|\bcentaines\b"), 100, 2_000),
    (re.compile(r"\b(?<!\d )thousands\b|\bmilliers\b"), 1_000, 1e6),
    (re.compile(r"\b(?:a|the) couple of\b"), 2, 2),
)
_TIMES = (
    (re.compile(r"\b(?:doubl(?:ed?|es|ing)|twofold|two-fold)\b"), 2.0, "double|doubl|twice|twofold|2 times|2 fois"),
    (re.compile(r"\b(?:tripl(?:ed?|es|ing)|threefold|three-fold)\b"), 3.0, "tripl|threefold|3 times|3 fois"),
    (re.compile(r"\b(?:quadrupl(?:ed?|es|ing)|fourfold|four-fold)\b"), 4.0, "quadrupl|fourfold|4 times|4 fois"),
    (re.compile(r"\b(?:tenfold|ten-fold)\b"), 10.0, "tenfold|ten-fold|10 times"),
    (re.compile(r"\bhalved\b"), 2.0, "halv|half|moitie"),
)
_HALF = re.compile(
    r"(?P<rough>\b(?:under|over|below|above|than|plus de|moins de|almost|nearly|about|pres de|environ) )?"
    r"(?<!and )(?<!and a )(?<!et )(?<!first )(?<!second )\bhalf\b(?!-|\s+(?:an?|hour|day|year)\b)|\bla moitie\b"
)
_HALF_GIVEN = re.compile(r"\bhalf\b|\bmoitie\b|\bhalv|\bdemi|\bmi-")
_NEAR_HALF = 40.0, 60.0
# Ratios agree where they are as near as words are said loosely.
_LOOSELY = 0.15
_BELOW_ZERO = re.compile(r"(?:(?<![^\s(\[])[-−–‑]|\b(?:minus|negative)\s+)(?=[$€£]?\d)")
_BELOW_ZERO_GIVEN = re.compile(r"[-−–‑]\s?[$€£]?\d|\b(?:minus|negative|below zero|loss|deficit|moins)\b")
_ROMAN = re.compile(r"(?<![\w'’-])(?=[ivxlc]{2})(?:c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})(?![\w'’-])")
_NOT_ROMAN = frozenset(("mix", "dix", "li", "ci", "cc", "cl", "xi"))
_MONTH = re.compile(rf"(?<![\w-])({'|'.join(name for name in MONTHS if len(name) > 2)})(?![\w-])", re.IGNORECASE)
# A modal verb, or the word for a walk, where no capital says that it is the month.
_ALSO_WORDS = frozenset(("may", "mar", "march", "mars", "mai", "sep", "sept", "dec", "jan"))
_SENTENCE = re.compile(r"(?:^|[.!?:;]\s+)\Z")
_SINGLE = re.compile(r"\b(?:in|only|just|for|a single|dans|seule?) (?:one|une?|single)\s+([^\W\d_]{3,})", re.IGNORECASE)
# A span of time may be said in other units: "for one year" of "12 months".
_TIME = re.compile(r"(?:second|minute|hour|day|week|month|quarter|year|heure|jour|semaine|mois|an)")
_NOON = re.compile(r"\b(?:noon|midday|midnight|midi|minuit)\b")
_NOON_GIVEN = re.compile(r"\b(?:noon|midday|midnight|midi|minuit|12|24|0)\b")
_END_OF_A_YEAR = re.compile(r"\b(?:end of|fin (?:de |d')?)\s*(?:19|20)\d\d\b")
_YEAR_END = re.compile(r"\b(?:end of (?:the|this|next|that) year|year[- ]end|christmas|fin d'annee|noel)\b")


def missing_quantities(text: str, given: str, around: str, days: Sequence[date]) -> list[str]:
    """The amounts in words of `text` that do not follow from its quotes.

    given: the quotes, their numbers in digits. around: titles and headings. days: the dates of the notes.
    """
    said, place = fold(text), fold(given)
    figures = find_figures(given)
    values = [one.value for one in figures if one.measure is not Measure.TIME]
    missing = [
        match[0]
        for pattern, least, most in _COUNTS
        if (match := pattern.search(said))
        and not pattern.search(place)
        and not any(least <= value <= most for value in values)
    ]
    missing += [
        match[0]
        for pattern, times, words in _TIMES
        if (match := pattern.search(said))
        and not re.search(rf"\b(?:{words})", place)
        and not any(abs(one / other - times) <= times * _LOOSELY for one in values for other in values if other)
    ]
    if (
        (match := _HALF.search(said))
        and not _HALF_GIVEN.search(place)
        and not _holds_half(given, values, rough=bool(match["rough"]))
    ):
        missing.append(match[0])
    if (match := _NOON.search(said)) and not _NOON_GIVEN.search(place):
        missing.append(match[0])
    if (match := _BELOW_ZERO.search(text)) and not _BELOW_ZERO_GIVEN.search(given):
        missing.append(match[0].strip())
    missing += [
        match[0]
        for match in _ROMAN.finditer(text)
        if match[0] not in _NOT_ROMAN and not re.search(rf"\b{match[0]}\b", f"{place} {fold(around)}")
    ]
    return missing + _months(text, f"{given}\n{around}", days) + _single(text, figures, place)


def in_plain_digits(text: str) -> str:
    """`text` with digits and fractions of other kinds as plain ones: "３", "⑨", "¾"; "km²" is left as it is."""
    return "".join(_plain_digit(char, text[at - 1 : at]) for at, char in enumerate(text))


def _plain_digit(char: str, before: str) -> str:
    if char.isascii() or unicodedata.category(char) not in ("Nd", "No", "Nl") or (char in "²³" and before.isalpha()):
        return char
    digit = unicodedata.digit(char, None)
    return str(digit) if digit is not None else unicodedata.normalize("NFKC", char).replace("⁄", "/")


def _holds_half(given: str, values: Sequence[float], *, rough: bool) -> bool:
    """Whether a share or two numbers of the quotes make about a half. rough: said to be more or less than a half."""
    low, high = (0.0, 100.0) if rough else _NEAR_HALF
    shares = [one.value for one in find_figures(as_shares(given)) if one.measure is Measure.SHARE]
    return any(low <= share <= high for share in shares) or any(
        low <= 100 * one / other <= high for one in values for other in values if other > one
    )


def _months(text: str, place: str, days: Sequence[date]) -> list[str]:
    """The names of months that stand nowhere in the quotes, be it as a number, and are not that of their note."""
    known = {MONTHS[fold(match[1])] for match in _MONTH.finditer(_unaccented(place))}
    known |= {day.month for _, day in find_dates(place)} | {day.month for day in days}
    known |= {12} if (_YEAR_END.search(fold(place)) or _END_OF_A_YEAR.search(fold(place))) else set()
    missing = []
    for match in _MONTH.finditer(_unaccented(text)):
        word = fold(match[1])
        opens = _SENTENCE.search(text[: match.start()])
        if word in _ALSO_WORDS and (opens or not match[1][0].isupper()):
            continue
        if MONTHS[word] not in known:
            missing.append(match[0])
    return missing


def _unaccented(text: str) -> str:
    """`text` without the accents that names of months have; offsets stay."""
    return text.translate(str.maketrans("éûÉÛ", "euEU"))


def _single(text: str, figures: Sequence[Figure], place: str) -> list[str]:
    """ "In one file", where the quotes count other than one of them."""
    missing = []
    for match in _SINGLE.finditer(text):
        unit = stems(match[1])
        counted = [one.value for one in figures if one.unit and stems(one.unit) == unit]
        if _TIME.match(fold(match[1])) or not unit or not counted or 1 in counted:
            continue
        if not re.search(rf"\b(?:one|an?|une?|the|each|single) {fold(match[1])}", place):
            missing.append(match[0])
    return missing

"""Definitions inside a sentence: "Global Affairs Canada (GAC)", "GAC (Global Affairs Canada)", "hereafter GAC"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from qa.acronyms.letters import SHORT, backwards, initials_after, initials_before, is_short, most_words, spells_out
from qa.schema import Span

QUOTES = "\"'“”„«»‘’*_` \u00a0"
_BRACKET = re.compile(r"\(([^()\n]{2,120}(?:\n[^()\n]{1,120})?)\)")
_FIRST_PART = re.compile(r"[;,]|\s(?:or|ou)\s")
# What may lead in a short form: "hereafter referred to as the ECC", "ci-après appelé le CI".
_CALLED = (
    r"(?:hereafter|hereinafter|henceforth|referred to as|known as|called|abbreviated(?: as| to)?|abbr\.|in short|"
    r"acronym|abbreviation|short form|ci-après|désignée?s?|dénommée?s?|appelée?s?|en abrégé|sigle|acronyme|abréviation)"
)
_LEAD = re.compile(
    rf"(?:(?:also|or|aussi|ou)\s+)?(?:{_CALLED}[,:]?\s+){{0,3}}(?:(?:the|le|la|les)\s+|l['’])?", re.IGNORECASE
)
# It begins at the first blank of a run only, and gives back none: else a run of n blanks would be read n times.
_NAMED = re.compile(
    rf"(?:,|(?<![\s,]))\s++(?:(?:is|are|also|better|est|sont|aussi)\s++){{0,4}}(?:{_CALLED},?\s++){{1,3}}"
    rf"(?:(?:the|le|la|les)\s++|l['’])?[\"“«]?\s?(?P<short>{SHORT})",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:the|an?|les?|la|une?)\s+|l['’]", re.IGNORECASE)
# How far back a long form may begin, in characters.
_FURTHEST = 300


class Found(NamedTuple):
    """A short form, where its long form stands, and where the words stand that say so, both forms among them."""

    short: str
    long: Span
    whole: Span


def in_sentences(text: str, start: int, end: int) -> Iterator[Found]:
    """The definitions in `text[start:end]`, in order."""
    for match in _BRACKET.finditer(text, start, end):
        found = _short_in_bracket(text, start, match) or _long_in_bracket(text, start, match)
        if found:
            yield found
    for match in _NAMED.finditer(text, start, end):
        short = match["short"].rstrip(".-/&")
        near = max(start, match.start() - _FURTHEST)
        bracketed = text.rfind("(", near, match.start()) > text.rfind(")", near, match.start())
        long = long_before(text, start, match.start(), short) if is_short(short) and not bracketed else None
        if long:
            yield Found(short, long, Span(long.start, match.start("short") + len(short)))


def long_before(text: str, floor: int, end: int, short: str) -> Span | None:
    """The words up to `end` that `short` stands for."""
    floor = max(floor, end - _FURTHEST)
    end = trimmed(text, floor, end).end
    floor = _window(text, floor, end, short)
    start = initials_before(text, floor, end, short)
    if start is None:
        start = backwards(text, floor, end, short)
        if start is None or not spells_out(text[start:end], short):
            return None
    return trimmed(text, start, end)


def trimmed(text: str, start: int, end: int) -> Span:
    """`start:end` without quotation marks, emphasis and white space at either end."""
    while start < end and (text[start] in QUOTES or text[start].isspace()):
        start += 1
    while end > start and (text[end - 1] in QUOTES or text[end - 1].isspace()):
        end -= 1
    return Span(start, end)


def without_article(text: str, span: Span) -> Span:
    """`span` without "the", "le" and the like at its start."""
    article = _ARTICLE.match(text, span.start, span.end)
    return trimmed(text, article.end(), span.end) if article else span


def _short_in_bracket(text: str, floor: int, match: re.Match[str]) -> Found | None:
    lead = _LEAD.match(text, trimmed(text, match.start(1), match.end(1)).start, match.end(1))
    start = lead.end() if lead else match.start(1)
    part = _FIRST_PART.search(text, start, match.end(1))
    span = trimmed(text, start, part.start() if part else match.end(1))
    short = text[span.start : span.end]
    long = long_before(text, floor, match.start(), short) if is_short(short) else None
    return Found(short, long, Span(long.start, match.end())) if long else None


def _long_in_bracket(text: str, floor: int, match: re.Match[str]) -> Found | None:
    floor = max(floor, match.start() - _FURTHEST)
    before = text[floor : match.start()].split()
    short = before[-1].strip(QUOTES) if before else ""
    if not is_short(short):
        return None
    at = text.rindex(short, floor, match.start())
    inside = without_article(text, trimmed(text, match.start(1), match.end(1)))
    end = initials_after(text, inside.start, inside.end, short)
    if end is None:
        end = inside.end
        long = text[inside.start : end]
        whole = backwards(text, inside.start, end, short) == inside.start
        if not whole or not re.search(r"\s", long) or not spells_out(long, short):
            return None
    return Found(short, Span(inside.start, end), Span(at, match.end()))


def _window(text: str, floor: int, end: int, short: str) -> int:
    """Where the long form may begin: so many words back, and not before the end of a sentence."""
    words = list(re.finditer(r"\S+", text[floor:end]))[-most_words(short) :]
    start = end
    for word in reversed(words):
        if start != end and word[0][-1] in ".;:" and len(word[0]) > 3:
            break
        start = floor + word.start()
    return start

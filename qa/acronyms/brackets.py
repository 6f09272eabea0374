"""Definitions inside a sentence: "Global Affairs Canada (GAC)", "GAC (Global Affairs Canada)", "hereafter GAC"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from qa.acronyms.letters import SHORT, backwards, initials_after, initials_before, is_short, most_words, spells_out
from qa.acronyms.order import in_another_order, is_numbered, number_before, with_number
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
# "The Global Health Security Agenda, or GHSA, was set up"
_OR = re.compile(rf",\s++(?:or|ou|soit)\s++(?:(?:the|le|la|les)\s++|l['’])?[\"“«]?\s?(?P<short>{SHORT}?)\s?[\"”»]?,")
# "(PHAC; French: Agence de la santé publique du Canada, ASPC)"
_OTHER_LANGUAGE = re.compile(
    rf"[;,]\s*(?:(?:in|en)\s)?(?:French|English|français|anglais)(?:\s?:)?\s(?P<long>[^;()]+),\s(?P<short>{SHORT})\Z",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:the|an?|les?|la|une?)\s+|l['’]", re.IGNORECASE)
# How far back a long form may begin, in characters.
_FURTHEST = 300
_OPENING, _CLOSING = tuple('([“„«"'), tuple(')]”»"')
_LEAST_AFTER_OR = 3


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
            yield from _in_other_language(text, match)
    for match in _OR.finditer(text, start, end):
        short = match["short"]
        begin = initials_before(text, max(start, match.start() - _FURTHEST), match.start(), short)
        if begin is not None and is_short(short) and len(short) >= _LEAST_AFTER_OR:
            yield Found(short, trimmed(text, begin, match.start()), Span(begin, match.end("short")))
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
    if is_numbered(short):
        start = number_before(text, floor, end, short)
        if start is not None or not is_short(short):
            return None if start is None else trimmed(text, start, end)
    start = initials_before(text, floor, end, short)
    if start is None:
        start = backwards(text, floor, end, short)
        if start is None or not spells_out(text[start:end], short):
            start = in_another_order(text, floor, end, short)
    return None if start is None else trimmed(text, start, end)


def trimmed(text: str, start: int, end: int) -> Span:
    """`start:end` without quotation marks, emphasis and white space at either end."""
    while start < end and (text[start] in QUOTES or text[start].isspace()):
        start += 1
    while end > start and (text[end - 1] in QUOTES or text[end - 1].isspace()):
        end -= 1
    return Span(start, end)


def balanced(text: str, span: Span) -> Span | None:
    """`span`, with the bracket or quotation mark before it where that is closed in it; None where one stays alone."""
    if not _is_balanced(text[span.start : span.end]) and text[span.start - 1 : span.start] in _OPENING:
        span = Span(max(0, span.start - 1), span.end)
    return span if _is_balanced(text[span.start : span.end]) else None


def closed(text: str, span: Span) -> Span:
    """`span`, with the quotation mark after it that closes one in it: 'the hub, known as "HUB"'."""
    if _is_balanced(text[span.start : span.end]):
        return span
    end = next((end for end in (span.end + 1, span.end + 2) if _is_balanced(text[span.start : end])), span.end)
    return Span(span.start, end) if text[span.end : end].strip() in _CLOSING else span


def _is_balanced(words: str) -> bool:
    quotes = sum(map(words.count, "“„«")) == sum(map(words.count, "”»")) and words.count('"') % 2 == 0
    depth = 0
    for char in words:
        depth += (char in "([") - (char in ")]")
        if depth < 0:
            return False
    return quotes and depth == 0


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
    long = long_before(text, floor, match.start(), short) if is_short(short) or is_numbered(short) else None
    return Found(short, long, Span(long.start, match.end())) if long else None


def _long_in_bracket(text: str, floor: int, match: re.Match[str]) -> Found | None:
    floor = max(floor, match.start() - _FURTHEST)
    before = text[floor : match.start()].split()
    short = before[-1].strip(QUOTES) if before else ""
    if not is_short(short) and not is_numbered(short):
        return None
    at = text.rindex(short, floor, match.start())
    inside = without_article(text, trimmed(text, match.start(1), match.end(1)))
    if with_number(text[inside.start : inside.end], short):
        return Found(short, inside, Span(at, match.end()))
    end = initials_after(text, inside.start, inside.end, short) if is_short(short) else None
    if end is None and not is_short(short):
        return None
    if end is None:
        end = inside.end
        long = text[inside.start : end]
        whole = backwards(text, inside.start, end, short) == inside.start
        if not whole or not re.search(r"\s", long) or not spells_out(long, short):
            return None
    return Found(short, Span(inside.start, end), Span(at, match.end()))


def _in_other_language(text: str, bracket: re.Match[str]) -> Iterator[Found]:
    match = _OTHER_LANGUAGE.search(text, bracket.start(1), bracket.end(1))
    if match and is_short(match["short"]):
        start = initials_before(text, match.start("long"), match.end("long"), match["short"])
        if start == match.start("long"):
            yield Found(match["short"], Span(start, match.end("long")), Span(start, match.end("short")))


def _window(text: str, floor: int, end: int, short: str) -> int:
    """Where the long form may begin: so many words back, and not before the end of a sentence."""
    words = list(re.finditer(r"\S+", text[floor:end]))[-most_words(short) :]
    start = end
    for word in reversed(words):
        if start != end and word[0][-1] in ".;:" and len(word[0]) > 3:
            break
        start = floor + word.start()
    return start

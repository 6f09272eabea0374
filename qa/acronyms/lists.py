"""Definitions that stand by themselves: "ECC – Emergency Coordination Centre", "ECC stands for ...", rows of tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa.acronyms.brackets import QUOTES, Found, trimmed, without_article
from qa.acronyms.letters import (
    SHORT,
    capitalised,
    initials_after,
    initials_before,
    is_short,
    is_short_in_glossary,
    most_words,
    spells_out,
)
from qa.acronyms.order import is_numbered, with_number
from qa.cells import cell_spans
from qa.schema import Span
from qa.terms import fold

# No run of blanks or marks is ever given back ("++"), and a long form ends at none: patterns that try each way to share
# a run of n blanks between them take the square or the cube of n steps.
_MARKS = rf"[{re.escape(QUOTES)}]*+"
_MARKS_AFTER = r"(?:\s*+[\"'“”„«»‘’*_`])*+"
_BETWEEN = rf"(?:\s++[–—-]{{1,2}}\s++|\s*+[:=]{_MARKS_AFTER}\s++|\s++=\s*+|[ \t]{{2,}}+|\t)"
_MEANS = (
    r"\s++(?:means?|stands? for|is short for|refers to|is the (?:acronym|abbreviation|short form) (?:of|for)|"
    r"signifie(?:nt)?|veut dire|désigne(?:nt)?|est (?:le sigle|l['’]abréviation|l['’]acronyme) (?:de|du|des)|"
    r"est (?:le sigle|l['’]abréviation|l['’]acronyme) d(?=['’]))\s*+['’]?"
)
# At the start of a line, or after another of a run of definitions: "CGS: Coastal Guard Service; DM: Deputy Minister".
_LISTED = re.compile(rf"(?:\A|(?<=\n)|(?<=[;,(:]\s)){_MARKS}(?P<short>{SHORT}?){_MARKS_AFTER}{_BETWEEN}", re.MULTILINE)
_SAID = re.compile(rf"(?<![\w.&/-])(?P<short>{SHORT}?){_MARKS_AFTER}{_MEANS}", re.IGNORECASE)
_REVERSED = re.compile(
    rf"^(?P<long>[^\n:=|]{{4,150}}?)(?<!\s){_BETWEEN}{_MARKS}(?P<short>{SHORT}){_MARKS}$", re.MULTILINE
)
_ENDS = re.compile(r"[;:!?(\[\n|\t”»\"]|\.(?:\s|\Z)|\s[–—-]\s")
_NAME_GOES_ON = re.compile(r"(?: [A-ZÀ-Ý][^\W\d_]+(?:['’-][^\W\d_]+)*)*")
_LONGEST = 150
_MOST_WORDS_OF_A_MEANING, _MOST_WORDS_OF_A_CELL = 8, 12
_MOST_WORDS_OF_A_HEAD = 6

# The words by which a column says what it holds, tried in this order: "meaning of the acronym" is no acronym.
_LONG_HEAD = re.compile(
    r"\b(?:meanings?|stands? for|full|long|in full|expan(?:ded|sion)|spelled|signification|sens|complete?|longue|"
    r"developpee?|toutes lettres)\b"
)
_SHORT_HEAD = re.compile(
    r"\b(?:acronyms?|abbreviations?|abbr|abbrev|initialisms?|short (?:form|name|title)s?|sigles?|acronymes?|"
    r"abreviations?|abrege|forme (?:courte|abregee))\b"
)
_NAME_HEAD = re.compile(
    r"\b(?:definitions?|descriptions?|names?|titles?|terms?|noms?|titres?|termes?|intitules?|libelles?|designations?|"
    r"english|french|anglais|francais)\b"
)
_GLOSSARY = re.compile(
    r"\b(?:abbreviations?|acronyms?|initialisms|short forms|glossary|sigles?|acronymes?|abreviations?|glossaire)\b"
)


def names_a_glossary(heading: str) -> bool:
    """Whether what stands below a heading or lead-in is said to be short forms."""
    return bool(_GLOSSARY.search(fold(heading)))


def in_lines(text: str, start: int, end: int, *, glossary: bool) -> Iterator[Found]:
    """The definitions that begin or fill a line of `text[start:end]`, or that a sentence says in so many words.

    glossary: what stands here is said to be short forms, so that a long form need not have their letters.
    """
    words = text[start:end]
    for pattern in (_LISTED, _SAID):
        for match in pattern.finditer(words):
            short, at = match["short"], start + match.start("short")
            listed = glossary and pattern is _LISTED
            if not (is_short_in_glossary if listed else is_short)(short) and not is_numbered(short):
                continue
            long = _long_after(text, start + match.end(), end, short, glossary=listed, said=pattern is _SAID)
            if long:
                yield Found(short, long, Span(at, long.end))
    for match in _REVERSED.finditer(words):
        short, at = match["short"], start + match.start("short")
        span = without_article(text, trimmed(text, start + match.start("long"), start + match.end("long")))
        if is_short(short) and _is_whole(text, span, short) and _is_certain(text, span, short):
            yield Found(short, span, Span(span.start, at + len(short)))


def in_row(text: str, row: Span, header: Span | None, *, glossary: bool) -> Iterator[Found]:
    """The definitions in a row of a table. header: the row that names its columns. glossary: as of `in_lines`."""
    cells = _cells(text, row)
    heads = [fold(text[cell.start : cell.end]) for cell in _cells(text, header)] if header and header != row else []
    pairs = _named_pairs(heads) if len(heads) == len(cells) else []
    shorts = {short for short, _ in pairs} or ({0, 1} if len(cells) == 2 else set())
    shorts |= {at for at, head in enumerate(heads) if len(heads) == len(cells) and _kind(head) == "short"}
    by_letters = [(short, long) for short in sorted(shorts) for long in range(len(cells)) if long != short]
    for short_at, long_at in dict.fromkeys([*pairs, *by_letters]):
        at = without_article(text, cells[short_at])
        short = text[at.start : at.end]
        told = (short_at, long_at) in pairs
        listed = told or (glossary and short_at == 0)
        long = _long_cell(text, cells[long_at], short, told=told, glossary=listed)
        if long and (is_short_in_glossary if listed else is_short)(short):
            yield Found(short, long, Span(min(at.start, long.start), max(at.end, long.end)))


def names_columns(text: str, row: Span) -> bool:
    """Whether a row names columns of short and long forms."""
    heads = [fold(text[cell.start : cell.end]) for cell in _cells(text, row)]
    return bool(_named_pairs(heads))


def _long_after(text: str, start: int, end: int, short: str, *, glossary: bool, said: bool) -> Span | None:
    """The words after `start` that `short` stands for."""
    span = trimmed(text, start, min(end, start + _LONGEST))
    ends = _ENDS.search(text, span.start, span.end)
    first = trimmed(text, span.start, ends.start() if ends else span.end)
    span = without_article(text, first)
    if is_numbered(short) and not glossary:
        return span if with_number(text[span.start : span.end], short) else None
    found = initials_after(text, span.start, span.end, short)
    if found is not None:
        long = Span(span.start, found)
        if not (glossary or said or _is_certain(text, long, short)):
            return None
        goes_on = _NAME_GOES_ON.match(text, found, span.end) if capitalised(text[long.start : long.end]) else None
        return Span(long.start, goes_on.end()) if goes_on else long
    if not glossary:
        comma = text.find(",", span.start, span.end)
        span = trimmed(text, span.start, comma if comma > 0 else span.end)
        return span if _is_whole(text, span, short) and capitalised(text[span.start : span.end]) else None
    return span if span == first and _is_meaning(text, span, _MOST_WORDS_OF_A_MEANING) else None


def _long_cell(text: str, cell: Span, short: str, *, told: bool, glossary: bool) -> Span | None:
    """The words of a cell that `short` stands for. told: the header says that it is so."""
    ends = _ENDS.search(text, cell.start, cell.end)
    first = trimmed(text, cell.start, ends.start() if ends else cell.end)
    span = without_article(text, first)
    if _is_whole(text, span, short) and _is_certain(text, span, short):
        return span
    found = initials_after(text, span.start, span.end, short)
    if found and (text[found : found + 1] == "," or (told and len(_words(text, span)) > _MOST_WORDS_OF_A_CELL)):
        return Span(span.start, found)
    if told or (glossary and span == first):  # "TAC | the most fish that may be caught" says what it is, not its name
        return span if _is_meaning(text, span, _MOST_WORDS_OF_A_CELL if told else _MOST_WORDS_OF_A_MEANING) else None
    return None


def _is_whole(text: str, span: Span, short: str) -> bool:
    """Whether all of `span` is what `short` stands for: two words or more, and no sentence."""
    long = text[span.start : span.end]
    if not 2 <= len(re.findall(r"[^\W_]+", long)) <= most_words(short) or short in long.split():
        return False
    return initials_before(text, span.start, span.end, short) == span.start or spells_out(long, short)


def _is_certain(text: str, span: Span, short: str) -> bool:
    """Two letters fit by chance ("PS: Please see the annex"), so that the words must be a name's."""
    return sum(char.isalnum() for char in short) > 2 or capitalised(text[span.start : span.end])


def _is_meaning(text: str, span: Span, most: int) -> bool:
    words = _words(text, span)
    return 1 <= len(words) <= most and any(char.isalpha() for char in "".join(words))


def _words(text: str, span: Span) -> list[str]:
    return text[span.start : span.end].split()


def _cells(text: str, row: Span) -> list[Span]:
    return [trimmed(text, cell.start, cell.end) for cell in cell_spans(text, row)]


def _named_pairs(heads: Sequence[str]) -> list[tuple[int, int]]:
    """The columns of short and of long forms: with each short one those after it up to the next, or those before."""
    kinds = [_kind(head) for head in heads]
    shorts = [at for at, kind in enumerate(kinds) if kind == "short"]
    pairs = []
    for short, following in zip(shorts, [*shorts[1:], len(heads)], strict=False):
        longs = [at for at in range(short + 1, following) if kinds[at] == "long"]
        longs = longs or [at for at in range(short) if kinds[at] == "long"][-1:]
        pairs += [(short, long) for long in longs]
    return pairs


def _kind(head: str) -> str:
    if len(head.split()) > _MOST_WORDS_OF_A_HEAD:
        return ""
    if _LONG_HEAD.search(head):
        return "long"
    if _SHORT_HEAD.search(head):
        return "short"
    return "long" if _NAME_HEAD.search(head) else ""

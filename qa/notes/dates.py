"""Which of the dates that a note holds is its own: the day on which it was made, not one that it tells of."""

from __future__ import annotations

import re

from qa.figures import find_dates

_HEAD = 600
_BEFORE = 120
_DATE_LINE = 150
_OTHER_WORDS = 2
# What a sentence says around the date of the note itself, and not around the dates that it tells of.
_MADE = re.compile(
    r"\b(?:prepared|dated|written|issued|updated|revised|modified|drafted|current to"
    r"|briefing (?:for|of)|(?:brief|note) (?:of|for)"
    r"|préparée?|rédigée?|datée?|mise? à jour|révisée?|modifiée?|(?:breffage|note) d[ue])\b",
    re.IGNORECASE,
)
_OPENS = re.compile(r"[\W_]*(?:(?:this|la présente|cette) \w+ (?:was|is|a été|est) |as of |en date d)?", re.IGNORECASE)
# A date that a note looks ahead to is not its own: "Next review | 27 September 2024".
_AHEAD = re.compile(r"\b(?:next|due|deadline|expir\w+|until|prochaine?|échéance|expiration|d'ici)\b", re.IGNORECASE)
_NOTE = r"(?:notes?|brief(?:ing)?s?|memos?|memorand(?:um|a)|versions?|papers?|documents?|editions?|fiches?|breffages?)"
# Nor is that of another note: one that it replaces, or one that it points to ("the note of 3 March 2023").
_ANOTHER = re.compile(
    r"\b(?:replac\w+|supersed\w+|cancels?|cancel+ing|rescind\w*|withdraw\w*|remplac\w+|annul\w+|abrog\w+"
    r"|(?:updates?|updating|updated version of|update (?:of|to)|mise à jour de) (?:the|la|our|an?) "
    r"|(?:previous|earlier|prior|former|preceding|original) (?:\w+ )?" + _NOTE + r"|"
    + _NOTE + r" (?:précédente?|antérieure?|initiale?)"
    r"|see(?: also)?|refers? to|voir|(?:the|an?|our|la|une|notre) (?!présente)(?:\w+ ){0,2}?" + _NOTE
    + r" (?:of|from|dated|d[ue]|datée?))\b",
    re.IGNORECASE,
)  # fmt: skip
_OVERTAKEN = re.compile(
    r"\W*(?:which |that |qui )?(?:is|was|has been|est|a été) (?:\w+ )?(?:replaced|superseded|withdrawn|cancelled"
    r"|remplacée?|annulée?|abrogée?)\b",
    re.IGNORECASE,
)
_OF_THIS_NOTE = re.compile(
    r"\b(?:day|date|time) of (?:this|the present) (?:note|brief\w*|paper|memo\w*|document|report)\b"
    r"|\bdate de (?:cette|la présente) note\b",
    re.IGNORECASE,
)


def own_dates(block: str, *, metadata: bool) -> list[str]:
    """The dates in a block that tell when its note was made, as written: "prepared ... 2 May 2024", a date and little
    else, and where it is metadata any that is not of another note and lies not ahead."""
    words = block[:_HEAD]
    found, after_last = [], 0
    for span, _ in find_dates(words):
        before = words[max(after_last, span.start - _BEFORE) : span.start]
        sentence = re.split(r"[.!?]\s", before)[-1]
        clause = re.split(r";\s", sentence)[-1]
        after = re.split(r"[.!?](?:\s|\Z)", words[span.end :])[0]
        after_last = span.end
        told = (metadata or _is_short(words[: span.start] + words[span.end :])) and not _AHEAD.search(words)
        if _OF_THIS_NOTE.search(after):
            found.append(words[span.start : span.end])
        elif _ANOTHER.search(clause) or _OVERTAKEN.match(after):
            continue
        elif (told and not _ANOTHER.search(words[: span.start])) or _MADE.search(sentence):
            found.append(words[span.start : span.end])
    return found


def is_date_line(line: str, *, opens: bool) -> bool:
    """Whether a line says no more than when its note was made: "Friday, 3 May 2024", "Updated 3 May 2024".

    opens: it opens the note, where a date beside other words is a part of the title.
    """
    if len(line) > _DATE_LINE or not own_dates(line, metadata=False):
        return False
    dates = find_dates(line)
    rest = line[: dates[0][0].start] + line[dates[0][0].end :]
    if opens:
        return not re.search(r"\w", rest)
    return (_is_short(rest) and not _AHEAD.search(rest)) or bool(_MADE.match(line, _opening(line)))


def _opening(line: str) -> int:
    match = _OPENS.match(line)
    return match.end() if match else 0


def _is_short(rest: str) -> bool:
    return len(re.findall(r"\w+", rest)) <= _OTHER_WORDS

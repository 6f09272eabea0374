"""The time of the notes that a question itself asks for: "as of May 2021", "in the 2019 note", "originally".

A year alone is more often part of what is asked ("the 2026 fees", "by 2030"), and says nothing of when the note was
written. What is found here chooses between the editions of a note and leaves none out.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from qa.figures import find_periods
from qa.terms import fold

Period = tuple[date | None, date | None]

_NOTE = r"(?:notes?|briefs?|briefings?|memos?|versions?|editions?|papers?|documents?|cards?|fiches?|breffages?)"
# What stands before a time; all is folded.
_UP_TO = re.compile(r"\b(?:before|prior to|until|avant|jusqu['’]?en|jusqu['’]?au)\s+\Z")
_AT = re.compile(
    r"\b(?:as (?:of|at)(?: the end of)?|(?:back )?in|during|on|at the end of|around|circa"
    r"|en(?: date du)?|au(?: mois de| cours de)?|a l['’]|a la fin de|durant|pendant|le|vers)\s*\Z"
)
_AS_OF = re.compile(r"\bas (?:of|at)\b[^,;]*\Z")
_IN_THE = re.compile(r"\b(?:in|during|back in) the\s+\Z")
_NOTE_OF = re.compile(rf"\b{_NOTE} (?:of|from|dated|de|d['’]|du|en date du)(?: the)?\s*\Z")
# ... and after it.
_OF_NOTE = re.compile(rf"\s+(?:\w+\s+){{0,3}}{_NOTE}\b")
_OF_MONEY = re.compile(r"\s+(?:dollars?|prices?|terms|money|constants?)\b")

_VALUE = (
    r"(?:amounts?|budgets?|costs?|ceilings?|dates?|deadlines?|envelopes?|estimates?|fees?|figures?|floors?|heads?|leads?"
    r"|limits?|locations?|minimum|maximum|names?|numbers?|plans?|prices?|rates?|rules?|shares?|standards?|targets?"
    r"|thresholds?|timelines?|totals?|values?|montants?|couts?|echeances?|plafonds?|seuils?|prix|nombres?|normes?"
    rf"|cibles?|parts?|taux|regles?|noms?|{_NOTE})"
)
_ORIGINAL = re.compile(
    rf"\b(?:originally|initially|at first|at the outset|(?:original|initial) (?:\w+ ){{0,2}}{_VALUE}"
    rf"|a l['’]origine|initialement|{_VALUE} (?:initial|d['’]origine)e?s?)\b"
)
_FORMER = re.compile(
    r"\b(?:previously|formerly|in the past|used to|back then|at that time"
    r"|before (?:the|this|that|these|those|any) (?:\w+ )?(?:changes?|updates?|review|revisions?|increase|cut)"
    rf"|(?:old(?:er)?|previous|former|earlier|prior) (?:\w+ ){{0,2}}{_VALUE}"
    r"|auparavant|precedemment|anciennement|autrefois|a l['’]epoque"
    r"|avant (?:le|la|les|ce|cette|ces) (?:changements?|modifications?|revision|mise a jour|hausse|baisse)"
    rf"|(?:ancien(?:ne)?s?|precedent(?:e)?s?) {_VALUE}"
    rf"|{_VALUE} (?:precedent|anterieur)e?s?)\b"
    r"|\b(?:before|avant)\s*\?*\s*\Z"
)
# What stands before a year in which something was done, rather than told.
_HAPPENED = re.compile(r"(?<!back )\b(?:in|during|en|durant|pendant)\s+\Z")
_THE = re.compile(r"\b(?:the|this|that|la|le|cette)\s+\Z")


def period_of(question: str) -> Period | None:
    """The first and last day of the time that a question asks to be told of; None where it names none.

    Of "before 2022" the first day is None, of "as of May 2021" too: what was told earlier still held then.
    """
    for span, first, last in find_periods(question):
        before, after = fold(question[: span.start]), fold(question[span.end :])
        if _UP_TO.search(before):
            return None, first - timedelta(days=1)
        if _OF_MONEY.match(after):
            continue
        of_note = _NOTE_OF.search(before) or (_OF_NOTE.match(after) and _THE.search(before))
        is_name = question[span.start : span.end][:1].isalpha()
        if of_note or _AT.search(before) or (is_name and _IN_THE.search(before)):
            return None if _AS_OF.search(before) else first, last
    return None


def year_of(question: str) -> str:
    """The year alone of which a question asks a fact: "How much was paid in 2022?"; "" where it asks for none.

    A later note may tell it as well, and better: the note of that year may only have a plan.
    """
    for span, *_ in find_periods(question):
        named = question[span.start : span.end]
        after = question[span.end :]
        if (
            re.fullmatch(r"\d{4}", named)
            and _HAPPENED.search(fold(question[: span.start]))
            and not _OF_MONEY.match(after)
        ):
            return named
    return ""


def asks_for_former(question: str) -> bool:
    """Whether a question asks how things stood before they changed, without naming a time."""
    return bool(_FORMER.search(fold(question))) or asks_for_original(question)


def asks_for_original(question: str) -> bool:
    """Whether a question asks how things stood at first, before all changes."""
    return bool(_ORIGINAL.search(fold(question)))

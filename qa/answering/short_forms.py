"""Which words of a question are short forms there: read as such, told of, looked up."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.acronyms import short_forms_in, short_key, short_keys, written_short
from qa.answering.expanding import asked_to_expand, said_in_full
from qa.schema import Hit, Query
from qa.terms import fold

# How a question says that what it asks about is a short form, whatever its capitals.
_OF_A_SHORT_FORM = re.compile(
    r"\b(?:stands? for|short for|acronym|abbreviation|initialism|short form|sigle|acronyme|abreviation)\b"
)


def typed(query: Query, hits: Sequence[Hit]) -> frozenset[str]:
    """The keys of the short forms that the binder knows and that are typed as such.

    In lower case ("which act sets the fee") one is, unless what was found has the word with other capitals than a short
    form's ("the Fisheries Act"): then it may as well be the word. Asked what it stands for, it is no word.
    """
    question, known = query.question, {short_key(acronym.short) for acronym in query.acronyms}
    found = known & short_keys(question)
    words = _as_words(found - written_short(question), hits)
    return frozenset(found - words) | asked_to_expand(question, found)


def undefined(query: Query, hits: Sequence[Hit]) -> bool:
    """Whether the question asks only what a short form stands for, and no note that it is put to says so."""
    question = query.question
    asked = asked_to_expand(question, short_keys(question))
    if not asked or asked & {short_key(acronym.short) for acronym in query.definitions}:
        return False
    written = asked & written_short(question)
    if not written and _OF_A_SHORT_FORM.search(fold(question)):
        written = asked - _as_words(asked, hits)
    return bool(written) and not any(said_in_full(one.text, written) for hit in hits for one in hit.sentences)


def _as_words(keys: frozenset[str] | set[str], hits: Sequence[Hit]) -> frozenset[str]:
    """Those of `keys` that stand in what was found with other capitals than a short form's."""
    places = [f"{hit.title}\n{hit.section}\n{hit.text}" for hit in hits] if keys else []
    return frozenset(
        key
        for place in places
        for start, end, key in short_forms_in(place, keys)
        if not written_short(place[start:end]) and not place[start:end].isupper()
    )

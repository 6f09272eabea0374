"""What to know beside an answer: that it may be off the mark, and how its short forms were read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from qa.acronyms import short_key
from qa.answering.abstention import threshold
from qa.answering.citations import Citer
from qa.answering.words import say
from qa.schema import Acronym, NoteContent, Notice, Query, Span
from qa.terms import fold, words

# This far above the threshold an answer is given with a doubt.
DOUBT = 0.15


def notices(query: Query, chance: float | None, blocks: Callable[[str], NoteContent], citer: Citer) -> Iterator[Notice]:
    """The notices of an answer that was given. blocks: a note's path to its text and blocks."""
    if chance is not None and chance < threshold() + DOUBT:
        yield Notice("near", say("near", query.asked_in))
    yield from _acronyms(query, blocks, citer)


def _acronyms(query: Query, blocks: Callable[[str], NoteContent], citer: Citer) -> Iterator[Notice]:
    asked = {fold(word) for word in words(query.question)}
    readings: dict[str, list[Acronym]] = {}
    for acronym in query.acronyms:
        if short_key(acronym.short) in asked:
            readings.setdefault(short_key(acronym.short), []).append(acronym)
    for found in readings.values():
        cited = tuple(citer.cite(blocks(one.note), Span(one.start, one.end)) for one in found)
        short, longs = found[0].short, [one.long for one in found]
        if len(found) == 1:
            yield Notice("acronym", say("acronym", query.asked_in, short=short, long=longs[0]), cited)
        else:
            yield Notice("acronym", say("acronym_two", query.asked_in, short=short, longs="; ".join(longs)), cited)

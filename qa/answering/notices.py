"""What to know beside an answer: that it may be off the mark, that a list goes on, and how short forms were read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from qa.acronyms import meanings, same_meaning, short_key
from qa.answering.abstention import Manner
from qa.answering.citations import Citer
from qa.answering.expanding import asked_what_is
from qa.answering.features import unmatched
from qa.answering.lists import left_out
from qa.answering.short_forms import typed
from qa.answering.words import say
from qa.retrieval.searched import Searched, words_of
from qa.schema import Acronym, Citation, Hit, NoteContent, Notice, Query, Span, Statement
from qa.terms import stems


def notices(
    query: Query,
    hits: Sequence[Hit],
    statements: Sequence[Statement],
    manner: Manner,
    put_to: Searched,
    blocks: Callable[[str], NoteContent],
    citer: Citer,
) -> Iterator[Notice]:
    """The notices of an answer that was given. blocks: a note's path to its text and blocks."""
    if manner is Manner.NEAR:
        yield Notice("near", _near(query, statements, put_to))
    yield from _left_out(query, statements, blocks)
    yield from _acronyms(query, typed(query, hits), statements, blocks, citer)


def _near(query: Query, statements: Sequence[Statement], put_to: Searched) -> str:
    """That what is quoted may not be the answer, and the words of the question that nothing in it matches."""
    language = query.asked_in
    quotes = [citation for statement in statements for citation in statement.citations]
    places = "\n".join(f"{quote.title}\n{quote.section}\n{quote.quote}" for quote in quotes)
    missing = words_of(query, unmatched(put_to.terms, frozenset(stems(places, language))))
    said = say("near", language)
    return f"{said} {say('unmatched', language, words=', '.join(missing))}" if missing else said


def _left_out(query: Query, statements: Sequence[Statement], blocks: Callable[[str], NoteContent]) -> Iterator[Notice]:
    """How many items of a list each statement leaves out, and where they stand."""
    for statement in statements:
        quotes = statement.citations
        count = left_out(blocks(quotes[-1].note), [Span(quote.start, quote.end) for quote in quotes])
        if count:
            place = ": ".join(filter(None, (quotes[-1].title, quotes[-1].section)))
            told = say("left_out", query.asked_in, count=f"{count:,}", place=f"{place} ({quotes[-1].note})")
            yield Notice("left_out", told)


def _acronyms(
    query: Query,
    shorts: Collection[str],
    statements: Sequence[Statement],
    blocks: Callable[[str], NoteContent],
    citer: Citer,
) -> Iterator[Notice]:
    """How each of the `shorts` that were typed was read: as the notes cited define it, else as the binder does."""
    quotes = [citation for statement in statements for citation in statement.citations]
    looked_up = asked_what_is(query.question, shorts)
    for short in dict.fromkeys(short_key(reading.short) for reading in query.acronyms):
        every = [one for one in query.definitions if short_key(one.short) == short]
        if short not in shorts or (short in looked_up and _is_told(every, quotes)):
            continue
        readings = [one for one in query.acronyms if short_key(one.short) == short]
        meant = [one for one in every if any(same_meaning(one.long, reading.long) for reading in readings)]
        in_cited = [one for quote in quotes for one in meant if one.note == quote.note]
        yield _read_as(meanings(in_cited or readings), meanings(every), query.asked_in, blocks, citer)


def _is_told(definitions: Sequence[Acronym], quotes: Sequence[Citation]) -> bool:
    """Whether the quotes themselves say each of the meanings."""
    return all(
        any(
            one.note == quote.note and quote.start <= one.start and one.end <= quote.end
            for one in meaning
            for quote in quotes
        )
        for meaning in meanings(definitions)
    )


def _read_as(
    read: Sequence[Sequence[Acronym]],
    known: Sequence[Sequence[Acronym]],
    language: str,
    blocks: Callable[[str], NoteContent],
    citer: Citer,
) -> Notice:
    """The notice of one short form. read: the meanings that it was read in; known: all that the binder gives it."""
    first = [meaning[0] for meaning in read]
    cited = tuple(citer.cite(blocks(one.note), Span(one.start, one.end)) for one in first)
    short, longs = first[0].short, [one.long for one in first]
    others = [meaning[0].long for meaning in known if not same_meaning(meaning[0].long, longs[0])]
    if len(first) > 1:
        text = say("acronym_two", language, short=short, longs="; ".join(longs))
    elif others:
        text = say("acronym_here", language, short=short, long=longs[0], others="; ".join(others))
    else:
        text = say("acronym", language, short=short, long=longs[0])
    return Notice("acronym", text, cited)

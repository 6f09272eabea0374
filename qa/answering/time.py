"""The time of an answer: which of several notes it is taken from, whether that one was overtaken, and how old it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from qa.answering.changes import OF_EDITIONS, OF_OTHERS, Change, Saying, changed_figures, changed_names
from qa.answering.choices import Choice
from qa.answering.citations import Citer, block_at
from qa.answering.kinds import Kind, asked_kind
from qa.answering.words import day_in_words, say
from qa.editions import Editions
from qa.figures import Measure, may_hold_figures
from qa.retrieval.filters import latest
from qa.schema import BlockKind, Citation, Hit, NoteContent, Notice, Query, Span, Statement
from qa.terms import stems

# Sentences of two notes are of one matter when they share this part of their stems and of their score.
SAME_MATTER, SAME_SCORE = 0.5, 0.9
# Of a statement, the sentences that come this near to its best one are what was asked for.
ASKED_FOR = 0.9
# Changes that are told beside one answer, and notes of one chain that are looked through for them, the newest first.
MOST_CHANGES, MOST_EDITIONS = 3, 4
# What is compared, by what is asked for; of a law or a definition nothing is.
_COUNTED = (Measure.MONEY, Measure.SHARE, Measure.NUMBER)
_COMPARED = {
    Kind.QUANTITY: _COUNTED,
    Kind.MONEY: _COUNTED,
    Kind.WHEN: (Measure.TIME,),
    Kind.LIST: (*_COUNTED, Measure.TIME),
    Kind.WHAT: (*_COUNTED, Measure.TIME),
    Kind.PERMISSION: (*_COUNTED, Measure.TIME),
    Kind.OTHER: (*_COUNTED, Measure.TIME),
}


@dataclass(frozen=True, slots=True)
class Times:
    """What is known of time beside an answer. old_after: days before `today` from which on a source is old.

    said: the sentences of a note, of its path; and whether only those that may hold a figure.
    """

    editions: Editions
    today: date
    old_after: int
    said: Callable[[str, bool], Sequence[Saying]]


def in_time(query: Query, choice: Choice, choices: Sequence[Choice]) -> Choice:
    """The choice, or what a note of the time that is asked for says of the same matter nearly as well: the newest."""
    rivals = [choice]
    for rival in choices:
        if rival.score >= SAME_SCORE * choice.score and _goes_before(query, rival, choice) and _same(rival, choice):
            rivals.append(rival)
    return max(rivals, key=lambda rival: (rival.hit.date or date.min, rival.score))


def with_successors(query: Query, statements: Sequence[Statement], editions: Editions) -> tuple[Statement, ...]:
    """The statements with the newest note that overtakes each cited one."""
    return tuple(
        replace(said, citations=tuple(_succeeded(query, citation, editions) for citation in said.citations))
        for said in statements
    )


def time_notices(
    query: Query,
    hits: Sequence[Hit],
    statements: Sequence[Statement],
    blocks: Callable[[str], NoteContent],
    citer: Citer,
    times: Times,
) -> Iterator[Notice]:
    """That a source was overtaken, that another note gives another value, and that the newest source is old.

    blocks: a note's path to its text and blocks.
    """
    quotes = [citation for statement in statements for citation in statement.citations]
    changes = _changes(query, hits, quotes, blocks, times)
    for note in dict.fromkeys(quote.note for quote in quotes if quote.superseded_by):
        own = [change for change in changes if change.my_saying.content.note.note == note]
        yield from _superseded(query, blocks(note), own, blocks, citer, times.editions)
    overtaken = {quote.note for quote in quotes if quote.superseded_by}
    for change in changes:
        if change.my_saying.content.note.note not in overtaken:
            yield _conflict(query, change, citer, times.editions)
    yield from _age(query, quotes, times)


def is_behind(query: Query, choice: Choice) -> bool:
    """Whether another edition is asked for than the one of a choice; not where it tells of the year that is asked for:
    "In 2022, $4 million was paid" of a later note."""
    if query.year and query.year in stems(choice.sentence.text, choice.content.note.language):
        return False
    return choice.hit.note in query.behind


def _goes_before(query: Query, rival: Choice, choice: Choice) -> bool:
    if is_behind(query, choice) != is_behind(query, rival):
        return is_behind(query, choice)
    if rival.sentence.coverage < choice.sentence.coverage:
        return False  # it lacks a word that was asked for, and so may speak of another quarter or another town
    day, newer = choice.hit.date, rival.hit.date
    return bool(day and newer and newer > day)


def _same(one: Choice, other: Choice) -> bool:
    own, theirs = (set(stems(of.sentence.text, of.content.note.language)) for of in (one, other))
    return len(own & theirs) >= SAME_MATTER * min(len(own), len(theirs)) > 0


def _succeeded(query: Query, citation: Citation, editions: Editions) -> Citation:
    return replace(citation, superseded_by=editions.overtaken_by(citation.note, latest(query)))


def _changes(
    query: Query,
    hits: Sequence[Hit],
    quotes: Sequence[Citation],
    blocks: Callable[[str], NoteContent],
    times: Times,
) -> list[Change]:
    """What other notes say otherwise of what was asked for, each value once, editions of the cited note first."""
    kind, found = asked_kind(query), dict[tuple[str, str], Change]()
    measures = _COMPARED.get(kind, ())
    in_hits = cache(lambda: _of_hits(hits, blocks))
    for mine in _asked_for(hits, quotes, blocks) if measures or kind is Kind.WHO else ():
        if kind is not Kind.WHO and not any(figure.measure in measures for figure in mine.wording.figures):
            continue  # before the other notes are read
        note = mine.content.note.note
        for other in _of_chain(query, note, times.editions, blocks):
            if kind is Kind.WHO:
                changes = changed_names(mine, times.said(other, False))
            else:
                changes = changed_figures(mine, times.said(other, True), OF_EDITIONS, measures)
            for change in changes:
                found.setdefault((note, change.mine), change)
        for other, said in in_hits().items() if measures else ():
            if _is_apart(note, other, times.editions):
                for change in changed_figures(mine, said, OF_OTHERS, measures):
                    found.setdefault((note, change.mine), change)
    return list(found.values())[:MOST_CHANGES]


def _asked_for(
    hits: Sequence[Hit], quotes: Sequence[Citation], blocks: Callable[[str], NoteContent]
) -> Iterator[Saying]:
    """The sentences cited that fit the question best; no headings and no rows, whose words say too little."""
    cited = {
        (hit.note, sentence.start, sentence.end): sentence.score
        for quote in quotes
        for hit in hits
        if hit.note == quote.note
        for sentence in hit.sentences
        if quote.start <= sentence.start and sentence.end <= quote.end
    }
    best = max(cited.values(), default=0.0)
    for (note, start, end), score in cited.items():
        content = blocks(note)
        if score >= ASKED_FOR * best and block_at(content, start).kind not in (BlockKind.ROW, BlockKind.HEADING):
            yield Saying(content, Span(start, end))


def _of_chain(query: Query, note: str, editions: Editions, blocks: Callable[[str], NoteContent]) -> Iterator[str]:
    """The other editions of a note in its language, the newest first, without those that the filters leave out."""
    last, own = latest(query), blocks(note).note
    others = [other for other in reversed(editions.chain(note)) if not editions.same_edition(note, other)]
    for other in others[:MOST_EDITIONS]:
        its = blocks(other).note
        if its.language == own.language and (last is None or (its.date is not None and its.date <= last)):
            yield other


def _is_apart(note: str, other: str, editions: Editions) -> bool:
    """Whether a note is no other edition of another, and not one of the same kind on another thing."""
    return other not in editions.chain(note) and not editions.parallel(note, other)


def _of_hits(hits: Sequence[Hit], blocks: Callable[[str], NoteContent]) -> dict[str, list[Saying]]:
    """The sentences of the hits that may hold a figure, by note; no rows."""
    found: dict[str, list[Saying]] = {}
    for hit in hits:
        content, said = blocks(hit.note), found.setdefault(hit.note, [])
        for one in hit.sentences:
            if may_hold_figures(one.text) and block_at(content, one.start).kind is not BlockKind.ROW:
                said.append(Saying(content, Span(one.start, one.end)))
    return found


def _superseded(
    query: Query,
    content: NoteContent,
    changes: Sequence[Change],
    blocks: Callable[[str], NoteContent],
    citer: Citer,
    editions: Editions,
) -> Iterator[Notice]:
    """That a cited note was overtaken, and what the newer note says instead where that can be told."""
    newer = editions.overtaken_by(content.note.note, latest(query))
    if newer is None:
        return
    named = {"old": _named(content), "new": _named(blocks(newer))}
    told = [change for change in changes if editions.same_edition(change.their_saying.content.note.note, newer)]
    if not told:
        yield Notice("superseded", say("superseded", query.asked_in, **named))
    for change in told:
        text = say("superseded_value", query.asked_in, **named, was=change.mine, now=change.theirs)
        yield Notice("superseded", text, (_cited(query, change.their_saying, citer, editions),))


def _conflict(query: Query, change: Change, citer: Citer, editions: Editions) -> Notice:
    mine, theirs = change.my_saying.content, change.their_saying.content
    is_older = bool(mine.note.date and theirs.note.date and theirs.note.date < mine.note.date)
    text = say(
        "conflict_older" if is_older else "conflict",
        query.asked_in,
        theirs=change.theirs,
        other=_named(theirs),
        mine=change.mine,
        this=_named(mine),
    )
    return Notice("conflict", text, (_cited(query, change.their_saying, citer, editions),))


def _cited(query: Query, saying: Saying, citer: Citer, editions: Editions) -> Citation:
    return _succeeded(query, citer.cite(saying.content, saying.span), editions)


def _named(content: NoteContent) -> str:
    day = content.note.date
    return f"{content.note.title}, {day.isoformat()}" if day else content.note.title


def _age(query: Query, quotes: Sequence[Citation], times: Times) -> Iterator[Notice]:
    """How old the newest source is, where it is old on the day that is asked for: today, or what a filter says."""
    newest = max((quote.date for quote in quotes if quote.date), default=None)
    asked = min(times.today, latest(query) or times.today)
    if newest and newest < asked - timedelta(days=times.old_after):
        yield Notice("age", say("age", query.asked_in, day=day_in_words(newest, query.asked_in)))

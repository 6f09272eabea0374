"""From hits to Answers without a chat model: quotes and notices, or an abstention."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from qa.answering import abstention, extractive, short_forms
from qa.answering import beside as beside_notes
from qa.answering.abstention import Judgement, Manner
from qa.answering.calibration import Calibration
from qa.answering.citations import Citer, all_citations, joined
from qa.answering.notices import notices
from qa.answering.time import Times, time_notices, with_successors
from qa.retrieval.searched import Searched
from qa.schema import Answer, Hit, NoteContent, Notice, Query, Statement


def answers(
    query: Query,
    hits: Sequence[Hit],
    blocks: Callable[[str], NoteContent],
    *,
    put_to: Searched,
    known: Calibration | None,
    times: Times,
    parts: Sequence[tuple[Query, Sequence[Hit]]] = (),
    beside: Sequence[Notice] = (),
    unread: Sequence[str] = (),
) -> list[Answer]:
    """The Answers to a query, each a longer prefix of the last; one where it abstains.

    blocks: a note's path to its text and blocks. put_to: what was searched. known: the calibration, where there is one.
    times: which note overtakes which, and what is old. parts: the questions that it is made of, where it is more than
    one, with the hits of each. beside: notices that hold whatever is answered. unread: files of the binder whose text
    is not known; an abstention says so, for they may tell.
    """
    blocks = cache(blocks)  # several hits are of one note, and each would read all its blocks
    judgement, told = _judged(query, hits, blocks, put_to, known, parts)
    told = with_successors(query, told, times.editions)
    answer = Answer(query.question, "", confidence=judgement.chance, notices=tuple(beside), hits=tuple(hits))
    if judgement.manner is Manner.ABSTAINED:
        text = abstention.nearest(query, hits, put_to)
        return [replace(answer, abstained=True, text=text, notices=(*beside, *beside_notes.unread(query, unread)))]
    prefixes = [told[:count] for count in range(1, len(told) + 1)]
    growing = [replace(answer, statements=said, citations=all_citations(said), text=joined(said)) for said in prefixes]
    citer = Citer(first=len(growing[-1].citations) + 1)
    said_beside = [*notices(query, hits, told, judgement.manner, put_to, blocks, citer)]
    said_beside += time_notices(query, hits, told, blocks, citer, times)
    return [*growing, replace(growing[-1], notices=(*beside, *said_beside))]


def _judged(
    query: Query,
    hits: Sequence[Hit],
    blocks: Callable[[str], NoteContent],
    put_to: Searched,
    known: Calibration | None,
    parts: Sequence[tuple[Query, Sequence[Hit]]],
) -> tuple[Judgement, tuple[Statement, ...]]:
    """How to answer, and the statements; none where it abstains."""
    judgement = abstention.judged(query, hits, put_to, known)
    if extractive.looks_up(query, hits):
        return abstention.looked_up(judgement, known), tuple(extractive.answer(query, hits, blocks))
    if short_forms.undefined(query, hits):
        judgement = abstention.refused(judgement, known)
    if judgement.manner is Manner.ABSTAINED:
        return judgement, ()
    told = tuple(extractive.answer(query, hits, blocks, parts))
    if not told or abstention.untold(query, told):
        return abstention.refused(judgement, known), ()
    return judgement, told

"""From hits to Answers without a chat model: quotes and notices, or an abstention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa.answering import abstention, extractive, short_forms
from qa.answering import beside as beside_notes
from qa.answering.abstention import Judgement, Manner
from qa.answering.citations import Citer, all_citations, joined
from qa.answering.found import Found
from qa.answering.notices import notices
from qa.answering.time import time_notices, with_successors
from qa.schema import Answer, Notice, Statement


def answers(found: Found) -> list[Answer]:
    """The Answers to what was asked, each a longer prefix of the last; one where it abstains."""
    judgement, told = judged(found)
    told = with_successors(found.query, told, found.times.editions)
    if judgement.manner is Manner.ABSTAINED:
        return [abstaining(found, judgement)]
    answer = replace(empty(found, judgement), notices=tuple(found.beside))
    prefixes = [told[:count] for count in range(1, len(told) + 1)]
    growing = [replace(answer, statements=said, citations=all_citations(said), text=joined(said)) for said in prefixes]
    citer = Citer(first=len(growing[-1].citations) + 1)
    return [*growing, replace(growing[-1], notices=beside(found, told, judgement.manner, citer))]


def judged(found: Found) -> tuple[Judgement, tuple[Statement, ...]]:
    """How to answer, and the statements; none where it abstains."""
    query, hits, known = found.query, found.hits, found.known
    judgement = abstention.judged(query, hits, found.put_to, known)
    if extractive.looks_up(query, hits):
        return abstention.looked_up(judgement, known), tuple(extractive.answer(query, hits, found.blocks))
    if short_forms.undefined(query, hits):
        judgement = abstention.refused(judgement, known)
    if judgement.manner is Manner.ABSTAINED:
        return judgement, ()
    told = tuple(extractive.answer(query, hits, found.blocks, found.parts))
    if not told or abstention.untold(query, told):
        return abstention.refused(judgement, known), ()
    return judgement, told


def empty(found: Found, judgement: Judgement) -> Answer:
    """The Answer before anything is said."""
    return Answer(found.query.question, "", confidence=judgement.chance, hits=tuple(found.hits))


def abstaining(found: Found, judgement: Judgement) -> Answer:
    """The Answer that the notes do not tell, and which come nearest."""
    said = beside_notes.unread(found.query, found.unread)
    text = abstention.nearest(found.query, found.hits, found.put_to)
    return replace(empty(found, judgement), abstained=True, text=text, notices=(*found.beside, *said))


def beside(found: Found, told: Sequence[Statement], manner: Manner, citer: Citer) -> tuple[Notice, ...]:
    """All notices of an answer that says `told`. citer: gives their citations markers after those of the answer."""
    query, hits = found.query, found.hits
    said = [*notices(query, hits, told, manner, found.put_to, found.blocks, citer)]
    said += time_notices(query, hits, told, found.blocks, citer, found.times)
    return (*found.beside, *said)

"""From hits to Answers without a chat model: quotes and notices, or an abstention."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from qa.answering import abstention, extractive, short_forms
from qa.answering import beside as beside_notes
from qa.answering.citations import Citer, all_citations, joined
from qa.answering.notices import DOUBT, notices
from qa.answering.time import Times, time_notices, with_successors
from qa.schema import Answer, Hit, NoteContent, Notice, Query, Statement


def answers(
    query: Query,
    hits: Sequence[Hit],
    blocks: Callable[[str], NoteContent],
    *,
    fingerprint: str,
    times: Times,
    parts: Sequence[tuple[Query, Sequence[Hit]]] = (),
    beside: Sequence[Notice] = (),
    unread: Sequence[str] = (),
) -> list[Answer]:
    """The Answers to a query, each a longer prefix of the last; one where it abstains.

    blocks: a note's path to its text and blocks. fingerprint: of the embedding model, whose calibration is used.
    times: which note overtakes which, and what is old. parts: the questions that it is made of, where it is more than
    one, with the hits of each. beside: notices that hold whatever is answered. unread: files of
    the binder whose text is not known; an abstention says so, for they may tell.
    """
    blocks = cache(blocks)  # several hits are of one note, and each would read all its blocks
    chance = abstention.confidence(query, hits, fingerprint)
    told: tuple[Statement, ...] = ()
    # What a short form stands for is looked up and not searched, so it does not hang on how near the hits are.
    looked_up = extractive.looks_up(query, hits)
    if looked_up and chance is not None:
        chance = max(chance, abstention.threshold() + DOUBT)
    undefined = not looked_up and short_forms.undefined(query, hits)
    if undefined:
        chance = abstention.at_most_doubtful(chance)
    abstained = undefined or (not looked_up and abstention.abstains(query, hits, chance))
    if not abstained:
        told = with_successors(query, tuple(extractive.answer(query, hits, blocks, parts)), times.editions)
        if not looked_up:
            abstained, chance = abstention.untold(query, told, chance)
    answer = Answer(query.question, "", confidence=chance, notices=tuple(beside), hits=tuple(hits))
    if abstained:
        text = abstention.nearest(hits, query.asked_in)
        return [replace(answer, abstained=True, text=text, notices=(*beside, *beside_notes.unread(query, unread)))]
    prefixes = [told[:count] for count in range(1, len(told) + 1)]
    growing = [replace(answer, statements=said, citations=all_citations(said), text=joined(said)) for said in prefixes]
    citer = Citer(first=len(growing[-1].citations) + 1)
    found = [*notices(query, hits, told, chance, blocks, citer)]
    found += time_notices(query, hits, told, blocks, citer, times)
    return [*growing, replace(growing[-1], notices=(*beside, *found))]

"""How well sentences fit a query: by their vectors and by their words, together with their passage.

A sentence's score is half its passage's and half its own, each half of vectors and half of words; its neighbours lend
it a little. A term counts once, at the best place where it
stands: the sentence itself, its lead-in, its headings, the note's title, or elsewhere in the passage.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qa.markup import plain
from qa.schema import Passage, Query, Sentence, Term
from qa.terms import stems

OWN, LEAD_IN, HEADING, TITLE, PASSAGE = 1.0, 0.75, 0.6, 0.5, 0.35
NEIGHBOURS = 0.2
_YOU = re.compile(r"\b(?:you|yours?|vous|votre|vos)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage to be scored: its note's title, text and language, and how the first stage found it.

    addressee: whom the note was prepared for, "" where it does not say. dense: cosine, -1..1. lexical: BM25 divided by
    the best candidate's, 0..1.
    """

    passage: Passage
    title: str
    text: str
    language: str
    addressee: str
    dense: float
    lexical: float


def rarity(terms: Sequence[Term], frequencies: Mapping[str, int], passages: int) -> list[float]:
    """The weight of each term: log(1 + passages / (1 + passages that hold it)), times its own weight.

    A term that stands in no passage, and has no other way to be said, weighs as much as the rarest one there is: a
    question about something that the notes never name must not look covered.
    """
    return [term.weight * math.log(1 + passages / (1 + _frequency(term, frequencies))) for term in terms]


def score_sentences(
    candidate: Candidate,
    vectors: NDArray[np.float32],
    query: Query,
    query_vector: NDArray[np.float32],
    weights: Sequence[float],
) -> tuple[Sentence, ...]:
    """The candidate's sentences with score, similarity and coverage. vectors: (sentences, d), L2-normalised."""
    similarities = vectors @ query_vector
    coverages = _coverages(candidate, query, weights)
    own = 0.5 * np.maximum(similarities, 0) + 0.5 * coverages
    smoothed = (1 - NEIGHBOURS) * own + NEIGHBOURS * _neighbours(own)
    around = 0.5 * max(candidate.dense, 0.0) + 0.5 * candidate.lexical
    scores = 0.5 * around + 0.5 * smoothed
    return tuple(
        replace(sentence, score=float(score), similarity=float(similarity), coverage=float(coverage))
        for sentence, score, similarity, coverage in zip(
            candidate.passage.sentences, scores, similarities, coverages, strict=True
        )
    )


def _frequency(term: Term, frequencies: Mapping[str, int]) -> int:
    own = frequencies.get(term.stem, 0)
    return max([own, *(min((frequencies.get(stem, 0) for stem in phrase), default=0) for phrase in term.phrases)])


def _neighbours(own: NDArray[np.float32]) -> NDArray[np.float32]:
    """For each sentence the mean of those before and after it; its own value where it stands alone."""
    if len(own) == 1:
        return own
    before, after = np.roll(own, 1), np.roll(own, -1)
    before[0], after[-1] = own[1], own[-2]
    return ((before + after) / 2).astype(np.float32)


def _coverages(candidate: Candidate, query: Query, weights: Sequence[float]) -> NDArray[np.float32]:
    passage, text, language = candidate.passage, candidate.text, candidate.language
    lead_ins = {span for sentence in passage.sentences for span in sentence.context}
    headings = [span for span in passage.context if span not in lead_ins]
    heading = set(
        stems(" ".join(plain(text[span.start : span.end]) for span in headings) + " " + passage.section, language)
    )
    title = set(stems(candidate.title, language))
    own = [_own_words(sentence, candidate) for sentence in passage.sentences]
    whole = set().union(*own) if own else set()
    rows = []
    for sentence, words in zip(passage.sentences, own, strict=True):
        lead_in = set(stems(" ".join(plain(text[span.start : span.end]) for span in sentence.context), language))
        places = ((words, OWN), (lead_in, LEAD_IN), (heading, HEADING), (title, TITLE), (whole, PASSAGE))
        rows.append(
            [max((value for place, value in places if _stands(term, place)), default=0.0) for term in query.terms]
        )
    total = sum(weights)
    if not total:
        return np.zeros(len(rows), dtype=np.float32)
    # Summed by element: a product of so small a table is no faster, and some builds of its library warn of invalid
    # values where there are none.
    table = np.array(rows, dtype=np.float32).reshape(len(rows), -1)
    weighed: NDArray[np.float32] = (table * np.array(weights, dtype=np.float32)).sum(axis=1) / np.float32(total)
    return weighed


def _own_words(sentence: Sentence, candidate: Candidate) -> set[str]:
    # "Your counterpart" in a note for the Minister is what is asked for as "the Minister's counterpart".
    addressed = candidate.addressee if _YOU.search(sentence.text) else ""
    return set(stems(f"{plain(sentence.text)} {addressed}", candidate.language))


def _stands(term: Term, place: set[str]) -> bool:
    return term.stem in place or any(all(stem in place for stem in phrase) for phrase in term.phrases)

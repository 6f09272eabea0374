"""How well sentences fit a query: by their vectors and by their words, together with what stands around them.

`Signals` is all that is known of one search's candidates, as arrays; `scores` adds it up by some weights.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.retrieval.weights import Weights
from qa.schema import Term

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of p passages with s sentences for a query of t terms. Sentences are in order, passage by passage.

    owner: (s,) the passage of each sentence, as its place in the order; note: (p,) a number for each passage's note.
    dense: (p,) and similarity: (s,) are cosines with the query, -1..1. bm25: (p,), over the most that the terms could
    give where none has another way to be said, 0..1. own, lead_in: (s, t), whether a term stands there; headings:
    (p, t). rarities: (t,), see `rarity`, times the terms' own weights.
    """

    owner: NDArray[np.intp]
    note: NDArray[np.intp]
    dense: Floats
    bm25: Floats
    similarity: Floats
    own: Flags
    lead_in: Flags
    headings: Flags
    rarities: Floats


def rarity(terms: Sequence[Term], frequencies: Mapping[str, int], passages: int) -> list[float]:
    """The weight of each term: log(1 + passages / (1 + passages that hold it)).

    That is inverse document frequency (Spärck Jones, 1972). A term that stands in no passage, and has no other way to
    be said, weighs a little more than the rarest that does: a question about something that the notes never name must
    not look covered.
    """
    return [math.log(1 + passages / (1 + _frequency(term, frequencies))) for term in terms]


def stand(terms: Sequence[Sequence[Term]], places: Sequence[Sequence[str]], count: int) -> Flags:
    """Whether each of the terms stands in each place, in one way or another: (all places, terms).

    terms: of each passage, as its note means them, `count` each time. places: the stems in each place of a passage, as
    one text with a blank before and after each stem.
    """
    rows, columns, row = list[int](), list[int](), 0
    known: dict[int, list[tuple[int, list[str]]]] = {}  # most notes mean the same by the terms
    for asked, texts in zip(terms, places, strict=True):
        if id(asked) not in known:
            known[id(asked)] = list(_ways(asked))
        whole = "".join(texts)
        for column, way in known[id(asked)]:
            if way[0] in whole and all(stem in whole for stem in way):
                found = [at for at, text in enumerate(texts, row) if all(stem in text for stem in way)]
                rows += found
                columns += [column] * len(found)
        row += len(texts)
    flags = np.zeros((row, count), dtype=np.bool_)
    flags[rows, columns] = True
    return flags


def _ways(terms: Sequence[Term]) -> Iterator[tuple[int, list[str]]]:
    """The ways to say each term, with its place among them: the stems that must all stand there, between blanks."""
    for column, term in enumerate(terms):
        for way in ((term.stem,), *term.phrases):
            if all(way):  # no text has the stem ""
                yield column, [f" {stem} " for stem in way]


def scores(signals: Signals, covered: Floats, weights: Weights) -> Floats:
    """The score of each sentence, (s,); higher is better, and comparable within one search only. covered: see
    `coverage`."""
    owner, dense = signals.owner, np.maximum(signals.dense, 0)
    similarity = np.maximum(signals.similarity, 0)
    best_of_note = np.zeros(signals.note.max(initial=-1) + 1, dtype=np.float32)
    np.maximum.at(best_of_note, signals.note, dense)
    of_passages = weights.passage * dense + weights.note * best_of_note[signals.note] + weights.bm25 * signals.bm25
    total: Floats = (
        of_passages[owner]
        + weights.sentence * similarity
        + weights.beside * _beside(similarity, owner)
        + weights.terms * covered
    )
    return total


def coverage(signals: Signals, weights: Weights) -> Floats:
    """The share of the query's terms that stands in or around each sentence, (s,), 0..1.

    Terms count by the square of their rarity, as in the product of two texts that are each weighed by it.
    """
    squares = signals.rarities**2
    if not squares.sum():
        return np.zeros(len(signals.owner), dtype=np.float32)
    owner, own = signals.owner, signals.own
    in_passage = np.zeros_like(signals.headings)
    np.logical_or.at(in_passage, owner, own)
    places = np.maximum.reduce(
        [
            own.astype(np.float32),
            np.float32(weights.in_lead_in) * signals.lead_in,
            np.float32(weights.in_neighbour) * _in_neighbours(own, owner),
            np.float32(weights.in_headings) * signals.headings[owner],
            np.float32(weights.in_passage) * in_passage[owner],
        ]
    )
    # Summed by element: a product of so small a table is no faster, and some builds of its library warn of invalid
    # values where there are none.
    share: Floats = (places * squares).sum(axis=1) / squares.sum()
    return share


def _frequency(term: Term, frequencies: Mapping[str, int]) -> int:
    own = frequencies.get(term.stem, 0)
    return max([own, *(min((frequencies.get(stem, 0) for stem in phrase), default=0) for phrase in term.phrases)])


def _beside(values: Floats, owner: NDArray[np.intp]) -> Floats:
    """For each sentence the mean of those before and after it in its passage; its own value where it stands alone."""
    together = (owner[1:] == owner[:-1]).astype(np.float32)
    total, count = np.zeros_like(values), np.zeros_like(values)
    total[1:] += values[:-1] * together
    total[:-1] += values[1:] * together
    count[1:] += together
    count[:-1] += together
    return np.where(count > 0, total / np.maximum(count, 1), values)


def _in_neighbours(own: Flags, owner: NDArray[np.intp]) -> Flags:
    together = (owner[1:] == owner[:-1])[:, None]
    found = np.zeros_like(own)
    found[1:] |= own[:-1] & together
    found[:-1] |= own[1:] & together
    return found

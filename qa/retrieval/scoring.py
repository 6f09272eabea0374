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
    every = [text for texts in places for text in texts]
    numbers = {text: number for number, text in enumerate(dict.fromkeys(every))}  # many places hang on one lead-in
    texts = _Texts(list(numbers))
    of_text = np.fromiter(map(numbers.__getitem__, every), np.intp, len(every))
    # Most notes mean the same by the terms.
    meant = {id(asked): asked for asked in terms}
    meaning = np.repeat([id(asked) for asked in terms], [len(texts) for texts in places])
    flags = np.zeros((len(every), count), dtype=np.bool_)
    for key, asked in meant.items():
        rows = np.flatnonzero(meaning == key)
        for column, term in enumerate(asked):
            flags[rows, column] = texts.say(term)[of_text[rows]]
    return flags


class _Texts:
    """Some texts of stems between blanks, in which terms are looked for all at once."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._whole = "".join(texts)
        self._ends = np.cumsum([len(text) for text in texts], dtype=np.intp)
        self._held: dict[str, Flags] = {}

    def say(self, term: Term) -> Flags:
        """Which of the texts say a term, in one way or another."""
        said = self._hold(term.stem).copy()
        for way in term.phrases:
            said |= np.logical_and.reduce([self._hold(stem) for stem in way])
        return said

    def _hold(self, stem: str) -> Flags:
        if stem not in self._held:
            held = np.zeros(len(self._ends), dtype=np.bool_)
            held[np.searchsorted(self._ends, list(self._found(stem)), side="right")] = bool(stem)  # no text has ""
            self._held[stem] = held
        return self._held[stem]

    def _found(self, stem: str) -> Iterator[int]:
        """Where a stem stands in the texts."""
        sought, at = f" {stem} ", -1
        while (at := self._whole.find(sought, at + 1)) >= 0:
            yield at


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

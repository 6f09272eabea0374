"""How much each sign of a fit weighs in a sentence's score. One set of weights for all binders.

They were chosen on four sets at once by `python -m evals.benchmarks.tune`, and then moved by hand on the same four
where that was a little better; the script also prints what a choice without each set gives on it. `bm25_in_headings`
was set by hand.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """What is added up to a sentence's score, and how much a term of the query counts by where it stands.

    The signs add up to 1. Of vectors, as cosines: `passage` is of the sentence's passage, `note` of the best passage of
    its note, `sentence` its own, `beside` the mean of the sentences before and after it.
    Of words: `bm25` of the passage, over the most that the query's terms could give it; `terms` is the share of the
    query's terms, by rarity, that stand in or around the sentence.

    `bm25_in_headings` is what a word counts for BM25 in the headings, the lead-ins and the title, beside 1 in the text.
    A term counts 1 where it stands in the sentence itself; `in_lead_in`, `in_neighbour`, `in_headings` (the note's
    title is one) and `in_passage` are what it counts there, and the best of them is taken.

    `behind` is what a sentence loses of which another edition of its note, of the time that is asked for, says as much
    (see editions.py). It is no sign of a fit and was set by hand.
    """

    passage: float = 0.21
    note: float = 0.13
    sentence: float = 0.23
    beside: float = 0.04
    bm25: float = 0.15
    terms: float = 0.24
    bm25_in_headings: float = 0.5
    in_lead_in: float = 0.75
    in_neighbour: float = 0.75
    in_headings: float = 0.9
    in_passage: float = 0.55
    behind: float = 0.12

    @property
    def columns(self) -> tuple[float, float, float]:
        """What a word counts for BM25 in a passage's own words, its context and its note's title."""
        return (1.0, self.bm25_in_headings, self.bm25_in_headings)


WEIGHTS = Weights()

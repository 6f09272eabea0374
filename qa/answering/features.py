"""What is known of a question and of what was found for it, as a few named figures.

The chance that the notes hold the answer is a logistic regression over these (see calibration.py). None of them looks
at the words of an answer, and none was learned from how questions are put: docs/abstention.md says what each adds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from qa.answering.kinds import asked_kind, holds
from qa.retrieval.searched import Searched, words_of
from qa.schema import Hit, Query, Sentence, Term
from qa.terms import stems

# A few words that the notes lack only show that somebody asks in words of their own. Were more of them counted, a long
# question on another subject would get a higher chance with each word.
MOST_ABSENT, MOST_MISSED = 3.0, 5.0


@dataclass(frozen=True, slots=True)
class Features:
    """All are 0 where nothing was found.

    cosine, score: the highest of the sentences found (see `qa.schema.Sentence`). kind_fit: the highest mean of cosine
    and coverage among those that hold the kind of thing asked for (a number where "how many" is asked).
    rarest: how rare the question's rarest term is, 0..1 (1: no passage holds it). in_best, not_in_best: the rarities of
    the terms that stand in the best passage, its headings or its note's title, and of the others, added up, the second
    to at most MOST_MISSED.
    absent: how many terms stand in no note searched, at most MOST_ABSENT; absent_name: 1 where one of these is a name
    or a figure, else 0.
    Terms of the turns before count by their weight.
    """

    cosine: float = 0.0
    score: float = 0.0
    kind_fit: float = 0.0
    rarest: float = 0.0
    in_best: float = 0.0
    not_in_best: float = 0.0
    absent: float = 0.0
    absent_name: float = 0.0


NAMES = tuple(field.name for field in fields(Features))


def features(query: Query, hits: Sequence[Hit], put_to: Searched) -> Features:
    """The figures of a query, of its hits (best first) and of what it was put to."""
    sentences = [sentence for hit in hits for sentence in hit.sentences]
    if not sentences:
        return Features()
    kind = asked_kind(query)
    weighed = [(term, term.weight * rare) for term, rare in zip(put_to.terms, put_to.rarities, strict=True)]
    missed = set(unmatched(put_to.terms, passage_stems(hits[0], query.asked_in)))
    return Features(
        cosine=max(0.0, *(sentence.similarity for sentence in sentences)),
        score=max(sentence.score for sentence in sentences),
        kind_fit=max((_fit(sentence) for sentence in sentences if holds(kind, sentence.text)), default=0.0),
        rarest=max((rare for _, rare in weighed), default=0.0),
        in_best=sum(rare for term, rare in weighed if term not in missed),
        not_in_best=min(MOST_MISSED, sum(rare for term, rare in weighed if term in missed)),
        absent=min(MOST_ABSENT, sum(term.weight for term in put_to.absent)),
        absent_name=float(any(_is_name(word, query) for word in words_of(query, put_to.absent))),
    )


def unmatched(terms: Sequence[Term], place: frozenset[str]) -> tuple[Term, ...]:
    """Those of `terms` that do not stand in a place, given as its stems, in one way or another."""
    return tuple(
        term
        for term in terms
        if term.stem not in place and not any(place.issuperset(phrase) for phrase in term.phrases)
    )


def passage_stems(hit: Hit, language: str) -> frozenset[str]:
    """The stems of a hit, its headings and its note's title, as a question in `language` has them."""
    return frozenset(stems(f"{hit.title}\n{hit.section}\n{hit.text}", language))


def _is_name(word: str, query: Query) -> bool:
    """Whether a word is typed like a name or a figure; the first of a question has its capital from its place."""
    return word[0].isdigit() or (word[0].isupper() and not query.question.startswith(word))


def _fit(sentence: Sentence) -> float:
    return (max(sentence.similarity, 0.0) + sentence.coverage) / 2

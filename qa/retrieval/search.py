"""A query to hits: passages by vectors and by words first, then their sentences (see scoring.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qa.index import Index
from qa.index.records import Signs
from qa.retrieval.editions import SaidAnew, ahead_of, said_anew
from qa.retrieval.filters import allowed
from qa.retrieval.readings import in_notes
from qa.retrieval.scoring import Signals, coverage, rarity, scores, stand
from qa.retrieval.spelling import respelled
from qa.retrieval.weights import WEIGHTS, Weights
from qa.schema import Hit, Query, Term

# Passages that each of the two searches of the first stage proposes. Of all of them two thirds as many are looked into:
# with half as many some figures were a little lower (evals/benchmarks/ablation.py tells what is lost).
CANDIDATES = 100
# Of the notes of so many, the editions that are asked for instead are looked into as well.
NEAREST = 20
# BM25 gives a term at most so many times its rarity (k1 + 1).
_MOST_OF_BM25 = 2.2


@dataclass(frozen=True, slots=True)
class Candidates:
    """What the first stage found: ids of passages in order, and what the second stage needs to know of them.

    anew: which sentences the edition that is asked for says anew.
    """

    ids: tuple[str, ...]
    signals: Signals
    anew: SaidAnew


def search(
    query: Query, query_vector: NDArray[np.float32], index: Index, k: int, weights: Weights = WEIGHTS
) -> tuple[Hit, ...]:
    """The k best passages for a query, best first; ties by id. query_vector: (d,), L2-normalised.

    Up to half of CANDIDATES, a smaller k gives the first of what a larger one gives.
    """
    k = min(k, index.store.passage_count())
    found = candidates(query, query_vector, index, max(CANDIDATES, 2 * k), weights)
    return ranked(found, index, k, weights)


def candidates(
    query: Query, query_vector: NDArray[np.float32], index: Index, wide: int, weights: Weights = WEIGHTS
) -> Candidates:
    """The passages that are nearest by their vectors and their words: of `wide` by each, two thirds as many as that."""
    store = index.store
    within = allowed(query, store.notes())
    query = replace(
        query, terms=respelled(query.terms, store.document_frequencies(stems_of(query.terms)), store.known_terms)
    )
    searched = stems_of(query.terms)
    dense = dict(index.dense(query_vector, wide, within))
    rarities = rarity(query.terms, store.document_frequencies(searched), store.passage_count())
    most = _MOST_OF_BM25 * sum(rarities) or 1.0
    bm25 = {id: min(1.0, score / most) for id, score in store.lexical(searched, wide, within, weights.columns)}
    first = _by_both(dense, bm25, wide, weights)[: wide * 2 // 3]
    editions = store.passage_ids(ahead_of(query.behind, [_note(id) for id in first[:NEAREST]]))
    signs = store.signs(sorted({*first, *editions}))
    ids, notes, every = tuple(signs), [_note(id) for id in signs], list(signs.values())
    numbers = {note: number for number, note in enumerate(dict.fromkeys(notes))}
    vectors = np.concatenate([np.zeros((0, len(query_vector)), np.float32), *(of.vectors for of in every)])
    own, lead_in, headings = _flags(query, notes, every)
    dense |= _cosines(query_vector, {id: of for id, of in signs.items() if id not in dense})
    signals = Signals(
        owner=np.repeat(np.arange(len(ids)), [len(of.own) for of in every]),
        note=np.array([numbers[note] for note in notes], dtype=np.intp),
        dense=np.array([dense[id] for id in ids], dtype=np.float32),
        bm25=np.array([bm25.get(id, 0.0) for id in ids], dtype=np.float32),
        # Rounded, so that equal sentences tie whatever the order in which their products were added up.
        similarity=(vectors @ query_vector).round(6),
        own=own,
        lead_in=lead_in,
        headings=headings,
        rarities=np.array([t.weight * rare for t, rare in zip(query.terms, rarities, strict=True)], dtype=np.float32),
    )
    counts = [len(of.own) for of in every]
    return Candidates(ids, signals, said_anew(query.behind, notes, counts, vectors, _of_year(query, every)))


def ranked(found: Candidates, index: Index, k: int, weights: Weights = WEIGHTS) -> tuple[Hit, ...]:
    """The k best candidates as hits, best first; ties by id. A passage's score is that of its best sentence."""
    signals = found.signals
    covered = coverage(signals, weights)
    score = found.anew.applied(scores(signals, covered, weights), weights.behind)
    best = np.full(len(found.ids), -np.inf)
    np.maximum.at(best, signals.owner, score)
    order = sorted(range(len(found.ids)), key=lambda at: (-best[at], found.ids[at]))[:k]
    passages = {passage.id: passage for passage in index.store.passages([found.ids[at] for at in order])}
    texts = index.store.texts([passage.note for passage in passages.values()])
    hits = []
    for at, start in zip(order, np.searchsorted(signals.owner, order), strict=True):
        passage = passages[found.ids[at]]
        note = index.store.note(passage.note)
        sentences = tuple(
            replace(
                sentence,
                score=float(score[row]),
                similarity=float(signals.similarity[row]),
                coverage=float(covered[row]),
            )
            for row, sentence in enumerate(passage.sentences, start)
        )
        hits.append(
            Hit(
                id=passage.id,
                note=passage.note,
                title=note.title,
                section=passage.section,
                date=note.date,
                page=passage.page,
                start=passage.start,
                end=passage.end,
                text=texts[passage.note][passage.start : passage.end],
                score=float(best[at]),
                sentences=sentences,
            )
        )
    return tuple(hits)


def _note(id: str) -> str:
    return id.rpartition("#")[0]


def _by_both(dense: Mapping[str, float], bm25: Mapping[str, float], wide: int, weights: Weights) -> list[str]:
    """The passages that the two searches propose, best first, by what is known before their sentences are looked at.

    A passage that one of the searches did not propose has of that sign at most what the last of the `wide` has.
    """
    by_vectors = weights.passage + weights.note + weights.sentence + weights.beside
    by_words = weights.bm25 + weights.terms
    least, fewest = (min(found.values()) if len(found) >= wide else 0.0 for found in (dense, bm25))
    fit = {id: by_vectors * dense.get(id, least) + by_words * bm25.get(id, fewest) for id in {*dense, *bm25}}
    return sorted(fit, key=lambda id: (-fit[id], id))


def stems_of(terms: Sequence[Term]) -> list[str]:
    """All stems that stand for some terms, each once."""
    stems = [term.stem for term in terms]
    stems += [stem for term in terms for phrase in term.phrases for stem in phrase]
    return list(dict.fromkeys(stems))


def _cosines(query_vector: NDArray[np.float32], signs: Mapping[str, Signs]) -> dict[str, float]:
    """What the dense search would have said of passages; rounded as there."""
    if not signs:
        return {}
    vectors = np.stack([of.vector for of in signs.values()]).astype(np.float64)
    return dict(zip(signs, (vectors @ query_vector.astype(np.float64)).round(7).tolist(), strict=True))


def _flags(
    query: Query, notes: Sequence[str], signs: Sequence[Signs]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Which terms stand in each sentence, in what it hangs on, and in each passage's headings, as its note means them.

    notes: of each passage, in the order of `signs`.
    """
    asked = {note: read.terms for note, read in in_notes(query, set(notes)).items()}
    terms, count = [asked[note] for note in notes], len(query.terms)
    return (
        stand(terms, [of.own for of in signs], count),
        stand(terms, [of.lead_ins for of in signs], count),
        stand(terms, [[of.headings] for of in signs], count),
    )


def _of_year(query: Query, signs: Sequence[Signs]) -> NDArray[np.bool_]:
    """Which sentences tell of the year that is asked for."""
    year = f" {query.year} "
    if not query.year:
        return np.zeros(sum(len(of.own) for of in signs), dtype=np.bool_)
    pairs = (pair for of in signs for pair in zip(of.own, of.lead_ins, strict=True))
    return np.array([year in own or year in lead_in for own, lead_in in pairs], dtype=np.bool_)

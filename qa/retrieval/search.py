"""A query to hits: passages by vectors and by words first, then their sentences (see scoring.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from qa.index import Index
from qa.retrieval.readings import in_notes
from qa.retrieval.scoring import Candidate, rarity, score_sentences
from qa.retrieval.spelling import respelled
from qa.schema import Hit, Note, Query, Sentence

CANDIDATES = 50


def search(query: Query, query_vector: NDArray[np.float32], index: Index, k: int) -> tuple[Hit, ...]:
    """The k best passages for a query, best first; ties by id. query_vector: (d,), L2-normalised."""
    notes = {note.note: note for note in index.store.notes()}
    allowed = _allowed(query, notes)
    if allowed is not None and not allowed:
        return ()
    store = index.store
    query = replace(query, terms=respelled(query.terms, store.document_frequencies(_searched(query)), store.near_terms))
    wide = max(CANDIDATES, 2 * k)
    dense = dict(index.dense(query_vector, wide, allowed))
    lexical = dict(store.lexical(_searched(query), wide, allowed))
    ids = sorted(dense.keys() | lexical.keys())
    passages = store.passages(ids)
    vectors = store.sentence_vectors(ids)
    cosines = dense | _cosines(query_vector, [p.id for p in passages if p.id not in dense], index)
    weights = rarity(query.terms, store.document_frequencies(_searched(query)), store.passage_count())
    best = max(lexical.values(), default=0.0) or 1.0
    texts = store.texts(list({passage.note for passage in passages}))
    asked = in_notes(query, texts)
    hits = []
    for passage in passages:
        candidate = Candidate(
            passage=passage,
            title=notes[passage.note].title,
            text=texts[passage.note],
            language=notes[passage.note].language,
            addressee=notes[passage.note].prepared_for or "",
            dense=cosines[passage.id],
            lexical=lexical.get(passage.id, 0.0) / best,
        )
        sentences = score_sentences(candidate, vectors[passage.id], asked[passage.note], query_vector, weights)
        hits.append(_hit(candidate, notes[passage.note], sentences))
    return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.id))[:k])


def _allowed(query: Query, notes: dict[str, Note]) -> list[str] | None:
    """The notes that the query's filters leave, or None where it has no filter. A note without a date fails every
    filter by date: it cannot be shown to be of that time."""
    if not (query.notes or query.as_of or query.since or query.until or query.language):
        return None if query.notes is None else []
    return [
        path
        for path, note in notes.items()
        if (query.notes is None or path in query.notes)
        and (query.language is None or note.language == query.language)
        and _within(note.date, query)
    ]


def _within(day: date | None, query: Query) -> bool:
    if day is None:
        return not (query.as_of or query.since or query.until)
    latest = min((end for end in (query.as_of, query.until) if end), default=date.max)
    return (query.since or date.min) <= day <= latest


def _searched(query: Query) -> list[str]:
    stems = [term.stem for term in query.terms]
    stems += [stem for term in query.terms for phrase in term.phrases for stem in phrase]
    return list(dict.fromkeys(stems))


def _cosines(query_vector: NDArray[np.float32], ids: Sequence[str], index: Index) -> dict[str, float]:
    """What the dense search would have said of passages that only the words found."""
    vectors = index.store.vectors(ids)
    return {id: float(vector @ query_vector) for id, vector in vectors.items()}


def _hit(candidate: Candidate, note: Note, sentences: Sequence[Sentence]) -> Hit:
    passage = candidate.passage
    return Hit(
        id=passage.id,
        note=passage.note,
        title=note.title,
        section=passage.section,
        date=note.date,
        page=passage.page,
        start=passage.start,
        end=passage.end,
        text=candidate.text[passage.start : passage.end],
        score=max(sentence.score for sentence in sentences),
        sentences=tuple(sentences),
    )

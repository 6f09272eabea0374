"""What was searched for a query: its terms as the binder knows them, and how many notes, of which time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from qa.index import Index
from qa.retrieval.filters import allowed
from qa.retrieval.scoring import rarity
from qa.retrieval.search import stems_of
from qa.retrieval.spelling import respelled
from qa.retrieval.weights import WEIGHTS
from qa.schema import Query, Term
from qa.terms import stems, words


@dataclass(frozen=True, slots=True)
class Searched:
    """What a query was put to.

    terms: the query's, with the binder's spelling as another way to say one that has a slip. rarities: of each, 0..1,
    as of `qa.retrieval.scoring.rarity` over that of a term which no passage holds. absent: those that no note searched
    holds. notes: how many were searched; newest: the newest date among them, None where none has one.
    """

    terms: tuple[Term, ...] = ()
    rarities: tuple[float, ...] = ()
    absent: tuple[Term, ...] = ()
    notes: int = 0
    newest: date | None = None


def searched(query: Query, index: Index) -> Searched:
    """What `query` is put to in a binder."""
    store = index.store
    within = allowed(query, store.notes())
    terms = respelled(query.terms, store.document_frequencies(stems_of(query.terms)), store.known_terms)
    frequencies, passages = store.document_frequencies(stems_of(terms)), store.passage_count()
    most = math.log(1 + passages) or 1.0
    notes = [note for note in store.notes() if within is None or note.note in within]
    return Searched(
        terms=terms,
        rarities=tuple(weight / most for weight in rarity(terms, frequencies, passages)),
        absent=tuple(term for term in terms if not _stands(term, index, within, frequencies)),
        notes=len(notes),
        newest=max((note.date for note in notes if note.date), default=None),
    )


def words_of(query: Query, terms: Sequence[Term]) -> tuple[str, ...]:
    """The words of the question that some of its terms come from, as they are typed, each once."""
    wanted = {term.stem for term in terms}
    found = (word for word in words(query.question) if wanted.intersection(stems(word, query.asked_in)))
    return tuple(dict.fromkeys(found))


def _stands(term: Term, index: Index, within: Sequence[str] | None, frequencies: Mapping[str, int]) -> bool:
    """Whether a passage of the notes `within` holds a term, in one way or another; a phrase may stand apart in it.

    frequencies: the passages of the whole binder that hold each stem.
    """

    def is_there(stem: str) -> bool:
        known = frequencies.get(stem, 0) > 0
        return known and (within is None or bool(index.store.lexical([stem], 1, within, WEIGHTS.columns)))

    return any(all(map(is_there, way)) for way in [(term.stem,), *term.phrases] if way)

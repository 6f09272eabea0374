"""From a question to what its answer is made of, over one index: the steps that searching and answering share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache, lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from qa.options import History
from qa.schema import Hit, NoteContent, Query
from qa.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa.acronyms import Glossary
    from qa.answering.changes import Saying
    from qa.answering.found import Found
    from qa.answering.generative import Manner
    from qa.editions import Editions
    from qa.embedding import EmbeddingModel
    from qa.embedding.cross_encoder import Reranker
    from qa.index import Index
    from qa.index.records import State
    from qa.models import ChatModel

HITS_TO_ANSWER_FROM = 8
# Notes whose blocks and sentences are kept in memory.
_KEPT_NOTES = 256
# Texts whose vectors are kept: each part of a question is searched together with the whole, a follow-up with the turn
# before it.
_KEPT_VECTORS = 64
T = TypeVar("T")


class Steps:
    """The steps over an index. model: loads the embedding model. reranker: puts the first hits into another order."""

    def __init__(self, index: Index, model: Callable[[], EmbeddingModel], reranker: Reranker | None) -> None:
        self._index = index
        self._load_model = model
        self._encoded = lru_cache(_KEPT_VECTORS)(self._encode)
        self._reranker = reranker
        self._made: dict[str, tuple[State, Any]] = {}
        self._making = Lock()

    def content(self, note: str) -> NoteContent:
        """A note with its canonical text and its blocks in order. Raises UnknownNoteError."""
        with self._index.store.snapshot():  # or what is kept of one state might be read in another
            return self._of_state("contents", lambda: lru_cache(_KEPT_NOTES)(self._read))(note)

    def glossary(self) -> Glossary:
        """The short forms that the notes define; made once for each state of the index."""
        from qa.acronyms import Glossary

        return self._of_state("glossary", lambda: Glossary(self._index.store.acronyms()))

    def editions(self) -> Editions:
        """Which note overtakes which; made once for each state of the index."""
        from qa.index.editions import editions_of

        return self._of_state("editions", lambda: editions_of(self._index.store))

    def query(
        self,
        question: str,
        history: History,
        as_of: date | None,
        since: date | None,
        until: date | None,
        notes: Sequence[str] | None,
        language: str | None,
        *,
        rewrite: str = "",
    ) -> Query:
        """What is searched for a question; see `Binder.search`, and qa.retrieval.query for `rewrite`."""
        from qa.retrieval.query import build_query

        query = build_query(
            question,
            history=history,
            known=self._index.store.notes(),
            glossary=self.glossary(),
            editions=self.editions(),
            rewrite=rewrite,
            as_of=as_of,
            since=since,
            until=until,
            notes=notes,
            language=language,
        )
        for note in query.notes or ():
            self._index.store.note(note)  # a note that is not there is a slip of the caller's, not an empty filter
        return query

    def _encode(self, text: str) -> NDArray[np.float32]:
        vector = self._load_model().encode_query(text)
        vector.flags.writeable = False  # all who ask for it share it
        return vector

    def _said(self) -> Callable[[str, bool], Sequence[Saying]]:
        """The sentences of a note and, where asked, only those that may hold a figure; see qa.answering.changes."""
        from qa.answering.changes import sayings

        def said(note: str, of_figures: bool) -> Sequence[Saying]:
            return sayings(self.content(note), of_figures=of_figures)

        return self._of_state("said", lambda: lru_cache(2 * _KEPT_NOTES)(said))

    def _read(self, note: str) -> NoteContent:
        store = self._index.store
        return NoteContent(store.note(note), store.text(note), store.blocks(note))

    def _of_state(self, name: str, make: Callable[[], T]) -> T:
        """What `make` gives for the present state of the index, made once for it, whatever the number of threads."""
        with self._making:
            state = self._index.store.state()
            if name not in self._made or self._made[name][0] != state:
                self._made[name] = state, make()
            made: T = self._made[name][1]
            return made

    def settled(self, work: Callable[[], T]) -> T:
        """What `work` gives over one state of the index, whatever a sync does meanwhile."""
        with self._index.store.snapshot():
            return work()

    def found(self, query: Query, hits: Sequence[Hit] | None, settings: Settings, unread: Iterable[str]) -> Found:
        """What an answer to a query is made of. hits: to answer from these; None searches. unread: notes that could not
        be read."""
        from qa.answering.beside import undated
        from qa.answering.calibration import calibration
        from qa.answering.found import Found
        from qa.answering.time import Times
        from qa.retrieval.query import part_queries
        from qa.retrieval.searched import searched

        state = self._index.store.state()
        found = self.search(query, HITS_TO_ANSWER_FROM) if hits is None else tuple(hits)
        parts = part_queries(query, self.glossary(), self._index.store.notes()) if hits is None else ()
        return Found(
            query,
            found,
            cache(self.content),  # several hits are of one note, and each would read all its blocks
            parts=[(part, self.search(part, HITS_TO_ANSWER_FROM)) for part in parts],
            times=Times(self.editions(), settings.today or date.today(), settings.old_after, self._said()),
            put_to=searched(query, self._index),
            known=calibration(self._load_model().fingerprint, query.asked_in, settings),
            beside=[*self._index.notices, *undated(query, self._index.store.notes())],
            unread=list(unread),
            holds=lambda: self._index.store.latest_state() == state,
        )

    def manner(self, chat: ChatModel, settings: Settings) -> Manner:
        """How a chat model's words are asked for and checked."""
        from qa.answering.generative import Manner
        from qa.answering.verification import nearness_by

        return Manner(
            chat,
            nearness_by(lambda texts: self._load_model().encode(texts)),
            self.glossary().readings,
            settings.llm_try_again,
            settings.llm_fallback,
            settings.abstain_when,
        )

    def search(self, query: Query, k: int) -> tuple[Hit, ...]:
        """The k passages that fit a query best, best first."""
        from qa.retrieval.query import query_vector
        from qa.retrieval.reranking import RERANKED, reranked
        from qa.retrieval.search import search

        vector = query_vector(query, self._encoded)
        if self._reranker is None:
            return search(query, vector, self._index, k)
        return reranked(query, search(query, vector, self._index, max(k, RERANKED)), self._reranker.scores)[:k]

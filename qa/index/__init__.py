"""The index of a folder of notes: what a binder searches. `Index` is all that the parts above need."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.embedding import EmbeddingModel
from qa.errors import IndexBusyError, IndexFolderError, IndexNotWritableError
from qa.index.editions import keep_editions
from qa.index.folder import (
    CHROMA,
    Identity,
    check_embedding,
    check_embedding_name,
    check_place,
    examined,
    make_anew,
    reason_to_rebuild,
    refuse_foreign,
    write_lock,
)
from qa.index.plan import Plan, make_plan
from qa.index.records import State
from qa.index.store import Store
from qa.index.sync import Tell, catch_up, commit, embed, forget_vectors, lags, problems_of, read_notes
from qa.index.vectors import MAX_NOTES, Server, VectorIndex, VectorIndexError, VectorServerError
from qa.schema import Notice, Progress, SyncReport

__all__ = ["Index", "Server", "Store"]

# The error of a product in single precision, and more.
_ROUNDING = 1e-6
_WITHOUT_CHROMA = (
    "The vector index is damaged or its folder is read-only; searching without it, which finds the same and is slower "
    "with very many notes. Run `qa index` to repair it."
)
_WITHOUT_SERVER = "{error}. Searching without it, which finds the same and is slower with very many notes."
# Up to so many passages all vectors are compared: a few milliseconds, and 1.5 kB of memory for each passage.
COMPARED = 20_000
# A server that failed is asked again after so many seconds.
_PAUSE = 30.0


class Index:
    """Passages by their words and by their meaning. Made by `Index.open`; any thread may use it.

    store: notes, passages and the search by words (see qa.index.store).
    """

    def __init__(
        self,
        folder: Path,
        corpus: Path,
        model: Callable[[], EmbeddingModel],
        *,
        rebuild: bool,
        server: Server | None = None,
        rehash: bool = False,
    ) -> None:
        self.store = Store(folder.absolute())
        self._folder = folder.absolute()
        self._corpus = corpus.absolute()
        self._model = model
        self._rebuild = rebuild
        self._rehash = rehash
        self._server = server
        self._vectors = VectorIndex(self._folder / CHROMA, server)
        self._writing = threading.Lock()
        self._broken: State | None = None
        self._without = ""
        self._again_at = 0.0
        self._matrix: tuple[State, list[str], NDArray[np.float32]] | None = None

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        corpus: Path,
        model: Callable[[], EmbeddingModel],
        embedding: str | None = None,
        rebuild: bool = False,
        server: Server | None = None,
        rehash: bool = False,
    ) -> Index:
        """The index in `folder`, which need not be there yet. Writes nothing and does not call `model`.

        model: gives the embedding model, the same one each time. embedding: its name, where that is known without
        loading it; the model itself is compared when it is first used. rebuild: the first sync makes the index anew.
        server: keeps the vectors instead of the folder. rehash: each sync looks into every file, though its size and
        time are what they were. Raises IndexFolderError, IndexMismatchError (not with rebuild) or IndexTooNewError.
        """
        refuse_foreign(folder, corpus)
        index = cls(folder, corpus, model, rebuild=rebuild, server=server, rehash=rehash)
        reason, meta = ("", {}) if rebuild else examined(folder)
        if meta:  # of an older version as well: the index of other notes is not made anew by mistake
            check_place(meta, folder, corpus)
        if reason is None and embedding is not None:
            check_embedding_name(meta, folder, embedding)
        return index

    def exists(self) -> bool:
        """Whether the folder holds an index that can be searched as it is."""
        return not self._rebuild and reason_to_rebuild(self._folder) is None and self.store.generation > 0

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a reader of search results should know of the index."""
        return (Notice("index", self._without),) if self._broken else ()

    def sync(
        self, progress: Callable[[Progress], None] | None = None, *, timeout: float = 60.0, thorough: bool = False
    ) -> SyncReport:
        """Brings the index up to date with the notes. Where nothing changed it loads and writes nothing.

        progress: called with stage "read", "embed", "wait" while another process writes, or, first of all, "anew" where
        what is there must be made anew, with why in `name`. timeout: how long to wait for that process, in seconds.
        thorough: also compare Chroma with the store, by really searching (a second), and have it made anew where it is
        other; a server that keeps the vectors and cannot be reached is a notice of the report.
        Raises CorpusError (the index is left as it is), IndexNotWritableError where there is something to write,
        IndexBusyError, IndexMismatchError, EmbeddingError, SettingsError.
        """
        started = time.perf_counter()
        tell = progress or (lambda _: None)
        with self._writing:
            plan, reason = self._plan()
            report = SyncReport(unchanged=len(plan.kept))
            if plan.changes or reason is not None:
                with write_lock(self._folder, timeout, lambda: tell(Progress("wait", 0, 0))):
                    plan, reason = self._plan()  # another process may have done the work meanwhile
                    report = self._write(plan, reason, tell)
            elif plan.stale or lags(self.store, self._vectors):
                with suppress(IndexBusyError, IndexNotWritableError), write_lock(self._folder, 0, lambda: None):
                    plan, _ = self._plan()
                    if plan.stale and not plan.changes:
                        commit(self.store, plan, [])
                    self._catch_up()
            if thorough:
                self._mend()
            return replace(
                report,
                passages=self.store.passage_count(),
                seconds=time.perf_counter() - started,
                problems=problems_of(self.store, plan),
                notices=self.notices,
            )

    def dense(self, vector: NDArray[np.float32], k: int, notes: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The k passages nearest to a vector, as (id, cosine), nearest first; ties by id.

        vector: (d,). notes: only these, or None for all. Of few passages all vectors are compared; of more Chroma
        proposes, unless it is damaged or behind. The cosines are those of the store's vectors in each case. Raises
        IndexMismatchError where the model is not the one that made the index, or another version of the program did.
        """
        check_embedding(self.store.meta(), self._folder, self._model())
        if k < 1 or (notes is not None and not notes):
            return []
        unit = vector.astype(np.float64) / np.linalg.norm(vector)
        proposed = None if self._compares_all else self._propose(vector, k, notes)
        ids, vectors = self._nearest(unit, k, notes) if proposed is None else self.store.vectors_of(proposed)
        # Rounded, so that equal texts tie whatever the order in which their products were added up.
        cosines = (vectors.astype(np.float64) @ unit).round(7).tolist()
        return sorted(zip(ids, cosines, strict=True), key=lambda hit: (-hit[1], hit[0]))[:k]

    def close(self) -> None:
        """Lets go of all files. The index cannot be used after it."""
        self._vectors.close()
        self.store.close()

    def _plan(self) -> tuple[Plan, str | None]:
        """What to do, and why the index must be made anew for it (see `reason_to_rebuild`)."""
        reason = reason_to_rebuild(self._folder)
        if self._rebuild and reason is None:
            reason = "It was asked for."
        known = {} if reason is not None else self.store.known()
        return make_plan(known, self._corpus, rehash=self._rehash), reason

    def _write(self, plan: Plan, reason: str | None, tell: Tell) -> SyncReport:
        if reason and not self._rebuild:
            tell(Progress("anew", 0, 0, reason))  # before the long work, not after it
        if reason is None and plan.read:
            check_embedding(self.store.meta(), self._folder, self._model())
        notes = read_notes(plan, self._model, self._corpus, tell)
        if reason is not None:
            self._make_anew()
        embedded = embed(self.store, notes, self._model, tell)
        if plan.stale:
            commit(self.store, plan, notes)
        self._rebuild = False
        with suppress(IndexNotWritableError):  # the first question finds them then
            keep_editions(self.store)
        self._catch_up()
        read = [indexed.content.note.note for indexed in notes]
        return SyncReport(
            added=tuple(note for note in read if not plan.was_indexed(note)),
            changed=tuple(note for note in read if plan.was_indexed(note)),
            removed=tuple(sorted(plan.removed)),
            unchanged=len(plan.kept),
            embedded=embedded,
            rebuilt=reason or "",
        )

    def _make_anew(self) -> None:
        model = self._model()
        identity = Identity(self._corpus, model.name, model.fingerprint, model.dimensions)
        self._vectors.close()
        self.store.release()
        self._matrix = None
        make_anew(self._folder, identity)

    def _catch_up(self) -> None:
        """Under the write lock. What Chroma cannot do now, it is asked again at the next sync."""
        if self._broken or lags(self.store, self._vectors):
            self._broken = None
            try:
                self._vectors.reach()  # before the store forgets what is pending
                catch_up(self.store, self._vectors)
            except VectorIndexError as error:
                self._do_without(self.store.state(), error)

    def _mend(self) -> None:
        from qa.index.health import check_chroma

        try:
            check_chroma(self.store, self._vectors)
        except VectorIndexError as error:
            self._give_up(self.store.state(), error)
            with suppress(IndexBusyError, IndexNotWritableError), write_lock(self._folder, 0, lambda: None):
                if lags(self.store, self._vectors):
                    self._catch_up()

    @property
    def _compares_all(self) -> bool:
        """Whether the product with all vectors is as fast as Chroma, which takes a second and 100 MB to load."""
        return self._server is None and self.store.passage_count() <= COMPARED

    def _propose(self, vector: NDArray[np.float32], k: int, notes: Sequence[str] | None) -> list[str] | None:
        """Candidates from Chroma, k or more; None where it holds another state than the store, or fails."""
        state = self.store.state()
        if state == self._broken and time.monotonic() < self._again_at:
            return None
        if state.vectors_generation != state.generation or len(notes or ()) > MAX_NOTES:
            return None
        try:
            found = self._vectors.search(vector, k, state, notes)
        except VectorIndexError as error:
            self._give_up(state, error)
            return None
        if self.store.latest_state() != state:  # a sync finished meanwhile
            return None
        self._broken = None
        return [id for id, _ in found]

    def _do_without(self, state: State, error: VectorIndexError) -> None:
        passing = isinstance(error, VectorServerError)
        self._broken, self._without = state, _WITHOUT_SERVER.format(error=error) if passing else _WITHOUT_CHROMA
        self._again_at = time.monotonic() + _PAUSE if passing else math.inf

    def _give_up(self, state: State, error: VectorIndexError) -> None:
        if self.store.latest_state() != state:  # Chroma is ahead of a search that began before a sync
            return
        self._do_without(state, error)
        if isinstance(error, VectorServerError):
            return
        with suppress(IndexFolderError), write_lock(self._folder, 0, lambda: None):
            if self.store.latest_state() == state:
                forget_vectors(self.store)
                self._broken = self.store.latest_state()

    def _nearest(
        self, unit: NDArray[np.float64], k: int, notes: Sequence[str] | None
    ) -> tuple[list[str], NDArray[np.float32]]:
        """By the product with all vectors: the k nearest, and those that are as near but for rounding, (n, d)."""
        state = self.store.state()
        if self._matrix is None or self._matrix[0] != state:
            self._matrix = (state, *self.store.passage_vectors())
        _, ids, matrix = self._matrix
        cosines = matrix @ unit.astype(np.float32)
        if notes is not None:
            wanted = set(notes)
            within = np.array([id.rpartition("#")[0] in wanted for id in ids], dtype=bool)
            cosines = np.where(within, cosines, -np.inf)
        floor = np.partition(cosines, -k)[-k] - _ROUNDING if k < len(ids) else -1.0 - _ROUNDING
        places = np.flatnonzero((cosines >= floor) & np.isfinite(cosines))
        return [ids[place] for place in places], matrix[places]

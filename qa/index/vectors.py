"""Chroma: the passages' vectors for approximate nearest neighbours, derived from the store and made again at need.

The only module that imports chromadb. Each VectorIndex has a client of its own in Chroma's sense (a `System`): clients
that share one, as Chroma's factories make them, answer from what they saw first and cannot be closed one by one.
"""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.index.store import State

# Chroma hands the notes of a filter to SQLite, which takes 32,766 values.
MAX_NOTES = 1000
_COLLECTION = "passages"
_GRAPH_METADATA = "index_metadata.pickle"
_CONFIGURATION = {"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 200}}
# Chroma's distances are right to about 1e-6; what is nearer to the k-th than this may belong before it.
_ROUNDING = 2e-6
_opening = threading.Lock()


class VectorIndexError(Exception):
    """Chroma's folder is missing, damaged, of another state than the store, or failed; caught within qa.index."""


class VectorIndex:
    """The vectors of one index folder. Threads take turns."""

    def __init__(self, folder: Path) -> None:
        """folder: Chroma's own. Nothing is loaded before the first search or write."""
        self._folder = folder
        self._lock = threading.Lock()
        self._system: Any = None
        self._collection: Any = None
        self._state: State | None = None

    def exists(self) -> bool:
        """Whether there is a folder at all; what it holds is checked when it is used."""
        return (self._folder / "chroma.sqlite3").is_file()

    def search(
        self, vector: NDArray[np.float32], k: int, state: State, notes: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """The k passages nearest to a vector, as (id, cosine), and those that are as near as the k-th but for rounding.

        vector: (d,). state: the store's, which this must hold. notes: only these, at most MAX_NOTES.
        Raises VectorIndexError.
        """
        with self._lock, _mapped():
            for last in (False, True):
                try:
                    return _nearest(self._at(state), vector, k, notes)
                except BaseException:
                    self._stop()
                    if last:
                        raise
                    # Once more: another process may have made the folder anew under the open client.
        raise AssertionError

    def update(
        self, state: State, changed: Sequence[str], ids: Sequence[str], vectors: NDArray[np.float32], count: int
    ) -> None:
        """Takes out the passages `changed`, puts in `ids`, and marks the folder with the state's generation.

        state: the store's; its vectors_generation is what this must hold now. vectors: (len(ids), d). count: the
        passages that this must hold afterwards. The caller holds the write lock. Raises VectorIndexError, and then
        only `rebuild` helps.
        """
        with self._lock, _mapped():
            self._stop()
            try:
                collection = self._open(state.vectors_generation)
                for batch in _batches(len(changed), self._batch_size()):
                    collection.delete(ids=list(changed[batch]))
                self._add(collection, ids, vectors, state.generation, count)
            finally:
                self._stop()

    def rebuild(self, state: State, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Makes the folder anew. As `update` otherwise."""
        with self._lock, _mapped():
            self._stop()
            if self._folder.exists():
                shutil.rmtree(self._folder)
            try:
                client = self._start()
                collection = client.create_collection(
                    _COLLECTION, embedding_function=None, configuration=_CONFIGURATION, metadata={"generation": 0}
                )
                self._add(collection, ids, vectors, state.generation, len(ids))
            finally:
                self._stop()

    def close(self) -> None:
        """Lets go of all files; Chroma's threads close the last of them some milliseconds later."""
        with self._lock:
            self._stop()

    def _at(self, state: State) -> Any:
        if self._state != state:
            self._stop()
            self._collection = self._open(state.generation)
            self._state = state
        return self._collection

    def _open(self, generation: int) -> Any:
        if not self.exists():
            raise VectorIndexError("The folder is missing.")
        collection = self._start().get_collection(_COLLECTION, embedding_function=None)
        _refuse_functions([collection.configuration_json, collection.get_model().serialized_schema])
        held = collection.metadata["generation"]
        if held != generation:
            raise VectorIndexError(f"It holds generation {held} and not {generation}.")
        if collection.metadata["files"] != self._digest():
            raise VectorIndexError("Its files are not as they were written.")
        _check_count(collection, collection.metadata["count"])
        return collection

    def _add(
        self, collection: Any, ids: Sequence[str], vectors: NDArray[np.float32], generation: int, count: int
    ) -> None:
        for batch in _batches(len(ids), self._batch_size()):
            notes = [{"note": id.rpartition("#")[0]} for id in ids[batch]]
            collection.add(ids=list(ids[batch]), embeddings=vectors[batch], metadatas=notes)
        _check_count(collection, count)
        if count:
            # Makes Chroma take in what was added; a reader, without the lock, must not be the one that writes it out.
            first = collection.get(limit=1, include=["embeddings"])["embeddings"]
            collection.query(query_embeddings=first, n_results=1)
        collection.modify(metadata={"generation": generation, "count": count, "files": self._digest()})

    def _digest(self) -> str:
        """Of the graph's files, 0.1 s for 100 MB.

        Chroma takes the files into memory unchecked, and damaged ones end the process with a segmentation fault, or
        find other neighbours. Only a writer changes them. A folder without metadata is scratch, made at each start.
        """
        digest = hashlib.sha256()
        for path in sorted(self._folder.glob("*/*")):
            if path.with_name(_GRAPH_METADATA).exists():
                with path.open("rb") as file:
                    digest.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()

    def _batch_size(self) -> int:
        from chromadb.api import ServerAPI

        return int(self._system.instance(ServerAPI).get_max_batch_size())

    def _start(self) -> Any:
        from chromadb.api import ServerAPI
        from chromadb.api.client import Client
        from chromadb.config import Settings, System

        # All that could send something elsewhere is set here, and not left to the environment or a file ".env".
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            chroma_api_impl="chromadb.api.rust.RustBindingsAPI",
            is_persistent=True,
            persist_directory=str(self._folder),
            anonymized_telemetry=False,
            chroma_otel_collection_endpoint="",
        )
        with _opening:  # Chroma keeps the newest system of a folder in a table of the process
            system = System(settings)
            system.instance(ServerAPI)  # type: ignore[type-abstract]
            system.start()
            self._system = system
            return Client.from_system(system)

    def _stop(self) -> None:
        system, self._system, self._collection, self._state = self._system, None, None, None
        if system is not None:
            system.stop()


def _nearest(
    collection: Any, vector: NDArray[np.float32], k: int, notes: Sequence[str] | None
) -> list[tuple[str, float]]:
    where = None if notes is None else {"note": {"$in": list(notes)}}
    asked = k + 8
    while True:
        found = collection.query(query_embeddings=[vector], n_results=asked, where=where, include=["distances"])
        hits = [(id, 1.0 - distance) for id, distance in zip(found["ids"][0], found["distances"][0], strict=True)]
        if len(hits) < asked or hits[-1][1] < hits[k - 1][1] - _ROUNDING:
            return [hit for hit in hits if hit[1] >= hits[min(k, len(hits)) - 1][1] - _ROUNDING]
        asked *= 2


def _check_count(collection: Any, count: int) -> None:
    if collection.count() != count:
        raise VectorIndexError(f"It holds {collection.count()} vectors and not {count}.")


def _batches(count: int, size: int) -> Iterator[slice]:
    return (slice(start, start + size) for start in range(0, count, size))


def _refuse_functions(configuration: Any) -> None:
    """A folder from elsewhere may name an embedding function that runs code of its author's when Chroma makes it."""
    if isinstance(configuration, dict):
        function = configuration.get("embedding_function")
        if function is not None and function.get("type") not in ("legacy", "unknown"):
            raise VectorIndexError("It names an embedding function, which this program never sets.")
        configuration = list(configuration.values())
    if isinstance(configuration, list):
        for item in configuration:
            _refuse_functions(item)


@contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except (VectorIndexError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic in Chroma's Rust code is no Exception
        raise VectorIndexError(f"{type(error).__name__}: {error}") from error

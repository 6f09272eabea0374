"""Chroma: the passages' vectors for approximate nearest neighbours, derived from the store and made again at need.

The only module that imports chromadb. Each VectorIndex has a client of its own in Chroma's sense (a `System`): clients
that share one, as Chroma's factories make them, answer from what they saw first and cannot be closed one by one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.index.places import (
    CONNECT_SECONDS,
    Abandoned,
    FolderPlace,
    Place,
    Server,
    ServerPlace,
    VectorIndexError,
    VectorServerError,
)
from qa.index.records import State

__all__ = ["MAX_NOTES", "Server", "VectorIndex", "VectorIndexError", "VectorServerError"]

# Chroma hands the notes of a filter to SQLite, which takes 32,766 values.
MAX_NOTES = 1000
# In a made binder of 100,000 passages with many near twins, recall@10 was 0.989 with 200 for ef_search and 0.997 with
# 400, for about half a millisecond more.
_CONFIGURATION = {"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 400}}
# Chroma's distances are right to about 1e-6; what is nearer to the k-th than this may belong before it.
_ROUNDING = 2e-6
# For a server to take in or give out one batch.
_ANSWER_SECONDS = 60.0


class VectorIndex:
    """The vectors of one index. Threads take turns."""

    def __init__(self, folder: Path, server: Server | None = None) -> None:
        """folder: Chroma's own, inside the index folder. server: keeps the vectors instead of the folder.

        Nothing is loaded or asked for before the first search or write.
        """
        self._place: Place = ServerPlace(folder, server) if server else FolderPlace(folder)
        self._lock = threading.Lock()
        self._system: Any = None
        self._collection: Any = None
        self._state: State | None = None

    def exists(self) -> bool:
        """Whether there are vectors at all; what they are is checked when they are used. Asks no server."""
        return self._place.exists()

    def reach(self) -> None:
        """Raises VectorServerError where a server keeps the vectors and cannot be reached."""
        self._place.reach()

    def ids(self, state: State) -> set[str]:
        """The ids of all passages that Chroma holds. state: as for `search`. Raises VectorIndexError."""
        with self._lock, self._mapped():
            collection, found = self._at(state), set[str]()
            for batch in _batches(collection.count(), self._batch_size()):
                page = collection.get(limit=batch.stop - batch.start, offset=batch.start, include=[])
                found.update(page["ids"])
            return found

    def search(
        self, vector: NDArray[np.float32], k: int, state: State, notes: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """The k passages nearest to a vector, as (id, cosine), and those that are as near as the k-th but for rounding.

        vector: (d,). state: the store's, which this must hold. notes: only these, at most MAX_NOTES.
        Raises VectorIndexError.
        """
        with self._lock, self._mapped():
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
        with self._lock, self._mapped():
            self._stop()
            try:
                collection = self._open(state.vectors_generation)
                for batch in _batches(len(changed), self._batch_size()):
                    collection.delete(ids=list(changed[batch]))
                self._add(collection, ids, vectors, state.generation, count)
            finally:
                self._stop()

    def rebuild(self, state: State, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Makes all anew. As `update` otherwise."""
        with self._lock, self._mapped():
            self._stop()
            self._place.reach()
            abandoned = self._place.renew()
            try:
                api = self._start()
                if abandoned is not None:
                    self._delete(api, abandoned)
                model = api.create_collection(
                    self._place.collection,
                    configuration=_CONFIGURATION,
                    metadata={"generation": 0, "files": ""},
                    **self._database(),
                )
                self._add(_collection(api, model), ids, vectors, state.generation, len(ids))
            finally:
                self._stop()

    def close(self) -> None:
        """Lets go of all files; Chroma's threads close the last of them some milliseconds later."""
        with self._lock:
            self._stop()

    def _at(self, state: State) -> Any:
        if self._state != state:
            self._stop()
        if self._collection is None or not self._place.lasting:
            self._collection = self._open(state.generation)
            self._state = state
        return self._collection

    def _open(self, generation: int) -> Any:
        if not self.exists():
            raise VectorIndexError("The vectors are missing.")
        api = self._start()
        model = api.get_collection(self._place.collection, **self._database())
        _refuse_functions([model.configuration_json, model.serialized_schema])
        collection = _collection(api, model)
        held = collection.metadata["generation"]
        if held != generation:
            raise VectorIndexError(f"It holds generation {held} and not {generation}.")
        if collection.metadata["files"] != self._place.seal():
            raise VectorIndexError("Its vectors are not as they were written.")
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
        collection.modify(metadata={"generation": generation, "count": count, "files": self._place.reseal()})

    def _delete(self, api: Any, abandoned: Abandoned) -> None:
        """Deletes a collection that this index made; not that of a copy of it, which has been sealed anew since."""
        from chromadb.errors import NotFoundError

        with suppress(NotFoundError):
            model = api.get_collection(abandoned.collection, **self._database())
            if (model.metadata or {}).get("files") == abandoned.seal:
                api.delete_collection(abandoned.collection, **self._database())

    def _batch_size(self) -> int:
        return int(self._start().get_max_batch_size())

    def _database(self) -> dict[str, str]:
        named = {"tenant": self._place.tenant, "database": self._place.database}
        return {key: name for key, name in named.items() if name}

    def _start(self) -> Any:
        from chromadb.api import ServerAPI
        from chromadb.config import Settings, System

        if self._system is None:
            # All that could send something elsewhere is set here, and not left to the environment or a file ".env".
            settings = Settings(
                _env_file=None,  # type: ignore[call-arg]
                anonymized_telemetry=False,
                chroma_otel_collection_endpoint="",
                **self._place.client_settings(),
            )
            system = System(settings)
            if (session := _session(system)) is not None:
                session.timeout = (CONNECT_SECONDS, *[_ANSWER_SECONDS] * 3)  # it would wait for ever
            system.start()
            self._system = system
        return self._system.instance(ServerAPI)

    def _stop(self) -> None:
        system, self._system, self._collection, self._state = self._system, None, None, None
        if system is not None:
            session = _session(system)
            system.stop()
            if session is not None:
                session.close()

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except (VectorIndexError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic in Chroma's Rust code is no Exception
            raise self._place.failure(error) from error


def _session(system: Any) -> Any:
    """The HTTP session of a server's client; None for a folder's. Starts the client."""
    from chromadb.api import ServerAPI

    return getattr(system.instance(ServerAPI), "_session", None)


def _collection(api: Any, model: Any) -> Any:
    from chromadb.api.models.Collection import Collection

    return Collection(client=api, model=model, embedding_function=None)


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

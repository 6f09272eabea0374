"""The source of truth: notes, blocks, acronyms, passages, sentences and vectors in one SQLite file, and BM25 over them.

The vectors are here as well, so that Chroma's folder can be made again without embedding anything.
"""

from __future__ import annotations

import difflib
import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from qa.errors import IndexBusyError, UnknownNoteError
from qa.index import tables
from qa.index.connections import Connection, Connections
from qa.index.records import Known, Signs, State
from qa.index.signs import read_signs
from qa.index.tables import Row
from qa.index.words import Words
from qa.schema import Acronym, Block, Note, Passage, Sentence

FILE = "index.sqlite"
_AMONG = "IN (SELECT value FROM json_each(?))"
# Words of questions whose frequencies are kept; some megabytes.
_KEPT_TERMS = 50_000
# Passages whose signs are kept: of ten sentences each some 100 MB.
_KEPT_PASSAGES = 5_000
_SHOWN_NAME = 300  # characters
T = TypeVar("T")


class Store:
    """The index as it is read. Any thread may use it, and sees what other processes commit.

    What each search asks for anew is kept in memory as long as the index stays in one state. All methods raise
    IndexFolderError where there is no index or it is damaged, and IndexMismatchError where another version of the
    program made it.
    """

    def __init__(self, folder: Path) -> None:
        self.connections = Connections(folder / FILE, partial(tables.check_version, folder))
        self._kept: tuple[State, dict[str, Any]] | None = None
        self._making = threading.Lock()

    @property
    def generation(self) -> int:
        """How many syncs have changed the index."""
        return self.state().generation

    def state(self) -> State:
        """The state of the index that this thread reads."""
        with self.connections.reading() as connection:
            return _state(connection)

    def latest_state(self) -> State:
        """The state that the index is in now, also where this thread reads a snapshot of another."""
        with self.connections.reading(latest=True) as connection:
            return _state(connection)

    def snapshot(self) -> AbstractContextManager[None]:
        """All that this thread reads meanwhile is of one state of the index, though a sync may finish."""
        return self.connections.snapshot()

    def meta(self) -> Mapping[str, str]:
        """What the index is of: see qa.index.folder.Identity; and its version and generations."""
        return dict(self._rows("SELECT key, value FROM meta"))

    def notes(self) -> tuple[Note, ...]:
        """All notes, ordered by path."""
        sql = f"SELECT {tables.NOTE_COLUMNS} FROM notes ORDER BY note"
        return self._keeping("notes", lambda connection: tuple(map(tables.note_of, connection.execute(sql))))

    def note(self, note: str) -> Note:
        """Raises UnknownNoteError, which names the nearest paths."""
        by_path = self._keeping("by_path", lambda _: {one.note: one for one in self.notes()})
        return by_path[note] if note in by_path else tables.note_of(self._note_row(tables.NOTE_COLUMNS, note))

    def text(self, note: str) -> str:
        """A note's canonical text. Raises UnknownNoteError."""
        return str(self._note_row("text", note)[0])

    def texts(self, notes: Sequence[str]) -> dict[str, str]:
        """The canonical texts of some notes; unknown ones are left out."""
        return dict(self._rows(f"SELECT note, text FROM notes WHERE note {_AMONG}", json.dumps(list(notes))))

    def blocks(self, note: str) -> tuple[Block, ...]:
        """A note's blocks in order. Raises UnknownNoteError."""
        self._note_row("note", note)
        rows = self._rows(f"SELECT {tables.BLOCK_COLUMNS} FROM blocks WHERE note = ? ORDER BY position", note)
        return tuple(map(tables.block_of, rows))

    def acronyms(self) -> tuple[Acronym, ...]:
        """The short forms that the notes define, by note and place."""
        sql = f"SELECT {tables.ACRONYM_COLUMNS} FROM acronyms ORDER BY note, position"
        return self._keeping("acronyms", lambda connection: tuple(map(tables.acronym_of, connection.execute(sql))))

    def passage_count(self) -> int:
        sql = "SELECT count(*) FROM passages"
        return self._keeping("passage_count", lambda connection: int(connection.execute(sql).fetchone()[0]))

    def passage_ids(self, notes: Sequence[str] | None = None) -> tuple[str, ...]:
        """All ids, or those of some notes, in order of the id."""
        within = "" if notes is None else f"WHERE note {_AMONG}"
        asked = [] if notes is None else [json.dumps(list(notes))]
        return tuple(row[0] for row in self._rows(f"SELECT id FROM passages {within} ORDER BY id", *asked))

    def passages(self, ids: Sequence[str]) -> tuple[Passage, ...]:
        """Passages in the order asked for; unknown ids are left out."""
        asked = (json.dumps(list(ids)),)
        with self.connections.reading() as connection:
            among = f"IN (SELECT note FROM passages WHERE id {_AMONG})"
            texts = dict(connection.execute(f"SELECT note, text FROM notes WHERE note {among}", asked))
            rows = connection.execute(
                "SELECT p.id, p.note, s.start, s.stop, s.context FROM passages AS p JOIN sentences AS s"
                f" ON s.passage = p.number WHERE p.id {_AMONG} ORDER BY s.passage, s.position",
                asked,
            )
            sentences: dict[str, list[Sentence]] = defaultdict(list)
            for id, note, *row in rows:
                sentences[id].append(tables.sentence_of(tuple(row), texts[note]))
            rows = connection.execute(
                f"SELECT id, note, start, stop, context, section, page FROM passages WHERE id {_AMONG}", asked
            )
            found = {id: tables.passage_of(tuple(row), sentences[id]) for id, *row in rows}
        return tuple(found[id] for id in ids if id in found)

    def lexical(
        self,
        terms: Sequence[str],
        k: int,
        notes: Sequence[str] | None = None,
        weights: tuple[float, float, float] = (1.0, 1.0, 1.0),
    ) -> list[tuple[str, float]]:
        """The k best passages by BM25, as (id, score), higher is better; ties by id.

        terms: stems as of qa.terms; a term given twice counts once, and of very many the rarest count. notes: only
        these, or None for all. weights: of the passage's own words, its context and its note's title.
        """
        frequencies = self.document_frequencies([term for term in terms if term])
        if not any(frequencies.values()) or k < 1 or (notes is not None and not notes):
            return []
        with self._in_one_state() as (connection, kept):
            with self._making:
                words: Words = kept.get("words") or kept.setdefault("words", Words(connection))
            return words.best(connection, frequencies, k, notes, weights)

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        """How many passages hold each of the terms, their context and title included; 0 for those that none holds."""
        with self._in_one_state() as (connection, kept):
            known = kept.setdefault("frequencies", {})
            if len(known) > _KEPT_TERMS:
                known = kept["frequencies"] = {}
            for term in terms:
                if term not in known:
                    row = connection.execute("SELECT doc FROM vocabulary WHERE term = ?", (term,)).fetchone()
                    known[term] = row[0] if row else 0
            return {term: known[term] for term in terms}

    def known_terms(self, terms: Sequence[str]) -> dict[str, int]:
        """Those of the terms that passages hold, and how many do. For many terms that mostly none holds."""
        # A cross join, or SQLite would read all words of the index.
        sql = "SELECT v.term, v.doc FROM json_each(?) AS asked CROSS JOIN vocabulary AS v ON v.term = asked.value"
        return dict(self._rows(sql, json.dumps(list(terms))))

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vector of each passage, (d,), L2-normalised; unknown ids are left out."""
        return dict(zip(*self.vectors_of(ids), strict=True))

    def vectors_of(self, ids: Sequence[str]) -> tuple[list[str], NDArray[np.float32]]:
        """The ids that are known, in no order, and their vectors (n, d), L2-normalised."""
        rows = self._rows(
            f"SELECT p.id, v.vector FROM passages AS p JOIN vectors AS v ON v.id = p.vector_id WHERE p.id {_AMONG}",
            json.dumps(list(ids)),
        )
        return [id for id, _ in rows], self._decoded([blob for _, blob in rows])

    def signs(self, ids: Sequence[str]) -> dict[str, Signs]:
        """What a search compares passages by, in the order asked for; unknown ids are left out."""
        with self._in_one_state() as (connection, kept):
            known: dict[str, Signs] = kept.get("signs", {})
            missing = [id for id in ids if id not in known]
            if missing:
                if len(known) + len(missing) > _KEPT_PASSAGES:
                    known = {id: known[id] for id in ids if id in known}
                # Another dictionary, so that no thread sees one change under it.
                known = kept["signs"] = known | read_signs(connection, missing, int(self.meta()["dimensions"]))
            return {id: known[id] for id in ids if id in known}

    def passage_vectors(self, notes: Sequence[str] | None = None) -> tuple[list[str], NDArray[np.float32]]:
        """The ids of all passages, or of those of some notes, in order; and their vectors (n, d), L2-normalised."""
        within = "" if notes is None else f"WHERE p.note {_AMONG}"
        rows = self._rows(
            f"SELECT p.id, v.vector FROM passages AS p JOIN vectors AS v ON v.id = p.vector_id {within} ORDER BY p.id",
            *([] if notes is None else [json.dumps(list(notes))]),
        )
        return [id for id, _ in rows], self._decoded([blob for _, blob in rows])

    def known(self) -> dict[str, Known]:
        """What the last sync recorded of each note's file, of those not in the index as well."""
        found = {
            note: Known(size, mtime_ns, None, override, sha256)
            for note, size, mtime_ns, override, sha256 in self._rows(
                "SELECT note, size, mtime_ns, override, sha256 FROM notes"
            )
        }
        rows = self._rows("SELECT note, size, mtime_ns, ctime_ns, override, sha256, message, duplicate FROM skipped")
        for note, *row in rows:
            found[note] = Known(*row)
        return found

    def pending(self) -> tuple[str, ...]:
        """The ids of passages that are other in Chroma than here."""
        return tuple(row[0] for row in self._rows("SELECT id FROM pending ORDER BY id"))

    def release(self) -> None:
        """Lets go of the file, so that it can be made anew. What is kept goes too: the new file may get the place of
        the old one on the disk and so look like the same."""
        self._kept = None
        self.connections.release()

    def close(self) -> None:
        """Closes all connections of all threads."""
        self.connections.close()

    @contextmanager
    def _in_one_state(self) -> Iterator[tuple[Connection, dict[str, Any]]]:
        """A connection, and what is kept in memory of the state that it sees, which threads share."""
        with self.connections.reading() as connection:
            if connection.kept is None:
                connection.kept = self._kept_of(_state(connection))
            yield connection, connection.kept

    def _kept_of(self, state: State) -> dict[str, Any]:
        """What is kept in memory of a state. That of an older one is left to those who still read it."""
        if not state.generation:  # or it would be said that the notes do not tell
            raise IndexBusyError(
                f"The index in {self.connections.path.parent} is not finished yet.\n"
                "Ask again once it is; if nothing is making it, run `qa index`."
            )
        kept = self._kept
        if kept is None or kept[0] != state:
            kept = self._kept = (state, {})
        return kept[1]

    def _keeping(self, name: str, read: Callable[[Connection], T]) -> T:
        """What `read` reads, from memory where it was read in this state before."""
        with self._in_one_state() as (connection, kept):
            if name not in kept:
                kept[name] = read(connection)
            value: T = kept[name]
            return value

    def _rows(self, sql: str, *values: object) -> list[Row]:
        with self.connections.reading() as connection:
            return connection.execute(sql, values).fetchall()

    def _note_row(self, columns: str, note: str) -> Row:
        # No file of a note has a name that cannot be written, and SQLite cannot look for one.
        shown = note.encode("utf-8", "backslashreplace").decode("utf-8")
        rows = self._rows(f"SELECT {columns} FROM notes WHERE note = ?", note) if shown == note else []
        if not rows:
            # Whoever asks may send a name of millions of characters, which nobody wants to compare or read.
            shown = shown if len(shown) <= _SHOWN_NAME else f"{shown[:_SHOWN_NAME]}..."
            paths = [row[0] for row in self._rows("SELECT note FROM notes ORDER BY note")]
            near = _near(shown, paths)
            hint = f"Did you mean {' or '.join(near)}?" if near else "Give its path below the corpus folder."
            raise UnknownNoteError(f"The binder holds no note {shown}. {hint}")
        return rows[0]

    def _decoded(self, blobs: list[bytes]) -> NDArray[np.float32]:
        dimensions = len(blobs[0]) // 2 if blobs else int(self.meta()["dimensions"])
        return tables.vectors_of(blobs, dimensions)


def _near(sought: str, paths: Sequence[str]) -> list[str]:
    """The paths that are called much as what is sought, by their names without what all share: the ends of files."""
    names = {path: path.rpartition(".")[0] or path for path in paths}
    near = difflib.get_close_matches(sought.rpartition(".")[0] or sought, set(names.values()), n=3, cutoff=0.6)
    return [path for name in near for path in paths if names[path] == name][:3]


def _state(connection: Connection) -> State:
    if connection.state is None:
        connection.state = _read_state(connection)
    return connection.state


def _read_state(connection: Connection) -> State:
    meta = dict(connection.execute("SELECT key, value FROM meta WHERE key IN ('generation', 'vectors_generation')"))
    return State(connection.stamp[1], int(meta["generation"]), int(meta["vectors_generation"]))

"""What a sync writes into the SQLite file. Each function takes a connection within a transaction."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.index import tables
from qa.index.records import Known
from qa.markup import plain
from qa.passages import passage_text, sentence_text
from qa.schema import Acronym, Note, NoteContent, Passage, Sentence, Span
from qa.terms import stems

# The hash of a passage's text, and those of its sentences'.
Keys = tuple[bytes, list[bytes]]

# Vectors of sentences out of `signs`, to where those wait that a sync has embedded.
_TAKE_BACK = """
    INSERT OR IGNORE INTO vectors (hash, vector)
    SELECT s.hash, substr(g.vectors, 1 + s.position * w.size, w.size)
    FROM sentences AS s JOIN signs AS g ON g.passage = s.passage
    JOIN (SELECT 2 * value AS size FROM meta WHERE key = 'dimensions') AS w"""
_YOU = re.compile(r"\b(?:you|yours?|vous|votre|vos)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Indexed:
    """A note as it goes into the index."""

    content: NoteContent
    acronyms: tuple[Acronym, ...]
    passages: tuple[Passage, ...]
    file: Known


def embedded_texts(indexed: Indexed) -> Iterable[str]:
    """The texts of a note's passages and sentences whose vectors the index holds; some may be equal."""
    text = indexed.content.text
    for passage in indexed.passages:
        yield passage_text(text, passage)
        for sentence in passage.sentences:
            yield sentence_text(text, sentence)


def text_hash(text: str) -> bytes:
    """What a text's vector is found by."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def held(connection: sqlite3.Connection) -> set[bytes]:
    """The hashes of the texts whose vectors the index holds."""
    return {key for (key,) in connection.execute("SELECT hash FROM vectors UNION ALL SELECT hash FROM sentences")}


def add_vectors(connection: sqlite3.Connection, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
    """vectors: (len(texts), d)."""
    rows = [(text_hash(text), tables.vector_blob(vector)) for text, vector in zip(texts, vectors, strict=True)]
    connection.executemany("INSERT INTO vectors (hash, vector) VALUES (?, ?)", rows)


def remove_note(connection: sqlite3.Connection, note: str) -> None:
    """Takes a note out, with all that hangs on it but its vectors; see `remove_unused_vectors`."""
    numbers = "(SELECT number FROM passages WHERE note = ?)"
    connection.execute("INSERT OR IGNORE INTO pending (id) SELECT id FROM passages WHERE note = ?", (note,))
    connection.execute(f"{_TAKE_BACK} WHERE s.passage IN {numbers}", (note,))
    for table, key in (("sentences", "passage"), ("signs", "passage"), ("stems", "rowid")):
        connection.execute(f"DELETE FROM {table} WHERE {key} IN {numbers}", (note,))
    for table in ("passages", "acronyms", "blocks", "notes"):
        connection.execute(f"DELETE FROM {table} WHERE note = ?", (note,))


def add_notes(connection: sqlite3.Connection, notes: Sequence[Indexed]) -> None:
    """Puts notes in, of all of whose texts the index holds the vectors."""
    keys = [_keys(indexed) for indexed in notes]
    _take_back(connection, {key for of in keys for passage, sentences in of for key in (passage, *sentences)})
    ids = dict[bytes, int](connection.execute("SELECT hash, id FROM vectors").fetchall())
    used = {id for (id,) in connection.execute("SELECT vector_id FROM passages")}
    used |= {ids[passage] for of in keys for passage, _ in of}
    last = {key: at for at, of in enumerate(keys) for _, sentences in of for key in sentences}
    for at, (indexed, of) in enumerate(zip(notes, keys, strict=True)):
        _add_note(connection, indexed, of, ids)
        # At once, so that what the next notes need gets its place, or the file would be half empty in the end.
        done = {ids[key] for _, sentences in of for key in sentences if last[key] == at} - used
        connection.executemany("DELETE FROM vectors WHERE id = ?", [(id,) for id in sorted(done)])


def _add_note(connection: sqlite3.Connection, indexed: Indexed, keys: Sequence[Keys], ids: Mapping[bytes, int]) -> None:
    """Puts a note in. ids: of the vectors of all its texts, by hash."""
    content, note = indexed.content, indexed.content.note
    values = (*tables.note_row(note), content.text, indexed.file.mtime_ns, indexed.file.override)
    _insert(connection, "notes", f"{tables.NOTE_COLUMNS}, text, mtime_ns, override", [values])
    blocks = [(note.note, position, *tables.block_row(block)) for position, block in enumerate(content.blocks)]
    _insert(connection, "blocks", f"note, position, {tables.BLOCK_COLUMNS}", blocks)
    acronyms = [(position, a.short, a.long, a.note, a.start, a.end) for position, a in enumerate(indexed.acronyms)]
    _insert(connection, "acronyms", f"position, {tables.ACRONYM_COLUMNS}", acronyms)
    for passage, of in zip(indexed.passages, keys, strict=True):
        _add_passage(connection, content, passage, of, ids)


def _keys(indexed: Indexed) -> list[Keys]:
    """What the texts of each of a note's passages, and of its sentences, are found by."""
    text = indexed.content.text
    return [
        (text_hash(passage_text(text, passage)), [text_hash(sentence_text(text, one)) for one in passage.sentences])
        for passage in indexed.passages
    ]


def _take_back(connection: sqlite3.Connection, wanted: set[bytes]) -> None:
    """Puts the vectors of sentences that notes of the index share with those to come where new ones wait."""
    waiting = {key for (key,) in connection.execute("SELECT hash FROM vectors")}
    if missing := wanted - waiting:
        rows = connection.execute("SELECT hash, passage, position FROM sentences")
        places = {key: (passage, position) for key, passage, position in rows if key in missing}
        connection.executemany(f"{_TAKE_BACK} WHERE s.passage = ? AND s.position = ?", list(places.values()))


def replace_skipped(connection: sqlite3.Connection, skipped: Mapping[str, Known]) -> None:
    """Records the notes that are not in the index, and why."""
    connection.execute("DELETE FROM skipped")
    rows = [
        (note, k.size, k.mtime_ns, k.ctime_ns, k.override, k.sha256, k.message, k.duplicate)
        for note, k in skipped.items()
    ]
    _insert(connection, "skipped", "note, size, mtime_ns, ctime_ns, override, sha256, message, duplicate", rows)


def touch(connection: sqlite3.Connection, times: Mapping[str, int]) -> None:
    """Records when files were written (in nanoseconds) whose content is what it was."""
    connection.executemany("UPDATE notes SET mtime_ns = ? WHERE note = ?", [(ns, note) for note, ns in times.items()])


def remove_unused_vectors(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM vectors WHERE id NOT IN (SELECT vector_id FROM passages)")


def next_generation(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE meta SET value = CAST(value + 1 AS TEXT) WHERE key = 'generation'")


def set_vectors_generation(connection: sqlite3.Connection, generation: int) -> None:
    """Records which generation Chroma holds, from now on without anything pending; 0 where it must be made anew."""
    connection.execute("UPDATE meta SET value = ? WHERE key = 'vectors_generation'", (str(generation),))
    connection.execute("DELETE FROM pending")


def _add_passage(
    connection: sqlite3.Connection, content: NoteContent, passage: Passage, keys: Keys, ids: Mapping[bytes, int]
) -> None:
    text, note = content.text, content.note
    own_key, sentence_keys = keys
    columns = "id, note, start, stop, context, section, page, vector_id"
    number = _insert_one(connection, "passages", columns, (*tables.passage_row(passage), ids[own_key]))
    sentences = [
        (number, position, *tables.sentence_row(sentence), key)
        for position, (sentence, key) in enumerate(zip(passage.sentences, sentence_keys, strict=True))
    ]
    _insert(connection, "sentences", "passage, position, start, stop, context, hash", sentences)
    own = "\n".join(_own_stems(sentence, note) for sentence in passage.sentences)
    lead_ins = "\n".join(_stems(text, sentence.context, note.language) for sentence in passage.sentences)
    vectors = b"".join(_vector(connection, ids[key]) for key in sentence_keys)
    signs = (number, _headings(content, passage), own, lead_ins, vectors)
    _insert(connection, "signs", "passage, headings, own, lead_ins, vectors", [signs])
    body = _stems(text, [Span(passage.start, passage.end)], note.language)
    context = _stems(text, passage.context, note.language)
    title = " ".join(stems(plain(note.title), note.language))
    _insert(connection, "stems", "rowid, body, context, title", [(number, body, context, title)])
    connection.execute("INSERT OR IGNORE INTO pending (id) VALUES (?)", (passage.id,))


def _vector(connection: sqlite3.Connection, id: int) -> bytes:
    blob: bytes = connection.execute("SELECT vector FROM vectors WHERE id = ?", (id,)).fetchone()[0]
    return blob


def _headings(content: NoteContent, passage: Passage) -> str:
    """The stems of what stands over a passage: its headings and its note's title."""
    note = content.note
    lead_ins = {span for sentence in passage.sentences for span in sentence.context}
    over = [plain(content.text[span.start : span.end]) for span in passage.context if span not in lead_ins]
    return " ".join(stems(" ".join([*over, passage.section, plain(note.title)]), note.language))


def _own_stems(sentence: Sentence, note: Note) -> str:
    # "Your counterpart" in a note for the Minister is what is asked for as "the Minister's counterpart".
    addressed = note.prepared_for if note.prepared_for and _YOU.search(sentence.text) else ""
    return " ".join(stems(f"{plain(sentence.text)} {addressed}", note.language))


def _stems(text: str, spans: Iterable[Span], language: str) -> str:
    return " ".join(stem for span in spans for stem in stems(plain(text[span.start : span.end]), language))


def _insert_one(connection: sqlite3.Connection, table: str, columns: str, row: tables.Row) -> int:
    marks = ", ".join("?" * len(row))
    number = connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", row).lastrowid
    assert number is not None
    return number


def _insert(connection: sqlite3.Connection, table: str, columns: str, rows: Sequence[tables.Row]) -> None:
    marks = ", ".join("?" * (columns.count(",") + 1))
    connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)

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


def vector_ids(connection: sqlite3.Connection) -> dict[bytes, int]:
    """The vectors that the index holds, by the hash of their text."""
    return dict(connection.execute("SELECT hash, id FROM vectors").fetchall())


def add_vectors(connection: sqlite3.Connection, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
    """vectors: (len(texts), d)."""
    rows = [(text_hash(text), tables.vector_blob(vector)) for text, vector in zip(texts, vectors, strict=True)]
    connection.executemany("INSERT INTO vectors (hash, vector) VALUES (?, ?)", rows)


def remove_note(connection: sqlite3.Connection, note: str) -> None:
    """Takes a note out, with all that hangs on it but its vectors; see `remove_unused_vectors`."""
    numbers = "(SELECT number FROM passages WHERE note = ?)"
    connection.execute("INSERT OR IGNORE INTO pending (id) SELECT id FROM passages WHERE note = ?", (note,))
    connection.execute(f"DELETE FROM sentences WHERE passage IN {numbers}", (note,))
    connection.execute(f"DELETE FROM stems WHERE rowid IN {numbers}", (note,))
    for table in ("passages", "acronyms", "blocks", "notes"):
        connection.execute(f"DELETE FROM {table} WHERE note = ?", (note,))


def add_note(connection: sqlite3.Connection, indexed: Indexed, ids: Mapping[bytes, int]) -> None:
    """Puts a note in. ids: of the vectors of all its texts, by hash."""
    content, note = indexed.content, indexed.content.note
    values = (*tables.note_row(note), content.text, indexed.file.mtime_ns, indexed.file.override)
    _insert(connection, "notes", f"{tables.NOTE_COLUMNS}, text, mtime_ns, override", [values])
    blocks = [(note.note, position, *tables.block_row(block)) for position, block in enumerate(content.blocks)]
    _insert(connection, "blocks", f"note, position, {tables.BLOCK_COLUMNS}", blocks)
    acronyms = [(position, a.short, a.long, a.note, a.start, a.end) for position, a in enumerate(indexed.acronyms)]
    _insert(connection, "acronyms", f"position, {tables.ACRONYM_COLUMNS}", acronyms)
    for passage in indexed.passages:
        _add_passage(connection, content, passage, ids)


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
    used = "SELECT vector_id FROM passages UNION SELECT vector_id FROM sentences"
    connection.execute(f"DELETE FROM vectors WHERE id NOT IN ({used})")


def next_generation(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE meta SET value = CAST(value + 1 AS TEXT) WHERE key = 'generation'")


def set_vectors_generation(connection: sqlite3.Connection, generation: int) -> None:
    """Records which generation Chroma holds, from now on without anything pending; 0 where it must be made anew."""
    connection.execute("UPDATE meta SET value = ? WHERE key = 'vectors_generation'", (str(generation),))
    connection.execute("DELETE FROM pending")


def _add_passage(
    connection: sqlite3.Connection, content: NoteContent, passage: Passage, ids: Mapping[bytes, int]
) -> None:
    text, note = content.text, content.note
    vector_id = ids[text_hash(passage_text(text, passage))]
    row = (*tables.passage_row(passage), vector_id, _headings(content, passage))
    columns = "id, note, start, stop, context, section, page, vector_id, headings"
    number = _insert_one(connection, "passages", columns, row)
    sentences = [
        (
            *(number, position, *tables.sentence_row(sentence)),
            ids[text_hash(sentence_text(text, sentence))],
            _own_stems(sentence, note),
            _stems(text, sentence.context, note.language),
        )
        for position, sentence in enumerate(passage.sentences)
    ]
    _insert(connection, "sentences", "passage, position, start, stop, context, vector_id, own, lead_in", sentences)
    body = _stems(text, [Span(passage.start, passage.end)], note.language)
    context = _stems(text, passage.context, note.language)
    title = " ".join(stems(plain(note.title), note.language))
    _insert(connection, "stems", "rowid, body, context, title", [(number, body, context, title)])
    connection.execute("INSERT OR IGNORE INTO pending (id) VALUES (?)", (passage.id,))


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

"""Whether index.sqlite is whole: its pages, its rows among each other, and its spans against the texts.

Each check raises ValueError, which says what was found, or returns what it looked at. Nothing is written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import numpy as np

from qa.index.edits import text_hash
from qa.index.store import FILE, Store
from qa.passages import passage_text, sentence_text
from qa.schema import Passage, Span

_STRAY = {
    "passages without a note": "passages WHERE note NOT IN (SELECT note FROM notes)",
    "blocks without a note": "blocks WHERE note NOT IN (SELECT note FROM notes)",
    "acronyms without a note": "acronyms WHERE note NOT IN (SELECT note FROM notes)",
    "sentences without a passage": "sentences WHERE passage NOT IN (SELECT number FROM passages)",
    "passages without a sentence": "passages WHERE number NOT IN (SELECT passage FROM sentences)",
    "passages without a vector": "passages WHERE vector_id NOT IN (SELECT id FROM vectors)",
    "passages without signs": "passages WHERE number NOT IN (SELECT passage FROM signs)",
    "signs without a passage": "signs WHERE passage NOT IN (SELECT number FROM passages)",
    "passages that the word search lacks": "passages WHERE number NOT IN (SELECT rowid FROM stems)",
    "rows of the word search without a passage": "stems WHERE rowid NOT IN (SELECT number FROM passages)",
}
_UNUSED = "vectors WHERE id NOT IN (SELECT vector_id FROM passages)"
_HASHES = """
    SELECT id, hash FROM (
        SELECT p.id, -1 AS position, v.hash FROM passages AS p LEFT JOIN vectors AS v ON v.id = p.vector_id
        WHERE p.note = ?1
        UNION ALL
        SELECT p.id, s.position, s.hash FROM passages AS p JOIN sentences AS s ON s.passage = p.number WHERE p.note = ?1
    ) ORDER BY id, position"""
# The signs of each passage, and how many sentences they are of.
_SIGNS = """
    SELECT g.own, g.lead_ins, g.vectors, (SELECT count(*) FROM sentences AS s WHERE s.passage = g.passage)
    FROM signs AS g"""


def check_pages(store: Store) -> str:
    """SQLite's own checks, of all pages and of the word search."""
    # A copy, because SQLite checks the word search by a command that needs the right to write.
    with store.connections.reading() as connection, closing(sqlite3.connect("")) as copy:
        connection.backup(copy)
        faults = [row[0] for row in copy.execute("PRAGMA integrity_check(3)")]
        if faults != ["ok"]:
            raise ValueError(f"{FILE} is damaged: {listed(faults)}.")
        try:
            copy.execute("INSERT INTO stems (stems) VALUES ('integrity-check')")
        except sqlite3.DatabaseError as error:
            raise ValueError(f"The word search in {FILE} is damaged: {error}.") from error
    return f"{FILE} is whole"


def check_rows(store: Store, *, unused: bool) -> str:
    """Whether each row belongs to what it says, and each vector is one. unused: whether nothing may be left over."""
    queries = _STRAY | ({"vectors that nothing uses": _UNUSED} if unused else {})
    size = int(store.meta()["dimensions"]) * 2
    with store.connections.reading() as connection:
        counts = {
            what: connection.execute(f"SELECT count(*) FROM {rows}").fetchone()[0] for what, rows in queries.items()
        }
        blobs = connection.execute("SELECT vector FROM vectors")
        counts["vectors that are none"] = sum(not _are_vectors(blob, 1, size) for (blob,) in blobs)
        signs = connection.execute(_SIGNS)
        counts["passages whose signs are not of their sentences"] = sum(
            own.count("\n") != count - 1 or lead_ins.count("\n") != count - 1 or not _are_vectors(blob, count, size)
            for own, lead_ins, blob, count in signs
            if count
        )
    found = [f"{count} {what}" for what, count in counts.items() if count]
    if found:
        raise ValueError(f"Found: {', '.join(found)}.")
    return "every row belongs to another"


def check_texts(store: Store) -> str:
    """Whether the span of each block and passage is inside its text and gives, to the letter, what was embedded."""
    wrong: list[str] = []
    seen = 0
    for note in store.notes():
        text = store.text(note.note)
        if not all(_within(Span(block.start, block.end), text) for block in store.blocks(note.note)):
            wrong.append(f"{note.note} (its blocks)")
        hashes: dict[str, list[bytes | None]] = {}
        with store.connections.reading() as connection:
            for id, digest in connection.execute(_HASHES, (note.note,)):
                hashes.setdefault(id, []).append(digest)
        for id, passage in zip(hashes, store.passages(list(hashes)), strict=True):
            seen += 1
            if passage.id != id or [*_hashes(text, passage)] != hashes[id]:
                wrong.append(id)
    if wrong:
        raise ValueError(f"The text is not what was indexed: {listed(wrong)}.")
    return f"{seen} passages give the text that was indexed"


def listed(names: list[str], separator: str = ", ") -> str:
    """The first three, and how many more."""
    return separator.join(names[:3]) + (f"{separator}and {len(names) - 3} more" if len(names) > 3 else "")


def _are_vectors(blob: bytes, count: int, size: int) -> bool:
    """Whether a blob holds so many vectors of `size` bytes each."""
    if len(blob) != count * size:
        return False
    vectors = np.frombuffer(blob, dtype="<f2").astype(np.float32).reshape(count, -1)
    return bool((np.abs(np.linalg.norm(vectors, axis=1) - 1.0) < 0.01).all())


def _hashes(text: str, passage: Passage) -> Iterator[bytes]:
    """What a passage's text and those of its sentences are found by; nothing where a span is outside the text."""
    spans = [Span(passage.start, passage.end), *passage.context]
    for sentence in passage.sentences:
        spans += [Span(sentence.start, sentence.end), *sentence.context]
    if all(_within(span, text) for span in spans):
        yield text_hash(passage_text(text, passage))
        for sentence in passage.sentences:
            yield text_hash(sentence_text(text, sentence))


def _within(span: Span, text: str) -> bool:
    return 0 <= span.start < span.end <= len(text)

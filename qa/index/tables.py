"""The tables of index.sqlite, and how values become rows and rows become values.

Texts are in `notes` once; all else points into them. Vectors have a table of their own, keyed by what was embedded,
so that equal texts share one. Raise VERSION when a table, or what is put into it, changes: an older index is made anew.
What is put into it is also how notes are read, and which embedding model is the default; `tests/test_upgrade.py` tells
when the reading has changed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.errors import IndexMismatchError
from qa.schema import Acronym, Block, BlockKind, Note, Passage, Sentence, Span

VERSION = 8
Row = tuple[Any, ...]

# `signs` is what a search compares a passage by, in one row, since a search reads some hundreds of them: the stems of
# its headings; a line for each sentence of its own stems (`own`) and of what it hangs on (`lead_ins`); and the vectors
# of its sentences, one after the other. In `vectors` are those of passages, and of sentences that a sync has embedded
# and not yet put into `signs`.
# `stems` keeps its own copy of what it holds. A contentless table would need the old stems to delete a row, worked
# out again; a newer stemmer would work out others and leave the index corrupt.
SCHEMA = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID",
    """CREATE TABLE notes (
        note TEXT PRIMARY KEY, title TEXT NOT NULL, date TEXT, language TEXT NOT NULL, classification TEXT, source TEXT,
        prepared_for TEXT, sha256 TEXT NOT NULL, size INTEGER NOT NULL, warnings TEXT NOT NULL,
        text TEXT NOT NULL, mtime_ns INTEGER NOT NULL, override TEXT NOT NULL)""",
    """CREATE TABLE skipped (
        note TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
        override TEXT NOT NULL, sha256 TEXT NOT NULL, message TEXT NOT NULL, duplicate INTEGER NOT NULL)""",
    """CREATE TABLE blocks (
        note TEXT NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, start INTEGER NOT NULL,
        stop INTEGER NOT NULL, level INTEGER NOT NULL, headings TEXT NOT NULL, lead_in TEXT NOT NULL, header TEXT,
        caption TEXT, series INTEGER, page INTEGER, PRIMARY KEY (note, position)) WITHOUT ROWID""",
    """CREATE TABLE acronyms (
        note TEXT NOT NULL, position INTEGER NOT NULL, short TEXT NOT NULL, long TEXT NOT NULL, start INTEGER NOT NULL,
        stop INTEGER NOT NULL, PRIMARY KEY (note, position)) WITHOUT ROWID""",
    """CREATE TABLE passages (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, note TEXT NOT NULL, start INTEGER NOT NULL,
        stop INTEGER NOT NULL, context TEXT NOT NULL, section TEXT NOT NULL, page INTEGER,
        vector_id INTEGER NOT NULL)""",
    "CREATE INDEX passages_by_note ON passages (note)",
    """CREATE TABLE sentences (
        passage INTEGER NOT NULL, position INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL,
        context TEXT NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (passage, position)) WITHOUT ROWID""",
    """CREATE TABLE signs (
        passage INTEGER PRIMARY KEY, headings TEXT NOT NULL, own TEXT NOT NULL, lead_ins TEXT NOT NULL,
        vectors BLOB NOT NULL)""",
    "CREATE TABLE vectors (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, vector BLOB NOT NULL)",
    "CREATE TABLE editions (generation INTEGER PRIMARY KEY, found TEXT NOT NULL)",
    "CREATE TABLE pending (id TEXT PRIMARY KEY) WITHOUT ROWID",
    """CREATE VIRTUAL TABLE stems USING fts5(
        body, context, title, tokenize = "unicode61 remove_diacritics 0 tokenchars '._'")""",
    "CREATE VIRTUAL TABLE vocabulary USING fts5vocab(stems, row)",
)
# Where each stem stands, for qa.index.words; of one connection alone, nothing is written.
INSTANCES = "CREATE VIRTUAL TABLE temp.instances USING fts5vocab(main, stems, instance)"

NOTE_COLUMNS = "note, title, date, language, classification, source, prepared_for, sha256, size, warnings"
BLOCK_COLUMNS = "kind, start, stop, level, headings, lead_in, header, caption, series, page"
ACRONYM_COLUMNS = "short, long, note, start, stop"


def check_version(folder: Path, connection: sqlite3.Connection) -> None:
    """Raises IndexMismatchError where the index in `folder` is not of this version.

    An index that is open may be made anew by another process, whose program is of another version.
    """
    if connection.execute("SELECT value FROM meta WHERE key = 'version'").fetchone() != (str(VERSION),):
        raise IndexMismatchError(
            f"The index in {folder} was made by another version of this program.\nRun `qa index` to make it anew."
        )


def note_row(note: Note) -> Row:
    day = note.date.isoformat() if note.date else None
    known = (note.language, note.classification, note.source, note.prepared_for, note.sha256, note.size)
    return (note.note, note.title, day, *known, json.dumps(note.warnings))


def note_of(row: Row) -> Note:
    note, title, day, language, classification, source, prepared_for, sha256, size, warnings = row
    return Note(
        note=note,
        title=title,
        date=date.fromisoformat(day) if day else None,
        language=language,
        classification=classification,
        source=source,
        prepared_for=prepared_for,
        sha256=sha256,
        size=size,
        warnings=tuple(json.loads(warnings)),
    )


def block_row(block: Block) -> Row:
    spans = (
        _spans_json(block.headings),
        _spans_json(block.lead_in),
        _span_json(block.header),
        _span_json(block.caption),
    )
    return (str(block.kind), block.start, block.end, block.level, *spans, block.group, block.page)


def block_of(row: Row) -> Block:
    kind, start, stop, level, headings, lead_in, header, caption, group, page = row
    return Block(
        kind=BlockKind(kind),
        start=start,
        end=stop,
        level=level,
        headings=_spans(headings),
        lead_in=_spans(lead_in),
        header=_span(header),
        caption=_span(caption),
        group=group,
        page=page,
    )


def acronym_of(row: Row) -> Acronym:
    return Acronym(*row)


def passage_row(passage: Passage) -> Row:
    context = _spans_json(passage.context)
    return (passage.id, passage.note, passage.start, passage.end, context, passage.section, passage.page)


def passage_of(row: Row, sentences: Iterable[Sentence]) -> Passage:
    note, start, stop, context, section, page = row
    return Passage(note, start, stop, _spans(context), tuple(sentences), section, page)


def sentence_row(sentence: Sentence) -> Row:
    return (sentence.start, sentence.end, _spans_json(sentence.context))


def sentence_of(row: Row, text: str) -> Sentence:
    """text: of the whole note."""
    start, stop, context = row
    return Sentence(start, stop, text[start:stop], _spans(context))


def vector_blob(vector: NDArray[np.float32]) -> bytes:
    """Half precision: the error of a cosine is below 0.0005, and the file half the size."""
    return vector.astype("<f2").tobytes()


def vectors_of(blobs: list[bytes], dimensions: int) -> NDArray[np.float32]:
    """The vectors (n, dimensions) of some blobs, each of one or more, L2-normalised again, since half precision moves
    the norm."""
    vectors = np.frombuffer(b"".join(blobs), dtype="<f2").astype(np.float32).reshape(-1, dimensions)
    # In place: for some thousand vectors the memory of each further copy costs more than its numbers.
    with np.errstate(invalid="ignore"):  # one of zeros, in a damaged index, becomes NaN, and is not found
        vectors /= np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
    return vectors


def _spans_json(spans: Iterable[Span]) -> str:
    return json.dumps([[span.start, span.end] for span in spans])


@lru_cache(maxsize=4096)  # what hangs on one lead-in, or stands below one heading, has the same spans
def _spans(text: str) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in json.loads(text))


def _span_json(span: Span | None) -> str | None:
    return None if span is None else _spans_json([span])


def _span(text: str | None) -> Span | None:
    return None if text is None else _spans(text)[0]

"""The search by words: BM25 over the passages' stems.

SQLite's full-text index holds where the stems stand. Its own bm25() would look up the length of each passage that holds
one of the terms, for each question anew, which takes most of the time of a search. So what a term gives to each passage
is worked out once for a state of the index, and kept.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

# As in SQLite's bm25(), and as most use it (Robertson and Zaragoza, 2009: The Probabilistic Relevance Framework).
K1, B = 1.2, 0.75
# What a term of more than half of the passages weighs, so that it never speaks against one.
_LEAST_WEIGHT = 1e-6
# Pairs of a term and a passage that are kept, some 40 MB.
_KEPT = 3_000_000
_COLUMNS = np.frombuffer(b"bct", np.uint8)  # body, context, title, by their first letters
_STANDS = "SELECT json_group_array(doc), group_concat(substr(col, 1, 1), '') FROM instances WHERE term = ?"

Numbers = NDArray[np.int32]
Scores = NDArray[np.float64]
Weights = tuple[float, float, float]


class Words:
    """What each term gives to each passage, in one state of the index. Threads share it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """connection: sees that state, as those of `best` must."""
        sizes = connection.execute("SELECT id, sz FROM stems_docsize").fetchall()
        lengths = np.zeros(1 + max((number for number, _ in sizes), default=0))
        for number, size in sizes:
            lengths[number] = _tokens(size)
        self._passages = len(sizes)
        mean = lengths.sum() / max(1, len(sizes)) or 1.0
        self._for_length: Scores = K1 * (1 - B + B * lengths / mean)
        self._given: dict[tuple[str, Weights], tuple[Numbers, Scores]] = {}
        self._kept = 0
        self._notes: tuple[dict[str, int], Numbers] | None = None

    def best(
        self,
        connection: sqlite3.Connection,
        terms: Iterable[str],
        k: int,
        notes: Sequence[str] | None,
        weights: Weights,
    ) -> list[tuple[str, float]]:
        """The k best passages as (id, score), best first; ties by id. terms: each once. notes, weights: as of
        `Store.lexical`."""
        scores = np.zeros(len(self._for_length))
        for term in terms:
            numbers, given = self._gives(connection, term, weights)
            scores[numbers] += given
        if notes is not None:
            scores *= self._are_of(connection, notes)
        found = np.flatnonzero(scores)
        if len(found) > k:  # with all that tie with the k-th
            found = found[scores[found] >= np.partition(scores[found], -k)[-k]]
        sql = "SELECT id, number FROM passages WHERE number IN (SELECT value FROM json_each(?))"
        ids = connection.execute(sql, (json.dumps(found.tolist()),))
        return sorted(((id, float(scores[number])) for id, number in ids), key=lambda hit: (-hit[1], hit[0]))[:k]

    def _gives(self, connection: sqlite3.Connection, term: str, weights: Weights) -> tuple[Numbers, Scores]:
        """The numbers of the passages that hold a term, and what it gives to each."""
        found = self._given.get((term, weights))
        if found is None:
            if self._kept > _KEPT:
                self._given, self._kept = {}, 0
            found = self._given[term, weights] = self._read(connection, term, weights)
            self._kept += len(found[0])
        return found

    def _read(self, connection: sqlite3.Connection, term: str, weights: Weights) -> tuple[Numbers, Scores]:
        docs, columns = connection.execute(_STANDS, (term,)).fetchone()
        numbers, at = np.unique(np.array(json.loads(docs), np.int32), return_inverse=True)
        where = np.searchsorted(_COLUMNS, np.frombuffer((columns or "").encode(), np.uint8))
        often = np.bincount(at, np.array(weights)[where], minlength=len(numbers))
        ratio = (self._passages - len(numbers) + 0.5) / (len(numbers) + 0.5)
        weight = math.log(ratio) if ratio > 1 else _LEAST_WEIGHT
        return numbers, weight * (often * (K1 + 1) / (often + self._for_length[numbers]))

    def _are_of(self, connection: sqlite3.Connection, notes: Sequence[str]) -> NDArray[np.bool_]:
        """Whether each passage, by its number, is of one of the notes."""
        if self._notes is None:
            rows = connection.execute("SELECT number, note FROM passages").fetchall()
            places = {note: place for place, note in enumerate({note: None for _, note in rows}, start=1)}
            of = np.zeros(len(self._for_length), np.int32)
            for number, note in rows:
                of[number] = places[note]
            self._notes = places, of
        places, of = self._notes
        wanted = np.zeros(len(places) + 1, np.bool_)
        wanted[[places[note] for note in notes if note in places]] = True
        return wanted[of]


def _tokens(sizes: bytes) -> int:
    """How many stems a passage has, of FTS5's record of how many each column has, as SQLite's varints."""
    if len(sizes) == len(_COLUMNS):
        return sum(sizes)
    total = value = 0
    for byte in sizes:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            total, value = total + value, 0
    return total

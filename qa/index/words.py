"""The search by words: BM25 over the passages' stems.

SQLite's full-text index holds where the stems stand. Its own bm25() would look up the length of each passage that holds
one of the terms, for each question anew, which takes most of the time of a search. So what a term gives to each passage
is worked out once for a state of the index, and kept.
"""

from __future__ import annotations

import json
import math
import sqlite3
import threading
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

# As in SQLite's bm25(), and as most use it (Robertson and Zaragoza, 2009: The Probabilistic Relevance Framework).
K1, B = 1.2, 0.75
# What a term of more than half of the passages weighs, so that it never speaks against one.
_LEAST_WEIGHT = 1e-6
# Pairs of a term and a passage that are kept, some 40 MB, and what an entry counts for whatever it holds.
_KEPT, _ENTRY = 3_000_000, 50
# Of one question so many pairs are read, those of its rarest terms: a page of text is no question in words.
_MOST = 1_000_000
_COLUMNS = np.frombuffer(b"bct", np.uint8)  # body, context, title, by their first letters
_STANDS = "SELECT json_group_array(doc), group_concat(substr(col, 1, 1), '') FROM instances WHERE term = ?"

Places = NDArray[np.intp]
Scores = NDArray[np.float64]
Weights = tuple[float, float, float]


class Words:
    """What each term gives to each passage, in one state of the index. Threads share it.

    A term is looked for as it is: one that SQLite parts into several ("½" is "1", "2" there) is not found. Passages go
    by their place in the order of their numbers, which have gaps.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """connection: sees that state, as those of `best` must."""
        sizes = connection.execute("SELECT id, sz FROM stems_docsize ORDER BY id").fetchall()
        self._numbers = np.array([number for number, _ in sizes], np.int64)
        lengths = np.array([_tokens(size) for _, size in sizes], np.float64)
        mean = lengths.sum() / max(1, len(sizes)) or 1.0
        self._for_length: Scores = K1 * (1 - B + B * lengths / mean)
        self._given: dict[tuple[str, Weights], tuple[Places, Scores]] = {}
        self._kept = 0
        self._notes: tuple[dict[str, int], Places] | None = None
        self._lock = threading.Lock()

    def best(
        self,
        connection: sqlite3.Connection,
        frequencies: Mapping[str, int],
        k: int,
        notes: Sequence[str] | None,
        weights: Weights,
    ) -> list[tuple[str, float]]:
        """The k best passages as (id, score), best first; ties by id. frequencies: how many passages hold each term.
        notes, weights: as of `Store.lexical`."""
        scores = np.zeros(len(self._numbers))
        for term in _affordable(frequencies):
            places, given = self._gives(connection, term, weights)
            scores[places] += given
        if notes is not None:
            scores *= self._are_of(connection, notes)
        found = np.flatnonzero(scores)
        if len(found) > k:  # with all that tie with the k-th
            found = found[scores[found] >= np.partition(scores[found], -k)[-k]]
        score_of = dict(zip(self._numbers[found].tolist(), scores[found].tolist(), strict=True))
        sql = "SELECT id, number FROM passages WHERE number IN (SELECT value FROM json_each(?))"
        ids = connection.execute(sql, (json.dumps(list(score_of)),))
        return sorted(((id, score_of[number]) for id, number in ids), key=lambda hit: (-hit[1], hit[0]))[:k]

    def _gives(self, connection: sqlite3.Connection, term: str, weights: Weights) -> tuple[Places, Scores]:
        """The passages that hold a term, and what it gives to each."""
        found = self._given.get((term, weights))
        if found is None:
            found = self._read(connection, term, weights)
            with self._lock:
                self._given[term, weights] = found
                self._kept += len(found[0]) + _ENTRY
                while self._kept > _KEPT and len(self._given) > 1:  # the oldest goes first
                    self._kept -= len(self._given.pop(next(iter(self._given)))[0]) + _ENTRY
        return found

    def _read(self, connection: sqlite3.Connection, term: str, weights: Weights) -> tuple[Places, Scores]:
        docs, columns = connection.execute(_STANDS, (term,)).fetchone()
        numbers, at = np.unique(np.array(json.loads(docs), np.int64), return_inverse=True)
        places = np.searchsorted(self._numbers, numbers)
        where = np.searchsorted(_COLUMNS, np.frombuffer((columns or "").encode(), np.uint8))
        often = np.bincount(at, np.array(weights)[where], minlength=len(numbers))
        ratio = (len(self._numbers) - len(numbers) + 0.5) / (len(numbers) + 0.5)
        weight = math.log(ratio) if ratio > 1 else _LEAST_WEIGHT
        return places, weight * (often * (K1 + 1) / (often + self._for_length[places]))

    def _are_of(self, connection: sqlite3.Connection, notes: Sequence[str]) -> NDArray[np.bool_]:
        """Whether each passage is of one of the notes."""
        if self._notes is None:
            rows = connection.execute("SELECT note FROM passages ORDER BY number").fetchall()
            names = {note: name for name, note in enumerate(dict.fromkeys(note for (note,) in rows))}
            self._notes = names, np.array([names[note] for (note,) in rows], np.intp)
        names, of = self._notes
        wanted = np.zeros(len(names), np.bool_)
        wanted[[names[note] for note in notes if note in names]] = True
        return wanted[of]


def _affordable(frequencies: Mapping[str, int]) -> list[str]:
    """The terms that some passage holds, in the question's order, in which SQLite adds up; of too many the rarest."""
    pairs, rare = 0, set[str]()
    for count, term in sorted((count, term) for term, count in frequencies.items() if count):
        pairs += count
        if rare and pairs > _MOST:
            break
        rare.add(term)
    return [term for term in frequencies if term in rare]


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

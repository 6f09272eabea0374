"""The search by words: BM25 over the passages' stems, in a time that hardly grows with the binder.

What a term costs is the passages that hold it, for each of them is scored. In a binder of a hundred thousand passages
the common words of a question bring in tens of thousands that hold nothing else of it and are never among the best. So
only passages that hold one of the rarer terms are scored, by all terms; the rarest are taken, as many as a budget
allows. Where all terms are within the budget this is BM25 as it stands.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Passages to be scored for the sake of a term, one that holds two terms counted twice. evals/benchmarks/size.py prints
# how many of the ten best are kept with it at 100,000 passages.
BUDGET = 5_000


@dataclass(frozen=True, slots=True)
class Terms:
    """What to search for. A passage must hold one of `rare`; it is scored by `common` too."""

    rare: tuple[str, ...]
    common: tuple[str, ...] = ()


def affordable(frequencies: Mapping[str, int], budget: float = BUDGET) -> Terms:
    """As rare: the rarest terms that together stand in no more than `budget` passages, and always the rarest of all.

    frequencies: how many passages hold each term. Terms that are as rare as each other are taken by their letters;
    those that none holds cost nothing and are rare.
    """
    rare: set[str] = set()
    spent = 0
    for count, term in sorted((count, term) for term, count in frequencies.items()):
        if spent and spent + count > budget:
            break
        spent += count
        rare.add(term)
    # In the question's order, in which BM25 adds up: another gives another last digit.
    return Terms(tuple(t for t in frequencies if t in rare), tuple(t for t in frequencies if t not in rare))


def best_passages(
    connection: sqlite3.Connection,
    terms: Terms,
    k: int,
    notes: Sequence[str] | None,
    weights: tuple[float, float, float],
) -> list[tuple[str, float]]:
    """The k best passages as (id, score), best first; ties by id. notes and weights: as of `Store.lexical`."""
    rare = _any(terms.rare)
    scores = _scored(connection, rare, k, notes, weights)
    if terms.common:
        # Those that hold common terms as well have a higher score here, and that one counts; the others have theirs.
        scores |= _scored(connection, f"({rare}) AND ({_any(terms.common)})", k, notes, weights)
    numbers = json.dumps(list(scores))
    sql = "SELECT id, number FROM passages WHERE number IN (SELECT value FROM json_each(?))"
    found = [(str(id), scores[number]) for id, number in connection.execute(sql, (numbers,))]
    return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:k]


def _any(terms: Sequence[str]) -> str:
    return " OR ".join('"' + term.replace('"', '""') + '"' for term in terms)


def _scored(
    connection: sqlite3.Connection,
    match: str,
    k: int,
    notes: Sequence[str] | None,
    weights: tuple[float, float, float],
) -> dict[int, float]:
    """The numbers of the k best passages and of all that tie with the k-th, with their scores."""
    # A cross join looks up the notes of what the words found; SQLite might ask the full-text index anew for each
    # passage of the notes.
    table, within = "stems", ""
    values: list[object] = [*weights, match]
    if notes is not None:
        table = "stems CROSS JOIN passages AS p ON p.number = stems.rowid"
        within = "AND p.note IN (SELECT value FROM json_each(?))"
        values.append(json.dumps(list(notes)))
    asked = k + 8
    while True:
        rows = connection.execute(
            f"SELECT stems.rowid, -bm25(stems, ?, ?, ?) AS score FROM {table} WHERE stems MATCH ? {within}"
            " ORDER BY score DESC LIMIT ?",
            [*values, asked],
        ).fetchall()
        if len(rows) < asked or rows[-1][1] < rows[k - 1][1]:
            return dict(rows)
        asked *= 2

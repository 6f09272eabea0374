"""Reads what a search compares passages by."""

from __future__ import annotations

import json
from collections.abc import Sequence
from sqlite3 import Connection

from qa.index import tables
from qa.index.records import Signs

_SIGNS = """
    SELECT p.id, v.vector, s.headings, s.own, s.lead_ins, s.vectors
    FROM passages AS p JOIN vectors AS v ON v.id = p.vector_id JOIN signs AS s ON s.passage = p.number
    WHERE p.id IN (SELECT value FROM json_each(?))"""


def read_signs(connection: Connection, ids: Sequence[str], dimensions: int) -> dict[str, Signs]:
    """By id; unknown ids are left out. dimensions: of a vector."""
    rows = connection.execute(_SIGNS, (json.dumps(list(ids)),)).fetchall()
    vectors = tables.vectors_of([row[1] for row in rows], dimensions)
    sentences = tables.vectors_of([row[-1] for row in rows], dimensions)
    found, start = {}, 0
    for (id, _, headings, own, lead_ins, _), vector in zip(rows, vectors, strict=True):
        stems = tuple([f" {line} " for line in own.split("\n")])
        over = tuple([f" {line} " for line in lead_ins.split("\n")])
        end = start + len(stems)
        # A copy: a part of the whole would keep all of it in memory.
        found[id] = Signs(f" {headings} ", stems, over, vector.copy(), sentences[start:end].copy())
        start = end
    return found

"""Reads what a search compares passages by."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from sqlite3 import Connection

from qa.index import tables
from qa.index.records import Signs

_AMONG = "IN (SELECT value FROM json_each(?))"
_PASSAGES = (
    f"SELECT p.id, p.headings, v.vector FROM passages AS p JOIN vectors AS v ON v.id = p.vector_id WHERE p.id {_AMONG}"
)
_SENTENCES = (
    "SELECT p.id, s.own, s.lead_in, v.vector FROM passages AS p JOIN sentences AS s ON s.passage = p.number"
    f" JOIN vectors AS v ON v.id = s.vector_id WHERE p.id {_AMONG} ORDER BY s.passage, s.position"
)


def read_signs(connection: Connection, ids: Sequence[str], dimensions: int) -> dict[str, Signs]:
    """By id; unknown ids are left out. dimensions: of a vector."""
    asked = (json.dumps(list(ids)),)
    over = connection.execute(_PASSAGES, asked).fetchall()
    rows = connection.execute(_SENTENCES, asked).fetchall()
    passages = tables.vectors_of([row[-1] for row in over], dimensions)
    sentences = tables.vectors_of([row[-1] for row in rows], dimensions)
    own = {id: (tuple[str, ...](), tuple[str, ...](), sentences[:0]) for id, *_ in over}
    start = 0
    for id, of in groupby(rows, key=itemgetter(0)):
        _, stems, lead_ins, _ = zip(*of, strict=True)
        end = start + len(stems)
        # A copy: a view would keep all that was read with it in memory.
        own[id] = tuple(map(_between_blanks, stems)), tuple(map(_between_blanks, lead_ins)), sentences[start:end].copy()
        start = end
    return {
        id: Signs(_between_blanks(headings), *own[id][:2], vector, own[id][2])
        for (id, headings, _), vector in zip(over, passages, strict=True)
    }


def _between_blanks(stems: str) -> str:
    return f" {stems} "

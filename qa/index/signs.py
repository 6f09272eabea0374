"""Reads what a search compares passages by."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
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
    own, lead_ins = defaultdict[str, list[frozenset[str]]](list), defaultdict[str, list[frozenset[str]]](list)
    places = defaultdict[str, list[int]](list)
    for place, (id, stems, lead_in, _) in enumerate(rows):
        own[id].append(frozenset(stems.split()))
        lead_ins[id].append(frozenset(lead_in.split()))
        places[id].append(place)
    passages = tables.vectors_of([row[-1] for row in over], dimensions)
    sentences = tables.vectors_of([row[-1] for row in rows], dimensions)
    return {
        id: Signs(frozenset(stems.split()), tuple(own[id]), tuple(lead_ins[id]), vector, sentences[places[id]])
        for (id, stems, _), vector in zip(over, passages, strict=True)
    }

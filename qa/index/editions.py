"""The editions of the notes that an index holds: found after a sync that changed it, and kept with it.

To find them all texts are read and compared, a second for some thousand notes, which the first question after a sync
would have to wait for.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from qa.editions import Editions
from qa.editions.names import Name
from qa.index.store import Store

if TYPE_CHECKING:
    from qa.editions.contents import Contents

_TINY = np.float32(1e-9)


def editions_of(store: Store) -> Editions:
    """Which of an index's notes overtakes which: as it is kept, or found where a sync was stopped before it kept it."""
    with store.snapshot():
        kept = _kept(store)
        return _found(store) if kept is None else _of_plain(store, json.loads(kept))


def keep_editions(store: Store) -> None:
    """Finds the editions where the index does not hold those of its present state. Raises IndexNotWritableError."""
    with store.snapshot():
        if _kept(store) is not None:
            return
        generation, plain = store.generation, json.dumps(_plain(_found(store)))
    with store.connections.writing() as connection:
        connection.execute("DELETE FROM editions")
        connection.execute("INSERT INTO editions (generation, found) VALUES (?, ?)", (generation, plain))


def _kept(store: Store) -> str | None:
    with store.connections.reading() as connection:
        row = connection.execute("SELECT found FROM editions WHERE generation = ?", (store.generation,)).fetchone()
        return row[0] if row else None


def _found(store: Store) -> Editions:
    from qa.editions.finding import find_editions

    notes = store.notes()
    paths = [note.note for note in notes]
    return find_editions(notes, _contents(store, paths), store.texts(paths))


def _contents(store: Store, paths: list[str]) -> Contents:
    """Each note's mean vector and all its stems. A note without passages is near to nothing."""
    from qa.editions.contents import Contents

    ids, vectors = store.passage_vectors()
    rows = {path: row for row, path in enumerate(paths)}
    sums = np.zeros((len(paths), vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, [rows[id.rpartition("#")[0]] for id in ids], vectors)
    norms = np.linalg.norm(sums, axis=1, keepdims=True).astype(np.float32)
    stems: dict[str, set[str]] = defaultdict(set)
    with store.connections.reading() as connection:
        sql = "SELECT p.note, s.own FROM signs AS s JOIN passages AS p ON p.number = s.passage"
        for note, own in connection.execute(sql):
            stems[note].update(own.split())
    return Contents(paths, sums / np.maximum(norms, _TINY), {path: frozenset(stems[path]) for path in paths})


def _plain(editions: Editions) -> dict[str, Any]:
    """What is looked up of editions, to be kept as JSON."""
    return {
        "names": {
            note: [sorted(name.title), name.version, sorted(name.periods)] for note, name in editions.names.items()
        },
        "replaced": sorted(editions.replaced),
        "edition": dict(editions.edition),
        "chains": list(editions.chains),
    }


def _of_plain(store: Store, plain: dict[str, Any]) -> Editions:
    names = {
        note: Name(frozenset(title), frozenset(), version, frozenset(periods))
        for note, (title, version, periods) in plain["names"].items()
    }
    replaced = [(older, newer) for older, newer in plain["replaced"]]
    return Editions(store.notes(), names, replaced, plain["edition"], [tuple(chain) for chain in plain["chains"]])

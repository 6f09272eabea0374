"""The editions of the notes that an index holds."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from qa.editions import Contents, Editions
from qa.index.store import Store

_TINY = np.float32(1e-9)


def editions_of(store: Store) -> Editions:
    """Which of an index's notes overtakes which; a second for some thousand notes."""
    notes = store.notes()
    paths = [note.note for note in notes]
    return Editions(notes, _contents(store, paths), store.texts(paths))


def _contents(store: Store, paths: list[str]) -> Contents:
    """Each note's mean vector and all its stems. A note without passages is near to nothing."""
    ids, vectors = store.passage_vectors()
    rows = {path: row for row, path in enumerate(paths)}
    sums = np.zeros((len(paths), vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, [rows[id.rpartition("#")[0]] for id in ids], vectors)
    norms = np.linalg.norm(sums, axis=1, keepdims=True).astype(np.float32)
    stems: dict[str, set[str]] = defaultdict(set)
    for note, own in store.sentence_stems():
        stems[note].update(own.split())
    return Contents(paths, sums / np.maximum(norms, _TINY), {path: frozenset(stems[path]) for path in paths})

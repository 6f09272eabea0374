"""What an older note says that the edition of the time asked for says anew.

The newer sentence takes over how well the older one fits ("the voucher is now the credit, and pays 90"), and the older
one gives way; but only where both speak of one thing: what only the older note tells must still be found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Sentences of two editions are of two things up to this cosine, and of one thing from that on.
OF_TWO, OF_ONE = 0.4, 0.6

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SaidAnew:
    """Sentences and what says them anew, m of them: `older` and `newer` (m,) are their places among all, `surely` (m,)
    how surely the two are of one thing, 0..1."""

    older: NDArray[np.intp]
    newer: NDArray[np.intp]
    surely: Floats

    def applied(self, scores: Floats, loss: float) -> Floats:
        """The scores of all sentences, with those of the newer ones raised and of the older ones lowered by `loss`."""
        changed = scores.copy()
        gained = scores[self.newer] + self.surely * np.maximum(0, scores[self.older] - scores[self.newer])
        np.maximum.at(changed, self.newer, gained)
        changed[self.older] -= np.float32(loss) * self.surely
        return changed


def ahead_of(behind: Mapping[str, Sequence[str]], notes: Sequence[str]) -> list[str]:
    """The notes of the editions that are asked for instead of those of `notes` that are behind."""
    return sorted({other for note in set(notes) for other in behind.get(note, ())})


def said_anew(
    behind: Mapping[str, Sequence[str]],
    notes: Sequence[str],
    counts: Sequence[int],
    vectors: Floats,
    of_year: NDArray[np.bool_],
) -> SaidAnew:
    """What is said anew among some passages. behind: as in Query. notes, counts: of each passage, its note and how many
    sentences it has. vectors: (sentences, d) of all sentences, L2-normalised. of_year: of all sentences, whether they
    tell of the year that is asked for, so that nothing goes before them."""
    old = sorted(note for note in set(notes) if note in behind)
    if not old:
        return SaidAnew(_joined([], np.intp), _joined([], np.intp), _joined([], np.float32))
    places = _places(notes, counts)
    older, newer, cosines = [], [], []
    for note in old:
        mine = places[note]
        if of_year.any():
            mine = mine[~of_year[mine]]
        others = sorted(set(behind[note]) & places.keys())
        theirs = places[others[0]] if len(others) == 1 else np.sort(_joined([places[one] for one in others], np.intp))
        if not len(mine) or not len(theirs):
            continue
        near = _rows(vectors, mine) @ _rows(vectors, theirs).T
        older.append(mine)
        newer.append(theirs[near.argmax(axis=1)])
        cosines.append(near.max(axis=1))
    surely = np.clip((_joined(cosines, np.float32) - OF_TWO) / (OF_ONE - OF_TWO), 0, 1)
    return SaidAnew(_joined(older, np.intp), _joined(newer, np.intp), surely.astype(np.float32, copy=False))


def _places(notes: Sequence[str], counts: Sequence[int]) -> dict[str, NDArray[np.intp]]:
    """The places of all sentences of each note, in order. notes, counts: as of `said_anew`."""
    ends = list(accumulate(counts))
    runs: dict[str, list[NDArray[np.intp]]] = defaultdict(list)
    start = 0
    for at, note in enumerate(notes):
        if at + 1 == len(notes) or notes[at + 1] != note:  # the passages of a note mostly follow each other
            runs[note].append(np.arange(start, ends[at]))
            start = ends[at]
    return {note: of[0] if len(of) == 1 else _joined(of, np.intp) for note, of in runs.items()}


def _rows(vectors: Floats, places: NDArray[np.intp]) -> Floats:
    """The vectors at some places in ascending order; no copy where they follow each other."""
    first, last = int(places[0]), int(places[-1])
    return vectors[first : last + 1] if last - first + 1 == len(places) else vectors[places]


def _joined(parts: Sequence[NDArray[Any]], kind: Any) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, kind), *parts]).astype(kind)

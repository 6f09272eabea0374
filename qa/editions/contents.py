"""What notes say, to be compared quickly: the mean of a note's vectors, and its words by rarity."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

# The notes nearest to each that are looked at, and how many rows of the product of all with all are made at once.
_NEAREST = 8
_ROWS = 1_000
# Words in more notes than this say too little to find a translation by; a word's first letters are alike in both
# languages more often than its stem.
_FEW_NOTES = 6
_LETTERS = 5


@dataclass(frozen=True)
class Contents:
    """notes: paths, in order. vectors: (n, d), each note's own, L2-normalised. stems: each note's, by path."""

    notes: Sequence[str]
    vectors: NDArray[np.float32]
    stems: Mapping[str, frozenset[str]]
    _weights: dict[str, float] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {note: row for row, note in enumerate(self.notes)}

    @cached_property
    def _rarity(self) -> dict[str, float]:
        counts = Counter(stem for stems in self.stems.values() for stem in stems)
        return {stem: math.log((len(self.stems) + 1) / count) ** 2 for stem, count in counts.items()}

    def alike(self, one: str, other: str) -> float:
        """The cosine of two notes' vectors, -1..1; 0 where one has none."""
        rows = self._rows.get(one), self._rows.get(other)
        if rows[0] is None or rows[1] is None:
            return 0.0
        return float(self.vectors[rows[0]] @ self.vectors[rows[1]])

    def shared(self, one: str, other: str) -> float:
        """The share, by rarity, of the words of the note with less of them that stand in both, 0..1."""
        mine, theirs = self.stems.get(one, frozenset()), self.stems.get(other, frozenset())
        least = min(self._weight_of(one), self._weight_of(other))
        return self._weight(mine & theirs) / least if least else 0.0

    def near(self, least: float) -> Iterator[tuple[str, str]]:
        """Pairs of notes whose vectors' cosine is `least` or more, of each note its nearest few."""
        for start in range(0, len(self.notes), _ROWS):
            cosines = self.vectors[start : start + _ROWS] @ self.vectors.T
            for row, found in enumerate(cosines, start):
                found[row] = -1.0
                near = np.flatnonzero(found >= least)
                if len(near) > _NEAREST:  # or as near as the last of these
                    near = near[found[near] >= np.partition(found[near], -_NEAREST)[-_NEAREST]]
                for other in near[np.argsort(-found[near], kind="stable")][:_NEAREST]:
                    yield self.notes[row], self.notes[int(other)]

    def across(self, ones: Sequence[str], others: Sequence[str]) -> dict[tuple[str, str], tuple[float, int]]:
        """Pairs of notes of two languages that share rare figures and names: how much, 0..1, and how many."""
        keys = {note: _keys(self.stems.get(note, frozenset())) for note in (*ones, *others)}
        counts = Counter(key for found in keys.values() for key in found)
        rarity = {key: math.log((len(keys) + 1) / count) ** 2 for key, count in counts.items()}
        holders: dict[str, list[str]] = defaultdict(list)
        for note in ones:
            for key in keys[note]:
                if 1 < counts[key] <= _FEW_NOTES:
                    holders[key].append(note)
        rare = Counter((one, other) for other in others for key in keys[other] for one in holders.get(key, ()))
        weight = {note: sum(rarity[key] for key in found) for note, found in keys.items()}
        return {
            (one, other): (
                sum(rarity[key] for key in keys[one] & keys[other]) / math.sqrt(weight[one] * weight[other]),
                count,
            )
            for (one, other), count in rare.items()
            if count > 2
        }

    def _weight_of(self, note: str) -> float:
        """The weight of all words of a note, worked out when it is first compared."""
        if note not in self._weights:
            self._weights[note] = self._weight(self.stems.get(note, frozenset()))
        return self._weights[note]

    def _weight(self, stems: frozenset[str]) -> float:
        return sum(self._rarity[stem] for stem in stems)


def _keys(stems: frozenset[str]) -> frozenset[str]:
    return frozenset(stem if stem[:1].isdigit() else stem[:_LETTERS] for stem in stems if len(stem) > 1)

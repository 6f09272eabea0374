"""Chooses the weights of retrieval on several sets at once, and shows what a choice without each set gives on it.

    python -m evals.benchmarks.tune DATA [--work FOLDER]

The choice is by the cross-entropy method (Rubinstein, 1999): weights are drawn at random, the best are kept, and the
next are drawn from around these; what is best is the mean of the sets' headline figures. The weights of the program
were found in this way, and then moved by hand on the same four sets: what they give on them flatters, and what weights
that were chosen without a set give on it does not. `lissmark` and `seed` take no part: they are for checking. Of
`squad` every third question is taken for the choice, for time. Half an hour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from evals.benchmarks import figures
from evals.benchmarks.gathered import Gathered, gather, headline, measured
from evals.benchmarks.sets import arguments
from qa.console import show_table
from qa.retrieval.weights import WEIGHTS, Weights

SETS = ("chunking", "squad", "mtrag", "verrane")
EVERY = {"squad": 3}
GENERATIONS, DRAWN, KEPT = 5, 48, 10
# Which of the first stage's words count what decides what is found at all, and that is run once.
NAMES = tuple(field.name for field in fields(Weights) if field.name != "bm25_in_headings")
SIGNS = sum(not name.startswith("in_") for name in NAMES)


class Chooser:
    """The choice of weights; each combination is measured once on each set."""

    def __init__(self, sets: Mapping[str, Sequence[Gathered]]) -> None:
        self.sets = sets
        self._known: dict[tuple[str, Weights], float] = {}

    def value(self, name: str, weights: Weights) -> float:
        """The headline of one set by some weights."""
        key = (name, weights)
        if key not in self._known:
            self._known[key] = headline(name, measured(name, self.sets[name], weights))
        return self._known[key]

    def choose(self, names: Sequence[str]) -> Weights:
        """The weights that are best for the mean over `names`. Starts from no knowledge: all signs and places alike."""
        random = np.random.default_rng(5)
        mean, spread = np.full(len(NAMES), 0.5), np.full(len(NAMES), 0.3)
        for _ in range(GENERATIONS):
            drawn = [as_weights(random.normal(mean, spread)) for _ in range(DRAWN)]
            drawn.sort(key=lambda one: -np.mean([self.value(name, one) for name in names]))
            kept = np.array([[getattr(one, name) for name in NAMES] for one in drawn[:KEPT]])
            # Signs are shares of 1; drawn again around them, in the same unit.
            mean, spread = kept.mean(axis=0), kept.std(axis=0) + 0.01
        return as_weights(mean)


def as_weights(values: NDArray[np.float64]) -> Weights:
    """Weights of which the signs add up to 1 and the places are from 0 to 1, to two decimals."""
    signs, places = np.clip(values[:SIGNS], 0.0, None), np.clip(values[SIGNS:], 0.0, 1.0)
    shares = signs / signs.sum() if signs.sum() else np.full(SIGNS, 1 / SIGNS)
    return Weights(**{name: round(float(value), 2) for name, value in zip(NAMES, [*shares, *places], strict=True)})


def main() -> None:
    parsed = arguments(__doc__).parse_args()
    sets = gather(SETS, parsed.data, parsed.work)
    chooser = Chooser({name: rows[:: EVERY.get(name, 1)] for name, rows in sets.items()})
    chosen = {"on all four": chooser.choose(SETS)}
    for name in SETS:
        chosen[f"without {name}"] = chooser.choose([one for one in SETS if one != name])
    print("Weights, by the sets that they were chosen on:")
    named = {"in the program": WEIGHTS, **chosen}
    show_table(
        [["", *named]] + [[name, *(f"{getattr(one, name):.2f}" for one in named.values())] for name in NAMES],
        right_from=1,
    )
    print("\nThe mean of each set's headline figures (see `gathered.py`):")
    alike = as_weights(np.full(len(NAMES), 0.5))
    rows: list[list[object]] = [["", "all alike", "in the program", "chosen on all four", "chosen without it"]]
    for name in SETS:
        tried = (alike, WEIGHTS, chosen["on all four"], chosen[f"without {name}"])
        rows.append([name, *(f"{chooser.value(name, weights):.3f}" for weights in tried)])
    show_table(rows, right_from=1)
    print("\nThe figures of each set by the weights that were chosen without it:")
    for name in SETS:
        means = figures.mean(measured(name, sets[name], chosen[f"without {name}"]))
        print(f"{name:9}", "  ".join(f"{figure} {value:.3f}" for figure, value in means.items()))


if __name__ == "__main__":
    main()

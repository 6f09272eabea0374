"""Whether a difference between two runs is a loss or noise: intervals, a paired bootstrap by clusters, McNemar's test.

Questions on one note stand or fall together, so they are drawn together: the clusters are evidence notes, or sections
where a set has few notes. All draws come from a fixed seed: the same runs give the same figures.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
SEED = 20_210_420
FEW_CLUSTERS = 10
DRAWN_AT_ONCE = 5_000_000
# The draws behind the smallest loss that would have been seen, and the share of them in which it must be.
TRIALS, POWER = 200, 0.8
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Change:
    """A mean, the mean before, and their difference (now minus before) with its 95% interval, over paired questions."""

    before: float
    now: float
    low: float
    high: float
    questions: int
    clusters: int

    @property
    def difference(self) -> float:
        return self.now - self.before


def wilson(successes: float, trials: int) -> tuple[float, float]:
    """The 95% score interval of a share (Wilson, "Probable inference", 1927)."""
    z, share = 1.959964, successes / trials
    centre = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * (share * (1 - share) / trials + z * z / (4 * trials * trials)) ** 0.5
    return max(centre - half, 0.0), min(centre + half, 1.0)


def mean_interval(values: Sequence[float], clusters: Sequence[str]) -> tuple[float, float]:
    """The 95% interval of a mean by a bootstrap of clusters (see `paired_change`)."""
    means = _resampled_means(np.array(values, dtype=float)[None, :], clusters)[0]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def paired_change(before: Sequence[float], now: Sequence[float], clusters: Sequence[str]) -> Change:
    """How a mean changed, with the 95% percentile interval of a paired bootstrap that draws whole clusters.

    before, now: one value a question, the same questions in the same order. With few clusters the interval is no
    narrower than one that draws single questions. Efron and Tibshirani, "An introduction to
    the bootstrap" (1993), chapter 13; clusters after Davison and Hinkley, "Bootstrap methods" (1997), section 3.8.
    """
    earlier, later = np.array(before, dtype=float), np.array(now, dtype=float)
    low, high = np.percentile(_resampled_means((later - earlier)[None, :], clusters)[0], [2.5, 97.5])
    if len(set(clusters)) < FEW_CLUSTERS:  # few clusters hide how uncertain a mean is: one of them has no width at all
        alone = _resampled_means((later - earlier)[None, :], [str(at) for at in range(len(earlier))])[0]
        low, high = min(low, np.percentile(alone, 2.5)), max(high, np.percentile(alone, 97.5))
    return Change(float(earlier.mean()), float(later.mean()), float(low), float(high), len(earlier), len(set(clusters)))


def figure_interval(
    figure: Callable[[Sequence[int]], float | None], clusters: Sequence[str], resamples: int = 1_000
) -> tuple[float, float] | None:
    """The 95% interval of a figure that is no mean, such as an AUROC, by a bootstrap of clusters.

    figure: from the places of the questions drawn (some more than once) to its value, or None where a draw has none.
    """
    names, member = np.unique(np.array(clusters), return_inverse=True)
    places = [np.flatnonzero(member == at) for at in range(len(names))]
    random = np.random.default_rng(SEED)
    drawn = []
    for _ in range(resamples):
        chosen = np.concatenate([places[at] for at in random.integers(len(names), size=len(names))])
        value = figure(chosen.tolist())
        if value is not None:
            drawn.append(value)
    if len(drawn) < resamples / 2:
        return None
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def mcnemar(gained: int, lost: int) -> float:
    """The two-sided p-value that so uneven a split of flips is chance, exactly (McNemar, 1947; by the binomial)."""
    flips = gained + lost
    if not flips:
        return 1.0
    tail: float = sum(math.comb(flips, count) for count in range(min(gained, lost) + 1)) / 2**flips
    return min(1.0, 2 * tail)


def smallest_loss(before: Sequence[float], clusters: Sequence[str], margin: float, sign: int = 1) -> int | None:
    """How many questions must go from their value to the worst for the gate to fail four times in five.

    Questions that lose are drawn at random from those that have something to lose, `TRIALS` times for each number.
    sign: 1 where higher is better. None where even all of them would pass unseen.
    """
    values = np.array(before, dtype=float) * sign
    worst = 0.0 if sign == 1 else -1.0
    can_lose = np.flatnonzero(values > worst)
    random, alone = np.random.default_rng(SEED), [str(at) for at in range(len(values))]

    def seen(count: int) -> bool:
        changes = np.zeros((TRIALS, len(values)))
        for trial in changes:
            lost = random.choice(can_lose, size=count, replace=False)
            trial[lost] = worst - values[lost]
        low = np.percentile(_resampled_means(changes, clusters, 1_000), 2.5, axis=1)
        if len(set(clusters)) < FEW_CLUSTERS:
            low = np.minimum(low, np.percentile(_resampled_means(changes, alone, 1_000), 2.5, axis=1))
        return float((low <= -margin).mean()) >= POWER

    count = bisect_left(range(1, len(can_lose) + 1), True, key=seen) + 1
    return count if count <= len(can_lose) else None


def _resampled_means(rows: Array, clusters: Sequence[str], resamples: int = RESAMPLES) -> Array:
    """Means of `rows` (figures, questions) over draws of clusters: (figures, resamples)."""
    names, member = np.unique(np.array(clusters), return_inverse=True)
    sums = np.zeros((len(rows), len(names)))
    for at, row in enumerate(rows):
        sums[at] = np.bincount(member, weights=row, minlength=len(names))
    sizes = np.bincount(member, minlength=len(names)).astype(float)
    random, share = np.random.default_rng(SEED), np.full(len(names), 1 / len(names))
    parts, left = list[Array](), resamples
    while left:  # in parts, so that thousands of clusters do not fill the memory
        draws = random.multinomial(len(names), share, size=min(left, 1 + DRAWN_AT_ONCE // len(names))).astype(float)
        parts.append((sums @ draws.T) / (draws @ sizes))
        left -= len(draws)
    return np.concatenate(parts, axis=1)

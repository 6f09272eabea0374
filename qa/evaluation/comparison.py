"""Two runs of one gold set: what changed, and whether the gate lets the new one pass.

The gate: no invariant is broken; every question can be scored, but for those that the baseline could not score either;
most questions of the baseline are compared; and for each headline measure the lower bound of the paired 95% bootstrap
interval of the change lies above minus a margin. A pass is therefore a finding ("no loss of more than the margin"), not
the absence of one. Flips and slices by type are reported with McNemar's exact test, and are not gated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from qa.evaluation.asking import Record
from qa.evaluation.goldset import GoldSet
from qa.evaluation.measures import HEADLINES, INVARIANTS, Measure
from qa.evaluation.runs import Run
from qa.evaluation.statistics import Change, mcnemar, paired_change, smallest_loss

# The first two fail the gate: the interval reaches beyond the margin, and in the first it is a loss throughout.
Verdict = Literal["loss", "loss not ruled out", "loss within margin", "no loss beyond margin", "same", "gain"]
FAILING = ("loss", "loss not ruled out")
# So large a share of the baseline's questions must be compared.
LEAST_PAIRED = 0.8


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """How a headline measure changed. visible: the fewest questions whose loss the gate would have seen four times in
    five; None where it would have seen none."""

    measure: Measure
    change: Change
    margin: float
    visible: int | None

    @property
    def verdict(self) -> Verdict:
        sign = self.measure.sign
        low, high = sorted((sign * self.change.low, sign * self.change.high))
        if low == high == 0:
            return "same"
        if not low > -self.margin:
            return "loss" if high < 0 else "loss not ruled out"
        if high < 0:
            return "loss within margin"
        return "gain" if low > 0 else "no loss beyond margin"


@dataclass(frozen=True, slots=True)
class Flips:
    """Questions that are right in one run and wrong in the other, and the chance of so uneven a split (McNemar)."""

    gained: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def p(self) -> float:
        return mcnemar(len(self.gained), len(self.lost))


NO_FLIPS = Flips((), ())


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run beside its baseline; without one, `before` is None and only what needs none is gated.

    new, gone, altered: ids of questions that only one run has, or that the gold file has changed; not compared.
    unscored: ids that this run could not score, and that the baseline could or does not have.
    unknown: measures of the gate that this run has and the baseline has not.
    moved: parts of the stamp that differ.
    """

    now: Run
    before: Run | None
    measures: tuple[MeasureChange, ...] = ()
    flips: Flips = NO_FLIPS
    by_type: tuple[tuple[str, Flips], ...] = ()
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    unscored: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    paired: int = 0

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the gate fails, each a sentence; none where it passes."""
        found = [f"{INVARIANTS[name]}: {count}, must be 0." for name, count in sorted(self.now.broken().items())]
        if self.now.operations.unstable:
            found.append(f"Another process gave other answers to {named(self.now.operations.unstable)}.")
        if not self.now.records:
            found.append("No question could be scored.")
        if self.before is not None and self.paired < LEAST_PAIRED * len(self.before.records):
            found.append(
                f"Only {self.paired} of the {len(self.before.records)} questions of the baseline are the same and could"
                " be compared; accept a new one."
            )
        if self.unknown:
            found.append(f"The baseline does not have {named(self.unknown)}; accept a new one.")
        if self.unscored:
            first = self.unscored[0]
            found.append(
                f"{len(self.unscored)} could not be scored: {named(self.unscored)}. {first}: {self.now.unscored[first]}"
            )
        found += [_reason(one) for one in self.measures if one.verdict in FAILING]
        return tuple(found)

    @property
    def passes(self) -> bool:
        return not self.reasons


def compare(now: Run, before: Run | None, gold_set: GoldSet) -> Comparison:
    """How a run differs from its baseline (None: there is none), by the margins of its set."""
    if before is None:
        return Comparison(now, None, unscored=tuple(now.unscored))
    earlier = {record.id: record for record in before.records}
    later = {record.id: record for record in now.records}
    pairs = [(earlier[id], record) for id, record in later.items() if id in earlier and earlier[id].row == record.row]
    flips = _flips(pairs)
    types = dict.fromkeys(record.type for _, record in pairs)
    by_type = tuple((kind, _flips([pair for pair in pairs if pair[1].type == kind])) for kind in sorted(types))
    changes = (_change(measure, pairs, gold_set) for measure in HEADLINES)
    known, measured = ({name for pair in pairs for name in pair[at].measures} for at in (0, 1))
    return Comparison(
        now,
        before,
        measures=tuple(change for change in changes if change),
        flips=flips,
        by_type=tuple((kind, found) for kind, found in by_type if found.gained or found.lost),
        new=tuple(id for id in later if id not in earlier),
        gone=tuple(id for id in earlier if id not in later and id not in now.unscored),
        altered=tuple(id for id in later if id in earlier and earlier[id].row != later[id].row),
        unscored=tuple(id for id in now.unscored if id not in before.unscored),
        unknown=tuple(one.name for one in HEADLINES if one.name in measured - known),
        moved=tuple(
            name for name in sorted({*now.stamp, *before.stamp}) if now.stamp.get(name) != before.stamp.get(name)
        ),
        paired=len(pairs),
    )


# Parts of the stamp that are no part of the program, as `changes_said` says them.
_INPUTS = {
    "corpus": "The notes are",
    "llm": "The chat model is",
    "embedding": "The embedding model is",
    "today": "The day that ages are counted from is",
}


def changes_said(compared: Comparison) -> list[str]:
    """What makes the two runs differ in more than the program, each a sentence."""
    said = [
        f"Not compared, {what}: {named(ids)}."
        for ids, what in (
            (compared.new, "new questions"),
            (compared.gone, "questions that the gold file no longer has"),
            (compared.altered, "questions that the gold file has changed"),
        )
        if ids
    ]
    for name, what in _INPUTS.items():
        if name in compared.moved:
            said.append(f"{what} not the same as in the baseline.")
    return said


def flips_said(flips: Flips) -> str:
    """How many questions flipped, and how likely so uneven a split is by chance."""
    said = f"{len(flips.lost)} lost, {len(flips.gained)} gained"
    return f"{said} (McNemar's exact test: {p_said(flips)})" if flips.lost or flips.gained else said


def p_said(flips: Flips) -> str:
    """The p-value of McNemar's exact test."""
    return f"p = {flips.p:.3f}" if flips.p >= 0.001 else "p < 0.001"


def named(ids: Sequence[str], most: int = 12) -> str:
    """The first of some ids, and how many more there are."""
    return ", ".join(ids[:most]) + (f" and {len(ids) - most} more" if len(ids) > most else "")


def _flips(pairs: Sequence[tuple[Record, Record]]) -> Flips:
    gained = tuple(now.id for before, now in pairs if now.right and not before.right)
    return Flips(gained, tuple(now.id for before, now in pairs if before.right and not now.right))


def _change(measure: Measure, pairs: Sequence[tuple[Record, Record]], gold_set: GoldSet) -> MeasureChange | None:
    """Over the questions where the baseline measured it. One that this run did not measure, because it gave no answer
    or no citation, has the worst value there: silence must not raise an average."""
    name, worst = measure.name, 0.0 if measure.sign == 1 else 1.0
    measured = [pair for pair in pairs if name in pair[0].measures]
    if not measured:
        return None
    before = tuple(pair[0].measures[name] for pair in measured)
    clusters = tuple(pair[0].cluster for pair in measured)
    now = [pair[1].measures.get(name, worst) for pair in measured]
    margin = gold_set.margin(name)
    return MeasureChange(
        measure, paired_change(before, now, clusters), margin, _visible(before, clusters, margin, measure.sign)
    )


# The baseline alone decides what could have been seen, and one baseline is compared with many runs.
_visible = lru_cache(maxsize=256)(smallest_loss)


def _reason(one: MeasureChange) -> str:
    change, sign = one.change, one.measure.sign
    worst = -change.low if sign == 1 else change.high
    limit = f"{100 * worst:.1f} points, and {100 * one.margin:.1f} are allowed"
    before, now = f"{change.before:.1%}", f"{change.now:.1%}"
    name = one.measure.name
    label = one.measure.label + (f" ({name})" if name != one.measure.label else "")
    if one.verdict == "loss":
        return f"{label}: {'fell' if sign == 1 else 'rose'} from {before} to {now}, at worst by {limit}."
    return f"{label}: {before} before, {now} now; a loss of as much as {limit}, is not ruled out."

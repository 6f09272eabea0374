"""Making the newest runs of gold sets their baselines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from qa.errors import GoldError
from qa.evaluation.comparison import compare
from qa.evaluation.goldset import GoldSet
from qa.evaluation.measures import INVARIANTS
from qa.evaluation.runs import Run, load, save
from qa.evaluation.stamp import inputs

_CHANGED = {"code": "the program has", "gold": "the gold file has", "files": "the notes have"}


def accept(gold_sets: Sequence[GoldSet], note: str, day: date) -> list[tuple[str, ...]]:
    """Makes the newest run of each set its baseline, with a note that says why and the day; all of them or none.

    Returns, for each set, why the gate had failed: that a loss is accepted should be seen.

    Raises GoldError where there is no run; where program, gold or notes have changed since; and where an invariant is
    broken, answers differ between processes, or a question raised an error: such a baseline would bless it.
    """
    runs = [_checked(gold_set) for gold_set in gold_sets]
    reasons = [_reasons(gold_set, run) for gold_set, run in zip(gold_sets, runs, strict=True)]
    for gold_set, run in zip(gold_sets, runs, strict=True):
        save(replace(run, note=note, accepted=day.isoformat()), gold_set.baseline, text=gold_set.text)
    return reasons


def _reasons(gold_set: GoldSet, run: Run) -> tuple[str, ...]:
    try:
        before = load(gold_set.baseline) if gold_set.baseline.exists() else None
    except GoldError as error:
        return (str(error),)
    return compare(run, before, gold_set).reasons


def _checked(gold_set: GoldSet) -> Run:
    name = gold_set.name
    if not gold_set.newest.exists():
        raise GoldError(f"{name} has no run to accept ({gold_set.newest}). Run `qa eval` first.")
    run, now = load(gold_set.newest), inputs(gold_set)
    for part, what in _CHANGED.items():
        if run.stamp.get(part) != now[part]:
            raise GoldError(f"{name}: {what} changed since the newest run. Run `qa eval` again.")
    found = [f"{INVARIANTS[broken]}: {count}" for broken, count in sorted(run.broken().items())]
    found += ["another process gave other answers"] if run.operations.unstable else []
    found += [f"{record.id} raised {record.error}" for record in run.records if record.error][:1]
    if found:
        raise GoldError(f"{name}: the newest run has what no baseline may have ({'; '.join(found)}). Mend that first.")
    return run

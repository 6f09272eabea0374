"""Making the newest run of a gold set its baseline."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from qa.errors import GoldError
from qa.evaluation.goldset import GoldSet
from qa.evaluation.measures import INVARIANTS
from qa.evaluation.runs import load, save
from qa.evaluation.stamp import code_fingerprint, gold_fingerprint


def accept(gold_set: GoldSet, note: str, day: date) -> None:
    """Makes the newest run the baseline, with a note that says why and the day.

    Raises GoldError where there is no run, where program or gold have changed since, and where an invariant is broken
    or answers differ between processes: such a baseline would bless it.
    """
    if not gold_set.newest.exists():
        raise GoldError(f"{gold_set.name} has no run to accept ({gold_set.newest}). Run `qa eval` first.")
    run = load(gold_set.newest)
    now = {"code": code_fingerprint(), "gold": gold_fingerprint(gold_set.gold)}
    for name, what in (("code", "the program has"), ("gold", "the gold file has")):
        if run.stamp.get(name) != now[name]:
            raise GoldError(f"{gold_set.name}: {what} changed since the newest run. Run `qa eval` again.")
    if run.operations.unstable:
        raise GoldError(f"{gold_set.name}: another process gave other answers in the newest run. Mend that first.")
    broken = run.broken()
    if broken:
        found = "; ".join(f"{INVARIANTS[name]}: {count}" for name, count in sorted(broken.items()))
        raise GoldError(f"{gold_set.name}: the newest run breaks what no run may break ({found}). Mend that first.")
    save(replace(run, note=note, accepted=day.isoformat()), gold_set.baseline, text=gold_set.text)

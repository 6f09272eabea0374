"""How the time that work takes grows with the work: a ratio, which a slow or busy machine leaves as it is."""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable
from typing import Any

ROUNDS = 5
# Work on four times as much takes four times as long where it grows in proportion, sixteen times where it grows with
# the square. Between the two there is room for a machine whose speed changes meanwhile.
IN_PROPORTION = 8


def growth(work: Callable[[Any], object], little: Any, much: Any, enough: float = IN_PROPORTION) -> float:
    """How many times as much processor time `work` takes with `much` as with `little`.

    The best of a few rounds counts, and no more are run once the ratio is under `enough`. What is slow in each is
    never under it; what only had bad luck is, in a later round.
    """
    work(little)  # what is loaded and kept at first use is no part of it
    best_little = best_much = float("inf")
    for _ in range(ROUNDS):
        best_little = min(best_little, *(seconds(work, little) for _ in range(3)))
        best_much = min(best_much, seconds(work, much))
        if best_much / best_little < enough:
            break
    return best_much / best_little


def seconds(work: Callable[[Any], object], given: Any) -> float:
    """The processor time of this process, whatever others do meanwhile, and whatever else it holds in memory."""
    gc.disable()
    started = time.process_time()
    try:
        work(given)
        return time.process_time() - started
    finally:
        gc.enable()


def seconds_of_processes(work: Callable[[], object]) -> float:
    """The processor time of the processes that `work` starts and waits for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

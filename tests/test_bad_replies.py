"""What a reader sees of a chat model's bad replies: no figure, date or name that their quotes do not hold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from evals.benchmarks.bad_replies import CASES, Bad, Speaker, opened, seen
from evals.benchmarks.sets import EVALS
from qa import Binder

# What is known to be told: limits of a check without a second model (docs/models.md), and no figure or name but one.
KNOWN = {
    "a majority",
    "name in small letters",
    "orders in other words, obeyed",
    "rise for fall",
    "plan given as done",
    "figures that changed places",
    "memory about the world",
    "shares that changed places",
    "figure with another's name",
    "name in the part of another",
    "overreach",
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def binder_and_speaker() -> Iterator[tuple[Binder, Speaker]]:
    with opened() as both:
        yield both


@pytest.mark.parametrize("bad", [one for one in CASES if one.kind not in KNOWN], ids=lambda bad: bad.kind)
def test_nothing_false_of_a_bad_reply_is_told(bad: Bad, binder_and_speaker: tuple[Binder, Speaker]) -> None:
    assert seen(bad, *binder_and_speaker).told == ()


def test_the_questions_are_gold_and_the_kinds_are_many_and_named_once() -> None:
    lines = (EVALS / "verrane" / "gold.jsonl").read_text("utf-8").splitlines()
    gold = {json.loads(line)["question"] for line in lines}
    assert {bad.question for bad in CASES} <= gold
    assert len(CASES) >= 40
    assert max(Counter(bad.kind for bad in CASES).values()) == 1
    assert {bad.kind for bad in CASES} >= KNOWN

"""Intervals and tests against published values, other implementations, and how often they hold."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from qa.evaluation.statistics import figure_interval, mcnemar, mean_interval, paired_change, smallest_loss, wilson

SINGLE = [f"c{number}" for number in range(100)]


def test_the_interval_of_a_share_is_wilsons() -> None:
    # Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I: 81 of 263.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 10)[0] == 0
    assert wilson(10, 10)[1] == pytest.approx(1)


@pytest.mark.parametrize(("gained", "lost"), [(0, 0), (0, 1), (3, 9), (7, 7), (0, 12), (40, 21)])
def test_mcnemars_test_is_the_exact_binomial_one(gained: int, lost: int) -> None:
    expected = binomtest(gained, gained + lost).pvalue if gained + lost else 1.0
    assert mcnemar(gained, lost) == pytest.approx(expected)


def test_without_a_change_the_interval_is_nothing() -> None:
    values = [1.0, 0.0] * 50
    change = paired_change(values, values, SINGLE)
    assert (change.before, change.now, change.low, change.high) == (0.5, 0.5, 0, 0)
    assert (change.questions, change.clusters) == (100, 100)


def test_a_change_has_the_interval_of_the_normal_approximation_where_each_question_is_a_cluster() -> None:
    before, now = [1.0] * 80 + [0.0] * 20, [1.0] * 60 + [0.0] * 40
    change = paired_change(before, now, SINGLE)
    half = 1.96 * np.std(np.array(now) - np.array(before)) / 10
    assert (change.low, change.high) == pytest.approx((-0.2 - half, -0.2 + half), abs=0.01)


def test_questions_that_fall_together_make_the_interval_wider() -> None:
    before, now = [1.0] * 100, [1.0] * 80 + [0.0] * 20
    together = [f"note {number // 20}" for number in range(100)]
    alone, clustered = paired_change(before, now, SINGLE), paired_change(before, now, together)
    assert clustered.low < alone.low - 0.1
    assert clustered.clusters == 5


def test_one_cluster_does_not_hide_a_loss() -> None:
    before, now = [1.0] * 100, [1.0] * 96 + [0.0] * 4
    alone = paired_change(before, now, SINGLE)
    one = paired_change(before, now, ["note"] * 100)
    assert (one.low, one.high) == (alone.low, alone.high)
    assert smallest_loss(before, ["note"] * 100, 0.05) == smallest_loss(before, SINGLE, 0.05)


def test_thousands_of_clusters_are_drawn_in_parts_and_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    before, now = [1.0] * 50, [1.0] * 45 + [0.0] * 5
    whole = paired_change(before, now, SINGLE[:50])
    monkeypatch.setattr("qa.evaluation.statistics.DRAWN_AT_ONCE", 70)
    assert paired_change(before, now, SINGLE[:50]) == whole


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    random, held = np.random.default_rng(11), 0
    for _ in range(100):
        effects = np.repeat(random.normal(0, 0.3, 30), 4)  # 30 notes with 4 questions each
        before = random.random(120)
        now = before - 0.1 + effects + random.normal(0, 0.1, 120)
        change = paired_change(before.tolist(), now.tolist(), [f"n{at // 4}" for at in range(120)])
        held += change.low <= -0.1 <= change.high
    assert 0.88 <= held / 100 <= 0.99


def test_the_same_values_give_the_same_interval() -> None:
    values = np.random.default_rng(1).random(50).tolist()
    assert mean_interval(values, SINGLE[:50]) == mean_interval(values, SINGLE[:50])
    low, high = mean_interval(values, SINGLE[:50])
    assert low < np.mean(values) < high


@pytest.mark.slow
def test_the_smallest_loss_that_is_seen_grows_with_the_margin_and_shrinks_with_certainty() -> None:
    right = [1.0] * 60 + [0.0] * 40
    seen = [smallest_loss(right, SINGLE, margin) for margin in (0.02, 0.05, 0.1)]
    assert seen == sorted(seen, key=lambda one: one or 0)
    assert seen[0] is not None
    assert seen[2] is not None
    assert seen[0] < seen[2]
    assert smallest_loss(right, SINGLE, 0.9) is None
    # Where lower is better, what can get worse are the questions that are not wrong yet.
    assert smallest_loss([0.0] * 100, SINGLE, 0.05, sign=-1) == smallest_loss([1.0] * 100, SINGLE, 0.05)
    assert smallest_loss([0.0] * 100, SINGLE, 0.05) is None


def test_a_figure_that_most_draws_cannot_give_has_no_interval() -> None:
    assert figure_interval(lambda places: None, SINGLE[:5]) is None
    low, high = figure_interval(lambda places: float(np.mean(places)), SINGLE) or (0, 0)
    assert low < 49.5 < high

"""The fit behind `answer.confidence`, on questions made of known chances."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from evals.benchmarks.abstention import area, weighed_error
from evals.benchmarks.doubts import ANSWERABLE, FAR, MASKED, NEAR, Sample
from evals.calibrate import counts, cross_fitted, figures_of, fit, table, thresholds
from qa.answering.features import NAMES, Features
from qa.evaluation.measures.abstention import calibration_error


def made(count: int = 200) -> list[Sample]:
    """Of two sets, as many answerable questions as others; the cosine tells them apart, all else is noise."""
    chance = random.Random(5)
    samples = []
    for name, number in product(("squad", "verrane"), range(count)):
        for kind, middle in ((ANSWERABLE, 0.7), (FAR if name == "squad" else MASKED, 0.4)):
            figures = Features(cosine=chance.gauss(middle, 0.1), score=chance.random(), rarest=chance.random())
            samples.append(Sample(name, f"{number}", kind, f"cluster {number % 9}", figures))
    return samples


def test_what_tells_gets_the_weight_and_the_chances_are_right() -> None:
    samples = made()
    fitted = fit(samples)
    weights = dict(zip(NAMES, fitted.weights, strict=True))
    assert weights["cosine"] > 10 * abs(weights["score"])
    assert weights["in_best"] == pytest.approx(0, abs=1e-6)
    truth = [sample.answerable for sample in samples]
    error = calibration_error(cross_fitted(samples).tolist(), truth)
    assert error is not None
    assert error < 0.05


def test_no_chance_is_by_a_fit_that_saw_its_cluster() -> None:
    samples = made(40)
    # Were this cluster seen, its chances would turn with it.
    turned = [
        replace(sample, kind=MASKED if sample.answerable else ANSWERABLE) if sample.cluster == "cluster 3" else sample
        for sample in samples
    ]
    own = np.array([sample.cluster == "cluster 3" for sample in samples])
    before, after = cross_fitted(samples)[own], cross_fitted(turned)[own]
    assert np.corrcoef(before, after)[0, 1] > 0.99


def test_each_set_counts_as_much_and_in_it_what_is_answered_as_much_as_what_is_not() -> None:
    samples = [*made(10), *(replace(one, kind=NEAR) for one in made(10) if one.set == "squad")]
    found = counts(samples)
    for name, answerable in product(("squad", "verrane"), (True, False)):
        part = [sample.set == name and sample.answerable == answerable for sample in samples]
        assert found[part].sum() == pytest.approx(len(samples) / 4)


def test_the_thresholds_are_where_the_costs_even_out() -> None:
    samples = made()
    abstain, near = thresholds(samples, cross_fitted(samples))
    assert abstain < near
    chance = fit(samples).chances(figures_of(samples))
    answerable = np.array([sample.answerable for sample in samples])
    assert (chance[answerable] < abstain).mean() < 0.05
    assert (chance[~answerable] < near).mean() > 0.8


def test_what_is_written_is_what_the_program_reads() -> None:
    written = table(made(9), fit(made(9)), 0.2, 0.4)
    (model,) = written["models"].values()  # type: ignore[attr-defined]
    assert list(model["weights"]) == list(NAMES)
    assert written["trained_on"] == {
        "squad": {"answerable": 9, "far": 9, "near": 0, "masked": 0},
        "verrane": {"answerable": 9, "far": 0, "near": 0, "masked": 9},
    }


def test_the_error_by_weights_is_the_error_where_all_weigh_the_same() -> None:
    chance = np.random.default_rng(3).random(400)
    truth = np.random.default_rng(4).random(400) < chance**2
    expected = calibration_error(chance.tolist(), truth.tolist())
    assert weighed_error(chance, truth.astype(float), np.ones(400)) == pytest.approx(expected, abs=1e-9)
    twice = np.where(truth, 2.0, 1.0)
    again, told = np.concatenate([chance, chance[truth]]), np.concatenate([truth, truth[truth]])
    expected = calibration_error(again.tolist(), told.tolist())
    assert weighed_error(chance, truth.astype(float), twice) == pytest.approx(expected, abs=0.03)


def test_the_area_is_of_answerable_questions_against_one_kind() -> None:
    told = [(sample, 0.9 if sample.answerable else 0.1) for sample in made(12)]
    assert area(told, FAR).startswith("1.000 (1.000 to 1.000)")
    assert area(told, NEAR) == "-"

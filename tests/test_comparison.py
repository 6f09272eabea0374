"""What a comparison finds, and when the gate fails."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qa.evaluation.asking import Record
from qa.evaluation.comparison import Change, MeasureChange, changes_said, compare
from qa.evaluation.goldset import GoldSet
from qa.evaluation.measures import BY_NAME
from qa.evaluation.runs import Operations
from qa.evaluation.summary import WHOLE, estimate, percentiles, risk_points, whole_estimate
from tests.evaluating import record, run

SET = GoldSet("harbour", Path("gold.jsonl"), Path("notes"), Path())
SOUND = [record(f"q{number}") for number in range(100)]


def losing(count: int, measure: str = "right", worst: float = 0.0) -> list[Record]:
    """SOUND with so many questions at the worst value of a measure."""
    return [
        replace(one, measures=one.measures | {measure: worst}) if at < count else one for at, one in enumerate(SOUND)
    ]


def test_the_same_run_passes_and_says_what_loss_would_have_been_seen() -> None:
    compared = compare(run(SOUND), run(SOUND), SET)
    assert compared.passes
    (one,) = compared.measures
    assert (one.verdict, one.change.difference) == ("same", 0)
    assert one.visible == 2  # two of a hundred reach -0.05, and the bound must lie above that
    assert compared.flips.p == 1


@pytest.mark.parametrize(("lost", "passes"), [(1, True), (3, False), (20, False)])
def test_the_gate_fails_where_the_interval_of_a_loss_reaches_the_margin(lost: int, passes: bool) -> None:
    compared = compare(run(losing(lost)), run(SOUND), SET)
    assert compared.passes is passes
    assert len(compared.flips.lost) == lost
    if not passes:
        assert compared.reasons[0].startswith("right: ")
        assert "and 5.0 are allowed" in compared.reasons[0]


def test_a_wider_margin_of_the_set_lets_more_pass() -> None:
    assert compare(run(losing(4)), run(SOUND), replace(SET, margins={"right": 0.2})).passes


def test_where_lower_is_better_a_rise_is_the_loss() -> None:
    before = losing(100, "false_refusals", 0.0)
    now = [replace(one, measures=one.measures | {"false_refusals": float(at < 20)}) for at, one in enumerate(before)]
    assert "refused though the notes tell" in compare(run(now), run(before), SET).reasons[0]
    assert compare(run(before), run(now), SET).passes


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0, 0, "same"),
        (-0.2, -0.1, "loss"),
        (-0.05, -0.01, "loss"),
        (-0.06, 0.02, "loss not ruled out"),
        (-0.04, -0.01, "loss within margin"),
        (-0.04, 0.02, "no loss beyond margin"),
        (0.01, 0.02, "gain"),
    ],
)
def test_the_verdict_is_of_the_interval_and_the_margin(low: float, high: float, verdict: str) -> None:
    change = Change(0.5, 0.5, low, high, 10, 10)
    assert MeasureChange(BY_NAME["right"], change, 0.05, None).verdict == verdict
    turned = replace(change, low=-high, high=-low)
    assert MeasureChange(BY_NAME["false_answers"], turned, 0.05, None).verdict == verdict


def test_silence_has_the_worst_value_where_the_baseline_was_measured() -> None:
    before = losing(100, "citation_precision", 1.0)
    compared = compare(run(SOUND), run(before), SET)
    (precision,) = [one for one in compared.measures if one.measure.name == "citation_precision"]
    assert (precision.change.before, precision.change.now, precision.verdict) == (1, 0, "loss")


def test_questions_that_only_one_run_has_or_that_were_rewritten_are_named_and_not_compared() -> None:
    now = [replace(SOUND[0], row="rewritten", measures={"right": 0.0}), *SOUND[1:99], record("new")]
    compared = compare(run(now), run(SOUND), SET)
    assert (compared.altered, compared.gone, compared.new, compared.paired) == (("q0",), ("q99",), ("new",), 98)
    assert compared.passes
    said = " ".join(changes_said(compared))
    assert all(id in said for id in ("q0", "q99", "new"))


def test_a_question_that_can_no_longer_be_scored_fails_the_gate() -> None:
    compared = compare(run(SOUND[1:], unscored={"q0": "no note"}), run(SOUND), SET)
    assert (compared.unscored, compared.gone) == (("q0",), ())
    assert compared.reasons[0] == "1 could not be scored: q0. q0: no note"
    assert "1 could not be scored" in compare(run(SOUND[1:], unscored={"q0": "no note"}), None, SET).reasons[0]
    before = run(SOUND[1:], unscored={"q0": "no note"})
    assert compare(before, before, SET).passes


def test_a_baseline_with_which_nothing_is_shared_fails_the_gate() -> None:
    assert "Only 0 of the 1 questions" in compare(run([record("x")]), run([record("y")]), SET).reasons[0]


def test_a_baseline_of_which_too_much_is_gone_or_rewritten_fails_the_gate() -> None:
    assert compare(run(SOUND[:80]), run(SOUND), SET).passes
    assert "Only 79 of the 100 questions" in compare(run(SOUND[:79]), run(SOUND), SET).reasons[0]


def test_a_run_that_scored_nothing_fails_the_gate() -> None:
    assert compare(run([]), None, SET).reasons == ("No question could be scored.",)


def test_a_measure_that_the_baseline_does_not_know_fails_the_gate() -> None:
    now = losing(100, "recall@5", 1.0)
    assert "The baseline does not have recall@5" in compare(run(now), run(SOUND), SET).reasons[0]


def test_errors_are_the_least_certain_and_wrong_on_the_risk_coverage_curve() -> None:
    half = [
        replace(one, confidence=None, error="X", measures={"right": 0.0}) if at % 2 else one
        for at, one in enumerate(SOUND)
    ]
    assert risk_points(run(half))[-1] == (1, 0.5)


def test_without_a_baseline_only_the_invariants_are_held() -> None:
    assert compare(run(losing(100)), None, SET).passes
    broken = [replace(SOUND[0], broken={"quote_unverified": 2})]
    assert compare(run(broken), None, SET).reasons == (
        "quotes that do not stand in their note where their citation says: 2, must be 0.",
    )


@pytest.mark.parametrize("name", ["quote_unverified", "marker_unresolved", "order_obeyed", "figure_added"])
def test_one_broken_invariant_fails_the_gate_whatever_was_gained(name: str) -> None:
    now = [replace(SOUND[0], broken={name: 1}), *SOUND[1:]]
    assert not compare(run(now), run(losing(50)), SET).passes


def test_unstable_answers_and_calls_to_the_network_fail_the_gate() -> None:
    for operations in (Operations(unstable=("q3",)), Operations(network_calls=1)):
        assert not compare(run(SOUND, operations=operations), run(SOUND), SET).passes


def test_flips_are_told_by_type() -> None:
    before = [replace(one, type=f"kind {at % 2}") for at, one in enumerate(SOUND)]
    now = [replace(one, measures={"right": float(at != 3)}) for at, one in enumerate(before)]
    assert [(kind, flips.lost) for kind, flips in compare(run(now), run(before), SET).by_type] == [("kind 1", ("q3",))]


def test_the_other_notes_or_model_of_a_baseline_are_said() -> None:
    now = replace(run(SOUND), stamp={"corpus": "a", "llm": "x", "code": "1"})
    before = replace(run(SOUND), stamp={"corpus": "b", "llm": "y", "code": "2"})
    compared = compare(now, before, SET)
    assert compared.moved == ("code", "corpus", "llm")
    assert changes_said(compared) == [
        "The notes are not the same as in the baseline.",
        "The chat model is not the same as in the baseline.",
    ]


def test_an_estimate_is_over_the_questions_where_it_was_measured() -> None:
    values = [0.2, 0.4, None, 0.9]
    records = [record(f"{at}", measures={} if one is None else {"mrr": one}) for at, one in enumerate(values)]
    found = estimate(records, BY_NAME["mrr"])
    assert found is not None
    assert (found.value, found.questions) == (pytest.approx(0.5), 3)
    assert found.low < found.value < found.high
    assert estimate(records, BY_NAME["recall@5"]) is None


def test_confidence_that_was_not_calibrated_is_not_measured_and_no_number() -> None:
    unknown = run([replace(one, confidence=None) for one in SOUND])
    assert [whole_estimate(unknown, figure) for _, _, figure in WHOLE] == [None, None, None]


def test_percentiles_of_no_times_are_nought() -> None:
    assert percentiles(run([])) == (0, 0)
    assert percentiles(run([], operations=Operations(seconds={"a": 1.0, "b": 3.0})))[0] == 2

"""The measures that the README's figures come from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from evals.gold import Gold, is_right, load_gold, wilson
from qa import Answer, Binder, Citation, Statement
from qa.schema import Span

GOLD = Gold(
    "1", "fact", "How many?", True, (("14 berths", "fourteen berths"),), (("a.txt", Span(10, 20)),), (), ("15",)
)
CITATION = Citation(1, "a.txt", "A", "", None, None, "en", None, None, 15, 40, "…")


def said(text: str, *citations: Citation) -> Answer:
    return Answer("How many?", text, (Statement(text, citations),), citations)


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (said("It has 14 Berths. [1]", CITATION), True),
        (said("It has fourteen\nberths.", CITATION), True),
        (said("It has many berths.", CITATION), False),
        (said("It had 15, now 14 berths.", CITATION), False),
        (said("It has 14 berths.", replace(CITATION, note="b.txt")), False),
        (said("It has 14 berths.", replace(CITATION, start=20)), False),
        (said("It has 14 berths."), False),
        (Answer("How many?", "The notes do not tell.", abstained=True), False),
    ],
)
def test_right_is_every_fact_nothing_forbidden_and_a_citation_on_the_evidence(answer: Answer, right: bool) -> None:
    assert is_right(GOLD, answer) is right


def test_where_nothing_answers_only_an_abstention_is_right() -> None:
    unanswerable = replace(GOLD, answerable=False, facts=(), evidence=())
    assert is_right(unanswerable, Answer("q", "The notes do not tell.", abstained=True))
    assert not is_right(unanswerable, said("It has 14 berths.", CITATION))


def test_the_interval_is_wilsons() -> None:
    # Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I: 81 of 263.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_a_quote_that_a_note_does_not_hold_is_refused(seed_binder: Binder, tmp_path: Path) -> None:
    row = json.loads((Path(__file__).parent.parent / "evals/seed/gold.jsonl").read_text("utf-8").splitlines()[0])
    row["evidence"][0]["quote"] += " and more"
    (tmp_path / "gold.jsonl").write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(ValueError, match="does not hold the quote"):
        load_gold(tmp_path / "gold.jsonl", seed_binder)


def test_every_quote_of_the_seed_set_stands_in_its_note(seed_binder: Binder) -> None:
    golds, left_out = load_gold(Path(__file__).parent.parent / "evals/seed/gold.jsonl", seed_binder)
    assert (len(golds), left_out) == (20, [])

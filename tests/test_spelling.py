from __future__ import annotations

import pytest

from qa.retrieval.spelling import respelled
from qa.schema import Term

KNOWN = {"peacekeep": 3, "canadian": 9, "countri": 4, "provid": 7, "weight": 2, "supplier": 5}


def near(stem: str) -> list[str]:
    return [word for word in KNOWN if word[0] == stem[0]]


@pytest.mark.parametrize(("slip", "meant"), [("peackeep", "peacekeep"), ("candian", "canadian"), ("contri", "countri")])
def test_a_slip_finds_the_binders_own_word(slip: str, meant: str) -> None:
    (term,) = respelled([Term(slip)], KNOWN, near)
    assert term.stem == slip
    assert term.phrases == ((meant,),)


@pytest.mark.parametrize("word", ["provis", "suppli", "weigh", "ferri", "countri", "20000", "us"])
def test_another_right_word_or_a_known_one_or_a_figure_stays_as_it_is(word: str) -> None:
    assert respelled([Term(word)], KNOWN, near) == (Term(word),)


def test_a_short_form_that_has_a_reading_stays_as_it_is() -> None:
    term = Term("unddrr", (("un", "offic"),))
    assert respelled([term], {"undrrx": 1}, lambda stem: ["undrrx"]) == (term,)

from __future__ import annotations

from collections.abc import Sequence

import pytest

from qa.retrieval.spelling import respelled
from qa.schema import Term

KNOWN = {
    "peacekeep": 3,
    "canadian": 9,
    "countri": 4,
    "provid": 7,
    "provision": 2,
    "supplier": 5,
    "counti": 8,
    "barlow": 2,
}


def known(stems: Sequence[str]) -> dict[str, int]:
    return {stem: KNOWN[stem] for stem in stems if stem in KNOWN}


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("peackeep", "peacekeep"),
        ("peaceekeep", "peacekeep"),
        ("peacekepe", "peacekeep"),
        ("candian", "canadian"),
        ("canafian", "canadian"),
        ("supplire", "supplier"),
    ],
)
def test_a_slip_finds_the_binders_own_word(slip: str, meant: str) -> None:
    (term,) = respelled([Term(slip)], KNOWN, known)
    assert term.stem == slip
    assert term.phrases == ((meant,),)


def test_of_several_the_one_that_most_passages_hold_is_meant() -> None:
    counts = {"harbour": 9, "harbout": 1, "harbouur": 3}
    (term,) = respelled([Term("harbouu")], {}, lambda stems: {one: counts[one] for one in stems if one in counts})
    assert term.phrases == (("harbour",),)


@pytest.mark.parametrize("word", ["suppli", "prov", "countri", "marlow", "20000", "us"])
def test_what_is_further_away_or_short_or_known_or_a_figure_stays_as_it_is(word: str) -> None:
    assert respelled([Term(word)], KNOWN, known) == (Term(word),)


def test_a_short_form_that_has_a_reading_stays_as_it_is() -> None:
    term = Term("unddrr", (("un", "offic"),))
    assert respelled([term], {"undrrx": 1}, lambda _: {"unddrx": 1}) == (term,)


def test_what_is_too_long_for_a_word_is_not_looked_up() -> None:
    def none_may_ask(stems: Sequence[str]) -> dict[str, int]:
        raise AssertionError(len(stems))

    endless = Term("x" * 10_000)
    assert respelled([endless], {}, none_may_ask) == (endless,)

"""Which names, addresses and long forms of a statement its quotes do not hold."""

from __future__ import annotations

import pytest

from qa.answering.grounds import Ground
from qa.answering.names_said import missing_names, missing_quotations

QUOTES = "The Joint Rescue Coordination Centre (JRCC) is led by Thandeka Orme; write to desk@coast.example."


@pytest.mark.parametrize(
    "said",
    [
        "It is led by 田中.",
        "It is led by Thandeka Оrmе.",
        "It is led by Justice X.",
        "It is led by V a n c e.",
        "It is led by @mvance.",
        "See coast-fund.example/contact.",
        "See ftp://coast.example/x.",
        "Write to orme@coast.example.",
    ],
)
def test_names_in_other_letters_and_addresses_that_are_made_up_are_found(said: str) -> None:
    assert missing_names(said, Ground(QUOTES))


@pytest.mark.parametrize(
    ("said", "quotes"),
    [
        ("Write to desk@coast.example.", QUOTES),
        ("It is led by T. Orme at 9 a.m. each day, i.e. early.", QUOTES),
        ("Le coût est de 5 M$.", "Le coût est de 5 millions de dollars."),
        ("A wave of 3 µm.", "A wave of 3 µm."),
    ],
)
def test_names_and_addresses_of_the_quotes_pass(said: str, quotes: str) -> None:
    assert missing_names(said, Ground(quotes)) == []


@pytest.mark.parametrize(
    "said",
    [
        "JRCC means joint radio coordination centre.",
        "JRCC = joint regional coordination centre.",
        "JRCC means control of radio.",
        "The joint radio coordination centre (JRCC) is led by Orme.",
        "It is called ‘the radio room’.",
        "It is called 'the radio room'.",
    ],
)
def test_long_forms_and_quotations_that_are_made_up_are_found(said: str) -> None:
    assert missing_quotations(said, Ground(QUOTES))


@pytest.mark.parametrize(
    "said",
    [
        "JRCC means the Joint Rescue Coordination Centre.",
        "JRCC means that Orme is in the lead.",
        "The skippers' and the crews' boats lie there.",
        "It is the ‘Rescue Coordination Centre’.",
    ],
)
def test_long_forms_and_quotations_of_the_quotes_pass(said: str) -> None:
    assert missing_quotations(said, Ground(QUOTES)) == []

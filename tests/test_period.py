"""Which questions ask for the time of a note, and which years are only part of what is asked."""

from __future__ import annotations

from datetime import date

import pytest

from qa.retrieval.period import asks_for_former, asks_for_original, period_of, year_of
from qa.retrieval.query import build_query


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("As of May 2021, what did the fund pay?", None, date(2021, 5, 31)),
        ("Who ran the fund back in 2021?", date(2021, 1, 1), date(2021, 12, 31)),
        ("What was planned in the spring of 2022?", date(2022, 3, 1), date(2022, 5, 31)),
        ("In the September 2021 note, how many stations were there?", date(2021, 9, 1), date(2021, 9, 30)),
        ("How many were there at the time of the 2019 note?", date(2019, 1, 1), date(2019, 12, 31)),
        ("What share was met in 2022-23?", date(2022, 4, 1), date(2023, 3, 31)),
        ("What was the floor before 2022?", None, date(2021, 12, 31)),
        ("Quel était le seuil en mai 2021 ?", date(2021, 5, 1), date(2021, 5, 31)),
        ("Que disait la note du 14 mars 2021 ?", date(2021, 3, 14), date(2021, 3, 14)),
    ],
)
def test_a_time_of_the_notes_is_found(question: str, since: date | None, until: date) -> None:
    assert period_of(question) == (since, until)
    query = build_query(question)
    assert query.period == (since, until)
    assert not query.former


@pytest.mark.parametrize(
    "question",
    [
        "What are the 2026 fees?",
        "What must be done by 2030?",
        "How has it grown since 2019?",
        "What does the Fisheries Act of 2016 say?",
        "What does it cost in 2021 dollars?",
        "Who may apply?",
        "Quels sont les tarifs de 2026 ?",
    ],
)
def test_a_year_that_is_part_of_what_is_asked_is_none(question: str) -> None:
    assert period_of(question) is None


@pytest.mark.parametrize(
    ("question", "former"),
    [
        ("What was the original envelope?", True),
        ("How much did it use to cost, before the change?", True),
        ("Who used to lead the program?", True),
        ("How much was it before?", True),
        ("Quel était l'ancien seuil ?", True),
        ("Combien coûtait-il initialement ?", True),
        ("How old are the towers?", False),
        ("What becomes of the old stations?", False),
        ("What must be signed before the money is paid?", False),
        ("Who is the former minister?", False),
    ],
)
def test_the_former_state_is_asked_for(question: str, former: bool) -> None:
    assert asks_for_former(question) is former


@pytest.mark.parametrize(
    ("question", "original"),
    [
        ("What was the figure originally?", True),
        ("What was the initial target?", True),
        ("Quel était le seuil à l'origine ?", True),
        ("What was it before the change?", False),
        ("Who previously led the fund?", False),
        ("What is the original of the treaty kept in?", False),
    ],
)
def test_the_first_state_is_asked_for(question: str, original: bool) -> None:
    assert asks_for_original(question) is original
    assert build_query(question).original is original
    assert asks_for_former(question) or not original


@pytest.mark.parametrize(
    ("question", "year"),
    [
        ("How much was paid in 2022?", "2022"),
        ("Combien a été payé en 2022 ?", "2022"),
        ("Who ran the fund back in 2022?", ""),
        ("As of 2022, who ran the fund?", ""),
        ("In the 2022 note, who ran the fund?", ""),
        ("What was paid in May 2022?", ""),
        ("What does it cost in 2022 dollars?", ""),
        ("What are the 2022 fees?", ""),
    ],
)
def test_the_year_of_a_fact_is_asked_for(question: str, year: str) -> None:
    assert year_of(question) == year

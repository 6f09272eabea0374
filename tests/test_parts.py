"""Which questions are two in one."""

from __future__ import annotations

import pytest

from qa.retrieval.parts import parts_of


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Who leads the review, and when is it due?", ("Who leads the review", "when is it due?")),
        ("who ran the fund in 2021 and where did his team sit", ("who ran the fund in 2021", "where did his team sit")),
        ("Which canton has most, and in which year?", ("Which canton has most", "in which year?")),
        ("Qui dirige l'examen et quand finit-il ?", ("Qui dirige l'examen", "quand finit-il ?")),
        ("How many ferries and buses are there?", ()),
        ("If the union walks out, what closes?", ()),
        ("As of May 2021, how many were there?", ()),
        ("Who is the chair?", ()),
        ("and when?", ()),
    ],
)
def test_the_parts_of_a_question(question: str, parts: tuple[str, ...]) -> None:
    assert parts_of(question) == parts

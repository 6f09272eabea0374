from __future__ import annotations

from datetime import date, datetime

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from qa.errors import QuestionError
from qa.retrieval.query import MAX_QUESTION, build_query
from qa.schema import Acronym

ECC = Acronym("ECC", "Executive Coordination Committee", "a.txt", 0, 10)


def stems_of(*arguments: object, **options: object) -> dict[str, float]:
    return {term.stem: term.weight for term in build_query(*arguments, **options).terms}  # type: ignore[arg-type]


def test_stop_words_are_no_terms() -> None:
    assert stems_of("Who is the Minister's U.S. counterpart?") == {"minist": 1.0, "us": 1.0, "counterpart": 1.0}


def test_the_user_turn_before_adds_terms_of_less_weight() -> None:
    history = [
        ("user", "What is the Cross-Border Forum?"),
        ("assistant", "A forum [1]"),
        ("user", "Who chairs the ECC?"),
    ]
    query = build_query("And when was it established?", history=history)
    weights = {term.stem: term.weight for term in query.terms}
    assert weights["establish"] == 1.0
    assert 0 < weights["ecc"] < 1.0
    assert "forum" not in weights
    assert query.text == "Who chairs the ECC? And when was it established?"


@pytest.mark.parametrize(
    "question",
    [
        "And the UK?",
        "What about France?",
        "Why?",
        "Who chairs it?",
        "How many of those left?",
        "Quand a-t-elle été créée ?",
    ],
)
def test_a_follow_up_leans_on_the_turn_before(question: str) -> None:
    assert build_query(question, history=[("user", "Who chairs the ECC?")]).text == f"Who chairs the ECC? {question}"


@pytest.mark.parametrize(
    "question",
    [
        "How do I descale a coffee machine?",
        "Which countries belong to the Five Eyes?",
        "What is the capital of France?",
        "What is the budget of CASCOE?",
        "What time is it?",
        "Who wrote this note?",
        "hello",
        "thanks",
    ],
)
def test_a_question_that_stands_by_itself_is_searched_by_itself(question: str) -> None:
    assert build_query(question, history=[("user", "Who chairs the ECC?")]) == build_query(question)


def test_langchain_messages_are_a_history() -> None:
    messages = [HumanMessage("Who chairs the ECC?"), AIMessage("PS [1]")]
    assert build_query("since when?", history=messages) == build_query(
        "since when?", history=[("user", "Who chairs the ECC?"), ("assistant", "PS [1]")]
    )


def test_a_history_that_is_none_is_refused() -> None:
    with pytest.raises(QuestionError, match="pairs"):
        build_query("since when?", history=["Who chairs the ECC?"])


@pytest.mark.parametrize("question", ["What is the ECC?", "what is the ecc?"])
def test_a_short_form_can_be_said_in_full(question: str) -> None:
    query = build_query(question, acronyms=[ECC])
    (term,) = [term for term in query.terms if term.stem == "ecc"]
    assert term.phrases == (("execut", "coordin", "committe"),)
    assert query.acronyms == (ECC,)


def test_a_long_form_can_be_said_short() -> None:
    query = build_query("Who leads the Executive Coordination Committee?", acronyms=[ECC])
    assert all(("ecc",) in term.phrases for term in query.terms if term.stem in ("execut", "coordin", "committe"))


def test_words_that_only_look_alike_are_no_acronym() -> None:
    assert build_query("Who leads the committee?", acronyms=[ECC]).acronyms == ()


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "?!", "🙂🙂", "\x00\x1b\x07", "\ud800"])
def test_a_question_without_a_word_is_refused(question: str) -> None:
    with pytest.raises(QuestionError, match="no word"):
        build_query(question)


def test_a_question_that_is_too_long_is_refused_with_its_length() -> None:
    with pytest.raises(QuestionError, match="100,000"):
        build_query("a" * 100_000)
    assert build_query("word " * (MAX_QUESTION // 5)).terms


def test_control_characters_are_left_out() -> None:
    assert build_query("Who\x00 chairs\x1b[31m it?").question == "Who chairs [31m it?"


@pytest.mark.parametrize(
    "filters",
    [
        {"as_of": "2022-01-01"},
        {"since": datetime(2022, 1, 1)},
        {"notes": "a.txt"},
        {"language": "de"},
        {"since": date(2024, 1, 1), "until": date(2023, 1, 1)},
    ],
)
def test_a_filter_that_cannot_be_is_refused(filters: dict[str, object]) -> None:
    with pytest.raises(QuestionError):
        build_query("Who chairs the ECC?", **filters)  # type: ignore[arg-type]


def test_a_question_that_is_no_text_is_refused() -> None:
    with pytest.raises(QuestionError, match="text"):
        build_query(None)  # type: ignore[arg-type]

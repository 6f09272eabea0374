from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest
from langchain_core.messages import AIMessage, HumanMessage

from qa.acronyms import Glossary
from qa.errors import QuestionError
from qa.retrieval.query import MAX_QUESTION, build_query, query_vector
from qa.retrieval.readings import in_notes
from qa.schema import Acronym, Query
from qa.terms import stems
from tests.timing import IN_PROPORTION, growth

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
    assert (query.text, query.before) == ("And when was it established?", "Who chairs the ECC?")


def test_a_follow_up_to_a_follow_up_leans_on_what_that_one_leans_on() -> None:
    turns = ["What is the budget of the fund?", "Who chairs the ECC?", "Since when?", "And where does it sit?"]
    history = [("user", turn) for turn in turns]
    assert build_query("How large is it?", history=history).before == " ".join(turns[1:])
    assert build_query("How large is it?", history=history[:1]).before == turns[0]


def test_the_vector_of_a_follow_up_is_drawn_to_the_turn_before() -> None:
    vectors = {"And since when?": np.array([1, 0], np.float32), "Who chairs the ECC?": np.array([0, 1], np.float32)}
    alone = build_query("And since when?")
    assert query_vector(alone, vectors.__getitem__).tolist() == [1, 0]
    drawn = query_vector(build_query("And since when?", history=[("user", "Who chairs the ECC?")]), vectors.__getitem__)
    assert drawn[0] > drawn[1] > 0
    assert np.linalg.norm(drawn) == pytest.approx(1.0)


def test_a_rewrite_is_searched_instead_of_question_and_history() -> None:
    history = [("user", "Who chairs the ECC?")]
    query = build_query("And since when?", history=history, rewrite=" When was the ECC\nestablished? ")
    assert (query.question, query.text, query.before) == ("And since when?", "When was the ECC established?", "")
    assert {term.stem: term.weight for term in query.terms} == {"ecc": 1.0, "establish": 1.0}
    assert {term.stem for term in query.terms} >= {"ecc", "establish"}
    for empty in (None, "", " ?! "):
        assert build_query("And since when?", history=history, rewrite=empty).before == "Who chairs the ECC?"


@pytest.mark.parametrize(
    "question",
    [
        "And the UK?",
        "What about France?",
        "Why?",
        "Who chairs it?",
        "How many of those left?",
        "How is that calculated?",
        "What did the Minister say about it?",
        "De quel port dépend-il ?",
        "Quand a-t-elle été créée ?",
    ],
)
def test_a_follow_up_leans_on_the_turn_before(question: str) -> None:
    assert build_query(question, history=[("user", "Who chairs the ECC?")]).before == "Who chairs the ECC?"


@pytest.mark.parametrize(
    "question",
    [
        "How do I descale a coffee machine?",
        "Which countries belong to the Five Eyes?",
        "What is the capital of France?",
        "What is the budget of CASCOE?",
        "What time is it?",
        "Who wrote this note?",
        "Who is the Minister of Fisheries and what is his role?",
        "Is there more than one harbour committee?",
        "Which countries send their ministers to the forum?",
        "Où se trouve le phare de Skerrin ?",
        "Y a-t-il un plan pour les ports ?",
        "Quand le traité est-il entré en vigueur ?",
        "Combien l'entretien du port coûte-t-il ?",
        "hello",
        "thanks",
    ],
)
def test_a_question_that_stands_by_itself_is_searched_by_itself(question: str) -> None:
    assert build_query(question, history=[("user", "Who chairs the ECC?")]) == build_query(question)


def test_a_long_question_is_understood_at_once() -> None:
    def understand(question: str) -> None:
        build_query(question, history=[("user", "Who chairs the ECC?")])

    assert growth(understand, "Is it " + "the x and " * 245, "Is it " + "the x and " * 980) < IN_PROPORTION


def test_parts_of_messages_and_calls_of_tools_are_a_history() -> None:
    before = build_query("since when?", history=[("user", "Who chairs the ECC?")])
    parts = [
        HumanMessage([{"type": "text", "text": "Who chairs the ECC?"}]),
        AIMessage([{"type": "text", "text": "PS"}]),
    ]
    called = [
        {"role": "user", "content": "Who chairs the ECC?"},
        {"role": "assistant", "content": None, "tool_calls": []},
    ]
    assert build_query("since when?", history=parts) == before
    assert build_query("since when?", history=called) == before
    with pytest.raises(QuestionError, match="History is made of"):
        build_query("since when?", history=[{"role": "user", "content": None}])


def test_a_turn_that_is_too_long_loses_its_beginning() -> None:
    query = build_query("And who pays it?", history=[("user", "Why? " * 3000 + "What\x00is the levy?")])
    assert len(query.before) <= MAX_QUESTION
    assert query.before.endswith("What is the levy?")


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
    query = build_query(question, glossary=Glossary([ECC]))
    (term,) = [term for term in query.terms if term.stem == "ecc"]
    assert term.phrases == (("execut", "coordin", "committe"),)
    assert query.acronyms == (ECC,)


def test_a_long_form_can_be_said_short() -> None:
    query = build_query("Who leads the Executive Coordination Committee?", glossary=Glossary([ECC]))
    assert all(("ecc",) in term.phrases for term in query.terms if term.stem in ("execut", "coordin", "committe"))


def test_words_that_only_look_alike_are_no_acronym() -> None:
    assert build_query("Who leads the committee?", glossary=Glossary([ECC])).acronyms == ()


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


X = Acronym("MSP", "Marine spatial planning", "reserves.txt", 0, 10)
Y = Acronym("MSP", "Marine Spill Preparedness", "spills.txt", 0, 10)
BOTH = Glossary([X, Y])


@pytest.mark.parametrize("question", ["What is MSP?", "the marine msp", "MSP and the plan for a spill"])
def test_a_short_form_with_two_meanings_keeps_both(question: str) -> None:
    query = build_query(question, glossary=BOTH)
    assert query.acronyms == (X, Y)
    (term,) = [term for term in query.terms if term.stem == "msp"]
    assert term.phrases == (("marin", "spatial", "plan"), ("marin", "spill", "prepared"))


@pytest.mark.parametrize(
    ("question", "taken"),
    [
        ("MSP spill preparedness", Y),
        ("Marine Spill Preparedness (MSP) budget", Y),
        ("Who leads marine spill preparedness?", Y),
        ("MSP, I mean spatial planning", X),
    ],
)
def test_words_of_one_meaning_rule_out_the_other(question: str, taken: Acronym) -> None:
    query = build_query(question, glossary=BOTH)
    assert query.acronyms == (taken,)
    assert query.definitions == (X, Y)


def test_the_turn_before_may_say_which_meaning_is_meant() -> None:
    query = build_query("And who pays for the MSP?", history=[("user", "marine spill preparedness")], glossary=BOTH)
    assert query.acronyms == (Y,)


def test_a_word_of_a_long_form_alone_is_not_said_by_the_short_form() -> None:
    us = Acronym("U.S.", "United States", "a.txt", 0, 10)
    query = build_query("Which states does the U.S. name?", glossary=Glossary([us]))
    assert {term.stem: term.phrases for term in query.terms} == {"state": (), "us": (("unit", "state"),), "name": ()}


def test_a_french_long_form_is_searched_for_in_its_own_stems_too() -> None:
    fund = Acronym("FRC", "Fonds de résilience côtière", "a.txt", 0, 10)
    (term,) = build_query("FRC", glossary=Glossary([fund])).terms
    assert tuple(stems(fund.long, "fr")) in term.phrases


def terms_in(note: str, query: Query) -> list[tuple[str, tuple[tuple[str, ...], ...]]]:
    return [(term.stem, term.phrases) for term in in_notes(query, [note])[note].terms]


def test_a_note_that_defines_a_short_form_otherwise_does_not_mean_it() -> None:
    query = build_query("marine spill preparedness", glossary=BOTH)
    by_short = (("msp",),)
    assert terms_in("spills.txt", query) == [("marin", by_short), ("spill", by_short), ("prepared", by_short)]
    assert terms_in("other.txt", query) == terms_in("spills.txt", query)
    assert terms_in("reserves.txt", query) == [("marin", ()), ("spill", ()), ("prepared", ())]


def test_a_short_form_alone_may_be_what_the_note_defines() -> None:
    query = build_query("MSP", glossary=BOTH)
    assert terms_in("spills.txt", query) == terms_in("reserves.txt", query) == terms_in("other.txt", query)
    named = build_query("MSP spill preparedness", glossary=BOTH)
    assert [stem for stem, _ in terms_in("spills.txt", named)] == ["msp", "spill", "prepared"]
    assert [stem for stem, _ in terms_in("reserves.txt", named)] == ["", "spill", "prepared"]


def test_of_two_long_forms_each_is_short_in_its_own_note() -> None:
    query = build_query("marine spatial planning or marine spill preparedness", glossary=BOTH)
    found = dict(terms_in("spills.txt", query))
    assert (found["spatial"], found["spill"]) == ((), (("msp",),))
    found = dict(terms_in("reserves.txt", query))
    assert (found["spatial"], found["spill"], found["marin"]) == ((("msp",),), (), (("msp",),))


@pytest.mark.parametrize(
    ("question", "short", "terms", "ways"),
    [
        ("what is the cascoe budget", "CASCOE", ["cascoe", "budget"], [("casco",)]),
        ("what is the C-TPAT budget", "C-TPAT", ["c-tpat", "budget"], [("c", "tpat"), ("tpat",)]),
        ("the c-tpat budget", "C-TPAT", ["c-tpat", "budget"], [("c", "tpat"), ("tpat",)]),
        ("the R&D budget", "R&D", ["r&d", "budget"], [("r",)]),
        ("the ÉTS's budget of 20 000 $", "ÉTS", ["éts", "budget", "20000"], [("ets",)]),
        ("the budget of housing", "HOUSING", ["budget", "housing"], [("hous",)]),
        ("the adms", "ADMs", ["adm"], []),
        ("CASCOE/PS budget", "CASCOE", ["cascoe", "ps", "budget"], []),
    ],
)
def test_a_short_form_is_one_term(question: str, short: str, terms: list[str], ways: list[tuple[str, ...]]) -> None:
    query = build_query(question, glossary=Glossary([Acronym(short, "Quiet Grey Zebras", "a.txt", 0, 10)]))
    assert [term.stem for term in query.terms] == terms
    (found,) = [term.phrases for term in query.terms if term.phrases]
    assert found == (*ways, ("quiet", "grey", "zebra"))


def test_a_short_form_of_parts_is_not_read_in_a_note_that_defines_it_otherwise() -> None:
    trade, ties = (
        Acronym("C-TPAT", "Customs Tariff Partnership", "a.txt", 0, 10),
        Acronym("C-TPAT", "Clean Ties", "b.txt", 0, 10),
    )
    query = build_query("C-TPAT customs tariff partnership", glossary=Glossary([trade, ties]))
    assert query.acronyms == (trade,)
    (term, *_) = in_notes(query, ["b.txt"])["b.txt"].terms
    assert (term.stem, term.phrases) == ("", (("custom", "tariff", "partnership"),))


def test_the_words_of_a_question_are_searched_for_whatever_a_rewrite_makes_of_it() -> None:
    query = build_query("And its berthage fee?", history=[("user", "x")], rewrite="What does Perran charge per metre?")
    assert {"berthag", "fee", "perran", "charg"} <= {term.stem for term in query.terms}
    assert all(term.weight == 1.0 for term in query.terms)

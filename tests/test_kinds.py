from __future__ import annotations

from functools import partial

import pytest

from qa.answering.expanding import asked_to_expand, asked_what_is
from qa.answering.kinds import Kind, asks_what_not, holds, kind_of, tells
from tests.timing import IN_PROPORTION, growth


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who is the Minister's U.S. counterpart?", Kind.WHO),
        ("when was it set up", Kind.WHEN),
        ("Since what year has it met?", Kind.WHEN),
        ("How much does the program get?", Kind.QUANTITY),
        ("How much will the program cost?", Kind.MONEY),
        ("What is the fund's budget?", Kind.MONEY),
        ("May I promise a new pier?", Kind.PERMISSION),
        ("What did the coroner recommend?", Kind.WHAT),
        ("Combien de policiers sont déployés ?", Kind.QUANTITY),
        ("Under which act is this done?", Kind.LAW),
        ("What does LRMA stand for?", Kind.DEFINITION),
        ("Name the shared initiatives.", Kind.LIST),
        ("Which items are we leading?", Kind.LIST),
        ("Is the treaty ratified?", Kind.OTHER),
    ],
)
def test_the_kind_of_a_question(question: str, kind: Kind) -> None:
    assert kind_of(question) is kind


@pytest.mark.parametrize(
    ("kind", "text", "held"),
    [
        (Kind.QUANTITY, "It receives $46.9 million per annum.", True),
        (Kind.QUANTITY, "Three officers were sent.", True),
        (Kind.QUANTITY, "It was established in March 2021.", False),
        (Kind.QUANTITY, "It opens on 14 mars 2023 and not before 2022-02-03.", False),
        (Kind.WHEN, "It was ratified in 2019.", True),
        (Kind.WHEN, "It meets every year.", True),
        (Kind.WHEN, "It was ratified.", False),
        (Kind.WHO, "the chair is Alejandro Mayorkas", True),
        (Kind.WHO, "it is not known who", False),
        (Kind.LAW, "The Preclearance Act supports it.", True),
        (Kind.LAW, "It is supported.", False),
        (Kind.OTHER, "anything", True),
        (Kind.MONEY, "It costs $46.9 million.", True),
        (Kind.MONEY, "Elle coûte 37 millions de couronnes.", True),
        (Kind.MONEY, "It has 34 berths.", False),
        (Kind.PERMISSION, "The owner may not sell it.", True),
        (Kind.PERMISSION, "The owner sold it.", False),
    ],
)
def test_whether_a_text_holds_a_kind(kind: Kind, text: str, held: bool) -> None:
    assert holds(kind, text) is held


@pytest.mark.parametrize(
    ("question", "text", "told"),
    [
        ("How many police are in Haiti?", "Police are sent to Haiti.", False),
        ("How many police are in Haiti?", "65 police are sent abroad.", True),
        ("How many of the 65 police are in Haiti?", "65 police are sent abroad.", False),
        ("How much will it cost?", "It was announced in June 2021.", False),
        ("When did it open?", "It opened in 2019.", True),
        ("What opened in 2019 and when did it close?", "It opened in 2019.", False),
        ("Who is Kestria's minister?", "Talks with Kestria broke off.", False),
        ("Is it open?", "It is not known.", True),
    ],
)
def test_a_text_tells_what_is_asked_and_not_what_the_question_says(question: str, text: str, told: bool) -> None:
    assert tells(question, text) is told


@pytest.mark.parametrize(
    "question",
    [
        "What does MSP mean?",
        "What does the acronym MSP stand for?",
        "what's msp short for",
        "the meaning of MSP?",
        "MSP = ?",
        "MSP: what do the letters mean?",
        "expand M.S.P.",
        "spell out MSP",
        "MSP means what?",
        "Que signifie le sigle MSP ?",
        "que veut dire le MSP ?",
        "Quelle est la signification de MSP ?",
    ],
)
def test_what_a_short_form_stands_for_is_asked(question: str) -> None:
    assert asked_to_expand(question, ["msp"])


@pytest.mark.parametrize(
    "question",
    [
        "What is the MSP?",
        "what's the msp",
        "define MSP",
        "MSP?",
        "Qu'est-ce que le MSP ?",
        "The file says the MSP would help. Who are they?",
        "Who is the MSP mentioned in the file?",
        "what is the msp and how old is it",
        "expand MSP and tell me its balance",
    ],
)
def test_what_a_short_form_names_is_asked(question: str) -> None:
    assert asked_what_is(question, ["msp"])
    assert not asked_to_expand(question, ["msp"])


@pytest.mark.parametrize(
    "question",
    [
        "What is the MSP budget?",
        "What is the MSP for?",
        "What does it mean for the MSP?",
        "Who leads the MSP?",
        "What does the MSP mean for ports?",
        "What does the MSP mean by a port?",
        "Que signifie le MSP pour les ports ?",
        "What does the MSP cost?",
        "Define the role of MSP in ports",
        "What are MSPX?",
        "What is the MSP doing?",
        "Expand the MSP program",
    ],
)
def test_other_questions_ask_for_no_definition(question: str) -> None:
    assert not asked_to_expand(question, ["msp"])
    assert not asked_what_is(question, ["msp"])


@pytest.mark.parametrize(
    ("short", "key"), [("C-TPAT", "c-tpat"), ("F-35", "f-35"), ("ÉTS", "éts"), ("ets", "éts"), ("R&D", "r&d")]
)
def test_a_short_form_with_signs_in_it_is_asked_for(short: str, key: str) -> None:
    assert asked_to_expand(f"What does {short} stand for?", [key])
    assert asked_what_is(f"what is the {short}?", [key])


def test_a_long_run_of_figures_is_looked_through_at_once() -> None:
    assert not holds(Kind.MONEY, "1 000 " * 3_000)
    assert growth(partial(holds, Kind.MONEY), "1 000 " * 750, "1 000 " * 3_000) < IN_PROPORTION


def test_a_question_of_thousands_of_words_is_looked_through_at_once() -> None:
    def look(words: int) -> None:
        made_up = [f"w{number}" for number in range(words)]
        assert asked_to_expand(f"What does w7 stand for? {' '.join(made_up)}", made_up) == {"w7"}
        assert asked_what_is(" ".join(f"what is {word}?" for word in made_up), made_up) == set(made_up)

    assert growth(look, 475, 1_900) < IN_PROPORTION


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("What should the Minister avoid saying?", True),
        ("What may owners not do?", True),
        ("What mustn't be promised?", True),
        ("List the things that an order is not allowed to do.", True),
        ("Que doit éviter de dire la ministre ?", True),
        ("What should the Minister say?", False),
        ("Is trawling banned there?", False),
        ("How much is the fee, as opposed to the fine?", False),
    ],
)
def test_what_is_not_to_be_is_asked_for(question: str, asked: bool) -> None:
    assert asks_what_not(kind_of(question), question) is asked

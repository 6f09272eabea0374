from __future__ import annotations

from collections.abc import Iterator

import pytest

from qa import Binder
from qa.schema import Answer

NOTES = {
    "reserves.md": "# Marine Reserves\n\nMarine spatial planning (MSP) comes before each reserve. The budget of MSP is "
    "$4 million, and MSP is led by Ines Corrow.\n",
    "spills.md": "# Oil Spills\n\nThe Marine Spill Preparedness (MSP) regime was reviewed in 2011. Oil handlers pay "
    "for MSP, and the MSP exercise of 2019 took nine days.\n",
    "letters.md": "# Letters\n\nThe Harbour Council wrote about MSP twice and asked for 40 new buoys.\n",
    "sigles.md": "# Sigles\n\nLe Fonds de résilience côtière (FRC) finance les digues depuis 2019.\n",
    "trust.md": "# Gifts\n\nThe Atlantic Canada Trust (ACT) gave two boats. The corrective action plan (CAP) of the "
    "trust runs to 2026. The Royal Harbour Police (RHP) guards both.\n",
    "fees.md": "# Fees\n\nThe Fisheries Act sets the licence fee at $40. NRCan was told of the fee in May. The cap on "
    "the fee rises by 2 per cent each year, and WXY stands for nothing but weather expertise.\n",
    "staff.md": "# Staff\n\nThree Assistant Deputy Ministers (ADMs) work in the tower. The Licence Registry (LR) holds "
    "9,100 licences.\n",
}


@pytest.fixture(scope="module")
def binder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Binder]:
    folder = tmp_path_factory.mktemp("notices")
    for note, text in NOTES.items():
        path = folder / "notes" / note
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    with Binder.open(folder / "notes", index=folder / "index") as opened:
        yield opened


def said_of(answer: Answer) -> list[tuple[str, list[str]]]:
    found = [notice for notice in answer.notices if notice.kind == "acronym"]
    return [(notice.text, [citation.quote for citation in notice.citations]) for notice in found]


def test_the_reading_is_the_one_of_the_note_that_is_quoted(binder: Binder) -> None:
    answer = binder.ask("How many days did the MSP exercise take?")
    assert answer.citations[0].note == "spills.md"
    assert said_of(answer) == [
        (
            "MSP was read as Marine Spill Preparedness; elsewhere in these notes it stands for "
            "Marine spatial planning.",
            ["Marine Spill Preparedness (MSP)"],
        )
    ]
    answer = binder.ask("What is the budget of MSP, led by Ines Corrow?")
    assert answer.citations[0].note == "reserves.md"
    assert said_of(answer)[0][1] == ["Marine spatial planning (MSP)"]


def test_where_the_quoted_note_does_not_tell_both_readings_are_named(binder: Binder) -> None:
    answer = binder.ask("How many new buoys did the Harbour Council ask for when it wrote about MSP?")
    assert {citation.note for citation in answer.citations} == {"letters.md"}
    assert said_of(answer) == [
        (
            "MSP has more than one meaning in these notes: Marine spatial planning; Marine Spill Preparedness.",
            ["Marine spatial planning (MSP)", "Marine Spill Preparedness (MSP)"],
        )
    ]


def test_the_only_reading_of_the_binder_is_named_whoever_is_quoted(binder: Binder) -> None:
    assert said_of(binder.ask("How many licences does the lr hold?")) == [
        ("LR was read as Licence Registry.", ["Licence Registry (LR)"])
    ]
    assert said_of(binder.ask("Depuis quand le FRC finance-t-il les digues ?")) == [
        ("FRC a été lu comme Fonds de résilience côtière.", ["Fonds de résilience côtière (FRC)"])
    ]


def test_a_long_form_needs_no_notice(binder: Binder) -> None:
    assert said_of(binder.ask("How many days did the marine spill preparedness exercise take?")) == []


def test_a_long_form_finds_the_short_one_in_its_own_note_only(binder: Binder) -> None:
    hits = binder.search("Marine Spill Preparedness exercise")
    assert hits[0].note == "spills.md"
    coverages = {hit.note: max(sentence.coverage for sentence in hit.sentences) for hit in hits}
    assert coverages["letters.md"] > coverages["reserves.md"]  # it names MSP and defines it as nothing else


@pytest.mark.parametrize(
    "question",
    ["What does MSP mean?", "MSP = ?", "expand msp", "what is the msp", "Que signifie le sigle MSP ?", "MSP?"],
)
def test_what_a_short_form_stands_for_is_told_in_all_its_meanings(binder: Binder, question: str) -> None:
    answer = binder.ask(question)
    assert not answer.abstained
    first, second = [statement.text for statement in answer.statements][:2]
    assert "Marine spatial planning (MSP)" in first
    assert "Marine Spill Preparedness (MSP)" in second
    assert said_of(answer) == []


def test_what_stands_for_one_thing_is_told_alone(binder: Binder) -> None:
    assert binder.ask("What does ADM stand for?").text == "Assistant Deputy Ministers (ADMs) [1]"
    assert binder.ask("que veut dire FRC ?").text == "Fonds de résilience côtière (FRC) [1]"


def test_what_something_is_is_told_with_what_its_short_form_stands_for(binder: Binder) -> None:
    answer = binder.ask("What is the LR and how many licences does it hold?")
    assert answer.text.endswith("The Licence Registry (LR) holds 9,100 licences. [1]")
    assert said_of(answer) == []


def test_what_no_note_defines_is_not_told(binder: Binder) -> None:
    assert binder.ask("What does XQZ stand for?").abstained


@pytest.mark.parametrize(
    "question",
    [
        "What does NRCan stand for?",
        "what does nrcan stand for",
        "What does the acronym NRCan mean?",
        "nrcan stands for?",
    ],
)
def test_what_no_note_says_in_full_is_not_told_with_something_else(binder: Binder, question: str) -> None:
    answer = binder.ask(question)
    assert answer.abstained
    assert answer.statements == ()
    assert not binder.ask("Who was told of the fee, NRCan or the council?").abstained
    assert not binder.ask("What does WXY stand for?").abstained
    assert binder.ask("What does RHP stand for?", notes=["fees.md"]).abstained


@pytest.mark.parametrize("question", ["Which act sets the fee?", "what is the cap on the fee", "what is the act"])
def test_an_ordinary_word_is_not_declared_a_short_form(binder: Binder, question: str) -> None:
    answer = binder.ask(question)
    assert said_of(answer) == []
    assert not answer.text.startswith(("Atlantic Canada Trust (ACT)", "corrective action plan (CAP)"))


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("what does cap stand for", "corrective action plan (CAP)"),
        ("What is the ACT?", "The Atlantic Canada Trust (ACT)"),
        ("what is the rhp", "The Royal Harbour Police (RHP)"),
        ("what does act stand for", "Atlantic Canada Trust (ACT)"),
    ],
)
def test_a_short_form_is_looked_up_where_it_is_one(binder: Binder, question: str, told: str) -> None:
    assert told in binder.ask(question).text


def test_the_glossary_is_made_once_for_a_state_of_the_index(binder: Binder) -> None:
    assert binder.glossary() is binder.glossary()
    assert binder.glossary().acronyms == binder.acronyms()
    path = binder.settings.corpus / "letters.md"
    path.write_text(NOTES["letters.md"] + "\nThe Buoy Tender Fleet (BTF) set them.\n", encoding="utf-8")
    before = binder.glossary()
    binder.sync()
    assert binder.glossary() is not before
    assert binder.glossary().readings("btf")
    path.write_text(NOTES["letters.md"], encoding="utf-8")
    binder.sync()

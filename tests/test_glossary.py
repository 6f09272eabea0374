from __future__ import annotations

import pytest

from qa.acronyms import Glossary, long_key, meanings, same_meaning, short_key, short_keys
from qa.schema import Acronym
from tests.timing import growth


def acronym(short: str, long: str, note: str = "a.txt", start: int = 0) -> Acronym:
    return Acronym(short, long, note, start, start + 10)


def test_spellings_of_one_short_form_share_a_key() -> None:
    assert short_key("U.S.") == short_key("US") == short_key("us")
    assert short_key("ADMs") == short_key("ADM") == "adm"


def read_in(text: str, *acronyms: Acronym) -> list[str]:
    return [reading.long for reading in Glossary(acronyms).readings(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Who chairs the ECC?",
        "who chairs the ecc",
        "the ECCs of all provinces",
        "the ECC's budget",
        "l'ECC",
        "Who runs the Emergency Coordination Centre?",
        "all emergency coordination centres",
        "THE EMERGENCY COORDINATION CENTRE",
    ],
)
def test_either_form_is_read(text: str) -> None:
    assert read_in(text, acronym("ECC", "Emergency Coordination Centre")) == ["Emergency Coordination Centre"]


@pytest.mark.parametrize(
    "text", ["the emergency centre", "coordination of the emergency", "the eccentric", "Emergency Coordination"]
)
def test_what_only_looks_alike_is_not_read(text: str) -> None:
    assert read_in(text, acronym("ECC", "Emergency Coordination Centre")) == []


def test_a_plural_is_read_as_its_singular_and_the_other_way_round() -> None:
    assert read_in("Who is the ADM?", acronym("ADMs", "Assistant Deputy Ministers"))
    assert read_in("Who are the ADMs?", acronym("ADM", "Assistant Deputy Minister"))
    assert read_in("the adms", acronym("ADMs", "Assistant Deputy Ministers"))
    assert read_in("an assistant deputy minister", acronym("ADMs", "Assistant Deputy Ministers"))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Tell us who runs it and what it is", []),
        ("Who knows? Et qui est il ?", []),
        ("What did they tell us en mars ?", []),
        ("WHO TELLS US WHAT IT IS", []),
        ("the US and the WHO", ["US", "WHO"]),
        ("the U.S.", ["US"]),
        ("the u.s. and its IT", ["IT", "US"]),
        ("US?", ["US"]),
    ],
)
def test_ordinary_words_in_lower_case_are_no_short_forms(text: str, read: list[str]) -> None:
    defined = [
        acronym("IT", "information technology"),
        acronym("US", "United States"),
        acronym("WHO", "World Health Organization"),
        acronym("ET", "Eastern Time"),
        acronym("MARS", "Marine Animal Response Service"),
    ]
    assert sorted(reading.short for reading in Glossary(defined).readings(text)) == read


def test_each_pair_of_forms_is_read_once_and_all_places_are_kept() -> None:
    first, again = (
        acronym("ECC", "Emergency Coordination Centre"),
        acronym("E.C.C.", "emergency coordination centres", "b"),
    )
    glossary = Glossary([first, again])
    assert glossary.readings("ECC") == (first,)
    assert glossary.definitions("ecc") == (first, again)
    assert glossary.definitions("XYZ") == ()
    assert Glossary().readings("ECC") == ()


def test_a_short_form_with_a_sign_in_it_is_read() -> None:
    assert read_in("the R&D budget", acronym("R&D", "research and development")) == ["research and development"]
    assert "r&d" in short_keys("How much for R&D?")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Emergency Coordination Centre", "emergency coordination centers", True),
        ("Department of Homeland Security", "U.S. Department of Homeland Security", True),
        ("Public Safety", "Public Safety Canada", True),
        ("Organisation of States", "Organization of States", True),
        ("Marine spatial planning", "Marine Spill Preparedness", False),
        ("Maritime Security Program", "Marine Security Program", False),
        ("corrective action plan", "Care Access Points", False),
        ("Office of Internal Audit", "Offices of Internal Audits", True),
        ("Labour Programme", "Labor Program", True),
        ("Defence Licence", "Defense license", True),
        ("Marine Spatial Plan", "Marine spatial planning", True),
        ("Emergency Coordination Centre", "Emergency Coordnation Centre", True),
        ("Fishery Agencies", "Fisheries Agency", True),
        ("International Affairs", "Internal Affairs", False),
        ("Emission Control", "Remission Control", False),
        ("Deputy Minister", "Deputy Ministry", False),
        ("Office Director", "Office Directory", False),
        ("Care Act", "Case Act", False),
    ],
)
def test_two_spellings_are_one_meaning(one: str, other: str, same: bool) -> None:
    assert same_meaning(one, other) is same
    assert same_meaning(other, one) is same
    assert len(meanings([acronym("X", one), acronym("X", other)])) == (1 if same else 2)


def test_opposite_meanings_are_both_read() -> None:
    both = acronym("IA", "International Affairs"), acronym("IA", "Internal Affairs", "b.txt")
    assert Glossary(both).readings("What does IA stand for?") == both


def test_what_is_asked_is_not_kept() -> None:
    glossary = Glossary([acronym("ECC", "Emergency Coordination Centre")])
    glossary.readings("Who chairs it?")
    kept = long_key.cache_info().currsize
    assert glossary.readings("And who chairs the emergency coordination centre of Wick?")
    assert long_key.cache_info().currsize == kept


def test_a_large_glossary_answers_at_once() -> None:
    syllables = ["ba", "co", "du", "fi", "ge", "lo", "mu", "na", "pe", "ri"]
    names = [a + b + c + d for a in syllables for b in syllables for c in syllables for d in syllables]
    defined = [
        acronym(f"Q{number}X", f"Office of {names[number % 10_000]} {names[number * 7 % 10_000]}", f"{number}.txt")
        for number in range(20_000)
    ]
    small, glossary = Glossary(defined[:5_000]), Glossary(defined)
    question = f"What does Q777X cost, and does the {defined[4321].long} in the Marine Office know of it?"
    assert {defined[777], defined[4321]} <= set(glossary.readings(question))
    # Of four times as many it is as quick.
    assert growth(lambda of: [of.readings(question) for _ in range(100)], small, glossary, 2.5) < 2.5

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from qa.terms import _new_term, _stemmer, fold, guess_language, is_short_form, stems, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the U.S. and the US", ["us", "us"]),
        ("tell us about us", []),
        ("20,000 refugees", ["20000", "refuge"]),
        ("$46.9 million", ["46.9", "million"]),
        ("1,5 M$", ["1.5"]),
        ("Canada-U.S. Roadmap", ["canada", "us", "roadmap"]),
        ("the Minister's counterpart", ["minist", "counterpart"]),
        ("in 2015 200 people", ["2015", "200", "peopl"]),
        ("G7 and FVEY", ["g7", "fvey"]),
        ("ADMs and the ADM of PS", ["adm", "adm", "ps"]),
        ("", []),
    ],
)
def test_english_terms(text: str, expected: list[str]) -> None:
    assert stems(text) == expected


def test_one_figure_has_one_term_however_its_thousands_are_grouped() -> None:
    assert words("20,000") == words("20 000") == words("20\u00a0000") == words("20\u202f000") == words("20000")


def test_french_terms_are_the_same_with_and_without_accents() -> None:
    assert stems("Combien d'énergies renouvelées ?", "fr") == stems("combien d’energies renouvelees", "fr")
    assert stems("les résilience côtière", "fr") == stems("resilience cotiere", "fr")


def test_a_question_and_a_note_meet_in_one_stem() -> None:
    assert set(stems("Who deploys police?")) <= set(stems("deployed deploying police"))


@pytest.mark.parametrize("form", ["UK", "G7", "NRCan", "UNDRR", "ADMs"])
def test_short_forms(form: str) -> None:
    assert is_short_form(form)


@pytest.mark.parametrize("word", ["Uk", "A", "2021", "Canada", "INTERNATIONAL", "uk"])
def test_what_is_no_short_form(word: str) -> None:
    assert not is_short_form(word)


def test_fold_takes_off_case_accents_and_ligatures() -> None:
    assert fold("Œuvre CÔTIÈRE") == "oeuvre cotiere"


def test_language_is_told_by_its_small_words() -> None:
    assert guess_language("Le Fonds a été lancé en avril et il prendra fin en mars.") == "fr"
    assert guess_language("The Fund was launched in April and it ends in March.") == "en"
    assert guess_language("") == "en"


def test_threads_do_not_make_words_of_each_others() -> None:
    made = [
        f"{first}{second}ation" for first in ("nav", "form", "regul", "fund") for second in map(str, range(100, 160))
    ]
    made = [word.translate(str.maketrans("0123456789", "abcdefghij")) for word in made]
    expected = {word: _stemmer("en").stemWord(word) for word in made}
    switching = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(
                pool.map(lambda at: {word: _new_term(word, "en") for word in made[at:] + made[:at]}, (0, 60, 120, 180))
            )
    finally:
        sys.setswitchinterval(switching)
    assert found == [expected] * 4

"""Which amounts of a statement its quotes do not bear out, those in words too."""

from __future__ import annotations

from datetime import date

import pytest

from qa.answering.figures_said import missing_figures
from qa.answering.grounds import Ground
from tests.timing import IN_PROPORTION, growth


@pytest.mark.parametrize(
    ("said", "quotes"),
    [
        ("The sea rises 62 metres.", "It will rise a further 62 centimetres."),
        ("It cost 5.2 million euros.", "It cost $5.2 million."),
        ("A dozen files were unsigned.", "An agreement was unsigned in 7 files."),
        ("Hundreds of files were unsigned.", "An agreement was unsigned in 7 files."),
        ("A couple of files were unsigned.", "An agreement was unsigned in 7 files."),
        ("Half of the files were unsigned.", "An agreement was unsigned in 7 files and not in 33."),
        ("They found it in one file.", "They found it in 7 files."),
        ("They found it in xlii files.", "They found it in 7 files."),
        ("They found it in ⑨ files.", "They found it in 7 files."),
        ("It was so in ¾ of the files.", "It was so in 7 files."),
        ("The forecast doubled to $34 million.", "The forecast is $34 million."),
        ("The change is -62 centimetres.", "The change is 62 centimetres."),
        ("She began in March.", "She began in January 2022."),
        ("She began at noon.", "She began in January 2022."),
    ],
)
def test_amounts_in_words_and_odd_digits_that_do_not_follow_are_found(said: str, quotes: str) -> None:
    assert missing_figures(said, Ground(quotes))


@pytest.mark.parametrize(
    ("said", "quotes"),
    [
        ("It cost 5.2 million dollars.", "It cost $5.2 million."),
        ("About a dozen files were unsigned.", "An agreement was unsigned in 12 files."),
        ("Hundreds of birds were oiled.", "Some 410 birds were found oiled."),
        ("A couple of seats are empty.", "Two seats are empty."),
        ("Half of the files were unsigned.", "Of 14 files, 7 were unsigned."),
        ("Under half of the owners are found.", "An owner is found in 38 per cent of cases."),
        ("The forecast doubled.", "The forecast went from $17 million to $34 million."),
        ("It was said for one year.", "It was said for 12 months, with 3 years of notice."),
        ("The change is -62 centimetres.", "The change is minus 62 centimetres."),
        ("She began in January.", "She began on 2022-01-04."),
        ("It may rise in March.", "It may rise in March 2022."),
        ("Environ sept titres sur dix sont imprimés.", "Les billets de papier sont 71 p. 100 des ventes."),
        ("An area of 5 km² is closed.", "It closes 5 km²."),
    ],
)
def test_amounts_in_words_that_follow_pass(said: str, quotes: str) -> None:
    assert missing_figures(said, Ground(quotes)) == []


def test_the_month_of_a_note_may_be_said_of_it() -> None:
    assert (
        missing_figures("In April the work had begun.", Ground("The work has begun.", days=(date(2023, 4, 3),))) == []
    )


def test_what_is_held_against_a_long_text_takes_its_time_in_proportion() -> None:
    def held(times: int) -> None:
        missing_figures("The fund holds 6 million.", Ground("the fund holds 5 Million for Jane Doe. " * times))

    assert growth(held, 250, 1_000) < IN_PROPORTION

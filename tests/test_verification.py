"""What a statement may say of its quotes: figures, names, quotations and negations, in English and in French."""

from __future__ import annotations

from datetime import date

import pytest

from qa.answering.grounds import Ground
from qa.answering.spelled import in_digits
from qa.answering.verification import missing, shared_words, too_few_words, turned

NOTE = date(2023, 5, 14)


def found(text: str, quotes: str, **more: object) -> list[tuple[str, str]]:
    return [(fault.kind, fault.words) for fault in missing(text, Ground(quotes, days=(NOTE,), **more))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("The fee is $1.5 million.", "Le droit est de 1,5 M$."),
        ("The fee is 1.5 million dollars.", "The fee is $1,500,000."),
        ("Le droit est de 1 500 000 $.", "The fee is $1.5 million."),
        ("It covers 65% of costs.", "It covers 65 per cent of costs."),
        ("It opened on 14 March 2023.", "It opened on March 14, 2023."),
        ("It opened in March 2023.", "It opened on 2023-03-14."),
        ("It opened on 22 May 2023.", "It opened on 22 May."),
        ("It opens on May 22.", "It opens on 2023-05-22."),
        ("Eighteen posts are empty.", "18 of 96 posts stand empty."),
        ("Trente-deux navires sont à quai.", "32 ships are moored."),
        ("Three quarters of the boats moved.", "Of its 28 boats, 21 have moved."),
        ("It takes three weeks.", "It takes 21 days."),
        ("About 60 per cent agree.", "Of these, 61 per cent agree."),
        ("Salaries are $188.4 million.", "Salaries ($ million) | 188.4"),
        ("A bus costs 412,000 crowns.", "A bus costs Cr 412,000."),
        ("It fell to 5 in 2022.", "In 2023 it was 4, and the year before 5."),
        ("It ends on December 31, 2030.", "It must end by the end of 2030."),
        ("As of 14 May 2023, talks go on.", "Talks go on."),
        ("It met under section 12(b) of Bill C-61.", "Bill C-61, section 12(b), says so."),
    ],
)
def test_figures_that_stand_in_the_quotes_or_follow_from_them(text: str, quotes: str) -> None:
    assert [one for one in found(text, quotes) if one[0] == "figure"] == []


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("The fee is $1.6 million.", "The fee is $1.5 million."),
        ("The fee is $1.5 billion.", "The fee is $1.5 million."),
        ("The fee is $5.", "The fee is $5 million."),
        ("The fee is €5 million.", "The fee is $5 million."),
        ("It covers 56% of costs.", "It covers 65 per cent of costs."),
        ("It opened on 15 March 2023.", "It opened on March 14, 2023."),
        ("It opened on 14 March 2023.", "It opened in March 2023."),
        ("It opened in 2019.", "It opened."),
        ("It was founded on 14 May 2023.", "It was founded by three towns."),
        ("Nineteen posts are empty.", "18 of 96 posts stand empty."),
        ("It takes 21 weeks.", "It takes 21 days."),
        ("It covers 6,200 hectares.", "It covers 6,200 square kilometres."),
        ("Two thirds of the boats moved.", "Of its 28 boats, 21 have moved."),
        ("It met under section 12(c) of Bill C-61.", "Bill C-61, section 12(b), says so."),
        ("The G8 met.", "The G7 met."),
        ("It was the third round.", "It was the second round."),
    ],
)
def test_figures_that_do_not(text: str, quotes: str) -> None:
    assert "figure" in [kind for kind, _ in found(text, quotes)]


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("The Canadian Minister agreed.", "Canada's minister agreed."),
        ("FSB runs it.", "The Ferry Safety Board runs it."),
        ("U.S. officials came.", "Officials of the US came."),
        ("Leave plastics at home.", "Bring no plastic."),
        ("Negotiations began.", "Talks started."),
        ("L'Ontario a signé.", "Ontario signed."),
        ("The Americans and the British came.", "The U.S. and the UK came."),
        ("Germans and Australians came.", "Germany and Australia came."),
        ("Summary: the Board sets it.", "The Board sets the fee."),
        ("Item: ferries; Amount: $5", "Ferries | $5"),
    ],
)
def test_names_that_stand_in_the_quotes_or_follow_from_them(text: str, quotes: str) -> None:
    assert found(text, quotes) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The fee was set by Jane Doe.", "Jane"),
        ("Zorbo set the fee.", "Zorbo"),
        ("The fee is set by the NRC.", "NRC"),
        ("See https://evil.example/x for the fee.", "https://evil.example/x"),
        ("Write to fee@evil.example.", "fee@evil.example"),
    ],
)
def test_names_that_do_not(text: str, words: str) -> None:
    assert words in [said.rstrip(".") for _, said in found(text, "The Board sets the fee.")]


def test_headings_and_definitions_above_the_quotes_hold_names() -> None:
    quotes = "The Board sets the fee."
    assert found("Ferry Services has a Board that sets it.", quotes, around="Ferry Services") == []
    assert found("The HRB sets the fee.", quotes, forms="HRB\nHarbour Rates Board") == []


def test_what_is_quoted_stands_there_word_for_word() -> None:
    quotes = "The Board “sets the fee each year”, it says."
    assert found("It “sets the fee each year”.", quotes) == []
    assert found("It “sets the fee every year”.", quotes) == [("quotation", "sets the fee every year")]
    assert found("PSO stands for public subsidy order.", "a public service obligation (PSO)") == [
        ("quotation", "public subsidy order")
    ]


def how(text: str, quotes: str, above: str = "") -> list[str]:
    return [fault.kind for fault in turned(text, Ground(quotes, above=above))]


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("The car may be lent to friends.", "The car may not be lent to friends."),
        ("The car may be lent.", "It may not be lent."),
        ("Volunteers do not count towards the share.", "Volunteers count towards the share."),
        ("La voiture peut être prêtée.", "La voiture ne peut pas être prêtée."),
        ("La voiture ne peut pas être prêtée.", "La voiture peut être prêtée."),
    ],
)
def test_a_not_that_is_lost_or_put_in(text: str, quotes: str) -> None:
    assert how(text, quotes) == ["negation"]


def test_a_lead_in_denies_its_bullets() -> None:
    assert how(
        "An order may stop vessels from passing.", "An order may not: stop vessels from passing", "may not:"
    ) == ["negation"]


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("No decision has been made.", "The decision has not been made."),
        ("Nobody was hurt in the fire, which a charger started.", "No one was hurt in the fire. A charger started it."),
        ("No. The fee stays.", "The fee stays."),
        ("No closures are planned after 2025.", "Will there be more closures after 2025? None is planned."),
        ("The plan is not complete.", "The plan remains incomplete."),
    ],
)
def test_what_is_denied_in_other_words_is_not_turned(text: str, quotes: str) -> None:
    assert how(text, quotes) == []


@pytest.mark.parametrize(
    ("text", "quotes", "kind"),
    [
        ("Fares rose by a tenth.", "Fares fell by a tenth.", "opposite"),
        ("Le tarif a diminué d'un dixième.", "Le tarif a augmenté d'un dixième.", "opposite"),
        ("It opens before the vote.", "It opens after the vote.", "opposite"),
        ("A levy has been introduced.", "The Branch plans to introduce a levy.", "plan"),
    ],
)
def test_opposites_and_plans_that_are_told_as_done(text: str, quotes: str, kind: str) -> None:
    assert how(text, quotes) == [kind]


def test_a_statement_that_shares_nothing_with_its_quotes_is_about_something_else() -> None:
    ground = Ground("The ferry sails at noon.")
    assert too_few_words("Taxes fund hospitals.", ground, lambda text, quotes: 0.1)
    assert not too_few_words("Boats leave at midday.", ground, lambda text, quotes: 0.6)
    assert shared_words("The ferry sails.", ground) == 1.0


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("quatre-vingt-dix-sept pour cent", "97 pour cent"),
        ("five hundred and twelve", "512"),
        ("one of the towns", "one of the towns"),
        ("le 12 sept 2023", "le 12 sept 2023"),
        ("un bateau neuf", "un bateau neuf"),
    ],
)
def test_numbers_in_words(text: str, digits: str) -> None:
    assert in_digits(text) == digits

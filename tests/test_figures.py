"""Dates in two languages, and what is no date."""

from __future__ import annotations

from datetime import date

import pytest

from qa.figures import Measure, find_dates, find_figures


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Date: 2021-04-20", date(2021, 4, 20)),
        ("2023‑02‑06", date(2023, 2, 6)),  # no-break hyphens
        ("on March 14, 2023, it", date(2023, 3, 14)),
        ("14 March 2023.", date(2023, 3, 14)),
        ("the 14th of March 2023", date(2023, 3, 14)),
        ("Sept. 3, 2021", date(2021, 9, 3)),
        ("14\u00a0mars 2023", date(2023, 3, 14)),
        ("1er novembre 2022", date(2022, 11, 1)),
        ("le 1 novembre 2022", date(2022, 11, 1)),
        ("12 août\n2021", date(2021, 8, 12)),
        ("11–12 September 2023", date(2023, 9, 12)),
    ],
)
def test_full_dates_are_found(text: str, day: date) -> None:
    assert [found for _, found in find_dates(text)] == [day]


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-31",
        "31 February 2023",
        "March 2021",
        "autumn 2021",
        "in 2022-23",
        "03/04/2023",
        "Item 14, 2023",
        "12021-04-20",
    ],
)
def test_what_is_no_full_date_is_left_out(text: str) -> None:
    assert find_dates(text) == []


def test_spans_give_the_words_in_order() -> None:
    text = "From 1 May 2020 to 2021-06-30; not 30 February 2021."
    assert [text[span.start : span.end] for span, _ in find_dates(text)] == ["1 May 2020", "2021-06-30"]


@pytest.mark.parametrize(
    ("ways", "measure", "value"),
    [
        (["$1.5 million", "1,5 M$", "1 500 000 $", "1,5 million de dollars", "$1,500,000"], Measure.MONEY, 1_500_000),
        (["65 per cent", "65 p. 100", "65 %", "65%", "65 pour cent"], Measure.SHARE, 65),
        (["14 March 2023", "le 14 mars 2023", "2023-03-14"], Measure.TIME, date(2023, 3, 14).toordinal()),
        (["March 2023", "mars 2023", "2023-03"], Measure.TIME, date(2023, 3, 1).toordinal()),
        (["4,310 grants", "4 310 grants"], Measure.NUMBER, 4310),
        (["six stations"], Measure.NUMBER, 6),
    ],
)
def test_ways_to_say_one_figure_have_one_value(ways: list[str], measure: Measure, value: float) -> None:
    for way in ways:
        assert [(one.measure, one.value) for one in find_figures(f"It was {way}.")] == [(measure, value)], way


def test_figures_come_in_order_with_their_units() -> None:
    text = "In 2022-23, 171 radio officers cost $33.2 million, or 4 % of it; two stayed."
    found = find_figures(text)
    assert [text[one.span.start : one.span.end] for one in found] == ["2022-23", "171", "$33.2 million", "4 %", "two"]
    assert found[1].unit == "radio"


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("$264.5 million", "264,5 M$", True),
        ("$264.5 million", "$265 million", True),
        ("$1 million", "$750,000", False),
        ("$180 million", "$264.5 million", False),
        ("65 per cent", "$65", False),
        ("March 2023", "14 March 2023", True),
        ("2022", "14 March 2023", False),
    ],
)
def test_figures_agree_but_for_rounding(one: str, other: str, agree: bool) -> None:
    assert find_figures(one)[0].agrees(find_figures(other)[0]) is agree

"""Dates in two languages, and what is no date."""

from __future__ import annotations

from datetime import date

import pytest

from qa.figures import find_dates


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

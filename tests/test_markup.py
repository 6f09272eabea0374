from __future__ import annotations

import pytest

from qa.markup import plain


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("**Falls at home: `two` trials.**", "Falls at home: two trials."),
        ("a ***very*** _old_ note", "a very old note"),
        ("[the site](https://example.org/a_b) says", "the site says"),
        ("![a picture](x.png) here", "a picture here"),
        ("first line\n> second line", "first line second line"),
        ("a\\|b \\*c\\*", "a|b *c*"),
        ("hard\nwrapped\u00a0text", "hard wrapped text"),
    ],
)
def test_markup_is_taken_off(marked: str, expected: str) -> None:
    assert plain(marked) == expected


@pytest.mark.parametrize("text", ["snake_case_name", "2 * 3 * 4", "2*3*4", "a * b", "5 > 3", "[1] and (2)"])
def test_what_is_no_markup_stays(text: str) -> None:
    assert plain(text) == text

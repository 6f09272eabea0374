from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.markup import plain, plain_with_places

MARKS = ["*", "**", "***", "_", "__", "`", "``", "~~", "[", "]", "](", "(", ")", "!", "\\", "> ", "|", "#"]
WORDS = ["a", "B", "é", "7", "word", ' "t"', " ", "  ", "\n", "\n> ", "\n\n", "\t", "\u00a0", "http://x/y_z"]
MARKED = st.lists(st.sampled_from(MARKS + WORDS), max_size=40).map("".join)


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


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("*a **b* c**", "*a **b* c**"),
        ("**a* b", "*a b"),
        ("****", "**"),
        ("[[a](b)", "[a"),
        ("[a](b)](c)", "a](c)"),
        ("[a]\n(b) [c\nd](e)", "[a] (b) [c d](e)"),
        ('[a](b  "t") [c](d "e)', 'a [c](d "e)'),
        ("![](b) c", "c"),
        ("![a](b)![c](d)", "ac"),
        ("\\*a* `b`", "*a* b"),
    ],
)
def test_marks_that_stand_in_each_others_way(marked: str, expected: str) -> None:
    assert plain(marked) == expected


@given(MARKED)
def test_each_character_shown_is_known_by_its_place(text: str) -> None:
    shown, places = plain_with_places(text)
    assert shown == plain(text)
    assert places == sorted(set(places))
    assert len(places) == len(shown)
    assert all(text[at] == char or (char == " " and text[at].isspace()) for char, at in zip(shown, places, strict=True))


def test_a_blank_is_where_its_white_space_begins() -> None:
    assert plain_with_places("  **a** \n b") == ("a b", [4, 7, 10])


@pytest.mark.parametrize(
    "mark", ["*a ", "**a ", "_a ", "`a ", "~~a ", "[a ", "](", "[a](", '[a](b "c ', "\n>", "***a* "]
)
def test_marks_that_nothing_closes_cost_no_more_than_others(mark: str) -> None:
    """Time grows with the length of the text, not with its square."""

    def seconds(count: int) -> float:
        times = []
        for _ in range(3):
            before = time.perf_counter()
            plain(mark * count)
            times.append(time.perf_counter() - before)
        return min(times)

    assert seconds(5_000) < 40 * seconds(500) + 0.01

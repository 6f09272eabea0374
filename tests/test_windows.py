"""What is said around a sentence, as one exact quote."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from qa.answering.units import run_of
from qa.answering.windows import window
from qa.notes import read_note
from qa.schema import Hit, NoteContent, Sentence, Span

NOTE = """# Ferry

Date: 2022-05-01

## Plan

The ferry is old. It was built in 1961.

Before it is replaced:

1. the pier is mended;
2. two crews are trained.

## Costs

A new one costs $9 million.

```html
<b>left out</b>
```

It would arrive in 2027.
"""


@pytest.fixture
def content(tmp_path: Path) -> NoteContent:
    path = tmp_path / "ferry.md"
    path.write_text(NOTE, encoding="utf-8")
    return read_note(path, "ferry.md")


def hit_of(content: NoteContent, *said: tuple[str, float]) -> Hit:
    sentences = []
    for words, score in said:
        start = content.text.index(words)
        block = next(block for block in content.blocks if block.start <= start < block.end)
        sentences.append(Sentence(start, start + len(words), words, block.lead_in, score=score))
    start, end = sentences[0].start, sentences[-1].end
    return Hit("h", "ferry.md", "Ferry", "", None, None, start, end, content.text[start:end], 1.0, tuple(sentences))


def plan(content: NoteContent, last: float = 0.5) -> Hit:
    said = ["The ferry is old.", "It was built in 1961.", "Before it is replaced:"]
    items = ["the pier is mended;", "two crews are trained."]
    return hit_of(content, *((words, 0.5) for words in said), *((words, last) for words in items))


def test_what_stands_beside_a_sentence_is_said_with_it_up_to_so_many_words(content: NoteContent) -> None:
    hit = plan(content)
    assert window(content, hit, 0, most=4).text == "The ferry is old."
    assert window(content, hit, 0, most=9).text == "The ferry is old. It was built in 1961."


def test_a_list_that_stands_apart_from_its_lead_in_is_said_once(tmp_path: Path) -> None:
    path = tmp_path / "ferry.txt"
    path.write_text(
        "Ferry\nDate: 2022-05-01\nThe ferry is old, so that the plan is as follows:\nThis was looked at 724 times.\n"
        "- the pier is mended;\n- two crews are trained.\n",
        encoding="utf-8",
    )
    content = read_note(path, "ferry.txt")
    said = ["The ferry is old, so that the plan is as follows:", "This was looked at 724 times.", "the pier is mended;"]
    unit = window(content, hit_of(content, *((words, 0.5) for words in said)), 2, most=40)
    assert unit.text.splitlines() == [*said[:2], "- the pier is mended;", "- two crews are trained."]


def test_the_end_of_a_lead_in_is_not_said_twice(tmp_path: Path) -> None:
    path = tmp_path / "ferry.md"
    path.write_text(NOTE.replace("It was built in 1961.\n\nBefore", "Before"), encoding="utf-8")
    content = read_note(path, "ferry.md")
    said = ["Before it is replaced:", "the pier is mended;", "two crews are trained."]
    hit = hit_of(content, ("The ferry is old.", 0.1), *((words, 0.5) for words in said))
    for place in (1, 2, 3):
        unit = window(content, hit, place, most=70)
        assert unit.text.count("Before") == 1
        assert all(one.end <= other.start for one, other in pairwise(unit.spans))


def test_an_empty_sentence_of_a_hit_adds_nothing(content: NoteContent) -> None:
    hit = hit_of(content, ("The ferry is old.", 0.5))
    (said,) = hit.sentences
    empty = Sentence(said.end, said.end, "", (), score=0.5)
    assert window(content, replace(hit, sentences=(said, empty)), 0, most=40).text == "The ferry is old."


def test_a_list_comes_whole_or_not_at_all_and_keeps_its_numbers(content: NoteContent) -> None:
    hit = plan(content)
    assert "Before" not in window(content, hit, 0, most=16).text
    unit = window(content, hit, 0, most=40)
    assert unit.text.splitlines()[-3:] == [
        "Before it is replaced:",
        "1. the pier is mended;",
        "2. two crews are trained.",
    ]
    (span,) = unit.spans
    assert content.text[span.start : span.end].endswith("2. two crews are trained.")


def test_what_fits_the_question_far_less_is_not_said_with_a_sentence(content: NoteContent) -> None:
    hit = hit_of(content, ("The ferry is old.", 0.9), ("It was built in 1961.", 0.3))
    assert window(content, hit, 0, most=40).text == "The ferry is old."


def test_no_window_reaches_over_a_heading_or_a_line_that_is_no_part_of_the_text(content: NoteContent) -> None:
    hit = hit_of(
        content,
        ("two crews are trained.", 0.5),
        ("A new one costs $9 million.", 0.5),
        ("It would arrive in 2027.", 0.5),
    )
    assert window(content, hit, 1, most=60).text.endswith("costs $9 million.")
    assert "crews" not in window(content, hit, 1, most=60).text


def test_a_quote_over_such_a_line_is_two_quotes(content: NoteContent) -> None:
    start, end = content.text.index("A new one"), content.text.index("2027.") + len("2027.")
    unit = run_of(content, Span(start, end))
    assert all("```html" not in content.text[span.start : span.end] for span in unit.own)
    assert len(unit.own) > 1

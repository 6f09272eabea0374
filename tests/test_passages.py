"""Passages and sentences: spans, coverage, limits, what stays together, and what is embedded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.notes import read_blocks, read_note
from qa.passages import passage_text, sentence_text, split_passages
from qa.schema import BlockKind, Note, NoteContent, Passage
from qa.sentences import sentence_spans
from tests.timing import IN_PROPORTION, growth

SEED = Path(__file__).parents[1] / "corpus" / "international-engagement.txt"


def count(text: str) -> int:
    return len(re.findall(r"\w+|[^\w\s]", text)) + 2


def content_of(text: str, *, markdown: bool = True) -> NoteContent:
    return NoteContent(Note("note.md", "Note"), text, read_blocks(text, markdown=markdown))


def split(text: str, limit: int = 256) -> tuple[Passage, ...]:
    content = content_of(text)
    passages = split_passages(content, count, limit)
    check(content, passages, limit)
    return passages


def check(content: NoteContent, passages: tuple[Passage, ...], limit: int) -> None:
    """Spans give the text, in order and apart; nothing is lost; nothing is longer than the limit."""
    text = content.text
    sentences = [sentence for passage in passages for sentence in passage.sentences]
    at = 0
    for sentence in sentences:
        assert at <= sentence.start < sentence.end
        assert sentence.text == text[sentence.start : sentence.end] == sentence.text.strip()
        assert count(sentence_text(text, sentence)) <= limit
        at = sentence.end
    for passage in passages:
        assert (passage.start, passage.end) == (passage.sentences[0].start, passage.sentences[-1].end)
        assert count(passage_text(text, passage)) <= limit
        for span in passage.context:
            assert not (span.start < passage.end and passage.start < span.end)
    in_sentences = {n for sentence in sentences for n in range(sentence.start, sentence.end)}
    for block in content.blocks:
        inside = {n for n in range(block.start, block.end) if not text[n].isspace()}
        if block.kind is BlockKind.HEADING:
            assert not inside & in_sentences
        elif block.kind is BlockKind.QUOTATION:
            assert {n for n in inside if text[n] != ">"} <= in_sentences
        else:
            assert inside <= in_sentences
    for passage in passages:
        sections = {block.headings for block in content.blocks if passage.start <= block.start < passage.end}
        assert len(sections) <= 1


def texts(passage: Passage) -> list[str]:
    return [sentence.text for sentence in passage.sentences]


def test_short_sections_are_passages_of_their_own() -> None:
    first, second = split("# Crabs\n\n## Issue\n\nThey came. They stay.\n\n## Next\n\n### Soon\n\nWait for them.\n")
    assert (first.section, texts(first)) == ("Issue", ["They came. They stay."])
    assert second.section == "Next > Soon"
    assert second.id == f"note.md#{second.start}-{second.end}"


def test_paragraphs_are_packed_to_the_target() -> None:
    paragraph = "The harbour has nine berths and one crane that works on most days. " * 4
    passages = split("# T\n\n" + "\n\n".join([paragraph.strip()] * 9) + "\n")
    assert [len(passage.sentences) for passage in passages] == [12, 12, 12]


def test_context_is_embedded_and_not_quoted() -> None:
    text = "# Crabs\n\n## Work\n\nA licensed *fisher* may not:\n\n- sell **live** crabs; or\n- keep them.\n"
    (passage,) = split(text)
    assert text[passage.start : passage.end].startswith("A licensed")
    assert passage_text(text, passage) == "Crabs. Work. A licensed fisher may not: sell live crabs; or. keep them."
    assert [sentence_text(text, sentence) for sentence in passage.sentences] == [
        "A licensed fisher may not:",
        "A licensed fisher may not: sell live crabs; or",
        "A licensed fisher may not: keep them.",
    ]


def test_a_long_list_is_split_between_bullets_and_keeps_its_lead_in() -> None:
    bullets = [f"- the {name} of the harbour, with all that belongs to it on land and at sea;" for name in range(30)]
    text = "# T\n\nIt is an old law of the land. The owner of a boat may not sell:\n\n" + "\n".join(bullets) + "\n"
    passages = split(text, 120)
    assert len(passages) > 3
    assert texts(passages[1])[0].startswith("The owner") or texts(passages[0])[1].startswith("The owner")
    lead_in = "The owner of a boat may not sell:"
    for passage in passages[2:]:
        assert [text[span.start : span.end] for span in passage.context][-1] == lead_in
        assert all(sentence.text.startswith("the ") for sentence in passage.sentences)
    assert sum(sentence.text == lead_in for passage in passages for sentence in passage.sentences) == 1


def test_a_list_is_not_torn_from_its_lead_in_by_the_paragraph_before() -> None:
    long_part = "There was a great deal of rain in that year and the sea rose over the walls. " * 7
    text = f"# T\n\n{long_part}The fund of the region pays for:\n\n- walls;\n- dykes.\n"
    passages = split(text, 128)
    assert texts(passages[-1])[-3:] == ["The fund of the region pays for:", "walls;", "dykes."]


def test_rows_are_embedded_with_the_names_of_their_cells() -> None:
    text = "# T\n\nThe homes are these:\n\n| Home | Beds |\n|---|---|\n| **Weir** | 73 |\n"
    (passage,) = split(text)
    assert sentence_text(text, passage.sentences[-1]) == "The homes are these: Home: Weir; Beds: 73"
    assert passage.sentences[-1].text == "**Weir** | 73"
    assert passage_text(text, passage).endswith("Home, Beds. Weir, 73")


def test_a_question_opens_a_passage_and_is_the_context_of_its_answer() -> None:
    text = "# T\n\nQ: Is it so?\nA: It is, on most days. It was.\n\nQ: Why?\nA: Nobody knows that.\n"
    first, second = split(text)
    assert texts(first) == ["Is it so?", "It is, on most days.", "It was."]
    assert sentence_text(text, second.sentences[1]) == "Why? Nobody knows that."


def test_a_sentence_longer_than_the_limit_is_cut_between_words() -> None:
    text = "# T\n\n" + "word " * 500 + "end.\n"
    passages = split(text, 64)
    assert all(sentence.text.startswith(("word", "end")) for passage in passages for sentence in passage.sentences)


def test_a_word_longer_than_all_is_cut() -> None:
    passages = split("# T\n\nBefore it " + "x" * 5000 + " after it.\n", 64)
    assert max(len(sentence.text) for passage in passages for sentence in passage.sentences) <= 64 * 8


def test_context_that_is_too_long_loses_its_outer_part() -> None:
    heading = "a heading of many words that goes on and on " * 3
    text = f"# {heading}\n\n## {heading}\n\n### Near\n\nText of the note.\n"
    (passage,) = split(text, 60)
    assert [text[span.start : span.end] for span in passage.context] == ["Near"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Your U.S. counterpart is Mr. Xu. He is new to the post.", 2),
        ("They lead groups (Steering Committee for the Canada-U.S. Joint Action Plan on Opioids). They meet.", 2),
        ("See No. 5 and p. 100 of it. In March 2021,the program was renewed.", 2),
        ("Voir l’art. 14 de la Loi sur le littoral. Il est en vigueur.", 2),
        ("Le Fonds paie 65 p. 100 des coûts admissibles. Il prend fin en 2026.", 2),
        ("The U.I. has raised it with us. We said no to that.", 2),
        ("Theft. Seventeen engines were taken. They are gone for good.", 2),
        ("Lt. Cmdr. (ret.) Ottoline Brask, Director", 1),
        ("It needs a viable plan.[^1] A light that nobody wants is lit.", 2),
        ("It costs $500,000.(1) Management agrees in part with this.", 2),
        ("He said to us “no.” She said yes to all of it.", 2),
    ],
)
def test_sentences(text: str, number: int) -> None:
    spans = sentence_spans(text, 0, len(text))
    assert len(spans) == number
    assert "".join(text[span.start : span.end] for span in spans).replace(" ", "") == text.replace(" ", "")


def test_a_reference_to_a_footnote_stays_with_its_sentence() -> None:
    text = "It costs $500,000.(1) Management agrees in part."
    first, second = sentence_spans(text, 0, len(text))
    assert (text[first.start : first.end], text[second.start : second.end]) == (
        "It costs $500,000.(1)",
        "Management agrees in part.",
    )


@pytest.mark.parametrize("limit", [24, 64, 256])
def test_the_seed_note(limit: int) -> None:
    content = read_note(SEED, SEED.name)
    check(content, split_passages(content, count, limit), limit)


def test_the_seed_notes_lists_are_whole() -> None:
    content = read_note(SEED, SEED.name)
    passages = split_passages(content, count, 256)
    holding = {passage.id for passage in passages for sentence in passage.sentences if "Coordinating" in sentence.text}
    (passage,) = [passage for passage in passages if passage.id in holding]
    assert passage.section == "Further Information > United States"
    assert texts(passage)[-1] == "Cooperating on cybersecurity, foreign interference and disinformation."
    assert [content.text[span.start : span.end] for span in passage.context] == [
        "International Engagement", "Further Information", "United States",
    ]  # fmt: skip


PLAIN_LINES = """
# T~## U~Issue~- a bullet; and~  - nested under it:~1. first~> quoted. Twice.~The list is:~| a | b |~|---|---|~| 1 | 2 |
~Q: Why is it?~A: So it is.~**Bold.** The rest of it.~```~It rains. It pours over all of us. The U.S. is far.
~[^1]: foot~Date: 2020-01-01~*a **b~
""".replace("\n", "").split("~")
LINES = st.one_of(
    st.sampled_from([*PLAIN_LINES, "", "word " * 40, "x" * 300]),
    st.text(max_size=80),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(LINES, max_size=25), st.integers(12, 120), st.booleans())
def test_any_text_is_covered_within_the_limit(lines: list[str], limit: int, markdown: bool) -> None:
    content = content_of("\n".join(lines).replace("\r", "\n"), markdown=markdown)
    check(content, split_passages(content, count, limit), limit)


def test_tabs_count_as_what_is_embedded_for_them() -> None:
    content = content_of("Issue\n1. first\n0\n0\t\n0:\t0", markdown=True)
    check(content, split_passages(content, count, 12), 12)


@pytest.mark.slow
def test_splitting_takes_linear_time() -> None:
    paragraph = "The harbour has nine berths, and one crane that works on most days of the week.\n"
    parts = {
        "# T\n\n": (paragraph + "\n- a bullet;\n- and another of them:\n\n", 1_500),
        "# T\n\nA list:\n\n": ("- a bullet of the list; and\n", 1_500),
        "# T\n\n*a": ("*a **b [c](d ", 5_000),
    }

    def split(text: str) -> None:
        assert split_passages(content_of(text), lambda words: len(words.split()) + 2, 256)

    for start, (part, times) in parts.items():
        assert growth(split, start + part * times, start + part * times * 4) < IN_PROPORTION, part

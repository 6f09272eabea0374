from __future__ import annotations

from pathlib import Path

import pytest

from qa.answering.citations import Citer, joined
from qa.answering.extractive import answer
from qa.answering.lists import list_of
from qa.answering.units import Unit, definition_of, run_of
from qa.answering.windows import window
from qa.notes import read_note
from qa.retrieval.query import build_query
from qa.schema import Acronym, BlockKind, Hit, NoteContent, Sentence, Span

NOTE = """# Harbours

Date: 2021-03-04

## Wick

The harbour of Wick has 14 berths. It was built in 1911.

The following may use it free of charge:

- fishing vessels, which are:
  - under nine metres; and
  - registered;
- the rescue boat.

## Fees

| Vessel | Fee a day |
|---|---|
| Yacht | $12 |
| Tanker | $940 |
"""


@pytest.fixture
def content(tmp_path: Path) -> NoteContent:
    path = tmp_path / "harbours.md"
    path.write_text(NOTE, encoding="utf-8")
    return read_note(path, "harbours.md")


def sentence_at(content: NoteContent, words: str, **scores: float) -> Sentence:
    """The block that begins with `words`, or the run of `words` inside one, as a sentence of a hit."""
    start = content.text.index(words)
    block = next(block for block in content.blocks if block.start <= start < block.end)
    end = start + len(words)
    context = block.lead_in if block.kind is BlockKind.BULLET else (block.header,) if block.header else ()
    return Sentence(start, end, content.text[start:end], tuple(context), **scores)


def hit_of(content: NoteContent, *sentences: Sentence) -> Hit:
    start, end = sentences[0].start, sentences[-1].end
    best = max(sentence.score for sentence in sentences)
    note = content.note
    return Hit("h", note.note, note.title, "", note.date, None, start, end, content.text[start:end], best, sentences)


def said(content: NoteContent, sentence: Sentence) -> Unit:
    return run_of(content, Span(sentence.start, sentence.end), sentence.context)


def test_a_bullet_is_said_with_what_it_hangs_on(content: NoteContent) -> None:
    unit = said(content, sentence_at(content, "registered;"))
    assert unit.text == "The following may use it free of charge:\n- fishing vessels, which are:\n  - registered;"
    assert [content.text[span.start : span.end] for span in unit.spans] == [
        "The following may use it free of charge:",
        "fishing vessels, which are:",
        "registered;",
    ]


def test_a_row_is_said_with_its_header(content: NoteContent) -> None:
    unit = said(content, sentence_at(content, "Tanker | $940"))
    assert unit.text == "Vessel: Tanker; Fee a day: $940"
    assert len(unit.spans) == 2


def test_of_an_empty_cell_the_header_is_said_too(tmp_path: Path) -> None:
    path = tmp_path / "fees.html"
    path.write_text("<table><tr><th>Vessel</th><th>Fee</th></tr><tr><td></td><td>$4</td></tr></table>", "utf-8")
    content = read_note(path, "fees.html")
    unit = said(content, sentence_at(content, "| $4"))
    assert unit.text == "Vessel: –; Fee: $4"


def test_a_whole_table_is_each_row_with_its_header_and_no_header_alone(content: NoteContent) -> None:
    header = sentence_at(content, "Vessel | Fee a day", score=0.9)
    tanker = sentence_at(content, "Tanker | $940", score=0.8)
    hits = [hit_of(content, header, tanker)]
    (statement,) = answer(build_query("List the fees"), hits, lambda note: content)
    assert statement.text == "Vessel: Yacht; Fee a day: $12\nVessel: Tanker; Fee a day: $940"
    (statement,) = answer(build_query("Which vessel pays the highest fee?"), hits, lambda note: content)
    assert len(statement.text.splitlines()) == 2, "only all rows tell which is the highest"
    (statement,) = answer(build_query("fee of a tanker"), hits, lambda note: content)
    assert statement.text == "Vessel: Tanker; Fee a day: $940"


def test_a_sentence_that_points_back_takes_the_one_before_it_along(content: NoteContent) -> None:
    before = sentence_at(content, "The harbour of Wick has 14 berths.")
    sentence = sentence_at(content, "It was built in 1911.")
    hit = hit_of(content, before, sentence)
    assert window(content, hit, 1, most=1).text == "The harbour of Wick has 14 berths. It was built in 1911."
    assert window(content, hit, 0, most=1).text == "The harbour of Wick has 14 berths."


def test_a_whole_list_is_one_quote_with_nested_bullets_in_order(content: NoteContent) -> None:
    block = next(block for block in content.blocks if content.text[block.start :].startswith("the rescue boat"))
    unit = list_of(content, block)
    assert unit is not None
    assert unit.text.splitlines() == [
        "The following may use it free of charge:",
        "- fishing vessels, which are:",
        "  - under nine metres; and",
        "  - registered;",
        "- the rescue boat.",
    ]
    (span,) = unit.spans
    assert content.text[span.start : span.end].startswith("The following")
    assert content.text[span.start : span.end].endswith("- the rescue boat.")


def test_the_sentence_of_the_kind_asked_for_is_preferred(content: NoteContent) -> None:
    berths = sentence_at(content, "The harbour of Wick has 14 berths.", score=0.50)
    boat = sentence_at(content, "the rescue boat.", score=0.55)
    hits = [hit_of(content, berths), hit_of(content, boat)]
    first = next(answer(build_query("How many berths are there?"), hits, lambda note: content))
    assert first.text == "The harbour of Wick has 14 berths."


def test_a_sentence_is_said_with_what_stands_around_it(content: NoteContent) -> None:
    berths = sentence_at(content, "The harbour of Wick has 14 berths.", score=0.50)
    built = sentence_at(content, "It was built in 1911.", score=0.55)
    statements = list(answer(build_query("berths of Wick"), [hit_of(content, berths, built)], lambda note: content))
    assert [statement.text for statement in statements] == ["The harbour of Wick has 14 berths. It was built in 1911."]


def test_between_notes_that_say_nearly_the_same_the_newest_is_quoted(content: NoteContent, tmp_path: Path) -> None:
    (tmp_path / "newer.md").write_text(NOTE.replace("2021-03-04", "2023-03-04").replace("14 berths", "9 berths"))
    newer = read_note(tmp_path / "newer.md", "newer.md")
    old = hit_of(content, sentence_at(content, "The harbour of Wick has 14 berths.", score=0.60))
    new = hit_of(newer, sentence_at(newer, "The harbour of Wick has 9 berths.", score=0.58))
    contents = {"harbours.md": content, "newer.md": newer}
    statements = list(answer(build_query("How many berths has Wick?"), [old, new], contents.__getitem__))
    assert [statement.citations[0].note for statement in statements] == ["newer.md"]


def test_a_question_in_a_note_is_no_answer_but_leads_one_in(tmp_path: Path) -> None:
    (tmp_path / "qa.md").write_text("# Whales\n\n**Q1. Who pays to bury a whale?**\n\nA: The owner of the foreshore.\n")
    content = read_note(tmp_path / "qa.md", "qa.md")
    asked, said = (block for block in content.blocks if block.kind in (BlockKind.QUESTION, BlockKind.ANSWER))
    sentences = [
        Sentence(block.start, block.end, content.text[block.start : block.end], block.lead_in, score=score)
        for block, score in ((asked, 0.9), (said, 0.6))
    ]
    hits = [hit_of(content, *sentences)]
    (statement,) = answer(build_query("Who pays to bury a whale?"), hits, lambda note: content)
    assert statement.text.splitlines()[-1] == "The owner of the foreshore."
    assert len(statement.citations) == 2


def test_nothing_far_from_the_best_is_said(content: NoteContent) -> None:
    near = sentence_at(content, "The harbour of Wick has 14 berths.", score=0.9)
    far = sentence_at(content, "the rescue boat.", score=0.2)
    statements = list(answer(build_query("berths of Wick"), [hit_of(content, near, far)], lambda note: content))
    assert [statement.text for statement in statements] == ["The harbour of Wick has 14 berths."]
    assert joined(statements) == "The harbour of Wick has 14 berths. [1]"


def test_one_span_keeps_one_marker(content: NoteContent) -> None:
    citer = Citer()
    first, second = Span(2, 5), Span(30, 34)
    assert [citer.cite(content, span).marker for span in (first, second, first)] == [1, 2, 1]


def test_a_lead_in_is_never_said_without_its_list(tmp_path: Path) -> None:
    items = "".join(f"- MV {name}, at Port Aldous, with no defect found;\n" for name in "ABCDEFGHIJKLMNOPQRSTUVW")
    path = tmp_path / "ships.md"
    path.write_text(f"# Ships\n\nThe department has inspected the following vessels:\n\n{items}", encoding="utf-8")
    content = read_note(path, "ships.md")
    led = sentence_at(content, "The department has inspected the following vessels:", score=0.9)
    for question in ("Which vessels has the department inspected?", "inspected vessels"):
        (statement,) = answer(build_query(question), [hit_of(content, led)], lambda note: content)
        assert len(statement.text.splitlines()) == 24


def test_a_definition_is_said_without_the_lead_in_of_its_bullet(tmp_path: Path) -> None:
    path = tmp_path / "fora.md"
    path.write_text("# Fora\n\nYou are responsible for:\n\n- Coast Guard (CG)\n- Harbours\n", encoding="utf-8")
    content = read_note(path, "fora.md")
    start = content.text.index("Coast Guard (CG)")
    unit = definition_of(content, Acronym("CG", "Coast Guard", "fora.md", start, start + len("Coast Guard (CG)")))
    assert unit.text == "Coast Guard (CG)"


VISIT = """# Visit

## Lines to use

The Minister should say:

- the ferry is there for islanders first;
- fares go back into boats.

## Avoid

- Any date for the third boat.
- Comparisons with the bus fares.

## Berths

Owners may:

- sell fish.
- stay three nights.

They may not:

- sell fuel.
- sleep aboard in winter.
"""


@pytest.mark.parametrize(
    ("question", "said", "denied", "first"),
    [
        ("What should the Minister avoid saying?", "The Minister should say:", "Any date for", "- Any date for"),
        ("What should the Minister say?", "The Minister should say:", "Any date for", "The Minister should say:"),
        ("What may owners not do?", "Owners may:", "sell fuel.", "They may not:"),
        ("What may owners do?", "Owners may:", "sell fuel.", "Owners may:"),
    ],
)
def test_asked_what_not_to_do_what_is_denied_is_preferred(
    tmp_path: Path, question: str, said: str, denied: str, first: str
) -> None:
    (tmp_path / "visit.md").write_text(VISIT, encoding="utf-8")
    content = read_note(tmp_path / "visit.md", "visit.md")
    # As found: the words of the question stand in the one, and in the other only "not" or a word like it.
    hits = [
        hit_of(content, sentence_at(content, said, score=0.5)),
        hit_of(content, sentence_at(content, denied, score=0.3)),
    ]
    (statement,) = answer(build_query(question), hits, lambda note: content)
    assert statement.text.startswith(first)

"""Exports: what stands in them, that nothing of a note is active there, and what a receipt vouches for."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qa
from qa import Binder
from qa.conversation import Conversation, Turn
from qa.errors import ReceiptError
from qa.exporting import markdown, read_receipt, receipt, receipt_from_json
from qa.exporting.escaping import escaped, on_one_line
from qa.exporting.receipts import MOST_BYTES, own_hash, quote_hash
from qa.exporting.words import WORDS
from qa.schema import Answer, Citation, Notice, Statement
from tests.conversing import (
    ASKED_AT,
    BERTHS,
    COFFEE,
    FREE,
    NEWER,
    PASSAGERS,
    SHARE,
    opened,
    talk,
    write_notes,
)

HOSTILE = (
    "# Head\n- item\n1. one\n\n> said\n<script>alert(1)</script> <img src=x onerror=y>\n"
    "![i](http://e.com/i.png) [a](javascript:alert(1)) [b]: http://e.com\n| a | b |\n|---|---|\n"
    "```\ncode\n    deep  \n~~x~~ **b** _c_ &lt; \\\n---"
)
QUOTE = Citation(
    1,
    "a_<b>.md",
    "Title *x*",
    "One > `Two`",
    date(2021, 3, 1),
    3,
    "fr",
    "Secret",
    "b[1].md",
    5,
    10,
    "words",
    "the Minister",
)


@pytest.fixture(scope="module")
def binder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Binder]:
    corpus = tmp_path_factory.mktemp("export") / "notes"
    corpus.mkdir()
    write_notes(corpus, newer=NEWER)
    with opened(corpus) as binder:
        yield binder


def rendered(text: str) -> str:
    """Markdown as a page shows it: CommonMark with the tables and strikethrough of GitHub, HTML let through."""
    markdown_it = pytest.importorskip("markdown_it")
    made: str = markdown_it.MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text)
    return made


def shown(fragment: str) -> str:
    return html.unescape(re.sub("<[^>]*>", "", fragment))


def quotes_in(page: str) -> list[str]:
    found = re.findall(r"<blockquote>\n<p>(.*?)</p>\n</blockquote>", page, re.DOTALL)
    return [html.unescape(quote.replace("<br />", "")) for quote in found]


def one_turn(answer: Answer, **others: Any) -> Conversation:
    return Conversation("c", "A title", (Turn(answer.question, answer, ASKED_AT, {}, **others),))


def test_markdown_holds_all_that_was_said_and_where_it_stands(binder: Binder) -> None:
    conversation = talk(binder, BERTHS, COFFEE, FREE, SHARE)
    page = rendered(markdown(conversation))
    text = shown(page)
    assert page.startswith(f"<h1>{BERTHS}</h1>\n<p>Conversation of 1 May 2024 · 4 questions</p>")
    assert "Asked: 1 May 2024, 09:30 UTC" in text
    answers = [turn.answer for turn in conversation.turns]
    assert [answer.abstained for answer in answers] == [False, True, False, False]
    assert text.count("No answer: the notes do not tell") == 1
    assert answers[1].text in text
    for answer in answers:
        for said in answer.statements:
            assert f"{said.text} [{said.citations[0].marker}]\nquoted word for word" in text
        for notice in answer.notices:
            assert notice.text in text
    every = [
        quote for answer in answers for quote in (*answer.citations, *(c for n in answer.notices for c in n.citations))
    ]
    assert sorted(quotes_in(page)) == sorted(quote.quote for quote in every)
    assert any("**nine**" in quote.quote for quote in every)  # a note's own markup is shown, not obeyed
    assert any(quote.note == "subsidy.md" for quote in every)
    for quote in every:
        assert f"{quote.note}, characters {quote.start}–{quote.end}" in text
        assert binder.text(quote.note)[quote.start : quote.end] == quote.quote
    assert "superseded by newer.md" in text


def test_a_reference_says_all_that_is_known_of_the_quote() -> None:
    said = Statement("Said [9].", (QUOTE,), "checked")
    withheld = Statement("Not so.", (replace(QUOTE, marker=2, quote="other"),), "withheld", "it says *more*")
    answer = Answer("Why?", "", (said,), (QUOTE,), withheld=(withheld,), rewrite="Why so?")
    filters: Any = {"as_of": date(2022, 2, 1), "notes": ("a_<b>.md",), "language": "fr"}
    text = shown(rendered(markdown(one_turn(answer, filters=filters))))
    assert (
        "[1] Title *x* · One > `Two` · page 3 · 1 March 2021 · classification: Secret · prepared for: the Minister · "
        "notes in French · superseded by b[1].md · a_<b>.md, characters 5–10\n"
    ) in text
    assert "Said [9]. [1]\nchecked against its quotes" in text
    assert "Not so. [2] (it says *more*)" in text
    assert "as of 1 February 2022 · only these notes: a_<b>.md · notes in French" in text
    assert "Asked as: Why so?" in text
    bare = replace(QUOTE, section="", date=None, page=None, language="en", classification=None, superseded_by=None)
    text = shown(rendered(markdown(one_turn(Answer("Why?", "", citations=(replace(bare, prepared_for=None),))))))
    assert "[1] Title *x* · no date · a_<b>.md, characters 5–10\n" in text


def test_markdown_in_french(binder: Binder) -> None:
    page = markdown(talk(binder, PASSAGERS, language="fr"), "fr")
    text = shown(rendered(page))
    assert "Conversation du 1er mai 2024 · 1 question" in text
    assert "Posée : 1er mai 2024, 09:30 UTC · notes en français" in text
    assert "cité mot pour mot" in text
    assert "14 mars 2023" in text
    assert "Il a transporté 43 000 passagers en 2022." in "".join(quotes_in(rendered(page)))
    for english in ("Asked", "quoted", "characters", "Answer"):
        assert english not in text


def test_each_word_stands_in_both_languages_with_the_same_values() -> None:
    for key, words in WORDS.items():
        assert words.keys() == {"en", "fr"}, key
        assert set(re.findall(r"{\w+}", words["en"])) == set(re.findall(r"{\w+}", words["fr"])), key


def test_nothing_of_a_conversation_is_active_in_its_markdown() -> None:
    quote = replace(QUOTE, title=HOSTILE, section=HOSTILE, classification=HOSTILE, note=HOSTILE, quote=HOSTILE)
    quote = replace(quote, superseded_by=HOSTILE, prepared_for=HOSTILE)
    said = Statement(HOSTILE, (quote,), "checked")
    answer = Answer(HOSTILE, HOSTILE, (said,), (quote,), abstained=True, rewrite=HOSTILE)
    answer = replace(answer, notices=(Notice("near", HOSTILE),), withheld=(replace(said, reason=HOSTILE),))
    filters: Any = {"notes": (HOSTILE,)}
    page = rendered(markdown(replace(one_turn(answer, filters=filters), title=HOSTILE)))
    own = {"h1", "h2", "h3", "p", "br", "em", "strong", "ul", "li", "blockquote"}
    assert set(re.findall(r"</?([a-z0-9]+)", page)) == own
    assert page.count("<h1>") == page.count("<h2>") == page.count("<blockquote>") == 1
    assert page.count("<ul>") == page.count("<li>") == 2
    assert quotes_in(page) == [HOSTILE]


MARKS = "- |+ |1. |2) |# |> |```|~~~|***|---|===|=|[a](http://x)|![|<b>|<!--|]]>|&lt;|&#33;|[x]: y|*a*|_b_|`|a|é|.|:"
PIECES = st.sampled_from(
    [
        *MARKS.split("|"),
        "|",
        "|---|",
        "\n",
        "\n\n",
        "  ",
        "\t",
        "\\",
        "\\\n",
        "\u00a0",
        "\u2028",
        "http://e.com",
        "www.e.com",
    ]
)


@pytest.mark.slow
@given(text=st.lists(PIECES | st.characters(exclude_categories=("Cc", "Cs")), max_size=8).map("".join))
@settings(max_examples=300, deadline=None)
def test_escaped_text_is_the_same_text_once_it_is_rendered(text: str) -> None:
    text = text.rstrip("\n") or "x"
    for first, indent, before, after in (
        ("", "", "<p>", "</p>\n"),
        ("> ", "> ", "<blockquote>\n<p>", "</p>\n</blockquote>\n"),
        ("- ", "  ", "<ul>\n<li>", "</li>\n</ul>\n"),
    ):
        page = rendered(f"Before.\n\n{first}{escaped(text, indent)}\n\nAfter.\n")
        page = page.removeprefix("<p>Before.</p>\n").removesuffix("<p>After.</p>\n")
        assert page.startswith(before)
        assert page.endswith(after)
        assert html.unescape(page.removeprefix(before).removesuffix(after).replace("<br />", "")) == text


def test_escaped_text_can_be_read_as_it_is_and_holds_no_address_that_a_page_would_link() -> None:
    plain = "The U.S. paid 3.2 million (45 %) on 2021-03-02; see Annex B - it is due."
    assert escaped(plain) == plain
    for address in ("https://www.canada.ca/en", "www.1abc.com", "//e.com/x", "a@b.ca", "canada.ca", "note.md"):
        told = escaped(address)
        assert shown(rendered(told)).strip() == address
        assert not re.search(r"://|//|www\.|(?<!\\)@|\w\.[a-z]{2}", told)


def test_control_characters_are_shown_as_such() -> None:
    assert escaped("a\x00b\x1b[31m\rc\ud800") == "a�b�\\[31m�c�"
    assert on_one_line(" a\n\tb ") == "a b"


def test_a_receipt_holds_what_is_needed_to_check_it_later(binder: Binder) -> None:
    conversation = talk(binder, BERTHS, COFFEE, SHARE, until=date(2022, 1, 1))
    made = receipt(conversation, binder, now=datetime(2024, 5, 2, 8, tzinfo=UTC))
    assert json.loads(json.dumps(made)) == made
    assert (made["format"], made["version"], made["made_at"]) == ("briefing-qa receipt", 1, "2024-05-02T08:00:00+00:00")
    assert (made["program"], made["binder"]) == (qa.__version__, binder.fingerprints())
    first, coffee, share = made["turns"]
    assert (first["question"], first["filters"]) == (BERTHS, {"until": "2022-01-01"})
    assert [turn["abstained"] for turn in made["turns"]] == [False, True, False]
    assert coffee["statements"] == []
    for turn, asked in zip(made["turns"], conversation.turns, strict=True):
        assert [said["text"] for said in turn["statements"]] == [said.text for said in asked.answer.statements]
    quote = first["statements"][0]["citations"][0]
    assert quote["stands"] is True
    assert binder.text(quote["note"])[quote["start"] : quote["end"]] == quote["quote"]
    assert quote["sha256"] == quote_hash(quote["quote"])
    # Asked of 2021 nothing overtook the note; the receipt says what the binder holds besides.
    assert share["statements"][0]["citations"][0]["superseded_by"] is None
    known = {note.note: note for note in binder.notes()}
    assert made["notes"]["subsidy.md"] == {
        "sha256": known["subsidy.md"].sha256,
        "title": "Ferry Subsidy",
        "date": "2021-03-02",
        "superseded_by": "newer.md",
    }
    assert made["sha256"] == own_hash(made)
    assert own_hash(json.loads(json.dumps(made, indent=3, sort_keys=True))) == made["sha256"]
    assert receipt_from_json(made).turns[0].filters == {"until": date(2022, 1, 1)}


@pytest.mark.parametrize(
    "change",
    [
        {"quote": "The harbour of Wick has 41 berths."},
        {"start": 0},
        {"note": "nowhere.md"},
        {"note": "../../etc/passwd"},
        {"start": 3, "end": 3, "quote": ""},
    ],
)
def test_a_quote_that_does_not_stand_in_the_binder_is_not_vouched_for(binder: Binder, change: dict[str, Any]) -> None:
    conversation = talk(binder, BERTHS)
    answer = conversation.turns[0].answer
    said = answer.statements[0]
    forged = replace(said, citations=(replace(said.citations[0], **change), *said.citations))
    turn = replace(conversation.turns[0], answer=replace(answer, statements=(forged, *answer.statements[1:])))
    made = receipt(replace(conversation, turns=(turn,)), binder)
    stand = [quote["stands"] for quote in made["turns"][0]["statements"][0]["citations"]]
    assert stand == [False] + [True] * len(said.citations)
    assert set(made["notes"]) == {"harbours.md"}


def test_a_file_that_is_no_receipt_is_told(tmp_path: Path, binder: Binder) -> None:
    made = receipt(talk(binder, BERTHS), binder)
    file = tmp_path / "receipt.json"
    for held, message in (
        (b"{", "is no receipt, since it is no JSON"),
        (b"\xff\xfe", "is no receipt, since it is no JSON"),
        (b"[" * 100_000, "is no receipt, since it is no JSON"),
        (b" " * (MOST_BYTES + 1), "is too large for a receipt"),
    ):
        file.write_bytes(held)
        with pytest.raises(ReceiptError, match=message):
            read_receipt(file)
    for missing in (tmp_path / "none.json", tmp_path):
        with pytest.raises(ReceiptError, match="cannot be read"):
            read_receipt(missing)
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(made).encode())
    assert read_receipt(file) == made
    for value, message in (
        ([], "is no receipt of a conversation"),
        ({"format": "other"}, "is no receipt of a conversation"),
        (made | {"version": 2}, "is not of version 1"),
        (made | {"notes": []}, "damaged"),
        ({name: part for name, part in made.items() if name != "sha256"}, "lacks sha256"),
    ):
        with pytest.raises(ReceiptError, match=message):
            receipt_from_json(value)

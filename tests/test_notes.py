"""From files to notes: listing, decoding, blocks and what hangs on what, metadata, and notes.toml."""

from __future__ import annotations

import os
import re
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import CorpusError, NoteError, SettingsError
from qa.notes import list_notes, note_id, read_blocks, read_note, read_overrides
from qa.notes.assembly import Reading
from qa.notes.metadata import describe
from qa.schema import Block, BlockKind, Note, NoteContent, Span
from tests.timing import IN_PROPORTION, growth

SEED = Path(__file__).parents[1] / "corpus" / "international-engagement.txt"
H, M, P, B, R = BlockKind.HEADING, BlockKind.METADATA, BlockKind.PARAGRAPH, BlockKind.BULLET, BlockKind.ROW
# What may stand outside all blocks: marks of layout.
MARKS = re.compile(
    r"(?:Q|A|R|Question|Answer|Réponse|Response)\s?\d{0,3}\s?[.:)]|\[\^[^\]\n]{1,20}\]:"
    r"|\d{1,2}(?:\.\d{1,2}){1,4}\.?|\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]|[^\w\s]|[\s_o]|[¹²³⁴⁵⁶⁷⁸⁹]"
)


def blocks_of(text: str, *, markdown: bool = True) -> list[tuple[BlockKind, str]]:
    return [(block.kind, text[block.start : block.end]) for block in read_blocks(text, markdown=markdown)]


def words(text: str, spans: tuple[Span, ...]) -> list[str]:
    return [text[span.start : span.end] for span in spans]


def lead_ins(text: str, *, markdown: bool = True) -> dict[str, list[str]]:
    blocks = read_blocks(text, markdown=markdown)
    return {text[block.start : block.end]: words(text, block.lead_in) for block in blocks if block.kind is B}


def outline(text: str, *, markdown: bool = True) -> list[tuple[int, str]]:
    blocks = read_blocks(text, markdown=markdown)
    return [(block.level, text[block.start : block.end]) for block in blocks if block.kind is H]


def note(tmp_path: Path, text: str, name: str = "note.md") -> NoteContent:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_note(path, name)


def check_blocks(text: str, blocks: tuple[Block, ...]) -> None:
    """Blocks are in order, apart, trimmed, and nothing but marks stands outside them."""
    at = 0
    for block in blocks:
        assert at <= block.start < block.end
        inside = text[block.start : block.end]
        assert inside == inside.strip()
        check_gap(text[at : block.start])
        at = block.end
        for span in (*block.headings, *block.lead_in, *filter(None, (block.header, block.caption))):
            assert text[span.start : span.end].strip()
    check_gap(text[at:])


def check_gap(gap: str) -> None:
    fenced = re.sub(r"(```|~~~)[^\n]*", "", gap)
    assert not MARKS.sub("", fenced), gap


# Headings


@pytest.mark.parametrize(
    "text",
    [
        "# Crabs\n\n## Issue\n\nThey came.\n\n## Next steps\n\nWait for them.",
        "Crabs\n=====\n\nIssue\n-----\n\nThey came.\n\nNext steps\n----------\n\nWait for them.",
        "Crabs\n\nIssue\n~~~~~\n\nThey came.\n\nNext steps\n~~~~~~~~~~\n\nWait for them.",
        "**Crabs.** A note.\n\n**Issue.** They came.\n\n**Next steps.** Wait for them.",
        "**Crabs**\n\n**Issue**\n\nThey came.\n\n**Next steps**\n\nWait for them.",
        "Crabs\n\nISSUE\n\nThey came.\n\nNEXT STEPS\n\nWait for them.",
        "# Crabs\n\n1. Issue\n\nThey came.\n\n2. Next steps\n\nWait for them.",
        "Crabs\n\n§ A - Issue\n\nThey came.\n\n§ B - Next steps\n\nWait for them.",
        "Crabs\nThey are a nuisance.\nIssue\nThey came.\nNext steps\nWait for them.",
    ],
)
def test_each_way_to_mark_a_heading(text: str) -> None:
    markdown = "nuisance" not in text
    blocks = read_blocks(text, markdown=markdown)
    check_blocks(text, blocks)
    found = [(level, title.strip("§AB- .").casefold()) for level, title in outline(text, markdown=markdown)]
    assert found == [(1, "crabs"), (2, "issue"), (2, "next steps")]
    last = blocks[-1]
    assert [title.strip("§B- .").casefold() for title in words(text, last.headings)] == ["next steps"]


def test_levels_nest() -> None:
    text = "# T\n\n## A\n\n### A1\n\na.\n\n## B\n\nb.\n"
    assert outline(text) == [(1, "T"), (2, "A"), (3, "A1"), (2, "B")]
    assert [words(text, block.headings) for block in read_blocks(text, markdown=True) if block.kind is P] == [
        ["A", "A1"],
        ["B"],
    ]


def test_numbered_parts_nest_and_a_numbered_list_is_none() -> None:
    text = (
        "1. Money\n\n1.1 This year\n\nThere is some.\n\n2. People\n\nThree choices:\n\n1. Wait\n2. Act\n"
        "3. Ask\n\nWe say wait.\n"
    )
    assert outline(text) == [(2, "Money"), (3, "This year"), (2, "People")]
    assert [found for kind, found in blocks_of(text) if kind is B] == ["Wait", "Act", "Ask"]


def test_a_numbered_line_that_ends_in_a_colon_leads_in_its_list() -> None:
    text = "1. Powers\n\n1.1 You may not:\n\n- sell; or\n- buy.\n\n2. End\n\nIt ends.\n"
    assert lead_ins(text) == {"sell; or": ["You may not:"], "buy.": ["You may not:"]}


def test_a_bare_heading_under_a_bare_heading_is_its_child_until_the_next_parent() -> None:
    text = "Note\nBody one.\nPlain\nBody two.\nParent\nChild A\nText a.\nChild B\nText b.\nOther\nChild C\nText c.\n"
    assert outline(text, markdown=False) == [
        (1, "Note"), (2, "Plain"), (2, "Parent"), (3, "Child A"), (3, "Child B"), (2, "Other"), (3, "Child C"),
    ]  # fmt: skip


def test_the_last_line_is_no_heading() -> None:
    text = "Note\nSome text here.\nContact\nJane Doe, Director, Treaties\n"
    assert blocks_of(text, markdown=False)[-2:] == [(H, "Contact"), (P, "Jane Doe, Director, Treaties")]


def test_a_short_last_line_of_wrapped_text_is_no_heading() -> None:
    text = (
        "Harbours\n\nThe harbour has been closed since the storm of last winter, and boats\n"
        "have moved to the next one along the coast, where they pay twice the fee\nthat they paid at the Old Quay\n\n"
        "The works will take two years and cost more than was thought when they\n"
        "were planned, since prices have risen and one of the two bidders withdrew\nin May\n"
    )
    assert [kind for kind, _ in blocks_of(text, markdown=False)] == [H, P, P]


def test_flattened_markdown_is_read_line_by_line() -> None:
    long_line = "The department engages with many partners and takes part in meetings. " * 3
    text = f"Engagement\n{long_line}\nPartners\n{long_line}\nFurther work\n{long_line}\n"
    assert outline(text) == [(1, "Engagement"), (2, "Partners"), (2, "Further work")]


def test_a_first_section_is_not_the_title(tmp_path: Path) -> None:
    content = note(tmp_path, "## Issue\n\nCrabs came.\n", "03_crab-response_2024-02-19.md")
    assert content.note.title == "Crab response"
    assert content.note.date == date(2024, 2, 19)


def test_a_date_before_the_title_is_metadata(tmp_path: Path) -> None:
    content = note(tmp_path, "7 May 2024 / for the folder / The credit: where it stands\n\nIt stands.\n")
    assert (content.note.title, content.note.date) == ("The credit: where it stands", date(2024, 5, 7))
    assert content.blocks[0].kind is M


# Lists


def test_bullets_leave_out_their_marker_and_take_their_lines() -> None:
    text = "# T\n\nWe may:\n\n* go on\n  for long\n* stop\n\nDone.\n"
    assert blocks_of(text)[1:] == [(P, "We may:"), (B, "go on\n  for long"), (B, "stop"), (P, "Done.")]


@pytest.mark.parametrize("mark", ["-", "*", "•", "–", "1.", "1)", "(a)", "i)"])
def test_markers(mark: str) -> None:
    text = f"# T\n\nWe may:\n\n{mark} go;\n{mark} stay.\n"
    assert lead_ins(text) == {"go;": ["We may:"], "stay.": ["We may:"]}


def test_a_lead_in_is_the_last_sentence_before_the_list() -> None:
    text = (
        "# T\n\nIt rains most days. The owner of the house may not:\n\n- sell.\n\n# U\n\n"
        "It is dry. It is warm.\n\n- A coat.\n"
    )
    assert lead_ins(text) == {"sell.": ["The owner of the house may not:"], "A coat.": []}


def test_for_example_takes_the_sentence_before_it_along() -> None:
    text = "# T\n\nRain fell all day. Officials chair several groups. For example:\n- the first;\n- the second.\n"
    assert lead_ins(text)["the first;"] == ["Officials chair several groups. For example:"]


def test_nested_bullets_hang_on_lead_in_and_parents() -> None:
    text = "# T\n\nThree lines:\n\n- Catch them:\n  - by hand;\n    - gloved;\n  - by net.\n- Watch them.\n"
    assert lead_ins(text) == {
        "Catch them:": ["Three lines:"],
        "by hand;": ["Three lines:", "Catch them:"],
        "gloved;": ["Three lines:", "Catch them:", "by hand;"],
        "by net.": ["Three lines:", "Catch them:"],
        "Watch them.": ["Three lines:"],
    }
    blocks = [block for block in read_blocks(text, markdown=True) if block.kind is B]
    assert [block.level for block in blocks] == [1, 2, 3, 2, 1]
    assert {block.group for block in blocks} == {1}


def test_a_bullet_that_ends_in_a_colon_leads_in_those_after_it() -> None:
    text = "T\nWe promised.\n- Ours to lead:\n- maps;\n- boats; and\n- fish.\n- Also this.\nEnd of it.\n"
    assert lead_ins(text, markdown=False) == {
        "Ours to lead:": [],
        "maps;": ["Ours to lead:"],
        "boats; and": ["Ours to lead:"],
        "fish.": ["Ours to lead:"],
        "Also this.": [],
    }


def test_numbered_paragraphs_with_lists_in_them() -> None:
    text = (
        "Talks\nNot for circulation.\n\n1. One thing.\n\n2. In a strike:\n\n   - meals go on;\n"
        "   - others stop.\n\n3. The last.\n"
    )
    assert lead_ins(text, markdown=False) == {
        "One thing.": [],
        "In a strike:": [],
        "meals go on;": ["In a strike:"],
        "others stop.": ["In a strike:"],
        "The last.": [],
    }


def test_a_numbered_item_below_nested_bullets_is_the_next_item() -> None:
    text = (
        "They ask:\n\n9. first\n   - inner\n     a. innermost\n     b. more\n"
        "   - next of\n     66. years\n10. second\n11. third\n"
    )
    read = [(block.level, text[block.start : block.end]) for block in read_blocks(text, markdown=True)]
    bullets = [(1, "first"), (2, "inner"), (3, "innermost"), (3, "more"), (2, "next of\n     66. years")]
    assert read == [(0, "They ask:"), *bullets, (1, "second"), (1, "third")]


def test_a_year_at_the_start_of_a_wrapped_line_is_no_bullet() -> None:
    text = "# T\n\nThe fund was opened by the minister of the day on June\n12. It closed\nlater.\n"
    assert [kind for kind, _ in blocks_of(text)] == [H, P]


def test_a_list_that_lost_its_markers() -> None:
    text = "T\nSome text.\nThe places are:\nSkerrin\nTannow\nFarrow\nMoney\nThere is none.\n"
    assert list(lead_ins(text, markdown=False)) == ["Skerrin", "Tannow", "Farrow"]
    assert outline(text, markdown=False)[-1] == (2, "Money")


# Tables, quotations, footnotes, questions


def test_rows_have_header_and_caption() -> None:
    text = (
        "# T\n\n## Work\n\nTable 1. The plan\n\n| Home | Beds |\n|:--|--:|\n| Weir | 73 |\n| Larkrise | 96 |\n\n"
        "That is all.\n"
    )
    blocks = read_blocks(text, markdown=True)
    check_blocks(text, blocks)
    rows = [block for block in blocks if block.kind is R]
    assert [text[row.start : row.end] for row in rows] == ["Home | Beds", "Weir | 73", "Larkrise | 96"]
    assert [row.header and text[row.header.start : row.header.end] for row in rows] == [
        None,
        "Home | Beds",
        "Home | Beds",
    ]
    assert {row.caption and text[row.caption.start : row.caption.end] for row in rows} == {"Table 1. The plan"}
    assert {row.group for row in rows} == {1}


def test_rows_between_tabs() -> None:
    text = "T\nSome text.\nHarbour\tBerths\nSkerrin\t22\nPerran\t28\nMore text.\n"
    assert [found for kind, found in blocks_of(text, markdown=False) if kind is R] == [
        "Harbour\tBerths", "Skerrin\t22", "Perran\t28",
    ]  # fmt: skip


def test_quotation_footnote_and_code() -> None:
    text = "# T\n\nA plan.[^1]\n\n> They said\n> no.\n\n```html\n<b>x</b>\n```\n\n# U\n\nEnd.\n\n[^1]: It is viable.\n"
    found = blocks_of(text)
    check_blocks(text, read_blocks(text, markdown=True))
    assert (BlockKind.QUOTATION, "They said\n> no.") in found
    assert (P, "<b>x</b>") in found
    assert found[-1] == (BlockKind.FOOTNOTE, "It is viable.")


def test_a_footnote_has_the_headings_of_the_words_it_belongs_to() -> None:
    text = "T\nText.\nFindings\nVisits are due.(1) They are late.\nEnd\nIt ends here.\n(1) The limit was lower.\n"
    last = read_blocks(text, markdown=False)[-1]
    assert (last.kind, words(text, last.headings)) == (BlockKind.FOOTNOTE, ["Findings"])


@pytest.mark.parametrize(
    "text",
    [
        "# T\n\nQ: Is it so?\nA: It is.\n\nQ: Why?\nA: Because.\n",
        "# T\n\n**Q1. Is it so?**\n\nA. It is.\n\n**Q2. Why?**\n\nA. Because.\n",
        "T\n\nQ1. Is it so?\n\nIt is.\n\nQ2. Why?\n\nBecause.\n",
    ],
)
def test_questions_and_answers(text: str) -> None:
    blocks = read_blocks(text, markdown=True)
    check_blocks(text, blocks)
    assert [(block.kind, text[block.start : block.end]) for block in blocks[1:]] == [
        (BlockKind.QUESTION, "Is it so?"), (BlockKind.ANSWER, "It is."),
        (BlockKind.QUESTION, "Why?"), (BlockKind.ANSWER, "Because."),
    ]  # fmt: skip
    assert words(text, blocks[-1].lead_in) == ["Why?"]


# What is known of a note


def test_front_matter(tmp_path: Path) -> None:
    known = note(tmp_path, "---\ntitle: Crabs\ndate: 2023-02-20\nprepared_for: The Minister\n---\n\nThey came.\n").note
    assert (known.title, known.date, known.prepared_for) == ("Crabs", date(2023, 2, 20), "The Minister")


def test_labels_in_the_head(tmp_path: Path) -> None:
    text = (
        "# Crabs\n\n**Date:** 11 May 2021\n**Prepared for:** Deputy Minister\nClassification: PROTECTED A\n\n"
        "## Issue\n\nOn 1 June 2020 they came.\n"
    )
    known = note(tmp_path, text).note
    assert (known.date, known.prepared_for, known.classification) == (
        date(2021, 5, 11),
        "Deputy Minister",
        "PROTECTED A",
    )


def test_a_memo_and_a_french_note(tmp_path: Path) -> None:
    memo = note(tmp_path, "TO:\tMinister\nDATE:\t3 May 2022\nSUBJECT:\tCrabs\n\nSummary\n~~~~~~~\n\nThey came.\n").note
    assert (memo.title, memo.prepared_for, memo.date) == ("Crabs", "Minister", date(2022, 5, 3))
    text = (
        "# Le crabe\n\nPréparé pour : la ministre\nClassification : NON CLASSIFIÉ\n"
        "Date de modification : 21 mars 2023\n\nIl est arrivé dans les ports de la côte.\n"
    )
    french = note(tmp_path, text).note
    assert (french.language, french.prepared_for, french.date) == ("fr", "la ministre", date(2023, 3, 21))
    assert french.classification == "NON CLASSIFIÉ"


def test_a_table_of_keys_and_values(tmp_path: Path) -> None:
    text = "# Cables\n\n| | |\n|---|---|\n| Date | 2023-05-09 |\n| Classification | PROTECTED B |\n\nTwo were cut.\n"
    content = note(tmp_path, text)
    assert (content.note.date, content.note.classification) == (date(2023, 5, 9), "PROTECTED B")
    assert [block.kind for block in content.blocks] == [H, M, M, P]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("**Falls.** Briefing for the visit, prepared by the branch, 18 October 2023.\n\nText.\n", date(2023, 10, 18)),
        ("# T\n\nThe fund began on 1 April 2019 and ends on 31 March 2026.\n\nIt is large.\n", None),
        ("# T\n\n" + "Some text. " * 90 + "\n\nLast revised: 26 April 2024\n", date(2024, 4, 26)),
        ("# T\n\nSome text.\n\n14 March 2023\n", date(2023, 3, 14)),
        ("# T\n\nDate modified:\n\nThe meeting of 3 May 2020 was long.\n", None),
        (
            "# T\n\nSome text.[^1]\n\nMore.\n\nMore.\n\n[^1]: Prepared on 2 May 2022.\n\nMore.\n\nEnd.\n",
            date(2022, 5, 2),
        ),
    ],
)
def test_the_date_is_the_notes_own(tmp_path: Path, text: str, day: date | None) -> None:
    assert note(tmp_path, text).note.date == day


BODY = "\n\nIssue\n\nThe harbours have been closed since the storm of 2 March 2022.\n\nCosts\n\nNobody pays for them.\n"


@pytest.mark.parametrize(
    "title", ["Briefing note: Harbour fees", "Briefing note on harbour fees", "Fees\nFor the Minister"]
)
@pytest.mark.parametrize(
    "line",
    ["Date: 3 May 2024", "3 May 2024", "Friday, 3 May 2024", "Skerrin, 3 May 2024", "As of 3 May 2024", "Le 3 mai 2024",
     "Updated 3 May 2024 for the Minister of Harbours"],
)  # fmt: skip
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_note_with_more_than_one_title_line_keeps_its_date(tmp_path: Path, title: str, line: str, gap: str) -> None:
    text = f"MINISTRY OF HARBOURS{gap}{title}{gap}{line}{BODY}"
    content = note(tmp_path, text, "a.txt")
    assert (content.note.title, content.note.date) == ("MINISTRY OF HARBOURS", date(2024, 5, 3))
    assert [block.kind for block in content.blocks if "2024" in text[block.start : block.end]] == [M]
    assert [words(text, block.headings)[-1] for block in content.blocks if block.kind is P][-2:] == ["Issue", "Costs"]


def test_a_date_alone_opens_a_note_and_a_chronicle_has_dates_for_headings(tmp_path: Path) -> None:
    known = note(tmp_path, f"3 May 2024\nHarbour fees{BODY}", "a.txt").note
    assert (known.title, known.date) == ("Harbour fees", date(2024, 5, 3))
    assert note(tmp_path, f"Harbour fees, 3 May 2024{BODY}", "a.txt").note.title == "Harbour fees, 3 May 2024"
    days = "".join(f"{day} May 2024\nThe boats stayed in the harbour, for it blew.\n\n" for day in range(3, 9))
    assert [title for _, title in outline(f"The strike\n\n{days}", markdown=False)][1:3] == ["3 May 2024", "4 May 2024"]


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("This note replaces the note of 3 March 2023.", None),
        ("This note, prepared by the Fees Branch, replaces the note of 3 March 2023.", None),
        ("It supersedes the briefing note dated 3 March 2023 and that of 4 March 2023.", None),
        ("This is an updated version of the note of 3 March 2023.", None),
        ("Replaces: notes of 3 March 2023 and 4 March 2023", None),
        ("To: Minister\nPrevious version: 3 March 2023", None),
        ("See also the briefing note of 3 March 2023 on boats.", None),
        ("The note of 3 March 2023 is replaced.", None),
        ("La présente note remplace la note du 3 mars 2023 et les autres.", None),
        ("Cette note remplace celle datée du 3 mars 2023, qui était trop longue.", None),
        ("Next review: 27 September 2024", None),
        ("Prepared 5 May 2024; replaces the note of 3 March 2023.", date(2024, 5, 5)),
        ("Replaces the note of 3 March 2023. Updated 5 May 2024.", date(2024, 5, 5)),
        ("Replaces the previous note; prepared 5 May 2024 for the Minister.", date(2024, 5, 5)),
        ("This note of 5 May 2024 replaces the note of 3 March 2023.", date(2024, 5, 5)),
        ("Updated 5 May 2024, replacing the note dated 3 March 2023", date(2024, 5, 5)),
        ("Replaces: note of 3 March 2023\nDate: 5 May 2024", date(2024, 5, 5)),
        ("La présente note du 5 mai 2024 remplace la note du 3 mars 2023.", date(2024, 5, 5)),
    ],
)
@pytest.mark.parametrize("at_end", [False, True])
def test_the_date_of_a_note_that_is_replaced_is_not_taken(
    tmp_path: Path, sentence: str, day: date | None, at_end: bool
) -> None:
    text = f"Harbour fees{BODY}\n{sentence}\n" if at_end else f"Harbour fees\n\n{sentence}{BODY}"
    assert note(tmp_path, text, "a.txt").note.date == day


CRABS = "Crabs came in the night and the boats did not go out to sea until the morning after."


def described(name: str, text: str, stated: Reading) -> Note:
    return describe(name, text, read_blocks(text, markdown=True), None, stated)


def test_what_a_file_states_fills_what_its_text_leaves_open() -> None:
    stated = Reading((), title="The crabs", date="2023-05-09T23:00:00-04:00", language="fr-CA")
    known = described("a.docx", "12 34", stated)
    assert (known.title, known.date, known.language) == ("The crabs", date(2023, 5, 9), "fr")
    known = described("a.docx", f"# Title\n\nDate: 2 May 2022\n\n{CRABS}\n", stated)
    assert (known.title, known.date, known.language) == ("Title", date(2022, 5, 2), "en")


@pytest.mark.parametrize("stamp", ["2023-05-09T10:11:12Z", "2023-05-09", "9 mai 2023", "May 9, 2023"])
def test_a_stated_date_in_each_way_to_write_it(stamp: str) -> None:
    assert described("a.pdf", CRABS, Reading((), date=stamp)).date == date(2023, 5, 9)


@pytest.mark.parametrize("stamp", ["", "soon", "2023", "0000-00-00"])
def test_a_stated_date_that_is_none(stamp: str) -> None:
    assert described("a.pdf", CRABS, Reading((), date=stamp)).date is None


def test_a_page_knows_its_date_better_than_its_name_and_a_word_file_does_not() -> None:
    stated = Reading((), date="2023-05-09")
    assert described("crabs-2021-01-02.html", CRABS, stated).date == date(2023, 5, 9)
    assert described("crabs-2021-01-02.docx", CRABS, stated).date == date(2021, 1, 2)
    assert described("crabs.docx", CRABS, stated).date == date(2023, 5, 9)


# Files


def test_line_ends_and_byte_order_marks(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        path = tmp_path / "a.txt"
        path.write_bytes("Café\r\nUn\rdeux".encode(encoding))
        content = read_note(path, "a.txt")
        assert content.text == "Café\nUn\ndeux"
        assert content.note.warnings == ()


def test_windows_1252_is_read_and_told(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Préparé – oui\n".encode("cp1252"))
    content = read_note(path, "a.txt")
    assert content.text == "Préparé – oui\n"
    assert "Windows-1252" in content.note.warnings[0]


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"", "empty"), (b" \n\t\n", "empty"), (b"ab\x00cd" * 9, "binary"), (b"\x01\x02\x03\x04abc", "binary"),
     (b"a" * (20 * 1024 * 1024 + 1), "larger than 20 MB"), (b"%PDF-1.7\n1 0 obj", "is a PDF, not text"),
     (b"{\\rtf1 Crabs}", "RTF file"), (b"PK\x03\x04abc", "zip archive")],
)  # fmt: skip
def test_what_cannot_be_read_is_said(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(NoteError, match=message):
        read_note(path, "a.txt")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [("a.docx", b"%PDF-1.7", r"is a PDF, not a Word file. Rename it to end in \.pdf"),
     ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Word's old format"),
     ("a.pdf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old or has a password"),
     ("a.docx", b"Just text.", "not a Word file, or it is damaged"),
     ("a.docx", b"<!DOCTYPE html><p>x", "is a web page"),
     ("a.pdf", b"PK\x03\x04", "zip archive"), ("a.pdf", b"<html>", "is a web page, not a PDF"),
     ("a.pdf", b"\x89PNG\r\n", "picture"),
     ("a.html", b"%PDF-1.4", "is a PDF, not a web page"), ("a.pdf", b"", "empty")],
)  # fmt: skip
def test_a_wrong_suffix_is_said(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(NoteError, match=message):
        read_note(tmp_path / name, name)


def test_html_in_a_text_file_is_text(tmp_path: Path) -> None:
    assert note(tmp_path, "<html><p>Crabs</p></html>", "a.txt").text == "<html><p>Crabs</p></html>"


def test_a_vanished_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoteError, match="cannot be read"):
        read_note(tmp_path / "gone.txt", "gone.txt")


def test_listing(tmp_path: Path) -> None:
    corpus, outside = tmp_path / "corpus", tmp_path / "outside.txt"
    for name in (
        "b.md",
        "a/c.TXT",
        "a/README.md",
        "README.md",
        "notes.toml",
        "qa.toml",
        ".hidden.txt",
        ".git/x.txt",
        "d.pdf",
        "e.DOC",
        "f.xlsx",
        "g.html",
        "g_files/style.css",
        "g_files/frame.html",
        "h_files/i.md",
        "~$j.docx",
        "k",
    ):
        (corpus / name).parent.mkdir(parents=True, exist_ok=True)
        (corpus / name).write_text("text", encoding="utf-8")
    outside.write_text("text", encoding="utf-8")
    (corpus / "out.txt").symlink_to(outside)
    (corpus / "again.md").symlink_to(corpus / "b.md")
    (corpus / "mounted.md").symlink_to(corpus / ".git" / "x.txt")
    (corpus / "broken.md").symlink_to(corpus / "nothing")
    (corpus / "loop").symlink_to(corpus)
    os.mkfifo(corpus / "pipe.txt")
    notes, problems = list_notes(corpus)
    assert list(notes) == [
        "a/README.md", "a/c.TXT", "b.md", "d.pdf", "g.html", "h_files/i.md", "mounted.md",
    ]  # fmt: skip
    said = {problem.note: problem.message for problem in problems}
    assert {note: note_id(path, corpus) for note, path in notes.items()} == {note: note for note in notes}
    assert sorted(said) == ["broken.md", "e.DOC", "f.xlsx", "k", "out.txt", "pipe.txt"]
    assert "not a format that is read (.txt, .md, .html, .htm, .docx, .pdf). Save it as .docx or .pdf" in said["e.DOC"]
    assert "Save it as .pdf, or put its table into a .docx" in said["f.xlsx"]
    assert "A file without suffix" in said["k"]
    assert "out of the corpus folder" in said["out.txt"]
    assert not any(problem.read for problem in problems)


def test_no_corpus_folder(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="does not exist"):
        list_notes(tmp_path / "none")


def test_odd_names_are_read(tmp_path: Path) -> None:
    names = [
        "a..b.txt",
        'it\'s "quoted".txt',
        "caf\u00e9.txt",
        "cafe\u0301.txt",
        "..;x/y .txt",
        "日本.md",
        "$(x) `y` %s.txt",
    ]
    for name in [name.replace("..;", "b..;") for name in names]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    notes, problems = list_notes(tmp_path)
    assert problems == []
    assert len(notes) == len(names)
    for note, path in notes.items():
        assert read_note(path, note).text == note == note_id(path, tmp_path)


@pytest.mark.parametrize("name", ["a\nb.txt", "a\x1b[31m.txt", "a\u202etxt.exe.txt", "b\n/c.txt", "\udcff.txt"])
def test_names_that_would_upset_a_terminal_are_reported(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("text", encoding="utf-8")
    notes, problems = list_notes(tmp_path)
    assert notes == {}
    assert [problem.message.rpartition(". ")[2] for problem in problems] == ["Rename it."]
    assert problems[0].note.isprintable()


# notes.toml


def test_overrides_win(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Wrong\n\nDate: 2020-01-01\n\nText.\n", encoding="utf-8")
    (tmp_path / "notes.toml").write_text(
        '["a.md"]\ntitle = "Right"\ndate = 2021-10-26\nlanguage = "fr"\n["b.md"]\ndate = "2021-10-26"\n',
        encoding="utf-8",
    )
    overrides = read_overrides(tmp_path)
    known = read_note(tmp_path / "a.md", "a.md", overrides.get("a.md")).note
    assert (known.title, known.date, known.language) == ("Right", date(2021, 10, 26), "fr")
    assert [problem.note for problem in overrides.problems] == ["b.md"]
    assert overrides.notes["b.md"].date == date(2021, 10, 26)


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('["a.md"]\ntitle = \n', "line 2"),
        ('["a.md"]\ntitel = "x"\n', "unknown key"),
        ('["a.md"]\ndate = "soon"\n', "no date"),
        ('["a.md"]\ntitle = 3\n', "no text"),
        ('["a.md"]\nlanguage = "de"\n', '"en" or "fr"'),
        ('title = "x"\n', "outside a table"),
    ],
)
def test_bad_overrides_are_told(tmp_path: Path, toml: str, message: str) -> None:
    (tmp_path / "notes.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        read_overrides(tmp_path)


def test_no_overrides(tmp_path: Path) -> None:
    assert read_overrides(tmp_path).get("a.md") is None


# The note that comes with the project, and any text


def test_the_seed_note() -> None:
    content = read_note(SEED, SEED.name)
    text, blocks = content.text, content.blocks
    check_blocks(text, blocks)
    assert (content.note.title, content.note.date, content.note.language) == ("International Engagement", None, "en")
    assert [(block.level, text[block.start : block.end]) for block in blocks if block.kind is H] == [
        (1, "International Engagement"), (2, "Relevant Platform Commitments"), (2, "Further Information"),
        (3, "United States"), (3, "United Kingdom"), (3, "Other Bilateral Partners"), (3, "Five Eyes"),
        (3, "Group of Seven (G7)"), (3, "United Nations"), (3, "North Atlantic Treaty Organization"),
        (3, "Other Key Multilateral Organizations and Initiatives"),
    ]  # fmt: skip
    bullets = [block for block in blocks if block.kind is B]
    found = [(block.group, [lead[-40:] for lead in words(text, block.lead_in)]) for block in bullets]
    assert found == (
        [(1, [])]
        + [(1, ["s with a focus on international engagement:"[-40:]])] * 6
        + [(2, ["d as a lead or co-lead on the following items:"[-40:]])] * 7
        + [(3, ["agencies chair various bilateral fora. For example:"[-40:]])] * 3
    )
    assert blocks[-1].kind is M


PLAIN_LINES = """
# T~## Sub ##~Issue~ALL CAPS~- a bullet;~  - nested:~1. first~2. Second~(a) x~> quoted~| a | b |~|---|---|~| 1 | 2 |
~---~===~Q: Why?~A: So.~**Bold.** rest~**Line**~[^1]: foot~a.[^1] b~Date: 2020-01-01~Key: value~x\ty~1.1 Part
~The list is:~•~**~|~-~* * *~```~Port    Fee~Skerrin    22~-----   ----~      and so on~To   the Minister
""".replace("\n", "").split("~")
LINES = st.one_of(
    st.sampled_from([*PLAIN_LINES, "", "~~~"]),
    st.text(max_size=60),
    st.text(alphabet="ab. \t|*-:>#1(\n", max_size=60),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=25), st.booleans())
def test_any_text_is_covered(lines: list[str], markdown: bool) -> None:
    text = "\n".join(lines).replace("\r", "\n")
    check_blocks(text, read_blocks(text, markdown=markdown))


@pytest.mark.slow
def test_reading_takes_linear_time() -> None:
    hard = [
        "- a bullet:\n",
        "Key: value\n",
        "*a **b [c](d \n",
        "| a | b\n",
        "> x\n",
        "Word\n",
        "```\n",
        "(1) x.(1)\n",
        "    - y\n",
        "Port     22   a\n",
        "a  ",
        " ",
    ]
    for part in hard:
        little, much = (f"Title\na{part * (size // len(part))}\u00a0b\n" for size in (20_000, 80_000))
        assert growth(partial(read_blocks, markdown=True), little, much) < IN_PROPORTION, part

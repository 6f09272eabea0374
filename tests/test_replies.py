"""Replies as chat models write them, read as drafts: what is said, and which sentences are cited."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answering.replies import Draft, ReplyReader
from qa.answering.slips import is_refusal, plain_line
from tests.timing import IN_PROPORTION, growth


def read(reply: str, step: int = 10_000) -> list[Draft]:
    reader = ReplyReader()
    found = [draft for at in range(0, len(reply), step) for draft in reader.feed(reply[at : at + step])]
    return found + reader.finish()


def short(reply: str) -> list[tuple[str, list[int]]]:
    """The drafts of a reply as (text, all numbers) pairs."""
    return [(draft.text, [n for clause in draft.clauses for n in clause.numbers]) for draft in read(reply)]


@pytest.mark.parametrize(
    "mark",
    [
        "[3]",
        "[^3]",
        "(3)",
        "【3】",
        "【3†source】",
        "[#3]",
        "[S3]",
        "[sentence 3]",
        "[[3]]",
        "<sup>3</sup>",
        "[3](#3)",
        "\\[3\\]",
    ],
)
def test_a_citation_is_known_however_it_is_written(mark: str) -> None:
    assert short(f"The fee is $5 {mark}.") == [("The fee is $5.", [3])]


@pytest.mark.parametrize(
    ("mark", "numbers"), [("[3, 4]", [3, 4]), ("[3][4]", [3, 4]), ("[3-5]", [3, 4, 5]), ("[3; 7]", [3, 7])]
)
def test_a_citation_may_be_of_several_sentences(mark: str, numbers: list[int]) -> None:
    assert short(f"The fee is $5 {mark}.") == [("The fee is $5.", numbers)]


def test_each_clause_has_its_own_citation() -> None:
    (draft,) = read("The fee is $5 [1] and the fine is $9 [2].")
    assert [(clause.text, clause.numbers) for clause in draft.clauses] == [
        ("The fee is $5", (1,)),
        (" and the fine is $9.", (2,)),
    ]


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ("A is so. [1] B is so. [2]", [("A is so.", [1]), ("B is so.", [2])]),
        ("A is so [1]. B is so [2].", [("A is so.", [1]), ("B is so.", [2])]),
        ("[1] A is so.\n[2] B is so.", [("A is so.", [1]), ("B is so.", [2])]),
        ("A is so.\nB is so [2].", [("A is so.", [2]), ("B is so.", [2])]),
        ("- A\n- B\n- C [4]", [("A", [4]), ("B", [4]), ("C", [4])]),
        ("Reasons [1][2]:\n\n- A\n\n- B", [("A", [1, 2]), ("B", [1, 2])]),
        ("A is so.\n\nSources: [3]", [("A is so.", [3])]),
        ("A is so.\n\nB is so [1].", [("B is so.", [1]), ("A is so.", [])]),
        ("Three (3) provinces joined [1].", [("Three (3) provinces joined.", [1])]),
        ("It was built in [2021] and shut [1].", [("It was built in [2021] and shut.", [1])]),
        ("", []),
        ("```\nA is so [1].\n```", [("A is so.", [1])]),
    ],
)
def test_what_a_citation_covers(reply: str, found: list[tuple[str, list[int]]]) -> None:
    assert short(reply) == found


def test_items_hang_on_their_lead_in_and_what_follows_the_list_does_not() -> None:
    drafts = read("You may not:\n- sell it [1]\n- lend it [2]\n\nThat is all [3].")
    assert [(draft.lead, draft.mark, draft.text) for draft in drafts] == [
        ("You may not:", "- ", "sell it"),
        ("You may not:", "- ", "lend it"),
        ("", "", "That is all."),
    ]


def test_rows_of_a_table_are_said_with_its_heads() -> None:
    table = "| Fund | Amount |\n|---|---|\n| Ferries | $5 [3] |\n| Roads | $6 [4] |"
    assert short(table) == [("Fund: Ferries; Amount: $5", [3]), ("Fund: Roads; Amount: $6", [4])]


def test_thoughts_are_not_said() -> None:
    assert short("<think>It is $9 [1].\n\nOr not.</think>\nThe fee is $5 [1].") == [("The fee is $5.", [1])]
    assert short("<think>The fee is $5 [1].") == []


@pytest.mark.parametrize(
    "reply",
    [
        "NOT IN THE NOTES",
        "Not in the notes.",
        "PAS DANS LES NOTES",
        "The passages do not contain this information.",
        "I cannot answer that from these sentences.",
        "Les phrases fournies ne précisent pas le montant.",
    ],
)
def test_a_refusal_is_told_in_whatever_words(reply: str) -> None:
    reader = ReplyReader()
    assert reader.feed(reply) + reader.finish() == []
    assert reader.refused


@pytest.mark.parametrize(
    "line",
    ["The Minister cannot answer questions on the trial.", "No fee is charged.", "The Act does not mention boats."],
)
def test_what_a_note_may_well_say_is_no_refusal(line: str) -> None:
    assert not is_refusal(line)


def test_nothing_of_a_line_is_loaded_or_clicked() -> None:
    line = plain_line(
        'See **[the site](http://x.example)** ![](http://x.example/a.png)<img src="http://x.example">\x1b[31m'
    )
    assert line == "See the site [31m"


PIECES = [
    "The fee is $5",
    " [1]",
    ".",
    " ",
    "\n",
    "\n\n",
    "- ",
    "| a | b |",
    "[2, 3]",
    "<think>hm. [9] </think>",
    "(4)",
    ":",
    "x",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.integers(1, 9))
def test_how_a_reply_is_cut_into_pieces_changes_nothing_of_what_is_said(pieces: list[str], step: int) -> None:
    reply = "".join(pieces)
    assert read(reply, step) == read(reply)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("start", "run", "most"),
    [
        ("The board inspects ", "[17] ", 800),
        ("a", " ", 19_000),
        ("", "word ", 4_000),
        ("", "<think>", 2_500),
        ("", "[", 18_000),
        ("", "![", 9_000),
        ("", "- ", 9_000),
        ("", "| ", 9_000),
        ("", "(1", 9_000),
    ],
)
def test_a_long_reply_takes_time_in_proportion_to_read(start: str, run: str, most: int) -> None:
    def replies(times: int) -> None:
        read(f"{start}{run * times} every year.", 4)

    assert growth(replies, most // 4, most) < IN_PROPORTION


def test_what_stands_before_a_lone_end_of_thought_is_thought() -> None:
    assert short("It may be $9.\n\nOr not.</think>\nThe fee is $5 [1].") == [("The fee is $5.", [1])]


def test_a_line_that_leads_nothing_in_is_a_statement() -> None:
    assert short("The fee is $5 [1].\n\nThe fee rose to $900 in 2024:") == [
        ("The fee is $5.", [1]),
        ("The fee rose to $900 in 2024:", []),
    ]


def test_a_fact_with_a_refusal_after_it_is_a_fact() -> None:
    line = "The annual fee is $500, but the notes do not say who pays it"
    assert not is_refusal(line)
    assert short(f"{line} [2].") == [(f"{line}.", [2])]

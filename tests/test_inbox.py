"""What readers say is kept whole, whoever writes at once, and never among the notes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from qa.errors import GoldError, SettingsError
from qa.evaluation.inbox import Feedback, check_place, feedback_of, put_in, read_inbox, take_out
from tests.evaluating import quoted, said

ONE = Feedback("Où est-ce?", "wrong", "Ici.\nLà.", False, "non", (("user", "a"),), (("n.txt", "“q”"),))


def test_what_is_put_in_is_read_as_it_was_and_taken_out_once(tmp_path: Path) -> None:
    inbox = tmp_path / "deep" / "inbox.jsonl"
    assert read_inbox(inbox) == []
    for feedback in (ONE, replace(ONE, why=""), ONE):
        put_in(inbox, feedback)
    assert read_inbox(inbox) == [ONE, replace(ONE, why=""), ONE]
    take_out(inbox, ONE)
    assert read_inbox(inbox) == [replace(ONE, why=""), ONE]


def test_many_may_write_at_once(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox.jsonl"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: put_in(inbox, replace(ONE, why=str(number))), range(60)))
    assert sorted(int(one.why) for one in read_inbox(inbox)) == list(range(60))


def test_an_answer_is_kept_with_its_quotes_and_a_long_why_is_cut() -> None:
    answer = said(quoted("The Minister may not:"))
    feedback = feedback_of(answer, "not in the notes", why="x" * 5_000, history=[("user", "Hm?")])
    assert feedback.citations == (("harbour.txt", "The Minister may not:"),)
    assert (feedback.answer, feedback.history) == ("The Minister may not: [1]", (("user", "Hm?"),))
    assert len(feedback.why) == 2_000


def test_the_inbox_lies_neither_among_the_notes_nor_in_the_index(tmp_path: Path) -> None:
    corpus, index = tmp_path / "notes", tmp_path / "index"
    for inside in (corpus / "inbox.jsonl", index / "deep" / "inbox.jsonl", tmp_path / "x" / ".." / "notes" / "i"):
        with pytest.raises(SettingsError, match="QA_INBOX"):
            check_place(inside, corpus, index)
    check_place(tmp_path / "inbox.jsonl", corpus, index)


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "[]",
        '{"question": "x", "verdict": "maybe", "answer": "", "abstained": false}',
        '{"question": "x"}',
        '{"question": "x", "else": 1}',
    ],
)
def test_a_line_that_is_not_ours_is_an_error_and_is_not_lost(tmp_path: Path, line: str) -> None:
    inbox = tmp_path / "inbox.jsonl"
    inbox.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(GoldError, match="Mend or move that line"):
        read_inbox(inbox)
    with pytest.raises(GoldError):
        take_out(inbox, ONE)
    assert inbox.read_text("utf-8") == line + "\n"


def test_an_inbox_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(GoldError, match="cannot be written"):
        put_in(tmp_path / "file" / "inbox.jsonl", ONE)

from __future__ import annotations

import json
from datetime import date

import pytest

from qa.console import Meter, print_json, show_answers, show_changes, show_hits, show_report
from qa.schema import Answer, Citation, Hit, Note, Notice, Problem, Progress, Sentence, Statement, SyncReport


def test_a_note_cannot_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    evil = "red \x1b[31m and a bell \x07"
    citation = Citation(1, "a.txt", evil, evil, date(2022, 1, 2), 3, "en", "PROTECTED A", "b.txt", 0, 5, evil)
    answer = Answer(
        "q", evil, (Statement(evil, (citation,)),), (citation,), notices=(Notice("near", evil, (citation,)),)
    )
    show_answers([answer])
    hit = Hit("a", "a.txt", evil, evil, None, 2, 0, 5, evil, 1.0, (Sentence(0, 5, evil),))
    show_hits([hit], [Note("a.txt", evil, classification=evil)], 0)
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "\x07" not in printed


def test_a_citation_shows_all_that_is_known_of_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    citation = Citation(1, "a.txt", "Title", "Part > Two", None, 3, "fr", "SECRET", "b.txt", 0, 5, "one\ntwo", "the DM")
    show_answers([Answer("q", "one two [1]", (Statement("one two", (citation,)),), (citation,))])
    printed = " ".join(capsys.readouterr().out.split())
    place = "Title (a.txt), Part > Two, page 3, no date, SECRET, for the DM, in French, superseded by b.txt"
    assert f"[1] “one two” {place}" in printed


def test_a_report_names_every_note_that_was_not_read(capsys: pytest.CaptureFixture[str]) -> None:
    problems = (Problem("a.txt", "The file is empty.", read=False), Problem("b.txt", "It is not UTF-8.", read=True))
    notes = [Note("b.txt", "B"), Note("x/c.PDF", "C"), Note("d.pdf", "D")]
    report = SyncReport(added=("b.txt",), unchanged=2, passages=9, embedded=4, seconds=1.25, problems=problems)
    show_report(report, notes)
    assert capsys.readouterr().out.splitlines() == [
        "3 notes: 1 added, 0 changed, 0 removed, 2 unchanged.",
        "9 passages, 4 texts embedded, 1.2 s.",
        "Read: 2 .pdf, 1 .txt.",
        "Read with a doubt: 1.",
        "  b.txt: It is not UTF-8.",
        "Not read: 1.",
        "  a.txt: The file is empty.",
    ]


def test_what_a_sync_changed_is_said_aside_and_once(capsys: pytest.CaptureFixture[str]) -> None:
    problems = (Problem("a.txt", "The file is empty.", read=False),)
    show_changes(SyncReport(unchanged=2, problems=problems))
    assert capsys.readouterr().err == ""
    show_changes(SyncReport(added=("b.txt",), problems=problems))
    printed = capsys.readouterr()
    assert "1 file could not be read" in printed.err
    assert printed.out == ""


def test_progress_is_silent_where_there_is_no_terminal_but_for_an_index_that_is_made_anew(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Meter() as meter:
        meter(Progress("read", 1, 2, "a.txt"))
        assert capsys.readouterr() == ("", "")
        meter(Progress("anew", 0, 0, "The index was damaged."))
    printed = capsys.readouterr()
    assert printed == ("", "qa: The index was damaged. It is made anew from the notes; nothing is lost.\n")


def test_hits_show_their_place_and_mark_the_best_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    first, best = Sentence(0, 5, "One.", score=0.2), Sentence(6, 10, "Two, which is as long as a line.", score=0.5)
    hit = Hit(
        "a#0-10", "a.txt", "Title", "Part > Two > Three > Four", date(2022, 1, 2), None, 0, 10, "", 0.5, (first, best)
    )
    show_hits([hit], [Note("a.txt", "Title", classification="PROTECTED B")], 2)
    assert capsys.readouterr().out.splitlines() == [
        "1. Title (a.txt), Part > Two > Three >",
        "   Four, 2022-01-02, PROTECTED B, score",
        "   0.500",
        "      One.",
        "   => Two, which is as long as a line.",
        "",
        "2 notes without a date were left out.",
    ]
    show_hits([], [Note("a.txt", "Title")], 0)
    assert capsys.readouterr().out == "The filters leave no note to search.\n"


def test_an_answer_that_is_given_anew_is_shown_whole(capsys: pytest.CaptureFixture[str]) -> None:
    show_answers([Answer("q", "The old one."), Answer("q", "The new first.\nThe second.")])
    assert capsys.readouterr().out == "The old one.\n\nThe new first.\nThe second.\n"
    show_answers([Answer("q", "One."), Answer("q", "One.\nTwo."), Answer("q", "One.\nTwo.")])
    assert capsys.readouterr().out == "One.\nTwo.\n"


def test_a_compact_value_is_one_line_whatever_parts_lines(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"quote": "one\u2028two\x85three\u2029four\né \ud800"}
    print_json(value, compact=True)
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) == 1
    assert json.loads(printed) == value

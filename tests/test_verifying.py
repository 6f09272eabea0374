"""What `qa verify` finds: notes that changed, went, were overtaken, and receipts that are not as they were made."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from qa.cli import main
from qa.conversation import Conversation
from qa.errors import ReceiptError
from qa.exporting import receipt
from qa.exporting.receipts import own_hash
from qa.verifying import Finding, quotes_of, verify
from tests.conversing import BERTHS, COFFEE, NEWER, NOTES, PASSAGERS, SHARE, opened, talk, write_notes

MADE_AT = datetime(2024, 5, 2, 8, tzinfo=UTC)
DESK = "Who leads the Ferry Desk?"


def made_of(corpus: Path, *questions: str, **filters: Any) -> dict[str, Any]:
    with opened(corpus) as binder:
        return receipt(talk(binder, *questions, **filters), binder, now=MADE_AT)


def found_in(corpus: Path, made: Any) -> tuple[Finding, ...]:
    with opened(corpus) as binder:
        return verify(made, binder)


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def notes(corpus: Path) -> Path:
    write_notes(corpus)
    return corpus


def test_where_nothing_changed_all_quotes_stand(notes: Path) -> None:
    made = made_of(notes, BERTHS, COFFEE, PASSAGERS)
    assert found_in(notes, made) == ()
    assert {note for note, _, _ in quotes_of(made)} >= {"harbours.md", "traversiers.md"}
    (notes / "roads.md").write_text("# Gravel Roads\n\nGravel roads are graded twice a year.\n", encoding="utf-8")
    assert found_in(notes, made) == ()


def test_a_note_that_no_longer_says_it_has_changed(notes: Path) -> None:
    made = made_of(notes, PASSAGERS, BERTHS, BERTHS)
    before = made["notes"]["harbours.md"]["sha256"]
    edit(notes / "harbours.md", "14 berths", "15 berths")
    (finding,) = found_in(notes, made)
    assert (finding.kind, finding.note, finding.turns) == ("changed", "harbours.md", (2, 3))
    assert "It said “The harbour of Wick has 14 berths." in finding.message
    assert f"(sha256 {before[:12]}… then, " in finding.message
    assert finding.message.endswith("and does not say that now.")


def test_a_quote_that_stands_elsewhere_in_a_changed_note_has_moved(notes: Path) -> None:
    made = made_of(notes, BERTHS)
    quote = made["turns"][0]["statements"][0]["citations"][0]
    edit(notes / "harbours.md", "The harbour of Wick", "It was built in 1902.\n\nThe harbour of Wick")
    (finding,) = found_in(notes, made)
    assert (finding.kind, finding.note, finding.turns) == ("moved", "harbours.md", (1,))
    with opened(notes) as binder:
        text = binder.text("harbours.md")
    start = text.index(quote["quote"])
    assert start != quote["start"]
    place = f"characters {start}–{start + len(quote['quote'])} (line {text[:start].count(chr(10)) + 1})"
    assert f"at {place}, no longer at {quote['start']}–{quote['end']}; the file has changed" in finding.message


def test_a_changed_note_whose_quote_stands_where_it_stood_is_told_too(notes: Path) -> None:
    made = made_of(notes, BERTHS)
    edit(notes / "harbours.md", "Date: 2021-03-04", "Date: 2021-03-05")
    (finding,) = found_in(notes, made)
    assert finding.kind == "moved"
    assert "still stands word for word, where it stood; the file has changed" in finding.message


def test_a_note_that_is_not_there_any_more_is_gone(notes: Path) -> None:
    made = made_of(notes, BERTHS, PASSAGERS)
    (notes / "traversiers.md").unlink()
    (finding,) = found_in(notes, made)
    assert (finding.kind, finding.note, finding.turns) == ("gone", "traversiers.md", (2,))
    assert finding.message == ("It was in the binder on 2024-05-02 (Les traversiers, 2023-03-14); it is not there now.")


def test_a_newer_note_overtakes_what_was_quoted(notes: Path) -> None:
    made = made_of(notes, SHARE, BERTHS)
    (notes / "newer.md").write_text(NEWER, encoding="utf-8")
    (finding,) = found_in(notes, made)
    assert finding == Finding(
        "superseded",
        "subsidy.md",
        "It is superseded by newer.md (Ferry Subsidy, 2023-03-02); it was not when this was answered.",
        (1,),
    )


def test_a_note_that_was_overtaken_between_answer_and_receipt_is_told(notes: Path) -> None:
    with opened(notes) as binder:
        conversation = talk(binder, SHARE)
        (notes / "newer.md").write_text(NEWER, encoding="utf-8")
        binder.sync()
        made = receipt(conversation, binder)
        assert made["notes"]["subsidy.md"]["superseded_by"] == "newer.md"
        assert [finding.kind for finding in verify(made, binder)] == ["superseded"]


def test_what_the_answer_itself_says_is_overtaken_or_was_not_asked_for_is_no_finding(notes: Path) -> None:
    asked_of_then = made_of(notes, SHARE, until=date(2022, 1, 1))
    (notes / "newer.md").write_text(NEWER, encoding="utf-8")
    assert found_in(notes, asked_of_then) == ()
    known = made_of(notes, "What share of a ticket did the Ferry Subsidy pay in 2021?", notes=["subsidy.md"])
    assert known["turns"][0]["statements"][0]["citations"][0]["superseded_by"] == "newer.md"
    assert found_in(notes, known) == ()
    newest = NEWER.replace("2023-03-02", "2024-03-02").replace("60 per cent", "70 per cent")
    (notes / "newest.md").write_text(newest, encoding="utf-8")
    (finding,) = found_in(notes, known)
    assert finding.message == ("It is superseded by newest.md (Ferry Subsidy, 2024-03-02); the answer named newer.md.")


def test_a_receipt_that_was_altered_is_told(notes: Path) -> None:
    made = made_of(notes, BERTHS)
    made["turns"][0]["question"] = "How many berths did it have?"
    (finding,) = found_in(notes, made)
    assert (finding.kind, finding.note, finding.turns) == ("altered", "", ())
    assert "does not match its own hash" in finding.message
    for change in ({"program": "9"}, {"unknown": 1}, {"sha256": "0" * 64}):
        assert [one.kind for one in found_in(notes, made_of(notes, BERTHS) | change)] == ["altered"]


def test_a_quote_that_was_altered_is_named_though_the_hash_was_made_anew(notes: Path) -> None:
    made = made_of(notes, BERTHS)
    quote = made["turns"][0]["statements"][0]["citations"][0]
    quote["quote"] = quote["quote"].replace("14", "41")
    made["sha256"] = own_hash(made)
    altered, changed = found_in(notes, made)
    assert (altered.kind, altered.note, altered.turns) == ("altered", "harbours.md", (1,))
    assert "41 berths." in altered.message
    assert altered.message.endswith("” is not the quote that its own hash was made of.")
    assert changed.kind == "changed"


def test_a_quote_that_never_stood_is_told(notes: Path) -> None:
    with opened(notes) as binder:
        talked = talk(binder, BERTHS)
        said = talked.turns[0].answer.statements[0]
        wrong = replace(said.citations[0], quote="The harbour of Wick has 41 berths.")
        forged = replace(talked.turns[0].answer, statements=(replace(said, citations=(wrong,)),))
        made = receipt(Conversation("c", "t", (replace(talked.turns[0], answer=forged),)), binder, now=MADE_AT)
        (finding,) = verify(made, binder)
        assert (finding.kind, finding.note, finding.turns) == ("never", "harbours.md", (1,))
        assert "did not stand in it on 2024-05-02, nor does it now." in finding.message
        edit(notes / "harbours.md", "14 berths", "41 berths")
        binder.sync()
        (finding,) = verify(made, binder)
        assert finding.kind == "never"
        assert "it stands now at characters" in finding.message


def test_where_the_program_reads_a_file_otherwise_it_says_so(notes: Path) -> None:
    made = made_of(notes, BERTHS)
    quote = made["turns"][0]["statements"][0]["citations"][0]
    quote["start"] -= 2
    quote["end"] -= 2
    made["program"] = "0.0.1"
    made["sha256"] = own_hash(made)
    (finding,) = found_in(notes, made)
    assert finding.kind == "moved"
    assert "the file is the same, but qa 0.0.1 read it otherwise" in finding.message


def test_findings_come_by_kind_and_then_by_note(notes: Path) -> None:
    made = made_of(notes, PASSAGERS, BERTHS, DESK)
    edit(notes / "harbours.md", "14 berths", "15 berths")
    edit(notes / "subsidy.md", "Jorun Falk", "Ilse Brandt")
    (notes / "traversiers.md").unlink()
    made["title"] = "other"
    found = [(one.kind, one.note) for one in found_in(notes, made)]
    assert found == [
        ("altered", ""),
        ("gone", "traversiers.md"),
        ("changed", "harbours.md"),
        ("changed", "subsidy.md"),
    ]


@pytest.mark.parametrize("value", [None, 3, "receipt", [], {}, {"format": "briefing-qa receipt", "version": True}])
def test_what_is_no_receipt_is_refused(notes: Path, value: Any) -> None:
    with opened(notes) as binder, pytest.raises(ReceiptError):
        verify(value, binder)


def test_the_command_says_in_one_line_that_all_stands_and_else_what_does_not(
    notes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made, file = made_of(notes, BERTHS, PASSAGERS), tmp_path / "receipt.json"
    file.write_text(json.dumps(made), encoding="utf-8")
    command = ["verify", str(file), "--corpus", str(notes), "--index", str(tmp_path / "index")]
    count = len(quotes_of(made))
    capsys.readouterr()
    assert main(command) == 0
    assert capsys.readouterr().out == f"all {count} quotes of 2 notes stand\n"
    assert main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"quotes": count, "notes": 2, "findings": []}

    edit(notes / "harbours.md", "14 berths", "15 berths")
    (notes / "traversiers.md").unlink()
    assert main(command) == 4
    printed = capsys.readouterr().out
    assert printed.startswith("gone: traversiers.md: It was in the binder on 2024-05-02")
    assert "\nchanged: harbours.md: It said “The harbour of Wick has 14 berths." in printed
    assert "(question 1)" in printed
    assert max(map(len, printed.splitlines())) <= 80
    assert main([*command, "--json"]) == 4
    kinds = [finding["kind"] for finding in json.loads(capsys.readouterr().out)["findings"]]
    assert kinds == ["gone", "changed"]


def test_the_command_refuses_what_is_no_receipt_before_it_looks_at_the_notes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "receipt.json"
    command = ["verify", str(file), "--corpus", str(tmp_path / "no-notes"), "--index", str(tmp_path / "index")]
    for held, message in (
        (None, "cannot be read"),
        ("{", "no JSON"),
        ("{}", "no receipt of a conversation"),
        (json.dumps({"format": "briefing-qa receipt", "version": 7}), "not of version 1"),
    ):
        if held is not None:
            file.write_text(held, encoding="utf-8")
        assert main(command) == 2
        printed = capsys.readouterr()
        assert message in printed.err
        assert printed.out == ""
    assert not (tmp_path / "index").exists()


def test_the_notes_of_these_tests_are_as_they_are_taken_to_be() -> None:
    assert NOTES["harbours.md"].count("14 berths") == 1

from __future__ import annotations

import json
import logging
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from qa import Binder
from qa.errors import SettingsError
from qa.serving.audit import Audit
from tests.conftest import SEED

QUESTION = "Who is the Minister's U.S. counterpart?"


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def test_a_line_says_who_asked_what_and_which_notes_were_cited_but_not_what_was_answered(
    seed_binder: Binder, tmp_path: Path
) -> None:
    path = tmp_path / "logs" / "audit.jsonl"
    answer = seed_binder.ask(QUESTION)
    Audit(path).write("anna", QUESTION, answer, 0.12345, "answered")
    (line,) = lines(path)
    when = datetime.fromisoformat(str(line.pop("when")))
    assert when.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - when) < timedelta(hours=1)
    assert line == {
        "who": "anna",
        "question": QUESTION,
        "notes": [SEED],
        "abstained": False,
        "seconds": 0.123,
        "outcome": "answered",
    }
    assert "Mayorkas" not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_answer_is_kept_where_that_is_asked_for(seed_binder: Binder, tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    audit = Audit(path, answers=True)
    audit.write("anna", QUESTION, seed_binder.ask(QUESTION), 0.1, "answered")
    audit.write("anna", 'A "line"\nand \u2028 another', None, 0.0, "refused")
    answered, refused = lines(path)
    assert "Mayorkas" in str(answered["answer"])
    assert refused["question"] == 'A "line"\nand \u2028 another'
    assert (refused["notes"], refused["abstained"], refused["answer"]) == ([], None, None)


def test_many_threads_write_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    audits = [Audit(path), Audit(path)]

    def work(number: int) -> None:
        for count in range(50):
            audits[number % 2].write(f"user-{number}", f"question {count} " * 100, None, 0.0, "error")

    threads = [Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lines(path)) == 300


def test_a_log_that_cannot_be_written_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file" / "audit.jsonl"):
        with pytest.raises(SettingsError, match="cannot be written"):
            Audit(path)


def test_a_log_that_goes_away_is_told_once_and_goes_on_when_it_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "audit.jsonl"
    audit = Audit(path)
    path.unlink()
    path.mkdir()
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            audit.write("anna", "lost", None, 0.0, "error")
    assert [record.message for record in caplog.records] == [f"The audit log {path} cannot be written: Is a directory."]
    path.rmdir()
    audit.write("anna", "kept", None, 0.0, "error")
    assert [line["question"] for line in lines(path)] == ["kept"]


def test_a_line_that_a_full_disk_cut_off_does_not_swallow_the_next(small_disk: Path) -> None:
    path = small_disk / "audit.jsonl"
    audit = Audit(path)
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass
    with pytest.raises(SettingsError, match="its disk is full"):
        Audit(path)
    audit.write("anna", "before " * 2000, None, 0.0, "error")
    filler.unlink()
    audit.write("anna", "after", None, 0.0, "error")
    assert json.loads(path.read_text().splitlines()[-1])["question"] == "after"

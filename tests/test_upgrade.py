"""A newer program opens the indexes that older ones made: it makes them anew, says so, and answers."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from qa import Binder
from qa.cli import main
from qa.embedding.export_cache import cache_folder
from qa.errors import IndexMismatchError, IndexNotWritableError, IndexTooNewError
from qa.index.store import FILE
from qa.index.tables import VERSION
from qa.schema import Progress
from tests import upgrading
from tests.indexing import ROOT, read_only
from tests.upgrading import READING, changed, keep, kept, reading, rows_of, unpack

OLDER = range(1, VERSION)
QUESTION = "How many berths does the harbour have?"
TOLD = "qa: The index was made by an older version of this program. It is made anew from the notes; nothing is lost.\n"


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everyone may enter, for the tests in which root becomes nobody."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name).resolve()


def places(place: Path) -> dict[str, Path]:
    return {"corpus": place / "notes", "index": place / "index"}


def options(place: Path) -> list[str]:
    return ["--corpus", str(place / "notes"), "--index", str(place / "index")]


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def check_answer(binder: Binder) -> None:
    answer = binder.ask(QUESTION)
    assert "14 berths" in answer.text
    (citation,) = answer.citations
    assert citation.note == "harbour.md"
    assert binder.text("harbour.md")[citation.start : citation.end] == citation.quote


def test_an_index_of_each_version_is_kept() -> None:
    assert sorted(kept()) == [*OLDER, VERSION], "run `python -m tests.upgrading`"
    assert json.loads(READING.read_text("utf-8"))["version"] == VERSION, "run `python -m tests.upgrading`"


@pytest.mark.slow
@pytest.mark.parametrize("version", OLDER)
def test_an_older_index_is_made_anew_when_it_is_opened(version: int, place: Path) -> None:
    unpack(version, place)
    steps: list[Progress] = []
    with Binder.open(**places(place), progress=steps.append) as binder:
        assert binder.report is not None
        assert "older version" in binder.report.rebuilt
        assert steps[0] == Progress("anew", 0, 0, binder.report.rebuilt)
        assert binder.report.added == ("ferry.txt", "harbour.md")
        check_answer(binder)
    with Binder.open(**places(place), progress=steps.append) as binder:
        assert binder.report is not None
        assert not binder.report.touched
        assert not binder.report.notices
        check_answer(binder)
    assert [step.stage for step in steps].count("anew") == 1
    assert rows_of(place / "index") == rows_of(unpack(VERSION, place / "now") / "index")


def test_an_index_of_this_version_is_used_as_it_is(place: Path) -> None:
    unpack(VERSION, place)
    with Binder.open(**places(place)) as binder:
        assert binder.report is not None
        assert (binder.report.touched, binder.report.embedded) == (False, 0)
        check_answer(binder)


@pytest.mark.parametrize("version", [OLDER[0], OLDER[-1]])
def test_the_command_line_says_before_its_answer_that_the_index_is_made_anew(
    version: int, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unpack(version, place)
    assert main(["ask", QUESTION, *options(place)]) == 0
    printed = capsys.readouterr()
    assert printed.err == TOLD
    assert "14 berths" in printed.out
    assert main(["ask", QUESTION, *options(place)]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.slow
def test_qa_index_says_so_too(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unpack(OLDER[-1], place)
    assert main(["index", *options(place)]) == 0
    printed = capsys.readouterr()
    assert printed.err == TOLD
    assert printed.out.startswith(
        "Made anew: The index was made by an older version of this program.\n2 notes: 2 added"
    )


@pytest.mark.parametrize("version", OLDER)
def test_an_older_index_that_is_not_synced_is_not_read(version: int, place: Path) -> None:
    unpack(version, place)
    before = files_of(place)
    with Binder.open(**places(place), sync=False) as binder:
        assert not binder.has_index()
        uses: tuple[Callable[[], Any], ...] = (
            lambda: binder.ask(QUESTION),
            lambda: binder.search(QUESTION),
            binder.notes,
            binder.acronyms,
            lambda: binder.text("harbour.md"),
        )
        for use in uses:
            with pytest.raises(IndexMismatchError, match=r"made by another version of this program\.\nRun `qa index`"):
                use()
    assert files_of(place) == before


def test_an_index_that_another_version_makes_anew_while_it_is_open_is_not_read(place: Path) -> None:
    unpack(VERSION, place)
    with Binder.open(**places(place)) as binder:
        check_answer(binder)
        made = unpack(OLDER[-1], place / "made") / "index" / FILE
        made.replace(place / "index" / FILE)
        with pytest.raises(IndexMismatchError, match="another version"):
            binder.ask(QUESTION)


def test_a_newer_index_is_refused_and_left_as_it_is(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unpack(VERSION, place)
    with closing(sqlite3.connect(place / "index" / FILE)) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'version'", (str(VERSION + 1),))
        connection.execute("ALTER TABLE notes RENAME TO papers")
        connection.commit()
    before = files_of(place)
    for chosen in ({}, {"sync": False}, {"rebuild": True}):
        with pytest.raises(IndexTooNewError, match=r"newer version of this program\. Update the program, or name"):
            Binder.open(**places(place), **chosen)
    for command in (["ask", QUESTION], ["index"], ["index", "--rebuild"]):
        assert main([*command, *options(place)]) == 2
        printed = capsys.readouterr()
        assert "newer version of this program. Update the program" in printed.err
        assert printed.out == ""
    assert files_of(place) == before


def test_an_older_index_that_cannot_be_written_is_told_so_and_left_as_it_is(place: Path) -> None:
    unpack(OLDER[-1], place)
    before = files_of(place)
    with (
        read_only(place / "index"),
        pytest.raises(IndexNotWritableError, match=r"out of date and the folder cannot be written .*\n.*--index"),
    ):
        Binder.open(**places(place))
    assert files_of(place) == before


def test_an_older_index_of_other_notes_is_not_made_anew_by_mistake(place: Path) -> None:
    unpack(OLDER[-1], place)
    (place / "elsewhere").mkdir()
    (place / "elsewhere" / "note.txt").write_text("Of something else.", "utf-8")
    before = files_of(place)
    with pytest.raises(IndexMismatchError, match=r"those in .*elsewhere\.\nMake it anew with `qa index --rebuild`"):
        Binder.open(place / "elsewhere", index=place / "index")
    assert files_of(place) == before


@pytest.mark.slow
def test_two_processes_that_open_an_older_index_at_once_make_it_anew_once(place: Path) -> None:
    unpack(OLDER[-1], place)
    command = [sys.executable, "-m", "qa", "ask", QUESTION, *options(place)]
    environment = os.environ | {"QA_CACHE": str(cache_folder())}
    both = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    printed = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], printed
    assert all("14 berths" in out for out, _ in printed)
    assert sorted(TOLD in err for _, err in printed) == [False, True]
    with Binder.open(**places(place)) as binder:
        assert binder.report is not None
        assert not binder.report.touched


@pytest.mark.slow
def test_how_notes_are_read_has_not_changed_without_a_new_version() -> None:
    now = reading()
    assert not changed(now), "raise VERSION in qa/index/tables.py, and run `python -m tests.upgrading`"
    assert set(json.loads(READING.read_text("utf-8"))["notes"]) == set(now), "run `python -m tests.upgrading`"


def test_a_changed_reading_is_not_kept_under_the_same_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = READING.read_bytes()
    now = json.loads(before)["notes"]
    now["tests/upgrades/notes/ferry.txt"]["rows"] = "of another reading"
    monkeypatch.setattr(upgrading, "reading", lambda: now)
    assert "Raise VERSION" in (keep() or "")
    assert READING.read_bytes() == before

"""`qa add` and `qa remove` as one types them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from qa.adding import REMOVED
from qa.cli import main
from tests.conftest import CORPUS, SEED

FERRY = "# Ferries\n\nThe ferry to Inchmore sails twice a day.\n"


@pytest.fixture
def places(corpus: Path, tmp_path: Path) -> list[str]:
    (corpus / SEED).write_bytes((CORPUS / SEED).read_bytes())
    (tmp_path / "ferries.md").write_text(FERRY)
    (tmp_path / "bad.docx").write_bytes(b"MZ")
    return ["--corpus", str(corpus), "--index", str(tmp_path / "index")]


@pytest.mark.slow
def test_notes_are_added_and_removed(
    places: list[str], corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["add", str(tmp_path / "ferries.md"), *places]) == 0
    assert capsys.readouterr().out == "ferries.md: Read. Passages: 1.\n"
    assert main(["add", str(tmp_path / "ferries.md"), str(tmp_path / "bad.docx"), "none.txt", *places]) == 1
    printed = " ".join(capsys.readouterr().out.split())
    assert "ferries.md: The binder holds this very file already" in printed
    assert "NOT ADDED: bad.docx: What is in the file is not what its name says." in printed
    assert "NOT ADDED: none.txt: There is no such file." in printed

    assert main(["remove", "ferries.md", "--yes", *places]) == 0
    printed = "".join(capsys.readouterr().out.split())
    (kept,) = (corpus / REMOVED).glob("*/ferries.md")
    assert str(kept) in printed
    assert kept.read_text() == FERRY
    assert main(["remove", "ferries.md", "--yes", *places]) == 2
    assert "qa: The binder holds no note ferries.md." in capsys.readouterr().err


@pytest.mark.slow
def test_as_json(places: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["add", str(tmp_path / "ferries.md"), str(tmp_path / "bad.docx"), "--json", *places]) == 1
    added, refused = json.loads(capsys.readouterr().out)
    assert added == {"name": "ferries.md", "note": "ferries.md", "ok": True, "message": "Read. Passages: 1."}
    assert (refused["name"], refused["note"], refused["ok"]) == ("bad.docx", "", False)
    assert main(["remove", "ferries.md", "--yes", "--json", *places]) == 0
    removed = json.loads(capsys.readouterr().out)
    assert removed["note"] == "ferries.md"
    assert Path(removed["kept"]).read_text() == FERRY


def test_without_a_terminal_it_is_not_removed_unasked(
    places: list[str], corpus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open(os.devnull) as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        assert main(["remove", SEED, *places]) == 2
    assert f"To remove {SEED} without being asked, say --yes." in capsys.readouterr().err
    assert (corpus / SEED).exists()


@pytest.mark.slow
def test_on_a_terminal_it_asks_first(places: list[str], corpus: Path, tmp_path: Path) -> None:
    assert main(["add", str(tmp_path / "ferries.md"), *places]) == 0
    command = [sys.executable, "-m", "qa", "remove", "ferries.md", *places]
    for typed, code in (("\n", 1), ("y\n", 0)):
        ours, theirs = pty.openpty()
        os.write(ours, typed.encode())
        run = subprocess.run(command, stdin=theirs, capture_output=True, text=True, check=False, cwd=CORPUS.parent)
        os.close(ours)
        os.close(theirs)
        assert run.returncode == code, run.stderr
        assert run.stderr.startswith("Remove ferries.md from the notes? [y/N] ")
        assert ("Nothing was removed" in run.stderr) is bool(code)
        assert (corpus / "ferries.md").exists() is bool(code)

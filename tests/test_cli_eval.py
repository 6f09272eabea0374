"""`qa eval` as a person uses it: a first run, a baseline, a regression, the checker, a question added from a pipe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from qa.cli import main
from qa.evaluation.runs import load, save
from tests.evaluating import ABSENT, NOTE, ROW, gold_set, write_gold
from tests.model_server import ModelServer


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `evals/harbour`, a set that has a run and a baseline."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "evals" / "harbour").mkdir(parents=True)
    made = gold_set(folder / "evals" / "harbour")
    made.gold.rename(made.gold.with_name("gold.jsonl"))
    (folder / "evals" / "harbour" / "set.toml").write_text('role = "check"\n', encoding="utf-8")
    assert main(["eval", "--no-repeat", "--evals", str(folder / "evals")]) == 0
    assert main(["eval", "--evals", str(folder / "evals"), "accept", "--note", "the first run"]) == 0
    return folder


@pytest.fixture
def place(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(home)
    return home


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())


def test_a_run_without_a_change_passes_and_says_so_within_80_columns(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["eval"]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    for part in (
        "harbour: 2 questions on 1 note, 1 answerable",
        "the first run",
        "PASSED",
        "Report: evals/runs/report",
    ):
        assert part in " ".join(out.split()), part
    assert (place / "evals" / "runs" / "report.html").exists()


def test_a_regression_fails_with_exit_code_4_and_names_the_flip(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = write_gold(place / "lost.jsonl", ROW | {"facts": [["$14.5 million"], ["Montague"]]}, ABSENT)
    arguments = ["--gold", str(own), "--corpus", str(place / "evals" / "harbour" / "notes"), "--no-repeat"]
    assert main(["eval", *arguments]) == 0
    run = load(place / "runs" / "lost.jsonl")
    for record in run.records:
        record.measures["right"] = 1.0  # a baseline in which what the notes do not say was answered
    save(run, place / "better.jsonl")
    capsys.readouterr()
    assert main(["eval", *arguments, "--baseline", str(place / "better.jsonl")]) == 4
    out = printed(capsys)
    assert "FAILED" in out
    assert "lost: h-1" in out


@pytest.mark.parametrize("spoiled", ["code", "files", "gold"])
def test_a_run_of_another_program_notes_or_gold_is_not_accepted(
    place: Path, capsys: pytest.CaptureFixture[str], spoiled: str
) -> None:
    newest = place / "evals" / "runs" / "harbour.jsonl"
    assert main(["eval", "--no-repeat"]) == 0
    run = load(newest)
    save(replace(run, stamp=dict(run.stamp) | {spoiled: "other"}), newest)
    assert main(["eval", "accept", "--note", "x"]) == 2
    assert "changed since the newest run" in capsys.readouterr().err


@pytest.mark.slow
def test_a_run_that_was_unstable_or_raised_is_not_accepted(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    newest = place / "evals" / "runs" / "harbour.jsonl"
    assert main(["eval", "--no-repeat"]) == 0
    run = load(newest)
    raised = tuple(replace(record, error="X: y") for record in run.records)
    for other in (replace(run, operations=replace(run.operations, unstable=("h-1",))), replace(run, records=raised)):
        save(other, newest)
        assert main(["eval", "accept", "--note", "x"]) == 2
        assert "what no baseline may have" in capsys.readouterr().err


@pytest.mark.slow
def test_the_baseline_of_a_set_without_text_holds_none(place: Path) -> None:
    toml = place / "evals" / "harbour" / "set.toml"
    before = (place / "evals" / "baselines" / "harbour.jsonl").read_text("utf-8")
    toml.write_text("text = false\n", encoding="utf-8")
    assert main(["eval", "--no-repeat"]) == 0
    assert main(["eval", "accept", "--note", "x"]) == 0
    written = (place / "evals" / "baselines" / "harbour.jsonl").read_text("utf-8")
    toml.write_text('role = "check"\n', encoding="utf-8")
    assert "How high" in before
    assert "How high" not in written
    (place / "evals" / "baselines" / "harbour.jsonl").write_text(before, encoding="utf-8")


@pytest.mark.slow
def test_a_quote_that_a_note_no_longer_holds_fails_the_gate_and_the_rest_is_measured(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = ROW | {"id": "h-4", "question": "Else?", "evidence": [{"note": NOTE, "quote": "The dues fell."}]}
    own = write_gold(place / "gone.jsonl", ROW, gone)
    arguments = ["--gold", str(own), "--corpus", str(place / "evals" / "harbour" / "notes")]
    assert main(["eval", *arguments, "--no-repeat"]) == 4
    out = printed(capsys)
    assert "1 could not be scored: h-4. h-4: harbour.txt does not hold “The dues fell.”" in out
    assert "gone: 1 question on 1 note" in out
    assert main(["eval", *arguments, "accept", "--note", "known"]) == 0
    assert "accepted although the run failed: 1 could not be scored" in printed(capsys)
    assert main(["eval", *arguments, "--no-repeat"]) == 0


def test_a_gold_file_among_the_notes_is_refused(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notes = place / "evals" / "harbour" / "notes"
    own = write_gold(notes / "mine.jsonl", ROW)
    assert main(["eval", "--gold", str(own), "--corpus", str(notes)]) == 2
    assert "lies among the notes" in capsys.readouterr().err
    own.unlink()


@pytest.mark.slow
def test_the_result_as_json_is_only_json(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "--json", "--no-repeat"]) == 0
    (figures,) = json.loads(capsys.readouterr().out)
    assert (figures["set"], figures["passed"], figures["unstable"]) == ("harbour", True, None)


def test_a_gold_file_of_ones_own(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = write_gold(place / "mine.jsonl", ROW)
    notes = str(place / "evals" / "harbour" / "notes")
    assert main(["eval", "--gold", str(own), "--corpus", notes, "--no-repeat"]) == 0
    hint = f"`qa eval accept --gold {own} --corpus {notes} --note WHY` makes this run it"
    assert hint in printed(capsys)
    assert (place / "runs" / "mine.jsonl").exists()


def test_a_run_is_accepted_only_with_a_reason_and_only_while_it_is_of_this_program_and_gold(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "accept", "--note", " "]) == 2
    own = write_gold(place / "other.jsonl", ROW)
    arguments = ["--gold", str(own), "--corpus", str(place / "evals" / "harbour" / "notes")]
    assert main(["eval", *arguments, "accept", "--note", "x"]) == 2
    assert "has no run to accept" in capsys.readouterr().err
    assert main(["eval", *arguments, "--no-repeat"]) == 0
    write_gold(own, ROW, ABSENT)
    assert main(["eval", *arguments, "accept", "--note", "x"]) == 2
    assert "the gold file has changed since" in capsys.readouterr().err


@pytest.mark.slow
def test_a_run_that_breaks_an_invariant_is_no_baseline(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    newest = place / "evals" / "runs" / "harbour.jsonl"
    assert main(["eval", "--no-repeat"]) == 0
    run = load(newest)
    run.records[0].broken["quote_unverified"] = 1
    save(run, newest)
    assert main(["eval", "accept", "--note", "x"]) == 2
    assert "what no baseline may have" in capsys.readouterr().err


def test_check_has_exit_code_4_for_errors_and_0_for_warnings(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own, notes = place / "checked.jsonl", str(place / "evals" / "harbour" / "notes")
    write_gold(own, ROW | {"must_not": ["Montague"]})
    assert main(["eval", "check", "--gold", str(own), "--corpus", notes]) == 0
    assert "0 errors, 1 warning" in printed(capsys)
    write_gold(own, ROW | {"evidence": [{"note": NOTE, "quote": "Not there."}]})
    assert main(["eval", "check", "--gold", str(own), "--corpus", notes, "--json"]) == 4
    (checked,) = json.loads(capsys.readouterr().out)
    assert [finding["level"] for finding in checked["findings"]] == ["error", "error"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "nowhere"], "There is no set nowhere. There are: harbour."),
        (["--corpus", "x"], "--corpus goes with --gold"),
        (["--gold", "x.jsonl", "--set", "harbour"], "Give one of them"),
        (["--gold", "x.jsonl"], "x.jsonl does not exist"),
        (["--evals", "nowhere"], "no gold set is here"),
        (["--baseline", "nowhere.jsonl"], "nowhere.jsonl cannot be read"),
        (["--llm", "openai"], "provider:model"),
    ],
)
def test_what_cannot_be_run_says_why(
    place: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["eval", *arguments]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.slow
def test_a_question_is_added_from_a_pipe_to_a_gold_file_that_was_not_there(place: Path) -> None:
    lines = ["Who paints the quay?", "n", "", "y", ""]
    done = subprocess.run(
        [sys.executable, "-m", "qa", "eval", "add", "--gold", "new.jsonl", "--corpus", "evals/harbour/notes"],
        cwd=place,
        input="\n".join(lines) + "\n",
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"COLUMNS": "80"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "1 written" in done.stdout
    assert json.loads((place / "new.jsonl").read_text("utf-8"))["id"] == "new-001"


@pytest.mark.slow
def test_a_models_replies_are_kept_and_a_run_needs_no_model_afterwards(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    replies = place / "evals" / "harbour" / "gold.replies.jsonl"
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ModelServer(["NOT IN THE NOTES"]) as server:
        monkeypatch.setenv("QA_LLM_BASE_URL", f"{server.url}/v1")
        assert main(["eval", "--record", "--llm", "openai:small"]) in (0, 4)
        asked = len(server.requests)
    assert asked > 0
    recorded = load(place / "evals" / "runs" / "harbour-replies.jsonl")
    assert {record.abstained for record in recorded.records} == {True}
    assert main(["eval", "--replay"]) in (0, 4)
    replayed = load(place / "evals" / "runs" / "harbour-replies.jsonl")
    assert [record.answer for record in replayed.records] == [record.answer for record in recorded.records]
    assert main(["eval", "accept", "--replay", "--note", "the first replies"]) == 0
    assert (place / "evals" / "baselines" / "harbour-replies.jsonl").exists()
    capsys.readouterr()
    replies.write_text(replies.read_text("utf-8").split("\n")[0] + "\n", "utf-8")
    assert main(["eval", "--replay"]) == 2
    assert "qa eval --record" in capsys.readouterr().err
    assert main(["eval", "--replay", "--repeat"]) == 2
    assert main(["eval", "--record"]) == 2
    assert "--llm" in capsys.readouterr().err
    replies.unlink()
    (place / "evals" / "baselines" / "harbour-replies.jsonl").unlink()

"""The plugin in a pytest of its own: one test a set, one a question, and failures that say what to look at."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from qa.evaluation.goldset import GoldSet, load_set
from qa.evaluation.runs import evaluate, load, save
from tests.evaluating import ABSENT, NOTE, ROW, TEXT, write_gold

MISSING = ROW | {"id": "h-3", "question": "Else?", "evidence": [{"note": "gone.txt", "quote": "x"}]}


@pytest.fixture
def harbour(tmp_path: Path) -> GoldSet:
    folder = tmp_path / "evals" / "harbour"
    (folder / "notes").mkdir(parents=True)
    (folder / "notes" / NOTE).write_text(TEXT, encoding="utf-8")
    write_gold(folder / "gold.jsonl", ROW, ABSENT, MISSING)
    (folder / "set.toml").write_text("", encoding="utf-8")
    (tmp_path / "evals" / "other").mkdir()
    (tmp_path / "evals" / "other" / "set.toml").write_text("key = 'another program'", encoding="utf-8")
    return load_set(folder / "set.toml")


def collected(harbour: GoldSet, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rs", *arguments, "evals"],
        cwd=harbour.home.parent,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.slow
def test_without_a_baseline_the_gate_is_skipped_and_each_question_is_a_test(harbour: GoldSet) -> None:
    code, out = collected(harbour)
    assert code == 0, out
    assert "2 passed, 2 skipped" in out  # the gate, and the question whose note is not there
    assert "qa eval accept" in out
    assert "not scored: The binder holds no note gone.txt" in out
    assert harbour.newest.exists()


@pytest.mark.slow
def test_a_lost_question_fails_the_gate_alone_and_is_shown_with_both_answers(harbour: GoldSet) -> None:
    row = ROW | {"facts": [["$14.5 million"], ["Montague"]]}
    write_gold(harbour.gold, row, ABSENT)
    run = evaluate(harbour, repeat=False)
    better = [replace(one, measures=one.measures | {"right": 1.0}, answer="Montague.") for one in run.records]
    save(replace(run, records=tuple(better)), harbour.baseline)
    code, out = collected(harbour)
    assert code == 1
    assert "1 failed, 2 passed" in out
    for part in ("lost h-1: How high are the dues?", "before: Montague.", "now: The dues rose", "harbour: gate"):
        assert part in out, part


def test_a_gold_file_with_a_mistake_is_an_error_that_names_the_line(harbour: GoldSet) -> None:
    write_gold(harbour.gold, ROW | {"anwser": 1})
    code, out = collected(harbour)
    assert code != 0
    assert "line 1 (h-1): there is no key `anwser`" in out


@pytest.mark.slow
def test_a_quote_that_is_not_in_its_note_is_said_by_the_tests(harbour: GoldSet) -> None:
    write_gold(harbour.gold, ROW | {"evidence": [{"note": NOTE, "quote": "Not there."}]})
    code, out = collected(harbour)
    assert code == 1
    assert "does not hold the quote" in out


@pytest.mark.slow
def test_the_run_of_the_tests_can_be_accepted(harbour: GoldSet) -> None:
    collected(harbour)
    assert [record.id for record in load(harbour.newest).records] == ["h-1", "h-2"]

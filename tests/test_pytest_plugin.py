"""The plugin in a pytest of its own: one test a set, one a question, and failures that say what to look at."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from qa.evaluation.goldset import GoldSet, load_set
from qa.evaluation.pytest_plugin import GoldSetError, QuestionItem
from qa.evaluation.runs import evaluate, load, save
from tests.evaluating import ABSENT, NOTE, ROW, TEXT, record, write_gold

MISSING = ROW | {"id": "h-3", "question": "Else?", "evidence": [{"note": "gone.txt", "quote": "x"}]}


@pytest.fixture
def harbour(tmp_path: Path) -> GoldSet:
    folder = tmp_path / "evals" / "harbour"
    (folder / "notes").mkdir(parents=True)
    (folder / "notes" / NOTE).write_text(TEXT, encoding="utf-8")
    write_gold(folder / "gold.jsonl", ROW, ABSENT)
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
    assert "2 passed, 1 skipped" in out
    assert "qa eval accept" in out
    assert [record.id for record in load(harbour.newest).records] == ["h-1", "h-2"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"broken": {"quote_unverified": 2}}, "quotes that do not stand in their note where their citation says: 2"),
        ({"error": "ConnectionError: gone"}, "There was no answer: ConnectionError: gone"),
    ],
)
def test_a_question_fails_for_a_broken_invariant_or_an_error_and_not_for_a_wrong_answer(
    values: dict[str, Any], message: str
) -> None:
    def running(**values: Any) -> None:
        records = {"h-1": record("h-1", right=False, **values)}
        QuestionItem.runtest(SimpleNamespace(name="h-1", parent=SimpleNamespace(records=records)))  # type: ignore[arg-type]

    running()
    with pytest.raises(GoldSetError, match=re.escape(message)):
        running(**values)


@pytest.mark.slow
def test_a_question_that_cannot_be_scored_fails_the_gate_and_is_skipped(harbour: GoldSet) -> None:
    slip = ROW | {"id": "h-4", "evidence": [{"note": NOTE, "quote": "Not there."}]}
    write_gold(harbour.gold, ROW, MISSING, slip)
    code, out = collected(harbour)
    assert code == 1
    assert "1 failed, 1 passed, 2 skipped" in out
    assert "2 could not be scored: h-3, h-4." in out
    assert "not scored: harbour.txt does not hold “Not there.”" in out


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


@pytest.mark.slow
def test_a_gold_file_with_a_mistake_is_an_error_that_names_the_line(harbour: GoldSet) -> None:
    write_gold(harbour.gold, ROW | {"anwser": 1})
    code, out = collected(harbour)
    assert code != 0
    assert "line 1 (h-1): there is no key `anwser`" in out


@pytest.mark.slow
@pytest.mark.parametrize("broken", ["baseline", "notes"])
def test_a_set_that_cannot_be_run_is_tried_once_and_says_why_in_a_line(harbour: GoldSet, broken: str) -> None:
    if broken == "baseline":
        harbour.baseline.parent.mkdir()
        harbour.baseline.write_text("<<<<<<< HEAD\n", encoding="utf-8")
    else:
        (harbour.notes / NOTE).unlink()
    code, out = collected(harbour)
    assert code == 1
    assert "3 failed" in out
    assert "Traceback" not in out
    assert len(out.splitlines()) < 40
    assert ("Restore it from version control" if broken == "baseline" else "notes") in out

"""Every answer ends, whatever stands where in a note."""

from __future__ import annotations

import random
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evals.benchmarks.sets import EVALS, GOLD_SETS
from qa import Binder
from qa.evaluation.gold import read_rows
from qa.evaluation.goldset import load_set

LINES = (
    "This was looked at 724 times.",
    "- A bullet more, of $4 million.",
    "  - A nested one.",
    "1. A numbered item.",
    "(a) An item with a letter;",
    "Another thing to know:",
    "| a | b |",
    "|---|---|",
    "## A heading more",
    "",
    "> A quotation.",
    "Q: What is it?",
    "A: It is this.",
    "Date: 2022-01-01",
)
SECONDS = 20


@contextmanager
def within(seconds: int, doing: str) -> Iterator[None]:
    """Raises TimeoutError in the midst of what takes longer."""

    def late(*_: object) -> None:
        raise TimeoutError(f"not done in {seconds} s: {doing}")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def test_an_answer_ends_where_a_line_parts_a_list_from_its_lead_in(tmp_path: Path) -> None:
    note = (EVALS / "verrane" / "notes" / "coast-radio.txt").read_text("utf-8")
    parted = note.replace("is as follows:\n", "is as follows:\nThis was looked at 724 times.\n")
    assert parted != note
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "coast-radio.txt").write_text(parted, "utf-8")
    question = "By when was the number of staffed radio stations supposed to come down, and to how many?"
    with Binder.open(tmp_path / "notes", index=tmp_path / "index") as binder, within(SECONDS, question):
        answer = binder.ask(question)
    assert "reduce the number of staffed stations to six by December 2023" in answer.text


@pytest.mark.slow
@pytest.mark.parametrize("name", GOLD_SETS)
def test_every_answer_ends_with_lines_more_anywhere(tmp_path: Path, name: str) -> None:
    chance, gold_set = random.Random(name), load_set(EVALS / name / "set.toml")
    shutil.copytree(gold_set.notes, tmp_path / "notes")
    for path in sorted((tmp_path / "notes").iterdir()):
        if path.suffix in (".md", ".txt"):
            lines = path.read_text("utf-8").split("\n")
            for _ in range(3):
                lines.insert(chance.randint(1, len(lines)), chance.choice(LINES))
            path.write_text("\n".join(lines), "utf-8")
    with Binder.open(tmp_path / "notes", index=tmp_path / "index") as binder:
        for row in read_rows(gold_set.gold):
            question = str(row.keys["question"])
            with within(SECONDS, question):
                assert binder.ask(question).text

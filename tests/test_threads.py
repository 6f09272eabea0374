"""A binder that many threads ask at once, while its notes change."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from qa import Answer, Binder

# What each side must have done, however slow the machine is, and the time after which that is a fault.
ANSWERS, CHANGES, PATIENCE = 30, 6, 240.0
VERSIONS = {
    "# Harbours\n\nThe harbour of Keiss has 3 berths.\n",
    "# Harbours\n\nA sentence stands first. The harbour of Keiss has 4 berths.\n",
}


@pytest.mark.slow
def test_every_answer_is_of_one_state_of_the_notes(tmp_path: Path) -> None:
    note = tmp_path / "notes" / "harbours.md"
    note.parent.mkdir()
    note.write_text(min(VERSIONS), "utf-8")
    (note.parent / "other.md").write_text("# Ferries\n\nThe ferry to Dunmere sails on 2 days a week.\n", "utf-8")
    stop, answers, changes = Event(), list[Answer](), list[bool]()

    def change(binder: Binder) -> None:
        while not stop.is_set():
            for version in sorted(VERSIONS):
                note.write_text(version, "utf-8")
                changes.append(binder.sync().touched)

    def ask(binder: Binder, awaited: bool) -> None:
        question = "How many berths does the harbour of Keiss have?"
        while not stop.is_set():
            answers.append(asyncio.run(binder.aask(question)) if awaited else binder.ask(question))
            assert len(binder.search(question, k=2)) == 2

    with Binder.open(note.parent, index=tmp_path / "index") as binder, ThreadPoolExecutor(8) as pool:
        running = [pool.submit(change, binder), *(pool.submit(ask, binder, bool(number % 2)) for number in range(6))]
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and not any(one.done() for one in running):
            texts = {"3 berths" in answer.text for answer in answers}
            if len(answers) >= ANSWERS and sum(changes) >= CHANGES and len(texts) == 2:
                break
            time.sleep(0.05)
        stop.set()
        for one in running:
            one.result()
    assert len(answers) >= ANSWERS
    assert sum(changes) >= CHANGES
    assert {"3 berths" in answer.text for answer in answers} == {True, False}
    for answer in answers:
        assert not answer.abstained
        for citation in answer.citations:
            held = [text for text in VERSIONS if text[citation.start : citation.end] == citation.quote]
            assert held, citation
            assert ("3 berths" in held[0]) == ("3 berths" in answer.text)

"""The dialogue that writes gold questions, over real hits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qa import Binder
from qa.evaluation.adding import Dialogue, add_from_inbox, add_questions
from qa.evaluation.gold import read_rows, resolve
from qa.evaluation.goldset import GoldSet
from qa.evaluation.inbox import Feedback, put_in, read_inbox
from qa.evaluation.runs import open_binder
from tests.evaluating import ABSENT, NOTE, ROW, gold_set


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[GoldSet, Binder]]:
    made = gold_set(tmp_path_factory.mktemp("harbour"))
    with open_binder(made) as binder:
        yield made, binder


@pytest.fixture
def harbour(opened: tuple[GoldSet, Binder]) -> tuple[GoldSet, Binder]:
    opened[0].gold.write_text(json.dumps(ROW) + "\n" + json.dumps(ABSENT), encoding="utf-8")  # no line end at the end
    return opened


class Script:
    """A person who gives these lines, and then ends the input. `{n:WORDS}` is the number shown before words."""

    def __init__(self, *lines: str) -> None:
        self.lines, self.shown = list(lines), list[str]()
        self.dialogue = Dialogue(self._read, self.shown.append)

    def _read(self, prompt: str) -> str:
        self.shown.append(prompt)
        if not self.lines:
            raise EOFError
        line = self.lines.pop(0)
        return self._number(line.removeprefix("@")) if line.startswith("@") else line

    def _number(self, words: str) -> str:
        shown = next(line for line in reversed(self.shown) if line.startswith("  [") and words in line)
        return shown.partition("[")[2].partition("]")[0]


def last_row(made: GoldSet) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(made.gold.read_text("utf-8").splitlines()[-1])
    return row


def test_a_bullet_is_taken_with_its_lead_in_and_the_row_is_sound(harbour: tuple[GoldSet, Binder]) -> None:
    made, binder = harbour
    person = Script(
        "What may the Minister not do?", "@waive the dues", "", "waive the dues|waive dues", "", "", "list", "y"
    )
    assert add_questions(made, binder, person.dialogue) == 1
    assert last_row(made) == {
        "id": "h-3",
        "type": "list",
        "question": "What may the Minister not do?",
        "answerable": True,
        "facts": [["waive the dues", "waive dues"]],
        "evidence": [{"note": NOTE, "quote": "The Minister may not:"}, {"note": NOTE, "quote": "waive the dues;"}],
        "history": [],
        "must_not": [],
    }
    golds, _ = resolve(read_rows(made.gold), binder.text)
    assert [gold.id for gold in golds] == ["h-1", "h-2", "h-3"]


def test_n_makes_a_question_that_the_notes_do_not_answer(harbour: tuple[GoldSet, Binder]) -> None:
    made, binder = harbour
    assert add_questions(made, binder, Script("Who paints the quay?", "n", "", "").dialogue) == 1
    row = last_row(made)
    assert (row["answerable"], row["type"], row["facts"], row["evidence"]) == (False, "absent", [], [])


def test_other_words_search_again_and_a_number_that_is_not_there_is_said(harbour: tuple[GoldSet, Binder]) -> None:
    made, binder = harbour
    person = Script("Who sets it?", "99", "Harbour Master Ada Quill", "@Ada Quill", "", "Ada Quill", "", "", "", "")
    assert add_questions(made, binder, person.dialogue) == 1
    assert "There is no sentence 99." in person.shown
    assert last_row(made)["evidence"][0]["quote"] == "The Harbour Master, Ada Quill, sets them."


def test_a_fact_that_is_not_in_the_evidence_is_said_before_the_row_is_written(harbour: tuple[GoldSet, Binder]) -> None:
    made, binder = harbour
    before = made.gold.read_text("utf-8")
    person = Script("How much are they?", "@$14.5 million", "", "$16 million", "", "", "", "n")
    assert add_questions(made, binder, person.dialogue) == 0
    assert any("is not in its evidence" in line for line in person.shown)
    assert made.gold.read_text("utf-8") == before


def test_a_row_that_could_not_be_read_again_is_not_written(harbour: tuple[GoldSet, Binder]) -> None:
    made, binder = harbour
    person = Script("How high?", "@14.5 million", "", "|", "$14.5 million", "", "|", "", "", "y")
    assert add_questions(made, binder, person.dialogue) == 0
    assert any(line.startswith("Not written: ") and "holds no word" in line for line in person.shown)
    assert len(read_rows(made.gold)) == 2


def test_other_words_that_cannot_be_searched_for_lose_nothing(harbour: tuple[GoldSet, Binder]) -> None:
    made, binder = harbour
    person = Script("How high?", "@14.5 million", "???", "", "$14.5 million", "", "", "", "y")
    assert add_questions(made, binder, person.dialogue) == 1
    assert last_row(made)["evidence"][0]["quote"] == "The dues rose to $14.5 million in 2023."


def test_an_id_that_stands_in_a_broken_line_or_was_taken_meanwhile_is_not_used(harbour: tuple[GoldSet, Binder]) -> None:
    made, binder = harbour
    made.gold.write_text(json.dumps(ROW) + '\n{"id": "h-7", "oops": 1}\n', encoding="utf-8")
    assert add_questions(made, binder, Script("Who paints?", "n", "", "y").dialogue) == 1
    assert last_row(made)["id"] == "h-8"

    class Late(Script):
        def _read(self, prompt: str) -> str:
            if prompt.startswith("Write h-9"):
                made.gold.write_text(
                    made.gold.read_text("utf-8") + json.dumps(ABSENT | {"id": "h-9"}), encoding="utf-8"
                )
            return super()._read(prompt)

    assert add_questions(made, binder, Late("Who pays for paint?", "n", "", "y").dialogue) == 1
    assert last_row(made)["id"] == "h-10"


def test_turns_that_a_question_does_not_need_are_dropped(harbour: tuple[GoldSet, Binder], tmp_path: Path) -> None:
    made, binder = harbour
    turns = (("user", "Hm?"), ("assistant", "Hm."))
    put_in(tmp_path / "inbox.jsonl", Feedback("Who paints?", "not in the notes", "x", False, history=turns))
    assert add_from_inbox(made, binder, tmp_path / "inbox.jsonl", Script("y", "", "n", "", "").dialogue) == 1
    assert (last_row(made)["history"], last_row(made)["type"]) == ([], "absent")


def test_picks_may_be_ranges_and_be_cleared_and_only_yes_writes(harbour: tuple[GoldSet, Binder]) -> None:
    made, binder = harbour
    person = Script("How high?", "1-2", "c", "@14.5 million", "", "$14.5 million", "", "", "", "clear", "y")
    assert add_questions(made, binder, person.dialogue) == 1
    assert "Nothing is picked." in person.shown
    picked = [line for line in person.shown if line.startswith("Picked")]
    assert picked[0].count("“") >= 2
    assert [place["quote"] for place in last_row(made)["evidence"]] == ["The dues rose to $14.5 million in 2023."]
    assert person.shown.count("Write h-3? [Y/n] ") == 2


@pytest.mark.parametrize("lines", [(), ("How high?",), ("How high?", "@14.5 million", ""), ("How high?", "n", "")])
def test_whatever_ends_the_dialogue_the_file_holds_whole_rows(
    harbour: tuple[GoldSet, Binder], lines: tuple[str, ...]
) -> None:
    made, binder = harbour
    assert add_questions(made, binder, Script(*lines).dialogue) == 0
    assert len(read_rows(made.gold)) == 2


def test_a_question_that_cannot_be_asked_is_said(harbour: tuple[GoldSet, Binder]) -> None:
    made, binder = harbour
    person = Script("???", "")
    assert add_questions(made, binder, person.dialogue) == 0
    assert any("question" in line for line in person.shown[1:2])


def test_the_inbox_is_worked_off_into_gold_thrown_away_or_left(harbour: tuple[GoldSet, Binder], tmp_path: Path) -> None:
    made, binder = harbour
    inbox = tmp_path / "inbox.jsonl"
    turns = (("user", "How high are the dues?"), ("assistant", "High."))
    for number in range(1, 5):
        put_in(inbox, Feedback(f"Who sets them, {number}?", "wrong", "Nobody.", False, why="It is Ada", history=turns))
    person = Script("y", "y", "@Ada Quill", "", "Ada Quill", "", "", "", "", "d", "", "q")
    assert add_from_inbox(made, binder, inbox, person.dialogue) == 1
    assert [one.question for one in read_inbox(inbox)] == ["Who sets them, 3?", "Who sets them, 4?"]
    assert last_row(made)["history"] == [list(turn) for turn in turns]
    assert last_row(made)["type"] == "followup"
    assert any("reader: wrong: It is Ada" in line for line in person.shown)

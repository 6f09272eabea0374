"""What the checker of gold sets finds, and that it leaves sound rows alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qa import Binder, Note
from qa.evaluation.checking import Finding, check
from qa.evaluation.gold import read_rows
from qa.evaluation.goldset import GoldSet, load_set
from qa.evaluation.runs import load, open_binder
from qa.notes import list_notes, read_note
from tests.evaluating import ABSENT, NOTE, ROW, gold_set, write_gold

EVALS = Path(__file__).parent.parent / "evals"


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[GoldSet, Binder]]:
    made = gold_set(tmp_path_factory.mktemp("harbour"))
    with open_binder(made) as binder:
        yield made, binder


def found(harbour: tuple[GoldSet, Binder], *rows: dict[str, Any]) -> list[Finding]:
    made, binder = harbour
    write_gold(made.gold, *rows)
    return check(made, binder)[0]


def test_sound_rows_are_left_alone(harbour: tuple[GoldSet, Binder]) -> None:
    assert found(harbour, ROW, ABSENT) == []


def quoting(quote: str, note: str = NOTE) -> list[dict[str, str]]:
    return [{"note": note, "quote": quote}]


@pytest.mark.parametrize(
    ("keys", "level", "message"),
    [
        (
            {"evidence": quoting("The dues rose to $14.5 million in 2024.")},
            "error",
            "Nearest is “The dues rose to $14.5",
        ),
        ({"also": quoting("Quite another thing altogether")}, "error", "Nothing in it comes near"),
        ({"outdated": quoting("x", "gone.txt")}, "warning", "It is left out"),
        ({"evidence": quoting("x", "gone.txt")}, "error", "cannot be scored"),
        ({"evidence": quoting("The dues rose to $14.5 millions")}, "error", "Nearest is “The dues rose to $14.5"),
        ({"evidence": quoting("Harbour Master"), "facts": [["Harbour Master"]]}, "warning", "stands 2 times"),
        ({"facts": [["$15 million", "15M"]]}, "error", "is not in its evidence"),
        ({"facts": [["$14.5 million"], ["14"]]}, "error", "is not in its evidence"),
        ({"facts": [["$14.5 million", "14"]]}, "warning", "so short that wrong answers may hold it by chance"),
        ({"facts": [["the dues"]]}, "warning", "stands in the question already"),
        ({"notes": ["gone.txt"]}, "error", "cannot be scored"),
        ({"outdated": ROW["evidence"]}, "error", "is its evidence"),
        ({"must_not": ["in 2023"]}, "error", "stands in the evidence itself"),
        ({"must_not": ["Montague"]}, "warning", "stands in no note"),
    ],
)
def test_what_is_wrong_is_found(
    harbour: tuple[GoldSet, Binder], keys: dict[str, Any], level: str, message: str
) -> None:
    findings = found(harbour, ROW | keys)
    assert any(one.level == level and message in one.message for one in findings), findings
    assert all(one.where == "harbour.jsonl:1 h-1" for one in findings)


def test_facts_that_other_sentences_hold_by_chance_are_warned_of(harbour: tuple[GoldSet, Binder]) -> None:
    row = ROW | {"question": "How high?", "facts": [["the dues", "Harbour"]]}
    assert any("hold all its facts by chance" in one.message for one in found(harbour, row))


def test_all_lines_are_examined_and_doubles_are_found(harbour: tuple[GoldSet, Binder]) -> None:
    again = ROW | {"id": "h-5", "question": "how  high are the DUES?"}
    later = ROW | {"id": "h-6", "history": [["user", "And the dues?"]]}
    findings = found(harbour, ROW, ROW | {"question": "Else?", "typ": "x"}, ROW | {"question": "Other?"}, again, later)
    assert [(one.where, one.message.split(".")[0]) for one in findings] == [
        ("harbour.jsonl", "line 2 (h-1): there is no key `typ`; did you mean `type`?"),
        ("harbour.jsonl:3 h-1", "line 1 has the same id"),
        ("harbour.jsonl:4 h-5", "h-1 asks the same"),
    ]


def test_an_empty_file_is_an_error(harbour: tuple[GoldSet, Binder]) -> None:
    assert [one.level for one in found(harbour)] == ["error"]


class Read:
    """The notes of a folder, without an index."""

    def __init__(self, folder: Path) -> None:
        contents = [read_note(path, note) for note, path in list_notes(folder)[0].items()]
        self._contents = {content.note.note: content for content in contents}

    def notes(self) -> tuple[Note, ...]:
        return tuple(content.note for content in self._contents.values())

    def text(self, note: str) -> str:
        return self._contents[note].text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "questions", "short"),
    [("seed", 68, 0), ("verrane", 120, 0), ("lissmark", 60, 0), ("ostmere", 72, 6), ("tarnhelm", 66, 1)],
)
def test_the_sets_of_the_project_are_sound(name: str, questions: int, short: int) -> None:
    """Nothing is found but numbers of one or two digits, which are what the cells of their tables hold in full."""
    made = load_set(EVALS / name / "set.toml")
    findings, checked = check(made, Read(made.notes))
    assert [finding for finding in findings if "so short that" not in finding.message] == []
    assert len(findings) == short
    assert checked == questions


@pytest.mark.parametrize("name", ["seed", "verrane", "lissmark", "ostmere", "tarnhelm"])
def test_the_sets_of_the_project_have_a_baseline_of_their_gold(name: str) -> None:
    made = load_set(EVALS / name / "set.toml")
    rows = {row.id: row.fingerprint for row in read_rows(made.gold)}
    assert {record.id: record.row for record in load(made.baseline).records} == rows


def test_a_third_of_the_seed_set_is_not_answered_by_the_note() -> None:
    text = (EVALS / "seed" / "gold.jsonl").read_text("utf-8")
    assert text.count('"answerable": false') / len(text.splitlines()) > 1 / 3

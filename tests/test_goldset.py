"""set.toml: what it names is found, and what is wrong with it is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.errors import GoldError
from qa.evaluation.goldset import find_sets, load_set, single
from tests.evaluating import ROW, write_gold


def made(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "notes").mkdir(exist_ok=True)
    write_gold(folder / "gold.jsonl", ROW)
    (folder / "set.toml").write_text(text, encoding="utf-8")
    return folder / "set.toml"


def test_a_set_is_its_folder_and_its_runs_lie_beside_it(tmp_path: Path) -> None:
    loaded = load_set(made(tmp_path / "evals" / "mine", 'role = "check"\n[margins]\ndefault = 0.1\nright = 0.02\n'))
    assert (loaded.name, loaded.role, loaded.text) == ("mine", "check", True)
    assert loaded.gold == tmp_path / "evals" / "mine" / "gold.jsonl"
    assert loaded.notes == tmp_path / "evals" / "mine" / "notes"
    assert loaded.baseline == tmp_path / "evals" / "baselines" / "mine.jsonl"
    assert loaded.newest == tmp_path / "evals" / "runs" / "mine.jsonl"
    assert (loaded.margin("right"), loaded.margin("recall@5")) == (0.02, 0.1)


def test_without_margins_they_are_five_hundredths(tmp_path: Path) -> None:
    assert load_set(made(tmp_path / "mine", "")).margin("right") == 0.05


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rolle = 'check'", "no key `rolle`. Did you mean `role`"),
        ("role = 'tuning'", "development or check"),
        ("gold = 3", "`gold` cannot be 3"),
        ("gold = 'other.jsonl'", "other.jsonl does not exist"),
        ("notes = 'elsewhere'", "elsewhere does not exist"),
        ("text = 'no'", "`text` cannot be"),
        ("[margins]\nrihgt = 0.1", "no measure of the gate is called `rihgt`. Did you mean `right`"),
        ("[margins]\nwords = 0.1", "no measure of the gate is called `words`"),
        ("[margins]\nright = 5", "a margin is a share from 0 to 1"),
        ("[margins]\nright = true", "a margin is a share from 0 to 1"),
        ("role =", "cannot be read"),
    ],
)
def test_what_is_wrong_with_a_set_is_said(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(GoldError, match=r"set\.toml") as error:
        load_set(made(tmp_path / "mine", text))
    assert message in str(error.value)


def test_sets_are_found_by_name_and_a_folder_without_one_says_what_else_can_be_given(tmp_path: Path) -> None:
    made(tmp_path / "b", "")
    made(tmp_path / "a", "")
    assert [one.name for one in find_sets(tmp_path)] == ["a", "b"]
    with pytest.raises(GoldError, match=r"--gold my\.jsonl --corpus my/notes"):
        find_sets(tmp_path / "a")


def test_a_gold_file_of_ones_own_is_a_set_with_its_runs_beside_it(tmp_path: Path) -> None:
    made(tmp_path, "")
    loaded = single(tmp_path / "gold.jsonl", tmp_path / "notes")
    assert (loaded.name, loaded.baseline) == ("gold", tmp_path / "baselines" / "gold.jsonl")
    with pytest.raises(GoldError, match="does not exist"):
        single(tmp_path / "nothing.jsonl", tmp_path / "notes")


def test_a_folder_that_is_read_only_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path / "locked", "")
    (tmp_path / "locked").chmod(0o555)
    monkeypatch.chdir(tmp_path)
    try:
        loaded = single(tmp_path / "locked" / "gold.jsonl", tmp_path / "locked" / "notes")
    finally:
        (tmp_path / "locked").chmod(0o755)
    assert loaded.home == tmp_path

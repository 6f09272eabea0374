"""What is built to be installed: it holds all that the program reads, and answers where there is nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the wheel and the source distribution."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def in_the_tree() -> set[str]:
    """The files of the library, as they are kept."""
    listed = subprocess.run(["git", "ls-files", "qa"], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(listed.stdout.split())


def test_the_wheel_holds_the_library_whole_and_nothing_else(built: Path) -> None:
    [wheel] = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    about = {name for name in names if ".dist-info/" in name}
    assert set(names) - about == in_the_tree()
    assert "qa/py.typed" in names
    assert {Path(name).name for name in about} >= {"LICENSE", "NOTICE", "entry_points.txt"}


def test_the_source_distribution_holds_what_the_wheel_is_built_of(built: Path) -> None:
    [source] = built.glob("*.tar.gz")
    with tarfile.open(source) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    assert names >= in_the_tree() | {"pyproject.toml", "README.md", "LICENSE", "NOTICE"}


def test_the_wheel_answers_in_an_empty_folder(built: Path, tmp_path: Path) -> None:
    [wheel] = built.glob("*.whl")
    place, empty = tmp_path / "installed", tmp_path / "empty"
    empty.mkdir()
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(place)]
    subprocess.run([*command, str(wheel)], check=True, capture_output=True)
    environ = os.environ | {"PYTHONPATH": str(place), "QA_CORPUS": str(ROOT / "corpus")}
    where = subprocess.run(
        [sys.executable, "-c", "import qa; print(qa.__file__)"], cwd=empty, env=environ, capture_output=True, check=True
    )
    assert Path(where.stdout.decode().strip()).is_relative_to(place)
    asked = [sys.executable, "-m", "qa", "ask", "Who is the Minister's U.S. counterpart?"]
    run = subprocess.run(asked, cwd=empty, env=environ, capture_output=True, text=True, check=True)
    assert "Alejandro Mayorkas" in run.stdout
    assert [one.name for one in empty.iterdir()] == ["index"]

"""Real parts for all tests: a binder over the note that comes with the project, and a place to make others."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import Binder
from qa.embedding import minilm

CORPUS = Path(__file__).parent.parent / "corpus"
SEED = "international-engagement.txt"


@pytest.fixture(autouse=True, scope="session")
def _no_settings_of_the_machine() -> None:
    for name in [name for name in os.environ if name.startswith("QA_") and name != "QA_CACHE"]:
        del os.environ[name]


@pytest.fixture(autouse=True, scope="session")
def _the_model_is_loaded_once() -> Iterator[None]:
    """All binders of this process share the default model as loaded from one cache: loading it takes longer than all
    else that a binder of three short notes does."""
    with pytest.MonkeyPatch.context() as patch:
        for load in (minilm._load_tokenizer, minilm._load_runtime):
            patch.setattr(minilm, load.__name__, functools.cache(load))
        yield


@pytest.fixture(scope="session")
def seed_binder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Binder]:
    """The binder of `corpus/`, its index in a folder of its own. Not to be changed by a test."""
    with Binder.open(CORPUS, index=tmp_path_factory.mktemp("seed") / "index") as binder:
        yield binder


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """An empty folder for notes."""
    folder = tmp_path / "notes"
    folder.mkdir()
    return folder


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(place)]
    if os.geteuid() or shutil.which("mount") is None or subprocess.run(command, check=False).returncode:
        pytest.skip("only root can make a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)

"""Real parts for all tests: a binder over the note that comes with the project, and a place to make others."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import Binder

CORPUS = Path(__file__).parent.parent / "corpus"
SEED = "international-engagement.txt"


@pytest.fixture(autouse=True, scope="session")
def _no_settings_of_the_machine() -> None:
    for name in [name for name in os.environ if name.startswith("QA_") and name != "QA_CACHE"]:
        del os.environ[name]


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

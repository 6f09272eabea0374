from __future__ import annotations

from importlib import util
from pathlib import Path

import pytest

from qa.cli import main
from tests.conftest import CORPUS


def test_it_refuses_to_be_open_to_others_before_it_reads_any_note(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = tmp_path / "index"
    assert main(["serve", "--host", "0.0.0.0", "--corpus", str(CORPUS), "--index", str(index)]) == 2
    said = capsys.readouterr().err
    assert all(way in said for way in ("QA_SERVE_TOKEN", "--no-token"))
    assert not index.exists()


@pytest.mark.parametrize("arguments", [["--host", "127.0.0.1:80"], ["--port", "70000"], ["--json"]])
def test_what_cannot_be_is_bad_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", *arguments])
    assert ended.value.code == 2


def test_a_package_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = util.find_spec
    monkeypatch.setattr("qa.serving.optional.find_spec", lambda name: None if name == "fastapi" else found(name))
    assert main(["serve", "--corpus", str(CORPUS)]) == 2
    assert 'pip install "briefing-qa[serve]"' in capsys.readouterr().err

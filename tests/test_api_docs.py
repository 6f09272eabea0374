"""docs/http.md does what it says: its commands are run and their output compared, its programs are run."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import ROOT
from tests.conftest import CORPUS
from tests.serving import over

PAGE = (ROOT / "docs" / "http.md").read_text(encoding="utf-8")
COMMANDS = [
    (command, shown.strip("\n"))
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
]
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("docs")
    shutil.copytree(CORPUS, folder / "notes")
    with over(folder / "notes") as (_, client):
        yield f"{client.base_url.host}:{client.base_url.port}"


def test_there_is_a_command_for_every_route() -> None:
    for route in ("/ask", "/search", "/notes", "/notes/international-engagement.txt", "/health", "/v1/models"):
        assert any(re.search(rf"7870{route}[ ?']|7870{route}$", command) for command, _ in COMMANDS), route
    assert any("/v1/chat/completions" in command for command, _ in COMMANDS)


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")
@pytest.mark.parametrize(("command", "shown"), COMMANDS)
def test_a_command_of_the_page_prints_what_it_shows(command: str, shown: str, address: str) -> None:
    asked = command.replace("127.0.0.1:7870", address).replace("curl ", "curl --noproxy '*' ", 1)
    run = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, check=True)
    pattern = ".*".join(map(re.escape, shown.split("...")))
    assert re.match(pattern, run.stdout.strip(), re.DOTALL), run.stdout


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_of_the_page_runs(program: str, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(program.replace("127.0.0.1:7870", address), "docs/http.md", "exec"), {})
    if "print" in program:
        assert "Mayorkas" in capsys.readouterr().out


def test_the_page_names_every_code_of_an_error() -> None:
    folder = ROOT / "qa" / "serving"
    files = [*Path(folder).glob("*.py"), *Path(folder / "http").glob("*.py")]
    written = "\n".join(path.read_text(encoding="utf-8") for path in files)
    codes = set(re.findall(r"(?:(?:refusal|RefusedError)\(\s*\d+, |\(\d{3}, )\"(\w+)\"", written)) | {
        "model_too_slow",
        "invalid",
    }
    assert len(codes) > 12
    assert not [code for code in codes if f"`{code}`" not in PAGE]

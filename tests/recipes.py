"""The recipes of a page of docs/: run as they stand there, and their output put below them.

`python -m tests.recipes docs/python.md` writes what each prints into the page.

A block of Python is a program of its own; a block of "console" holds commands behind "$ ". Below either stands what it
prints, as a block of "text". A line that begins with the name of a file in backquotes has the block below it written to
that file.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from tests.model_server import ModelServer, Reply

ROOT = Path(__file__).parent.parent
_PIECE = re.compile(
    r"^## (?P<title>.+)$"
    r"|^(?:`(?P<file>[\w/-]+\.\w+)`.*\n\n)?```(?P<kind>\w+)\n(?P<code>(?s:.*?))^```$(?:\n\n```text\n(?P<output>(?s:.*?))^```$)?",
    re.M,
)
# What is other in every run: how long it took, and the marks of a run that was saved.
_OTHER = re.compile(r"in \d+\.\d+s(?: \(\d+:\d+:\d+\))?")


@dataclass(frozen=True)
class Recipe:
    """A block of a page. kind: "python", "console", or of a file. output: what it prints, as the page has it."""

    title: str
    kind: str
    code: str
    output: str
    file: str = ""


def recipes(page: str) -> Iterator[Recipe]:
    """The recipes of a page, in order."""
    title = ""
    for piece in _PIECE.finditer(page):
        if piece["title"]:
            title = piece["title"]
        elif piece["file"] or piece["kind"] in ("python", "console"):
            yield Recipe(title, piece["kind"], piece["code"], piece["output"] or "", piece["file"] or "")


def written(page: str, printed: Mapping[str, str]) -> str:
    """The page with another output below each recipe, by its code."""

    def put(piece: re.Match[str]) -> str:
        if piece["title"] or piece["file"] or piece["kind"] not in ("python", "console"):
            return piece[0]
        output = printed[piece["code"]]
        told = f"\n\n```text\n{output}```" if output else ""
        return f"```{piece['kind']}\n{piece['code']}```{told}"

    return _PIECE.sub(put, page)


class Kitchen:
    """A folder with the project's notes, in which recipes are run in turn, with a model that is scripted."""

    def __enter__(self) -> Kitchen:
        self._folder = TemporaryDirectory()
        self.place = Path(self._folder.name)
        (self.place / "corpus").mkdir()
        for file in (ROOT / "corpus").iterdir():
            (self.place / "corpus" / file.name).write_bytes(file.read_bytes())
        self._model = ModelServer([_reply], takes_tools=True).__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._model.__exit__(kind, error, at)
        self._folder.cleanup()

    def printed(self, recipe: Recipe) -> str:
        """What a recipe prints, without what is other in every run. Fails where it does."""
        if recipe.file:
            file = self.place / recipe.file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(recipe.code, encoding="utf-8")
            return ""
        if recipe.kind == "python":
            return self._run([sys.executable, "-c", recipe.code])
        commands = [shlex.split(line.removeprefix("$ ")) for line in recipe.code.splitlines() if line.startswith("$ ")]
        return "".join(self._run([sys.executable, "-m", *command]) for command in commands)

    def _run(self, command: list[str]) -> str:
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("QA_", "PYTEST_"))}
        environ |= {"QA_CACHE": os.environ["QA_CACHE"]} if "QA_CACHE" in os.environ else {}
        environ |= {"OPENAI_BASE_URL": f"{self._model.url}/v1", "OPENAI_API_KEY": "none", "NO_PROXY": "127.0.0.1"}
        environ |= {"PYTHONPATH": str(ROOT), "COLUMNS": "80", "PYTHONWARNINGS": "ignore"}
        run = subprocess.run(command, cwd=self.place, env=environ, capture_output=True, text=True, check=False)
        assert run.returncode == 0, f"{command}\n{run.stdout}{run.stderr}"
        return _OTHER.sub("in 1.00s", run.stdout)


def _reply(request: dict[str, object]) -> Reply:
    """A model that calls the tool that it is offered, and then says what it was told."""
    messages = request["messages"]
    assert isinstance(messages, list)
    asked, last = messages[0]["content"], messages[-1]
    if request.get("tools") and last["role"] != "tool":
        return Reply(tool=("ask_briefing_notes", {"question": asked}))
    year = re.search(r"The ECC was established in (\d{4})", last["content"])
    return Reply(f"In {year[1]}." if year else "I cannot tell.")


def main() -> None:
    """Runs the recipes of the pages that are named, and writes what they print."""
    for name in sys.argv[1:]:
        path = ROOT / name
        page = path.read_text(encoding="utf-8")
        with Kitchen() as kitchen:
            printed = {recipe.code: kitchen.printed(recipe) for recipe in recipes(page)}
        path.write_text(written(page, printed), encoding="utf-8")


if __name__ == "__main__":
    main()

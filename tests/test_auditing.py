"""An audit says what is known, and never passes where nothing could be looked up."""

from __future__ import annotations

import json
from typing import Any

from tests.auditing import verdict

SOUND = {"name": "sound", "version": "1.0", "vulns": []}
LEAKY = {"name": "leaky", "version": "2.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}
HOPELESS = {"name": "hopeless", "version": "3.0", "vulns": [{"id": "PYSEC-2", "fix_versions": []}]}
UNKNOWN = {"name": "unknown", "skip_reason": "Dependency not found on PyPI"}


def said(*packages: dict[str, Any]) -> tuple[int, str]:
    return verdict(json.dumps({"dependencies": packages, "fixes": []}), "")


def test_sound_packages_pass() -> None:
    assert said(SOUND, SOUND | {"name": "other"}) == (
        0,
        "No vulnerability is known of the 2 packages that constraints.txt pins.",
    )


def test_what_is_known_is_said_with_the_version_that_mends_it() -> None:
    code, text = said(SOUND, LEAKY, HOPELESS)
    assert code == 1
    assert text.splitlines() == [
        "leaky 2.0: PYSEC-1, mended in 2.1",
        "hopeless 3.0: PYSEC-2, mended in no version",
    ]


def test_what_could_not_be_looked_up_does_not_pass() -> None:
    code, text = said(SOUND, UNKNOWN)
    assert code == 2
    assert text.startswith("1 of 2 packages could not be looked up, unknown among them.\nRun it where pypi.org")
    code, text = said(LEAKY, UNKNOWN)
    assert code == 1
    assert "PYSEC-1" in text
    assert "1 of 2 packages" in text


def test_a_service_that_cannot_be_reached_is_told() -> None:
    code, text = verdict("", "Traceback\n  File x\nConnectionError: api.osv.dev\n")
    assert code == 2
    assert text.startswith("The audit could not be made: ConnectionError: api.osv.dev\nRun it where")

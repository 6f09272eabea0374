"""The soak, for half a minute; and that it tells a wrong quote from a right one."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from evals.benchmarks import soak
from evals.benchmarks.soak_notes import ChangingNotes, Versions
from evals.benchmarks.soak_processes import Sample, least_slope, slope
from evals.benchmarks.soak_users import Tally


@pytest.mark.slow
def test_half_a_minute_of_it_finds_no_fault(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("QA_CORPUS", "QA_INDEX", "QA_PORT", "QA_SERVE_PORT", "QA_INBOX"):
            patch.setenv(name, "")  # which the soak sets
        code = soak.soak(tmp_path, 0.5, 2, 1)
    printed = capsys.readouterr().out
    assert code == 0, printed
    assert printed.endswith("\nNo fault.\n")
    lines = {line.split("  ")[0]: line for line in printed.splitlines()}
    rows = {name: lines[name].split()[-9:] for name in soak.WAYS}
    for name, (asked, answered, abstained, left, errors, quotes, wrong, *_) in rows.items():
        assert int(answered) + int(abstained) + int(left) == int(asked) > 0, name
        assert (errors, wrong) == ("0", "0")
        assert int(quotes) > 0 or name.startswith("sync")


def quote(words: str, start: int) -> dict[str, object]:
    return {"note": "a.md", "start": start, "end": start + len(words), "quote": words}


def test_a_quote_is_of_a_version_that_was_there_meanwhile() -> None:
    versions = Versions()
    versions.wrote("a.md", "Wick has 3 berths.", 1.0)
    asked = time.monotonic()
    old, new = quote("3 berths", 9), quote("4 berths", 9)
    assert versions.faults([old], asked, time.monotonic()) == []
    assert versions.faults([new], asked, time.monotonic()) == ["a.md[9:17] is not '4 berths'"]
    assert versions.faults([quote("3 berths", 8)], asked, time.monotonic()) != []
    versions.wrote("a.md", "Wick has 4 berths.", time.monotonic())
    later = time.monotonic()
    assert versions.faults([old], later, time.monotonic()) == []  # no sync has ended since
    assert versions.faults([new], later, time.monotonic()) == []
    versions.synced(later)
    assert versions.faults([old], asked, time.monotonic()) == []  # asked before
    last = time.monotonic()
    assert versions.faults([old], last, time.monotonic()) == ["a.md[9:17] is not '3 berths'"]
    versions.wrote("a.md", None, last)
    versions.synced(time.monotonic())
    assert versions.faults([new], time.monotonic(), time.monotonic()) != []


def test_quotes_of_two_states_are_told() -> None:
    versions = Versions()
    versions.wrote("a.md", "Wick has 3 berths.", 1.0)
    versions.wrote("b.md", "Wick has a ferry.", 1.0)
    asked = time.monotonic()
    versions.wrote("a.md", None, asked)
    versions.synced(time.monotonic())
    versions.wrote("b.md", "Wick has no ferry.", time.monotonic())
    ferry: dict[str, object] = {"note": "b.md", "start": 9, "end": 11, "quote": "no"}
    assert versions.faults([ferry], asked, time.monotonic()) == []
    assert versions.faults([quote("3", 9)], asked, time.monotonic()) == []
    [told] = versions.faults([quote("3", 9), ferry], asked, time.monotonic())
    assert told == "quotes of two states of the notes: a.md, b.md"


def test_a_wrong_quote_and_an_error_are_counted(tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "a.md").write_text("# Wick\n\nWick has 3 berths.\n", "utf-8")
    notes = ChangingNotes(tmp_path / "notes", tmp_path / "first", 1)
    for _ in range(20):
        notes.change()
    tally = Tally(notes.versions)
    right = {"note": "a.md", "start": 2, "end": 6, "text": "Wick"}
    tally.took(lambda: [right, right | {"text": "Dunn"}])
    tally.took(lambda: {}["nothing"])
    assert (tally.asked, tally.quotes, len(tally.wrong), tally.faults) == (2, 2, 1, ["KeyError: 'nothing'"])


def test_growth_is_that_of_the_second_half() -> None:
    levels = [Sample(minute * 60.0, 100 + 10 * min(minute, 10), 5, 3) for minute in range(41)]
    assert slope(levels) == pytest.approx(0, abs=1e-6)
    grows = [Sample(minute * 60.0, 100 + minute, 5, 3) for minute in range(41)]
    assert slope(grows) == pytest.approx(60)
    assert least_slope(grows) == pytest.approx(60)
    step = [Sample(minute * 60.0, 100 + 50 * (minute > 30), 5, 3) for minute in range(41)]
    assert slope(step) > 100
    assert least_slope(step) == pytest.approx(0, abs=1e-6)

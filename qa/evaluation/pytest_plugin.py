"""Gold sets as tests, for this project's sets and anybody's: `pytest evals` collects each `set.toml` that it finds.

A set gives one test for the gate ("gate"), whose failure lists the flips, and one for each question, which looks at the
invariants only: whether a question is answered rightly is a matter of the whole set, whether a quote is exact is not.
The set is run once, when its first test is. `-p no:briefing_qa` switches this off.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from qa.evaluation.asking import Record
    from qa.evaluation.comparison import Comparison
    from qa.evaluation.goldset import GoldSet

FILE = "set.toml"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> GoldSetFile | None:
    """Takes each set.toml that has gold questions beside it; other programs have files of that name too."""
    if file_path.name == FILE and _has_gold(file_path):
        return GoldSetFile.from_parent(parent, path=file_path)
    return None


class GoldSetFile(pytest.File):
    """The tests of a gold set."""

    @cached_property
    def gold_set(self) -> GoldSet:
        from qa.evaluation.goldset import load_set

        return load_set(self.path)

    @property
    def compared(self) -> Comparison:
        """The set's run beside its baseline; the run is saved, so that `qa eval accept` can take it. Raises QAError."""
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome

    @cached_property
    def _outcome(self) -> Comparison | Exception:
        """The comparison, or what was raised instead: a set that cannot be run is tried once, and not for each test."""
        from qa.errors import QAError
        from qa.evaluation.comparison import compare
        from qa.evaluation.runs import evaluate, load, save

        try:
            baseline = load(self.gold_set.baseline) if self.gold_set.baseline.exists() else None
            run = evaluate(self.gold_set)
            save(run, self.gold_set.newest)
            return compare(run, baseline, self.gold_set)
        except QAError as error:
            return error

    @cached_property
    def records(self) -> dict[str, Record]:
        return {record.id: record for record in self.compared.now.records}

    def collect(self) -> Iterator[pytest.Item]:
        from qa.errors import QAError
        from qa.evaluation.gold import read_rows

        try:
            rows = read_rows(self.gold_set.gold)
        except QAError as error:
            raise self.CollectError(str(error)) from error
        yield GateItem.from_parent(self, name="gate")
        for row in rows:
            yield QuestionItem.from_parent(self, name=row.id)


class _Item(pytest.Item):
    parent: GoldSetFile

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        from qa.errors import QAError

        if isinstance(excinfo.value, (GoldSetError, QAError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, f"{self.parent.gold_set.name}: {self.name}"


class GateItem(_Item):
    """The gate of a set."""

    def runtest(self) -> None:
        compared = self.parent.compared
        if not compared.passes:
            raise GoldSetError(_gate_failure(compared))
        if compared.before is None:
            pytest.skip("there is no baseline to compare with; `qa eval accept --note WHY` makes this run it")


class QuestionItem(_Item):
    """The invariants of one question."""

    def runtest(self) -> None:
        from qa.evaluation.measures import INVARIANTS

        record = self.parent.records.get(self.name)
        if record is None:
            pytest.skip(f"not scored: {self.parent.compared.now.unscored[self.name]}")
        if record.error:
            raise GoldSetError(f"{record.question}\nThere was no answer: {record.error}")
        if record.broken:
            found = "\n".join(f"{INVARIANTS[name]}: {count}" for name, count in record.broken.items())
            raise GoldSetError(f"{record.question}\n{found}\nThe answer was: {record.answer}")


class GoldSetError(Exception):
    """What a failing test of a gold set says."""


def _gate_failure(compared: Comparison) -> str:
    from qa.evaluation.comparison import flips_said

    later = {record.id: record for record in compared.now.records}
    earlier = {record.id: record for record in compared.before.records} if compared.before else {}
    lines = [*compared.reasons, f"Flips: {flips_said(compared.flips)}."]
    for id in compared.flips.lost:
        lines += [f"lost {id}: {later[id].question}", f"  before: {earlier[id].answer}", f"  now: {later[id].answer}"]
    lines += [f"gained {id}: {later[id].question}" for id in compared.flips.gained]
    return "\n".join(lines)


def _has_gold(path: Path) -> bool:
    import tomllib

    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return (path.parent / "gold.jsonl").exists()
    return (path.parent / str(table.get("gold", "gold.jsonl"))).exists()

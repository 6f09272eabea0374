"""What a comparison says, as one HTML page that loads nothing, as Markdown for a pull request, and as JSON."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qa.evaluation.asking import Record
from qa.evaluation.comparison import (
    FAILING,
    WHOLE,
    Comparison,
    calibration,
    changes_said,
    estimate,
    flips_said,
    percentiles,
    risk_points,
    whole_estimate,
)
from qa.evaluation.gold import Row, read_rows
from qa.evaluation.goldset import GoldSet
from qa.evaluation.measures import BY_NAME, INVARIANTS, MEASURES
from qa.evaluation.runs import Run
from qa.schema import Json

# Groups of questions in the order of the page: their names, and whether they stand at its top, open.
_GROUPS = {
    "broken": ("An invariant is broken", True),
    "lost": ("Lost: right before, wrong now", True),
    "gained": ("Gained: wrong before, right now", True),
    "changed": ("Another answer, and as right or wrong as before", False),
    "wrong": ("Wrong", False),
    "right": ("Right", False),
}
Results = Sequence[tuple[Comparison, GoldSet]]


@dataclass(frozen=True, slots=True)
class Question:
    """A question in the report: its gold row, and what came of it now and before (None: it was not asked)."""

    row: Row | None
    now: Record
    before: Record | None


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that stand together in the report."""

    label: str
    open: bool
    questions: list[Question]


def write_reports(results: Results) -> Path:
    """Writes report.html and report.md into the folder of the newest runs; returns the path of the page."""
    folder = results[0][1].runs
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("report.html", html(results)), ("report.md", markdown(results))):
        half = folder / f"{name}.part"
        half.write_text(text, encoding="utf-8")
        os.replace(half, folder / name)
    return folder / "report.html"


def html(results: Results) -> str:
    """The report as one page."""
    return _rendered("report.html.j2", results)


def markdown(results: Results) -> str:
    """The report as Markdown, short enough for a pull request."""
    return _rendered("report.md.j2", results)


def as_json(compared: Comparison) -> Json:
    """The figures of a comparison."""
    run = compared.now
    return {
        "set": run.name,
        "passed": compared.passes,
        "reasons": list(compared.reasons),
        "questions": len(run.records),
        "unscored": dict(run.unscored),
        "stamp": dict(run.stamp),
        "measures": {measure.name: _estimate_json(estimate(run.records, measure)) for measure in MEASURES},
        "whole": {name: _estimate_json(whole_estimate(run, figure)) for name, _, figure in WHOLE},
        "by_type": {
            kind: _estimate_json(estimate([one for one in run.records if one.type == kind], BY_NAME["right"]))
            for kind in sorted({record.type for record in run.records})
        },
        "invariants": dict.fromkeys(INVARIANTS, 0) | run.broken(),
        "unstable": None if run.operations.unstable is None else list(run.operations.unstable),
        "seconds": dict(zip(("p50", "p95"), percentiles(run), strict=True)),
        "changes": {
            one.measure.name: asdict(one.change)
            | {"margin": one.margin, "smallest_loss_seen": one.visible, "verdict": one.verdict}
            for one in compared.measures
        },
        "lost": list(compared.flips.lost),
        "gained": list(compared.flips.gained),
    }


def _rendered(template: str, results: Results) -> str:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("qa.evaluation", "templates"),
        autoescape=jinja2.select_autoescape(("html.j2",)),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["share"] = lambda value: f"{value:.0%}"
    environment.filters["cell"] = lambda text: " ".join(str(text).replace("|", "\\|").split())
    return environment.get_template(template).render(sets=[_set(*one) for one in results])


def _set(compared: Comparison, gold_set: GoldSet) -> dict[str, Any]:
    run, before = compared.now, compared.before
    slowest = sorted(run.operations.seconds.items(), key=lambda item: -item[1])[:5]
    return {
        "compared": compared,
        "run": run,
        "before": before,
        "about": gold_set.about,
        "said": changes_said(compared),
        "flips_said": flips_said(compared.flips),
        "by_type_flips": [(kind, flips_said(flips)) for kind, flips in compared.by_type],
        "types": _types(run),
        "stages": _stages(run, before),
        "whole": [
            (label, whole_estimate(run, figure), before and whole_estimate(before, figure))
            for _, label, figure in WHOLE
        ],
        "failing": FAILING,
        "invariants": [(label, run.broken().get(name, 0)) for name, label in INVARIANTS.items()],
        "percentiles": percentiles(run),
        "slowest": slowest,
        "groups": _groups(compared, gold_set),
        "risk": [risk_points(one) for one in (run, before) if one],
        "calibration": calibration(run),
    }


def _types(run: Run) -> list[tuple[str, list[Any]]]:
    columns = ("right", "recall@5", "evidence_right", "citation_precision")
    kinds = [
        (kind, [one for one in run.records if one.type == kind]) for kind in sorted({one.type for one in run.records})
    ]
    return [
        (kind, [len(records), *(estimate(records, BY_NAME[name]) for name in columns)])
        for kind, records in [*kinds, ("all", list(run.records))]
    ]


def _stages(run: Run, before: Run | None) -> list[tuple[str, list[tuple[Any, ...]]]]:
    return [
        (
            stage,
            [
                (measure, estimate(run.records, measure), before and estimate(before.records, measure))
                for measure in MEASURES
                if measure.stage == stage
            ],
        )
        for stage in dict.fromkeys(measure.stage for measure in MEASURES)
    ]


def _groups(compared: Comparison, gold_set: GoldSet) -> list[Group]:
    rows = {row.id: row for row in read_rows(gold_set.gold)}
    earlier = {record.id: record for record in compared.before.records} if compared.before else {}
    members: dict[str, list[Question]] = {name: [] for name in _GROUPS}
    for record in compared.now.records:
        before = earlier.get(record.id)
        same_row = before is not None and before.row == record.row
        question = Question(rows.get(record.id), record, before if same_row else None)
        members[_group(question, compared)].append(question)
    return [Group(label, shown, members[name]) for name, (label, shown) in _GROUPS.items() if members[name]]


def _group(question: Question, compared: Comparison) -> str:
    now, before = question.now, question.before
    if now.broken:
        return "broken"
    if now.id in compared.flips.lost:
        return "lost"
    if now.id in compared.flips.gained:
        return "gained"
    if before is not None and (now.answer, now.citations) != (before.answer, before.citations):
        return "changed"
    return "right" if now.right else "wrong"


def _estimate_json(found: Any) -> Json | None:
    return asdict(found) if found else None

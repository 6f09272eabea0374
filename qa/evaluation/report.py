"""What a comparison says, as one HTML page that loads nothing, as Markdown for a pull request, and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qa.evaluation.asking import Record
from qa.evaluation.comparison import FAILING, NO_FLIPS, Comparison, Flips, changes_said, flips_said, p_said
from qa.evaluation.gold import Row, read_rows
from qa.evaluation.goldset import GoldSet
from qa.evaluation.jsonlines import write_whole
from qa.evaluation.measures import BY_NAME, INVARIANTS, MEASURES
from qa.evaluation.runs import Run
from qa.evaluation.summary import (
    ROLES_SAID,
    WHOLE,
    Estimate,
    calibration,
    counted,
    estimate,
    percentiles,
    risk_points,
    whole_estimate,
)
from qa.schema import Json

# Groups of questions in the order of the page: their names, and whether they stand at its top, open.
_GROUPS = {
    "broken": ("Breaks what no answer may break", True),
    "lost": ("Lost: right before, wrong now", True),
    "gained": ("Gained: wrong before, right now", True),
    "changed": ("Another answer, and as right or wrong as before", False),
    "wrong": ("Wrong, with the same answer as before", False),
    "right": ("Right, with the same answer as before", False),
}
_TYPE_MEASURES = ("right", "recall@5", "evidence_right", "citation_precision")
_STAGES = {
    "retrieval": "retrieval alone",
    "gold evidence": "answering, with the right passages given",
    "end to end": "end to end",
}
# What means something to Markdown, to HTML, or to the sites that show it ("@name", "#12") in the middle of a line.
_MARKDOWN = frozenset("\\`*_[]<>#!|~@&$")
# A pull request takes 65,536 characters: so many questions of a group, and so much of each text.
MOST_QUESTIONS, MOST_CHARACTERS = 20, 300
Results = Sequence[tuple[Comparison, GoldSet]]


@dataclass(frozen=True, slots=True)
class Question:
    """A question in the report: its gold row, what came of it now and before (None: it was not asked), and whether it
    was "lost" or "gained" ("": neither)."""

    row: Row | None
    now: Record
    before: Record | None
    flip: str = ""


@dataclass(frozen=True, slots=True)
class TypeRow:
    """A type of question in the report. cells: estimates of _TYPE_MEASURES; before: of the first, in the baseline."""

    name: str
    count: int
    cells: list[Estimate | None]
    before: Estimate | None
    lost: int
    gained: int


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that stand together in the report."""

    label: str
    open: bool
    questions: list[Question]


def write_reports(results: Results) -> Path:
    """Writes report.html and report.md into the folder of the newest runs; returns the path of the page."""
    folder = results[0][1].runs
    for name, text in (("report.html", html(results)), ("report.md", markdown(results))):
        write_whole(folder / name, text)
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
    filters: dict[str, Callable[..., str]] = {"pct": "{:.1%}".format, "points": _points, "md": _as_words, "cut": _cut}
    environment.filters.update(filters)
    sets = [_set(*one) for one in results]
    return environment.get_template(template).render(sets=sets, most=MOST_QUESTIONS)


def _set(compared: Comparison, gold_set: GoldSet) -> dict[str, Any]:
    run, before = compared.now, compared.before
    if not compared.passes:
        mark, verdict = "✗", "failed"
    else:
        mark, verdict = ("✓", "passed") if before else ("", "nothing broken, and nothing to compare with")
    whole = [(label, whole_estimate(run, of), before and whole_estimate(before, of)) for _, label, of in WHOLE]
    return {
        "compared": compared,
        "run": run,
        "before": before,
        "mark": mark,
        "verdict": verdict,
        "about": gold_set.about,
        "counted": counted(run),
        "role": ROLES_SAID.get(run.role, ""),
        "said": changes_said(compared),
        "flips_said": flips_said(compared.flips),
        "p_said": p_said(compared.flips),
        "clusters": len({record.cluster for record in run.records}),
        "types": _types(compared),
        "stages": _stages(run, before),
        "whole": whole,
        "failing": FAILING,
        "invariants": INVARIANTS,
        "broken": dict.fromkeys(INVARIANTS, 0) | run.broken(),
        "percentiles": percentiles(run),
        "slowest": sorted(run.operations.seconds.items(), key=lambda item: -item[1])[:5],
        "groups": _groups(compared, gold_set),
        "risk": [risk_points(one) for one in (run, before) if one],
        "calibration": calibration(run),
    }


def _types(compared: Comparison) -> list[TypeRow]:
    run, before = compared.now, compared.before
    flips = dict(compared.by_type)
    kinds: dict[str, list[Record]] = {kind: [] for kind in sorted({record.type for record in run.records})}
    for record in run.records:
        kinds[record.type].append(record)
    rows = []
    for kind, records in kinds.items():
        flipped = flips.get(kind, NO_FLIPS)
        earlier = [one for one in before.records if one.type == kind] if before else []
        rows.append(_type_row(kind, records, earlier, flipped))
    return [*rows, _type_row("all", run.records, before.records if before else (), compared.flips)]


def _type_row(name: str, records: Sequence[Record], before: Sequence[Record], flips: Flips) -> TypeRow:
    cells = [estimate(records, BY_NAME[measure]) for measure in _TYPE_MEASURES]
    return TypeRow(name, len(records), cells, estimate(before, BY_NAME["right"]), len(flips.lost), len(flips.gained))


def _stages(run: Run, before: Run | None) -> list[tuple[str, list[tuple[Any, ...]]]]:
    return [
        (
            _STAGES[stage],
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
        flip = "lost" if record.id in compared.flips.lost else "gained" if record.id in compared.flips.gained else ""
        question = Question(rows.get(record.id), record, before if same_row else None, flip)
        members[_group(question)].append(question)
    return [Group(label, shown, members[name]) for name, (label, shown) in _GROUPS.items() if members[name]]


def _group(question: Question) -> str:
    now, before = question.now, question.before
    if now.broken:
        return "broken"
    if question.flip:
        return question.flip
    without_text = before is not None and not before.question
    if before and not without_text and (now.answer, now.citations) != (before.answer, before.citations):
        return "changed"
    return "right" if now.right else "wrong"


def _points(share: float) -> str:
    """A change of a share in points, with a sign."""
    return f"{100 * share:+.1f}".replace("-", "−")


def _cut(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS].rstrip() + " …"


def _as_words(text: str) -> str:
    """Text of notes and answers as Markdown shows it word for word: no markup, links, mentions or references."""
    escaped = "".join(f"&#{ord(char)};" if char in _MARKDOWN else char for char in " ".join(str(text).split()))
    return escaped.replace("://", "&#58;//").replace("www.", "www&#46;")


def _estimate_json(found: Any) -> Json | None:
    return asdict(found) if found else None

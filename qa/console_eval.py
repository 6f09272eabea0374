"""What `qa eval` prints: the table by type, the comparison with the baseline, what broke, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence

from qa.console import near, plural, show_table, write
from qa.evaluation.asking import Record
from qa.evaluation.checking import Finding
from qa.evaluation.comparison import Comparison, MeasureChange, changes_said, flips_said, named
from qa.evaluation.goldset import GoldSet
from qa.evaluation.measures import BY_NAME, INVARIANTS
from qa.evaluation.runs import Run
from qa.evaluation.summary import ROLES_SAID, WHOLE, Estimate, counted, estimate, percentiles, whole_estimate

# Columns of the table by type, after the measure of the whole: name of the measure, and its heading.
_COLUMNS = (("recall@5", "found"), ("evidence_right", "handed"), ("citation_precision", "cited"))
_SHORT = {"same": "", "no loss beyond margin": "no loss", "loss": "LOSS", "loss not ruled out": "LOSS not ruled out"}
_LEGEND = (
    "right: with its 95% interval; found: evidence in 5 hits; handed: right where the evidence is handed in; cited: "
    "citations that are on evidence; -: not measured."
)


def show_comparison(compared: Comparison, gold_set: GoldSet, accept: str) -> None:
    """A run, beside its baseline where there is one. accept: the command that makes the run the baseline."""
    run = compared.now
    write(f"{run.name}: {counted(run)}{ROLES_SAID.get(run.role, '')}.")
    _show_types(run)
    write(_LEGEND)
    print()
    _show_confidence(run)
    _show_operations(run)
    wrong = [record.id for record in run.records if not record.right]
    if wrong:
        write(f"Wrong: {named(wrong)}.", hang="  ")
    if run.unscored:
        write(f"Not scored: {named(list(run.unscored))}.", hang="  ")
    print()
    if compared.before is None:
        write(f"There is no baseline yet; `{accept}` makes this run it ({near(gold_set.baseline)}).", hang="  ")
    else:
        _show_changes(compared)
    _show_verdict(compared)


def show_findings(findings: Sequence[Finding], gold_set: GoldSet, questions: int) -> None:
    """What the checker found in a gold set."""
    errors = sum(finding.level == "error" for finding in findings)
    for finding in findings:
        write(f"{finding.level}: {finding.where}: {finding.message}", hang="  ")
    warnings = len(findings) - errors
    found = f"{errors} {plural('error', errors)}, {warnings} {plural('warning', warnings)}"
    write(f"{gold_set.name}: {questions} {plural('question', questions)} checked, {found}.")


def _percent(value: float) -> str:
    """A share as "59%"."""
    return f"{value:.0%}"


def _show_types(run: Run) -> None:
    kinds = sorted({record.type for record in run.records})
    rows = [["type", "n", "right", "", *(heading for _, heading in _COLUMNS)]]
    rows += [_type_row(kind, [record for record in run.records if record.type == kind]) for kind in kinds]
    show_table([*rows, _type_row("all", run.records)], right_from=1, left=(3,))


def _type_row(name: str, records: Sequence[Record]) -> list[str]:
    right = estimate(records, BY_NAME["right"])
    cells = [estimate(records, BY_NAME[measure]) for measure, _ in _COLUMNS]
    if right is None:
        return [name, "0", "-", "", *("-" for _ in cells)]
    count = str(sum(record.right for record in records))
    interval = f"{_percent(right.value)} ({_percent(right.low)} to {_percent(right.high)})"
    return [name, str(len(records)), count, interval, *(_percent(cell.value) if cell else "-" for cell in cells)]


def _show_confidence(run: Run) -> None:
    for name, label, figure in WHOLE:
        found = whole_estimate(run, figure)
        write(f"{name.upper()} {_figure(found)}: {label}.", hang="  ")
    for measure in ("false_answers", "false_refusals"):
        found = estimate(run.records, BY_NAME[measure])
        count = sum(record.measures.get(measure, 0) == 1 for record in run.records)
        said = f"{count} of {found.questions}" if found else "not measured"
        write(f"{BY_NAME[measure].label}: {said}.", hang="  ")


def _show_operations(run: Run) -> None:
    operations = run.operations
    middle, high = percentiles(run)
    same = "asked once only" if operations.unstable is None else "another process gave the same bytes"
    if operations.unstable:
        same = f"no, another process gave other bytes for {named(operations.unstable)}"
    write(
        f"Time per question: p50 {middle * 1000:.0f} ms, p95 {high * 1000:.0f} ms. Calls to the network: "
        f"{operations.network_calls}. Repeatable: {same}."
    )
    errors = [record for record in run.records if record.error]
    if errors:
        write(f"Without an answer, and so wrong: {len(errors)}. {errors[0].id}: {errors[0].error}", hang="  ")
    broken = run.broken()
    held = len(INVARIANTS) - len(broken) - (not operations.offline)
    quotes = sum(len(record.citations) for record in run.records)
    write(f"Invariants over {quotes} {plural('citation', quotes)}: {held} hold, {len(broken)} broken.")


def _show_changes(compared: Comparison) -> None:
    before = compared.before
    if before is not None and before.note:
        write(f"Baseline of {before.accepted}: {before.note}", hang="  ")
    for sentence in changes_said(compared):
        write(sentence, hang="  ")
    rows = [["measure", "before", "now", "95% of change", "seen from", ""]]
    show_table([*rows, *map(_change_row, compared.measures)], right_from=1, left=(5,))
    write("seen from: the fewest questions whose loss the gate would have seen, four times in five.")
    write(f"Flips: {flips_said(compared.flips)}.")
    for what, ids in (("lost", compared.flips.lost), ("gained", compared.flips.gained)):
        if ids:
            write(f"{what}: {named(ids)}", indent="  ", hang="  ")
    for kind, flips in compared.by_type:
        write(f"{kind}: {flips_said(flips)}", indent="  ", hang="  ")


def _change_row(one: MeasureChange) -> list[str]:
    change = one.change
    visible = f"{one.visible or 'none'} of {change.questions}"
    return [
        one.measure.name,
        f"{change.before:.3f}",
        f"{change.now:.3f}",
        "0" if one.verdict == "same" else f"{change.low:+.3f} {change.high:+.3f}",
        visible,
        _SHORT.get(one.verdict, one.verdict),
    ]


def _show_verdict(compared: Comparison) -> None:
    if compared.passes:
        passed = "PASSED: no measure of the gate lost more than its margin."
        write("Nothing is broken, and there is nothing to compare with." if compared.before is None else passed)
        return
    print("FAILED:")
    for reason in compared.reasons:
        write(f"- {reason}", indent="  ", hang="  ")


def _figure(found: Estimate | None) -> str:
    return f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})" if found else "not measured"

"""What one run says: its measures with intervals, and the figures of the whole run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from qa.evaluation.asking import Record
from qa.evaluation.measures import Measure, abstention
from qa.evaluation.runs import Run
from qa.evaluation.statistics import figure_interval, mean_interval, wilson

# What the role of a set means for its figures.
ROLES_SAID = {
    "development": "; its answers were looked at while the program was made",
    "check": "; kept for checking",
}
# Figures of a whole run that are no mean over its questions: name, label, and the function of its records.
WHOLE: tuple[tuple[str, str, Callable[[Sequence[Record]], float | None]], ...] = (
    ("auroc", "confidence tells what the notes answer (AUROC)", lambda of: abstention.auroc(*_told(of))),
    ("aurc", "area under the risk-coverage curve (AURC, lower is better)", lambda of: abstention.aurc(*_risked(of))),
    ("ece", "calibration error of confidence (lower is better)", lambda of: abstention.calibration_error(*_told(of))),
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure of one run with its 95% interval. questions: on how many it rests."""

    value: float
    low: float
    high: float
    questions: int


def estimate(records: Sequence[Record], measure: Measure) -> Estimate | None:
    """A measure over the records where it was measured; None where it was on none.

    The interval is Wilson's where each question is a yes or a no, else a bootstrap by clusters.
    """
    found = [(record.measures[measure.name], record.cluster) for record in records if measure.name in record.measures]
    if not found:
        return None
    values = [value for value, _ in found]
    mean = sum(values) / len(values)
    if set(values) <= {0.0, 1.0}:
        low, high = wilson(sum(values), len(values))
    else:
        low, high = mean_interval(values, [cluster for _, cluster in found])
    return Estimate(mean, low, high, len(values))


def whole_estimate(run: Run, figure: Callable[[Sequence[Record]], float | None]) -> Estimate | None:
    """One of WHOLE over a run, with a bootstrap interval by clusters; None where it was not measured."""
    records = _confident(run)
    value = figure(records)
    if value is None:
        return None
    interval = figure_interval(lambda places: figure([records[at] for at in places]), [one.cluster for one in records])
    low, high = interval or (0.0, 1.0)
    return Estimate(value, low, high, len(records))


def risk_points(run: Run) -> list[tuple[float, float]]:
    """The risk-coverage curve of a run."""
    return abstention.risk_coverage(*_risked(_confident(run)))


def calibration(run: Run) -> list[abstention.Bin]:
    """The calibration bins of a run."""
    return abstention.calibration_bins(*_told(run.records))


def percentiles(run: Run) -> tuple[float, float]:
    """The median and the 95th percentile of the seconds of an answer; zeros where nothing was answered."""
    seconds = list(run.operations.seconds.values()) or [0.0]
    middle, high = np.percentile(seconds, [50, 95])
    return float(middle), float(high)


def counted(run: Run) -> str:
    """How many questions a run asked of how many notes."""
    notes = f"{run.notes} note{'s' if run.notes != 1 else ''}"
    answerable = sum(record.answerable for record in run.records)
    return f"{len(run.records)} question{'s' if len(run.records) != 1 else ''} on {notes}, {answerable} answerable"


def _told(records: Sequence[Record]) -> tuple[list[float], list[bool]]:
    known = [record for record in records if record.confidence is not None]
    return [record.confidence or 0.0 for record in known], [record.answerable for record in known]


def _risked(records: Sequence[Record]) -> tuple[list[float], list[bool], list[bool]]:
    """As `abstention.risk_coverage` takes them; a question that raised an error is the least certain and wrong."""
    return (
        [record.confidence or 0.0 for record in records],
        [record.right for record in records],
        [record.abstained or bool(record.error) for record in records],
    )


def _confident(run: Run) -> list[Record]:
    """The records that the figures of confidence are of: none where there is no calibration for the model."""
    if all(record.confidence is None for record in run.records):
        return []
    return [record for record in run.records if record.confidence is not None or record.error]

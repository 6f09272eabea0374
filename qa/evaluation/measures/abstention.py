"""Whether the program knows what the notes do not tell: wrong decisions, and how good its confidence is.

All take one value a question: `confidence` (0..1), `answerable`, `right`, `abstained`. Where there is nothing to
measure (one class only, no confidence) they give None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin of a calibration plot: the mean confidence of its questions, the share that is answerable, how many."""

    confidence: float
    share: float
    count: int


def auroc(confidence: Sequence[float], answerable: Sequence[bool]) -> float | None:
    """The chance that a question that the notes answer gets more confidence than one that they do not; ties count half.

    Hanley and McNeil, "The meaning and use of the area under a receiver operating characteristic curve" (1982).
    """
    values, truth = np.array(confidence, dtype=float), np.array(answerable, dtype=bool)
    yes, no = values[truth], values[~truth]
    if not len(yes) or not len(no):
        return None
    below = np.searchsorted(np.sort(no), yes, side="left")
    not_above = np.searchsorted(np.sort(no), yes, side="right")
    return float((below + not_above).sum() / (2 * len(yes) * len(no)))


def risk_coverage(
    confidence: Sequence[float], right: Sequence[bool], abstained: Sequence[bool]
) -> list[tuple[float, float]]:
    """(coverage, risk) as ever more questions are answered, the most confident first.

    coverage: the share of all questions that is answered; risk: the share of these answers that is wrong. Questions
    that were refused come last and count as wrong, since an answer to them is not known. Questions of one confidence
    come in together. El-Yaniv and Wiener, "On the foundations of noise-free selective classification" (2010).
    """
    keys = [(refused, -value) for refused, value in zip(abstained, confidence, strict=True)]
    wrong = [not (ok and not refused) for ok, refused in zip(right, abstained, strict=True)]
    points, mistakes = [], 0
    order = sorted(range(len(keys)), key=lambda at: keys[at])
    for place, at in enumerate(order, start=1):
        mistakes += wrong[at]
        if place == len(order) or keys[order[place]] != keys[at]:
            points.append((place / len(order), mistakes / place))
    return points


def aurc(confidence: Sequence[float], right: Sequence[bool], abstained: Sequence[bool]) -> float | None:
    """The area under the risk-coverage curve, as a mean of the risk over the coverage; lower is better.

    Geifman, Uziel and El-Yaniv, "Bias-reduced uncertainty estimation for deep neural classifiers" (2019).
    """
    points = risk_coverage(confidence, right, abstained)
    if not points:
        return None
    edges = [0.0, *(coverage for coverage, _ in points)]
    return float(sum(risk * (edge - before) for (edge, risk), before in zip(points, edges, strict=False)))


def calibration_bins(confidence: Sequence[float], answerable: Sequence[bool], bins: int = 10) -> list[Bin]:
    """The questions by confidence, in bins of as equal a number as can be; no more bins than questions."""
    if not confidence:
        return []
    values, truth = np.array(confidence, dtype=float), np.array(answerable, dtype=float)
    order = np.argsort(values, kind="stable")
    parts = [part for part in np.array_split(order, min(bins, len(order))) if len(part)]
    return [Bin(float(values[part].mean()), float(truth[part].mean()), len(part)) for part in parts]


def calibration_error(confidence: Sequence[float], answerable: Sequence[bool], bins: int = 10) -> float | None:
    """The mean distance of confidence and share in the bins, weighed by their size (ECE with equal-mass bins).

    Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning" (2015); equal mass
    after Nixon et al., "Measuring calibration in deep learning" (2019).
    """
    found = calibration_bins(confidence, answerable, bins)
    total = sum(one.count for one in found)
    return sum(one.count * abs(one.confidence - one.share) for one in found) / total if total else None

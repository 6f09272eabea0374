"""How well the program knows what the notes do not tell: on SQuAD 2.0, the gold sets, Chroma's chunking evaluation and
conversations of IBM MTRAG.

    python -m evals.benchmarks.abstention DATA [--work FOLDER]

`doubts.py` says what is asked: answerable, far, near and masked questions, and what the control is. Chances on SQuAD
and on the binders of development are cross-fitted: each is by a fit that saw no question of its article or note. All
other sets took no part in the fit. The thresholds are those in qa/answering/calibration.json. Intervals are 95%, by a
bootstrap of articles, notes or conversations; where these are fewer than ten, of single questions too, and the wider
one is shown. Some minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple
from functools import partial

import numpy as np
from numpy.typing import NDArray

from evals.benchmarks.doubts import (
    ANSWERABLE,
    DEVELOPMENT,
    FAR,
    MASKED,
    NEAR,
    Sample,
    chunking,
    gold,
    gold_sets,
    mtrag,
    squad,
)
from evals.benchmarks.sets import arguments
from evals.calibrate import Array, Fitted, counts, cross_fitted, fit
from qa.answering.calibration import Calibration, calibration
from qa.answering.features import NAMES, Features
from qa.console import show_table
from qa.embedding import load_embedding
from qa.evaluation.measures.abstention import auroc
from qa.evaluation.statistics import FEW_CLUSTERS, figure_interval
from qa.settings import Settings

Told = list[tuple[Sample, float]]


def main() -> None:
    parsed = arguments(__doc__).parse_args()
    known = calibration(load_embedding().fingerprint, "en", Settings())
    assert known is not None
    of_squad = squad(parsed.data, parsed.work)
    of_gold = {one.name: gold(one) for one in gold_sets()}
    binders = [one.name for one in gold_sets() if one.role == DEVELOPMENT]
    trained = [sample for sample in of_squad if sample.kind != MASKED]
    trained += [sample for name in binders for sample in of_gold[name]]
    chances, fitted = cross_fitted(trained), fit(trained)
    told: dict[str, Told] = {name: _told(samples, fitted) for name, samples in of_gold.items()}
    cross = list(zip(trained, chances.tolist(), strict=True))
    for name in ("squad", *binders):
        told[name] = [one for one in cross if one[0].set == name]
    told["chunking"] = _told(chunking(parsed.data, parsed.work), fitted)
    print(f"Abstains below {known.abstain_below}, doubts below {known.near_below}.\n")
    _show_areas(told, _controls(of_squad, fitted))
    _show_manners(told, known)
    _show_calibration(trained, chances, told)
    _show_single(of_squad)
    _show_turns([(sample, known.chance(sample.figures)) for _, sample in mtrag(parsed.data, parsed.work)], known)


def _told(samples: Sequence[Sample], fitted: Fitted) -> Told:
    rows = np.array([astuple(sample.figures) for sample in samples])
    return list(zip(samples, fitted.chances(rows).tolist(), strict=True))


def _controls(samples: Sequence[Sample], fitted: Fitted) -> Told:
    """Answerable and near questions of SQuAD with a sentence left out."""
    return [
        (sample, float(fitted.chances(np.array([astuple(sample.control)]))[0]))
        for sample in samples
        if sample.control is not None and sample.kind in (ANSWERABLE, NEAR)
    ]


def area(told: Told, kind: str) -> str:
    """The AUROC of answerable questions against those of a kind, with its interval; "-" where there are none."""
    chosen = [one for one in told if one[0].kind in (ANSWERABLE, kind)]
    chances, truth = [chance for _, chance in chosen], [sample.answerable for sample, _ in chosen]
    value = auroc(chances, truth)
    if value is None:
        return "-"
    low, high = _interval(
        lambda drawn: auroc([chances[at] for at in drawn], [truth[at] for at in drawn]),
        [sample.cluster for sample, _ in chosen],
    )
    return f"{value:.3f} ({low:.3f} to {high:.3f})"


def _interval(figure: Callable[[Sequence[int]], float | None], clusters: Sequence[str]) -> tuple[float, float]:
    """The 95% interval of a figure; of few clusters no narrower than one that draws single questions."""
    drawn_by = [clusters]
    if len(set(clusters)) < FEW_CLUSTERS:
        drawn_by.append([str(at) for at in range(len(clusters))])
    found = [interval for names in drawn_by if (interval := figure_interval(figure, names))]
    return min(low for low, _ in found), max(high for _, high in found)


def _show_areas(told: dict[str, Told], control: Told) -> None:
    print("AUROC of the chance: answerable questions against")
    rows = [["", FAR, NEAR, MASKED]]
    rows += [[name, *(area(of, kind) for kind in (FAR, NEAR, MASKED))] for name, of in told.items()]
    rows.append(["squad, control", "-", area(control, NEAR), "-"])
    show_table(rows)


def _show_manners(told: dict[str, Told], known: Calibration) -> None:
    print("\nWhat happens, by kind: the share that is abstained, near, answered; and the first two together")
    rows: list[list[object]] = [["", "kind", "n", "abstained", "near", "answered", "abstained or near (95%)"]]
    for name, of in told.items():
        for kind in (ANSWERABLE, FAR, NEAR, MASKED):
            chances = np.array([chance for sample, chance in of if sample.kind == kind])
            if len(chances):
                clusters = [sample.cluster for sample, _ in of if sample.kind == kind]
                abstained, doubted = chances < known.abstain_below, chances < known.near_below
                low, high = _interval(partial(_share, doubted), clusters)
                shares = [abstained.mean(), doubted.mean() - abstained.mean(), 1 - doubted.mean()]
                both = f"{doubted.mean():.2f} ({low:.2f} to {high:.2f})"
                rows.append([name, kind, len(chances), *(f"{share:.2f}" for share in shares), both])
    show_table(rows)


def _share(flags: NDArray[np.bool_], drawn: Sequence[int]) -> float:
    return float(flags[list(drawn)].mean())


def weighed_error(chances: Array, answerable: Array, weights: Array, bins: int = 10) -> float:
    """The mean distance of chance and share in bins of equal weight (see `calibration_error`), by weights."""
    order = np.argsort(chances, kind="stable")
    middles = np.cumsum(weights[order]) - weights[order] / 2
    place = (middles / weights.sum() * bins).astype(int)
    total = 0.0
    for at in range(bins):
        rows = order[place == at]
        total += abs(float((weights[rows] * (chances[rows] - answerable[rows])).sum()))
    return total / float(weights.sum())


def _show_calibration(trained: Sequence[Sample], chances: Array, told: dict[str, Told]) -> None:
    print("\nCalibration error (ECE, 10 bins of equal mass), answerable questions weighing as much as the others")
    truth, weights = np.array([float(sample.answerable) for sample in trained]), counts(trained)
    rows: list[list[object]] = [["questions", "n", "ECE"]]
    rows.append(["squad and the development binders mixed, with their masked ones", len(trained)])
    rows[-1].append(f"{weighed_error(chances, truth, weights):.3f}")
    for name, of in told.items():
        without = [one for one in of if one[0].kind != MASKED]
        answerable = np.array([float(sample.answerable) for sample, _ in without])
        own = np.where(answerable == 1, 0.5 / answerable.sum(), 0.5 / (1 - answerable).sum())
        error = weighed_error(np.array([chance for _, chance in without]), answerable, own)
        rows.append([f"{name}, without masked ones", len(without), f"{error:.3f}"])
    show_table(rows)


def _show_single(samples: Sequence[Sample]) -> None:
    print(
        "\nAUROC on squad of each figure by itself (one minus it, where less is better), and of the near ones' control"
    )
    rows = [["", FAR, NEAR, "control"]]
    for name in NAMES:
        row = [name]
        for kind, left_out in ((FAR, False), (NEAR, False), (NEAR, True)):
            chosen = [sample for sample in samples if sample.kind in (ANSWERABLE, kind)]
            figures = [sample.control if left_out else sample.figures for sample in chosen]
            row.append(_single(name, figures, [sample.answerable for sample in chosen]))
        rows.append(row)
    show_table(rows)


def _single(name: str, figures: Sequence[Features | None], answerable: Sequence[bool]) -> str:
    value = auroc([getattr(one, name) if one else 0.0 for one in figures], answerable)
    return "-" if value is None else f"{max(value, 1 - value):.3f}"


def _show_turns(told: Told, known: Calibration) -> None:
    print("\nmtrag: AUROC of turns that the passages answer, wholly or in part, against the seven that they do not:")
    print(area(told, NEAR))
    answered = [chance for sample, chance in told if sample.answerable]
    lost = sum(chance < known.abstain_below for chance in answered)
    doubted = sum(chance < known.near_below for chance in answered) - lost
    print(f"of {len(answered)} that they answer {lost} are abstained, {doubted} near; of those that they do not:")
    for sample, chance in sorted(told, key=lambda one: one[1]):
        if not sample.answerable:
            manner = (
                "abstained" if chance < known.abstain_below else "near" if chance < known.near_below else "answered"
            )
            below = np.mean(np.array(answered) < chance)
            print(f"{sample.id}  chance {chance:.2f}  {manner}  {below:.0%} of the answerable turns are lower")


if __name__ == "__main__":
    main()

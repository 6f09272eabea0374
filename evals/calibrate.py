"""Fits the chance that the notes hold an answer, and the two thresholds, and writes qa/answering/calibration.json.

    python -m evals.calibrate DATA [--work FOLDER] [--write]

DATA is the folder of public sets (evals/benchmarks/README.md). Fitted on SQuAD 2.0 and on the binders that answers
were developed on, the one as much as the others together: answerable questions as they are; of SQuAD each of them put
to the binder without its article (far), and the questions that its authors wrote to have no answer (near); of the
binders those written so, and each answerable one with its evidence taken away (masked). Only questions in English.
`python -m evals.benchmarks.abstention` shows how it does on these, cross-fitted, and on sets that took no part. Some
minutes.

The thresholds are those with the least cost on the same questions, cross-fitted. A false refusal costs 1; the costs
below are beside that.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.benchmarks.doubts import ANSWERABLE, DEVELOPMENT, FAR, MASKED, NEAR, Sample, gold, gold_sets, squad
from evals.benchmarks.sets import arguments
from qa.answering.calibration import Calibration
from qa.answering.features import NAMES
from qa.embedding import load_embedding

TARGET = Path(__file__).parent.parent / "qa" / "answering" / "calibration.json"
# A false answer is an exact quote with its place, which a reader sees not to tell; a refusal hides what is there.
# One that is given with a doubt is seen even sooner.
FALSE_ANSWER, DOUBTED_FALSE_ANSWER, UNNEEDED_DOUBT = 0.3, 0.15, 0.4
FLAT = 1.01
# Of SQuAD's questions without an answer, what each kind counts: how far they are is told well, how near hardly at all.
COUNTS = {FAR: 2.0, NEAR: 1.0}
FOLDS = 8
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights of the figures, in the order of NAMES, and the intercept."""

    weights: tuple[float, ...]
    intercept: float

    def chances(self, figures: Array) -> Array:
        """The chance of each row of figures."""
        result: Array = 1 / (1 + np.exp(-(figures @ np.array(self.weights) + self.intercept)))
        return result


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--write", action="store_true", help="put what was fitted into calibration.json")
    parsed = parser.parse_args()
    samples = trained_on(parsed.data, parsed.work)
    fitted = fit(samples)
    abstain, near = thresholds(samples, cross_fitted(samples))
    for name, weight in zip(NAMES, fitted.weights, strict=True):
        print(f"{name:12} {weight:8.3f}")
    print(f"intercept    {fitted.intercept:8.3f}\nabstain below {abstain:.3f}, near below {near:.3f}")
    if parsed.write:
        TARGET.write_text(json.dumps(table(samples, fitted, abstain, near), indent=1) + "\n", encoding="utf-8")


def trained_on(data: Path, work: Path | None) -> list[Sample]:
    """What is fitted on; of SQuAD no masked questions, since it has near ones of its own."""
    binders = [sample for one in gold_sets() if one.role == DEVELOPMENT for sample in gold(one)]
    return [sample for sample in squad(data, work) if sample.kind != MASKED] + binders


def figures_of(samples: Sequence[Sample]) -> Array:
    """The figures as (samples, names)."""
    return np.array([astuple(sample.figures) for sample in samples])


def counts(samples: Sequence[Sample]) -> Array:
    """What each sample counts: SQuAD as much as all binders, and of each what is answered as much as what is not."""
    own = np.array([COUNTS.get(sample.kind, 1.0) if sample.set == "squad" else 1.0 for sample in samples])
    for of_squad, answerable in product((True, False), repeat=2):
        part = np.array([(s.set == "squad") == of_squad and s.answerable == answerable for s in samples])
        own[part] *= len(samples) / 4 / own[part].sum()
    return own


def fit(samples: Sequence[Sample], ridge: float = 1.0) -> Fitted:
    """Logistic regression by Newton's method with a ridge on the weights of the standardised figures."""
    rows, answerable = figures_of(samples), np.array([sample.answerable for sample in samples])
    middle, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    design, count = np.hstack([(rows - middle) / spread, np.ones((len(rows), 1))]), counts(samples)
    penalty = np.diag([ridge] * rows.shape[1] + [0.0])
    solution = np.zeros(design.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-design @ solution))
        gradient = design.T @ (count * (chance - answerable)) + penalty @ solution
        hessian = design.T @ (design * (count * chance * (1 - chance))[:, None]) + penalty
        solution -= np.linalg.solve(hessian, gradient)
    weights = solution[:-1] / spread
    return Fitted(tuple(weights.tolist()), float(solution[-1] - weights @ middle))


def cross_fitted(samples: Sequence[Sample]) -> Array:
    """The chance of each sample by a fit that saw no question of its article or note."""
    folds = np.array(_folds(samples))
    rows, chance = figures_of(samples), np.zeros(len(samples))
    for fold in range(FOLDS):
        seen = [sample for sample, own in zip(samples, folds, strict=True) if own != fold]
        chance[folds == fold] = fit(seen).chances(rows[folds == fold])
    return chance


def thresholds(samples: Sequence[Sample], chance: Array) -> tuple[float, float]:
    """Below which chances to abstain, and to answer with a doubt, with the least cost; of those that cost FLAT times as
    much or less, the lowest: nothing is refused or doubted without a gain that shows."""
    answerable, count = np.array([sample.answerable for sample in samples]), counts(samples)
    steps = np.linspace(0.01, 0.99, 99)
    told = np.array([count[answerable & (chance < step)].sum() for step in steps])
    untold = np.array([count[~answerable & (chance >= step)].sum() for step in steps])
    # What each line costs by itself: abstaining beside a doubt, and a doubt beside an answer.
    abstaining = (1 - UNNEEDED_DOUBT) * told + DOUBTED_FALSE_ANSWER * untold
    doubting = UNNEEDED_DOUBT * told + (FALSE_ANSWER - DOUBTED_FALSE_ANSWER) * untold
    abstain, near = (steps[int((cost <= FLAT * cost.min()).argmax())] for cost in (abstaining, doubting))
    return float(min(abstain, near)), float(near)


def calibration_of(fitted: Fitted, abstain: float, near: float) -> Calibration:
    """What was fitted as the program uses it."""
    return Calibration(fitted.intercept, dict(zip(NAMES, fitted.weights, strict=True)), abstain, near)


def table(samples: Sequence[Sample], fitted: Fitted, abstain: float, near: float) -> dict[str, object]:
    """What calibration.json holds."""
    trained = {
        name: {kind: sum(s.set == name and s.kind == kind for s in samples) for kind in (ANSWERABLE, FAR, NEAR, MASKED)}
        for name in dict.fromkeys(sample.set for sample in samples)
    }
    model = {
        "intercept": round(fitted.intercept, 4),
        "weights": {name: round(weight, 4) for name, weight in zip(NAMES, fitted.weights, strict=True)},
        "abstain_below": round(abstain, 2),
        "near_below": round(near, 2),
    }
    return {
        "made_by": "python -m evals.calibrate DATA --write (docs/abstention.md)",
        "trained_on": trained,
        "costs": {
            "false_refusal": 1.0,
            "false_answer": FALSE_ANSWER,
            "doubted_false_answer": DOUBTED_FALSE_ANSWER,
            "unneeded_doubt": UNNEEDED_DOUBT,
        },
        "languages": ["en"],
        "models": {load_embedding().fingerprint: model},
    }


def _folds(samples: Sequence[Sample]) -> list[int]:
    """The fold of each sample: the articles one by one, the notes in turn."""
    clusters = {name: sorted({s.cluster for s in samples if s.set == name}) for name in {s.set for s in samples}}
    return [clusters[sample.set].index(sample.cluster) % FOLDS for sample in samples]


if __name__ == "__main__":
    main()

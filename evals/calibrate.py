"""Fits the chance that the notes hold an answer on one gold set, and checks it on others.

    python -m evals.calibrate --fit GOLD CORPUS --check GOLD CORPUS [--check ...] [--write]

Prints, for each set, the AUROC and the two kinds of wrong decision at the threshold. The
threshold is the chance at which false answers and false refusals cost the same on the set of the fit, weighed by --cost
(what a false answer costs, in false refusals). --write puts weights and threshold into qa/answering/calibration.json.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa import Binder
from qa.answering.abstention import features
from qa.binder import HITS_TO_ANSWER_FROM
from qa.embedding import load_embedding
from qa.evaluation.gold import Gold, read_rows, resolve
from qa.evaluation.measures.abstention import auroc
from qa.retrieval.query import build_query

TARGET = Path(__file__).parent.parent / "qa" / "answering" / "calibration.json"
Array = NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", nargs=2, type=Path, required=True, metavar=("GOLD", "CORPUS"))
    parser.add_argument("--check", nargs=2, type=Path, action="append", default=[], metavar=("GOLD", "CORPUS"))
    parser.add_argument("--cost", type=float, default=1.0, help="what a false answer costs, in false refusals")
    parser.add_argument("--write", action="store_true")
    parsed = parser.parse_args()
    rows, answerable, fingerprint = measure(*parsed.fit, take_away=True)
    weights, intercept = fit(rows, answerable)
    threshold = best_threshold(chances(rows, weights, intercept), answerable, parsed.cost)
    print(f"weights {np.round(weights, 3)}, intercept {intercept:.3f}, threshold {threshold:.3f}")
    report(
        f"fitted on {parsed.fit[0]}, each answer also taken away",
        chances(rows, weights, intercept),
        answerable,
        threshold,
    )
    for gold, corpus in [parsed.fit, *parsed.check]:
        rows, answerable, _ = measure(gold, corpus)
        report(f"as written, {gold}", chances(rows, weights, intercept), answerable, threshold)
    if parsed.write:
        model = {"intercept": round(intercept, 4), "weights": [round(weight, 4) for weight in weights.tolist()]}
        table = {"threshold": round(threshold, 4), "models": {fingerprint: model}}
        TARGET.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


def measure(gold_path: Path, corpus: Path, *, take_away: bool = False) -> tuple[Array, NDArray[np.bool_], str]:
    """The features (questions, 3) of a gold set, whether each is answerable, and the model's fingerprint.

    take_away: ask each answerable question once more, over the notes that do not hold its evidence. Questions that were
    written to have no answer are too few to fit on.
    """
    with tempfile.TemporaryDirectory() as index, Binder.open(corpus, index=index) as binder:
        golds, _ = resolve(read_rows(gold_path), binder.text)
        asked: list[tuple[Gold, list[str] | None]] = [(gold, None) for gold in golds]
        if take_away:
            every = [note.note for note in binder.notes()]
            held = [(gold, {place.note for support in gold.supports for place in support}) for gold in golds]
            asked += [(gold, [note for note in every if note not in notes]) for gold, notes in held if notes]
        rows = []
        for gold, notes in asked:
            history = gold.asked_with["history"]
            query = build_query(gold.question, history=history, glossary=binder.glossary())
            hits = binder.search(gold.question, history=history, k=HITS_TO_ANSWER_FROM, notes=notes)
            rows.append(features(query, hits))
        answerable = [gold.answerable and notes is None for gold, notes in asked]
        return np.array(rows), np.array(answerable), load_embedding(binder.settings.embedding).fingerprint


def fit(rows: Array, answerable: NDArray[np.bool_], ridge: float = 1.0) -> tuple[Array, float]:
    """Logistic regression by Newton's method with a ridge on the weights; both classes weigh the same, since how often
    people ask for what the notes do not tell is not known."""
    design = np.hstack([rows, np.ones((len(rows), 1))])
    shares = np.where(answerable, 0.5 / answerable.sum(), 0.5 / (~answerable).sum()) * len(rows)
    penalty = np.diag([ridge] * rows.shape[1] + [0.0])
    solution = np.zeros(design.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ solution))
        gradient = design.T @ (shares * (chance - answerable)) + penalty @ solution
        hessian = design.T @ (design * (shares * chance * (1 - chance))[:, None]) + penalty
        solution -= np.linalg.solve(hessian, gradient)
    return solution[:-1], float(solution[-1])


def chances(rows: Array, weights: Array, intercept: float) -> Array:
    """The fitted chance of each row."""
    result: Array = 1 / (1 + np.exp(-(rows @ weights + intercept)))
    return result


def best_threshold(chance: Array, answerable: NDArray[np.bool_], cost: float) -> float:
    """The threshold with the least weighed rate of wrong decisions; of several, the middle one."""
    steps = np.linspace(0.05, 0.95, 91)
    losses = [cost * (chance[~answerable] >= step).mean() + (chance[answerable] < step).mean() for step in steps]
    return float(np.median(steps[np.isclose(losses, min(losses))]))


def report(name: str, chance: Array, answerable: NDArray[np.bool_], threshold: float) -> None:
    """Prints how well the chances tell answerable questions from others."""
    yes, no = chance[answerable], chance[~answerable]
    area = auroc(chance.tolist(), answerable.tolist())
    said = "not measured" if area is None else f"{area:.3f}"
    print(f"{name}: {len(yes)} answerable, {len(no)} not; AUROC {said}; ", end="")
    print(f"refused {(yes < threshold).sum()} of {len(yes)}, answered {(no >= threshold).sum()} of {len(no)}")


if __name__ == "__main__":
    main()

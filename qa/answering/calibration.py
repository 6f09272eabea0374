"""The chance that the notes hold the answer, and what follows from it, by weights that `evals/calibrate.py` fitted.

`calibration.json` holds them, readable, with what they were fitted on and the costs behind the two thresholds.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from qa.answering.features import NAMES, Features
from qa.settings import Settings


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression over the figures of Features, and the chances below which one abstains or doubts.

    weights: by the figure's name; figures without one count nothing. abstain_below <= near_below.
    """

    intercept: float
    weights: Mapping[str, float]
    abstain_below: float
    near_below: float

    def chance(self, figures: Features) -> float:
        """The chance, 0..1, that the notes hold the answer."""
        log_odds = self.intercept + sum(weight * getattr(figures, name) for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-log_odds))


def calibration(fingerprint: str, language: str, settings: Settings) -> Calibration | None:
    """What was fitted for an embedding model and a question's language, with the thresholds that the settings give.

    None where nothing was. A threshold that is set moves the other where they would cross.
    """
    table = _table()
    fitted = table["models"].get(fingerprint)
    if fitted is None or language not in table["languages"]:
        return None
    found = Calibration(fitted["intercept"], fitted["weights"], fitted["abstain_below"], fitted["near_below"])
    abstain, near = settings.abstain_below, settings.near_below
    if abstain is not None:
        found = replace(found, abstain_below=abstain, near_below=max(found.near_below, abstain))
    if near is not None:
        found = replace(found, near_below=near, abstain_below=min(found.abstain_below, near))
    return found


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads((files("qa.answering") / "calibration.json").read_text("utf-8"))
    assert all(set(model["weights"]) <= set(NAMES) for model in table["models"].values())
    return table

"""Whether the notes hold the answer: a calibrated chance from what was found, and the nearest places where not.

The chance is a logistic regression over three figures of the sentences found, fitted by `evals/calibrate.py` (which
says on what, and how it did on sets that it was not fitted on): the highest cosine; the highest mean of cosine and
coverage; and the same among the sentences that hold the kind of thing asked for (a number where "how many" is asked).
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from qa.answering.kinds import holds, kind_of, tells
from qa.answering.words import say
from qa.schema import Hit, Query, Sentence, Statement

UNCALIBRATED_COVERAGE = 0.25


def features(query: Query, hits: Sequence[Hit]) -> tuple[float, float, float]:
    """The three figures, in the order of the docstring above, each 0 to 1; zeros where nothing was found."""
    kind = kind_of(query.question)
    sentences = [sentence for hit in hits for sentence in hit.sentences]
    return (
        max((max(sentence.similarity, 0.0) for sentence in sentences), default=0.0),
        max((_fit(sentence) for sentence in sentences), default=0.0),
        max((_fit(sentence) for sentence in sentences if holds(kind, sentence.text)), default=0.0),
    )


def confidence(query: Query, hits: Sequence[Hit], fingerprint: str) -> float | None:
    """The chance, 0..1, that the notes hold the answer; None where nothing was calibrated for this embedding model."""
    table = _calibration()["models"].get(fingerprint)
    if table is None:
        return None
    figures = features(query, hits)
    log_odds = table["intercept"] + sum(w * figure for w, figure in zip(table["weights"], figures, strict=True))
    return float(1 / (1 + math.exp(-log_odds)))


def abstains(query: Query, hits: Sequence[Hit], chance: float | None) -> bool:
    """Whether what was found is too far from the question. Without a calibration the terms alone decide: a quarter of
    them, by rarity, must stand in one sentence and its context."""
    coverage = max((sentence.coverage for hit in hits for sentence in hit.sentences), default=0.0)
    return coverage < UNCALIBRATED_COVERAGE if chance is None else chance < threshold()


def untold(query: Query, statements: Sequence[Statement], chance: float | None) -> tuple[bool, float | None]:
    """Whether the statements lack the number, time or name that was asked for, and what the chance is then.

    That is a reason to abstain, whatever else fits; the chance is then no higher than where the program abstains.
    """
    if tells(query.question, "\n".join(statement.text for statement in statements)):
        return False, chance
    return True, at_most_doubtful(chance)


def at_most_doubtful(chance: float | None) -> float | None:
    """A chance no higher than where the program abstains, for where it does so whatever was found."""
    return None if chance is None else min(chance, threshold() - 0.01)


def threshold() -> float:
    """The chance below which the program abstains."""
    return float(_calibration()["threshold"])


def nearest(hits: Sequence[Hit], language: str, most: int = 3) -> str:
    """That the notes do not tell, and the places that come nearest: by note, each section once. Quotes nothing."""
    sections: dict[str, list[str]] = {}
    for hit in hits[:most]:
        day = hit.date.isoformat() if hit.date else say("no_date", language)
        found = sections.setdefault(f"{hit.title} ({hit.note}, {day})", [])
        if hit.section and hit.section not in found:
            found.append(hit.section)
    said = say("abstained", language)
    if sections:
        places = "; ".join(f"{note}: {', '.join(names)}" if names else note for note, names in sections.items())
        return f"{said} {say('nearest', language, places=places)}"
    return f"{said} {say('nothing_left', language)}"


def _fit(sentence: Sentence) -> float:
    return (max(sentence.similarity, 0.0) + sentence.coverage) / 2


@lru_cache(maxsize=1)
def _calibration() -> dict[str, Any]:
    table: dict[str, Any] = json.loads((files("qa.answering") / "calibration.json").read_text("utf-8"))
    return table

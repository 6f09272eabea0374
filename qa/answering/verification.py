"""Whether the quotes of a statement bear it out: its figures, names, quotations and negations, and most of its words.

No second model is asked. What passes is *checked*: its figures and names stand in its quotes or follow from them, it
does not deny what they affirm, and enough of its words are theirs. That two people changed places, or that a cause was
made of a coincidence, is seen by nobody but a reader; docs/models.md says what was measured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.answering.figures_said import missing_figures
from qa.answering.grounds import Ground
from qa.answering.names_said import missing_names, missing_quotations
from qa.answering.polarity import turned_how
from qa.terms import guess_language, stems

# What the share of a statement's stems that stand in its quotes, 0..1, and the cosine of the two must add up to. Low,
# as people who say a thing in words of their own share few: chosen on evals/statements/dev-*.jsonl.
ENOUGH = 0.25
_ALIKE = 5

Nearness = Callable[[str, str], float]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a text, by kind.

    kind: "figure", "name", "quotation", "negation", "opposite", "plan", "words", or, where it cites nothing that it
    may, "uncited", "unresolved", "order". words: those of the text that are meant.
    """

    kind: str
    words: str = ""


def missing(text: str, ground: Ground) -> list[Fault]:
    """The figures, names and quotations of a text that its ground does not hold."""
    found = [Fault("figure", one) for one in missing_figures(text, ground)]
    found += [Fault("name", one) for one in missing_names(text, ground)]
    found += [Fault("quotation", one) for one in missing_quotations(text, ground)]
    return list(dict.fromkeys(found))


def turned(text: str, ground: Ground) -> list[Fault]:
    """Whether a text says the opposite of its ground, as far as its words tell: one fault, or none."""
    kind = turned_how(text, ground)
    return [Fault(kind)] if kind else []


def too_few_words(text: str, ground: Ground, nearness: Nearness) -> bool:
    """Whether so little of a text is in its ground that it is about something else.

    nearness: the cosine of two texts, -1..1, by the embedding model.
    """
    shared = shared_words(text, ground)
    return shared < ENOUGH and shared + nearness(text, ground.quotes) < ENOUGH


def nearness_by(encode: Callable[[Sequence[str]], NDArray[np.float32]]) -> Nearness:
    """The cosine of a text and that of some lines which comes nearest, or of all of them together.

    encode: texts to their vectors, (n, d), L2-normalised.
    """

    def nearness(text: str, quotes: str) -> float:
        own, *others = encode([text, quotes, *quotes.split("\n")])
        return float(max(own @ other for other in others))

    return nearness


def shared_share(text: str, other: str) -> float:
    """The share of the stems of a text that another one has; 1 where it has none."""
    own, theirs = (set(stems(one, guess_language(one))) for one in (text, other))
    return len(own & theirs) / len(own) if own else 1.0


def shared_words(text: str, ground: Ground) -> float:
    """The share of the stems of a text that its ground has, or that begin as one of its does; 1 where it has none."""
    place = f"{ground.quotes}\n{ground.around}\n{ground.forms}"
    theirs = set(stems(place, guess_language(place))) | set(stems(place, guess_language(text)))
    begins = {stem[:_ALIKE] for stem in theirs if len(stem) >= _ALIKE}
    own = set(stems(text, guess_language(text)))
    found = sum(stem in theirs or (len(stem) >= _ALIKE and stem[:_ALIKE] in begins) for stem in own)
    return found / len(own) if own else 1.0

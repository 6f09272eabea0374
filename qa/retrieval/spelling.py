"""Words of a question that no note holds, matched to words that the notes do hold: "peackeeping" to "peacekeeping".

Never for a word that the binder knows. A word that it does not know is more often another right word than a slip, so
only long words with one slip in them are mended, and the question's own spelling is searched for as well. A slip in the
first letter is not mended: looking at the words of one letter only keeps this fast with a large vocabulary.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from qa.schema import Term

SHORTEST = 6
# difflib's ratio, 0..1: one letter wrong in nine, or one missing, doubled or too many in six.
CLOSE = 0.88


def respelled(
    terms: Sequence[Term], frequencies: Mapping[str, int], near: Callable[[str], Sequence[str]]
) -> tuple[Term, ...]:
    """The terms, each unknown one with the closest known stem as another way to say it.

    frequencies: how many passages hold each stem. near: the binder's stems of about the same length and first letter.
    """
    return tuple(
        term
        if frequencies.get(term.stem, 0) or term.phrases or len(term.stem) < SHORTEST or not term.stem.isalpha()
        else replace(term, phrases=_closest(term.stem, near))
        for term in terms
    )


def _closest(stem: str, near: Callable[[str], Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple((word,) for word in difflib.get_close_matches(stem, near(stem), n=1, cutoff=CLOSE))

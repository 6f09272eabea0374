"""Words of a question that no note holds, matched to words that the notes do hold: "peackeeping" to "peacekeeping".

Never for a word that the binder knows. The question's own spelling is searched for as well, since a word that no note
holds may be another right word. One slip is mended: a letter too many, missing, wrong, or swapped with the next (after
Norvig, "How to write a spelling corrector", 2007); of several words that are one slip away, the one that most passages
hold. The first letter is taken as right: names that differ in it ("Marlow", "Barlow") are most often two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from string import ascii_lowercase

from qa.schema import Term

# Of a stem; too many short words are one letter from another, and no word is so long that more letters make it.
SHORTEST, LONGEST = 5, 40


def respelled(
    terms: Sequence[Term], frequencies: Mapping[str, int], known: Callable[[Sequence[str]], Mapping[str, int]]
) -> tuple[Term, ...]:
    """The terms, each unknown one with a known stem that is one slip away as another way to say it.

    frequencies: how many passages hold each stem. known: of some stems those that passages hold, and how many do.
    """
    return tuple(
        term
        if frequencies.get(term.stem, 0)
        or term.phrases
        or not SHORTEST <= len(term.stem) <= LONGEST
        or not term.stem.isalpha()
        else replace(term, phrases=_mended(term.stem, known))
        for term in terms
    )


def _mended(stem: str, known: Callable[[Sequence[str]], Mapping[str, int]]) -> tuple[tuple[str, ...], ...]:
    found = known(sorted(_one_slip_away(stem)))
    return ((min(found, key=lambda word: (-found[word], word)),),) if found else ()


def _one_slip_away(stem: str) -> set[str]:
    """All spellings that differ by one slip after the first letter. Stems have no accents: the letters are a to z."""
    splits = [(stem[:at], stem[at:]) for at in range(1, len(stem) + 1)]
    missing = {before + after[1:] for before, after in splits if after}
    swapped = {before + after[1] + after[0] + after[2:] for before, after in splits if len(after) > 1}
    wrong = {before + letter + after[1:] for before, after in splits if after for letter in ascii_lowercase}
    added = {before + letter + after for before, after in splits for letter in ascii_lowercase}
    return (missing | swapped | wrong | added) - {stem}

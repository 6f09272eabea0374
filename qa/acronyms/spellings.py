"""Whether two long forms are one meaning in two spellings: "Emergency Coordination Centre" and "... Centers".

By their words, not their stems: the stemmer makes one of "Internal" and "International", so that a question about a
short form would be told one of its two meanings and not the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from qa.schema import Acronym
from qa.terms import ENGLISH, FRENCH, STOP_WORDS, fold, is_short_form, stems, words

_ORDINARY = STOP_WORDS[ENGLISH] | STOP_WORDS[FRENCH]
# British and American spellings, and plurals, tried in this order; what becomes of a word is only compared.
_VARIANTS = (
    (re.compile(r"ies\Z"), "y"),
    (re.compile(r"(?<=..[^siu])s\Z"), ""),
    (re.compile(r"(?<=..)our"), "or"),
    (re.compile(r"(?<=.[bcdgptv])re\Z"), "er"),
    (re.compile(r"(?<=[iy])z(?=[aei])"), "s"),
    (re.compile(r"ense\Z"), "ence"),
    (re.compile(r"(?<=m)me\Z|(?:(?<=[sxz])|(?<=[cs]h))e\Z"), ""),
)
# What may follow a stem in two words that differ as "plan" and "planning" do, not as "Internal" and "International".
_INFLECTION = re.compile(r"(?:e|ed|[bdgmnprt]?ing)?\Z")
# A word of so many letters may be misspelled by one, neither its first nor its last: "Director" is no "Directory".
_LEAST_OF_A_MISSPELLING = 7


@lru_cache(maxsize=65_536)  # of long forms only, which the notes keep few and short
def spelled(long: str) -> tuple[str, ...]:
    """The words of a long form as all its spellings share them, without stop words."""
    found = words(long)
    kept = [word for word in found if fold(word) not in _ORDINARY or (is_short_form(word) and not long.isupper())]
    return tuple(_spelled(fold(word)) for word in kept)


def same_meaning(long: str, other: str) -> bool:
    """Whether two long forms are one but for their spelling ("Centre", "Center") or words added at either end."""
    one, two = sorted((spelled(long), spelled(other)), key=len)
    return any(
        all(map(_same_word, one, two[at : at + len(one)])) for at in range(len(two) - len(one) + 1) if one or not two
    )


def meanings(definitions: Iterable[Acronym]) -> tuple[tuple[Acronym, ...], ...]:
    """The definitions of one short form, grouped by what it stands for, in the order of their first."""
    groups: list[list[Acronym]] = []
    for acronym in definitions:
        for group in groups:
            if same_meaning(group[0].long, acronym.long):
                group.append(acronym)
                break
        else:
            groups.append([acronym])
    return tuple(map(tuple, groups))


def _spelled(word: str) -> str:
    for pattern, put in _VARIANTS:
        word = pattern.sub(put, word)
    return word


def _same_word(one: str, two: str) -> bool:
    return one == two or _inflected(one, two) or _misspelled(*sorted((one, two), key=len))


def _inflected(one: str, two: str) -> bool:
    stem = "".join(stems(one))
    return stem == "".join(stems(two)) and all(
        word.startswith(stem) and _INFLECTION.match(word, len(stem)) for word in (one, two)
    )


def _misspelled(short: Sequence[str], long: Sequence[str]) -> bool:
    if len(long) < _LEAST_OF_A_MISSPELLING or len(long) - len(short) > 1:
        return False
    at = next((at for at, (one, two) in enumerate(zip(short, long, strict=False)) if one != two), len(short))
    return 0 < at < len(long) - 1 and short[at + (len(short) == len(long)) :] == long[at + 1 :]

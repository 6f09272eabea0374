"""Long forms whose letters stand in another order, or as a number: "NATO Centre of Excellence on Climate and Security
(CASCOE)", "Organisation du traité de l'Atlantique Nord (NATO)", "Group of Seven (G7)".
"""

from __future__ import annotations

import re
from collections import Counter

from qa.acronyms.letters import SMALL_WORDS, letters_of
from qa.terms import fold

_WORD = re.compile(r"[^\W_]+")
# Fewer letters stand in any words by chance.
_LEAST_OF_ANOTHER_ORDER = 4
_HYPHENED = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_NUMBERED = re.compile(r"([^\W\d_]{1,4})-?(\d{1,2})\Z")
_ENGLISH = """
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty
"""
_FRENCH = """
un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf
vingt
"""


def _numbers() -> dict[str, int]:
    """Number words in English and French, 1 to 30."""
    ones = [words.split() for words in (_ENGLISH, _FRENCH)]
    found = {word: number for words in ones for number, word in enumerate(words, start=1)}
    for number, (english, french) in enumerate(zip(ones[0][:9], ones[1][:9], strict=True), start=21):
        found |= {f"twenty-{english}": number, f"vingt-{french}": number}
    return found | {"vingt-et-un": 21, "thirty": 30, "trente": 30}


NUMBERS = _numbers()


def in_another_order(text: str, floor: int, end: int, short: str) -> int | None:
    """Where the shortest run of words up to `end` begins that has each letter of `short` as an initial.

    Each letter is that of another word; small words may give theirs, and no other word is over. The first
    has a capital.
    """
    letters = Counter(map(fold, letters_of(short)))
    if letters.total() < _LEAST_OF_ANOTHER_ORDER or not short.isalpha():
        return None
    for word in reversed(list(_WORD.finditer(text, floor, end))):
        initial = fold(word[0])[:1]
        if letters[initial] > 0:
            letters[initial] -= 1
        elif word[0].casefold() not in SMALL_WORDS:
            return None
        if letters.total() == 0 and word[0][0].isupper():
            return word.start()
    return None


def is_numbered(short: str) -> bool:
    """Whether `short` is written as capitals and a number: "G7"."""
    return bool(_NUMBERED.match(short)) and short.isupper()


def number_before(text: str, floor: int, end: int, short: str) -> int | None:
    """Where the words begin that end at `end` and are `short` with its number as a word."""
    starts = [word.start() for word in _WORD.finditer(text, floor, end) if word[0].casefold() not in SMALL_WORDS]
    return next((start for start in reversed(starts) if with_number(text[start:end], short)), None)


def with_number(long: str, short: str) -> bool:
    """Whether `long` is `short` with its number as a word: "Group of Seven" (G7)."""
    match = _NUMBERED.match(short)
    words = [word for word in _HYPHENED.findall(fold(long)) if word not in SMALL_WORDS]
    if not match or len(words) != len(match[1]) + 1:
        return False
    return _number(words[-1]) == int(match[2]) and [word[0] for word in words[:-1]] == list(fold(match[1]))


def _number(word: str) -> int | None:
    return int(word) if word.isdecimal() and len(word) < 3 else NUMBERS.get(word)

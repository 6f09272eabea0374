"""Whether a long form's letters are those of a short form: by initials, or backwards as Schwartz and Hearst do it.

A. Schwartz and M. Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text" (Pacific
Symposium on Biocomputing, 2003): each letter of the short form is matched from its end backwards, the first letter at
the start of a word. Initials are tried first, over words like "of": the algorithm alone reads "Office of Care
Inspection (OCI)" as "of Care Inspection", since it takes the nearest letter that fits. And what it finds must look
spelled out: it also reads "talks were chaired by Canada (TBD)".
"""

from __future__ import annotations

import re

from qa.terms import is_short_form, singular

# A short form as it stands in a text.
SHORT = r"[^\W_][\w.&/\-]{1,9}"
SMALL_WORDS = frozenset(
    "a an and at by for in of on the to au aux d de des du en et l la le les pour sur à".split()  # noqa: SIM905
)
_SHORT = re.compile(rf"{SHORT}\Z")
_WORD = re.compile(r"[^\W_]+")


def is_short(form: str) -> bool:
    """Whether `form` can be a short form wherever it stands: two capitals or more, ten characters at most."""
    return bool(_SHORT.match(form)) and sum(char.isupper() for char in form) >= 2


def is_short_in_glossary(form: str) -> bool:
    """Whether `form` can be a short form where short forms are listed: also "G7" or "5G"."""
    return is_short(form) or is_short_form(form)


def letters_of(short: str) -> list[str]:
    """The letters and figures of a short form without its plural's "s", casefolded."""
    return [char.casefold() for char in singular(short) if char.isalnum()]


def most_words(short: str) -> int:
    """How many words a long form may have (Schwartz and Hearst's bound)."""
    letters = len(letters_of(short))
    return min(letters + 5, 2 * letters)


def initials_before(text: str, floor: int, end: int, short: str) -> int | None:
    """Where the words begin that end at `end` and whose initials are the short form's letters, small words skipped."""
    letters = letters_of(short)
    for word in reversed(list(_WORD.finditer(text, floor, end))):
        if word[0].casefold() in SMALL_WORDS:
            continue
        if not letters or word[0][0].casefold() != letters.pop():
            return None
        if not letters:
            return word.start()
    return None


def initials_after(text: str, start: int, end: int, short: str) -> int | None:
    """Where the words end that begin at `start` and whose initials are the short form's letters.

    A small word may give its initial ("search and rescue", SAR) where it is not enough to skip it.
    """
    letters = letters_of(short)
    words = list(_WORD.finditer(text, start, end))[: 2 * len(letters) + 1]

    def end_of(at: int, letter: int) -> int | None:
        if letter == len(letters):
            return words[at - 1].end()
        if at == len(words):
            return None
        small = at > 0 and words[at][0].casefold() in SMALL_WORDS
        found = end_of(at + 1, letter) if small else None
        fits = words[at][0][0].casefold() == letters[letter]
        return end_of(at + 1, letter + 1) if found is None and fits else found

    return end_of(0, 0) if words and words[0].start() == start else None


def backwards(text: str, floor: int, end: int, short: str) -> int | None:
    """Where the long form that ends at `end` starts, by its letters alone; None where they are not there in order."""
    position = end
    letters = [char for char in short if char.isalnum()]
    for index in range(len(letters) - 1, -1, -1):
        letter = letters[index].casefold()
        position -= 1
        while position >= floor and not (
            text[position].casefold() == letter and (index > 0 or position == floor or not text[position - 1].isalnum())
        ):
            position -= 1
        if position < floor:
            return None
    long = text[position:end]
    if len(long) <= len(short) or short in long.split() or not text[position].isalnum():
        return None
    return position


def spells_out(long: str, short: str) -> bool:
    """Whether `long` looks like what `short` is short for: most letters begin words, and most words give a letter.

    Of a name in capitals half the letters are enough ("Five Eyes", FVEY), of other words three in four.
    """
    letters = letters_of(short)
    content = [word for word in _WORD.findall(long) if word.casefold() not in SMALL_WORDS]
    initials = _most_initials(long.casefold(), letters)
    enough = len(letters) / 2 if long[:1].isupper() else len(letters) * 3 / 4
    return initials >= max(1, enough) and len(content) - initials <= (2 if initials == len(letters) else 1)


def capitalised(long: str) -> bool:
    """Whether all words of `long` but small ones begin with a capital or a figure."""
    return all(not word[0].islower() or word.casefold() in SMALL_WORDS for word in _WORD.findall(long))


def _most_initials(long: str, letters: list[str]) -> int:
    """How many of `letters`, found in `long` in order and the first at its start, begin a word at most; 0 if none."""
    starts = {word.start() for word in _WORD.finditer(long)}
    if not long or long[0] != letters[0]:
        return 0
    found = {0: 1}
    for letter in letters[1:]:
        best, after = 0, dict[int, int]()
        for position, char in enumerate(long):
            if best and char == letter:
                after[position] = best + (position in starts)
            best = max(best, found.get(position, 0))
        found = after
    return max(found.values(), default=0)

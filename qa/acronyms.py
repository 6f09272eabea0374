"""Short forms and what they stand for, found where a note says so: "Global Affairs Canada (GAC)".

The algorithm is that of Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical
text" (Pacific Symposium on Biocomputing, 2003): each letter of the short form is matched from its end backwards into
the words before the bracket, the first letter at the start of a word. It takes both orders, "long (SHORT)" and
"SHORT (long)". Initials are tried first, over words like "of": the algorithm alone reads "Office of Care Inspection
(OCI)" as "of Care Inspection", since it takes the nearest letter that fits.
"""

from __future__ import annotations

import re

from qa.schema import Acronym, BlockKind, NoteContent

_BRACKET = re.compile(r"\(([^()\n]{2,120})\)")
_FIRST_PART = re.compile(r"[;,]| or | ou ")
_WORD = re.compile(r"[^\W_]+")
_SMALL_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "for",
        "in",
        "of",
        "on",
        "the",
        "to",
        "au",
        "aux",
        "d",
        "de",
        "des",
        "du",
        "en",
        "et",
        "l",
        "la",
        "le",
        "les",
        "pour",
        "sur",
        "à",
    ]
)
_SHORT = re.compile(r"(?=[^\d\W]|\d)[\w.&/\-]{2,10}\Z")


def find_acronyms(content: NoteContent) -> tuple[Acronym, ...]:
    """The definitions in a note, in order, the first of each (short, long) pair only."""
    found: dict[tuple[str, str], Acronym] = {}
    for block in content.blocks:
        if block.kind is BlockKind.METADATA:
            continue
        for match in _BRACKET.finditer(content.text, block.start, block.end):
            acronym = _from_bracket(content, block.start, match)
            if acronym:
                found.setdefault((acronym.short, acronym.long.casefold()), acronym)
    return tuple(found.values())


def short_key(short: str) -> str:
    """What two spellings of one short form share: "U.S." and "US" are one."""
    return short.replace(".", "").casefold()


def _from_bracket(content: NoteContent, floor: int, match: re.Match[str]) -> Acronym | None:
    text = content.text
    inside = _FIRST_PART.split(match[1], maxsplit=1)[0].strip().strip('"“”«» ')
    before_end = len(text[floor : match.start()].rstrip()) + floor
    if _is_short(inside):
        window = _window(text, floor, before_end, len(inside))
        start = _match_initials(text, window, before_end, inside)
        if start is None:
            start = _match_backwards(text, window, before_end, inside)
        if start is not None:
            long = text[start:before_end].strip('"“”«» ')
            return Acronym(inside, long, content.note.note, start, match.end())
    short_start = max(text.rfind(" ", floor, before_end), text.rfind("\n", floor, before_end), floor - 1) + 1
    short = text[short_start:before_end].strip('*_"“”«»')
    inside_start = match.start() + 1
    if _is_short(short) and " " in match[1]:
        start = _match_backwards(text, inside_start, match.end() - 1, short)
        if start == inside_start:
            return Acronym(short, match[1].strip(), content.note.note, short_start, match.end())
    return None


def _is_short(form: str) -> bool:
    return bool(_SHORT.match(form)) and sum(char.isupper() for char in form) >= 2


def _window(text: str, floor: int, end: int, letters: int) -> int:
    """Where the long form may begin: at most min(letters + 5, 2 * letters) words back, and not before a dash or comma
    clause ends (Schwartz and Hearst's bound; the clause bound is ours)."""
    position, most = end, min(letters + 5, 2 * letters)
    for _ in range(most):
        previous = re.search(r"[^\s]+\s*\Z", text[floor:position])
        if not previous:
            break
        if position != end and previous[0].rstrip()[-1] in ".;:" and len(previous[0].rstrip()) > 3:
            break
        position = floor + previous.start()
    return position


def _match_initials(text: str, floor: int, end: int, short: str) -> int | None:
    """Where the words begin whose initials are the short form's letters, small words skipped; None where none do."""
    letters = [char.casefold() for char in short.rstrip("s") if char.isalnum()]
    for word in reversed(list(_WORD.finditer(text, floor, end))):
        if word[0].casefold() in _SMALL_WORDS:
            continue
        if word[0][0].casefold() != letters.pop():
            return None
        if not letters:
            return word.start()
    return None


def _match_backwards(text: str, floor: int, end: int, short: str) -> int | None:
    """Where the long form starts, or None where the short form's letters do not stand in order in `text[floor:end]`."""
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

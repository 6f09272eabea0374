"""What the title and the file's name of a note say: what it is on, and which version it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from qa.figures import find_dates, find_periods
from qa.schema import Note
from qa.terms import fold, stems

# Words that tell one version of a note from another and not one subject from another.
_VERSION = re.compile(
    r"(?:\b|_)(?:v(?:er(?:sion)?)?[\s._-]*(?P<number>\d{1,3})(?:\.\d+)?"
    r"|rev(?:ision|ised|isee?)?[\s._-]*(?P<revision>\d{1,2})?(?:\.\d+)?"
    r"|(?P<later>updated?|amended|final|mise? a jour|maj)"
    r"|(?P<first>draft|original|projet|ebauche))(?=\b|_)"
)
# Words for a note that is made anew each time: of a meeting, or at fixed times.
_OCCASION = re.compile(
    r"\b(?:meetings?(?! (?:the|an?|our|its|their)\b)|agenda|minutes|proceedings|debrief|newsletter|bulletin"
    r"|(?:daily|weekly|fortnightly|monthly|quarterly|annual|yearly) (?:reports?|returns?|summary|digest|round ?up)"
    r"|reunions?|seances?|ordres? du jour|proces[- ]verba(?:l|ux)|comptes?[- ]rendus?"
    r"|(?:rapport|bilan|sommaire)s? (?:quotidien|hebdomadaire|mensuel|trimestriel|annuel)s?)\b"
)
_OF_A_DAY = re.compile(r"\b(?:as of|as at|updated?(?: on| to)?|current to|dated|en date du?|au|du|of)\s*\Z")
_FILE_DATE = re.compile(r"(?<!\d)(?:19|20)\d{2}[-_. ]?\d{2}(?:[-_. ]?\d{2})?(?!\d)")
_FILE_NUMBER = re.compile(r"\A\d{1,3}[ _.-]+(?=\D)")
_PLAIN_WORDS = "note brief briefing memo update latest new information breffage"
# What a name with a word such as "updated" or "revised" counts as, beside a first version's 0.
_LATER = 1


@dataclass(frozen=True, slots=True)
class Name:
    """What a note is called. title, file: the stems of what each says of the subject. version: from 0.

    periods: the months, years and seasons that the title names; notes on two of them are two notes, not two versions.
    of_occasion: whether it is called after a meeting or the like, of which the next one has a note of the same name.
    """

    title: frozenset[str]
    file: frozenset[str]
    version: int
    periods: frozenset[str]
    of_occasion: bool = False


def name_of(note: Note) -> Name:
    """The name of a note, without what only tells one version from another."""
    title, of_title = _unversioned(_undated(note.title))
    stem = PurePosixPath(note.note).stem
    file, of_file = _unversioned(fold(re.sub(r"[\s_-]+", " ", _FILE_DATE.sub(" ", _FILE_NUMBER.sub("", stem)))))
    periods = [title[span.start : span.end] for span, *_ in find_periods(title)]
    of_occasion = bool(_OCCASION.search(title) or _OCCASION.search(file))
    return Name(_subject(title, note), _subject(file, note), max(of_title, of_file), frozenset(periods), of_occasion)


def _undated(title: str) -> str:
    """A title, folded, without the full dates in it: "Crab response (as of 2 May 2023)"."""
    for span, _ in reversed(find_dates(title)):
        title = _OF_A_DAY.sub("", title[: span.start].rstrip(" (,:-–")) + title[span.end :]
    return fold(title)


def _unversioned(name: str) -> tuple[str, int]:
    """A folded name without its version, and that version's number."""
    version = 0
    for match in _VERSION.finditer(name):
        number = match["number"] or match["revision"]
        version = max(version, int(number) if number else 0 if match["first"] else _LATER)
    return _VERSION.sub(" ", name), version


def _subject(name: str, note: Note) -> frozenset[str]:
    said = name.lower() if name.isupper() else name  # else each word of a title in capitals is taken for a short form
    return frozenset(stem for stem in stems(said, note.language) if stem not in _plain_stems())


@lru_cache(maxsize=1)
def _plain_stems() -> frozenset[str]:
    return frozenset(stems(_PLAIN_WORDS))

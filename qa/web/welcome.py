"""What the first screen of the chat tells of a binder: what is in it, what may be asked, and where its notes are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING

from qa.errors import QAError, UnknownNoteError
from qa.examples import example_questions
from qa.retrieval.filters import allowed
from qa.schema import BlockKind, Note, Query
from qa.terms import fold

if TYPE_CHECKING:
    from qa.binder import Binder

__all__ = ["Examples", "Overview", "find_notes", "overview"]


@dataclass(frozen=True, slots=True)
class Overview:
    """What is in a binder.

    newest: the latest date of a note, None where no note has one. languages: "en" and "fr" with the number of notes,
    most first. superseded: how many notes another one overtakes.
    """

    notes: int
    newest: date | None
    languages: tuple[tuple[str, int], ...]
    superseded: int


@dataclass(frozen=True)
class Examples:
    """Example questions of a binder, found once for each state of its notes, since that takes up to a second."""

    binder: Binder
    _found: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    _finding: Lock = field(default_factory=Lock)

    def in_language(self, language: str) -> tuple[str, ...]:
        """Up to four, of notes in the language if there are any such: else each in the language of its note."""
        with self._finding:
            state = self.binder.fingerprints()["corpus"]
            if self._found.get(language, ("", ()))[0] != state:
                try:
                    found = example_questions(self.binder, language) or example_questions(self.binder)
                except QAError:  # which the first question will tell of
                    return ()
                self._found[language] = state, found
            return self._found[language][1]


def overview(binder: Binder) -> Overview:
    """What is in a binder now."""
    notes, editions = binder.notes(), binder.editions()
    return Overview(
        notes=len(notes),
        newest=max((note.date for note in notes if note.date), default=None),
        languages=_most_first(Counter(note.language for note in notes)),
        superseded=sum(editions.overtaken_by(note.note) is not None for note in notes),
    )


def find_notes(
    binder: Binder, words: str, *, since: date | None = None, until: date | None = None, language: str | None = None
) -> tuple[Note, ...]:
    """The notes whose title, path and headings hold all of some words, newest first, those without a date last.

    words: in any case and order, with accents or without; the beginning of a word is enough; without any word, all
    notes. since, until: no note of an earlier or a later day, and none without a date. language: "en" or "fr".
    """
    every = binder.notes()
    left = allowed(Query(words, words, (), since=since, until=until, language=language), every)
    wanted = _words([words])
    found = [note for note in every if (left is None or note.note in left) and _holds(binder, note, wanted)]
    return tuple(sorted(found, key=lambda note: note.date or date.min, reverse=True))


def _holds(binder: Binder, note: Note, wanted: set[str]) -> bool:
    lacking = _lacking(wanted, [note.title, note.note])
    if not lacking:
        return True
    try:
        content = binder.content(note.note)
    except UnknownNoteError:  # a sync took it away meanwhile
        return False
    headings = (block for block in content.blocks if block.kind is BlockKind.HEADING)
    return not _lacking(lacking, [content.text[block.start : block.end] for block in headings])


def _lacking(wanted: set[str], texts: Iterable[str]) -> set[str]:
    """Those of the wanted words that no word of the texts begins with."""
    said = _words(texts)
    return {word for word in wanted if not any(one.startswith(word) for one in said)}


def _words(texts: Iterable[str]) -> set[str]:
    return set(re.findall(r"[^\W_]+", fold("\n".join(texts))))


def _most_first(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

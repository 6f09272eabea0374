"""Finds the editions of notes.

Two notes are editions of one where one says so (mentions.py), or where they are called alike (names.py) and say much
the same (contents.py). Notes of one kind on two places or two months are not, nor are two notes that look at one
subject from two sides. A translation belongs to the edition that it translates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations, pairwise

from qa.editions import Editions
from qa.editions.contents import Contents
from qa.editions.mentions import mentions
from qa.editions.names import name_of
from qa.figures import find_dates
from qa.schema import Note

# How near notes must be in what they say (see Contents.alike) where they are called the same, where one's title holds
# the other's, and where their titles are two; and, for the last, the share of their rarer words that they must share.
_SAME_NAME, _WIDER_NAME, _OTHER_NAME, _OTHER_SHARED = 0.8, 0.8, 0.88, 0.2
_SAME_SHARED = 0.08
# As many notes of one title have a title that says nothing.
_MOST_OF_A_NAME = 12
# A translation shares so much with its original, so many rare figures and names, and is made within so many days.
_TRANSLATED, _TRANSLATED_RARE, _TRANSLATED_WITHIN = 0.09, 5, 120


def find_editions(notes: Sequence[Note], contents: Contents, texts: Mapping[str, str]) -> Editions:
    """The editions of a binder's notes. texts: each note's, by path, where it says of itself what it replaces."""
    return _Finder(notes, contents, texts).found()


class _Finder:
    def __init__(self, notes: Sequence[Note], contents: Contents, texts: Mapping[str, str]) -> None:
        self._notes = {note.note: note for note in notes}
        self._names = {note.note: name_of(note) for note in notes}
        self._contents = contents
        self._texts = texts
        said = list(mentions(notes, texts, self._names, contents))
        replaced = {(one.other, one.note) for one in said if not one.translates}
        alone = Editions(notes, self._names, replaced, {}, ())
        edition = self._translations(alone, [(one.note, one.other) for one in said if one.translates])
        # What can be told of two notes before it is known which chains there are.
        self._known = Editions(notes, self._names, replaced, edition, ())

    def found(self) -> Editions:
        known = self._known
        return Editions(list(self._notes.values()), self._names, known.replaced, known.edition, self._chains())

    def _translations(self, alone: Editions, said: Sequence[tuple[str, str]]) -> dict[str, str]:
        """The edition of each note that has a translation or is one: the path of one of its parts."""
        parts: dict[str, str] = {}
        pairs = {(min(pair), max(pair)) for pair in said if not alone.in_one_language(*pair)}
        for one, other in sorted(pairs | set(self._found_translations())):
            edition = parts.get(one, parts.get(other, one))
            parts[one] = parts[other] = edition
        return parts

    def _found_translations(self) -> Iterator[tuple[str, str]]:
        by_language: dict[str, list[str]] = defaultdict(list)
        for note in self._notes.values():
            by_language[note.language].append(note.note)
        for ones, others in combinations((by_language[name] for name in sorted(by_language)), 2):
            found = self._contents.across(ones, others)
            best: dict[str, tuple[float, str]] = {}
            for (one, other), (share, _) in sorted(found.items()):
                best[one] = max(best.get(one, (0.0, "")), (share, other))
                best[other] = max(best.get(other, (0.0, "")), (share, one))
            for (one, other), (share, rare) in found.items():
                mutual = best[one][1] == other and best[other][1] == one
                if mutual and share >= _TRANSLATED and rare >= _TRANSLATED_RARE and self._of_one_time(one, other):
                    yield min(one, other), max(one, other)

    def _of_one_time(self, one: str, other: str) -> bool:
        first, second = self._notes[one].date, self._notes[other].date
        return bool(first and second and abs((first - second).days) <= _TRANSLATED_WITHIN)

    def _chains(self) -> list[tuple[str, ...]]:
        """The notes of each chain, oldest first."""
        known = self._known
        groups = {note: {note} for note in self._notes}
        pairs = [pair for pair in self._candidates() if known.says_so(*pair) or self._are_editions(*pair)]
        parts: dict[str, list[str]] = defaultdict(list)
        for note, edition in known.edition.items():
            parts[edition].append(note)
        for one, other in [*pairs, *(pair for of in parts.values() for pair in pairwise(of))]:
            if groups[one] is not groups[other]:
                groups[one] |= groups[other]
                for note in groups[other]:
                    groups[note] = groups[one]
        chains = {id(group): group for group in groups.values() if len(group) > 1}
        return [tuple(sorted(group, key=known.order)) for group in chains.values()]

    def _candidates(self) -> set[tuple[str, str]]:
        """Pairs of notes that may be editions, the older one first."""
        called: dict[tuple[str, frozenset[str]], list[str]] = defaultdict(list)
        for note, name in self._names.items():
            for key in {name.title, name.file} - {frozenset()}:
                called[self._notes[note].language, key].append(note)
        pairs = {pair for notes in called.values() if len(notes) <= _MOST_OF_A_NAME for pair in combinations(notes, 2)}
        pairs |= {pair for pair in self._contents.near(_WIDER_NAME) if self._known.in_one_language(*pair)}
        pairs |= self._known.replaced
        return {(one, other) if self._known.is_later(other, one) else (other, one) for one, other in pairs}

    def _are_editions(self, older: str, newer: str) -> bool:
        """Whether two notes of one language are editions of one note, by how they are called and what they say."""
        if (
            not self._known.is_later(newer, older)
            or self._notes[newer].date is None
            or self._known.parallel(older, newer)
        ):
            return False
        first, second = self._names[older], self._names[newer]
        if self._of_two_occasions(older, newer):
            return False
        least, shared = _OTHER_NAME, _OTHER_SHARED
        if first.title == second.title or (first.file and first.file == second.file):
            least, shared = _SAME_NAME, _SAME_SHARED
        elif first.title and second.title and (first.title <= second.title or second.title <= first.title):
            least = _WIDER_NAME
        elif self._each_has_its_own(older, newer):
            return False
        near = self._contents.alike(older, newer) >= least
        return near and self._contents.shared(older, newer) >= shared

    def _of_two_occasions(self, older: str, newer: str) -> bool:
        """Whether two notes are of two meetings or the like: called after one, of one version, and to come on two days.

        What they say does not tell it: they have the same form and the same members, as two editions have.
        """
        first, second = self._names[older], self._names[newer]
        if not (first.of_occasion and second.of_occasion and first.version == second.version):
            return False
        day = self._day_to_come(older)
        return day is None or day != self._day_to_come(newer)

    def _day_to_come(self, note: str) -> date | None:
        """The first day after its own that a note names; of one on a meeting it is most often the meeting's."""
        own = self._notes[note].date or date.min
        return next((day for _, day in find_dates(self._texts.get(note, "")) if day > own), None)

    def _each_has_its_own(self, one: str, other: str) -> bool:
        """Whether the title of each of two notes has a word that the other note does not say at all."""
        mine, theirs = self._names[one].title, self._names[other].title
        stems = self._contents.stems
        return bool((mine - theirs) - stems.get(other, frozenset())) and bool(
            (theirs - mine) - stems.get(one, frozenset())
        )

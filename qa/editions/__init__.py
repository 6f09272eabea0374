"""Which note overtakes which: the notes on one subject as a chain of editions, of which the newest holds.

Two notes are editions of one where one says so (mentions.py), or where they are called alike (names.py) and say much
the same (contents.py). Notes of one kind on two places or two months are not, nor are two notes that look at one
subject from two sides. A translation belongs to the edition that it translates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations, pairwise

from qa.editions.behind import Behind
from qa.editions.contents import Contents
from qa.editions.mentions import mentions
from qa.editions.names import name_of
from qa.figures import find_dates
from qa.schema import Note

__all__ = ["Contents", "Editions"]

# How near notes must be in what they say (see Contents.alike) where they are called the same, where one's title holds
# the other's, and where their titles are two; and, for the last, the share of their rarer words that they must share.
_SAME_NAME, _WIDER_NAME, _OTHER_NAME, _OTHER_SHARED = 0.8, 0.8, 0.88, 0.2
_SAME_SHARED = 0.08
# As many notes of one title have a title that says nothing.
_MOST_OF_A_NAME = 12
# A translation shares so much with its original, so many rare figures and names, and is made within so many days.
_TRANSLATED, _TRANSLATED_RARE, _TRANSLATED_WITHIN = 0.09, 5, 120

Period = tuple[date | None, date | None]


class Editions:
    """The chains of a binder's notes. texts: each note's, by path, where it says of itself what it replaces."""

    def __init__(self, notes: Sequence[Note], contents: Contents, texts: Mapping[str, str]) -> None:
        self._notes = {note.note: note for note in notes}
        self._names = {note.note: name_of(note) for note in notes}
        self._contents = contents
        self._texts = texts
        said = list(mentions(notes, texts, self._names, contents))
        self._replaced = {(one.other, one.note) for one in said if not one.translates}
        self._edition = self._translations([(one.note, one.other) for one in said if one.translates])
        self._chain = self._chains()
        self._overtaken = Behind(self._chain, lambda chain: self._left_behind(chain, None, False, False))

    def overtaken_by(self, note: str, latest: date | None = None) -> str | None:
        """The path of the newest note that overtakes a note, in its language where there is one; None where none does.

        latest: no note of a later day overtakes anything.
        """
        later = [other for other in self.chain(note) if self._overtakes(other, note, latest)]
        if not later:
            return None
        newest = max(later, key=self._order)
        own = [other for other in later if self.same_edition(other, newest) and self._is_in(other, note)]
        return max(own or [newest], key=self._order)

    def same_edition(self, one: str, other: str) -> bool:
        """Whether two notes are one, or one and its translation."""
        return one == other or self._edition.get(one, one) == self._edition.get(other, other)

    def chain(self, note: str) -> tuple[str, ...]:
        """The notes of a note's chain with their translations, oldest first; only itself where it stands alone."""
        return self._chain.get(note, (note,))

    def parallel(self, one: str, other: str) -> bool:
        """Whether two notes are of one kind on two things, such as two regions of one programme or two months."""
        mine, theirs = self._names[one], self._names[other]
        shared = mine.title & theirs.title
        if mine.periods != theirs.periods and mine.periods and theirs.periods:
            return True
        # They may name each other; what tells them apart is that each title has a word of its own.
        each_its_own = bool(mine.title - theirs.title and theirs.title - mine.title)
        return each_its_own and 2 * len(shared) >= min(len(mine.title), len(theirs.title))

    def behind(
        self,
        period: Period | None = None,
        *,
        former: bool = False,
        original: bool = False,
        within: Collection[str] | None = None,
    ) -> Mapping[str, tuple[str, ...]]:
        """The notes of which another edition is asked for, each with those that are: of all that are overtaken the
        newest, or as a question names a time. What is never asked of it is never worked out.

        period: the edition that held then is asked for, which is the newest up to its end; where there is none, the
        newest of all. former: any but the newest is asked for; original: the oldest. within: the notes that are
        searched, None for all; no other note leaves any behind.
        """
        if period is None and within is None and not former and not original:
            return self._overtaken

        def left(chain: tuple[str, ...]) -> set[str]:
            told = [note for note in chain if within is None or note in within]
            return self._left_behind(told, period, former, original)

        return Behind(self._chain, left, within)

    def _left_behind(self, told: Sequence[str], period: Period | None, former: bool, original: bool) -> set[str]:
        """The notes of one chain that are behind; see `behind`. told: those that are searched, oldest first."""
        # The newest first: it overtakes most of them.
        overtaken = {note for note in told if any(self._overtakes(one, note, None) for one in reversed(told))}
        end = period[1] if period else None
        if original and overtaken:
            oldest = min(overtaken, key=self._order)
            return {note for note in told if not self.same_edition(note, oldest)}
        if former:
            return set(told) - overtaken if overtaken else set()
        if end and (then := [note for note in told if (day := self._day(note)) and day <= end]):
            held = max(then, key=self._order)
            return {note for note in told if not self.same_edition(note, held)}
        return overtaken

    def _overtakes(self, newer: str, older: str, latest: date | None) -> bool:
        day = self._notes[newer].date
        if day is None or (latest and day > latest) or self.same_edition(newer, older):
            return False
        return self._is_later(newer, older)

    def _is_later(self, newer: str, older: str) -> bool:
        """Whether one note of a chain is later than another: by its date, else by what it says or its version."""
        mine, theirs = self._day(newer), self._day(older)
        if mine is None or (theirs and mine != theirs):
            return bool(mine and theirs and mine > theirs)
        if self._says_so(newer, older):  # what only the older one says does not tell which of them is later
            return (older, newer) in self._replaced
        return self._names[newer].version > self._names[older].version

    def _day(self, note: str) -> date | None:
        """The day of a note's edition: of its earliest part, since translations follow."""
        parts = self._parts.get(self._edition.get(note, note))
        if parts is None:
            return self._notes[note].date
        return min((day for one in parts if (day := self._notes[one].date)), default=None)

    def _order(self, note: str) -> tuple[date, int, date, str]:
        day = self._notes[note].date or date.min
        return self._day(note) or date.min, self._names[note].version, day, note

    def _is_in(self, note: str, other: str) -> bool:
        return self._notes[note].language == self._notes[other].language

    def _translations(self, said: Sequence[tuple[str, str]]) -> dict[str, str]:
        """The edition of each note that has a translation or is one: the path of one of its parts."""
        parts: dict[str, str] = {}
        pairs = {(min(pair), max(pair)) for pair in said if not self._is_in(*pair)} | set(self._found_translations())
        for one, other in sorted(pairs):
            edition = parts.get(one, parts.get(other, one))
            parts[one] = parts[other] = edition
        self._parts: dict[str, list[str]] = defaultdict(list)
        for note, edition in parts.items():
            self._parts[edition].append(note)
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

    def _chains(self) -> dict[str, tuple[str, ...]]:
        """The chain of each note that is in one, by path."""
        groups = {note: {note} for note in self._notes}
        pairs = [pair for pair in self._candidates() if self._says_so(*pair) or self._are_editions(*pair)]
        parts = [tuple(pair) for of in self._parts.values() for pair in pairwise(of)]
        for one, other in [*pairs, *parts]:
            if groups[one] is not groups[other]:
                groups[one] |= groups[other]
                for note in groups[other]:
                    groups[note] = groups[one]
        ordered = {id(group): tuple(sorted(group, key=self._order)) for group in groups.values() if len(group) > 1}
        return {note: ordered[id(group)] for note, group in groups.items() if len(group) > 1}

    def _candidates(self) -> set[tuple[str, str]]:
        """Pairs of notes that may be editions, the older one first."""
        called: dict[tuple[str, frozenset[str]], list[str]] = defaultdict(list)
        for note, name in self._names.items():
            for key in {name.title, name.file} - {frozenset()}:
                called[self._notes[note].language, key].append(note)
        pairs = {pair for notes in called.values() if len(notes) <= _MOST_OF_A_NAME for pair in combinations(notes, 2)}
        pairs |= {pair for pair in self._contents.near(_WIDER_NAME) if self._is_in(*pair)}
        pairs |= self._replaced
        return {(one, other) if self._is_later(other, one) else (other, one) for one, other in pairs}

    def _says_so(self, one: str, other: str) -> bool:
        return (one, other) in self._replaced or (other, one) in self._replaced

    def _are_editions(self, older: str, newer: str) -> bool:
        """Whether two notes of one language are editions of one note, by how they are called and what they say."""
        if not self._is_later(newer, older) or self._notes[newer].date is None or self.parallel(older, newer):
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

"""Which note overtakes which: the notes on one subject as a chain of editions, of which the newest holds.

How they are found is told in finding.py; what is here looks them up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from qa.editions.behind import Behind
from qa.editions.names import Name
from qa.schema import Note

Period = tuple[date | None, date | None]


class Editions:
    """The chains of a binder's notes.

    names: of each note, by path. replaced: pairs of notes of which one says that the newer, the second, replaces the
    older. edition: of each note that has a translation or is one, the path of one of its parts. chains: the notes of
    each chain, oldest first.
    """

    def __init__(
        self,
        notes: Sequence[Note],
        names: Mapping[str, Name],
        replaced: Collection[tuple[str, str]],
        edition: Mapping[str, str],
        chains: Collection[tuple[str, ...]],
    ) -> None:
        self.names = names
        self.replaced = frozenset(replaced)
        self.edition = edition
        self.chains = chains
        self._notes = {note.note: note for note in notes}
        self._parts: dict[str, list[str]] = defaultdict(list)
        for note, of in edition.items():
            self._parts[of].append(note)
        self._chain = {note: chain for chain in chains for note in chain}
        self._overtaken = Behind(self._chain, lambda chain: self._left_behind(chain, None, False, False))

    def overtaken_by(self, note: str, latest: date | None = None) -> str | None:
        """The path of the newest note that overtakes a note, in its language where there is one; None where none does.

        latest: no note of a later day overtakes anything.
        """
        later = [other for other in self.chain(note) if self._overtakes(other, note, latest)]
        if not later:
            return None
        newest = max(later, key=self.order)
        own = [other for other in later if self.same_edition(other, newest) and self.in_one_language(other, note)]
        return max(own or [newest], key=self.order)

    def same_edition(self, one: str, other: str) -> bool:
        """Whether two notes are one, or one and its translation."""
        return one == other or self.edition.get(one, one) == self.edition.get(other, other)

    def chain(self, note: str) -> tuple[str, ...]:
        """The notes of a note's chain with their translations, oldest first; only itself where it stands alone."""
        return self._chain.get(note, (note,))

    def parallel(self, one: str, other: str) -> bool:
        """Whether two notes are of one kind on two things, such as two regions of one programme or two months."""
        mine, theirs = self.names[one], self.names[other]
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
            oldest = min(overtaken, key=self.order)
            return {note for note in told if not self.same_edition(note, oldest)}
        if former:
            return set(told) - overtaken if overtaken else set()
        if end and (then := [note for note in told if (day := self._day(note)) and day <= end]):
            held = max(then, key=self.order)
            return {note for note in told if not self.same_edition(note, held)}
        return overtaken

    def _overtakes(self, newer: str, older: str, latest: date | None) -> bool:
        day = self._notes[newer].date
        if day is None or (latest and day > latest) or self.same_edition(newer, older):
            return False
        return self.is_later(newer, older)

    def is_later(self, newer: str, older: str) -> bool:
        """Whether one note of a chain is later than another: by its date, else by what it says or its version."""
        mine, theirs = self._day(newer), self._day(older)
        if mine is None or (theirs and mine != theirs):
            return bool(mine and theirs and mine > theirs)
        if self.says_so(newer, older):  # what only the older one says does not tell which of them is later
            return (older, newer) in self.replaced
        return self.names[newer].version > self.names[older].version

    def _day(self, note: str) -> date | None:
        """The day of a note's edition: of its earliest part, since translations follow."""
        parts = self._parts.get(self.edition.get(note, note))
        if parts is None:
            return self._notes[note].date
        return min((day for one in parts if (day := self._notes[one].date)), default=None)

    def order(self, note: str) -> tuple[date, int, date, str]:
        """What the notes of a chain are sorted by, oldest first."""
        day = self._notes[note].date or date.min
        return self._day(note) or date.min, self.names[note].version, day, note

    def says_so(self, one: str, other: str) -> bool:
        """Whether one of two notes says that it replaces the other."""
        return (one, other) in self.replaced or (other, one) in self.replaced

    def in_one_language(self, note: str, other: str) -> bool:
        """Whether two notes are in one language."""
        return self._notes[note].language == self._notes[other].language

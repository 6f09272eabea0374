"""Which of several notes an answer is taken from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol, TypeVar

from qa.schema import Hit, NoteContent, Query, Sentence
from qa.terms import stems

# Sentences of two notes are of one matter when they share this part of their stems and of their score.
SAME_MATTER, SAME_SCORE = 0.5, 0.9


class Choice(Protocol):
    """A sentence of a hit that may answer, and how well it does."""

    @property
    def hit(self) -> Hit: ...
    @property
    def content(self) -> NoteContent: ...
    @property
    def score(self) -> float: ...
    @property
    def sentence(self) -> Sentence: ...


C = TypeVar("C", bound=Choice)


def in_time(query: Query, choice: C, choices: Sequence[C]) -> C:
    """The choice, or what a note of the time that is asked for says of the same matter nearly as well: the newest."""
    rivals = [choice]
    for rival in choices:
        if rival.score >= SAME_SCORE * choice.score and _goes_before(query, rival, choice) and _same(rival, choice):
            rivals.append(rival)
    return max(rivals, key=lambda rival: (rival.hit.date or date.min, rival.score))


def _goes_before(query: Query, rival: Choice, choice: Choice) -> bool:
    if (choice.hit.note in query.behind) != (rival.hit.note in query.behind):
        return choice.hit.note in query.behind
    day, newer = choice.hit.date, rival.hit.date
    return bool(day and newer and newer > day)


def _same(one: Choice, other: Choice) -> bool:
    own, theirs = (set(stems(of.sentence.text, of.content.note.language)) for of in (one, other))
    return len(own & theirs) >= SAME_MATTER * min(len(own), len(theirs)) > 0

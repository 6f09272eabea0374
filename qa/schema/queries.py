"""What is searched, and what is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from qa.schema.notes import Acronym, Sentence


@dataclass(frozen=True, slots=True)
class Term:
    """A stem that is searched for. phrases: other ways to say it, each a run of stems that must all stand.

    weight: its share beside the other terms; below 1 where it comes from the history and not from the question.
    """

    stem: str
    phrases: tuple[tuple[str, ...], ...] = ()
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched: the question with what history and acronyms add to it, and the filters.

    question: as asked. text: what is embedded, and before: with it, the user's turn that it leans on, "" where it
    leans on none. terms: stop words left out. asked_in: the question's language.
    period: the first and last day of the time that the question itself names for what it asks, each None where it is
    open. former: it asks how things stood before they changed; original: before all changes. year: the year of a fact
    that it asks for, which a later note may tell too, "" where there is none. behind: the notes of which another
    edition is asked for, each with the notes of that edition.
    language: only notes in it, or None for all. acronyms: the readings taken, each pair of forms once. definitions:
    all that the binder says of their short forms, other meanings too. notes: only these, or None for all.
    """

    question: str
    text: str
    terms: tuple[Term, ...]
    before: str = ""
    asked_in: str = "en"
    language: str | None = None
    acronyms: tuple[Acronym, ...] = ()
    definitions: tuple[Acronym, ...] = ()
    as_of: date | None = None
    since: date | None = None
    until: date | None = None
    notes: tuple[str, ...] | None = None
    period: tuple[date | None, date | None] | None = None
    former: bool = False
    original: bool = False
    year: str = ""
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, with its sentences. score: higher is better, comparable within one search only."""

    id: str
    note: str
    title: str
    section: str
    date: date | None
    page: int | None
    start: int
    end: int
    text: str
    score: float
    sentences: tuple[Sentence, ...] = ()

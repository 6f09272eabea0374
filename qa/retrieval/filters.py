"""Which notes a query may be answered from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from qa.schema import Note, Query


def allowed(query: Query, notes: Sequence[Note]) -> list[str] | None:
    """The paths of the notes that the query's filters leave, or None where it has no filter.

    A note without a date fails every filter by date: it cannot be shown to be of that time.
    """
    if not (query.notes or query.language or by_date(query)):
        return None if query.notes is None else []
    return [
        note.note
        for note in notes
        if (query.notes is None or note.note in query.notes)
        and (query.language is None or note.language == query.language)
        and _within(note.date, query)
    ]


def left_out_undated(query: Query, notes: Sequence[Note]) -> list[str]:
    """The paths of the notes that a filter by date leaves out for want of a date, and no other filter does."""
    if not by_date(query):
        return []
    else_allowed = allowed(replace(query, as_of=None, since=None, until=None), notes)
    return [n.note for n in notes if n.date is None and (else_allowed is None or n.note in else_allowed)]


def by_date(query: Query) -> bool:
    """Whether a query leaves out notes by their date."""
    return bool(query.as_of or query.since or query.until)


def latest(query: Query) -> date | None:
    """The last day that a query's filters leave; None where they leave all."""
    return min((end for end in (query.as_of, query.until) if end), default=None)


def _within(day: date | None, query: Query) -> bool:
    if day is None:
        return not by_date(query)
    return (query.since or date.min) <= day <= (latest(query) or date.max)

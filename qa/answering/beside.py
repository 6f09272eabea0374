"""What to know of an answer that does not hang on what it says: the notes that were left out."""

from __future__ import annotations

from collections.abc import Sequence

from qa.answering.words import say
from qa.retrieval.filters import left_out_undated
from qa.schema import Note, Notice, Query

MOST_NAMED = 5


def undated(query: Query, notes: Sequence[Note]) -> list[Notice]:
    """That notes without a date were left out by a filter by date, which may hide what they tell."""
    files = left_out_undated(query, notes)
    if not files:
        return []
    return [Notice("undated", say("undated", query.asked_in, files=_named(files)))]


def unread(query: Query, files: Sequence[str]) -> list[Notice]:
    """That files could not be read, which may tell what the notes do not."""
    return [Notice("unread", say("unread", query.asked_in, files=_named(files)))] if files else []


def _named(files: Sequence[str]) -> str:
    return ", ".join(files[:MOST_NAMED]) + (", ..." if len(files) > MOST_NAMED else "")

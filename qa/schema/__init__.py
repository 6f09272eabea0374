"""The values that travel between the parts. All are frozen; none holds a vector.

Offsets are code points of a note's canonical text (`binder.text(note)`), half-open: `text[start:end]`.
They are born in the reader and only ever copied or narrowed. An id is `note#start-end`, never random.
"""

from __future__ import annotations

from qa.schema.answers import Answer, Citation, Notice, Statement, StatementStatus, Usage
from qa.schema.notes import Acronym, Block, BlockKind, Note, NoteContent, Passage, Sentence, Span
from qa.schema.plain import Json, to_json
from qa.schema.queries import Hit, Query, Term
from qa.schema.reports import Check, Problem, Progress, SyncReport

__all__ = [
    "Acronym",
    "Answer",
    "Block",
    "BlockKind",
    "Check",
    "Citation",
    "Hit",
    "Json",
    "Note",
    "NoteContent",
    "Notice",
    "Passage",
    "Problem",
    "Progress",
    "Query",
    "Sentence",
    "Span",
    "Statement",
    "StatementStatus",
    "SyncReport",
    "Term",
    "Usage",
    "to_json",
]

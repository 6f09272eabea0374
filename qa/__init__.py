"""Answers from briefing notes in exact quotes, or an honest "the notes do not tell".

    from qa import Binder

    with Binder.open("corpus/", index="index/") as binder:
        answer = binder.ask("Who is the Minister's U.S. counterpart?")

Importing this package loads neither a model nor an index.
"""

from __future__ import annotations

from qa.binder import Binder
from qa.errors import QAError
from qa.schema import (
    Acronym,
    Answer,
    Citation,
    Hit,
    Note,
    Notice,
    Problem,
    Progress,
    Sentence,
    Statement,
    SyncReport,
)
from qa.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "Acronym",
    "Answer",
    "Binder",
    "Citation",
    "Hit",
    "Note",
    "Notice",
    "Problem",
    "Progress",
    "QAError",
    "Sentence",
    "Settings",
    "Statement",
    "SyncReport",
]

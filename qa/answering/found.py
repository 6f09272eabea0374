"""What was found for a question, and what an answerer is told beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa.answering.calibration import Calibration
from qa.answering.time import Times
from qa.retrieval.searched import Searched
from qa.schema import Hit, NoteContent, Notice, Query


@dataclass(frozen=True, slots=True)
class Found:
    """hits: best first. blocks: a note's path to its text and blocks. put_to: what was searched. known: the
    calibration, where there is one. times: which note overtakes which, and what is old. parts: the questions that the
    query is made of, where it is more than one, with the hits of each. beside: notices that hold whatever is answered.
    unread: files of the binder whose text is not known; an abstention says so, for they may tell. holds: whether the
    notes are still those in which it was found.
    """

    query: Query
    hits: Sequence[Hit]
    blocks: Callable[[str], NoteContent]
    put_to: Searched
    known: Calibration | None
    times: Times
    parts: Sequence[tuple[Query, Sequence[Hit]]] = ()
    beside: Sequence[Notice] = ()
    unread: Sequence[str] = ()
    holds: Callable[[], bool] = lambda: True

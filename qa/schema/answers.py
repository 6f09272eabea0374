"""What is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from qa.schema.queries import Hit

StatementStatus = Literal["quoted", "checked", "withheld"]


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a quote stands. `binder.text(note)[start:end] == quote`, always. marker: the n of "[n]", from 1."""

    marker: int
    note: str
    title: str
    section: str
    date: date | None
    page: int | None
    language: str
    classification: str | None
    superseded_by: str | None
    start: int
    end: int
    quote: str
    prepared_for: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that an answer says, and the quotes that it rests on.

    status: "quoted" (its text is its quotes), "checked" (its figures, names, negations and most words stand in its
    quotes) or "withheld" (they do not; reason says what failed).
    """

    text: str
    citations: tuple[Citation, ...]
    status: StatementStatus = "quoted"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know beside the answer. kind: near, superseded, conflict, age, acronym, fallback, index, ..."""

    kind: str
    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """What a chat model was asked for one answer. calls: how many; input_tokens, output_tokens: of all, None where the
    provider does not say; seconds: waited for them."""

    model: str
    calls: int
    input_tokens: int | None
    output_tokens: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What `ask` returns.

    text: the statements joined, with [n] markers; where abstained, that the notes do not tell, and which come nearest.
    confidence: the calibrated chance, 0..1, that the notes hold the answer; None without a calibration for the model.
    withheld: what a model said and its quotes did not bear out. hits: what was found, best first.
    rewrite: the question as a model made it stand by itself; "" where none did. usage: what a model was asked for this
    answer; None where none was.
    """

    question: str
    text: str
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    abstained: bool = False
    confidence: float | None = None
    notices: tuple[Notice, ...] = ()
    withheld: tuple[Statement, ...] = ()
    hits: tuple[Hit, ...] = ()
    rewrite: str = ""
    usage: Usage | None = None

    def _repr_html_(self) -> str:
        """What a notebook shows of it."""
        from qa.schema.notebook import answer_html

        return answer_html(self)

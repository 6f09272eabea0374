"""What the tools give beside an Answer, as values."""

from __future__ import annotations

from dataclasses import dataclass

from qa.schema import Hit, Note


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of a search, best first, without their sentences."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a note: `text` is `start:end` of a text of `length` characters. next: the start of the next part."""

    note: Note
    superseded_by: str | None
    start: int
    end: int
    length: int
    text: str
    next: int | None


@dataclass(frozen=True, slots=True)
class Listed:
    """Some of the notes, by path, the first `start` of all `total` passed over. next: the start of the next ones."""

    notes: tuple[Note, ...]
    start: int
    total: int
    next: int | None

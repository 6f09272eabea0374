"""Notes as they are read, and what they are cut into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open run of code points of one note's canonical text."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one code point; spans that only touch do not overlap."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of one briefing note; its text and blocks are asked for separately.

    note: the path below the corpus folder, with "/". date, classification, source and prepared_for are None where
    neither the note nor corpus/notes.toml tells. language: "en" or "fr". sha256: of the file's bytes. size: bytes.
    warnings: what a reader of the note should know about how it was read, each a sentence.
    """

    note: str
    title: str
    date: date | None = None
    language: str = "en"
    classification: str | None = None
    source: str | None = None
    prepared_for: str | None = None
    sha256: str = ""
    size: int = 0
    warnings: tuple[str, ...] = ()


class BlockKind(StrEnum):
    """What a block of a note is."""

    HEADING = "heading"
    METADATA = "metadata"
    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    ROW = "row"
    QUOTATION = "quotation"
    FOOTNOTE = "footnote"
    QUESTION = "question"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a note's layout. `start:end` leaves out markers ("- ", "## ") and white space at either end.

    level: a heading's level from 1, a bullet's nesting from 1, else 0.
    headings: the headings above, outermost first, without the note's title.
    lead_in: what a bullet hangs on, outermost first: the lead-in sentence, then the bullets that it is nested in.
    header, caption: of a table's row. group: the list or table that a bullet or row belongs to, numbered in the note.
    page: from 1, or None where the format has no pages.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    headings: tuple[Span, ...] = ()
    lead_in: tuple[Span, ...] = ()
    header: Span | None = None
    caption: Span | None = None
    group: int | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class NoteContent:
    """A note as read: what is known of it, its canonical text, and its blocks in order."""

    note: Note
    text: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, bullet or table row inside a passage.

    context: what it means nothing without, outermost first: a bullet's lead-ins, a table row's caption and header.
    In a hit it also says how well it fits the query: score (what hits are ordered by, higher is better),
    similarity (cosine of its vector and the query's, -1..1) and coverage (the share, weighted by rarity, of the
    query's terms that it or its context holds, 0..1). Elsewhere these are 0.
    """

    start: int
    end: int
    text: str
    context: tuple[Span, ...] = ()
    score: float = 0.0
    similarity: float = 0.0
    coverage: float = 0.0


@dataclass(frozen=True, slots=True)
class Passage:
    """What is embedded and searched: one contiguous span, and context that is searched with it but is not its text.

    context: headings, lead-ins and table headers, in reading order. sentences cover the passage in order.
    """

    note: str
    start: int
    end: int
    context: tuple[Span, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    section: str = ""
    page: int | None = None

    @property
    def id(self) -> str:
        return f"{self.note}#{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Acronym:
    """A short form and what it stands for, at the place in a note that says so (`start:end` covers both forms)."""

    short: str
    long: str
    note: str
    start: int
    end: int

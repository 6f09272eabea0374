"""The values that travel between the parts. All are frozen; none holds a vector.

Offsets are code points of a note's canonical text (`binder.text(note)`), half-open: `text[start:end]`.
They are born in the reader and only ever copied or narrowed. An id is `note#start-end`, never random.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Literal

Json = dict[str, Any]
StatementStatus = Literal["quoted", "checked", "withheld"]


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


@dataclass(frozen=True, slots=True)
class Problem:
    """A note that was not read, or was read with a doubt. note: its path; read: whether it is in the index."""

    note: str
    message: str
    read: bool


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did. Each of added, changed, removed holds paths of notes; embedded counts texts; seconds is wall.

    notices: what the searching of the index lacks for now.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0
    passages: int = 0
    embedded: int = 0
    seconds: float = 0.0
    problems: tuple[Problem, ...] = ()
    rebuilt: str = ""
    notices: tuple[Notice, ...] = ()

    @property
    def touched(self) -> bool:
        """Whether the index is other than it was."""
        return bool(self.added or self.changed or self.removed or self.rebuilt)


@dataclass(frozen=True, slots=True)
class Check:
    """What an examination of the set-up found. name: of what was examined. ok: whether it is as it should be.

    message: what was found. advice: what to do about it, with the command; "" where there is nothing to do.
    """

    name: str
    ok: bool
    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of long work, given to a `progress` callback. stage: "read" or "embed"; done and total count its units."""

    stage: str
    done: int
    total: int
    name: str = ""


def to_json(value: Any) -> Any:
    """Any value of this module as what `json.dumps` takes: names as above, dates as ISO 8601, tuples as lists.

    `qa.strict.from_json` is its inverse.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: to_json(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [to_json(item) for item in value]
    return value

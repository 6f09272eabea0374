"""Receipts: what a conversation quoted and what the notes were then, so that it can be checked later.

A receipt vouches for quotes, which are looked up in the binder when it is made, and for what it says of notes. The
statements are as the conversation has them. Its own hash tells slips and damage, not a forger, who can make it anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import qa
from qa.binder import Binder
from qa.conversation import Conversation, Turn, TurnFilters, notes_held, stands
from qa.errors import ReceiptError
from qa.schema import Citation, Note, Statement, StatementStatus, to_json
from qa.strict import from_json

FORMAT, VERSION = "briefing-qa receipt", 1
MOST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class QuoteReceipt:
    """A quote. sha256: of it in UTF-8. stands: whether it stood at `start:end` of the note when the receipt was made.

    superseded_by: the note that the answer said overtakes this one.
    """

    note: str
    start: int
    end: int
    quote: str
    sha256: str
    stands: bool
    superseded_by: str | None


@dataclass(frozen=True, slots=True)
class StatementReceipt:
    """What was said, as the conversation has it, and the quotes that it rests on."""

    text: str
    status: StatementStatus
    citations: tuple[QuoteReceipt, ...]


@dataclass(frozen=True, slots=True)
class TurnReceipt:
    """A question and what was answered. filters: those that were set."""

    question: str
    asked_at: datetime
    filters: TurnFilters
    abstained: bool
    statements: tuple[StatementReceipt, ...]


@dataclass(frozen=True, slots=True)
class NoteReceipt:
    """A cited note, as the binder had it when the receipt was made. sha256: of its file."""

    sha256: str
    title: str
    date: date | None
    superseded_by: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as read. made_at: in UTC. program: its version. binder: fingerprints, see `Binder.fingerprints`.

    notes: the cited notes that the binder held, by path. sha256: of all the rest, see `own_hash`.
    """

    format: str
    version: int
    made_at: datetime
    program: str
    binder: Mapping[str, str]
    title: str
    turns: tuple[TurnReceipt, ...]
    notes: Mapping[str, NoteReceipt]
    sha256: str


def receipt(conversation: Conversation, binder: Binder, *, now: datetime | None = None) -> dict[str, Any]:
    """The receipt of a conversation as what `json.dumps` takes. now: None for the present.

    Each quote is looked up in the binder, whatever the conversation says; one that does not stand there is marked so.
    """
    paths = {quote.note for turn in conversation.turns for said in turn.answer.statements for quote in said.citations}
    held, editions = notes_held(binder, paths), binder.editions()
    made = Receipt(
        format=FORMAT,
        version=VERSION,
        made_at=(now or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0),
        program=qa.__version__,
        binder=binder.fingerprints(),
        title=conversation.title,
        turns=tuple(_turn(turn, held) for turn in conversation.turns),
        notes={
            path: NoteReceipt(note.sha256, note.title, note.date, editions.overtaken_by(path))
            for path, (note, _) in sorted(held.items())
        },
        sha256="",
    )
    written: dict[str, Any] = to_json(made)
    return written | {"sha256": own_hash(written)}


def receipt_from_json(value: Any) -> Receipt:
    """The receipt that `value` is, whether or not it was altered. Raises ReceiptError where it is none."""
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise ReceiptError("This is no receipt of a conversation. The chat makes one: export, then receipt.")
    if value.get("version") != VERSION:
        raise ReceiptError(f"This receipt is not of version {VERSION}, the one that qa {qa.__version__} reads.")
    try:
        read: Receipt = from_json(Receipt, value, "it")
    except ValueError as error:
        raise ReceiptError(f"This receipt is damaged, and cannot be checked: {error}") from error
    return read


def read_receipt(path: Path) -> Any:
    """What a file of JSON holds, to be given to `verify`. Raises ReceiptError where it holds none."""
    try:
        with path.open("rb") as file:
            held = file.read(MOST_BYTES + 1)
        if len(held) > MOST_BYTES:
            raise ReceiptError(f"{path} is too large for a receipt, which has at most {MOST_BYTES // 1_000_000} MB.")
        return json.loads(held.decode("utf-8-sig"))
    except OSError as error:
        raise ReceiptError(f"The receipt {path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise ReceiptError(f"{path} is no receipt, since it is no JSON: {error}.") from error


def own_hash(value: Mapping[str, Any]) -> str:
    """The sha256 of a receipt's JSON without its own "sha256", however it is laid out."""
    rest = {name: part for name, part in value.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()


def quote_hash(quote: str) -> str:
    """The sha256 of a quote in UTF-8."""
    return hashlib.sha256(quote.encode("utf-8", "surrogatepass")).hexdigest()


def _turn(turn: Turn, held: Mapping[str, tuple[Note, str]]) -> TurnReceipt:
    said = tuple(_statement(statement, held) for statement in turn.answer.statements)
    return TurnReceipt(turn.question, turn.asked_at, turn.filters, turn.answer.abstained, said)


def _statement(said: Statement, held: Mapping[str, tuple[Note, str]]) -> StatementReceipt:
    return StatementReceipt(said.text, said.status, tuple(_quote(quote, held) for quote in said.citations))


def _quote(quote: Citation, held: Mapping[str, tuple[Note, str]]) -> QuoteReceipt:
    return QuoteReceipt(
        quote.note,
        quote.start,
        quote.end,
        quote.quote,
        quote_hash(quote.quote),
        stands(quote, held),
        quote.superseded_by,
    )

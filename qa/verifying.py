"""What has become of the sources of a receipt since it was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import qa
from qa.binder import Binder
from qa.conversation import TurnFilters, notes_held
from qa.exporting.receipts import NoteReceipt, QuoteReceipt, Receipt, own_hash, quote_hash, receipt_from_json
from qa.retrieval.filters import latest
from qa.schema import Note, Query

FindingKind = Literal["altered", "never", "gone", "changed", "moved", "superseded"]
KINDS: tuple[FindingKind, ...] = ("altered", "never", "gone", "changed", "moved", "superseded")
_SHOWN = 60  # characters of a quote


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as the receipt has it. note: its path, "" where it is the receipt itself.

    kind: "altered" (the receipt was changed), "never" (the quote did not stand when the receipt was made), "gone" (the
    binder no longer holds the note), "changed" (the note no longer says the quote), "moved" (the note changed and says
    it still), "superseded" (a newer note overtakes it, which the answer did not say).
    message: what was and what is. turns: the numbers, from 1, of the questions whose answers rest on it.
    """

    kind: FindingKind
    note: str
    message: str
    turns: tuple[int, ...] = ()


def verify(receipt: Any, binder: Binder) -> tuple[Finding, ...]:
    """What is not, in the binder as it is indexed now, as a receipt has it: by kind, then by note.

    receipt: what a file of JSON holds. Raises ReceiptError where it is no receipt.
    """
    read = receipt_from_json(receipt)
    found: dict[tuple[FindingKind, str, str], set[int]] = {}
    for turn, kind, note, message in _all(read, binder):
        found.setdefault((kind, note, message), set()).add(turn)
    if own_hash(receipt) != read.sha256:
        altered = "The receipt is not as it was made: what it holds does not match its own hash. Do not rely on it."
        found["altered", "", altered] = set()
    findings = [Finding(*key, tuple(sorted(turns))) for key, turns in found.items()]
    return tuple(sorted(findings, key=lambda one: (KINDS.index(one.kind), one.note)))


def quotes_of(receipt: Any) -> set[tuple[str, int, int]]:
    """The quotes that a receipt is of, each once, as (note, start, end). Raises ReceiptError where it is no receipt."""
    return {(quote.note, quote.start, quote.end) for _, _, quote in _quotes(receipt_from_json(receipt))}


def _all(receipt: Receipt, binder: Binder) -> Iterator[tuple[int, FindingKind, str, str]]:
    held = notes_held(binder, {quote.note for _, _, quote in _quotes(receipt)})
    for turn, filters, quote in _quotes(receipt):
        if quote_hash(quote.quote) != quote.sha256:
            yield turn, "altered", quote.note, f"{_words(quote)} is not the quote that its own hash was made of."
        for kind, message in _of_quote(quote, receipt, held):
            yield turn, kind, quote.note, message
        if quote.note in held:
            for message in _superseded(quote, filters, binder):
                yield turn, "superseded", quote.note, message


def _quotes(receipt: Receipt) -> Iterator[tuple[int, TurnFilters, QuoteReceipt]]:
    """The quotes of a receipt, each with the number and the filters of its turn."""
    for number, turn in enumerate(receipt.turns, start=1):
        for said in turn.statements:
            for quote in said.citations:
                yield number, turn.filters, quote


def _of_quote(
    quote: QuoteReceipt, receipt: Receipt, held: Mapping[str, tuple[Note, str]]
) -> Iterator[tuple[FindingKind, str]]:
    was = receipt.notes.get(quote.note)
    note, text = held.get(quote.note, (None, ""))
    now = _place_now(quote, text)
    if was is None or not quote.stands:
        is_now = f"it stands now at {_place(text, now, quote)}" if now is not None else "nor does it now"
        yield "never", f"{_words(quote)} did not stand in it on {receipt.made_at:%Y-%m-%d}, {is_now}."
    elif note is None:
        yield "gone", f"It was in the binder on {receipt.made_at:%Y-%m-%d} ({_named(was)}); it is not there now."
    elif now is None:
        yield "changed", f"It said {_words(quote)}; {_how(note, was, receipt)}, and does not say that now."
    elif now != quote.start or note.sha256 != was.sha256:
        place = f"at {_place(text, now, quote)}, no longer at {quote.start}–{quote.end}"
        where = "where it stood" if now == quote.start else place
        yield "moved", f"{_words(quote)} still stands word for word, {where}; {_how(note, was, receipt)}."


def _superseded(quote: QuoteReceipt, filters: TurnFilters, binder: Binder) -> Iterator[str]:
    """That a note overtakes a quote's, within the days that the question asked for, and the answer did not say so."""
    last = latest(Query("", "", (), as_of=filters.get("as_of"), until=filters.get("until")))
    newer = binder.editions().overtaken_by(quote.note, last)
    if newer is not None and newer != quote.superseded_by:
        was = f"the answer named {quote.superseded_by}" if quote.superseded_by else "it was not when this was answered"
        note = notes_held(binder, [newer]).get(newer)
        named = f"{newer} ({_titled(note[0].title, note[0].date)})" if note else newer
        yield f"It is superseded by {named}; {was}."


def _place_now(quote: QuoteReceipt, text: str) -> int | None:
    """Where the quote stands in the text: its start, the one nearest to where it stood; None where it does not."""
    if not quote.quote:
        return None
    starts, at = [], text.find(quote.quote)
    while at >= 0:
        starts.append(at)
        at = text.find(quote.quote, at + 1)
    return min(starts, key=lambda start: abs(start - quote.start), default=None)


def _place(text: str, start: int, quote: QuoteReceipt) -> str:
    line = text.count("\n", 0, start) + 1
    return f"characters {start}–{start + len(quote.quote)} (line {line})"


def _how(note: Note, was: NoteReceipt, receipt: Receipt) -> str:
    if note.sha256 != was.sha256:
        return f"the file has changed (sha256 {was.sha256[:12]}… then, {note.sha256[:12]}… now)"
    return f"the file is the same, but qa {receipt.program} read it otherwise than qa {qa.__version__} does"


def _words(quote: QuoteReceipt) -> str:
    line = " ".join(quote.quote.split())
    return f"“{line}”" if len(line) <= _SHOWN else f"“{line[:_SHOWN].rstrip()}…”"


def _named(was: NoteReceipt) -> str:
    return _titled(was.title, was.date)


def _titled(title: str, day: date | None) -> str:
    return f"{title}, {day.isoformat()}" if day else title

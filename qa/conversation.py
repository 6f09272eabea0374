"""Conversations as values: questions with their answers, and what the notes were when they were given.

A page keeps them in a reader's browser as `to_json` makes them. What comes back from there is anybody's, and is read
with suspicion; that a quote stands in the binder is to be looked up (qa.exporting, qa.verifying).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Literal, TypedDict

from qa.binder import Binder
from qa.errors import ConversationError, UnknownNoteError
from qa.schema import Answer, Citation, Note
from qa.strict import MOST_CHARACTERS, from_json

__all__ = ["MOST_BYTES", "MOST_CHARACTERS", "MOST_TURNS", "Conversation", "Turn", "TurnFilters"]
__all__ += ["conversation_from_json", "history_of", "notes_held", "turn_of", "turns_from_json"]

# What is kept of a conversation at most; MOST_BYTES is of its JSON in UTF-8.
MOST_TURNS = 200
MOST_BYTES = 5_000_000
# Hits that are kept of an answer that abstains: what comes nearest.
NEAREST = 3


class TurnFilters(TypedDict, total=False):
    """The filters of a question that were set, as `Binder.ask` takes them."""

    as_of: date
    since: date
    until: date
    notes: tuple[str, ...]
    language: Literal["en", "fr"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer, of whose hits an abstention keeps the nearest. asked_at: in UTC, to the second.

    notes: the sha256 of the file of each note that the answer cites, as it was then. filters: those that were set.
    """

    question: str
    answer: Answer
    asked_at: datetime
    notes: Mapping[str, str]
    filters: TurnFilters = field(default_factory=TurnFilters)


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns, oldest first. id: names it where it is kept. title: its first question, cut."""

    id: str
    title: str
    turns: tuple[Turn, ...] = ()


def turn_of(
    binder: Binder, answer: Answer, *, filters: Mapping[str, Any] | None = None, now: datetime | None = None
) -> Turn:
    """The turn of an answer that `binder` just gave.

    filters: the arguments that `ask` was given; those that are None or no filters are left out. now: None for the
    present. A note that changed since the answer was made, so that the quote no longer stands, has no entry in `notes`.
    """
    given = {name: (filters or {}).get(name) for name in TurnFilters.__annotations__}
    kept = {name: tuple(value) if name == "notes" else value for name, value in given.items() if value is not None}
    quotes = list(all_quotes(answer))
    held = notes_held(binder, {quote.note for quote in quotes})
    other = {quote.note for quote in quotes if not stands(quote, held)}
    return Turn(
        answer.question,
        replace(answer, hits=answer.hits[:NEAREST] if answer.abstained else ()),
        (now or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0),
        {path: note.sha256 for path, (note, _) in sorted(held.items()) if path not in other},
        TurnFilters(**kept),  # type: ignore[typeddict-item]  # of the names above
    )


def history_of(turns: Iterable[Turn]) -> list[tuple[str, str]]:
    """Turns as the history that `Binder.ask` takes."""
    return [one for turn in turns for one in (("user", turn.question), ("assistant", turn.answer.text))]


def conversation_from_json(value: Any) -> Conversation:
    """The conversation that `to_json` made `value` of. Raises ConversationError, and no other, for what is none.

    Fields that are not known are ignored.
    """
    try:
        _check_size(value)
        turns = value.get("turns") if isinstance(value, dict) else None
        if not isinstance(turns, list):
            raise ValueError("it must be an object with a list of turns.")
        if len(turns) > MOST_TURNS:
            raise ValueError(f"it has more than {MOST_TURNS} turns.")
        head: Conversation = from_json(Conversation, value | {"turns": []}, "it")
        return replace(head, turns=tuple(_turn(turn, f"turns[{at}]") for at, turn in enumerate(turns)))
    except ValueError as error:
        raise ConversationError(f"This is no conversation that can be opened: {error}") from error


def turns_from_json(value: Any) -> tuple[Turn, ...]:
    """The turns that `to_json` made `value` of; none for None. Raises ConversationError as above."""
    return conversation_from_json({"id": "", "title": "", "turns": [] if value is None else value}).turns


def all_quotes(answer: Answer) -> Iterator[Citation]:
    """The citations of all that an answer says, notices and what is withheld included; the same may come twice."""
    yield from answer.citations
    for said in (*answer.statements, *answer.withheld):
        yield from said.citations
    for notice in answer.notices:
        yield from notice.citations


def notes_held(binder: Binder, paths: Collection[str]) -> dict[str, tuple[Note, str]]:
    """Those of `paths` that the binder holds, each with its text; all from one state of the index."""
    while True:
        notes = binder.notes()
        known = {note.note: note for note in notes}
        try:
            found = {path: (known[path], binder.text(path)) for path in paths if path in known}
        except UnknownNoteError:  # a sync took it out meanwhile
            continue
        if binder.notes() == notes:
            return found


def stands(quote: Citation, held: Mapping[str, tuple[Note, str]]) -> bool:
    """Whether a quote stands where it says. held: of `notes_held`."""
    _, text = held.get(quote.note, (None, ""))
    return 0 <= quote.start < quote.end and text[quote.start : quote.end] == quote.quote


def _turn(value: Any, where: str) -> Turn:
    turn: Turn = from_json(Turn, value, where)
    return turn


def _check_size(value: Any) -> None:
    try:
        size = len(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    except (TypeError, ValueError, RecursionError):  # no JSON, a ring, or brackets without end
        raise ValueError("it is no JSON, or its parts are too deep in one another.") from None
    if size > MOST_BYTES:
        raise ValueError(f"it is larger than {MOST_BYTES // 1_000_000} MB.")

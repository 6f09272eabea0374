"""What programs send, and what they get beside the values of qa.schema: the forms of the OpenAPI description."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, WithJsonSchema

from qa.conversation import MOST_CHARACTERS, MOST_TURNS
from qa.options import Filters
from qa.retrieval.query import MAX_QUESTION
from qa.schema import Note
from qa.serving.days import day

MOST_HITS = 100
MOST_HISTORY = 2 * MOST_TURNS  # each turn of a conversation is a question and an answer
_MOST_NOTES = 1_000


def _day(value: Any) -> Any:
    # A number would be taken for seconds since 1970.
    if value is None or type(value) is date:
        return value
    return day(value if isinstance(value, str) else "")


def whole(value: Any) -> Any:
    """A whole number as JSON has it."""
    # JSON knows no difference between 3 and 3.0; True is no number there, and "3" is none.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, (bool, str)):
        raise ValueError("it is a whole number")
    return value


Day = Annotated[date, BeforeValidator(_day)]
Whole = Annotated[int, BeforeValidator(whole)]
Question = Annotated[
    str,
    Field(min_length=1, max_length=MAX_QUESTION, description="In words.", examples=["Who is the U.S. counterpart?"]),
]
Hits = Field(default=10, ge=1, le=MOST_HITS, description="How many passages.")


# Longer than any path can be. A string with such a limit is text, too: without halves of characters.
# The description says it in words: an address cannot hold as many of that length as it would promise.
Path = Annotated[str, Field(max_length=1_000), WithJsonSchema({"type": "string"})]


class Chosen(BaseModel):
    """Which notes are asked. What is not known is refused, since a filter that is misspelled would filter nothing."""

    model_config = ConfigDict(extra="forbid")

    as_of: Day | None = Field(default=None, description="As if it were this day: no later note.")
    since: Day | None = Field(default=None, description="Only notes from this day on.")
    until: Day | None = Field(default=None, description="Only notes up to this day.")
    notes: list[Path] | None = Field(
        default=None, max_length=_MOST_NOTES, description="Only these notes, by path (1,000 characters each)."
    )
    language: Literal["en", "fr"] | None = Field(default=None, description="Only notes in this language.")

    def options(self) -> Filters:
        """These as `Binder.ask` and `Binder.search` take them."""
        return {
            "as_of": self.as_of,
            "since": self.since,
            "until": self.until,
            "notes": self.notes,
            "language": self.language,
        }


class Turn(BaseModel):
    """What was said before, by the one who asks or by the program."""

    model_config = ConfigDict(extra="forbid")

    role: Literal["user", "assistant"]
    content: str = Field(max_length=MOST_CHARACTERS)


class Asked(Chosen):
    """A question, what was said before it, and which notes are asked."""

    question: Question
    history: list[Turn] = Field(default=[], max_length=MOST_HISTORY, description="Oldest first.")

    def options(self) -> Filters:
        return {**super().options(), "history": [(turn.role, turn.content) for turn in self.history]}


class AskForm(Asked):
    """A question. stream: the answer as it grows, as server-sent events."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"question": "Who is the Minister's U.S. counterpart?", "until": "2023-12-31"}]}
    )

    stream: StrictBool = Field(default=False, description="Answer with server-sent events, as the answer grows.")


class SearchForm(Asked):
    """A question, and how many of the passages that fit it best."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"question": "preclearance treaty", "k": 3}]})

    k: Whole = Hits


class AskQuery(Chosen):
    """The same in an address, where there is no history."""

    question: Question
    stream: bool = Field(default=False, description="Answer with server-sent events, as the answer grows.")


class SearchQuery(Chosen):
    """The same in an address."""

    question: Question
    k: int = Hits


@dataclass(frozen=True, slots=True)
class NoteText(Note):
    """A note, and its canonical text, of which all offsets count the code points."""

    text: str = ""


class Health(BaseModel):
    """Whether it answers. stale: the notes could not be looked at for changes when that was last tried."""

    status: Literal["ok", "stale"]


class Fault(BaseModel):
    """What went wrong. code: a short name, which stays; message: for people; param: what of the request it is about."""

    code: str
    message: str
    type: str
    param: str | None


class ErrorBody(BaseModel):
    """The form of all errors, which OpenAI's clients read as well."""

    error: Fault

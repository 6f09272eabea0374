"""What OpenAI's clients send to `/v1/chat/completions` and get, as far as it means something here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, field_validator
from pydantic.config import JsonDict

from qa.conversation import MOST_CHARACTERS, MOST_TURNS
from qa.schema import Answer
from qa.serving.http.forms import whole
from qa.serving.values import model_of

# The model that writes Markdown, which chat pages show, and the one that writes plain text.
MARKDOWN, PLAIN = "briefing-qa", "briefing-qa-text"
MODELS = (MARKDOWN, PLAIN)
Words = Annotated[str, Field(max_length=MOST_CHARACTERS)]
# Among the messages of a conversation there is one of the user.
_QUESTION: JsonDict = {"type": "object", "properties": {"role": {"const": "user"}}, "required": ["role", "content"]}


class Part(BaseModel):
    """A part of a message. Only texts are read; pictures, sounds and files are refused."""

    model_config = ConfigDict(extra="allow")

    type: Literal["text"]
    text: Words


class Message(BaseModel):
    """What was said. The last of "user" is the question; those of "user" and "assistant" before it are its history."""

    model_config = ConfigDict(extra="allow")

    role: Literal["user", "assistant", "system", "developer", "tool", "function"]
    content: Words | list[Part] | None = Field(
        default=None, description=f"At most {MOST_CHARACTERS:,} characters, in one text or in all parts together."
    )

    @field_validator("content")
    @classmethod
    def _not_too_long(cls, value: str | list[Part] | None) -> str | list[Part] | None:
        if isinstance(value, list) and sum(len(part.text) + 1 for part in value) > MOST_CHARACTERS:
            raise ValueError(f"its parts have more than {MOST_CHARACTERS:,} characters together")
        return value

    def words(self) -> str:
        """What it says."""
        parts = self.content if isinstance(self.content, list) else []
        return self.content if isinstance(self.content, str) else "\n".join(part.text for part in parts)


class StreamOptions(BaseModel):
    """include_usage: one more piece at the end says how many tokens were used."""

    model_config = ConfigDict(extra="allow")

    include_usage: StrictBool | None = None


class CompletionForm(BaseModel):
    """A conversation. Whatever else clients send, such as `temperature` or `tools`, is passed over, and named in
    `briefing.ignored`."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "model": MARKDOWN,
                    "messages": [{"role": "user", "content": "Who is the U.S. counterpart?"}],
                }
            ]
        },
    )

    model: str = Field(description='"briefing-qa" writes Markdown, "briefing-qa-text" plain text.')
    messages: list[Message] = Field(min_length=1, max_length=4 * MOST_TURNS, json_schema_extra={"contains": _QUESTION})
    stream: StrictBool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int, Field(ge=1, le=1), BeforeValidator(whole)] | None = Field(
        default=None, description="There is one answer only."
    )


class UrlCitation(BaseModel):
    """A marker in the content, `content[start_index:end_index]`, and where its quote stands."""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(BaseModel):
    """A citation."""

    type: Literal["url_citation"]
    url_citation: UrlCitation


class AnswerMessage(BaseModel):
    """What is answered: statements, notices and sources as one text."""

    role: Literal["assistant"]
    content: str
    refusal: None
    annotations: list[Annotation]


class Choice(BaseModel):
    """The one answer."""

    index: int
    message: AnswerMessage
    finish_reason: Literal["stop"]
    logprobs: None


class Tokens(BaseModel):
    """What the binder's own chat model read and wrote; 0 where it has none."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Briefing(BaseModel):
    """The answer as `/ask` gives it, and what of the request was passed over."""

    answer: model_of(Answer)  # type: ignore[valid-type]  # made while the program runs
    ignored: list[str]


class Completion(BaseModel):
    """A chat completion. usage: null where the provider of the model does not say."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Tokens | None
    briefing: Briefing


class Model(BaseModel):
    """What may be named as `model`."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class Models(BaseModel):
    """All of them."""

    object: Literal["list"]
    data: list[Model]

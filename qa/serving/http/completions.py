"""`/v1/models` and `/v1/chat/completions`: OpenAI's protocol, so that any chat page can talk to the binder.

Of https://platform.openai.com/docs/api-reference/chat what means something here; no model of OpenAI's is asked.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from enum import Enum
from hashlib import sha256
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from qa.options import Filters
from qa.schema import Answer, Citation, Json, to_json
from qa.serving.counter import Counter
from qa.serving.faults import fault_json
from qa.serving.http.asking import who
from qa.serving.http.completion_forms import MODELS, PLAIN, Completion, CompletionForm, Model, Models
from qa.serving.http.content import Content, Writer
from qa.serving.http.described import answers_with
from qa.serving.http.events import BEAT, Events, described, event
from qa.serving.http.forms import MOST_HISTORY
from qa.serving.http.note_page import note_link
from qa.serving.refusals import RefusedError

_END = "data: [DONE]\n\n"
# Characters of a name in `briefing.ignored`, which a client made up.
_MOST_NAME = 100
_STREAMED = described("Chunks of a completion, and `[DONE]` at the end.")

_TAGS: list[str | Enum] = ["OpenAI's protocol"]


def add_routes(app: FastAPI, counter: Counter) -> None:
    """Adds the routes of OpenAI's protocol."""
    since = int(time.time())
    errors = answers_with(400, 404, 415, 429, 502, 503, 504, ok={"content": _STREAMED, "description": "The answer."})
    known = [{"id": one, "object": "model", "created": since, "owned_by": "briefing-qa"} for one in MODELS]

    @app.get(
        "/v1/models",
        tags=_TAGS,
        response_model=Models,
        responses=answers_with(),
        summary="The models",
    )
    async def models() -> Response:
        """As OpenAI lists models."""
        return JSONResponse({"object": "list", "data": known})

    @app.get("/v1/models/{name}", tags=_TAGS, response_model=Model, responses=answers_with(404), summary="A model")
    async def model(name: str) -> Response:
        """As OpenAI tells of a model."""
        found = [one for one in known if one["id"] == name]
        if not found:
            raise _no_model()
        return JSONResponse(found[0])

    @app.post(
        "/v1/chat/completions",
        tags=_TAGS,
        response_model=Completion,
        responses=errors,
        summary="Converse",
    )
    async def completions(request: Request, form: CompletionForm) -> Response:
        """As OpenAI answers. The last message of the user is the question. Notices and sources stand in the content."""
        asked = _asked(request, form)
        question, options = _question(form)
        if form.stream:
            usage = form.stream_options is not None and bool(form.stream_options.include_usage)
            growing = await counter.growing(who(request), question, options)
            return Events(_chunks(growing, asked, include_usage=usage), growing)
        answer = await counter.answered(who(request), question, options, request.is_disconnected)
        return JSONResponse(asked.completion(answer))


@dataclass(frozen=True)
class _Asked:
    """What an answer is made into. ignored: what of the request is passed over. created: in seconds since 1970."""

    question: str
    model: str
    writer: Writer
    ignored: list[str]
    created: int

    def completion(self, answer: Answer) -> Json:
        content = self.writer.whole(answer)
        said = {
            "role": "assistant",
            "content": content.text,
            "refusal": None,
            "annotations": cited_in(content, self.writer),
        }
        choice = {"index": 0, "message": said, "finish_reason": "stop", "logprobs": None}
        return self._form("chat.completion", choice) | {"usage": tokens(answer), "briefing": self.briefing(answer)}

    def chunk(self, delta: Json, finish: str | None = None) -> Json:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return self._form("chat.completion.chunk", choice)

    def briefing(self, answer: Answer) -> Json:
        return {"answer": to_json(answer), "ignored": self.ignored}

    def _form(self, kind: str, *choices: Json) -> Json:
        name = sha256(repr((self.created, self.model, self.question)).encode()).hexdigest()[:24]
        head = {"id": f"chatcmpl-{name}", "object": kind, "created": self.created, "model": self.model}
        return head | {"choices": list(choices)}

    def last(self, answer: Answer) -> Json:
        """The chunk that says how many tokens were used."""
        return self._form("chat.completion.chunk") | {"usage": tokens(answer)}


def cited_in(content: Content, writer: Writer) -> list[Json]:
    """The markers of a text as OpenAI's citations."""
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": mark.start,
                "end_index": mark.end,
                "title": mark.citation.title,
                "url": writer.link(mark.citation),
            },
        }
        for mark in content.marks
    ]


def tokens(answer: Answer) -> Json | None:
    """What a model read and wrote for an answer: nothing where none was asked, None where its provider is silent."""
    read, written = (answer.usage.input_tokens, answer.usage.output_tokens) if answer.usage else (0, 0)
    if read is None or written is None:
        return None
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


async def _chunks(growing: AsyncGenerator[Answer | None], asked: _Asked, *, include_usage: bool) -> AsyncGenerator[str]:
    answer, sent = None, ""
    try:
        async with aclosing(growing) as answers:
            yield event(asked.chunk({"role": "assistant", "content": ""}))
            async for more in answers:
                answer = more or answer
                body = asked.writer.body(more) if more else ""
                if body.startswith(sent) and body != sent:
                    yield event(asked.chunk({"content": body[len(sent) :]}))
                    sent = body
                elif more is None:
                    yield BEAT
        assert answer is not None
        content = asked.writer.whole(answer)
        if not content.text.startswith(sent):  # the notes changed while a model answered: it is answered anew
            content = _after(sent, content)
        yield event(asked.chunk({"content": content.text[len(sent) :]}))
        noted = asked.chunk({"annotations": cited_in(content, asked.writer)}, "stop")
        yield event(noted | {"briefing": asked.briefing(answer)})
        if include_usage:
            yield event(asked.last(answer))
        yield _END
    except Exception as error:  # the status has been sent
        yield event(fault_json(error))


def _after(sent: str, content: Content) -> Content:
    """A text after another that cannot be taken back."""
    before = f"{sent}\n\n---\n\n"
    marks = (replace(one, start=one.start + len(before), end=one.end + len(before)) for one in content.marks)
    return Content(before + content.text, tuple(marks))


def _asked(request: Request, form: CompletionForm) -> _Asked:
    """What is asked. Raises RefusedError where an answer could not be what is asked for."""
    extra: Mapping[str, Any] = form.model_extra or {}
    if form.model not in MODELS:
        raise _no_model()
    if (extra.get("response_format") or {"type": "text"}) != {"type": "text"}:
        raise _unable("response_format", "Answers are texts: the forms of `response_format` cannot be kept.")
    if extra.get("tool_choice") not in (None, "auto", "none"):
        raise _unable("tool_choice", "No tool is ever called here, so none can be demanded.")
    if not any(message.role == "user" for message in form.messages):
        raise _unable("messages", "There is no message of the user, so there is no question.")
    base = _base(request)

    def link(citation: Citation) -> str:
        return note_link(base, citation)

    last, before = _read(form)
    passed_over = [f"messages[{at}] ({one.role})" for at, one in enumerate(form.messages) if at not in {*before, last}]
    ignored = [*(name[:_MOST_NAME] for name in sorted(extra)), *passed_over]
    return _Asked(_question(form)[0], form.model, Writer(link, form.model != PLAIN), ignored, int(time.time()))


def _question(form: CompletionForm) -> tuple[str, Filters]:
    """The last message of the user, and what was said before it."""
    last, before = _read(form)
    return form.messages[last].words(), {
        "history": [(form.messages[at].role, form.messages[at].words()) for at in before]
    }


def _read(form: CompletionForm) -> tuple[int, list[int]]:
    """Which messages are read: the question, and its history, of which the oldest is left out where it is too long."""
    last = max(at for at, message in enumerate(form.messages) if message.role == "user")
    said = [at for at, message in enumerate(form.messages[:last]) if message.role in ("user", "assistant")]
    return last, said[-MOST_HISTORY:]


def _base(request: Request) -> str:
    """The address of this server as whoever asks knows it. What a proxy says of it is there only where it is ours."""
    host = request.headers.get("x-forwarded-host") or request.headers.get("host", "")
    return f"{request.scope['scheme']}://{host}/"


def _no_model() -> RefusedError:
    return RefusedError(
        404, "model_not_found", f"There is no such model here. There are {' and '.join(MODELS)}.", param="model"
    )


def _unable(param: str, why: str) -> RefusedError:
    return RefusedError(400, "unsupported", why, param=param)

"""`/ask` and `/search`."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from enum import Enum
from typing import Annotated

from fastapi import FastAPI, Query, Request
from starlette.responses import JSONResponse, Response

from qa.schema import Answer, Hit, to_json
from qa.serving.counter import Counter
from qa.serving.faults import fault_json
from qa.serving.http.described import answers_with
from qa.serving.http.events import BEAT, MEDIA_TYPE, Events, described, event
from qa.serving.http.forms import AskForm, AskQuery, SearchForm, SearchQuery
from qa.serving.values import model_of, models_of

_STREAMED = described(
    "`answer`: the Answer as far as it is; at the end `done`: the whole; or `error`.", "answer", "done", "error"
)

_TAGS: list[str | Enum] = ["Ask and search"]


def who(request: Request) -> str:
    """The address of who asks."""
    return request.client.host if request.client else ""


def add_routes(app: FastAPI, counter: Counter) -> None:
    """Adds the routes of what is asked and searched."""

    async def asked(request: Request, form: AskForm | AskQuery) -> Response:
        options = form.options()
        if form.stream or MEDIA_TYPE in request.headers.get("accept", ""):
            growing = await counter.growing(who(request), form.question, options)
            return Events(_events(growing), growing)
        answer = await counter.answered(who(request), form.question, options, request.is_disconnected)
        return JSONResponse(to_json(answer))

    async def searched(request: Request, form: SearchForm | SearchQuery) -> Response:
        options = form.options()
        hits = await counter.looked_up(who(request), lambda binder: binder.search(form.question, k=form.k, **options))
        return JSONResponse(to_json(hits))

    ask = answers_with(400, 404, 415, 422, 429, 502, 503, 504, ok={"content": _STREAMED, "description": "The answer."})
    search = answers_with(400, 404, 415, 422, 429, 503, ok={"description": "The passages, best first."})

    @app.post("/ask", tags=_TAGS, response_model=model_of(Answer), responses=ask, summary="Answer a question")
    async def ask_by_body(request: Request, form: AskForm) -> Response:
        """In quotes with citations, or an abstention. What `qa ask --json` prints."""
        return await asked(request, form)

    @app.get("/ask", tags=_TAGS, response_model=model_of(Answer), responses=ask, summary="The same, in an address")
    async def ask_by_address(request: Request, form: Annotated[AskQuery, Query()]) -> Response:
        """The same for what no conversation came before."""
        return await asked(request, form)

    @app.post("/search", tags=_TAGS, response_model=models_of(Hit), responses=search, summary="Find passages")
    async def search_by_body(request: Request, form: SearchForm) -> Response:
        """What `qa search --json` prints. Scores are comparable within one search only."""
        return await searched(request, form)

    @app.get("/search", tags=_TAGS, response_model=models_of(Hit), responses=search, summary="The same, in an address")
    async def search_by_address(request: Request, form: Annotated[SearchQuery, Query()]) -> Response:
        """The passages that fit a question best."""
        return await searched(request, form)


async def _events(growing: AsyncGenerator[Answer | None]) -> AsyncGenerator[str]:
    answer: Answer | None = None
    try:
        async with aclosing(growing) as answers:
            async for more in answers:
                answer = more or answer
                yield BEAT if more is None else event(to_json(more), "answer")
        yield event(to_json(answer), "done")
    except Exception as error:  # the status has been sent
        yield event(fault_json(error), "error")

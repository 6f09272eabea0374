"""`/notes`, `/notes/PATH` and `/health`."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

from fastapi import FastAPI, Query, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from qa.schema import Note, to_json
from qa.serving.counter import Counter
from qa.serving.http.asking import who
from qa.serving.http.described import add_head, answers_with
from qa.serving.http.forms import Health, NoteText
from qa.serving.http.note_page import POLICY, note_page
from qa.serving.values import model_of, models_of

if TYPE_CHECKING:
    from qa.binder import Binder

_PAGE = {"text/html": {"schema": {"type": "string", "description": "The note as a page, for a browser."}}}
_Offset = Annotated[int | None, Query(ge=0, le=10**9, description="On the page, the quote from here on is marked.")]
_End = Annotated[int | None, Query(ge=0, le=10**9, description="... up to here.")]
_Sum = Annotated[str, Query(pattern="^[0-9a-f]{0,64}$", description="... while its sha256 begins so.")]

_TAGS: list[str | Enum] = ["Notes"]


def add_routes(app: FastAPI, counter: Counter) -> None:
    """Adds the routes of what is looked up."""
    listed = answers_with(429, 503, ok={"description": "The notes, by path."})
    one = answers_with(404, 422, 429, 503, ok={"content": _PAGE, "description": "The note, with its text."})

    @app.get("/notes", tags=_TAGS, response_model=models_of(Note), responses=listed, summary="The notes of the binder")
    async def notes(request: Request) -> Response:
        """What `qa notes --json` prints."""
        return JSONResponse(to_json(await counter.looked_up(who(request), lambda binder: binder.notes())))

    @app.get(
        "/notes/{path:path}",
        tags=_TAGS,
        response_model=model_of(NoteText),
        responses=one,
        summary="A note",
    )
    async def note(request: Request, path: str, start: _Offset = None, end: _End = None, sum: _Sum = "") -> Response:
        """The canonical text, which all offsets refer to: `text[start:end] == quote`. A browser is given a page."""
        found = await counter.looked_up(who(request), lambda binder: _note(binder, path))
        if "text/html" in request.headers.get("accept", ""):
            page = note_page(found, start or 0, end or 0, sum)
            return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})
        return JSONResponse(to_json(found))

    @app.get("/health", tags=_TAGS, response_model=Health, responses=answers_with(), summary="Whether it answers")
    async def health() -> Response:
        """Needs no token and tells nothing of the notes. "stale": it answers from the notes as they were before."""
        return JSONResponse({"status": "stale" if counter.stale else "ok"})

    # Load balancers, and what looks for broken links, ask so; the server leaves out what is in the response.
    add_head(app, "/notes", notes, 429, 503)
    add_head(app, "/notes/{path:path}", note, 404, 422, 429, 503)
    add_head(app, "/health", health)


def _note(binder: Binder, path: str) -> NoteText:
    content = binder.content(path)
    return NoteText(**{name: getattr(content.note, name) for name in Note.__dataclass_fields__}, text=content.text)

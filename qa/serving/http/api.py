"""The binder over HTTP: JSON, server-sent events, and what OpenAI's clients speak."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from qa import __version__
from qa.errors import QAError
from qa.serving.counter import Counter
from qa.serving.faults import fault_response
from qa.serving.http import asking, completions, looking
from qa.serving.http.described import describe
from qa.serving.http.docs_page import PUBLIC, add_page
from qa.serving.optional import SILENT
from qa.serving.refusals import RefusedError, refusal

if TYPE_CHECKING:
    from qa.binder import Binder

# What may be read without a token: nothing in it is of the notes.
NO_TOKEN = PUBLIC | {"/health"}
# Where links of other pages may lead.
LINKED = ("/notes/", "/docs")
_ABOUT = (
    'Answers from briefing notes in exact quotes, or an honest "the notes do not tell". `start` and `end` of a '
    "citation count code points of the note's text, half-open: `text[start:end] == quote`, always."
)
# How Pydantic names, in the place of an error, which type of several it tried.
_KINDS = {"str", "constrained-str"}
_CODES = {400: "body", 404: "not_found", 405: "method"}


def api(binder: Binder) -> FastAPI:
    """The app that serves `binder`, to be put behind a door (qa.serving.door)."""
    app = FastAPI(
        title="briefing-qa",
        version=__version__,
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=TelemetryConfig(**SILENT),  # type: ignore[typeddict-item]  # these are names of it
    )
    counter = Counter(binder)
    asking.add_routes(app, counter)
    looking.add_routes(app, counter)
    completions.add_routes(app, counter)
    add_page(app)
    describe(app, token=bool(binder.settings.serve_token))
    app.add_exception_handler(QAError, _fault)
    app.add_exception_handler(RefusedError, _told)
    app.add_exception_handler(Exception, _fault)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    return app


async def _fault(request: Request, error: Exception) -> Response:
    response = fault_response(error)
    response.status_code = _status(request, response.status_code)
    return response


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    return error.response


async def _invalid(request: Request, error: Exception) -> Response:
    """What was sent is not what is asked for. What it was is not said again: it may hold what cannot be written."""
    assert isinstance(error, RequestValidationError)
    # Of a value that may be of several types, what is wrong with the one that comes nearest.
    first = max(error.errors(), key=lambda one: len(one["loc"]))
    where = ".".join(part for part in map(str, first["loc"][1:]) if "[" not in part and part not in _KINDS)
    if first["type"] == "json_invalid":
        return refusal(400, "body", f"The body is no JSON: {first.get('ctx', {}).get('error', '')}.")
    if first["loc"][0] == "body" and len(first["loc"]) == 1 and "json" not in request.headers.get("content-type", ""):
        return refusal(415, "media_type", "Send JSON, and say so: Content-Type: application/json.")
    message = str(first["msg"]).removeprefix("Value error, ")
    return refusal(
        _status(request, 422), "invalid", f"{where}: {message}." if where else f"{message}.", param=where or None
    )


def _status(request: Request, status: int) -> int:
    # OpenAI's clients know what cannot be asked by 400.
    return 400 if status == 422 and request.scope["path"].startswith("/v1/") else status


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers, message = dict(error.headers or {}), str(error.detail).rstrip(".")
    if error.status_code == 405:
        ways = {
            way
            for route in request.app.routes
            if route.matches(request.scope)[0] is not Match.NONE
            for way in getattr(route, "methods", None) or ()
        }
        headers["Allow"] = ", ".join(sorted(ways))
    return refusal(error.status_code, _CODES.get(error.status_code, "refused"), f"{message}.", headers=headers)

"""The OpenAPI description: which errors a route may answer with, and who is let in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.responses import Response

from qa.serving.http.forms import ErrorBody

_WHY = {
    400: "The request cannot be read.",
    404: "There is no such thing.",
    415: "The body is not said to be JSON.",
    422: "The question, or what goes with it, cannot be.",
    429: "More is asked in a minute than may be; `Retry-After` says when to ask again.",
    502: "The model failed.",
    503: "Too many are asking, or the notes cannot be read at present.",
    504: "The model was too slow.",
}
# Of the door, and of whatever is not foreseen.
_ANYWHERE = (
    "No token or another (401), a page of another site (403), too much (413), another name of the server (421), ..."
)


def answers_with(*statuses: int, ok: dict[str, Any] | None = None) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these errors beside those of any. ok: of the status 200."""
    errors: dict[int | str, dict[str, Any]] = {
        one: {"model": ErrorBody, "description": _WHY[one]} for one in sorted(statuses)
    }
    errors["default"] = {"model": ErrorBody, "description": _ANYWHERE}
    return {**({200: ok} if ok else {}), **errors}


def add_head(app: FastAPI, path: str, endpoint: Callable[..., Any], *errors: int) -> None:
    """Has `endpoint` of a route answer HEAD as well. errors: the statuses of errors beside those of any."""
    # Described without content, as there is none.
    told: dict[int | str, str] = {one: _WHY[one] for one in errors}
    app.add_api_route(
        path,
        endpoint,
        methods=["HEAD"],
        tags=["Whether it is there"],
        summary="The same without its content",
        description="The status and the headers.",
        response_class=Response,
        response_description="It is there.",
        responses={one: {"description": why} for one, why in (told | {"default": _ANYWHERE}).items()},
    )


def describe(app: FastAPI, *, token: bool) -> None:
    """Has `app` describe itself. token: whether one must be shown."""

    def description() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app, token)
        return app.openapi_schema

    app.openapi = description  # type: ignore[method-assign]  # FastAPI's own way to do it


def _described(app: FastAPI, token: bool) -> dict[str, Any]:
    made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas = made["components"]["schemas"]
    # FastAPI describes its own form of errors, which is not ours.
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for way in (way for ways in made["paths"].values() for way in ways.values()):
        if "HTTPValidationError" in str(way["responses"].get("422")):
            del way["responses"]["422"]
    if token:
        made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        for path, ways in made["paths"].items():
            for way in ways.values():
                way["security"] = [] if path == "/health" else [{"token": []}]
    return made

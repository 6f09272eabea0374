"""How a server for programs says that it does not answer: one form, which OpenAI's clients read as well."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse

# What each status is called in `error.type`, as OpenAI calls it.
_TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}


def error_json(status: int, code: str, message: str, param: str | None = None) -> dict[str, object]:
    """The body of an error. code: a short name to tell it by, which stays; message: for people; param: what of the
    request it is about, None where it is about none."""
    kind = _TYPES.get(status, "invalid_request_error" if status < 500 else "server_error")
    return {"error": {"code": code, "message": message, "type": kind, "param": param}}


def refusal(
    status: int, code: str, message: str, *, param: str | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The response of an error; see `error_json`."""
    return JSONResponse(error_json(status, code, message, param), status_code=status, headers=headers)


class RefusedError(Exception):
    """What is asked is refused; the app answers with `response`. status, code, message, param: see `error_json`."""

    def __init__(self, status: int, code: str, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.response = refusal(status, code, message, param=param)

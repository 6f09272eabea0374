"""Faults of providers' packages as ModelError, each with what to do. Told apart by what they carry, not by class: no
provider's package is imported here, and they share no class of error."""

from __future__ import annotations

from typing import Any

from qa.errors import ModelError, QAError

_REFUSED, _NOT_THERE, _TOO_LARGE, _TOO_MANY = (401, 403), 404, 413, 429
_PASSING = (408, 409, 425)
_BROKEN = {"RemoteProtocolError", "ReadError", "IncompleteRead", "ConnectionResetError"}
_NOT_REACHED = {"ConnectError", "APIConnectionError", "ConnectionError", "gaierror"}
_MOST_OF_A_MESSAGE = 200


def as_model_error(error: Exception, name: str, timeout: float | None = None) -> QAError:
    """The ModelError for what a call, or the making of a model, raised. timeout: seconds that were given to it."""
    status, kinds, said = _status(error), _kinds(error), str(error).lower()
    if "context length" in said or "context_length" in said or status == _TOO_LARGE:
        return ModelError(f"{name} was sent more than it can read. Set QA_LLM_WINDOW to its window in tokens.")
    if status is not None:
        return _of_status(status, error, name)
    if any("Timeout" in kind for kind in kinds):  # before connections: one of a provider's is both
        limit = f" in {timeout:g} seconds" if timeout else ""
        return ModelError(f"{name} did not answer{limit}. Is it loading? QA_LLM_TIMEOUT sets how long to wait.")
    if kinds & _BROKEN or kinds & _NOT_REACHED:
        return _of_connection(kinds, name)
    needs_key = any(words in said for words in ("credentials", "api_key", "api key"))
    told = (
        "needs a key. Set the provider's key, for example OPENAI_API_KEY."
        if needs_key
        else (f"gave no reply that can be read: {type(error).__name__}: {_said(error)}")
    )
    return ModelError(f"{name} {told}")


def _of_connection(kinds: set[str], name: str) -> ModelError:
    if kinds & _BROKEN:
        return ModelError(f"The connection to {name} broke.", passing=True)
    return ModelError(f"{name} cannot be reached. Start its server, or set QA_LLM_BASE_URL to where it is.")


def _of_status(status: int, error: Exception, name: str) -> ModelError:
    if status in _REFUSED:
        return ModelError(f"{name} refuses the key. Set the provider's key, for example OPENAI_API_KEY, and try again.")
    if status == _NOT_THERE:
        return ModelError(f"{name} is not known to its server. {_how_to_get(name)}")
    if status == _TOO_MANY and "quota" in str(error).lower():
        return ModelError(f"{name} refuses the call, as its quota is used up: {_said(error)}")
    if status == _TOO_MANY:
        return ModelError(
            f"{name} takes no more questions for now (429). Ask again in a while.", passing=True, wait=_wait(error)
        )
    if status >= 500 or status in _PASSING:
        return ModelError(f"The server of {name} failed ({status}): {_said(error)}", passing=True, wait=_wait(error))
    return ModelError(f"The server of {name} refuses the call ({status}): {_said(error)}")


def _how_to_get(name: str) -> str:
    provider, _, model = name.partition(":")
    if provider == "ollama":
        return f"Get it with: ollama pull {model}"
    return "Check the name of the model, and QA_LLM_BASE_URL if it is set."


def _status(error: Exception) -> int | None:
    """The HTTP status that an error, or what it wraps, carries."""
    for one in _chain(error):
        for status in (getattr(one, "status_code", None), getattr(getattr(one, "response", None), "status_code", None)):
            if isinstance(status, int) and status >= 400:
                return status
    return None


def _wait(error: Exception) -> float | None:
    """The seconds of a Retry-After header."""
    for one in _chain(error):
        headers: Any = getattr(getattr(one, "response", None), "headers", None) or {}
        try:
            return max(0.0, float(headers.get("retry-after")))
        except (TypeError, ValueError, AttributeError):
            continue
    return None


def _kinds(error: Exception) -> set[str]:
    """The names of the classes of an error and of what it wraps."""
    return {kind.__name__ for one in _chain(error) for kind in type(one).__mro__}


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in found:
        found.append(cause)
        cause = cause.__cause__ or cause.__context__
    return found


def _said(error: Exception) -> str:
    lines = str(error).split("\n")
    return (lines[0][:_MOST_OF_A_MESSAGE] or "it says nothing more").rstrip(".") + "."

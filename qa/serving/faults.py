"""What went wrong, as a program is told it: a status, a short name and a message that says nothing of this machine."""

from __future__ import annotations

import logging
from math import ceil

from starlette.responses import JSONResponse

from qa.errors import (
    CorpusError,
    IndexBusyError,
    IndexFolderError,
    ModelError,
    OverloadedError,
    QAError,
    QuestionError,
    RateLimitedError,
    StoppedError,
    UnknownNoteError,
)
from qa.serving.refusals import error_json, refusal

# Their messages are for whoever asks. All others name folders and settings of this machine, which stay in its log.
_TOLD: dict[type[QAError], tuple[int, str]] = {
    QuestionError: (422, "question"),
    UnknownNoteError: (404, "unknown_note"),
    RateLimitedError: (429, "too_many_questions"),
    OverloadedError: (503, "overloaded"),
}
_UNTOLD: dict[type[QAError], tuple[int, str, str]] = {
    ModelError: (502, "model", "The model failed, so there is no answer. The log of the server says why."),
    StoppedError: (503, "stopped", "This was given up before there was an answer."),
    IndexBusyError: (503, "index_busy", "The index is being written just now. Ask again in a moment."),
    CorpusError: (503, "no_notes", "The notes cannot be read at present. The log of the server says why."),
    IndexFolderError: (503, "no_index", "The index cannot be used at present. The log of the server says why."),
    QAError: (500, "failed", "This could not be answered. The log of the server says why."),
}
_TOO_SLOW = (
    504,
    "model_too_slow",
    "The model was too slow, so there is no answer. The log of the server says for how long it was waited for.",
)
_SOON = 2.0  # seconds
_log = logging.getLogger(__name__)


def status_of(error: Exception) -> tuple[int, str, str]:
    """The status, the short name and the message for an error. What is not told is logged."""
    for kind in type(error).__mro__:
        if kind in _TOLD:
            return *_TOLD[kind], str(error)
        if kind in _UNTOLD:
            _log.warning("%s", error)
            return _TOO_SLOW if kind is ModelError and _too_slow(error) else _UNTOLD[kind]
    _log.error("An answer failed.", exc_info=error)
    return 500, "internal", "The server failed. Its log says why."


def fault_json(error: Exception) -> dict[str, object]:
    """The body for an error, as it stands at the end of a stream that has begun."""
    return error_json(*status_of(error))


def fault_response(error: Exception) -> JSONResponse:
    """The response for an error; it says when to ask again where that is known."""
    status, code, message = status_of(error)
    wait = getattr(error, "wait", None)
    if wait is None and isinstance(error, (OverloadedError, IndexBusyError)):
        wait = _SOON
    return refusal(status, code, message, headers=None if wait is None else {"Retry-After": str(max(1, ceil(wait)))})


def _too_slow(error: BaseException) -> bool:
    """Whether a model gave no answer in its time."""
    cause: BaseException | None = error
    seen: list[BaseException] = []
    while cause is not None and cause not in seen:
        if any("Timeout" in kind.__name__ for kind in type(cause).__mro__):
            return True
        seen.append(cause)
        cause = cause.__cause__ or cause.__context__
    return False

"""What a program gave a tool, read with suspicion: a model wrote it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from qa.errors import QuestionError
from qa.serving.days import day

if TYPE_CHECKING:
    from jsonschema import ValidationError

_MOST_TOLD = 300
_LONG = {"maxLength": "characters", "maxItems": "entries"}


def arguments_of(schema: dict[str, Any], given: dict[str, Any] | None) -> dict[str, Any]:
    """The arguments as a binder takes them: dates as dates, the history as pairs; those that are null left out.

    schema: of the tool's input. Raises QuestionError, which says what to give instead.
    """
    from jsonschema import Draft202012Validator  # not loaded before a program is greeted
    from jsonschema.exceptions import best_match

    named = {name: value for name, value in (given or {}).items() if value is not None}
    error = best_match(Draft202012Validator(schema).iter_errors(named))
    if error is not None:
        where = f"`{error.json_path.removeprefix('$.')[:80]}`: " if error.path else ""
        raise QuestionError(f"{where}{_said(error)}. {_taken(schema)}")
    for name, value in named.items():
        kind = schema["properties"][name]
        if kind.get("format") == "date":
            named[name] = _day(name, value)
        elif kind.get("type") == "integer":
            named[name] = int(value)  # 1.0 is a whole number as JSON has it
    if "history" in named:
        named["history"] = [(turn["role"], turn["text"]) for turn in named["history"]]
    return named


def _day(name: str, value: str) -> date:
    try:
        return day(value)
    except ValueError:
        raise QuestionError(f"`{name}`: {value[:80]!r} is no date; write it as 2022-02-23.") from None


def _said(error: ValidationError) -> str:
    if error.validator in _LONG:
        return f"It has more than {error.validator_value:,} {_LONG[error.validator]}"
    return error.message if len(error.message) <= _MOST_TOLD else f"It cannot be {error.message[:80]}..."


def _taken(schema: dict[str, Any]) -> str:
    needed = set(schema.get("required", ()))
    names = [name if name in needed else f"{name} (may be left out)" for name in schema["properties"]]
    return f"This tool takes: {', '.join(names)}."

"""JSON that anybody may have written, read as the values that it should hold: the inverse of `qa.schema.to_json`.

Nothing is guessed: what is missing, of another type or out of bounds is an error that says where it stands.
"""

from __future__ import annotations

import math
import types
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints, is_typeddict

MOST_CHARACTERS = 100_000  # of one text
# Beyond it the whole numbers of a browser are not exact.
_MOST = 2**53


def from_json(kind: Any, value: Any, where: str) -> Any:
    """The value of type `kind` that `to_json` made `value` of. where: what it is called in messages.

    kind: a frozen dataclass, a TypedDict, or what their fields hold: texts, numbers (whole ones from 0), dates, times
    in UTC, `Literal`, `X | None`, `tuple[X, ...]` and `Mapping[str, X]`. Every field must be there, but for those that
    a TypedDict leaves open; fields that the type does not have are left out. Raises ValueError, and no other error.
    """
    if is_dataclass(kind) or is_typeddict(kind):
        return _record(kind, value, where)
    if kind in _PLAIN:
        return _PLAIN[kind](value, where)
    inner, origin = get_args(kind), get_origin(kind)
    if origin is types.UnionType:
        return None if value is None else from_json(inner[0], value, where)
    if origin is Literal:
        if not isinstance(value, str) or value not in inner:
            raise ValueError(f"{where} must be one of {', '.join(inner)}.")
        return value
    if origin is tuple:
        items = _of_type(list, "a list", value, where)
        return tuple(from_json(inner[0], item, f"{where}[{at}]") for at, item in enumerate(items))
    if origin is Mapping:
        named = _of_type(dict, "an object", value, where).items()
        return {_text(key, where): from_json(inner[1], item, f"{where}[{key[:80]!r}]") for key, item in named}
    raise TypeError(f"{kind} is no type that is kept as JSON")


def _record(kind: Any, value: Any, where: str) -> Any:
    record = _of_type(dict, "an object", value, where)
    hints = _hints(kind)
    needed = kind.__required_keys__ if is_typeddict(kind) else hints.keys()
    for name in needed:
        if name not in record:
            raise ValueError(f"{where} lacks {name}.")
    return kind(**{name: from_json(hints[name], record[name], f"{where}.{name}") for name in hints if name in record})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _of_type(kind: Any, called: str, value: Any, where: str) -> Any:
    # By the very type: True is an int, and a time is a date.
    if type(value) is not kind:
        raise ValueError(f"{where} must be {called}; it is of type {type(value).__name__}.")
    return value


def _text(value: Any, where: str) -> str:
    text: str = _of_type(str, "a text", value, where)
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"{where} is longer than {MOST_CHARACTERS:,} characters.")
    return text


def _truth(value: Any, where: str) -> bool:
    return bool(_of_type(bool, "true or false", value, where))


def _whole(value: Any, where: str) -> int:
    number: int = _of_type(int, "a whole number", value, where)
    if not 0 <= number <= _MOST:
        raise ValueError(f"{where} must be from 0 to {_MOST}.")
    return number


def _number(value: Any, where: str) -> float:
    if type(value) is int:
        return float(_whole(value, where))
    number: float = _of_type(float, "a number", value, where)
    if not (math.isfinite(number) and abs(number) <= _MOST):  # a similarity may be below 0
        raise ValueError(f"{where} must be from -{_MOST} to {_MOST}.")
    return number


def _day(value: Any, where: str) -> date:
    try:
        return date.fromisoformat(_text(value, where))
    except ValueError:
        raise ValueError(f"{where} must be a date such as 2022-02-23.") from None


def _time(value: Any, where: str) -> datetime:
    try:
        time = datetime.fromisoformat(_text(value, where))
    except ValueError:
        time = None
    if time is None or time.utcoffset() != timedelta():
        raise ValueError(f"{where} must be a time in UTC such as 2022-02-23T10:15:00+00:00.")
    return time.replace(tzinfo=UTC)


_PLAIN = {str: _text, bool: _truth, int: _whole, float: _number, date: _day, datetime: _time}

"""Values as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

Json = dict[str, Any]
# What is JSON as it is, by its very type: a StrEnum is a str as well.
_AS_IT_IS = frozenset({str, int, float, bool, type(None)})


def to_json(value: Any) -> Any:
    """Any value of this package as what `json.dumps` takes: names as above, dates as ISO 8601, tuples as lists.

    `qa.strict.from_json` is its inverse.
    """
    kind: Any = type(value)
    if kind in _AS_IT_IS:
        return value
    if (names := _field_names(kind)) is not None:
        return {name: to_json(getattr(value, name)) for name in names}
    if isinstance(value, (date, StrEnum)):
        return value.isoformat() if isinstance(value, date) else str(value)
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [to_json(item) for item in value]
    return value


@cache
def _field_names(kind: Any) -> tuple[str, ...] | None:
    """Of a dataclass; None for any other type."""
    return tuple(one.name for one in fields(kind)) if is_dataclass(kind) else None

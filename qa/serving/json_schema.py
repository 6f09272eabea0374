"""What `qa.schema.to_json` makes of a value, as JSON Schema: for programs that check what a server tells them."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any, Literal, get_args, get_origin, get_type_hints

_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    date: {"type": "string", "format": "date"},
    type(None): {"type": "null"},
}


def schema_of(kind: Any) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a frozen dataclass, all of whose fields are always there.

    kind: its fields hold what those of `qa.schema` hold. Raises TypeError for any other.
    """
    found: dict[str, Any] = {}
    _schema(kind, found)
    own: dict[str, Any] = found.pop(kind.__name__)
    return own | ({"$defs": found} if found else {})


def object_of(**properties: Any) -> dict[str, Any]:
    """The JSON Schema of an object that has all of `properties`, each a schema of `schema_of` or a plain one."""
    defs: dict[str, Any] = {}
    for value in properties.values():
        for one in (value, value.get("items", {})):
            defs |= one.pop("$defs", {})
    return _record(properties) | ({"$defs": defs} if defs else {})


def _schema(kind: Any, found: dict[str, Any]) -> dict[str, Any]:
    if kind in _PLAIN:
        return dict(_PLAIN[kind])
    if is_dataclass(kind) and isinstance(kind, type):
        if kind.__name__ not in found:
            found[kind.__name__] = {}  # a place, so that the order is that of first use
            hints = get_type_hints(kind)
            found[kind.__name__] = _record({one.name: _schema(hints[one.name], found) for one in fields(kind)})
        return {"$ref": f"#/$defs/{kind.__name__}"}
    inner, origin = get_args(kind), get_origin(kind)
    if origin is types.UnionType:
        return {"anyOf": [_schema(one, found) for one in inner]}
    if origin is Literal:
        return {"enum": list(inner)}
    if origin is tuple:
        return {"type": "array", "items": _schema(inner[0], found)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _schema(inner[1], found)}
    raise TypeError(f"{kind} is no type that is told as JSON")


def _record(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}

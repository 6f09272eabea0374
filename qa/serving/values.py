"""The values of qa.schema as models of pydantic, for the OpenAPI description: what `to_json` makes of them."""

from __future__ import annotations

import types
from dataclasses import is_dataclass
from functools import cache
from inspect import cleandoc
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel, create_model


@cache
def model_of(kind: type) -> type[BaseModel]:
    """The model of a dataclass. Its fields are all there, as `to_json` leaves none out.

    It is made anew, since pydantic cannot read a field of the name of its own type, such as `date: date | None`.
    """
    fields: dict[str, Any] = {name: (_modelled(hint), ...) for name, hint in get_type_hints(kind).items()}
    return create_model(kind.__name__, __doc__=cleandoc(kind.__doc__ or ""), **fields)


def models_of(kind: type) -> Any:
    """A list of such models."""
    return list[model_of(kind)]  # type: ignore[misc]  # made while the program runs


def _modelled(hint: Any) -> Any:
    inner, origin = get_args(hint), get_origin(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        return model_of(hint)
    if origin is types.UnionType:
        return _modelled(inner[0]) | None
    if origin is tuple:
        return list[_modelled(inner[0])]  # type: ignore[misc]  # made while the program runs
    return hint

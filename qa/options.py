"""The keyword arguments that a binder's questions take, for callers that pass them on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from threading import Event
from typing import TYPE_CHECKING, TypeAlias, TypedDict

from qa.schema import Hit

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

# What was said before, oldest first: (role, text) pairs, the roles being "user" and "assistant", or LangChain messages.
History: TypeAlias = "Sequence[tuple[str, str] | BaseMessage]"


class Limits(TypedDict, total=False):
    """Which notes are asked; see `Binder.search`."""

    as_of: date | None
    since: date | None
    until: date | None
    notes: Sequence[str] | None
    language: str | None


class Filters(Limits, total=False):
    """What `search` and `ask` have in common; see `Binder.search`."""

    history: History


class SearchOptions(Filters, total=False):
    """The keyword arguments of `Binder.search`."""

    k: int


class AskOptions(Filters, total=False):
    """The keyword arguments of `Binder.ask`. hits: answer from these, of an earlier search, and search nothing.

    stop: set from another thread, it gives up what a model is asked.
    """

    hits: Sequence[Hit] | None
    stop: Event | None

"""How much a chat model reads: its window, and whether messages fit into it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

# Where nobody says how much a model reads: what small local models are run with.
WINDOW = 8_192
# Fewer characters to a token than English or French text has in any usual tokenizer, so that the estimate is high.
CHARACTERS_PER_TOKEN = 2.5
_PER_MESSAGE = 8
# An estimate up to this share of the window is no reason to count: it cannot be that far off.
_SURELY = 0.5


def given_window(model: BaseChatModel) -> int:
    """What the model itself says of its window, in tokens, or else WINDOW."""
    told = getattr(model, "num_ctx", None) or (getattr(model, "profile", None) or {}).get("max_input_tokens")
    return told if isinstance(told, int) and told > 0 else WINDOW


def fits(model: BaseChatModel, messages: Sequence[tuple[str, str]], room: int) -> bool:
    """Whether messages have at most `room` tokens: counted where it matters and the provider has a counter."""
    about = estimated(messages)
    if about <= _SURELY * room or not _counts(model):
        return about <= room
    from langchain_core.messages.utils import convert_to_messages

    with suppress(Exception):  # a counter that does not work, for whatever reason, is no counter
        return model.get_num_tokens_from_messages(convert_to_messages(list(messages))) <= room
    return about <= room


def estimated(messages: Sequence[tuple[str, str]]) -> int:
    """The tokens of messages, rather too many than too few."""
    characters = sum(len(text) for _, text in messages)
    return round(characters / CHARACTERS_PER_TOKEN) + _PER_MESSAGE * len(messages)


def _counts(model: BaseChatModel) -> bool:
    """Whether a model has a counter of its own that asks nobody but its provider."""
    if getattr(model, "openai_api_base", None):
        return False  # it would fetch its tokenizer elsewhere, for a model that is not of that house
    for kind in type(model).__mro__:
        if "get_num_tokens_from_messages" in vars(kind):
            return not kind.__module__.startswith("langchain_core")
    return False

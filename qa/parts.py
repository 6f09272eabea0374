"""The parts of a binder that the settings name and that most binders do without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa.errors import SettingsError
from qa.settings import EMBEDDED, Settings

if TYPE_CHECKING:
    from qa.embedding.cross_encoder import Reranker
    from qa.index import Server
    from qa.models import ChatModel


def server_of(settings: Settings) -> Server | None:
    """The Chroma server that keeps the vectors, if any."""
    from qa.index import Server

    if not settings.chroma_url:
        return None
    return Server(settings.chroma_url, settings.chroma_api_key, settings.chroma_tenant, settings.chroma_database)


def reranker_of(settings: Settings) -> Reranker | None:
    """The cross-encoder that puts hits into an order of its own, if any. Loads nothing yet."""
    from qa.embedding.cross_encoder import Reranker

    return Reranker(settings.reranker) if settings.reranker else None


def chat_model_of(settings: Settings, given: object | None = None) -> ChatModel | None:
    """The chat model that words the answers, if any. given: one of LangChain's, or one of ours, instead of the name
    that the settings have for one.

    Makes nothing yet. Raises SettingsError where what is given is no chat model.
    """
    if given is None and settings.llm == EMBEDDED:
        return None
    from qa.models import ChatModel, Limits

    if isinstance(given, ChatModel):
        return given
    limits = Limits(settings.llm_timeout, settings.llm_window, settings.llm_at_once)
    if given is None:
        if not all(settings.llm.partition(":")):
            raise SettingsError(
                f'`llm` cannot be {settings.llm!r}: it is "embedded", or provider:model, such as ollama:llama3.1.'
            )
        from qa.models.named import named_model

        return ChatModel(
            settings.llm, lambda: named_model(settings.llm, limits, base_url=settings.llm_base_url), limits
        )
    from langchain_core.language_models import BaseChatModel

    if not isinstance(given, BaseChatModel):
        raise SettingsError(f'`llm` is "embedded", "provider:model" or a chat model of LangChain, not {given!r}.')
    return ChatModel(settings.llm, lambda: given, limits)

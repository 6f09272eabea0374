"""The parts of a binder that the settings name and that most binders do without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa.settings import Settings

if TYPE_CHECKING:
    from qa.embedding.cross_encoder import Reranker
    from qa.index import Server


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

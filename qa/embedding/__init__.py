"""Texts -> vectors. `load_embedding` gives a model; all models share the methods of `EmbeddingModel`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from qa.embedding.model import EmbeddingModel
from qa.errors import EmbeddingError

__all__ = ["EmbeddingModel", "lazy_embedding", "load_embedding"]


def load_embedding(
    name: str | object = "all-MiniLM-L6-v2", *, cache: Path | None = None, runtime: str = "auto"
) -> EmbeddingModel:
    """The embedding model called `name`.

    name: "all-MiniLM-L6-v2", which comes with the program and needs no network; any other text, which is the folder
    of a model of sentence-transformers or its name on the Hugging Face hub; or an object with `embed_documents` and
    `embed_query`, such as LangChain's `Embeddings`. An `EmbeddingModel` is returned as it is.
    cache: the folder for the exported default model; by default that of the environment variable QA_CACHE, or else
    the user's cache folder. runtime: what runs the default model: "onnxruntime", "openvino" (an extra), or "auto",
    which takes the faster one for the processor at hand (see qa.embedding.runtimes). Other models use neither.

    The default model and wrapped objects do no work before they are asked for something; a model of
    sentence-transformers is loaded at once (seconds). Raises EmbeddingError where there is no such model.
    """
    if isinstance(name, EmbeddingModel):
        return name
    if not isinstance(name, str):
        from qa.embedding.wrapped import WrappedEmbedding

        return WrappedEmbedding(name)
    if not name.strip():
        raise EmbeddingError("The name of the embedding model is empty. Leave the setting out for the default model.")

    from qa.embedding import minilm

    if name == minilm.NAME:
        return minilm.MiniLM(cache, runtime)
    from qa.embedding.sentence_transformer import SentenceTransformerEmbedding

    return SentenceTransformerEmbedding(name)


def lazy_embedding(
    name: str | object = "all-MiniLM-L6-v2", *, cache: Path | None = None, runtime: str = "auto"
) -> Callable[[], EmbeddingModel]:
    """`load_embedding`, put off: what is returned loads the model when first called, once for all threads."""
    lock = threading.Lock()
    loaded: list[EmbeddingModel] = []

    def model() -> EmbeddingModel:
        with lock:
            if not loaded:
                loaded.append(load_embedding(name, cache=cache, runtime=runtime))
            return loaded[0]

    return model

"""Somebody else's embedding model: any object with the two methods of LangChain's `Embeddings`."""

from __future__ import annotations

import math
import threading
from typing import Any

from qa.embedding.model import EmbeddingModel, probe
from qa.errors import EmbeddingError

MAX_TOKENS = 256
BATCH_SIZE = 128


class WrappedEmbedding(EmbeddingModel):
    """An object with `embed_documents` and `embed_query`; what it gives is checked and normalised.

    Its fingerprint is its class, the name of its model, the dimensions, and the mark of `probe`, because class and
    name tell too little: a tag of a local server, a folder, or the server behind an address may come to hold other
    weights under the same name, and vectors of both in one index would be noise without an error. The price is one
    call with two short texts, made when fingerprint or dimensions are first asked for, once for each object.

    What such a model reads and how it counts tokens is not known: max_tokens is 256, and `count_tokens` an estimate
    on the high side for English and French.
    """

    max_tokens = MAX_TOKENS

    def __init__(self, embeddings: Any) -> None:
        """embeddings: the object. Raises EmbeddingError where it lacks one of the two methods."""
        if not all(callable(getattr(embeddings, method, None)) for method in ("embed_documents", "embed_query")):
            raise EmbeddingError(
                f"A {type(embeddings).__name__} is no embedding model: give a name, a folder, "
                "or an object with the methods `embed_documents` and `embed_query`."
            )
        self._embeddings = embeddings
        self.name = _name(embeddings)
        self._lock = threading.Lock()
        self._probed: tuple[int, str] | None = None

    @property
    def fingerprint(self) -> str:
        dimensions, mark = self._probe()
        return f"{self.name}:{mark}:{dimensions}"

    @property
    def dimensions(self) -> int:
        return self._probe()[0]

    def count_tokens(self, text: str) -> int:
        return math.ceil(max(len(text.split()) * 1.5, len(text) / 3)) + 2

    def _probe(self) -> tuple[int, str]:
        with self._lock:
            if self._probed is None:
                self._probed = probe(self)
            return self._probed

    def _vectors(self, texts: list[str]) -> Any:
        vectors: list[Any] = []
        for start in range(0, len(texts), BATCH_SIZE):
            vectors.extend(self._call("embed_documents", texts[start : start + BATCH_SIZE]))
        return vectors

    def _query_vector(self, text: str) -> Any:
        return self._call("embed_query", text)

    def _call(self, method: str, argument: Any) -> Any:
        try:
            return getattr(self._embeddings, method)(argument)
        except Exception as error:  # each vendor has errors of its own; the reader wants one kind
            raise EmbeddingError(f"The embedding model {self.name} failed: {error or type(error).__name__}") from error


def _name(embeddings: Any) -> str:
    names = (getattr(embeddings, attribute, None) for attribute in ("model_name", "model", "model_id"))
    model = next((name for name in names if isinstance(name, str) and name), "")
    return ":".join(filter(None, (type(embeddings).__name__, model)))

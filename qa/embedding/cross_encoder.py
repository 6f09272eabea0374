"""A reranker: a cross-encoder reads question and passage together, which is slower and more exact than two vectors."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.embedding.hub import load_named
from qa.embedding.model import encodable
from qa.errors import EmbeddingError

BATCH_SIZE = 16
_HUB_ORGANISATION = "cross-encoder"


class Reranker:
    """A cross-encoder of sentence-transformers with one output. Code that comes with a model is never run."""

    def __init__(self, name: str) -> None:
        """name: a folder, or a name on the hub. Nothing is loaded before the first question."""
        self.name = name
        self._lock = threading.Lock()
        self._model: Any = None

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """How well each text answers the question, (n,), higher is better. Raises EmbeddingError."""
        pairs = [(encodable(question), encodable(text)) for text in texts]
        with self._lock:
            if self._model is None:
                self._model = load_named(self.name, "reranker", "reranker", _HUB_ORGANISATION, _make)
            try:
                predicted = self._model.predict(pairs, batch_size=BATCH_SIZE, show_progress_bar=False)
            except Exception as error:  # a model's own, whatever it is
                reason = next(iter(str(error).splitlines()), type(error).__name__)
                raise EmbeddingError(f"The reranker {self.name} cannot read a question and a text: {reason}") from error
        found = np.asarray(predicted, np.float32)
        if found.shape != (len(texts),) or not np.isfinite(found).all():
            raise EmbeddingError(
                f"The reranker {self.name} does not give one number for a question and a text. Set `reranker` to a "
                "cross-encoder with one output, or leave it out."
            )
        return found


def _make(place: str, local: bool) -> Any:
    from sentence_transformers import CrossEncoder

    return CrossEncoder(place, local_files_only=local, trust_remote_code=False)

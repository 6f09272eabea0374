"""Any model that sentence-transformers can load: a folder, or a name on the Hugging Face hub. Slow to import."""

from __future__ import annotations

import hashlib
import math
import threading
from typing import Any

from qa.embedding.hub import load_named
from qa.embedding.model import EmbeddingModel, encodable, probe

_HUB_ORGANISATION = "sentence-transformers"
_TOKENS_WITHOUT_LIMIT = 256
BATCH_SIZE = 32


class SentenceTransformerEmbedding(EmbeddingModel):
    """A model of sentence-transformers, with the prompts that it declares for queries and documents.

    Code that comes with a model is never run. Its fingerprint holds the sha256 of the weights as loaded and the mark
    of `probe`, which shows pooling, prompts and tokenizer; the folder's place is not in it, so a model can be moved.
    """

    def __init__(self, name: str) -> None:
        """name: a folder, or a name on the hub, "organisation/model" (or "model", of sentence-transformers')."""
        self.name = name
        # A tokenizer is changed by each call (its truncation), so calls must not overlap.
        self._lock = threading.Lock()
        self._model = load_named(name, "embedding model", "embedding", _HUB_ORGANISATION, _make)
        limit = self._model.max_seq_length or math.inf
        self.max_tokens = int(limit) if math.isfinite(limit) else _TOKENS_WITHOUT_LIMIT
        self._dimensions, mark = probe(self)
        weights = _sha256_of_weights(self._model)[:16]
        self._fingerprint = f"sentence-transformers:{weights}:{mark}:{self._dimensions}:{self.max_tokens}"

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    @property
    def dimensions(self) -> int:
        return self._dimensions

    def count_tokens(self, text: str) -> int:
        with self._lock:
            return len(self._model.tokenizer.encode(encodable(text)))

    def _vectors(self, texts: list[str]) -> Any:
        with self._lock:
            return self._model.encode_document(texts, batch_size=BATCH_SIZE, show_progress_bar=False)

    def _query_vector(self, text: str) -> Any:
        with self._lock:
            return self._model.encode_query(text, show_progress_bar=False)


def _make(place: str, local: bool) -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(place, local_files_only=local, trust_remote_code=False)


def _sha256_of_weights(model: Any) -> str:
    import torch

    digest = hashlib.sha256()
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(f"{key} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()

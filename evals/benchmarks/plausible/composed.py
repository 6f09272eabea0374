"""A stand-in for embedding very many made texts in minutes: a text's vector is composed of those of its words."""

from __future__ import annotations

import re
import zlib

import numpy as np
from numpy.typing import NDArray

from qa.embedding import EmbeddingModel

_WORD = re.compile(r"[^\W_]+")
_COMMON = frozenset(
    ["a", "an", "and", "are", "as", "at", "by", "for", "from", "has", "in", "is", "of", "on", "or", "the", "to"]
)
_OF_COMMON = 0.2
# Noise by the whole text, so that two of the same words and other figures are near and not the same.
_NOISE = 0.15


class Composed:
    """LangChain's two methods: the normalised sum of the model's own vectors of a text's words, the average of words
    being the simplest embedding of a sentence (Arora et al. 2017). Questions are embedded by the model itself, so that
    asking costs what it costs. Vectors lie in clusters as those of the model do; how well they find things is not
    measured with them."""

    model_name = "composed of words"

    def __init__(self, model: EmbeddingModel) -> None:
        self._model = model
        self._known: dict[str, NDArray[np.float32]] = {}

    def embed_documents(self, texts: list[str]) -> NDArray[np.float32]:
        words = [_WORD.findall(text.lower()) for text in texts]
        new = sorted({word for of in words for word in of} - self._known.keys())
        self._known.update(zip(new, self._model.encode(new), strict=True))
        return np.array([self._vector(text, of) for text, of in zip(texts, words, strict=True)], dtype=np.float32)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        return self._model.encode_query(text)

    def _vector(self, text: str, words: list[str]) -> NDArray[np.float32]:
        chance = np.random.Generator(np.random.SFC64(zlib.crc32(text.encode())))
        noise = chance.standard_normal(self._model.dimensions, dtype=np.float32)
        noise *= _NOISE / np.sqrt(self._model.dimensions)
        if not words:
            return noise
        weights = np.array([_OF_COMMON if word in _COMMON else 1.0 for word in words], dtype=np.float32)
        total = weights @ np.array([self._known[word] for word in words])
        vector: NDArray[np.float32] = total / np.linalg.norm(total) + noise
        return vector

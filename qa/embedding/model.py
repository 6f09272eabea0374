"""What every embedding model does, and the checks that what a model gives are vectors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from qa.errors import EmbeddingError

# Two texts that have little in common, in the two languages of the notes.
_PROBE = (
    "The Minister met her counterpart in Washington to discuss the border.",
    "Les stocks de homard de la baie sont stables depuis trois ans.",
)


class EmbeddingModel(ABC):
    """A model that turns texts into vectors of one length, L2-normalised, so that a dot product is a cosine.

    name: as the settings name it. max_tokens: how much of a text the model reads, special tokens included; what is
    longer is cut. Any thread may use a model. Errors of all methods: EmbeddingError.
    """

    name: str
    max_tokens: int

    @property
    @abstractmethod
    def fingerprint(self) -> str:
        """What tells vectors of this model from another's (weights, pooling, dimensions), kept with an index."""

    @property
    @abstractmethod
    def dimensions(self) -> int:
        """The length of a vector."""

    @abstractmethod
    def count_tokens(self, text: str) -> int:
        """The tokens of the whole of `text`, special tokens included."""

    @abstractmethod
    def _vectors(self, texts: list[str]) -> Any:
        """Vectors of one or more texts that are to be found: what numpy can make an array of, of any norm."""

    def _query_vector(self, text: str) -> Any:
        return self._vectors([text])[0]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of texts that are to be found, in order: (len(texts), dimensions), L2-normalised.

        What is searched for goes through `encode_query`, since some models treat the two differently.
        """
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        vectors = normalised(self._vectors([encodable(text) for text in texts]), len(texts))
        if vectors.shape[1] != self.dimensions:
            raise EmbeddingError(f"{self.name} gave vectors of {vectors.shape[1]} numbers, not of {self.dimensions}.")
        return vectors

    def encode_query(self, text: str) -> NDArray[np.float32]:
        """The vector of what is searched for: (dimensions,), L2-normalised."""
        vector: NDArray[np.float32] = normalised([self._query_vector(encodable(text))], 1)[0]
        if len(vector) != self.dimensions:
            raise EmbeddingError(f"{self.name} gave a query {len(vector)} numbers, not {self.dimensions}.")
        return vector

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """As `encode`, in the form that LangChain's `Embeddings` has."""
        return cast(list[list[float]], self.encode(texts).tolist())

    def embed_query(self, text: str) -> list[float]:
        """As `encode_query`, in the form that LangChain's `Embeddings` has."""
        return cast(list[float], self.encode_query(text).tolist())


def normalised(vectors: Any, count: int) -> NDArray[np.float32]:
    """`vectors` as (count, d), each of norm 1. Raises EmbeddingError for another shape, NaN, infinity or zeros."""
    try:
        array = np.asarray(vectors, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise EmbeddingError("The embedding model gave something that is no vector of numbers.") from error
    if array.ndim != 2 or array.shape[0] != count or array.shape[1] == 0:
        raise EmbeddingError(f"The embedding model gave an array of shape {array.shape} for {count} texts.")
    norms = np.linalg.norm(array, axis=1, keepdims=True)
    if not np.isfinite(norms).all():
        raise EmbeddingError("The embedding model gave a vector with a number that is not finite.")
    if not norms.all():
        raise EmbeddingError("The embedding model gave a vector of zeros, which points nowhere.")
    unit: NDArray[np.float32] = (array / norms).astype(np.float32)
    return unit


def probe(model: EmbeddingModel) -> tuple[int, str]:
    """The model's dimensions, and a mark of what it makes of two fixed texts.

    The mark is which four numbers are largest, and their signs, in the difference of the two vectors. The difference
    takes away what all texts have in common, which models of one family share. No number is rounded, so the mark
    stands still while a vector wavers in its fourth digit, as a remote model's does from call to call.
    """
    first, second = normalised(model._vectors(list(_PROBE)), len(_PROBE))
    difference = first - second
    if not difference.any():
        raise EmbeddingError(f"{model.name} gives the same vector for different texts.")
    largest = sorted(int(place) for place in np.argsort(-np.abs(difference), kind="stable")[:4])
    return len(difference), "".join(f"{'+' if difference[place] > 0 else '-'}{place}" for place in largest)


def encodable(text: str) -> str:
    """`text` with U+FFFD for each half of a surrogate pair that lacks its other half."""
    # Half a surrogate pair, which a broken decoder or JSON escape leaves behind, makes tokenizers raise.
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

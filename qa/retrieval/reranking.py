"""Hits in the order of a reranker, which reads the question and each passage together.

For answers it decides which hits are read; within these the sentences keep the scores of the search.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from qa.markup import plain
from qa.schema import Hit, Query

# The hits that a reranker reads, or as many as are asked for; each costs some ten milliseconds with a small model.
RERANKED = 30


def reranked(
    query: Query, hits: Sequence[Hit], scores: Callable[[str, Sequence[str]], NDArray[np.float32]]
) -> tuple[Hit, ...]:
    """The hits by their new scores, best first; ties by id. Their sentences keep the scores of the search.

    scores: a question and texts to a number for each text, higher is better.
    """
    if not hits:
        return ()
    texts = [" ".join(filter(None, [hit.title, hit.section, plain(hit.text)])) for hit in hits]
    found = scores(f"{query.before} {query.text}".strip(), texts)
    scored = [replace(hit, score=float(score)) for hit, score in zip(hits, found, strict=True)]
    return tuple(sorted(scored, key=lambda hit: (-hit.score, hit.id)))

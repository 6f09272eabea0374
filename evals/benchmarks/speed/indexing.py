"""Texts that are embedded a second: the program's way beside sentence-transformers' default, the same texts in turn."""

from __future__ import annotations

import random
import statistics
import time
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

from evals.benchmarks.plausible.notes import made_notes
from qa.embedding import load_embedding
from qa.embedding.minilm import MANY, model_folder
from qa.embedding.runtimes import OpenVino, for_many, has_bfloat16

TEXTS, PAIRS = 256, 5
# Of the same words as the made notes, in passages of the size that the program cuts and in sentences.
_WORDS = (24, 120)


def texts() -> list[str]:
    """Passages and sentences of made notes, in no order."""
    chance = random.Random(0)
    words = " ".join(note.text for note in made_notes(40)).split()
    lengths = [chance.choice(_WORDS) for _ in range(TEXTS)]
    starts = [chance.randrange(len(words) - max(_WORDS)) for _ in lengths]
    return [" ".join(words[start : start + length]) for start, length in zip(starts, lengths, strict=True)]


def measured() -> dict[str, Any]:
    """Of each runtime that is installed: texts a second, medians of pairs in turn, and the ratios pair by pair; the
    least cosine between the two; whether it embeds in bfloat16, and whether "auto" takes it for many texts."""
    import torch
    from sentence_transformers import SentenceTransformer

    asked = texts()
    usual = SentenceTransformer(str(model_folder()))
    usual.encode(asked[:MANY])
    found: dict[str, Any] = {"threads": torch.get_num_threads()}
    for runtime in ("onnxruntime", *(["openvino"] if find_spec("openvino") else [])):
        model = load_embedding(runtime=runtime)
        model.encode(asked[:MANY])
        ours, theirs = [], []
        for _ in range(PAIRS):
            mine, vectors = _timed(partial(model.encode, asked))
            other, expected = _timed(partial(usual.encode, asked, normalize_embeddings=True))
            ours.append(mine), theirs.append(other)
        found[runtime] = {
            "auto": for_many("auto") is for_many(runtime),
            "bfloat16": for_many(runtime) is OpenVino and has_bfloat16(),
            "texts_a_second": TEXTS / statistics.median(ours),
            "usual_a_second": TEXTS / statistics.median(theirs),
            "ratios": [other / mine for mine, other in zip(ours, theirs, strict=True)],
            "least_cosine": float((vectors * expected).sum(axis=1).min()),
        }
    return found


def _timed(encode: Any) -> tuple[float, np.ndarray]:
    began = time.perf_counter()
    vectors = encode()
    return time.perf_counter() - began, vectors

"""Real sentences, questions and their vectors for the benchmarks at size; the texts stay where they are.

`data` is everywhere a folder as its README.md describes it: chunking/, squad/, mtrag/.
"""

from __future__ import annotations

import csv
import hashlib
import json
import random
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.embedding import EmbeddingModel
from qa.markup import plain
from qa.sentences import sentence_spans

Vectors = NDArray[np.float32]

_SQUAD = "squad/articles-a.json"
_MTRAG = "mtrag/reference_subset_with_human_evaluations.json"
_LETTER = re.compile(r"[^\W\d_]")
# What stands between two turns of a conversation in chatlogs.md.
_TURN = re.compile(r"""['"], 'role': '\w+'\}(?:, \{|\]\s*\[\{)'content': ['"]""")
_BATCH = 256


def documents(data: Path) -> list[list[str]]:
    """Each document's sentences in order: those of 5 words and 30 to 400 characters that are mostly letters, each of
    them once in all documents. A document is a file of chunking/, an article of SQuAD or a passage of MTRAG."""
    seen: set[str] = set()
    found = []
    for text in _texts(data):
        sentences = [sentence for line in text.splitlines() for sentence in _sentences(line)]
        new = [sentence for sentence in dict.fromkeys(sentences) if sentence not in seen]
        seen.update(new)
        if len(new) > 1:
            found.append(new)
    return found


def passages(data: Path) -> list[str]:
    """All distinct paragraphs of 200 characters and more, cut at 1,200: about what the model reads at most."""
    lines = (plain(line)[:1200] for text in _texts(data) for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if len(line) >= 200))


def questions(data: Path) -> list[str]:
    """All distinct questions: of the chunking set, of SQuAD, and the last turn of each MTRAG conversation."""
    with (data / "chunking" / "questions_df.csv").open(encoding="utf-8", newline="") as file:
        asked = [row["question"] for row in csv.DictReader(file)]
    for article in _read(data / _SQUAD)["data"]:
        asked += [qa["question"] for paragraph in article["paragraphs"] for qa in paragraph["qas"]]
    asked += [task["input"][-1]["text"] for task in _read(data / _MTRAG)["tasks"]]
    return list(dict.fromkeys(" ".join(question.split()) for question in asked if len(question.split()) > 2))


def sample(items: Sequence[str], count: int, seed: int = 0) -> list[str]:
    """`count` of the items, the same for the same seed; all where there are no more."""
    return random.Random(seed).sample(list(items), min(count, len(items)))


def embedded(texts: Sequence[str], model: EmbeddingModel, work: Path, seconds: float | None = None) -> Vectors:
    """The vectors of the texts, or of as many from the first on as can be made in so many seconds: (n, d).

    Those made before are read from `work`/vectors.npz, which takes in the new ones; they are hashed, not named.
    """
    cache = work / "vectors.npz"
    held: dict[bytes, Any] = {}
    if cache.exists():
        with np.load(cache) as arrays:
            held = dict(zip(map(bytes, arrays["keys"]), arrays["vectors"], strict=True))
    keys = [hashlib.sha256(text.encode()).digest() for text in texts]
    missing = [at for at, key in enumerate(keys) if key not in held]
    started, before = time.perf_counter(), len(held)
    for first in range(0, len(missing), _BATCH):
        if seconds is not None and time.perf_counter() - started > seconds:
            break
        batch = missing[first : first + _BATCH]
        held.update(zip((keys[at] for at in batch), model.encode([texts[at] for at in batch]), strict=True))
    if missing:
        print(f"embedded {len(held) - before:,} texts in {time.perf_counter() - started:.0f} s", flush=True)
        work.mkdir(parents=True, exist_ok=True)
        rows = np.frombuffer(b"".join(held), dtype=np.uint8).reshape(len(held), -1)
        np.savez(cache, keys=rows, vectors=np.array(list(held.values()), dtype=np.float32))
    count = next((at for at, key in enumerate(keys) if key not in held), len(keys))
    return np.array([held[key] for key in keys[:count]], dtype=np.float32)


def _texts(data: Path) -> Iterator[str]:
    for path in sorted((data / "chunking").glob("*.md")):
        text = path.read_text("utf-8")
        if path.stem == "chatlogs":
            text = _TURN.sub("\n", text).replace("\\n", "\n")
        yield text.replace(" @-@ ", "-").replace(" @,@ ", ",").replace(" @.@ ", ".").replace("<unk>", "it")
    for article in _read(data / _SQUAD)["data"]:
        yield "\n".join(paragraph["context"] for paragraph in article["paragraphs"])
    for document in _read(data / _MTRAG)["documents"]:
        yield document["text"]


def _sentences(line: str) -> Iterator[str]:
    for span in sentence_spans(line, 0, len(line)):
        sentence = line[span.start : span.end]
        whole = 30 <= len(sentence) <= 400 and len(sentence.split()) >= 5 and sentence[-1] in ".!?"
        unmarked = sentence == plain(sentence) and not set(sentence) & set("|\t") and sentence[0] not in "#>-*="
        if whole and unmarked and len(_LETTER.findall(sentence)) > 0.7 * len(sentence):
            yield sentence


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))

"""What the tests of the index share: a quick embedding model, notes of real sentences, what an index holds."""

from __future__ import annotations

import hashlib
import os
import random
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.embedding import EmbeddingModel
from qa.index import Index
from qa.schema import to_json
from qa.terms import stems

ROOT = Path(__file__).parent.parent
SEED_NOTE = ROOT / "corpus" / "international-engagement.txt"
QUERIES = (
    "Who chairs the border committee?",
    "ransomware and cyber threats",
    "funding for emergency management in 2021",
)
NOBODY = 65534


class HashingModel(EmbeddingModel):
    """Bag of stems, projected at random: texts that share words are near. Keeps what it was asked to encode."""

    name = "hashing"
    max_tokens = 256
    dimensions = 64
    fingerprint = ""

    def __init__(self, fingerprint: str = "hashing:64") -> None:
        self.fingerprint = fingerprint
        self.encoded: list[str] = []
        self._words: dict[str, NDArray[np.float64]] = {}

    def count_tokens(self, text: str) -> int:
        return len(text.split()) + 2

    def encode(self, texts: Any) -> NDArray[np.float32]:
        self.encoded += texts
        return super().encode(texts)

    def _vectors(self, texts: list[str]) -> NDArray[np.float64]:
        return np.array([sum(map(self._word, stems(text)), self._word("")) for text in texts])

    def _word(self, word: str) -> NDArray[np.float64]:
        if word not in self._words:
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
            self._words[word] = np.random.default_rng(seed).normal(size=self.dimensions)
        return self._words[word]


def write_notes(corpus: Path, count: int, *, seed: int = 0, paragraphs: int = 6) -> None:
    """Notes of sentences of the seed note in random order, with other figures; the same for the same seed."""
    chance = random.Random(seed)
    sentences = [part for line in SEED_NOTE.read_text("utf-8").split("\n") for part in line.split(". ") if part[60:]]
    corpus.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        parts = [f"Briefing {number} of {seed}"]
        for _ in range(paragraphs):
            chosen = chance.sample(sentences, 4)
            parts.append(". ".join([*chosen, f"In all, {chance.randint(1000, 99999)} cases were counted"]) + ".")
        (corpus / f"note-{number:03}.txt").write_text("\n\n".join(parts) + "\n", "utf-8")


def open_index(folder: Path, corpus: Path, model: EmbeddingModel | None = None, **options: Any) -> Index:
    made = model or HashingModel()
    return Index.open(folder, corpus=corpus, model=lambda: made, **options)


def found(index: Index, k: int = 10) -> list[Any]:
    """What some queries find, by meaning and by words."""
    model = HashingModel()
    dense = [index.dense(model.encode_query(query), k) for query in QUERIES]
    return [dense, [index.store.lexical(stems(query), k) for query in QUERIES]]


def contents(index: Index) -> Any:
    """All that an index holds and finds, but for numbers that depend on the order in which it was made."""
    store = index.store
    ids = store.passage_ids()
    notes = [(note, store.text(note.note), store.blocks(note.note)) for note in store.notes()]
    vectors = {id: array.tolist() for id, array in {**store.vectors(ids)}.items()}
    sentences = {id: of.vectors.tolist() for id, of in store.signs(ids).items()}
    with store.connections.reading() as connection:
        counts = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in (
                "notes",
                "blocks",
                "acronyms",
                "passages",
                "sentences",
                "vectors",
                "stems",
                "pending",
                "skipped",
            )
        }
    held = [to_json(notes), to_json(store.acronyms()), to_json(store.passages(ids))]
    return [*held, vectors, sentences, counts, found(index), to_json(index.notices)]


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """`folder` and all in it without the right to write; root, whom rights do not bind, becomes nobody meanwhile."""
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}
    for path in modes:
        path.chmod(0o555 if path.is_dir() else 0o444)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for path, mode in modes.items():
            path.chmod(mode)

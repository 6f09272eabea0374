"""Binders of any size made of real sentences, and an embedding for them that looks vectors up.

Each sentence of a made note is a real one with one word changed for another of the same texts, so that none stands
twice and words keep about their frequencies; each section's sentences are taken from a few neighbours of one document.
What is not real: the vocabulary of some 10,000 sentences does not grow with the binder.
"""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evals.benchmarks.real_text import Vectors
from qa.embedding import EmbeddingModel

SEED = 0
_SECTION = 520  # characters: a passage of about 200 tokens, as the wrapped model counts them
_AROUND = 12
_WORD = re.compile(r"[^\W\d_]{4,}")
_ENDS = re.compile(r"[.!?]['\")\]]*(?=\s|\Z)")


def vocabulary(documents: Sequence[Sequence[str]]) -> list[str]:
    """The words of four letters and more, as often as they stand in the documents."""
    return [word for document in documents for sentence in document for word in _WORD.findall(sentence)]


def made_notes(documents: Sequence[Sequence[str]], passages: int) -> list[tuple[str, dict[str, str]]]:
    """The text of each note, and of each of its sentences the real one that it was made of.

    A note has 20 to 30 sections, each of about one passage, in Markdown. The same for the same arguments; a larger
    binder begins with the notes of a smaller one, but for its last.
    """
    chance = random.Random(SEED)
    words = vocabulary(documents)
    weights = [len(document) for document in documents]
    notes, left, number = [], passages, 0
    while left > 0:
        sections = min(left, chance.randint(20, 30))
        left, number = left - sections, number + 1
        made: dict[str, str] = {}
        parts = [f"# Briefing {number}: {_heading(chance, words)}"]
        for document in chance.choices(documents, weights, k=sections):
            parts += [f"## {_heading(chance, words)}", " ".join(_section(chance, document, words, made))]
        notes.append(("\n\n".join(parts) + "\n", made))
    return notes


def changed(chance: random.Random, sentence: str, words: Sequence[str]) -> str:
    """`sentence` with one of its words changed for one of `words`."""
    places = list(_WORD.finditer(sentence, 1))
    if not places:
        return sentence
    place = chance.choice(places)
    return sentence[: place.start()] + chance.choice(words).lower() + sentence[place.end() :]


def _section(chance: random.Random, document: Sequence[str], words: Sequence[str], made: dict[str, str]) -> list[str]:
    start = chance.randrange(max(1, len(document) - _AROUND + 1))
    near = list(document[start : start + _AROUND])
    chance.shuffle(near)
    chosen: list[str] = []
    for sentence in near:
        if chosen and sum(map(len, chosen)) + len(sentence) > _SECTION:
            break
        chosen.append(changed(chance, sentence, words))
        made[chosen[-1]] = sentence
    return chosen


def _heading(chance: random.Random, words: Sequence[str]) -> str:
    return " ".join(word.capitalize() for word in chance.choices(words, k=3))


class LookedUp:
    """LangChain's two methods: a text is the normalised mean of the sentences in it, with a little noise.

    cosine: of a sentence to itself with one word changed, which the noise keeps; see `word_change`. What holds no known
    sentence, such as a part of one, is a direction of its own and counted in `unknown`. Questions are embedded by the
    model itself.
    """

    model_name = "looked up"

    def __init__(self, vectors: dict[str, Vectors], model: EmbeddingModel, cosine: float) -> None:
        self.made: dict[str, str] = {}
        self.asked = self.unknown = 0
        self._vectors, self._model = vectors, model
        self._dimensions = model.dimensions
        self._noise = float(np.sqrt(1 / cosine**2 - 1))

    def embed_documents(self, texts: list[str]) -> Vectors:
        return np.array([self._vector(text) for text in texts], dtype=np.float32)

    def embed_query(self, text: str) -> Vectors:
        return self._model.encode_query(text)

    def _vector(self, text: str) -> Vectors:
        self.asked += 1
        chance = np.random.Generator(np.random.SFC64(zlib.crc32(text.encode())))
        noise = chance.standard_normal(self._dimensions, dtype=np.float32)
        found = [self._vectors[self.made[part]] for part in self._parts(text) if part in self.made]
        if not found:
            self.unknown += 1
            return noise
        mean = np.sum(found, axis=0)
        # Noise has a right angle to the mean, nearly, in so many dimensions.
        vector: Vectors = mean / np.linalg.norm(mean) + noise * (self._noise / np.sqrt(self._dimensions))
        return vector

    def _parts(self, text: str) -> list[str]:
        if text in self.made:
            return [text]
        ends = [match.end() for match in _ENDS.finditer(text)]
        parts, start = [], 0
        while ends:
            known = (at for at, end in enumerate(ends[:6]) if text[start:end].strip() in self.made)
            at = next(known, -1)
            if at >= 0:
                parts.append(text[start : ends[at]].strip())
            start, ends = ends[max(at, 0)], ends[max(at, 0) + 1 :]
        return parts


def word_change(
    sentences: Sequence[str], words: Sequence[str], model: EmbeddingModel, count: int = 200
) -> tuple[float, float]:
    """The median cosine of a sentence to itself with one word changed, and to the nearest of the other sentences."""
    chance = random.Random(SEED)
    chosen = chance.sample(list(sentences), count)
    own = model.encode(chosen)
    other = model.encode([changed(chance, sentence, words) for sentence in chosen])
    among = own @ own.T - 2 * np.eye(count)
    return float(np.median((own * other).sum(axis=1))), float(np.median(among.max(axis=1)))


def write(notes: Sequence[tuple[str, dict[str, str]]], corpus: Path) -> None:
    """Each note as a Markdown file of `corpus`, which is made."""
    corpus.mkdir(parents=True, exist_ok=True)
    for number, (text, _) in enumerate(notes, start=1):
        path = corpus / f"briefing-{number:05}.md"
        if not path.exists():  # a file that is written again is read again
            path.write_text(text, "utf-8")

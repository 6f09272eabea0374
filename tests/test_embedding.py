"""The embedding layer: the default model against sentence-transformers, the export's cache, and other models."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding, Embeddings
from numpy.typing import NDArray

from qa.embedding import EmbeddingModel, lazy_embedding, load_embedding
from qa.embedding import minilm as loader
from qa.embedding.export_cache import DIGESTS, EXPORT_VERSION, MODEL, cache_folder, exported
from qa.embedding.minilm import NAME, SHA256, MiniLM, model_folder
from qa.errors import EmbeddingError
from tests.timing import seconds_of_processes

ROOT = Path(__file__).parents[1]
NOTE = (ROOT / "corpus" / "international-engagement.txt").read_text(encoding="utf-8")
PARAGRAPHS = [paragraph.strip() for paragraph in NOTE.split("\n\n") if paragraph.strip()]
SENTENCES = [sentence for line in NOTE.splitlines() for sentence in line.strip().split(". ") if sentence]
LONG = " ".join(f"{word} treaty" for word in range(1_000))
ODD = [
    "",
    " ",
    "a",
    "U.S. counterpart?",
    "préclairance et pêche côtière",
    "🦞🇨🇦 tariffs 👍🏽",
    "漁業協定",
    "\t\n\r",
    LONG,
]
BROKEN = [
    "half a pair \ud83d here",
    "\udc80",
    "nul \x00 bell \x07",
    "\u202eright to left",
    "joined \ud83e\udd9e",
    "\ufeff",
]
EXPORT = f"{NAME}-{SHA256['model.safetensors'][:16]}-v{EXPORT_VERSION}"
WEIGHTS = f"{MODEL}.data"


@pytest.fixture(scope="module")
def minilm() -> EmbeddingModel:
    model = load_embedding()
    model.encode(["exported and loaded once for all tests"])
    return model


@pytest.fixture(scope="module")
def reference() -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(model_folder()), device="cpu", local_files_only=True)


@pytest.fixture(scope="module")
def named() -> EmbeddingModel:
    return load_embedding(str(model_folder()))


@pytest.fixture
def unshared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models load their own files, as they do outside of tests."""
    for load in (loader._load_tokenizer, loader._load_runtime):
        monkeypatch.setattr(loader, load.__name__, load.__wrapped__)


def cosines(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray((left * right).sum(axis=1), dtype=np.float32)


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


class TestDefaultModel:
    @pytest.mark.slow
    def test_batched_vectors_are_those_of_sentence_transformers(self, minilm: EmbeddingModel, reference: Any) -> None:
        texts = [*PARAGRAPHS, *SENTENCES, *ODD]
        expected = reference.encode(texts, show_progress_bar=False)
        assert len(texts) > 80
        assert cosines(minilm.encode(texts), expected).min() > 0.9999

    @pytest.mark.slow
    def test_single_vectors_are_those_of_sentence_transformers(self, minilm: EmbeddingModel, reference: Any) -> None:
        texts = [*SENTENCES[::4], *ODD]
        expected = np.vstack([reference.encode([text], show_progress_bar=False) for text in texts])
        found = np.vstack([minilm.encode_query(text) for text in texts])
        assert cosines(found, expected).min() > 0.9999

    def test_a_text_has_the_same_vector_alone_and_among_longer_and_shorter_ones(self) -> None:
        single = load_embedding(runtime="onnxruntime")  # bfloat16 is less exact
        texts = [LONG, "x", *SENTENCES, "", LONG[:300]]
        alone = np.vstack([single.encode([text]) for text in texts])
        assert np.abs(single.encode(texts) - alone).max() < 1e-5

    def test_batches_hold_all_texts_once_shortest_first_and_no_more_tokens_than_asked(self) -> None:
        lengths = [*range(1, 257, 5), *[2] * 700, *[256] * 9]
        batches = list(loader._batches(lengths))
        assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
        in_order = [lengths[place] for batch in batches for place in batch]
        assert in_order == sorted(lengths)
        assert max(len(batch) * lengths[batch[-1]] for batch in batches) <= loader.BATCH_TOKENS
        assert len(batches) < 20
        assert list(loader._batches([])) == []

    def test_vectors_have_norm_one_and_no_text_gives_no_row(self, minilm: EmbeddingModel) -> None:
        vectors = minilm.encode(ODD)
        assert vectors.shape == (len(ODD), minilm.dimensions) == (len(ODD), 384)
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
        assert minilm.encode([]).shape == (0, 384)

    def test_what_is_beyond_the_limit_is_counted_but_not_read(self, minilm: EmbeddingModel) -> None:
        read = " ".join(["fish"] * 254)  # 256 with the two special tokens
        assert minilm.count_tokens(read) == minilm.max_tokens == 256
        assert minilm.count_tokens(read + " lobster") == 257
        inside, beyond = minilm.encode([read, read + " lobster"])
        assert np.abs(inside - beyond).max() < 1e-6
        assert float(inside @ minilm.encode_query(read[: -len("fish")] + "lobster")) < 0.9999

    @pytest.mark.parametrize(("text", "tokens"), [("", 2), ("fish", 3), ("The fish.", 5)])
    def test_special_tokens_are_counted(self, minilm: EmbeddingModel, text: str, tokens: int) -> None:
        assert minilm.count_tokens(text) == tokens

    def test_broken_text_is_embedded(self, minilm: EmbeddingModel) -> None:
        vectors = minilm.encode(BROKEN)
        assert np.isfinite(vectors).all()
        assert all(minilm.count_tokens(text) >= 2 for text in BROKEN)
        whole = minilm.encode_query("joined 🦞")  # a pair of surrogates is one character
        assert np.array_equal(minilm.encode_query("joined \ud83e\udd9e"), whole)

    @pytest.mark.usefixtures("unshared")
    def test_threads_get_their_own_vectors(self) -> None:
        model, texts = load_embedding(), SENTENCES[:24]  # not loaded before the threads ask
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda text: model.encode([text])[0], texts))
        assert np.abs(np.vstack(found) - model.encode(texts)).max() < 1e-5

    def test_langchain_methods_give_the_same_vectors(self, minilm: EmbeddingModel) -> None:
        assert minilm.embed_documents(["a", "b"]) == minilm.encode(["a", "b"]).tolist()
        assert minilm.embed_query("a") == minilm.encode_query("a").tolist()

    @pytest.mark.usefixtures("minilm")
    def test_a_cold_process_is_quick_silent_and_loads_no_torch(self) -> None:
        code = (
            "import sys; from qa.embedding import load_embedding\n"
            "assert load_embedding().encode_query('counterpart').shape == (384,)\n"
            "heavy = {'torch', 'transformers', 'sentence_transformers', 'onnx'} & set(sys.modules)\n"
            "assert not heavy, heavy"
        )

        def first_vector() -> None:
            done = python(code)
            assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

        # With the 90 MB of the model it is three times as much as without, with torch more than ten times.
        libraries = seconds_of_processes(lambda: python("import numpy, onnxruntime, tokenizers"))
        assert seconds_of_processes(first_vector) < 6 * libraries

    def test_the_fingerprint_is_known_before_anything_is_loaded(self, tmp_path: Path) -> None:
        assert "53aa51172d142c89" in load_embedding(cache=tmp_path / "none").fingerprint
        assert not (tmp_path / "none").exists()


@pytest.mark.usefixtures("minilm")
class TestExportCache:
    @pytest.fixture
    def cache(self, tmp_path: Path) -> Path:
        """A cache of its own that holds the export."""
        shutil.copytree(cache_folder() / EXPORT, tmp_path / EXPORT)
        return tmp_path

    @pytest.fixture
    def tampered(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """The model's folder with one bit of its weights turned: what cannot be exported."""
        folder = tmp_path_factory.mktemp("tampered") / "model"
        shutil.copytree(model_folder(), folder)
        with (folder / "model.safetensors").open("r+b") as file:
            file.seek(50_000_000)
            byte = file.read(1)[0]
            file.seek(50_000_000)
            file.write(bytes([byte ^ 1]))
        return folder

    def test_a_whole_export_is_taken_without_weights_or_lock(self, cache: Path, tampered: Path) -> None:
        assert exported(tampered, SHA256, cache, NAME) == cache / EXPORT / MODEL
        assert sorted(path.name for path in cache.iterdir()) == [EXPORT]
        assert sorted(path.name for path in (cache / EXPORT).iterdir()) == [MODEL, WEIGHTS, DIGESTS]

    @pytest.mark.parametrize("damage", ["truncated", "one bit", "no digests", "empty digests", "missing"])
    def test_a_damaged_export_is_not_used_and_tampered_weights_are_refused(
        self, cache: Path, tampered: Path, damage: str
    ) -> None:
        weights, digests = cache / EXPORT / WEIGHTS, cache / EXPORT / DIGESTS
        content = bytearray(weights.read_bytes())
        if damage == "truncated":
            weights.write_bytes(content[:-1])
        elif damage == "one bit":
            content[40_000_000] ^= 1
            weights.write_bytes(content)
        elif damage == "empty digests":
            digests.write_text("")
        else:
            (weights if damage == "missing" else digests).unlink()
        with pytest.raises(EmbeddingError, match=r"model\.safetensors is not the published file"):
            exported(tampered, SHA256, cache, NAME)

    def test_a_cache_that_cannot_be_written_is_named_with_the_remedy(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(EmbeddingError, match="Set QA_CACHE to a folder"):
            load_embedding(cache=tmp_path / "file" / "cache").encode(["a"])

    def test_the_environment_names_the_cache(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("QA_CACHE", str(tmp_path))
        assert cache_folder() == tmp_path
        assert cache_folder(tmp_path / "given") == tmp_path / "given"

    @pytest.mark.slow
    def test_two_processes_export_once_and_a_truncated_export_is_made_again(self, tmp_path: Path) -> None:
        code = (
            "import logging, sys; logging.basicConfig(level=logging.INFO, stream=sys.stdout)\n"
            "from qa.embedding import load_embedding; load_embedding().encode(['a'])"
        )
        older = tmp_path / f"{EXPORT.removesuffix(f'-v{EXPORT_VERSION}')}-v1.onnx"
        older.write_bytes(b"what an older version of the program exported")
        with ThreadPoolExecutor(2) as pool:
            both = list(pool.map(lambda _: python(code, QA_CACHE=str(tmp_path)), range(2)))
        assert [(done.returncode, done.stderr) for done in both] == [(0, "")] * 2
        assert "".join(done.stdout for done in both).count("Preparing the embedding model") == 1
        assert sorted(path.name for path in tmp_path.iterdir()) == [EXPORT, f"{EXPORT}.lock"]
        os.truncate(tmp_path / EXPORT / WEIGHTS, 1_000_000)
        vector = MiniLM(tmp_path).encode_query(PARAGRAPHS[0])
        assert np.abs(vector - MiniLM().encode_query(PARAGRAPHS[0])).max() < 1e-6


@pytest.mark.slow
class TestSentenceTransformers:
    def test_a_folder_gives_the_vectors_of_the_default_model(
        self, named: EmbeddingModel, minilm: EmbeddingModel
    ) -> None:
        assert (named.dimensions, named.max_tokens) == (384, 256)
        assert cosines(named.encode(ODD), minilm.encode(ODD)).min() > 0.9999
        assert named.encode([]).shape == (0, 384)
        assert np.isfinite(named.encode(BROKEN)).all()
        assert np.isfinite(named.embed_query(BROKEN[0])).all()

    def test_tokens_are_counted_alike(self, named: EmbeddingModel, minilm: EmbeddingModel) -> None:
        texts = [*SENTENCES, *ODD, *BROKEN]
        assert [named.count_tokens(text) for text in texts] == [minilm.count_tokens(text) for text in texts]

    def test_threads_may_count_and_encode(self, named: EmbeddingModel) -> None:
        tokens, interval = named.count_tokens(LONG), sys.getswitchinterval()
        sys.setswitchinterval(1e-6)  # threads change places at every turn
        try:
            with ThreadPoolExecutor(8) as pool:
                asked = [pool.submit(named.count_tokens if n % 4 else named.encode_query, LONG) for n in range(160)]
        finally:
            sys.setswitchinterval(interval)
        assert {found.result() for n, found in enumerate(asked) if n % 4} == {tokens}
        vectors = np.vstack([found.result() for found in asked[::4]])
        assert np.abs(vectors - vectors[0]).max() < 1e-5

    def test_the_fingerprint_is_of_the_weights_and_the_pooling_not_of_the_place(
        self, named: EmbeddingModel, tmp_path: Path
    ) -> None:
        from safetensors.numpy import load_file, save_file

        moved, pooled, trained = tmp_path / "moved", tmp_path / "pooled", tmp_path / "trained"
        for folder in (moved, pooled, trained):
            shutil.copytree(model_folder(), folder)
        pooling = {"word_embedding_dimension": 384, "pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
        (pooled / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
        weights = load_file(trained / "model.safetensors")
        weights["encoder.layer.0.output.dense.bias"][0] += 1e-3
        save_file(weights, trained / "model.safetensors", metadata={"format": "pt"})
        assert load_embedding(str(moved)).fingerprint == named.fingerprint
        assert len({load_embedding(str(path)).fingerprint for path in (moved, pooled, trained)}) == 3

    def test_code_in_a_folder_is_not_run(self, tmp_path: Path) -> None:
        (tmp_path / "own_code.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\nclass Module: pass\n")
        modules = [{"idx": 0, "name": "0", "path": "", "type": "own_code.Module"}]
        (tmp_path / "modules.json").write_text(json.dumps(modules))
        with pytest.raises(EmbeddingError, match="cannot be loaded"):
            load_embedding(str(tmp_path))
        assert not (tmp_path / "ran").exists()

    def test_a_missing_model_is_said_at_once(self, tmp_path: Path) -> None:
        code = (
            "from qa.embedding import load_embedding; from qa.errors import EmbeddingError\n"
            "for name in ('no-such-model', 'no/such', '/no/such/folder', 'not a name'):\n"
            "    try: load_embedding(name)\n"
            "    except EmbeddingError as error: assert name in str(error), error\n"
            "    else: raise SystemExit(f'{name} was loaded')"
        )
        start = time.monotonic()
        # Nothing listens on port 1, so the hub cannot be reached.
        done = python(code, HF_ENDPOINT="http://127.0.0.1:1", HF_HOME=str(tmp_path))
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert time.monotonic() - start < 30  # the hub's own package would try again for minutes

    def test_a_folder_without_a_model_is_said_to_be_one(self, tmp_path: Path) -> None:
        with pytest.raises(EmbeddingError, match=f"{tmp_path.name} cannot be loaded"):
            load_embedding(str(tmp_path))


class Remote(Embeddings):
    """Stands for a remote model: a random projection of letter counts, with room for all that can go wrong."""

    def __init__(
        self, seed: int = 0, noise: float = 0.0, model: str = "small", gives: Any = None, shared: float = 0.0
    ) -> None:
        self.model = model
        self.gives = gives
        self._noise = noise
        self._shared = np.arange(64) * shared
        self._projection = np.random.default_rng(seed).normal(size=(256, 64))

    def embed_documents(self, texts: list[str]) -> Any:
        if isinstance(self.gives, Exception):
            raise self.gives
        if self.gives is not None:
            return [self.gives] * len(texts)
        counts = [np.bincount(np.frombuffer(text.encode(), np.uint8), minlength=256) for text in texts]
        vectors = np.array(counts) @ self._projection + self._shared
        return (vectors + np.random.default_rng().normal(size=vectors.shape) * self._noise).tolist()

    def embed_query(self, text: str) -> Any:
        return self.embed_documents([f"query: {text}"])[0]


class TestWrapped:
    def test_a_langchain_model_is_normalised(self) -> None:
        theirs = DeterministicFakeEmbedding(size=48)
        ours = load_embedding(theirs)
        texts = [f"text {number}" for number in range(300)]
        expected = np.array(theirs.embed_documents(texts))
        expected /= np.linalg.norm(expected, axis=1, keepdims=True)
        assert (ours.dimensions, ours.max_tokens, ours.name) == (48, 256, "DeterministicFakeEmbedding")
        assert np.allclose(ours.encode(texts), expected, atol=1e-6)
        assert ours.encode([]).shape == (0, 48)

    def test_queries_go_the_way_of_queries(self) -> None:
        model = load_embedding(Remote())
        assert np.array_equal(model.encode_query("fish"), model.encode(["query: fish"])[0])
        assert model.embed_query("fish") != model.embed_documents(["fish"])[0]

    def test_the_fingerprint_tells_models_apart_that_share_class_and_name(self) -> None:
        fingerprints = {load_embedding(Remote(seed)).fingerprint for seed in range(20)}
        assert len(fingerprints) == 20
        assert load_embedding(Remote(model="large")).fingerprint not in fingerprints

    def test_the_fingerprint_tells_models_apart_that_share_what_all_their_vectors_have_in_common(self) -> None:
        assert len({load_embedding(Remote(seed, shared=10.0)).fingerprint for seed in range(20)}) == 20

    def test_the_fingerprint_bears_a_wavering_model(self) -> None:
        assert len({load_embedding(Remote(noise=1e-3)).fingerprint for _ in range(20)}) == 1

    def test_the_estimate_of_tokens_is_on_the_high_side(self, minilm: EmbeddingModel) -> None:
        estimate = load_embedding(Remote()).count_tokens
        assert all(estimate(text) >= minilm.count_tokens(text) for text in [*PARAGRAPHS, "", "fish"])

    @pytest.mark.parametrize(
        "gives",
        [[], [0.0, 0.0], [1.0, float("nan")], [1.0, float("inf")], ["a", "b"], 1.0, [[1.0, 2.0]], [1.0, 2.0, 3.0]],
    )
    def test_what_is_no_vector_is_refused(self, gives: Any) -> None:
        remote = Remote()
        model = load_embedding(remote)
        assert model.dimensions == 64
        remote.gives = gives
        for ask in (lambda: model.encode(["a", "b"]), lambda: model.encode_query("a")):
            with pytest.raises(EmbeddingError):
                ask()

    def test_a_model_that_knows_no_difference_is_refused(self) -> None:
        with pytest.raises(EmbeddingError, match="same vector for different texts"):
            _ = load_embedding(Remote(gives=[1.0, 2.0])).fingerprint

    def test_a_vendors_error_is_mapped(self) -> None:
        with pytest.raises(EmbeddingError, match="Remote:small failed: no route to host"):
            load_embedding(Remote(gives=ConnectionError("no route to host"))).encode(["a"])


def test_an_embedding_model_is_returned_as_it_is(minilm: EmbeddingModel) -> None:
    assert load_embedding(minilm) is minilm


@pytest.mark.parametrize("name", ["", "  ", 7, object()])
def test_what_is_no_model_is_refused(name: object) -> None:
    with pytest.raises(EmbeddingError):
        load_embedding(name)


def test_a_lazy_model_is_loaded_when_asked_for_and_once() -> None:
    bad = lazy_embedding("")
    with pytest.raises(EmbeddingError):
        bad()
    model = lazy_embedding()
    assert model() is model()
    assert model().name == NAME

"""Chroma's part: it finds what the exact product finds, sees what others wrote, and admits what it has lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.index.records import State
from qa.index.vectors import VectorIndex, VectorIndexError
from tests.indexing import HashingModel

NOTES = ("a.txt", "b #2.txt", "c/d.txt")


def some_vectors(count: int, seed: int = 0) -> tuple[list[str], NDArray[np.float32]]:
    words = [f"word{number}" for number in range(200)]
    chance = np.random.default_rng(seed)
    texts = [" ".join(chance.choice(words, 30)) for _ in range(count)]
    return [f"{NOTES[place % 3]}#{place}-{place + 1}" for place in range(count)], HashingModel().encode(texts)


@pytest.fixture
def vectors(tmp_path: Path) -> Iterator[VectorIndex]:
    opened = VectorIndex(tmp_path / "chroma")
    yield opened
    opened.close()


def exact(ids: list[str], matrix: NDArray[np.float32], vector: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
    return sorted(zip(ids, (matrix @ vector).tolist(), strict=True), key=lambda hit: -hit[1])[:k]


def test_nearest_are_those_of_the_exact_product(vectors: VectorIndex) -> None:
    ids, matrix = some_vectors(600)
    vectors.rebuild(State(1, 1, 0), ids, matrix)
    for query in some_vectors(5, seed=1)[1]:
        hits = vectors.search(query, 20, State(1, 1, 1))
        expected = exact(ids, matrix, query, 20)
        assert [id for id, _ in hits] == [id for id, _ in expected]
        assert [cosine for _, cosine in hits] == pytest.approx([cosine for _, cosine in expected], abs=1e-5)
        only = [place for place, id in enumerate(ids) if not id.startswith("a.txt#")]
        hits = vectors.search(query, 20, State(1, 1, 1), NOTES[1:])
        expected = exact([ids[place] for place in only], matrix[only], query, 20)
        assert [id for id, _ in hits] == [id for id, _ in expected]


def test_all_that_tie_with_the_last_are_given(vectors: VectorIndex) -> None:
    ids, matrix = some_vectors(100)
    matrix[20:60] = matrix[20]
    vectors.rebuild(State(1, 1, 0), ids, matrix)
    assert {id for id, _ in vectors.search(matrix[20], 3, State(1, 1, 1))} == set(ids[20:60])
    assert len(vectors.search(matrix[0], 1000, State(1, 1, 1))) == 100


def test_an_update_takes_out_and_puts_in(vectors: VectorIndex) -> None:
    ids, matrix = some_vectors(300)
    vectors.rebuild(State(1, 1, 0), ids[:200], matrix[:200])
    assert vectors.search(matrix[5], 1, State(1, 1, 1))[0][0] == ids[5]
    changed = [*ids[:50], *ids[200:], "never#0-1"]
    vectors.update(State(1, 2, 1), changed, ids[200:], matrix[200:], 250)
    assert vectors.search(matrix[5], 1, State(1, 2, 2))[0][0] != ids[5]
    assert vectors.search(matrix[250], 1, State(1, 2, 2))[0][0] == ids[250]
    vectors.update(State(1, 3, 2), ids[50:299], [], matrix[:0], 1)
    assert [id for id, _ in vectors.search(matrix[5], 10, State(1, 3, 3))] == [ids[299]]


def test_an_open_reader_sees_what_another_wrote(vectors: VectorIndex, tmp_path: Path) -> None:
    ids, matrix = some_vectors(300)
    vectors.rebuild(State(1, 1, 0), ids[:200], matrix[:200])
    vectors.search(matrix[250], 1, State(1, 1, 1))
    other = VectorIndex(tmp_path / "chroma")
    other.search(matrix[250], 1, State(1, 1, 1))
    other.update(State(1, 2, 1), [], ids[200:], matrix[200:], 300)
    assert vectors.search(matrix[250], 1, State(1, 2, 2))[0][0] == ids[250]
    other.rebuild(State(1, 3, 0), ids[100:], matrix[100:])
    assert vectors.search(matrix[5], 1, State(1, 3, 3))[0][0] != ids[5]
    other.close()
    assert vectors.search(matrix[250], 1, State(1, 3, 3))[0][0] == ids[250]


def test_another_state_or_count_is_refused(vectors: VectorIndex) -> None:
    ids, matrix = some_vectors(20)
    with pytest.raises(VectorIndexError, match="missing"):
        vectors.search(matrix[0], 1, State(1, 1, 1))
    vectors.rebuild(State(1, 1, 0), ids, matrix)
    with pytest.raises(VectorIndexError, match="generation 1 and not 2"):
        vectors.search(matrix[0], 1, State(1, 2, 2))
    with pytest.raises(VectorIndexError, match="generation 1 and not 5"):
        vectors.update(State(1, 6, 5), [], [], matrix[:0], 20)
    with pytest.raises(VectorIndexError, match="20 vectors and not 21"):
        vectors.update(State(1, 2, 1), [], [], matrix[:0], 21)
    assert vectors.search(matrix[3], 1, State(1, 1, 1))[0][0] == ids[3]


@pytest.mark.parametrize("file", ["data_level0.bin", "link_lists.bin", "index_metadata.pickle", "chroma.sqlite3"])
@pytest.mark.parametrize(
    "how", ["cut", *(pytest.param(how, marks=pytest.mark.slow) for how in ("deleted", "overwritten"))]
)
def test_damage_is_noticed_and_mended(vectors: VectorIndex, tmp_path: Path, file: str, how: str) -> None:
    ids, matrix = some_vectors(1500)  # Chroma writes its vectors' files every 1000
    vectors.rebuild(State(1, 1, 0), ids, matrix)
    path = next((tmp_path / "chroma").rglob(file))
    if how == "deleted":
        path.unlink()
    elif how == "cut":
        os.truncate(path, path.stat().st_size // 2)
    else:
        with path.open("r+b") as opened:
            opened.write(b"\xff" * 100)
    with pytest.raises(VectorIndexError):
        vectors.search(matrix[5], 10, State(1, 1, 1))
    vectors.rebuild(State(1, 1, 0), ids, matrix)
    assert vectors.search(matrix[5], 1, State(1, 1, 1))[0][0] == ids[5]


@pytest.mark.parametrize("where", ["configuration", "schema"])
def test_a_folder_that_names_an_embedding_function_is_refused(
    vectors: VectorIndex, tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import chromadb.utils.embedding_functions as functions
    from chromadb.api.types import EmbeddingFunction

    made: list[str] = []

    class Trap(EmbeddingFunction):  # type: ignore[type-arg]
        def __init__(self) -> None:
            made.append("made")

        def __call__(self, input: object) -> Any:
            return []

        @staticmethod
        def name() -> str:
            return "trap"

        @staticmethod
        def build_from_config(config: object) -> Trap:
            return Trap()

        def get_config(self) -> dict[str, str]:
            return {}

    monkeypatch.setitem(functions.known_embedding_functions, "trap", Trap)
    ids, matrix = some_vectors(20)
    vectors.rebuild(State(1, 1, 0), ids, matrix)
    trap = '{"type": "known", "name": "trap", "config": {}}'
    connection = sqlite3.connect(tmp_path / "chroma" / "chroma.sqlite3")
    if where == "schema":
        connection.execute("UPDATE collections SET schema_str = replace(schema_str, ?, ?)", ('{"type":"legacy"}', trap))
        assert "trap" in connection.execute("SELECT schema_str FROM collections").fetchone()[0]
    else:
        configuration = f'{{"hnsw": {{"space": "cosine"}}, "embedding_function": {trap}}}'
        connection.execute("UPDATE collections SET config_json_str = ?, schema_str = NULL", (configuration,))
    connection.commit()
    connection.close()
    with pytest.raises(VectorIndexError, match="embedding function"):
        vectors.search(matrix[0], 1, State(1, 1, 1))
    with pytest.raises(VectorIndexError, match="embedding function"):
        vectors.update(State(1, 2, 1), [], ids, matrix, 20)
    assert not made


def test_the_folder_can_be_deleted_and_made_anew_in_one_process(vectors: VectorIndex, tmp_path: Path) -> None:
    ids, matrix = some_vectors(20)
    for generation in (1, 2, 3):
        vectors.rebuild(State(1, generation, 0), ids, matrix)
        assert len(vectors.search(matrix[0], 20, State(1, generation, generation))) == 20
        vectors.close()
        shutil.rmtree(tmp_path / "chroma")


@pytest.mark.slow
def test_threads_search_while_the_state_changes(vectors: VectorIndex, tmp_path: Path) -> None:
    ids, matrix = some_vectors(100)
    vectors.rebuild(State(1, 1, 0), ids, matrix)
    wrong: list[object] = []

    def search(place: int) -> None:
        try:
            for turn in range(20):
                if vectors.search(matrix[place], 1, State(turn % 2, 1, 1))[0][0] != ids[place]:
                    wrong.append(place)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=search, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_nothing_is_sent_anywhere_whatever_the_environment_says(
    vectors: VectorIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("CHROMA_API_IMPL=chromadb.api.fastapi.FastAPI\n", "utf-8")
    monkeypatch.setenv("CHROMA_API_IMPL", "chromadb.api.fastapi.FastAPI")
    monkeypatch.setenv("CHROMA_SERVER_HOST", "127.0.0.1")
    monkeypatch.setenv("CHROMA_OTEL_COLLECTION_ENDPOINT", "http://127.0.0.1:9")
    ids, matrix = some_vectors(20)
    vectors.rebuild(State(1, 1, 0), ids, matrix)
    assert vectors.search(matrix[0], 1, State(1, 1, 1))[0][0] == ids[0]
    assert vectors.exists()
    assert not vectors._system.settings.chroma_otel_collection_endpoint
    assert not vectors._system.settings.anonymized_telemetry

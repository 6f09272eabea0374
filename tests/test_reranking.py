"""A cross-encoder on top of the search: a real one, with random weights, made in a second."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa import Binder
from qa.doctor import examine
from qa.embedding.cross_encoder import Reranker
from qa.embedding.minilm import model_folder
from qa.errors import EmbeddingError, SettingsError
from qa.retrieval.query import build_query
from qa.retrieval.reranking import reranked
from qa.schema import Hit
from qa.settings import Settings

NOTES = {
    "a.txt": "The harbour levy was set in 2019.",
    "b.txt": "The ferry to Skerrin sails twice a day.",
    "c.txt": "A fishing licence costs $40.",
}


def made_model(folder: Path, outputs: int = 1) -> Path:
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification, set_seed

    set_seed(1)
    tokenizer = AutoTokenizer.from_pretrained(model_folder())
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    config = BertConfig(vocab_size=len(tokenizer), num_labels=outputs, **size)
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_model(tmp_path_factory.mktemp("reranker"))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "corpus").mkdir()
    for name, text in NOTES.items():
        (tmp_path / "corpus" / name).write_text(text, "utf-8")
    return tmp_path / "corpus"


def hit(note: str, score: float) -> Hit:
    return Hit(f"{note}#0-5", note, "Fees", "Harbour", None, None, 0, 5, f"**{note}**", score)


def test_hits_are_ordered_by_the_new_scores_and_ties_by_id() -> None:
    read: list[tuple[str, list[str]]] = []

    def scores(question: str, texts: object) -> np.ndarray:
        read.append((question, list(texts)))  # type: ignore[call-overload]
        return np.array([0.1, 0.7, 0.7], dtype=np.float32)

    query = build_query("And since when?", history=[("user", "What is the levy?")])
    found = reranked(query, [hit("a", 3.0), hit("c", 2.0), hit("b", 1.0)], scores)
    assert [(one.note, round(one.score, 3)) for one in found] == [("b", 0.7), ("c", 0.7), ("a", 0.1)]
    assert read == [("What is the levy? And since when?", ["Fees Harbour a", "Fees Harbour c", "Fees Harbour b"])]
    assert reranked(query, [], scores) == ()


@pytest.mark.slow
def test_the_binder_reranks_where_the_settings_name_a_model(
    model: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Binder.open(corpus, index=corpus.parent / "index") as binder:
        plain = binder.search("What does a fishing licence cost?")
    monkeypatch.setenv("QA_RERANKER", str(model))
    with Binder.open(corpus, index=corpus.parent / "index") as binder:
        found = binder.search("What does a fishing licence cost?")
        first = binder.search("What does a fishing licence cost?", k=1)
        answer = binder.ask("What does a fishing licence cost?")
    expected = Reranker(str(model)).scores("What does a fishing licence cost?", [f"{h.title} {h.text}" for h in plain])
    assert {one.id: one.score for one in found} == pytest.approx(
        {one.id: float(score) for one, score in zip(plain, expected, strict=True)}, abs=1e-5
    )
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert first == found[:1]
    assert answer.text.startswith("A fishing licence costs $40.")


def test_a_model_that_is_not_there_says_what_to_do(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_RERANKER", str(corpus.parent / "nothing"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with (
        Binder.open(corpus, index=corpus.parent / "index") as binder,
        pytest.raises(EmbeddingError, match=r"no reranker .*nothing[^$]*Set `reranker` \(QA_RERANKER\) to the folder"),
    ):
        binder.search("levy")


@pytest.mark.slow
def test_a_model_of_another_kind_says_what_to_do(tmp_path: Path) -> None:
    several = Reranker(str(made_model(tmp_path / "several", outputs=3)))
    with pytest.raises(EmbeddingError, match="does not give one number"):
        several.scores("levy", ["a", "b"])


def test_notes_from_elsewhere_cannot_name_one(corpus: Path) -> None:
    (corpus / "qa.toml").write_text('reranker = "theirs"\n', "utf-8")
    with pytest.raises(SettingsError, match="`reranker` is not taken from a file beside the notes"):
        Settings.load(folder=corpus.parent, environ={}, corpus=corpus)


@pytest.mark.slow
def test_the_doctor_tries_the_model(model: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Binder.open(corpus, index=corpus.parent / "index"):
        pass
    monkeypatch.setenv("QA_RERANKER", str(model))
    found = {check.name: check for check in examine(corpus, index=corpus.parent / "index")}
    assert found["reranker"].ok
    monkeypatch.setenv("QA_RERANKER", str(model / "nothing"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    found = {check.name: check for check in examine(corpus, index=corpus.parent / "index")}
    assert not found["reranker"].ok
    assert "QA_RERANKER" in found["reranker"].advice

"""The store: what goes in comes out, BM25 finds it, and every thread and process sees the newest state."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from qa.acronyms import find_acronyms
from qa.errors import IndexFolderError, UnknownNoteError
from qa.index.store import Store, _near
from qa.notes import read_note
from qa.passages import passage_text, sentence_text, split_passages
from qa.terms import stems
from tests.indexing import HashingModel, open_index, write_notes

TABLE = """# Care homes

Beds by home, see the annex [here](http://example.org):

| Home | Beds |
|---|---|
| Larkrise | 96 |
| Fernley | 46.9 |

The U.S. paid $20,000 for covid-19 relief. The Office of Care Inspection (OCI) says "what's next".

- Plans:
  - Open **two** homes.
  - Close one.
"""
FRENCH = "# Santé\n\nLes infirmières ont reçu 20 000 doses à Québec. Elles n'ont pas payé.\n"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    corpus = tmp_path_factory.mktemp("store") / "corpus"
    write_notes(corpus, 3)
    (corpus / "homes").mkdir()
    (corpus / "homes" / "care #1.md").write_text(TABLE, "utf-8")
    (corpus / "sante.md").write_text(FRENCH, "utf-8")
    return corpus


@pytest.fixture(scope="module")
def store(corpus: Path) -> Iterator[Store]:
    index = open_index(corpus.parent / "index", corpus)
    index.sync()
    yield index.store
    index.close()


def test_a_note_comes_back_as_it_was_read(store: Store, corpus: Path) -> None:
    assert [note.note for note in store.notes()] == sorted(note.note for note in store.notes())
    for note in store.notes():
        content = read_note(corpus / note.note, note.note)
        assert store.note(note.note) == note == content.note
        assert store.text(note.note) == content.text
        assert store.blocks(note.note) == content.blocks
        assert [a for a in store.acronyms() if a.note == note.note] == list(find_acronyms(content))
    assert any(block.header for block in store.blocks("homes/care #1.md"))


def test_passages_and_their_vectors_come_back_as_they_were_made(store: Store, corpus: Path) -> None:
    model = HashingModel()
    for note in store.notes():
        content = read_note(corpus / note.note, note.note)
        passages = split_passages(content, model.count_tokens, model.max_tokens)
        ids = [passage.id for passage in passages]
        assert store.passages(ids) == passages
        vectors, signs = store.vectors(ids), store.signs(ids)
        assert list(signs) == ids
        for passage in passages:
            texts = [sentence_text(content.text, sentence) for sentence in passage.sentences]
            expected = model.encode([passage_text(content.text, passage), *texts])
            assert np.allclose(vectors[passage.id], expected[0], atol=1e-3)
            assert np.array_equal(signs[passage.id].vector, vectors[passage.id])
            assert np.allclose(signs[passage.id].vectors, expected[1:], atol=1e-3)
            assert np.allclose(np.linalg.norm(signs[passage.id].vectors, axis=1), 1.0, atol=1e-6)


def test_passages_come_in_the_order_asked_for_and_unknown_ones_are_left_out(store: Store) -> None:
    ids = list(reversed(store.passage_ids()))
    assert [passage.id for passage in store.passages(["nothing#0-1", *ids])] == ids
    assert store.passages([]) == ()
    assert store.vectors(["nothing#0-1"]) == store.signs(["nothing#0-1"]) == {}
    assert store.passage_count() == len(ids)


def test_passage_vectors_of_some_notes(store: Store) -> None:
    ids, vectors = store.passage_vectors(["sante.md", "homes/care #1.md"])
    assert ids == [id for id in store.passage_ids() if not id.startswith("note-")]
    assert vectors.shape == (len(ids), 64)
    assert vectors.dtype == np.float32
    none, empty = store.passage_vectors([])
    assert none == []
    assert empty.shape == (0, 64)


def test_an_unknown_note_is_named_with_its_neighbours(store: Store) -> None:
    for ask in (store.note, store.text, store.blocks):
        with pytest.raises(UnknownNoteError, match=r"note-01\.txt.*note-001\.txt"):
            ask("note-01.txt")


def test_a_name_that_no_file_can_have_is_an_unknown_note(store: Store) -> None:
    for name in ("\ud800.txt", "x" * 2_000_000):
        with pytest.raises(UnknownNoteError) as unknown:
            store.note(name)
        assert len(str(unknown.value)) < 500
        str(unknown.value).encode("utf-8")


@pytest.mark.parametrize(
    ("words", "note"),
    [
        ("46.9", "homes/care #1.md"),
        ("U.S. covid-19", "homes/care #1.md"),
        ("what's OCI", "homes/care #1.md"),
        ("link two homes", "homes/care #1.md"),
        ("infirmière québec", "sante.md"),
        ("20 000 doses", "sante.md"),
    ],
)
def test_words_are_found_whatever_marks_they_hold(store: Store, words: str, note: str) -> None:
    language = "fr" if note == "sante.md" else "en"
    assert store.lexical(stems(words, language), 1)[0][0].rpartition("#")[0] == note


@pytest.mark.parametrize("term", ['"', "a OR b", "NEAR(", "*", "", "body:x", "^x", "-"])
def test_a_term_is_never_syntax(store: Store, term: str) -> None:
    assert store.lexical([term], 5) == []
    assert store.document_frequencies([term]) == {term: 0}


def test_a_figure_is_one_term(store: Store) -> None:
    counts = store.document_frequencies(["46.9", "46", "9"])
    assert counts.pop("46.9") > 0
    assert counts == {"46": 0, "9": 0}


def test_markup_and_addresses_are_not_searched(store: Store) -> None:
    assert store.lexical(["example", "http"], 5) == []


def test_context_and_title_are_searched_and_count_less(store: Store) -> None:
    terms = stems("briefing 2")
    assert {id.rpartition("#")[0] for id, _ in store.lexical(terms, 2)} == {"note-002.txt"}
    hits = dict(store.lexical(stems("beds"), 10))
    light = dict(store.lexical(stems("beds"), 10, weights=(1.0, 0.0, 0.0)))
    assert hits.keys() == light.keys()
    assert all(hits[id] >= light[id] for id in hits)


def test_lexical_is_ordered_limited_and_filtered(store: Store) -> None:
    terms = stems("cases were counted in all partners")
    hits = store.lexical(terms, 100)
    assert hits == sorted(hits, key=lambda hit: (-hit[1], hit[0]))
    assert store.lexical(terms, 3) == hits[:3]
    only = store.lexical(terms, 100, ["note-001.txt"])
    assert only == [hit for hit in hits if hit[0].startswith("note-001.txt#")]
    assert store.lexical(terms, 100, []) == store.lexical([], 10) == store.lexical(terms, 0) == []
    assert store.lexical([*terms, *terms], 100) == hits


def test_document_frequencies_count_passages(store: Store) -> None:
    terms = stems("cases counted")
    counts = store.document_frequencies([*terms, "nowhere"])
    assert counts == {term: len(store.lexical([term], 1000)) for term in terms} | {"nowhere": 0}


def test_threads_share_a_store(store: Store) -> None:
    expected = store.passages(store.passage_ids())
    wrong: list[object] = []

    def read() -> None:
        try:
            for _ in range(20):
                if store.passages(store.passage_ids()) != expected:
                    wrong.append("other passages")
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_store_without_a_file_or_after_closing_says_so(tmp_path: Path, corpus: Path) -> None:
    with pytest.raises(IndexFolderError, match=r"no index in .* yet.*`qa index`"):
        Store(tmp_path).notes()
    index = open_index(tmp_path / "index", corpus)
    index.sync()
    index.close()
    with pytest.raises(IndexFolderError, match="closed"):
        index.store.notes()


def test_what_is_kept_in_memory_follows_every_sync(tmp_path: Path) -> None:
    """Also one of another process, and one that makes the index anew in the same place."""
    corpus, folder = tmp_path / "corpus", tmp_path / "index"
    with closing(open_index(folder, corpus)) as index, closing(open_index(folder, corpus)) as other:
        turns: list[tuple[str, str, dict[str, bool]]] = [
            ("Zebraa Office (ZO)", "ZO", {}),
            ("Zebrab Bureau (ZB)", "ZB", {"rebuild": True}),
            ("Zebrac Agency (ZA)", "ZA", {}),
            ("Zebrad Council (ZC)", "ZC", {"rebuild": True}),
        ]
        for turn, (name, short, options) in enumerate(turns):
            write_notes(corpus, 3 + turn, seed=turn)
            (corpus / "zebra.txt").write_text(f"Last week the {name} was opened.", "utf-8")
            with closing(open_index(folder, corpus, **options)) as made:
                (index if turn == 2 else made).sync()
            with closing(open_index(folder, corpus)) as fresh:
                assert [kept(index.store)] * 2 == [kept(other.store), kept(fresh.store)]
            assert index.store.passage_count() == len(index.store.passage_ids())
            assert [acronym.short for acronym in index.store.acronyms() if acronym.note == "zebra.txt"] == [short]
            assert index.store.known_terms(ZEBRAS) == {name[:6].lower(): 1}


def test_an_index_made_anew_by_its_own_owner_forgets_what_it_kept(tmp_path: Path) -> None:
    corpus, folder = tmp_path / "corpus", tmp_path / "index"
    write_notes(corpus, 3)
    with closing(open_index(folder, corpus)) as index:
        index.sync()
        before = kept(index.store)
        write_notes(corpus, 2, seed=1)
        (corpus / "note-002.txt").unlink()
        (folder / "index.sqlite").write_bytes(b"nonsense")
        assert index.sync().rebuilt
        assert kept(index.store) != before
        with closing(open_index(folder, corpus)) as fresh:
            assert kept(index.store) == kept(fresh.store)


ZEBRAS = ["zebraa", "zebrab", "zebrac", "zebrad", "zebrae"]


def kept(store: Store) -> list[object]:
    counts = store.document_frequencies(["briefing", "brief", "zebraa", "zebrab", "nowhere"])
    return [store.notes(), store.acronyms(), store.passage_count(), counts, store.known_terms(ZEBRAS)]


def test_names_that_are_like_each_other_by_their_ends_alone_are_not_offered() -> None:
    paths = ["hostile.md", "plans/harbours.md", "harbours.txt"]
    assert _near("nope.md", paths) == []
    assert _near("harbour.md", paths) == ["harbours.txt", "plans/harbours.md"]
    assert _near("plans/harbour.md", paths)[0] == "plans/harbours.md"

"""The index as a binder has it: what it refuses to open, what it mends by itself, and what it does without."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from qa.errors import (
    CorpusError,
    IndexFolderError,
    IndexMismatchError,
    IndexNotWritableError,
    IndexTooNewError,
)
from tests.indexing import HashingModel, contents, found, open_index, read_only, write_notes


@pytest.fixture(autouse=True)
def _as_of_many_passages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chroma proposes, as in a large binder; of few passages it is not asked."""
    monkeypatch.setattr("qa.index.COMPARED", 0)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everyone may enter, for the tests in which root becomes nobody."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name).resolve()
        place.chmod(0o755)
        write_notes(place / "corpus", 4)
        with closing(open_index(place / "index", place / "corpus")) as index:
            index.sync()
        yield place


@pytest.fixture
def expected(place: Path) -> Any:
    """What a sound index holds and finds."""
    with closing(open_index(place / "index", place / "corpus")) as index:
        return contents(index)


def opened(place: Path, **options: Any) -> Any:
    return closing(open_index(place / "index", place / "corpus", **options))


def change(place: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(place / "index" / "index.sqlite")) as connection:
        connection.execute(sql, values)
        connection.commit()


def test_a_folder_inside_the_corpus_or_with_other_files_is_refused(place: Path) -> None:
    corpus = place / "corpus"
    for folder in (corpus, corpus / "index"):
        with pytest.raises(IndexFolderError, match="inside the corpus"):
            open_index(folder, corpus)
    (place / "photos").mkdir()
    (place / "photos" / "cat.jpg").write_text("cat")
    with pytest.raises(IndexFolderError, match=r"holds other files \(cat\.jpg\)"):
        open_index(place / "photos", corpus, rebuild=True)
    with pytest.raises(IndexFolderError, match="is a file"):
        open_index(place / "photos" / "cat.jpg", corpus)
    (place / "empty").mkdir()
    (place / "empty" / "README.md").write_text("An index will be here.")
    (place / "empty" / ".gitkeep").touch()
    open_index(place / "empty", corpus).close()


def test_nothing_is_made_before_a_sync_and_nothing_where_there_are_no_notes(place: Path) -> None:
    with closing(open_index(place / "new", place / "corpus")) as index:
        assert not (place / "new").exists()
        with pytest.raises(IndexFolderError, match=r"no index in .* yet"):
            index.store.notes()
    with closing(open_index(place / "new", place / "nowhere")) as index, pytest.raises(CorpusError):
        index.sync()
    assert not (place / "new").exists()


def test_an_index_of_other_notes_is_refused_or_made_anew(place: Path) -> None:
    write_notes(place / "others", 2, seed=5)
    with pytest.raises(IndexMismatchError, match=r"corpus, not those in .*others\.\n.*`qa index --rebuild`"):
        open_index(place / "index", place / "others")
    with closing(open_index(place / "index", place / "others", rebuild=True)) as index:
        report = index.sync()
        assert (len(report.added), bool(report.rebuilt)) == (2, True)
        assert not index.sync().touched
        with closing(open_index(place / "scratch", place / "others")) as scratch:
            scratch.sync()
            assert contents(index) == contents(scratch)


def test_a_binder_may_be_moved(place: Path, expected: Any) -> None:
    (place / "moved").mkdir()
    for name in ("corpus", "index"):
        (place / name).rename(place / "moved" / name)
    with opened(place / "moved") as index:
        assert not index.sync().touched
        assert contents(index) == expected


def test_another_model_is_refused_when_it_is_known_to_be_another(place: Path) -> None:
    with pytest.raises(IndexMismatchError, match="embedding model hashing, not of other"):
        opened(place, embedding="other")
    other = HashingModel("hashing:other weights")
    with opened(place, model=other, embedding="hashing") as index:
        assert not index.sync().touched
        with pytest.raises(IndexMismatchError, match="fingerprint hashing:64, not with hashing:other weights"):
            index.dense(other.encode_query("anything"), 3)
        (place / "corpus" / "note-000.txt").write_text("A new text.", "utf-8")
        with pytest.raises(IndexMismatchError):
            index.sync()
    with opened(place, model=other, embedding="hashing", rebuild=True) as index:
        assert index.sync().embedded > 10
        assert index.dense(other.encode_query("A new text."), 1)[0][0].startswith("note-000.txt#")


def test_an_index_of_other_passage_rules_is_made_anew(place: Path, expected: Any) -> None:
    change(place, "UPDATE meta SET value = 'passages-0' WHERE key = 'rules'")
    with opened(place) as index:
        assert "another version of this program (passages-0)" in index.sync().rebuilt
        assert contents(index) == expected
        assert not index.sync().touched


def test_an_older_index_is_made_anew_and_a_newer_one_is_not_touched(place: Path, expected: Any) -> None:
    change(place, "UPDATE meta SET value = '99' WHERE key = 'version'")
    for options in ({}, {"rebuild": True}):
        with pytest.raises(IndexTooNewError, match="newer version"), opened(place, **options) as index:
            index.sync()
    change(place, "UPDATE meta SET value = '0' WHERE key = 'version'")
    with opened(place) as index:
        assert "older version" in index.sync().rebuilt
        assert contents(index) == expected


@pytest.mark.parametrize("how", ["cut", "overwritten", "text", "other", "page"])
def test_a_damaged_index_is_moved_aside_and_made_anew(place: Path, expected: Any, how: str) -> None:
    path = place / "index" / "index.sqlite"
    if how == "cut":
        os.truncate(path, path.stat().st_size // 2)
    elif how == "page":
        with path.open("r+b") as file:
            file.seek(4096 * 6)
            file.write(b"\xff" * 4096 * 20)
    elif how == "other":
        path.unlink()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE cats (name)")
    else:
        path.write_bytes(b"nonsense" * 1000 if how == "text" else bytes(path.stat().st_size))
    damaged = path.read_bytes()
    (place / "index" / "index.sqlite.damaged").write_text("of an earlier time")
    with opened(place) as index:
        report = index.sync()
        assert "damaged" in report.rebuilt
        assert len(report.added) == 4
        assert contents(index) == expected
        assert not index.sync().touched
    assert (place / "index" / "index.sqlite.damaged").read_bytes() == damaged


def test_an_index_that_was_begun_and_never_made_is_made(place: Path, expected: Any) -> None:
    (place / "index" / "index.sqlite").write_bytes(b"")
    with opened(place) as index:
        report = index.sync()
        assert not report.rebuilt
        assert contents(index) == expected


def test_an_open_index_follows_one_that_another_made_anew(place: Path, expected: Any) -> None:
    with opened(place) as index:
        assert contents(index) == expected
        (place / "index" / "index.sqlite").write_bytes(b"nonsense")
        with pytest.raises(IndexFolderError, match="`qa index`"):
            contents(index)
        with opened(place) as other:
            other.sync()
        assert contents(index) == expected


@pytest.mark.parametrize("how", ["deleted", "cut", "older", "emptied"])
def test_chroma_is_done_without_and_then_mended_without_embedding(place: Path, expected: Any, how: str) -> None:
    chroma = place / "index" / "chroma"
    if how == "older":
        shutil.copytree(chroma, place / "copy")
        write_notes(place / "corpus", 4, seed=9)
        with opened(place) as index:
            index.sync()
        write_notes(place / "corpus", 4)
        with opened(place) as index:
            index.sync()
    if how == "cut":
        os.truncate(chroma / "chroma.sqlite3", 5000)
    else:
        shutil.rmtree(chroma)
    if how == "emptied":
        chroma.mkdir()
    elif how == "older":
        shutil.copytree(place / "copy", chroma)
    model = HashingModel()
    with opened(place, model=model) as index:
        assert found(index) == expected[-2]
        assert [notice.kind for notice in index.notices] == ["index"]
        with opened(place) as other:
            assert found(other) == expected[-2]
        report = index.sync()
        assert not report.touched
        assert index.notices == ()
        assert contents(index) == expected
        assert index._propose(model.encode_query("cases"), 3, None) is not None
    assert not [text for text in model.encoded if text != "cases"]


def test_of_few_passages_all_are_compared_and_the_same_is_found(
    place: Path, expected: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.index.COMPARED", 10_000)
    with opened(place) as index:
        monkeypatch.setattr(index, "_propose", None)
        assert contents(index) == expected
        some = [note.note for note in index.store.notes()][:2]
        vector = HashingModel().encode_query("cases")
        hits = index.dense(vector, 5, some)
        assert hits
        assert {id.rpartition("#")[0] for id, _ in hits} <= set(some)
    with opened(place) as index:
        monkeypatch.setattr("qa.index.COMPARED", 0)
        assert index.dense(vector, 5, some) == hits


def test_what_is_read_in_a_snapshot_is_of_one_state_though_a_sync_finishes_meanwhile(place: Path) -> None:
    with opened(place) as index, opened(place) as other:
        before, query = index.store.notes(), HashingModel().encode_query("cases")
        found_before = index.dense(query, 3)
        with index.store.snapshot():
            state = index.store.state()
            (place / "corpus" / "note-000.txt").unlink()
            assert other.sync().removed == ("note-000.txt",)
            assert index.store.state() == state != index.store.latest_state()
            assert index.store.notes() == before
            assert index.store.text("note-000.txt")
            assert index.dense(query, 3) == found_before
            assert index.store.passages([id for id, _ in found_before])
        assert [note.note for note in index.store.notes()] == [note.note for note in before][1:]
        assert index.notices == ()
        assert not index.sync().touched  # Chroma was ahead of the search, and is not thought to be damaged
        assert index._propose(query, 3, None) is not None


def test_a_read_only_folder_is_searched_and_not_written(place: Path, expected: Any) -> None:
    with opened(place) as index:
        index.dense(HashingModel().encode_query("Chroma is imported while it may be."), 1)
    with read_only(place / "index"), opened(place) as index:
        assert not index.sync().touched
        assert contents(index)[:-1] == expected[:-1]
        assert [notice.kind for notice in index.notices] == ["index"]
    (place / "corpus" / "note-000.txt").unlink()
    with read_only(place / "index"), opened(place) as index:
        with pytest.raises(IndexNotWritableError, match="out of date and the folder cannot be written"):
            index.sync()
        assert len(index.store.notes()) == 4
    with opened(place) as index:
        assert len(index.sync().removed) == 1
        assert not index.notices


def test_a_folder_that_cannot_be_made_is_named(place: Path) -> None:
    (place / "locked").mkdir()
    with (
        read_only(place / "locked"),
        closing(open_index(place / "locked" / "index", place / "corpus")) as index,
        pytest.raises(IndexNotWritableError, match="locked/index"),
    ):
        index.sync()


def test_rebuilding_takes_away_only_what_is_ours(place: Path, expected: Any) -> None:
    for name in ("README.md", "notes of my own.txt"):
        (place / "index" / name).write_text("mine")
    model = HashingModel()
    with opened(place, model=model, rebuild=True) as index:
        report = index.sync()
        assert report.rebuilt
        assert report.embedded == len(model.encoded) > 10
        assert contents(index) == expected
    assert {path.name for path in (place / "index").iterdir()} == {
        "README.md",
        "chroma",
        "index.sqlite",
        "notes of my own.txt",
        "write.lock",
    }


def test_dense_is_filtered_limited_and_ordered(place: Path) -> None:
    with opened(place) as index:
        vector = HashingModel().encode_query("cyber threats to the border")
        hits = index.dense(vector, 100)
        assert len(hits) == index.store.passage_count()
        assert hits == sorted(hits, key=lambda hit: (-hit[1], hit[0]))
        assert index.dense(vector * 3, 5) == hits[:5]
        only = index.dense(vector, 3, ["note-002.txt"])
        assert only == [hit for hit in hits if hit[0].startswith("note-002.txt#")][:3]
        assert index.dense(vector, 3, ["note-002.txt", *map(str, range(2000))]) == only
        assert index.dense(vector, 3, ["unknown"]) == index.dense(vector, 3, []) == index.dense(vector, 0) == []


def test_ties_are_ordered_by_id(place: Path) -> None:
    text = (place / "corpus" / "note-000.txt").read_text("utf-8")
    for number in range(30):
        (place / "corpus" / f"twin-{29 - number:02}.txt").write_text(text + "\n" * number, "utf-8")
    with opened(place) as index:
        index.sync()
        passage = next(id for id in index.store.passage_ids() if id.startswith("twin-05.txt#"))
        vector = index.store.vectors([passage])[passage]
        span = passage.rpartition("#")[2]
        expected = [f"note-000.txt#{span}", *(f"twin-{number:02}.txt#{span}" for number in range(9))]
        assert [id for id, _ in index.dense(vector, 10)] == expected
        shutil.rmtree(place / "index" / "chroma")
        with opened(place) as without:
            assert without.dense(vector, 10) == index.dense(vector, 10)


def test_a_closed_index_lets_its_folder_go(place: Path) -> None:
    for _ in range(2):
        with opened(place) as index:
            index.sync()
            assert found(index)
        patience = time.monotonic() + 60  # Chroma's threads close their files in their own time
        while (held := [name for name in _open_files() if str(place) in name]) and time.monotonic() < patience:
            time.sleep(0.01)
        assert not held
        shutil.rmtree(place / "index")


def _open_files() -> list[str]:
    names = []
    for path in Path("/proc/self/fd").glob("*"):
        with suppress(OSError):
            names.append(os.readlink(path))
    return names

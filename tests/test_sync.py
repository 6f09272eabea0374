"""Folder -> index: what a sync does, repeats, refuses, and survives."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from qa.errors import CorpusError, EmbeddingError, IndexBusyError
from qa.index import Index
from qa.index.records import State
from qa.index.vectors import VectorIndex
from qa.schema import Progress
from tests.indexing import QUERIES, ROOT, HashingModel, contents, found, open_index, write_notes

TIMES_OUT = 300


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write_notes(tmp_path / "corpus", 4)
    return tmp_path / "corpus"


@pytest.fixture
def model() -> HashingModel:
    return HashingModel()


@pytest.fixture
def index(tmp_path: Path, corpus: Path, model: HashingModel) -> Any:
    opened = open_index(tmp_path / "index", corpus, model)
    opened.sync()
    model.encoded.clear()
    yield opened
    opened.close()


def test_a_first_sync_adds_all_and_tells_its_progress(tmp_path: Path, corpus: Path, model: HashingModel) -> None:
    steps: list[Progress] = []
    index = open_index(tmp_path / "index", corpus, model)
    report = index.sync(steps.append)
    assert report.added == tuple(f"note-{number:03}.txt" for number in range(4))
    assert report.touched
    assert not report.rebuilt
    assert report.passages == index.store.passage_count() > 8
    assert report.embedded == len(model.encoded) == len(set(model.encoded))
    assert [step.name for step in steps if step.stage == "read"] == [*report.added, ""]
    embedding = [step for step in steps if step.stage == "embed"]
    assert (embedding[0].done, embedding[-1].done) == (0, report.embedded)
    assert {step.total for step in embedding} == {report.embedded}
    index.close()


def test_a_second_sync_loads_and_writes_nothing(tmp_path: Path, corpus: Path, index: Index) -> None:
    index.close()

    def model() -> HashingModel:
        raise AssertionError("the model was loaded")

    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "index").rglob("*")}
    again = Index.open(tmp_path / "index", corpus=corpus, model=model, embedding="hashing")
    report = again.sync(lambda step: pytest.fail(str(step)))
    assert (report.unchanged, report.touched, report.embedded) == (4, False, 0)
    assert again.store.generation == 1
    again.close()
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "index").rglob("*")} == before


@pytest.mark.slow
def test_a_second_sync_does_not_import_chroma(tmp_path: Path, corpus: Path, index: Index) -> None:
    index.close()
    code = (
        "import sys; from tests.indexing import *; index = open_index(Path(sys.argv[1]), Path(sys.argv[2]));"
        "index.sync(); index.close(); print('chromadb' in sys.modules)"
    )
    assert _python(code, tmp_path / "index", corpus).strip() == "False"


def test_a_changed_note_is_embedded_only_where_it_changed(corpus: Path, index: Index, model: HashingModel) -> None:
    path = corpus / "note-002.txt"
    path.write_text(path.read_text("utf-8") + "\nThe very last word is zeppelin.\n", "utf-8")
    report = index.sync()
    assert (report.added, report.changed, report.removed, report.unchanged) == ((), ("note-002.txt",), (), 3)
    assert model.encoded
    assert len(model.encoded) <= 4
    assert all("zeppelin" in text for text in model.encoded)
    assert index.store.generation == 2
    new = index.store.lexical(["zeppelin"], 1)[0][0]
    assert index.dense(index.store.vectors([new])[new], 1) == [(new, 1.0)]


def test_what_two_notes_share_is_embedded_once(tmp_path: Path, index: Index, corpus: Path, model: HashingModel) -> None:
    one, two = "The shared levy is $5 million a year.", "Its reserve is $2 million in all."
    (corpus / "one.txt").write_text(f"First\n\n{one} {two}\n", "utf-8")
    index.sync()
    model.encoded.clear()
    # A passage of a single sentence has the text of a sentence of another note, and the other way round.
    (corpus / "two.txt").write_text(f"First\n\n{one}\n\nSecond\n\n{two} Nothing else is known.\n", "utf-8")
    index.sync()
    assert one not in model.encoded
    assert two not in model.encoded
    (corpus / "one.txt").unlink()
    index.sync()
    with closing(open_index(tmp_path / "anew", corpus)) as anew:
        anew.sync()
        assert contents(index) == contents(anew)


def test_the_file_has_no_room_left_over(tmp_path: Path) -> None:
    write_notes(tmp_path / "many", 60)
    with closing(open_index(tmp_path / "filled", tmp_path / "many")) as index:
        index.sync()
        with index.store.connections.reading() as connection:
            (pages,), (free,) = (
                connection.execute(f"PRAGMA {of}").fetchone() for of in ("page_count", "freelist_count")
            )
    assert pages > 100
    assert free < pages / 10


def test_chroma_is_changed_and_not_made_anew_and_meanwhile_nobody_searches_it(
    corpus: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    update = VectorIndex.update

    def watched(self: VectorIndex, state: State, changed: Any, *rest: Any) -> None:
        seen.append((state.vectors_generation, index.store.state().vectors_generation, len(changed)))
        update(self, state, changed, *rest)

    monkeypatch.setattr(VectorIndex, "update", watched)
    monkeypatch.setattr(VectorIndex, "rebuild", lambda *_: pytest.fail("made anew"))
    path = corpus / "note-002.txt"
    passages = [id for id in index.store.passage_ids() if id.startswith(path.name)]
    path.unlink()
    index.sync()
    (corpus / "new.txt").write_text("One passage.", "utf-8")
    index.sync()
    assert seen == [(1, 0, len(passages)), (2, 0, 1)]
    assert index.store.pending() == ()


def test_a_renamed_or_touched_note_is_not_embedded_again(corpus: Path, index: Index, model: HashingModel) -> None:
    (corpus / "note-001.txt").rename(corpus / "a renamed.txt")
    report = index.sync()
    assert (report.added, report.removed, report.embedded) == (("a renamed.txt",), ("note-001.txt",), 0)
    (corpus / "note-002.txt").touch()
    assert not index.sync().touched
    assert index.store.known()["note-002.txt"].mtime_ns == (corpus / "note-002.txt").stat().st_mtime_ns
    assert not model.encoded
    assert {id.rpartition("#")[0] for id, _ in index.dense(model.encode_query("cases"), 100)} == {
        note.note for note in index.store.notes()
    }


def test_a_removed_note_leaves_nothing_behind(tmp_path: Path, corpus: Path, index: Index) -> None:
    (corpus / "note-003.txt").unlink()
    assert index.sync().removed == ("note-003.txt",)
    scratch = open_index(tmp_path / "scratch", corpus)
    scratch.sync()
    assert contents(index) == contents(scratch)
    scratch.close()


def test_notes_toml_changes_what_is_known_of_a_note(corpus: Path, index: Index, model: HashingModel) -> None:
    (corpus / "notes.toml").write_text('["note-001.txt"]\ntitle = "Lobster quotas"\ndate = 2022-02-23\n', "utf-8")
    assert index.sync().changed == ("note-001.txt",)
    assert index.store.note("note-001.txt").title == "Lobster quotas"
    assert index.store.lexical(["lobster"], 1)[0][0].startswith("note-001.txt#")
    assert not index.sync().touched
    (corpus / "notes.toml").unlink()
    assert index.sync().changed == ("note-001.txt",)
    assert index.store.note("note-001.txt").date is None


def test_problems_are_in_every_report(corpus: Path, index: Index) -> None:
    (corpus / "broken.txt").write_bytes(b"\0\1\2" * 100)
    (corpus / "old.txt").write_bytes("Élections: the U.S. voted in Québec, of all places.".encode("cp1252"))
    (corpus / "picture.png").write_bytes(b"x")
    report = index.sync()
    assert report.added == ("old.txt",)
    assert [(problem.note, problem.read) for problem in report.problems] == [
        ("broken.txt", False),
        ("old.txt", True),
        ("picture.png", False),
    ]
    again = index.sync()
    assert again.problems == report.problems
    assert not again.touched
    (corpus / "broken.txt").write_text("It is mended now.", "utf-8")
    assert index.sync().added == ("broken.txt",)


def test_a_note_that_can_no_longer_be_read_leaves_the_index(corpus: Path, index: Index) -> None:
    (corpus / "note-000.txt").write_bytes(bytes(100))
    report = index.sync()
    assert report.removed == ("note-000.txt",)
    assert [(problem.note, problem.read) for problem in report.problems] == [("note-000.txt", False)]
    assert "note-000.txt" not in {note.note for note in index.store.notes()}
    assert not index.sync().touched


def test_two_notes_with_one_content_are_one(corpus: Path, index: Index, model: HashingModel) -> None:
    shutil.copy(corpus / "note-001.txt", corpus / "note-001 copy.txt")
    shutil.copy(corpus / "note-001.txt", corpus / "z.txt")
    report = index.sync()
    assert (report.added, report.removed) == (("note-001 copy.txt",), ("note-001.txt",))
    assert {problem.note for problem in report.problems} == {"note-001.txt", "z.txt"}
    assert all("same content as note-001 copy.txt" in problem.message for problem in report.problems)
    assert index.sync().problems == report.problems
    (corpus / "note-001 copy.txt").unlink()
    report = index.sync()
    assert (report.added, report.removed) == (("note-001.txt",), ("note-001 copy.txt",))
    assert not model.encoded


def test_a_corpus_without_notes_leaves_the_index_as_it_is(corpus: Path, index: Index) -> None:
    expected = contents(index)
    for path in corpus.iterdir():
        path.unlink()
    with pytest.raises(CorpusError, match=r"no notes .*\.txt"):
        index.sync()
    (corpus / "broken.txt").write_bytes(bytes(100))
    with pytest.raises(CorpusError, match=r"broken\.txt: The file is binary"):
        index.sync()
    corpus.rename(corpus.with_name("elsewhere"))
    with pytest.raises(CorpusError, match="does not exist"):
        index.sync()
    assert contents(index) == expected


@pytest.mark.slow
def test_a_failing_model_leaves_the_index_as_it_is_and_keeps_what_it_gave(corpus: Path, index: Index) -> None:
    class Failing(HashingModel):
        def encode(self, texts: Any) -> Any:
            if len(self.encoded) > 100:
                raise EmbeddingError("Out of memory.")
            return super().encode(texts)

    expected = contents(index)
    write_notes(corpus, 8, seed=1)
    failing = open_index(corpus.parent / "index", corpus, Failing())
    with pytest.raises(EmbeddingError, match="memory"):
        failing.sync()
    kept = contents(failing)
    kept[-3]["vectors"] = expected[-3]["vectors"]
    assert kept == expected
    failing.close()
    model = HashingModel()
    resumed = open_index(corpus.parent / "index", corpus, model)
    resumed.sync()
    whole = HashingModel()
    scratch = open_index(corpus.parent / "scratch", corpus, whole)
    scratch.sync()
    assert len(model.encoded) < len(whole.encoded) - 100
    assert contents(resumed) == contents(scratch)
    resumed.close()
    scratch.close()


def test_a_writer_waits_its_turn_and_then_no_longer(tmp_path: Path, corpus: Path, index: Index) -> None:
    (corpus / "note-000.txt").unlink()
    steps: list[Progress] = []
    with FileLock(tmp_path / "index" / "write.lock"), pytest.raises(IndexBusyError, match="Another process is writing"):
        index.sync(steps.append, timeout=0.2)
    assert steps == [Progress("wait", 0, 0)]
    assert index.sync().removed == ("note-000.txt",)


@pytest.mark.slow
def test_two_processes_that_sync_at_once_do_the_work_once(tmp_path: Path, corpus: Path) -> None:
    write_notes(corpus, 20)
    code = (
        "import sys; from tests.indexing import *; index = open_index(Path(sys.argv[1]), Path(sys.argv[2]));"
        "report = index.sync(); print(len(report.added), len(index.dense(HashingModel().encode_query('x'), 500)))"
    )
    writers = [_start(code, tmp_path / "index", corpus) for _ in range(2)]
    said = sorted(writer.communicate(timeout=TIMES_OUT)[0] for writer in writers)
    passages = said[0].split()[1]
    assert said == [f"0 {passages}\n", f"20 {passages}\n"]


def test_an_open_reader_sees_a_finished_sync(tmp_path: Path, corpus: Path, index: Index) -> None:
    code = (
        "import sys, json; from tests.indexing import *; index = open_index(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "for line in sys.stdin: print(json.dumps([found(index), len(index.notices)]), flush=True)"
    )
    reader = _start(code, tmp_path / "index", corpus)
    assert reader.stdin
    assert reader.stdout
    seen = []
    for change in range(3):
        if change:
            write_notes(corpus, 4, seed=change)
            index.sync()
        reader.stdin.write("\n")
        reader.stdin.flush()
        seen.append(json.loads(reader.stdout.readline()))
        assert seen[-1] == json.loads(json.dumps([found(index), 0]))
    assert seen[0] != seen[1] != seen[2]
    reader.communicate(timeout=TIMES_OUT)


# A process that is killed does not clean up: it is a copy (fork) of one that has loaded all and opened nothing.
KILLED = """
import json, os, random, shutil, signal, sys, time
import chromadb.api.client, chromadb.config, filelock
from qa.sentences import sentence_spans
from tests.indexing import *

sentence_spans("Loaded. Once.", 0, 13), stems("loaded once")
place, trials, chance = Path(sys.argv[1]), int(sys.argv[2]), random.Random(sys.argv[2])
states = [place / "first", place / "second"]
write_notes(states[0], 7)
write_notes(states[1], 6, seed=1)
for number in range(3):
    shutil.copy(states[0] / f"note-00{number}.txt", states[1])

def forked(work):
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    return child

def sync(folder, corpus, out=None):
    index = open_index(folder, corpus)
    index.sync()
    if out:
        out.write_text(json.dumps([contents(index), index.store.state()[2] == index.store.generation]))
    index.close()

def whole(folder, corpus):
    out = place / "contents.json"
    status = os.waitpid(forked(lambda: sync(folder, corpus, out)), 0)[1]
    assert status == 0, status
    return json.loads(out.read_text())

corpus, folder = place / "corpus", place / "index"
expected, seconds = [], []
for number, state in enumerate(states):
    shutil.copytree(state, corpus, dirs_exist_ok=False)
    started = time.perf_counter()
    os.waitpid(forked(lambda: sync(place / f"scratch{number}", corpus)), 0)
    seconds.append(time.perf_counter() - started)
    expected.append(whole(place / f"scratch{number}", corpus))
    shutil.rmtree(corpus)
killed = wrong = 0
for trial in range(trials):
    shutil.rmtree(corpus, ignore_errors=True)
    shutil.copytree(states[trial % 2], corpus)
    child = forked(lambda: sync(folder, corpus))
    time.sleep(chance.uniform(0, min(seconds)))
    os.kill(child, signal.SIGKILL)
    killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
    wrong += whole(folder, corpus) != expected[trial % 2]
print(json.dumps([killed, wrong]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("trials", [30])
def test_a_sync_that_is_killed_is_completed_by_the_next(tmp_path: Path, trials: int) -> None:
    killed, wrong = json.loads(_python(KILLED, tmp_path, trials))
    assert wrong == 0
    assert killed >= trials // 3


@pytest.mark.slow
def test_the_exact_product_finds_the_same(corpus: Path, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.index.COMPARED", 0)  # Chroma proposes, as in a large binder
    write_notes(corpus, 40, seed=3, paragraphs=10)
    index.sync()
    assert index.store.passage_count() > 200
    by_chroma = found(index, 25)
    assert index._propose(HashingModel().encode_query(QUERIES[0]), 25, None) is not None
    shutil.rmtree(corpus.parent / "index" / "chroma")
    without = open_index(corpus.parent / "index", corpus)
    assert found(without, 25) == by_chroma
    assert [notice.kind for notice in without.notices] == ["index"]
    without.close()


def _python(code: str, *arguments: object) -> str:
    process = _start(code, *arguments)
    out, _ = process.communicate(timeout=TIMES_OUT * 5)
    assert process.returncode == 0
    return str(out)


def _start(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_change_that_leaves_size_and_time_as_they_were_is_found_where_every_file_is_looked_into(
    tmp_path: Path, corpus: Path
) -> None:
    note = corpus / "note-000.txt"
    with closing(open_index(tmp_path / "index", corpus)) as index:
        index.sync()
    before, text = note.stat(), note.read_text("utf-8")
    note.write_text(text.swapcase(), "utf-8")
    os.utime(note, ns=(before.st_atime_ns, before.st_mtime_ns))
    with closing(open_index(tmp_path / "index", corpus)) as index:
        assert not index.sync().touched
    with closing(open_index(tmp_path / "index", corpus, rehash=True)) as index:
        assert index.sync().changed == ("note-000.txt",)
        assert not index.sync().touched

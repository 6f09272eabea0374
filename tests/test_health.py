"""`qa doctor`: each kind of damage is done for real, is found, and is gone after the command that the advice names."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from qa.binder import Binder
from qa.cli import main
from qa.doctor import examine as examine_all
from qa.doctor import file_system
from qa.errors import EmbeddingError
from qa.index.health import examine
from qa.schema import Check
from tests.conftest import CORPUS
from tests.indexing import ROOT, HashingModel, contents, open_index, read_only, write_notes
from tests.timing import seconds_of_processes


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("sound")
    write_notes(place / "corpus", 3, paragraphs=3)
    (place / "corpus" / "funds.txt").write_text("The Border Fund (BF) has $5 million.\n\n- One.\n- Two.\n", "utf-8")
    sync(place)
    return place


@pytest.fixture
def place(sound: Path, tmp_path: Path) -> Path:
    """A copy of a binder where all is well, to be damaged."""
    return Path(shutil.copytree(sound, tmp_path / "binder"))


def sync(place: Path, model: HashingModel | None = None, **options: Any) -> None:
    """What `qa index` does."""
    with closing(open_index(place / "index", place / "corpus", model, **options)) as index:
        index.sync(thorough=True)


def checks(place: Path, model: HashingModel | None = None) -> dict[str, Check]:
    made = model or HashingModel()
    found = examine(place / "index", place / "corpus", lambda: made)
    assert len({check.name for check in found}) == len(found)
    assert all(check.ok or check.advice for check in found)
    return {check.name: check for check in found}


def faults(place: Path, model: HashingModel | None = None) -> dict[str, Check]:
    return {name: check for name, check in checks(place, model).items() if not check.ok}


def follow(check: Check, place: Path, model: HashingModel | None = None) -> None:
    """Does what the advice says."""
    assert "`qa index" in check.advice
    sync(place, model, rebuild="`qa index --rebuild`" in check.advice)


def change(place: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(place / "index" / "index.sqlite")) as connection:
        connection.execute(sql, values)
        connection.commit()


def chroma(place: Path, work: Callable[[Any], None]) -> None:
    """Does something to Chroma's collection, behind the program's back."""
    import chromadb

    with chromadb.PersistentClient(str(place / "index" / "chroma")) as client:
        work(client.get_collection("passages", embedding_function=None))


def test_nothing_is_found_where_nothing_is_wrong_and_nothing_is_written(place: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (place / "index").rglob("*") if "chroma" not in str(path)}
    found = checks(place)
    assert all(check.ok for check in found.values()), found
    assert list(found) == [
        "folders",
        "disk",
        "packages",
        "index",
        "notes",
        "reading",
        "database",
        "rows",
        "texts",
        "model",
        "vectors",
    ]
    assert {path: path.stat().st_mtime_ns for path in before if path.exists()} == before
    with closing(open_index(place / "index", place / "corpus")) as index:
        assert f"{index.store.passage_count()} passages" in found["index"].message
        assert f"{index.store.passage_count()} were searched for" in found["vectors"].message


def _rewrite(place: Path) -> None:
    (place / "corpus" / "funds.txt").write_text("Other words.", "utf-8")


def _add_remove(place: Path) -> None:
    (place / "corpus" / "new.txt").write_text("New words.", "utf-8")
    (place / "corpus" / "funds.txt").unlink()


@pytest.mark.parametrize(
    ("happens", "words"),
    [(_rewrite, "1 changed (funds.txt)"), (_add_remove, "1 new (new.txt), 1 removed (funds.txt)")],
)
def test_notes_that_changed_since_are_named(place: Path, happens: Callable[[Path], None], words: str) -> None:
    happens(place)
    found = faults(place)
    assert list(found) == ["notes"]
    assert words in found["notes"].message
    follow(found["notes"], place)
    assert not faults(place)


def test_files_that_are_not_read_are_named_with_the_reason(place: Path) -> None:
    (place / "corpus" / "broken.txt").write_bytes(b"\0\1\2" * 100)
    (place / "corpus" / "old.txt").write_bytes("Élections au Québec, de tous les lieux possibles.".encode("cp1252"))
    assert "2 new" in faults(place)["notes"].message
    sync(place)
    found = faults(place)
    assert list(found) == ["reading"]
    assert "1 not read, 1 read with a doubt. broken.txt: " in found["reading"].message
    (place / "corpus" / "broken.txt").unlink()
    sync(place)
    assert not faults(place)
    assert "1 read with a doubt" in checks(place)["reading"].message


FIRST = "WHERE id = (SELECT min(vector_id) FROM passages)"
ORPHANS = {
    "DELETE FROM notes WHERE note = 'funds.txt'": "passages without a note",
    "DELETE FROM passages WHERE note = 'funds.txt'": "sentences without a passage",
    "DELETE FROM sentences WHERE passage = 1": "passages without a sentence",
    "DELETE FROM stems WHERE rowid = 1": "1 passages that the word search lacks",
    "INSERT INTO stems (rowid, body, context, title) VALUES (9999, 'a', 'b', 'c')": "word search without a passage",
    "INSERT INTO vectors (hash, vector) SELECT x'00', vector FROM vectors LIMIT 1": "1 vectors that nothing uses",
    "DELETE FROM vectors WHERE id = (SELECT vector_id FROM passages LIMIT 1)": "passages without a vector",
    "DELETE FROM signs WHERE passage = 1": "1 passages without signs",
    "INSERT INTO signs SELECT 9999, headings, own, lead_ins, vectors FROM signs LIMIT 1": "1 signs without a passage",
    "UPDATE signs SET vectors = substr(vectors, 3) WHERE passage = 1": "1 passages whose signs are not",
    "UPDATE signs SET own = own || char(10) || 'more' WHERE passage = 1": "1 passages whose signs are not of",
    f"UPDATE vectors SET vector = x'0000' {FIRST}": "1 vectors that are none",
    f"UPDATE vectors SET vector = zeroblob(length(vector)) {FIRST}": "1 vectors that are none",
    "INSERT INTO acronyms VALUES ('gone.txt', 0, 'A', 'B', 0, 1)": "1 acronyms without a note",
    "INSERT INTO blocks SELECT 'gone.txt', position, kind, start, stop, level, headings, lead_in, header, caption,"
    " series, page FROM blocks LIMIT 1": "1 blocks without a note",
}


@pytest.mark.parametrize("damage", ORPHANS)
def test_rows_that_belong_to_nothing_are_counted(place: Path, damage: str) -> None:
    change(place, damage)
    found = faults(place)
    assert ORPHANS[damage] in found["rows"].message
    follow(found["rows"], place)
    assert not faults(place)


def test_vectors_that_a_stopped_sync_left_are_not_counted(place: Path) -> None:
    change(place, "INSERT INTO vectors (hash, vector) SELECT x'00', vector FROM vectors LIMIT 1")
    (place / "corpus" / "new.txt").write_text("New words.", "utf-8")
    found = faults(place)
    assert list(found) == ["notes"]
    follow(found["notes"], place)
    assert not faults(place)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE notes SET text = replace(text, 'million', 'billion') WHERE note = 'funds.txt'",
        "UPDATE notes SET text = substr(text, 1, 30) WHERE note = 'funds.txt'",
        "UPDATE sentences SET start = start + 1 WHERE passage = 2 AND position = 1",
        "UPDATE passages SET stop = stop + 1 WHERE number = 2",
        "UPDATE passages SET context = '[[900000, 900001]]' WHERE number = 2",
        "UPDATE blocks SET stop = 900000 WHERE note = 'funds.txt' AND position = 0",
    ],
)
def test_spans_that_no_longer_give_the_text_are_named(place: Path, damage: str) -> None:
    change(place, damage)
    found = faults(place)
    assert "not what was indexed: " in found["texts"].message
    follow(found["texts"], place)
    assert not faults(place)


def test_a_byte_flipped_in_the_text_is_found(place: Path) -> None:
    path = place / "index" / "index.sqlite"
    data = path.read_bytes()
    assert b"$5 million" in data
    path.write_bytes(data.replace(b"$5 million", b"$6 million"))
    found = faults(place)
    assert set(found) <= {"texts", "model"}
    assert "funds.txt#0-" in found["texts"].message
    follow(found["texts"], place)
    assert not faults(place)


def test_a_damaged_page_is_found_and_the_file_that_was_moved_aside_is_told_of(place: Path) -> None:
    with (place / "index" / "index.sqlite").open("r+b") as file:
        file.seek(4096 * 6)
        file.write(b"\xff" * 4096 * 20)
    found = faults(place)
    assert "The index was damaged" in found["index"].message
    assert found["index"].advice == "Run `qa index`."
    follow(found["index"], place)
    found = faults(place)
    assert list(found) == ["disk"]
    assert "index.sqlite.damaged" in found["disk"].message
    (place / "index" / "index.sqlite.damaged").unlink()
    assert not faults(place)


def test_what_only_the_full_check_of_sqlite_finds_is_found(place: Path) -> None:
    change(place, "PRAGMA writable_schema = ON")
    with closing(sqlite3.connect(place / "index" / "index.sqlite")) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        # The index on passages(note) is now taken for one on another column, and does not hold what it should.
        connection.execute(
            "UPDATE sqlite_master SET sql = 'CREATE INDEX passages_by_note ON passages (section)'"
            " WHERE name = 'passages_by_note'"
        )
        connection.commit()
    found = faults(place)
    assert "index.sqlite is damaged: " in found["database"].message
    follow(found["database"], place)
    assert not faults(place)


def test_a_damaged_word_search_is_found(place: Path) -> None:
    change(place, "UPDATE stems_data SET block = zeroblob(length(block)) WHERE id > 10")
    found = faults(place)
    assert "The word search" in found["database"].message
    follow(found["database"], place)
    assert not faults(place)


def _lose(collection: Any) -> None:
    collection.delete(ids=collection.get(limit=1)["ids"])


def _swap_ids(collection: Any) -> None:
    _lose(collection)
    collection.add(ids=["strange.txt#0-1"], embeddings=[[1.0] * 64], metadatas=[{"note": "strange.txt"}])


def _other_vector(collection: Any) -> None:
    collection.update(ids=collection.get(limit=1)["ids"], embeddings=[[1.0] * 64])


@pytest.mark.parametrize(
    ("damage", "words"),
    [(_lose, "vectors and not"), (_swap_ids, "Chroma lacks "), (_other_vector, "by its own vector")],
)
def test_a_chroma_that_is_other_is_found_by_searching_it(
    place: Path, damage: Callable[[Any], None], words: str
) -> None:
    with closing(open_index(place / "index", place / "corpus")) as index:
        expected = contents(index)
    chroma(place, damage)
    found = faults(place)
    assert list(found) == ["vectors"]
    assert words in found["vectors"].message
    assert found["vectors"].advice == "Run `qa index`."
    follow(found["vectors"], place)
    assert not faults(place)
    with closing(open_index(place / "index", place / "corpus")) as index:
        assert contents(index) == expected


@pytest.mark.parametrize("damage", ["deleted", "behind"])
def test_a_chroma_that_is_gone_or_behind_is_found(place: Path, damage: str) -> None:
    if damage == "deleted":
        shutil.rmtree(place / "index" / "chroma")
    else:
        change(place, "UPDATE meta SET value = '0' WHERE key = 'vectors_generation'")
    found = faults(place)
    assert list(found) == ["vectors"]
    follow(found["vectors"], place)
    assert not faults(place)


class Shifted(HashingModel):
    """Says that it is the model of the index, and is not."""

    def _vectors(self, texts: list[str]) -> Any:
        return super()._vectors([f"{text} zeppelin zeppelins airships" * 9 for text in texts])[:, ::-1]


@pytest.mark.parametrize(
    ("model", "words"), [(HashingModel("hashing:other"), "fingerprint hashing:64"), (Shifted(), "other vectors")]
)
def test_another_model_is_found(place: Path, model: HashingModel, words: str) -> None:
    found = faults(place, model)
    assert list(found) == ["model"]
    assert words in found["model"].message
    follow(found["model"], place, model)
    assert not faults(place, model)


def test_an_index_of_other_rules_notes_or_versions_is_found(place: Path) -> None:
    change(place, "UPDATE meta SET value = 'passages-0' WHERE key = 'rules'")
    assert "(passages-0)" in faults(place)["index"].message
    follow(faults(place)["index"], place)
    assert not faults(place)
    change(place, "UPDATE meta SET value = '/elsewhere' WHERE key LIKE 'corpus%'")
    assert "the notes in /elsewhere" in faults(place)["index"].message
    follow(faults(place)["index"], place)
    change(place, "UPDATE meta SET value = '0' WHERE key = 'version'")
    assert "older version" in faults(place)["index"].message
    follow(faults(place)["index"], place)
    assert not faults(place)
    change(place, "UPDATE meta SET value = '99' WHERE key = 'version'")
    assert "newer version" in faults(place)["index"].message
    assert "Update" in faults(place)["index"].advice


def test_a_set_up_without_index_or_notes_is_told_what_to_do(place: Path) -> None:
    shutil.rmtree(place / "index")
    found = faults(place)
    assert list(found) == ["index", "notes"]
    assert "no index yet" in found["index"].message
    follow(found["index"], place)
    assert not faults(place)
    (place / "corpus").rename(place / "elsewhere")
    found = faults(place)
    assert {"folders", "notes"} <= set(found)
    assert "QA_CORPUS" in found["folders"].advice
    assert "QA_CORPUS" in found["notes"].advice


def test_a_model_that_cannot_be_had_is_told_of(place: Path) -> None:
    class Absent(HashingModel):
        def encode(self, texts: Any) -> Any:
            raise EmbeddingError("There is no such model.")

    found = faults(place, Absent())
    assert list(found) == ["model"]
    assert "`embedding`" in found["model"].advice


def test_a_folder_that_cannot_be_written_is_found() -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as name:  # which root, become nobody, may enter
        place = Path(name)
        place.chmod(0o755)
        write_notes(place / "corpus", 2)
        sync(place)
        with read_only(place / "index"):
            found = faults(place)
        assert "cannot be written" in found["folders"].message
        assert {"folders", "vectors"} >= set(found)
        assert not faults(place)


@pytest.mark.slow
def test_a_missing_package_is_named(place: Path, tmp_path: Path) -> None:
    farm = tmp_path / "packages"
    farm.mkdir()
    site = Path(pytest.__file__).parent.parent
    for package in site.iterdir():
        if not package.name.startswith("onnxruntime"):
            (farm / package.name).symlink_to(package)
    code = (
        "import sys; from pathlib import Path; from qa.embedding import lazy_embedding\n"
        "from qa.index.health import examine\n"
        "for check in examine(Path(sys.argv[1]), Path(sys.argv[2]), lazy_embedding()):\n"
        "    if check.name == 'packages': print(check.ok, check.message, check.advice)"
    )
    run = subprocess.run(
        [sys.executable, "-S", "-c", code, str(place / "index"), str(place / "corpus")],
        env=os.environ | {"PYTHONPATH": f"{farm}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.startswith("False ")
    assert "onnxruntime missing" in run.stdout
    assert "pip install onnxruntime" in run.stdout


# The command line and the library


@pytest.mark.slow
def test_doctor_exits_4_where_something_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(CORPUS, tmp_path / "notes")
    places = ["--corpus", str(tmp_path / "notes"), "--index", str(tmp_path / "index")]
    assert main(["doctor", *places]) == 4
    assert "-> Run `qa index`." in capsys.readouterr().out
    assert main(["index", *places]) == 0
    capsys.readouterr()
    assert main(["doctor", *places]) == 0
    assert capsys.readouterr().out.endswith("Nothing was found.\n")
    (tmp_path / "notes" / "more.txt").write_text("More.", "utf-8")
    assert main(["doctor", "--json", *places]) == 4
    found = {check["name"]: check for check in json.loads(capsys.readouterr().out)}
    assert found["notes"] == {
        "name": "notes",
        "ok": False,
        "message": "Not as in the index: 1 new (more.txt).",
        "advice": "Run `qa index`.",
    }
    (tmp_path / "notes" / "qa.toml").write_text('corpsu = "x"\n', "utf-8")
    assert main(["doctor", *places]) == 4
    printed = " ".join(capsys.readouterr().out.split())
    assert "Did you mean `corpus`?" in printed
    assert "1 of 1 checks" in printed


def test_doctor_of_a_binder_is_the_same(seed_binder: Binder) -> None:
    found = seed_binder.doctor()
    assert all(check.ok for check in found), found
    assert found[0].name == "settings"


@pytest.mark.slow
def test_doctor_is_quick_on_a_small_binder(tmp_path: Path) -> None:
    write_notes(tmp_path / "corpus", 26)
    places = ["--corpus", str(tmp_path / "corpus"), "--index", str(tmp_path / "index")]
    command = [sys.executable, "-m", "qa", "doctor", *places]
    sync(tmp_path)

    def doctor() -> None:
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert run.returncode == 4  # the index is of the tests' model
        assert "1 of 12 checks found something." in run.stdout

    # It is one and a half times as much, and would be three times with torch.
    libraries = [sys.executable, "-c", "import chromadb, numpy, onnxruntime, tokenizers"]
    assert seconds_of_processes(doctor) < 2.3 * seconds_of_processes(lambda: subprocess.run(libraries, check=True))


def test_an_index_folder_that_several_machines_could_write_is_found(
    tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mountinfo"
    rows = [("/", "ext4"), (tmp_path, "nfs4"), (f"{tmp_path}/a\\040b", "xfs"), (f"{tmp_path}/a", "ext4")]
    mounts.write_text(
        "".join(f"{at} 1 0:1 / {where} rw - {kind} dev rw\n" for at, (where, kind) in enumerate(rows)), "utf-8"
    )
    kinds = {name: file_system(tmp_path / name, mounts) for name in ("binder/index", "a/x", "a b/x", "ab", "..")}
    assert kinds == {"binder/index": "nfs4", "a/x": "ext4", "a b/x": "xfs", "ab": "nfs4", "..": "ext4"}
    assert file_system(tmp_path, tmp_path / "none") == ""
    monkeypatch.setattr("qa.doctor.file_system", lambda path: "nfs4")
    [found] = [check for check in examine_all(place / "corpus", index=place / "index") if check.name == "place"]
    assert not found.ok
    assert "nfs4" in found.message
    assert "index folder" in found.advice

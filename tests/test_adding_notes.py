"""Notes that are added to a binder and removed from it: good files and bad ones, hostile names, a folder that is full,
closed or busy. The files, the folder and the index are real."""

from __future__ import annotations

import os
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock
from langchain_core.embeddings import DeterministicFakeEmbedding

from qa import Binder
from qa.adding import MOST_BYTES, MOST_FILES, REMOVED, TYPES, Added, add, limits, remove
from qa.adding.files import put
from qa.adding.names import MOST_CHARACTERS, numbered, safe_name
from qa.adding.words import WORDS
from qa.errors import CorpusError, CorpusNotWritableError, IndexBusyError, QAError, UnknownNoteError
from tests.hostile import flate_bomb, pdf, sound_docx, sound_html, sound_pdf, zipped
from tests.indexing import read_only

WICK = "Wick\n\nThe harbour of Wick has 14 berths.\n"
FERRY = "# Ferries\n\nThe ferry to Inchmore sails twice a day.\n"


@pytest.fixture
def binder(corpus: Path, tmp_path: Path) -> Iterator[Binder]:
    """A binder of one note, with a model that is quick."""
    (corpus / "wick.txt").write_text(WICK, encoding="utf-8")
    with Binder.open(corpus, index=tmp_path / "index", embedding=DeterministicFakeEmbedding(size=16)) as opened:
        yield opened


@pytest.fixture
def upload(tmp_path: Path) -> Callable[[str, bytes | str], tuple[str, Path]]:
    """Has a file lie where a page puts it, under a name that says nothing."""
    folder = tmp_path / "uploads"
    folder.mkdir()

    def make(name: str, data: bytes | str) -> tuple[str, Path]:
        path = folder / str(len(list(folder.iterdir())))
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return name, path

    return make


Upload = Callable[[str, bytes | str], tuple[str, Path]]


def files_of(binder: Binder) -> list[str]:
    """All files of the folder, hidden ones too."""
    corpus = binder.settings.corpus
    return sorted(path.relative_to(corpus).as_posix() for path in corpus.rglob("*") if not path.is_dir())


def notes_of(binder: Binder) -> list[str]:
    return [note.note for note in binder.notes()]


def refused(binder: Binder, file: tuple[str, Path]) -> str:
    """The message of a file that is not added and leaves nothing behind, neither in the folder nor in the index."""
    files, notes = files_of(binder), binder.notes()
    (added,) = add(binder, [file])
    assert (added.name, added.note, added.ok) == (file[0], "", False)
    assert (files_of(binder), binder.notes()) == (files, notes)
    assert binder.sync().problems == ()
    return added.message


def test_each_format_is_read_and_can_be_asked(corpus: Path, tmp_path: Path, upload: Upload) -> None:
    (corpus / "wick.txt").write_text(WICK, encoding="utf-8")
    stages = []
    with Binder.open(corpus, index=tmp_path / "index") as binder:
        files = [
            upload("Ports.pdf", sound_pdf()),
            upload("Ports.docx", sound_docx()),
            upload("ports.html", sound_html()),
            upload("ferries.md", FERRY),
            upload("Pêches.txt", "Pêches\n\nLe port de Wick compte 31 crabiers.\n".encode("cp1252")),
        ]
        added = add(binder, files, lambda step: stages.append(step.stage))
        assert [(one.name, one.note, one.ok) for one in added] == [(name, name, True) for name, _ in files]
        assert "pages with words: 3." in added[0].message
        assert f"Passages: {binder.extent('Ports.docx')[0]}." in added[1].message
        assert "pages" not in added[1].message
        assert "With a doubt: It is not UTF-8" in added[4].message
        assert {"read", "embed"} <= set(stages)
        assert all(path.exists() for _, path in files)
        assert len(notes_of(binder)) == 6
        (citation,) = binder.ask("How often does the ferry to Inchmore sail?").citations
        assert citation.note == "ferries.md"


def test_good_files_are_added_and_bad_ones_beside_them_are_not(binder: Binder, upload: Upload) -> None:
    files = [upload("bad.docx", zipped({"a": b"x"})), upload("ferries.md", FERRY), upload("bad.txt", b"The fund.\0 ")]
    assert [one.ok for one in add(binder, files)] == [False, True, False]
    assert files_of(binder) == notes_of(binder) == ["ferries.md", "wick.txt"]
    assert binder.report is not None
    assert binder.report.problems == ()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.pdf", zipped({"a": b"x"}), "zip archive"),
        ("a.pdf", b"\x7fELF" + bytes(200), "not a PDF"),
        ("a.pdf", b"%PDF-1.7\nnothing more", "damaged"),
        ("a.pdf", sound_pdf()[:900], "cannot be read"),
        ("a.docx", b"MZ\x90\0" + bytes(200), "not a Word file"),
        ("a.docx", zipped({"xl/workbook.xml": b"<x/>"}), "not a Word document"),
        ("a.docx", sound_pdf(), "is a PDF, not a Word file"),
        ("a.txt", b"The fund pays 5 million.\0 It ends.", "binary"),
        ("a.md", sound_docx(), "zip archive"),
        ("a.html", b"MZ\x90\0" + bytes(range(256)) * 4, "binary"),
        ("a.html", b"<html><script>let x = 1;</script></html>", "no text"),
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n\t \n", "empty"),
        ("a.exe", b"MZ", "This type of file is not read; these are: .txt, .md"),
        ("a.txt.exe", WICK.encode(), "This type"),
        ("a.svg", b"<svg onload=alert(1)>", "This type"),
        ("qa.toml", b'llm = "openai:gpt"', "This type"),
        ("notes.toml", b"", "This type"),
        ("", b"words", "no ending"),
        ("a", b"words", "no ending"),
    ],
)
def test_a_bad_file_is_refused_and_leaves_nothing(
    binder: Binder, upload: Upload, name: str, data: bytes, message: str
) -> None:
    assert message in refused(binder, upload(name, data))


def test_a_bomb_is_refused_and_leaves_nothing(binder: Binder, upload: Upload) -> None:
    """A Word file of 40 KB that unpacks to 40 MB."""
    assert "unpacks to far more" in refused(binder, upload("a.docx", zipped({"word/document.xml": bytes(40 << 20)})))


def test_size_and_number_are_limited(binder: Binder, upload: Upload) -> None:
    assert "larger than 20 MB" in refused(binder, upload("a.txt", b"x" * (MOST_BYTES[".txt"] + 1)))
    many = [upload(f"{number}.txt", f"{WICK}In {number}.") for number in range(MOST_FILES + 2)]
    added = add(binder, many)
    assert [one.ok for one in added] == [True] * MOST_FILES + [False] * 2
    assert added[-1].message.startswith(f"More than {MOST_FILES} files at once")
    assert len(files_of(binder)) == MOST_FILES + 1


def test_what_is_no_file_is_refused(binder: Binder, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "none", tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        assert "no such file" in refused(binder, ("a.txt", path))


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="there is no file here that even root cannot read")
def test_a_file_that_cannot_be_read_is_said(binder: Binder) -> None:
    assert "cannot be opened (Input/output error)" in refused(binder, ("a.txt", Path("/proc/self/mem")))


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("ferries.md", "ferries.md"),
        ("REPORT.PDF", "REPORT.PDF"),
        ("../../x.txt", "x.txt"),
        ("..\\..\\x.txt", "x.txt"),
        ("/etc/passwd.txt", "passwd.txt"),
        ("C:\\notes\\a.txt", "a.txt"),
        ("C:a.txt", "C_a.txt"),
        ("../../x", "x"),
        ("..", "note"),
        ("", "note"),
        (".htaccess", "note.htaccess"),
        (".txt", "note.txt"),
        ("...a.txt", "a.txt"),
        ("~$brief.docx", "brief.docx"),
        ("$5 million.txt", "$5 million.txt"),
        ("a.txt. .", "a.txt"),
        ("a . .txt", "a.txt"),
        ("a\0\r\n\x1b[31m\tb.txt", "a [31m b.txt"),
        ("fdp\u202etxt.exe.txt", "fdptxt.exe.txt"),
        ("a\u200b\ufeff\u2066b.txt", "ab.txt"),
        ("a\u2028b.txt", "a b.txt"),
        ("\ud800a.txt", "a.txt"),
        ("<img src=x onerror=alert(1)>.txt", "_img src=x onerror=alert(1)_.txt"),
        ('"><script>alert(1)</script>.txt', "script_.txt"),
        ("CON.txt", "_CON.txt"),
        ("con .x.txt", "_con .x.txt"),
        ("LPT¹.md", "_LPT¹.md"),
        ("CONTRACT.txt", "CONTRACT.txt"),
        ("readme.MD", "_readme.MD"),
        ("readme.txt", "readme.txt"),
        ("e\u0301te\u0301.txt", "été.txt"),
        ("e\u200b\u0301.txt", "é.txt"),
        ("Question n° 5 – l'eau & l'air.pdf", "Question n° 5 – l'eau & l'air.pdf"),
    ],
)
def test_names_are_made_safe(given: str, name: str) -> None:
    assert safe_name(given) == name
    assert safe_name(name) == name


@pytest.mark.parametrize("stem", ["n" * 300, "é" * 300, "𝔘" * 300, "mot " * 80])
def test_a_long_name_is_cut_and_keeps_its_suffix(corpus: Path, stem: str) -> None:
    for number in (1, 2, 11):
        name = numbered(safe_name(f"{stem}.docx"), number)
        assert len(name) <= MOST_CHARACTERS
        assert name.endswith((f" ({number})" if number > 1 else "") + ".docx")
        assert name.startswith(stem[:40])
        (corpus / name).write_text("a file system takes it")


@pytest.mark.parametrize(
    "name",
    [
        "../../x.txt",
        "/tmp/x.txt",
        "<img src=x onerror=alert(1)>.txt",
        "CON.txt",
        "README.md",
        "~$a.md",
        "a" * 300 + ".md",
    ],
)
def test_a_hostile_name_is_a_note_at_the_top_of_the_folder(binder: Binder, upload: Upload, name: str) -> None:
    before = set(binder.settings.corpus.parent.rglob("*"))
    (added,) = add(binder, [upload(name, FERRY)])
    assert added.ok
    assert added.note == numbered(safe_name(name), 1)
    assert notes_of(binder) == files_of(binder) == sorted(["wick.txt", added.note])
    new = {path for path in set(binder.settings.corpus.parent.rglob("*")) - before if "uploads" not in path.parts}
    assert {path for path in new if "index" not in path.parts} == {binder.settings.corpus / added.note}


def test_the_same_bytes_are_not_added_twice(binder: Binder, upload: Upload) -> None:
    for name in ("wick.txt", "another.txt", "a.md"):
        (added,) = add(binder, [upload(name, WICK)])
        assert (added.ok, added.note) == (True, "wick.txt")
        assert "already, as wick.txt" in added.message
    twins = add(binder, [upload("one.md", FERRY), upload("two.md", FERRY)])
    assert [(one.ok, one.note) for one in twins] == [(True, "one.md")] * 2
    assert files_of(binder) == ["one.md", "wick.txt"]
    bad = add(binder, [upload("one.docx", zipped({"a": b"x"})), upload("two.docx", zipped({"a": b"x"}))])
    assert [one.ok for one in bad] == [False, False]
    assert files_of(binder) == ["one.md", "wick.txt"]


@pytest.mark.parametrize("name", ["wick.txt", "Wick.TXT"])
def test_other_bytes_by_a_name_that_is_taken_are_kept_beside_it(binder: Binder, upload: Upload, name: str) -> None:
    stem, suffix = os.path.splitext(name)
    for number in (2, 3):
        (added,) = add(binder, [upload(name, f"{WICK}It had {number} in 2020.\n")])
        assert (added.ok, added.note) == (True, f"{stem} ({number}){suffix}")
        assert f"Another file has the name {name}" in added.message
    assert (binder.settings.corpus / "wick.txt").read_text() == WICK
    assert len(notes_of(binder)) == 3


def test_two_who_add_the_same_name_at_once_get_two_notes(binder: Binder, upload: Upload) -> None:
    files = [upload("ferries.md", f"{FERRY}On {number} days it does not.\n") for number in range(6)]
    with ThreadPoolExecutor(6) as threads:
        added = [one for (one,) in threads.map(lambda file: add(binder, [file]), files)]
    assert all(one.ok for one in added)
    assert notes_of(binder) == files_of(binder) == sorted(["wick.txt", *(one.note for one in added)])
    assert len({one.note for one in added}) == 6


def test_a_name_that_looks_the_same_is_taken(binder: Binder, upload: Upload) -> None:
    decomposed = unicodedata.normalize("NFD", "été.md")
    (binder.settings.corpus / decomposed).write_text(FERRY)
    (added,) = add(binder, [upload("été.md", FERRY + "It is new.\n")])
    assert added.note == "été (2).md"


def test_a_note_that_was_deleted_by_hand_is_added_again(binder: Binder, upload: Upload) -> None:
    add(binder, [upload("ferries.md", FERRY)])
    (binder.settings.corpus / "ferries.md").unlink()
    (added,) = add(binder, [upload("ferries.md", FERRY)])
    assert added.ok
    assert files_of(binder) == notes_of(binder) == ["ferries.md", "wick.txt"]


def test_a_file_that_lay_there_unread_stays(binder: Binder, upload: Upload) -> None:
    damaged = zipped({"a": b"x"})
    (binder.settings.corpus / "draft.docx").write_bytes(damaged)
    (added,) = add(binder, [upload("draft.docx", damaged)])
    assert not added.ok
    assert "holds this file already, as draft.docx" in added.message
    assert files_of(binder) == ["draft.docx", "wick.txt"]


def test_no_link_is_written_through(binder: Binder, upload: Upload, tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    for name, target in (("a.md", outside), ("b.md", tmp_path / "nowhere.md")):
        outside.write_text(FERRY)
        (binder.settings.corpus / name).symlink_to(target)
        # The same bytes as behind the link: what lies outside is not the binder's.
        (added,) = add(binder, [upload(name, FERRY if name == "a.md" else f"{FERRY}It is new.\n")])
        assert (added.ok, added.note) == (True, f"{name[0]} (2).md")
    assert outside.read_text() == FERRY
    assert not (tmp_path / "nowhere.md").exists()


def test_a_file_is_written_whole_or_not_at_all(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for call in ("fsync", "replace"):
        with monkeypatch.context() as patched:
            patched.setattr(os, call, fails)
            with pytest.raises(OSError, match="No space"):
                put(corpus, "a.txt", b"words")
        assert list(corpus.iterdir()) == []
    assert put(corpus, "a.txt", b"words").stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_into_a_folder_without_the_right_to_write() -> None:
    with tempfile.TemporaryDirectory() as name:  # which root, become nobody, may enter
        place = Path(name).resolve()
        place.chmod(0o755)
        corpus, upload = place / "notes", place / "upload"
        corpus.mkdir()
        for path, text in ((corpus / "wick.txt", WICK), (corpus / "other.txt", "Other"), (upload, FERRY)):
            path.write_text(text, encoding="utf-8")
        with Binder.open(corpus, index=place / "index", embedding=DeterministicFakeEmbedding(size=16)) as binder:
            with read_only(corpus):
                with pytest.raises(CorpusNotWritableError, match=r"cannot be added to .*\(Permission denied\)"):
                    add(binder, [("ferries.md", upload)])
                with pytest.raises(CorpusNotWritableError, match=r"wick.txt cannot be removed \(Permission denied\)"):
                    remove(binder, "wick.txt")
            assert files_of(binder) == notes_of(binder) == ["other.txt", "wick.txt"]


def test_onto_a_disk_that_is_full(small_disk: Path, tmp_path: Path, upload: Upload) -> None:
    corpus = small_disk / "notes"
    corpus.mkdir()
    (corpus / "wick.txt").write_text(WICK)
    files = [upload("ferries.md", FERRY), upload("long.txt", f"{WICK}And more.\n" * 400_000)]
    with Binder.open(corpus, index=tmp_path / "index", embedding=DeterministicFakeEmbedding(size=16)) as binder:
        with pytest.raises(CorpusNotWritableError, match=r"nearly full: \d+ MB are free"):
            add(binder, files)
        assert files_of(binder) == ["wick.txt"]


def test_where_the_index_is_busy_nothing_is_added_or_removed(
    binder: Binder, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(binder, [upload("ferries.md", FERRY)])
    monkeypatch.setattr(binder, "sync", lambda progress=None: Binder.sync(binder, progress, timeout=0))
    before = files_of(binder)
    with FileLock(binder.settings.index / "write.lock"):
        with pytest.raises(IndexBusyError):
            add(binder, [upload("a.txt", WICK + "More.\n"), upload("b.txt", b"\0")])
        with pytest.raises(IndexBusyError):
            remove(binder, "ferries.md")
    assert files_of(binder) == before
    assert notes_of(binder) == ["ferries.md", "wick.txt"]


def test_into_an_empty_folder(corpus: Path, tmp_path: Path, upload: Upload) -> None:
    with Binder.open(
        corpus, index=tmp_path / "index", embedding=DeterministicFakeEmbedding(size=16), sync=False
    ) as binder:
        with pytest.raises(CorpusError, match=r"No note in .* can be read"):
            add(binder, [upload("bad.docx", zipped({"a": b"x"}))])
        assert files_of(binder) == []
        assert [one.ok for one in add(binder, [upload("a.exe", b"MZ")])] == [False]
        assert [one.ok for one in add(binder, [upload("wick.txt", WICK), upload("b.docx", zipped({}))])] == [
            True,
            False,
        ]
        assert files_of(binder) == notes_of(binder) == ["wick.txt"]


def test_where_there_is_no_folder(binder: Binder, upload: Upload) -> None:
    binder.settings.corpus.rename(binder.settings.corpus.with_name("elsewhere"))
    with pytest.raises(CorpusError, match="does not exist"):
        add(binder, [upload("ferries.md", FERRY)])


def test_a_note_that_was_removed_is_not_quoted_and_can_be_put_back(
    corpus: Path, tmp_path: Path, upload: Upload
) -> None:
    (corpus / "wick.txt").write_text(WICK, encoding="utf-8")
    (corpus / "sea").mkdir()
    (corpus / "sea" / "ferries.md").write_text(FERRY)
    question = "How often does the ferry to Inchmore sail?"
    with Binder.open(corpus, index=tmp_path / "index") as binder:
        assert "twice a day" in binder.ask(question).text
        kept = remove(binder, "sea/ferries.md")
        assert (kept.read_text(), kept.name, kept.parent.name) == (FERRY, "ferries.md", "sea")
        assert kept.is_relative_to(corpus / REMOVED)
        assert notes_of(binder) == ["wick.txt"]
        assert "twice" not in binder.ask(question).text
        with pytest.raises(UnknownNoteError, match=r"holds no note sea/ferries.md"):
            remove(binder, "sea/ferries.md")
        assert add(binder, [("ferries.md", kept)])[0].ok
        assert "twice a day" in binder.ask(question).text


def test_each_removed_note_is_kept(binder: Binder, upload: Upload) -> None:
    kept = []
    for number in range(3):
        add(binder, [upload("ferries.md", f"{FERRY}{number} more sail in May.\n")])
        kept.append(remove(binder, "ferries.md"))
    assert [path.read_text()[-20:] for path in kept] == [f"{number} more sail in May.\n"[-20:] for number in range(3)]


def test_the_last_note_stays(binder: Binder) -> None:
    (binder.settings.corpus / "bad.docx").write_bytes(b"MZ")
    with pytest.raises(CorpusError, match=r"Without wick.txt .* Add another one first"):
        remove(binder, "wick.txt")
    assert files_of(binder) == ["bad.docx", "wick.txt"]
    assert not (binder.settings.corpus / REMOVED).exists()
    assert notes_of(binder) == ["wick.txt"]


@pytest.mark.parametrize(
    "note", ["none.txt", "", "..", "../uploads/0", "/etc/passwd", "wick.txt/", "./wick.txt", "a\0b"]
)
def test_only_a_note_that_the_index_knows_is_removed(binder: Binder, upload: Upload, note: str) -> None:
    upload("x", "stays")
    with pytest.raises(UnknownNoteError, match="holds no note"):
        remove(binder, note)
    assert files_of(binder) == ["wick.txt"]


def test_a_note_that_is_gone_already(binder: Binder) -> None:
    (binder.settings.corpus / "wick.txt").unlink()
    with pytest.raises(UnknownNoteError, match="no longer"):
        remove(binder, "wick.txt")


def test_nothing_is_removed_through_a_link(binder: Binder, tmp_path: Path) -> None:
    corpus, outside = binder.settings.corpus, tmp_path / "outside"
    (corpus / "sea").mkdir()
    (corpus / "sea" / "ferries.md").write_text(FERRY)
    binder.sync()
    (corpus / "sea").rename(outside)
    (corpus / "sea").symlink_to(outside)
    with pytest.raises(UnknownNoteError, match="behind a link"):
        remove(binder, "sea/ferries.md")
    (corpus / "sea").unlink()
    outside.rename(corpus / "sea")
    outside.mkdir()
    (corpus / REMOVED).symlink_to(outside)
    with pytest.raises(CorpusNotWritableError, match="is a link"):
        remove(binder, "sea/ferries.md")
    assert list(outside.iterdir()) == []
    assert (corpus / "sea" / "ferries.md").read_text() == FERRY


def test_messages_are_in_the_language_asked_for(binder: Binder, upload: Upload) -> None:
    added = add(binder, [upload("ferries.md", FERRY), upload("a.exe", b"MZ"), upload("b.txt", b"\0")], language="fr")
    assert added[0] == Added("ferries.md", "ferries.md", True, "Lue. Passages : 1.")
    assert added[1].message.startswith("Ce type de fichier n'est pas lu")
    assert "En anglais : The file is binary" in added[2].message
    with pytest.raises(QAError, match="Le cartable ne contient pas"):
        remove(binder, "x", language="fr")
    assert all(set(said) == {"en", "fr"} and all(said.values()) for said in WORDS.values())


def test_the_limits_are_said(binder: Binder) -> None:
    for language in ("en", "fr"):
        said = limits(language)
        assert str(MOST_FILES) in said
        assert all(suffix in said for suffix in TYPES)
        assert "50 M" in said


def test_a_pdf_bomb_is_refused_in_bounds(binder: Binder, upload: Upload) -> None:
    pattern = b"BT /F1 12 Tf 72 720 Td (Boom.) Tj ET\n"
    assert "kept" in refused(binder, upload("a.pdf", pdf(flate_bomb(pattern, 1200), "/FlateDecode")))

"""The files of a corpus folder: which are notes, and what text their bytes hold."""

from __future__ import annotations

import codecs
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qa.errors import CorpusError, NoteError
from qa.schema import Problem

SUFFIXES = (".txt", ".md")
OVERRIDES_FILE = "notes.toml"
MAX_BYTES = 20 * 1024 * 1024
_NOT_NOTES = {OVERRIDES_FILE, "qa.toml", "readme.md"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text with line ends as "\\n", the sha256 and number of its bytes, and what was doubtful in decoding."""

    text: str
    sha256: str
    size: int
    warnings: tuple[str, ...] = ()


def note_id(path: Path, corpus: Path) -> str:
    """The name of a note: its path below the corpus folder, with "/" on every system."""
    return path.relative_to(corpus).as_posix()


def list_notes(corpus: Path) -> tuple[list[Path], list[Problem]]:
    """The notes in and below `corpus`, sorted by name, and a Problem for each file that looks like one and is not.

    Hidden files and folders, a README.md at the top, notes.toml and qa.toml are passed over. A link to a note of the
    same folder is that note, read once. Raises CorpusError where `corpus` is no folder.
    """
    if not corpus.is_dir():
        raise CorpusError(
            f"The corpus folder {corpus} does not exist. Create it and put the notes in, or name another."
        )
    problems: list[Problem] = []
    files: dict[Path, Path] = {}
    links: list[Path] = []
    base = corpus.resolve()
    for path in _walk(corpus, problems):
        problem = _problem(path, base)
        if problem:
            problems.append(Problem(_printable(note_id(path, corpus)), problem, read=False))
        elif path.is_symlink():
            links.append(path)
        elif path.is_file():
            files[path.resolve()] = path
    for link in sorted(links):
        if link.is_file():
            files.setdefault(link.resolve(), link)
    notes = sorted(files.values(), key=lambda path: note_id(path, corpus))
    return notes, sorted(problems, key=lambda problem: problem.note)


def read_text(path: Path) -> Decoded:
    """The text of a file. Raises NoteError where it is missing, too large, binary or empty."""
    data = _read_bytes(path)
    text, warnings = _decode(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise NoteError("The file is empty. Put the note's text in, or remove it.")
    return Decoded(text, hashlib.sha256(data).hexdigest(), len(data), warnings)


def _walk(corpus: Path, problems: list[Problem]) -> Iterator[Path]:
    def cannot_list(error: OSError) -> None:
        folder = _printable(note_id(Path(error.filename), corpus))
        problems.append(
            Problem(folder, f"The folder cannot be listed ({error.strerror}). Check its rights.", read=False)
        )

    for folder, folders, names in os.walk(corpus, onerror=cannot_list):
        folders[:] = [name for name in folders if not name.startswith(".")]
        linked = [name for name in folders if (Path(folder) / name).is_symlink()]
        for name in names + linked:
            ours = Path(folder) == corpus and name.lower() in _NOT_NOTES
            if not ours and not name.startswith((".", "~$")):
                yield Path(folder) / name


def _problem(path: Path, base: Path) -> str | None:
    """Why `path` cannot be a note; None where it may be one."""
    if _printable(path.name) != path.name:
        return "The file's name is not valid UTF-8. Rename it."
    if path.is_symlink():
        problem = _link_problem(path, base)
        if problem or path.is_dir():
            return problem
    elif not path.is_file():
        return "This is not a regular file. Remove it from the corpus folder."
    if path.suffix.lower() not in SUFFIXES:
        kind = f'"{path.suffix}"' if path.suffix else "A file without suffix"
        known = ", ".join(SUFFIXES)
        return f"{kind} is not a format that is read ({known}). Save the note as one of these, or remove it."
    return None


def _link_problem(path: Path, base: Path) -> str | None:
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return "The link points to nothing. Remove it or mend it."
    if not target.is_relative_to(base):
        return "The link leads out of the corpus folder and is not followed. Copy the file into the folder instead."
    return None if target.is_file() or target.is_dir() else "This is not a regular file. Remove it."


def _printable(name: str) -> str:
    return name.encode("utf-8", errors="replace").decode("utf-8")


def _read_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise NoteError(f"The file cannot be read ({reason}). Check that it is there and may be read.") from error
    if len(data) > MAX_BYTES:
        raise NoteError("The file is larger than 20 MB. Split it into several notes.")
    return data


def _decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    warnings: tuple[str, ...] = ()
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, errors="replace")
            if "\ufffd" in text:
                warnings = ("Some of its bytes are damaged and were replaced by \ufffd.",)
            break
    else:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
            warnings = ("It is not UTF-8 and was read as Windows-1252; check its accents, or save it as UTF-8.",)
    if "\x00" in text or len(_CONTROL.findall(text)) > len(text) / 100:
        raise NoteError("The file is binary, not text. Save the note as plain text in UTF-8.")
    return text, warnings

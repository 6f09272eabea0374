"""The files of a corpus folder: which are notes, what their bytes are, and what text those of a text file hold."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator
from pathlib import Path

from qa.errors import CorpusError, NoteError
from qa.schema import Problem

TEXT = (".txt", ".md")
WEB = (".html", ".htm")
SUFFIXES = (*TEXT, *WEB, ".docx", ".pdf")
OVERRIDES_FILE = "notes.toml"
EMPTY = "The file is empty. Put the note's text in, or remove it."
_MEGABYTE = 1024 * 1024
# How many a file may have, by its suffix.
MOST_MEGABYTES = dict.fromkeys(SUFFIXES, 20) | {".docx": 50, ".pdf": 50}  # these two may hold pictures
# What is no note at the top of a corpus folder, in lower case.
NOT_NOTES = {OVERRIDES_FILE, "qa.toml", "readme.md"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# What would break a line, or turn the order of letters round, wherever the name is shown.
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# What a browser puts beside a page that it saves: the page's pictures, styles and frames.
_PAGE_FOLDER = re.compile(r"(?P<page>.+)(?:_files|_fichiers|\.files)\Z", re.IGNORECASE)
# How files of other formats begin, what they are called, and what to do about one that has the wrong suffix.
_BEGINNINGS: dict[bytes, tuple[str, str, tuple[str, ...]]] = {
    b"%PDF-": ("a PDF", "Rename it to end in .pdf", (".pdf",)),
    b"PK\x03\x04": ("a zip archive, as Word files are", "If it is one of Word, rename it to end in .docx", (".docx",)),
    # Which of the two it is, the reader of Word files tells.
    b"\xd0\xcf\x11\xe0": (
        "an Office file that is old or has a password",
        "Save it as .docx without a password",
        (".docx",),
    ),
    b"{\\rtf": ("an RTF file", "Save it as .docx", ()),
    b"\x89PNG": ("a picture", "Put its words into a note", ()),
    b"\xff\xd8\xff": ("a picture", "Put its words into a note", ()),
    b"<!doctype html": ("a web page", "Rename it to end in .html", (*WEB, *TEXT)),
    b"<html": ("a web page", "Rename it to end in .html", (*WEB, *TEXT)),
}
_EXPECTED = {".pdf": "a PDF", ".docx": "a Word file", **dict.fromkeys(WEB, "a web page"), **dict.fromkeys(TEXT, "text")}
_ADVICE = {
    **dict.fromkeys((".doc", ".rtf", ".odt", ".wpd", ".pages", ".dot", ".docm"), "Save it as .docx or .pdf"),
    **dict.fromkeys((".ppt", ".pptx", ".odp", ".key"), "Save it as .pdf, or its text as .docx"),
    **dict.fromkeys((".xls", ".xlsx", ".ods", ".csv"), "Save it as .pdf, or put its table into a .docx"),
    **dict.fromkeys((".msg", ".eml"), "Save the message as .pdf, or its text as .docx"),
    **dict.fromkeys((".mht", ".mhtml", ".xhtml"), "Save the page as .html"),
}


def note_id(path: Path, corpus: Path) -> str:
    """The name of a note: its path below the corpus folder, with "/" on every system."""
    return path.relative_to(corpus).as_posix()


def list_notes(corpus: Path) -> tuple[dict[str, Path], list[Problem]]:
    """The notes in and below `corpus` by their names, in order, and a Problem for each file that looks like one and is
    not.

    Hidden files and folders, a README.md at the top, notes.toml and qa.toml are passed over, and so is the folder that
    a browser saves with a page ("page_files" beside "page.html"). A link to a note of the same folder is that note,
    read once. Raises CorpusError where `corpus` is no folder.
    """
    if not corpus.is_dir():
        raise CorpusError(
            f"The corpus folder {corpus} does not exist. Create it and put the notes in, or name another."
        )
    problems: list[Problem] = []
    files: dict[str, str] = {}
    links: dict[str, str] = {}
    base = corpus.resolve()
    for note, path in _walk(corpus, problems):  # texts, since paths of ten thousand files would take a second
        linked = os.path.islink(path)
        problem = _problem(path, note, base, linked)
        if problem:
            problems.append(Problem(_printable(note), problem, read=False))
        elif linked:
            links[note] = path
        else:
            files[note] = path
    told = {note: note for note in files}
    for note, link in sorted(links.items()):
        target = Path(link).resolve()
        if target.is_file() and (held := note_id(target, base)) not in told:
            told[held], files[note] = note, link
    return {note: Path(files[note]) for note in sorted(files)}, sorted(problems, key=lambda problem: problem.note)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file. Raises NoteError where it is missing, empty, or larger than its format may be."""
    most = MOST_MEGABYTES.get(path.suffix.lower(), 20)
    try:
        with path.open("rb") as file:
            data = file.read(most * _MEGABYTE + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise NoteError(f"The file cannot be read ({reason}). Check that it is there and may be read.") from error
    if len(data) > most * _MEGABYTE:
        raise NoteError(f"The file is larger than {most} MB. Split it into several notes.")
    if not data:
        raise NoteError(EMPTY)
    return data


def check_content(data: bytes, suffix: str) -> None:
    """Raises NoteError where bytes are plainly not of the format that a note's suffix, in lower case, says."""
    beginning = data[:1024].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    for mark, (kind, advice, suffixes) in _BEGINNINGS.items():
        if beginning.startswith(mark.lower()):
            if suffix in suffixes:
                return
            raise NoteError(f"The file is {kind}, not {_EXPECTED[suffix]}. {advice}, or remove it.")
    # A PDF may have other bytes before its mark.
    if suffix == ".docx" or (suffix == ".pdf" and b"%PDF-" not in data[:1024]):
        raise NoteError(
            f"The file is not {_EXPECTED[suffix]}, or it is damaged.\n"
            "Open it in the program that made it and save it again, or remove it."
        )


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a text file's bytes with line ends as "\\n", and what was doubtful in decoding, each a sentence.

    Raises NoteError where they are binary or hold nothing but white space.
    """
    text, warnings = _decode(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise NoteError(EMPTY)
    return text, warnings


def _walk(corpus: Path, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    """Each file and each link that may be a note: its name as of `note_id`, and its path."""

    def cannot_list(error: OSError) -> None:
        folder = _printable(note_id(Path(error.filename), corpus))
        problems.append(
            Problem(folder, f"The folder cannot be listed ({error.strerror}). Check its rights.", read=False)
        )

    for folder, folders, names in os.walk(corpus, onerror=cannot_list):
        folders[:] = [name for name in folders if not name.startswith(".") and not _is_of_a_page(name, names)]
        linked = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        below = note_id(Path(folder), corpus)
        for name in names + linked:
            ours = below == "." and name.lower() in NOT_NOTES
            if not ours and not name.startswith((".", "~$")):
                yield name if below == "." else f"{below}/{name}", os.path.join(folder, name)


def _is_of_a_page(folder: str, names: list[str]) -> bool:
    match = _PAGE_FOLDER.match(folder)
    return match is not None and any(match["page"] + suffix in names for suffix in WEB)


def _problem(path: str, note: str, base: Path, linked: bool) -> str | None:
    """Why `path` cannot be a note; None where it may be one. linked: whether it is a link."""
    if _printable(note) != note:
        return "Its name or its folder's is not valid UTF-8, or holds a line break or other control. Rename it."
    if linked:
        problem = _link_problem(Path(path), base)
        if problem or os.path.isdir(path):
            return problem
    elif not os.path.isfile(path):
        return "This is not a regular file. Remove it from the corpus folder."
    suffix = os.path.splitext(path)[1].removesuffix(".")
    return None if suffix.lower() in SUFFIXES else _unknown_format(suffix)


def _unknown_format(suffix: str) -> str:
    kind = f'"{suffix}"' if suffix else "A file without suffix"
    advice = _ADVICE.get(suffix.lower(), "Save the note as one of these")
    return f"{kind} is not a format that is read ({', '.join(SUFFIXES)}). {advice}, or remove it."


def _link_problem(path: Path, base: Path) -> str | None:
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return "The link points to nothing. Remove it or mend it."
    if not target.is_relative_to(base):
        return "The link leads out of the corpus folder and is not followed. Copy the file into the folder instead."
    return None if target.is_file() or target.is_dir() else "This is not a regular file. Remove it."


def _printable(name: str) -> str:
    return _NOT_IN_NAMES.sub("?", name.encode("utf-8", errors="replace").decode("utf-8"))


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

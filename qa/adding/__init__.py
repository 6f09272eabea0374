"""Adds notes to the folder of a binder and removes them, for whoever has no access to the folder itself.

What is added is not trusted: neither a file's name nor what is in it. A file that cannot be read as a note leaves
nothing behind, and one that is removed is kept, so that a slip can be undone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qa.adding.files import REMOVED, holds, is_inside, put, put_back, set_aside
from qa.adding.names import numbered, safe_name, suffix_of
from qa.adding.words import say
from qa.errors import CorpusError, CorpusNotWritableError, NoteError, QAError, UnknownNoteError
from qa.notes import MOST_MEGABYTES, SUFFIXES, check_bytes
from qa.schema import Progress

if TYPE_CHECKING:
    from qa.binder import Binder

__all__ = ["MOST_BYTES", "MOST_FILES", "REMOVED", "TYPES", "Added", "add", "limits", "remove"]

MOST_FILES = 20
TYPES = SUFFIXES
_MEGABYTE = 1024 * 1024
MOST_BYTES = {suffix: megabytes * _MEGABYTE for suffix, megabytes in MOST_MEGABYTES.items()}
# What stays free on the disk, for the index.
_SPARE_BYTES = 50 * _MEGABYTE


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one file. name: as it was given, and not to be trusted. note: its path in the binder, or "" where
    it is not there. ok: whether the binder holds it now. message: how it was read, or why it was not, for a person."""

    name: str
    note: str
    ok: bool
    message: str


@dataclass(frozen=True, slots=True)
class _Placed:
    """A file that lies in the folder. wanted: the name that it should have. written: by this call, so that it may be
    taken out again. again: as another file of this call, or as a note that the binder holds."""

    name: str
    wanted: str
    note: str
    written: bool
    again: bool = False


class _RefusedError(Exception):
    """Why a file is not taken. key, values: of the words for it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


def limits(language: str = "en") -> str:
    """What may be added, in a sentence. language: "en" or "fr"."""
    by_size: dict[int, list[str]] = {}
    for suffix, megabytes in MOST_MEGABYTES.items():
        by_size.setdefault(megabytes, []).append(suffix)
    types = [say("limit", language, suffixes=", ".join(some), megabytes=most) for most, some in by_size.items()]
    return say("limits", language, most=MOST_FILES, types="; ".join(types))


def add(
    binder: Binder,
    files: Sequence[tuple[str, Path]],
    progress: Callable[[Progress], None] | None = None,
    *,
    language: str = "en",
) -> tuple[Added, ...]:
    """Copies files to the top of the binder's folder, brings the index up to date, and says of each what became of it.

    files: the name of each, as a user's browser gave it, and where its bytes lie now; that file is only read. A name
    that is taken gets a number; bytes that the binder holds are not added twice. A file that is none of TYPES, too
    large, not what its name says or that cannot be read is refused, and the others are added. language: of the
    messages; what readers say of a file is English.
    Raises CorpusError, CorpusNotWritableError, and what `Binder.sync` raises; nothing of this call is left then.
    """
    corpus = binder.settings.corpus
    if not os.path.isdir(corpus):  # which Path.is_dir does not tell where it may not look
        raise CorpusError(say("no_corpus", language, corpus=corpus))
    held = {note.sha256: note.note for note in binder.notes()} if binder.has_index() else {}
    placed: list[_Placed | Added] = []
    try:
        for number, (name, path) in enumerate(files):
            try:
                placed.append(_placed(corpus, name, path, held, number, language))
            except _RefusedError as refused:
                placed.append(Added(name, "", False, say(refused.key, language, **refused.values)))
        if any(isinstance(one, _Placed) for one in placed):
            binder.sync(progress)
    except BaseException:
        _take_out(corpus, placed)
        raise
    outcomes = _outcomes(binder, placed, language)
    unread = [one for one, outcome in zip(placed, outcomes, strict=True) if not outcome.ok]
    if _take_out(corpus, unread):
        with suppress(QAError):  # what the index says of files that are gone, another sync clears away as well
            binder.sync()
    return outcomes


def remove(
    binder: Binder, note: str, progress: Callable[[Progress], None] | None = None, *, language: str = "en"
) -> Path:
    """Takes a note out of the binder, and says where its file is kept: in a hidden folder, REMOVED, among the notes.

    note: as the index knows it. To undo it, move the file back or add it. Raises UnknownNoteError, CorpusError where it
    is the last note, CorpusNotWritableError, and what `Binder.sync` raises; the note stays where it was then.
    """
    corpus = binder.settings.corpus
    if not binder.has_index() or note not in {known.note for known in binder.notes()}:
        raise UnknownNoteError(say("unknown", language, note=note))
    if not os.path.lexists(corpus / note):
        raise UnknownNoteError(say("gone", language, note=note))
    if not is_inside(corpus, note):
        raise UnknownNoteError(say("outside", language, note=note))
    try:
        kept = set_aside(corpus, note)
    except FileNotFoundError as error:
        raise UnknownNoteError(say("gone", language, note=note)) from error
    except OSError as error:
        raise CorpusNotWritableError(
            say("cannot_remove", language, note=note, reason=error.strerror or error)
        ) from error
    try:
        binder.sync(progress)
    except CorpusError as error:
        put_back(corpus, note, kept)
        raise CorpusError(say("last", language, note=note)) from error
    except BaseException:
        put_back(corpus, note, kept)
        raise
    return kept


def _placed(corpus: Path, name: str, path: Path, held: dict[str, str], number: int, language: str) -> _Placed:
    """A file, checked and in its place. held: the notes by what is in them; this one is put in."""
    if number >= MOST_FILES:
        raise _RefusedError("too_many", most=MOST_FILES)
    wanted = numbered(safe_name(name), 1)
    data = _checked_bytes(path, suffix_of(wanted))
    sha256 = hashlib.sha256(data).hexdigest()
    if sha256 in held and holds(corpus / held[sha256], sha256):
        return _Placed(name, wanted, held[sha256], written=False, again=True)
    if holds(corpus / wanted, sha256):
        return _Placed(name, wanted, wanted, written=False)
    try:
        free = shutil.disk_usage(corpus).free
        if free < len(data) + _SPARE_BYTES:
            raise CorpusNotWritableError(say("no_room", language, corpus=corpus, megabytes=free // _MEGABYTE))
        note = put(corpus, wanted, data).name
    except OSError as error:
        raise CorpusNotWritableError(
            say("cannot_add", language, corpus=corpus, reason=error.strerror or error)
        ) from error
    held[sha256] = note
    return _Placed(name, wanted, note, written=True)


def _checked_bytes(path: Path, suffix: str) -> bytes:
    """What is in a file. Raises _RefusedError where that can be no note of this suffix."""
    if suffix not in TYPES:
        raise _RefusedError("wrong_type" if suffix else "no_type", types=", ".join(TYPES))
    try:
        if not path.is_file():  # nor a device or a pipe, which would never end
            raise _RefusedError("no_file")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES[suffix] + 1)
    except OSError as error:
        raise _RefusedError("unreadable", reason=error.strerror or error) from error
    if len(data) > MOST_BYTES[suffix]:
        raise _RefusedError("too_large", megabytes=MOST_MEGABYTES[suffix])
    if not data:
        raise _RefusedError("empty")
    try:
        check_bytes(data, suffix)
    except NoteError as error:
        raise _RefusedError("wrong_content", reason=error) from error
    return data


def _outcomes(binder: Binder, placed: Sequence[_Placed | Added], language: str) -> tuple[Added, ...]:
    """What became of each file, after a sync."""
    known = {note.note: note for note in binder.notes()} if binder.has_index() else {}
    problems = {problem.note: problem.message for problem in binder.report.problems} if binder.report else {}
    outcomes = []
    for one in placed:
        if isinstance(one, Added):
            outcomes.append(one)
        elif one.note not in known:
            reason = problems.get(one.note) or say("vanished", language)
            key = "not_read" if one.written or one.again else "held_unread"
            outcomes.append(Added(one.name, "", False, say(key, language, note=one.note, reason=reason)))
        elif one.again:
            outcomes.append(Added(one.name, one.note, True, say("held", language, note=one.note)))
        else:
            outcomes.append(Added(one.name, one.note, True, _read(binder, one, known[one.note].warnings, language)))
    return tuple(outcomes)


def _read(binder: Binder, one: _Placed, doubts: Sequence[str], language: str) -> str:
    passages, pages = binder.extent(one.note)
    said = [say("read_pages" if pages else "read", language, passages=passages, pages=pages)]
    if one.note != one.wanted:
        said.append(say("renamed", language, name=one.wanted, note=one.note))
    return " ".join([*said, *(say("doubt", language, reason=doubt) for doubt in doubts)])


def _take_out(corpus: Path, placed: Sequence[_Placed | Added]) -> bool:
    """Removes what this call wrote; whether there was anything."""
    written = [one.note for one in placed if isinstance(one, _Placed) and one.written]
    for note in written:
        with suppress(OSError):
            (corpus / note).unlink(missing_ok=True)
    return bool(written)

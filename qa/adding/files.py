"""What adding and removing do to a corpus folder. Whatever breaks off, no note is half written, overwritten or lost."""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from qa.adding.names import numbered, same_name

# A hidden folder is not read for notes. It lies beside the notes and not in the index, which one may delete.
REMOVED = ".removed"


def put(corpus: Path, name: str, data: bytes) -> Path:
    """Writes a new file into `corpus`, all of it or nothing, and says where. name: a safe one; a number is added to it
    where another file has it. Raises OSError."""
    # A hidden file is no note, and one that is new is written through no link.
    part = corpus / f".{secrets.token_hex(8)}.part"
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        place = _reserved(corpus, name)
        try:
            os.replace(part, place)
        except BaseException:
            place.unlink()
            raise
        return place
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def set_aside(corpus: Path, note: str) -> Path:
    """Moves a note's file to a folder of its own among those that were removed, and says where. Raises OSError."""
    removed = corpus / REMOVED
    removed.mkdir(exist_ok=True)
    if removed.is_symlink():
        raise OSError(0, f"{REMOVED} is a link")
    # The day and time are for whoever looks for a note there.
    folder = removed / f"{datetime.now():%Y-%m-%dT%H-%M-%S}-{secrets.token_hex(4)}"
    kept = folder / note
    try:
        kept.parent.mkdir(parents=True)
        (corpus / note).rename(kept)
    except OSError:
        _clear(kept.parent, removed)
        raise
    return kept


def put_back(corpus: Path, note: str, kept: Path) -> None:
    """Undoes `set_aside`, unless another file has come to the note's place: then it stays where it is kept."""
    if not os.path.lexists(corpus / note):
        with suppress(OSError):
            kept.rename(corpus / note)
            _clear(kept.parent, corpus / REMOVED)


def is_inside(corpus: Path, note: str) -> bool:
    """Whether the folder of a note's file is `corpus` or below it, links followed."""
    return (corpus / note).parent.resolve().is_relative_to(corpus.resolve())


def holds(path: Path, sha256: str) -> bool:
    """Whether there is a file with these bytes. A link is not followed."""
    try:
        if path.is_symlink() or not path.is_file():
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


def _reserved(corpus: Path, name: str) -> Path:
    """A new and empty file by that name, or by the first number that is free. Two who ask get two."""
    taken = {same_name(other) for other in os.listdir(corpus)}
    number = 1
    while True:
        place = corpus / numbered(name, number)
        if same_name(place.name) not in taken:
            with suppress(FileExistsError):
                place.open("xb").close()
                return place
        number += 1


def _clear(folder: Path, top: Path) -> None:
    """Removes folders that are empty, from `folder` up to `top`, which goes too where it is empty."""
    with suppress(OSError):
        while folder.is_relative_to(top):
            folder.rmdir()
            folder = folder.parent

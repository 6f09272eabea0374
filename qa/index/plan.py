"""What a sync has to do: the notes' files against what the index recorded of them. Reads only files that changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qa.errors import CorpusError
from qa.index.records import Known
from qa.notes import SUFFIXES, Override, list_notes, read_overrides
from qa.schema import Problem


@dataclass(frozen=True, slots=True)
class File:
    """A note's file as found. known: what there is to record of it."""

    note: str
    path: Path
    override: Override | None
    known: Known


@dataclass(slots=True)
class Plan:
    """What to do with each note.

    known: what the index recorded. kept: in the index and unchanged. read: new or changed. skipped: not to be in the
    index, and why. removed: in the index and to leave it. touched: kept, but written at another time (in
    nanoseconds). problems: of the folder.
    """

    known: Mapping[str, Known] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    read: list[File] = field(default_factory=list)
    skipped: dict[str, Known] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    touched: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        """Whether the index would be another."""
        return bool(self.read or self.removed or _reasons(self.skipped) != _reasons(self.known))

    @property
    def stale(self) -> bool:
        """Whether there is anything to record; times that changed can wait, for they only cost a look at the files."""
        skipped = {note: known for note, known in self.known.items() if known.message}
        return self.changes or bool(self.touched) or self.skipped != skipped

    def was_indexed(self, note: str) -> bool:
        """Whether the index holds some state of the note."""
        return note in self.known and not self.known[note].message


def make_plan(known: Mapping[str, Known], corpus: Path, *, rehash: bool = False) -> Plan:
    """known: what the index recorded, {} to read all notes. rehash: look into each file, though its size and time are
    what they were. Raises CorpusError and SettingsError."""
    notes, problems = list_notes(corpus)
    if not notes:
        raise CorpusError(
            f"There are no notes in {corpus}: it holds no file that ends in {' or '.join(SUFFIXES)}. Put some there."
        )
    overrides = read_overrides(corpus)
    plan = Plan(known, problems=[*problems, *overrides.problems])
    owners: dict[str, str] = {}
    for note, path in notes.items():
        before = known.get(note)
        try:
            file = _examine(note, path, overrides.get(note), before, rehash)
        except OSError as error:
            reason = f"The file cannot be read ({error.strerror}). Check that it is there and may be read."
            plan.problems.append(Problem(note, reason, read=False))
            continue
        _place(plan, file, before, owners.setdefault(file.known.sha256, note))
    present = {*plan.kept, *(file.note for file in plan.read)}
    plan.removed = sorted(note for note in known if plan.was_indexed(note) and note not in present)
    return plan


def skip(file: File, message: str, *, duplicate: bool = False) -> Known:
    """What to record of a note that is not in the index."""
    was = file.known
    return Known(was.size, was.mtime_ns, was.ctime_ns, was.override, was.sha256, message, duplicate)


def _examine(note: str, path: Path, override: Override | None, before: Known | None, rehash: bool) -> File:
    status = path.stat()
    same = before is not None and (before.size, before.mtime_ns) == (status.st_size, status.st_mtime_ns)
    sha256 = before.sha256 if before is not None and same and not rehash else _sha256(path)
    known = Known(status.st_size, status.st_mtime_ns, status.st_ctime_ns, repr(override), sha256)
    return File(note, path, override, known)


def _place(plan: Plan, file: File, before: Known | None, owner: str) -> None:
    now = file.known
    if owner != file.note:
        message = f"It has the same content as {owner} and is not indexed twice. Remove one of the two."
        plan.skipped[file.note] = skip(file, message, duplicate=True)
    elif before is None or before.duplicate or (before.sha256, before.override) != (now.sha256, now.override):
        plan.read.append(file)
    elif not before.message:
        plan.kept.append(file.note)
        if before.mtime_ns != now.mtime_ns:
            plan.touched[file.note] = now.mtime_ns
    elif (before.mtime_ns, before.ctime_ns) == (now.mtime_ns, now.ctime_ns):
        plan.skipped[file.note] = before
    else:  # it could not be read before; its rights may have changed
        plan.read.append(file)


def _reasons(known: Mapping[str, Known]) -> dict[str, tuple[str, str]]:
    return {note: (was.sha256, was.message) for note, was in known.items() if was.message}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""The log of who asked what: one JSON object a line, so that one can tell later which notes were shown to whom."""

from __future__ import annotations

import logging
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from qa.conversation import NEAREST
from qa.errors import SettingsError
from qa.evaluation.jsonlines import dump_line

if TYPE_CHECKING:
    from qa.schema import Answer

Outcome = Literal["answered", "abstained", "error", "stopped", "refused"]
_LEAST_FREE = 4096
_log = logging.getLogger(__name__)


def _notes_shown(answer: Answer) -> list[str]:
    """The notes of which words stood on the page: quoted, beside a notice, or nearest where the notes do not tell."""
    beside = (citation for notice in answer.notices for citation in notice.citations)
    nearest = [hit.note for hit in answer.hits[:NEAREST]] if answer.abstained else []
    return list(dict.fromkeys([one.note for one in (*answer.citations, *beside)] + nearest))


class Audit:
    """A log that is added to, and never changed. May be used from many threads, and by many processes.

    answers: whether the text of answers is kept as well. Raises SettingsError where the file cannot be written.
    """

    def __init__(self, path: Path, answers: bool = False) -> None:
        self._path, self._answers = path, answers
        self._lock = Lock()
        self._failed = False
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(self._open())
            free = shutil.disk_usage(path.parent).free
        except OSError as error:
            raise SettingsError(f"The audit log {path} cannot be written: {error.strerror or error}.") from error
        if free < _LEAST_FREE:
            raise SettingsError(f"The audit log {path} cannot be written: its disk is full.")

    def write(self, who: str, question: str, answer: Answer | None, seconds: float, outcome: Outcome) -> None:
        """Adds a line. A log that cannot be written does not keep anybody from an answer; that is said once.

        who: the user's name, or his address. answer: None where there is none. seconds: that it took.
        """
        line: dict[str, Any] = {
            "when": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "who": who,
            "question": question,
            "notes": _notes_shown(answer) if answer else [],
            "abstained": answer.abstained if answer else None,
            "seconds": round(seconds, 3),
            "outcome": outcome,
        }
        if self._answers:
            line["answer"] = answer.text if answer else None
        with self._lock:
            try:
                self._add(dump_line(line).encode("utf-8"))
            except OSError as error:
                if not self._failed:
                    _log.error("The audit log %s cannot be written: %s.", self._path, error.strerror or error)
                self._failed = True
            else:
                self._failed = False

    def _add(self, line: bytes) -> None:
        # A line that a full disk cut off must not swallow the next one.
        line = b"\n" + line if self._failed else line
        file = self._open()
        try:
            if os.write(file, line) < len(line):
                raise OSError("the disk is full")
        finally:
            os.close(file)

    def _open(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

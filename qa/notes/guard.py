"""Reads files that are not trusted in a process of their own, with limits on memory and time.

A parser that a file makes crash, hang or eat all memory takes only that process with it: the note is refused with a
reason, and the next note gets a new process. The process gets a file's bytes and gives back what it read; it knows
neither the file's path nor the environment, and what it gives back is checked before it is used.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from qa.errors import NoteError
from qa.notes.assembly import Part, Reading
from qa.notes.worker import ADVICE, MAX_ANSWER
from qa.schema import BlockKind

# The path is the parent's, so that an installation, an editable one and a source tree are all found.
PROGRAM = "import sys; sys.path[:] = sys.argv[3:]; from qa.notes.worker import main; main()"
_ENVIRONMENT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_FILES_PER_PROCESS = 100
_HEADER = re.compile(rb"(\d{1,9}) (\d{1,9})\n")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take. memory: address space in bytes; processor and wall: seconds.

    Where the system sets no limits on memory and processor time, the wall time alone holds.
    """

    memory: int = 1_500_000_000
    processor: int = 60
    wall: float = 90.0


class _BrokenError(Exception):
    """The process gave no answer, or none that is one. Its text says what happened; late: it was out of time."""

    def __init__(self, message: str, *, late: bool = False) -> None:
        super().__init__(message)
        self.late = late


class Guard:
    """Reads notes in a guarded process, which is started when first needed and kept for many files.

    Close it, or use it in a `with`. It may be used again after that. Not for two threads at once.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._process: subprocess.Popen[bytes] | None = None
        self._files = 0

    def read(self, data: bytes, suffix: str) -> Reading:
        """What the bytes of a note hold. suffix: of its file, in lower case: ".html", ".htm", ".docx" or ".pdf".

        Raises NoteError where the reader refuses it, fails, or needs more than the limits.
        """
        fresh = self._process is None
        try:
            return self._reading(data, suffix)
        except _BrokenError as broken:
            if fresh or broken.late:
                raise NoteError(str(broken)) from broken
        # What earlier files left in the process may have broken it. A new one tells.
        return self.read(data, suffix)

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process, self._files = self._process, None, 0
        if process:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):  # what it was sent and never took
                    pipe.close()  # type: ignore[union-attr]

    def __enter__(self) -> Guard:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _reading(self, data: bytes, suffix: str) -> Reading:
        process = self._running()
        try:
            return _checked(self._ask(process, data, suffix))
        except NoteError:
            raise
        except BaseException:
            self.close()
            raise

    def _running(self) -> subprocess.Popen[bytes]:
        if self._files >= _FILES_PER_PROCESS:
            self.close()
        if self._process is None:
            self._process = _start(self._limits)
        return self._process

    def _ask(self, process: subprocess.Popen[bytes], data: bytes, suffix: str) -> Any:
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self._limits.wall, end)
        timer.start()
        self._files += 1
        try:
            answer = _exchange(process, self._files, data, suffix)
        except OSError:
            answer = None
        finally:
            timer.cancel()
        if answer is None:
            raise _broken(process, self._limits, late=late.is_set())
        return answer


def _start(limits: Limits) -> subprocess.Popen[bytes]:
    root = str(Path(__file__).parents[2])
    path = [entry for entry in sys.path if entry]
    path += [] if root in path else [root]
    command = [sys.executable, "-I", "-B", "-c", PROGRAM, str(limits.memory), str(limits.processor), *path]
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            cwd=Path(sys.executable).parent,
            start_new_session=True,
        )
    except OSError as error:
        raise NoteError(f"The process that reads such files cannot be started ({error}).") from error


def _exchange(process: subprocess.Popen[bytes], number: int, data: bytes, suffix: str) -> Any:
    """The process's answer to the request of this number, as JSON; None where its output ends before that.

    Raises OSError where it takes no more, and _BrokenError where it sends something else.
    """
    requests, answers = process.stdin, process.stdout
    assert requests is not None
    assert answers is not None
    requests.write(f"{number} {suffix} {len(data)}\n".encode())
    requests.write(data)
    requests.flush()
    header = answers.readline(32)
    if not header:
        return None
    # The number tells an answer to this request from what an earlier file may have left on the line.
    match = _HEADER.fullmatch(header)
    if not match or int(match[1]) != number or int(match[2]) > MAX_ANSWER:
        raise _garbled()
    answer = answers.read(int(match[2]))
    try:
        return json.loads(answer) if len(answer) == int(match[2]) else None
    except (ValueError, RecursionError) as error:
        raise _garbled() from error


def _broken(process: subprocess.Popen[bytes], limits: Limits, *, late: bool) -> _BrokenError:
    """Why a process gave no answer; it has ended, or is ended here."""
    try:
        code = process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        return _garbled()
    seconds = f"{limits.wall:.0f} seconds" if late else f"{limits.processor} seconds of processor time"
    if late or code == -getattr(signal, "SIGXCPU", 0):
        return _BrokenError(f"The file kept its reader busy for more than {seconds}.\n{ADVICE}", late=True)
    if code == -getattr(signal, "SIGKILL", 0):
        return _BrokenError(f"The file's reader was ended by the system, as for using too much memory.\n{ADVICE}")
    return _BrokenError(
        f"The file made its reader crash, or run out of memory ({limits.memory / 1e9:.1f} GB).\n{ADVICE}"
    )


def _checked(answer: Any) -> Reading:
    """The Reading in an answer. Raises NoteError where it is an error, and _BrokenError where it is neither."""
    try:
        if "error" in answer:
            message = _text(answer["error"])[:500]
            raise _BrokenError(message) if answer["spent"] else NoteError(message)
        found = answer["reading"]
        return Reading(
            parts=tuple(map(_part, found["parts"])),
            title=_text(found["title"]),
            date=_text(found["date"]),
            language=_text(found["language"]),
            warnings=tuple(map(_text, found["warnings"])),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _garbled() from error


def _garbled() -> _BrokenError:
    return _BrokenError(f"The file made its reader give back what cannot be used.\n{ADVICE}")


def _part(found: Any) -> Part:
    return Part(
        kind=BlockKind(found["kind"]),
        text=_text(found["text"]),
        level=_number(found["level"]),
        table=_number(found["table"]),
        header=found["header"] is True,
        page=None if found["page"] is None else _number(found["page"]),
        name=_text(found["name"]),
        marker=_text(found["marker"]),
    )


def _text(value: Any) -> str:
    """A text without what no store or terminal takes. Raises TypeError where it is none."""
    if not isinstance(value, str):
        raise TypeError(value)
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", value))


def _number(value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value < 1_000_000:
        raise ValueError(value)
    return value

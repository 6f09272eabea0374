"""What runs in the guarded process: reads one untrusted file after the other, within limits that it sets itself.

A request on standard input is a line with its number, the file's suffix and its size, then that many bytes. An answer
on standard output is a line with the request's number and its own size, then that many bytes of JSON: {"reading": ...}
or {"error": ..., "spent": ...}, where spent says that the process should not be used again. It ends when its input
does. `qa.notes.guard` is the other side.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from types import ModuleType
from typing import Any, BinaryIO

from qa.errors import NoteError
from qa.notes.assembly import Reading

MAX_ANSWER = 60_000_000
ADVICE = "It may be damaged or made to do harm: save it anew from the program that made it, or remove it."

# What no reader has to do, whatever a file asks of it, as Python's audit events name it.
_FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system")

Read = Callable[[bytes, str], Reading]


def read_rich(data: bytes, suffix: str) -> Reading:
    """Read the bytes of a note that is no plain text. suffix: in lower case. Raises NoteError, and what readers raise.

    To be called in a guarded process only.
    """
    if suffix == ".docx":
        from qa.notes.docx import read_docx

        return read_docx(data)
    if suffix == ".pdf":
        from qa.notes.pdf import read_pdf

        return read_pdf(data)
    from qa.notes.html import read_html

    return read_html(data)


def main(read: Read = read_rich) -> None:
    """Serve until standard input ends. The arguments are the limits: bytes of memory, seconds of processor time."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    resource = _resource()
    if resource:
        _set_limits(resource, memory)
    sys.addaudithook(_refuse)
    while header := requests.readline():
        number, suffix, size = header.decode().split()
        data = requests.read(int(size))
        if resource:
            _allow_processor_time(resource, seconds)
        _send(answers, int(number), _answer(read, data, suffix, memory))


def _refuse(event: str, _: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not allowed to a reader")


def _send(answers: BinaryIO, number: int, answer: bytes) -> None:
    answers.write(b"%d %d\n" % (number, len(answer)))
    answers.write(answer)
    answers.flush()


def _answer(read: Read, data: bytes, suffix: str, memory: int) -> bytes:
    try:
        answer = json.dumps({"reading": asdict(read(data, suffix))}).encode()
        if len(answer) > MAX_ANSWER:
            raise NoteError("The file holds more text than a note may. Split it into several notes.")
        return answer
    except MemoryError:
        return _error(f"The file made its reader run out of memory ({memory / 1e9:.1f} GB).\n{ADVICE}", spent=True)
    except Exception as error:  # a file can make a reader raise anything; it is refused and the others go on
        return _error(_reason(error, suffix))


def _reason(error: Exception, suffix: str) -> str:
    if isinstance(error, NoteError):
        return str(error)
    if isinstance(error, ImportError):
        return f"The reader of {suffix} files cannot start ({error}). Install this program anew."
    if isinstance(error, RecursionError):
        return f"The file is nested too deep to be read.\n{ADVICE}"
    words = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return f"The file cannot be read as {suffix} ({words}).\n{ADVICE}"


def _error(message: str, *, spent: bool = False) -> bytes:
    return json.dumps({"error": message, "spent": spent}).encode()


def _resource() -> ModuleType | None:
    """The module that sets limits; None on systems that have none, where the other side limits the wall time alone."""
    try:
        import resource
    except ImportError:
        return None
    return resource


def _set_limits(resource: Any, memory: int) -> None:
    """No process, no core dump, nothing written to files, and no more memory than `memory`; not to be raised again."""
    for name, value in (("RLIMIT_AS", memory), ("RLIMIT_CORE", 0), ("RLIMIT_FSIZE", 0), ("RLIMIT_NPROC", 0)):
        kind = getattr(resource, name, None)
        # Some systems know a limit and refuse to set it, or have a lower one in force.
        with suppress(ValueError, OSError):
            if kind is not None:
                resource.setrlimit(kind, (value, value))


def _allow_processor_time(resource: Any, seconds: int) -> None:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(spent.ru_utime + spent.ru_stime) + 1 + seconds
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))

"""A program in a pseudo-terminal, for the tests: what it prints where it believes that a person looks on."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE = 60.0  # seconds


class Terminal:
    """What a program prints, and what is typed for it."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._seen = ""  # and not yet read

    def type(self, text: str) -> None:
        os.write(self._file, text.encode())

    def read_until(self, end: str) -> str:
        """What is printed next, until `end`; fails where it does not come."""
        until = time.monotonic() + PATIENCE
        while end not in self._seen:
            assert self._read(until - time.monotonic()), f"{end!r} does not come: {self._seen!r}"
        before, _, self._seen = self._seen.partition(end)
        return before

    def read_all(self) -> str:
        """All that is printed until the program ends."""
        while self._read(PATIENCE):
            pass
        return self._seen

    def _read(self, seconds: float) -> bool:
        with suppress(OSError):  # Linux has an error for the end
            if select.select([self._file], [], [], max(0.0, seconds))[0] and (raw := os.read(self._file, 65536)):
                self._seen += raw.decode(errors="replace")
                return True
        return False


@contextmanager
def terminal(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Iterator[Terminal]:
    """Runs a command in a terminal. environment: beside the process's own."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | environment,
        cwd=folder,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  # shells need a terminal of theirs
    ) as run:
        os.close(theirs)
        try:
            yield Terminal(ours)
        finally:
            run.kill()
            os.close(ours)

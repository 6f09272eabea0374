"""SQLite connections to one file: a pool that threads share, read-only where the folder cannot be written."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qa.errors import IndexFolderError, IndexNotWritableError
from qa.index.records import State
from qa.index.tables import INSTANCES

BUSY_SECONDS = 10.0
# Bytes to which the log of a large sync is cut once it is in the file; SQLite would leave it as large as it was.
_LARGEST_LOG = 16_000_000
# Tells one state of the file's place from another: a file moved aside, made anew or, where read-only, written to.
Stamp = tuple[int, ...]


class Connection(sqlite3.Connection):
    """A connection that knows which file it was opened on, and the state that its transaction sees once it was read,
    with what is kept in memory of that state."""

    stamp: Stamp = ()
    state: State | None = None
    kept: dict[str, Any] | None = None


class Connections:
    """A connection for each thread that wants one at a time; all are closed at `close`.

    check: called with each connection that is made, and raises where the file is not to be read.
    """

    def __init__(self, path: Path, check: Callable[[sqlite3.Connection], None]) -> None:
        self.path = path
        self._idle: list[Connection] = []
        self._check = check
        self._lock = threading.Lock()
        self._closed = False
        self._held = threading.local()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that this thread reads meanwhile is of one state of the file, whatever is written.

        Raises IndexFolderError.
        """
        if self._pinned is not None:
            yield
            return
        with self.reading() as connection:
            self._held.connection = connection
            try:
                yield
            finally:
                self._held.connection = None

    @contextmanager
    def reading(self, *, latest: bool = False) -> Iterator[Connection]:
        """A connection that sees one state of the file throughout. Raises IndexFolderError.

        latest: not that of this thread's snapshot, but the state in which the file is now.
        """
        if self._pinned is not None and not latest:
            yield self._pinned
            return
        try:
            with self._borrowed() as connection:
                connection.state = connection.kept = None
                connection.execute("BEGIN")
                yield connection
        except sqlite3.Error as error:
            raise IndexFolderError(
                f"The index in {self.path.parent} cannot be read: {error}. Run `qa index` to repair it."
            ) from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, committed at the end and rolled back on an error. Raises IndexNotWritableError."""
        try:
            with self._borrowed() as connection:
                connection.state = connection.kept = None
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise IndexNotWritableError(
                f"The index in {self.path.parent} cannot be written: {error}.\n"
                "Is the disk full or the folder read-only? If not, make it anew with `qa index --rebuild`."
            ) from error

    def release(self) -> None:
        """Closes the connections that nobody uses, so that the file can be moved or deleted."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def close(self) -> None:
        """Closes all connections, those in use as soon as they are given back."""
        self._closed = True
        self.release()

    @property
    def _pinned(self) -> Connection | None:
        return getattr(self._held, "connection", None)

    @contextmanager
    def _borrowed(self) -> Iterator[Connection]:
        if self._closed:
            raise IndexFolderError(f"The index in {self.path.parent} was closed.")
        connection = self._take()
        try:
            yield connection
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except BaseException:
            connection.close()  # which rolls back
            raise
        self._give_back(connection)

    def _take(self) -> Connection:
        stamp = self._stamp()
        while True:
            with self._lock:
                if not self._idle:
                    break
                connection = self._idle.pop()
            if connection.stamp == stamp:
                return connection
            connection.close()
        connection = connect(self.path)
        try:
            self._check(connection)
        except BaseException:
            connection.close()
            raise
        connection.stamp = stamp  # from before it was opened: were the file replaced meanwhile, it is not used again
        return connection

    def _give_back(self, connection: Connection) -> None:
        connection.kept = None
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def _stamp(self) -> Stamp:
        """Which file it is (device, inode), and which state of it where no other can be seen through a connection."""
        try:
            status = self.path.stat()
        except OSError as error:
            raise IndexFolderError(f"There is no index in {self.path.parent} yet. Run `qa index`.") from error
        if _writable(self.path):
            return (status.st_dev, status.st_ino)
        return (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)


def connect(path: Path) -> Connection:
    """A connection to a file that is there, read-only where it or its folder cannot be written."""
    uri = path.absolute().as_uri()
    if _writable(path):
        return _open(f"{uri}?mode=rw")
    try:
        # Works where another user's process has the index open, and sees what that one writes.
        return _open(f"{uri}?mode=ro")
    except sqlite3.OperationalError:
        # A file in WAL mode needs files beside it that cannot be made here. Nobody writes it as long as it keeps its
        # stamp, and a connection is not used for longer than that.
        return _open(f"{uri}?immutable=1")


def _writable(path: Path) -> bool:
    effective = os.access in os.supports_effective_ids
    return all(os.access(place, os.W_OK, effective_ids=effective) for place in (path, path.parent))


def _open(uri: str) -> Connection:
    connection = sqlite3.connect(
        uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, factory=Connection
    )
    try:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {_LARGEST_LOG}")
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
        connection.execute(INSTANCES)
    except BaseException:
        connection.close()
        raise
    return connection

"""The index folder: whose it is, whether what lies there can be used, and who may write."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qa.embedding import EmbeddingModel
from qa.errors import (
    CorpusError,
    IndexBusyError,
    IndexFolderError,
    IndexMismatchError,
    IndexNotWritableError,
    IndexTooNewError,
)
from qa.index import tables
from qa.index.connections import connect
from qa.index.store import FILE
from qa.passages import RULES

LOCK = "write.lock"
CHROMA = "chroma"
_DAMAGED = "The index was damaged"
# What an index of whatever version says of itself.
_KEYS = {"version", "rules", "embedding", "fingerprint", "dimensions", "corpus", "corpus_from_index"}
_OURS = ("README.md", LOCK, CHROMA)
# quick_check reads the whole file, at about 1 GB a second; a larger one is damaged as seldom, and shows it when read.
_CHECKED_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Identity:
    """What an index is of. Vectors of another model, or passages cut by other rules, would be noise beside its own.

    corpus: the notes' folder. embedding, fingerprint, dimensions: of the model.
    """

    corpus: Path
    embedding: str
    fingerprint: str
    dimensions: int

    def rows(self, folder: Path) -> dict[str, str]:
        """As the index in `folder` keeps it."""
        own = {"rules": RULES, "embedding": self.embedding, "fingerprint": self.fingerprint}
        return own | {"dimensions": str(self.dimensions)} | _places(self.corpus, folder)


def refuse_foreign(folder: Path, corpus: Path) -> None:
    """Raises IndexFolderError where an index in `folder` would mix with what is not ours."""
    if folder.resolve().is_relative_to(corpus.resolve()):
        raise IndexFolderError(
            f"The index folder {folder} lies inside the corpus folder {corpus}. Name another with --index or QA_INDEX."
        )
    if folder.exists() and not folder.is_dir():
        raise IndexFolderError(f"{folder} is a file. Name a folder for the index with --index or QA_INDEX.")
    if folder.is_dir() and not (folder / FILE).exists():
        foreign = sorted(path.name for path in folder.iterdir() if not _is_ours(path.name))
        if foreign:
            raise IndexFolderError(
                f"{folder} holds other files ({', '.join(foreign[:3])}) and no index. "
                "Name an empty folder for the index with --index or QA_INDEX."
            )


def reason_to_rebuild(folder: Path) -> str | None:
    """Why the index must be made anew: "" where there is none yet, else a sentence; None where it can be used.

    Raises IndexTooNewError.
    """
    return examined(folder)[0]


def examined(folder: Path) -> tuple[str | None, Mapping[str, str]]:
    """As `reason_to_rebuild`, and what the index is of: see Identity; empty where there is none or it is damaged."""
    try:
        meta = _checked(folder / FILE)
    except FileNotFoundError:
        return "", {}
    except OSError as error:
        raise IndexFolderError(f"The index folder {folder} cannot be read: {error.strerror}.") from error
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise IndexFolderError(f"The index in {folder} cannot be read: {error}. Check its rights.") from error
        return f"{_DAMAGED} ({error}); it is kept as {FILE}.damaged.", {}
    except ValueError as error:
        return f"{_DAMAGED} ({error}); it is kept as {FILE}.damaged.", {}
    if not meta:
        return "", {}
    if int(meta["version"]) > tables.VERSION:
        raise IndexTooNewError(
            f"The index in {folder} was made by a newer version of this program. Update the program, or name another "
            "index folder."
        )
    if int(meta["version"]) < tables.VERSION:
        return "The index was made by an older version of this program.", meta
    # The rules are the program's, too: nobody who only has another version of it should have to do anything.
    other = meta["rules"] != RULES
    return f"The index was made by another version of this program ({meta['rules']})." if other else None, meta


def check_place(meta: Mapping[str, str], folder: Path, corpus: Path) -> None:
    """Raises IndexMismatchError where the index is of the notes of another folder, CorpusError where that is missing.

    A binder whose two folders were moved together is still itself; so is an index that was copied elsewhere.
    """
    places = _places(corpus, folder)
    if all(meta[key] != place for key, place in places.items()):
        if not corpus.is_dir():
            raise CorpusError(f"The corpus folder {corpus} does not exist. Name another with --corpus or QA_CORPUS.")
        raise IndexMismatchError(_mismatch(folder, f"the notes in {meta['corpus']}", f"those in {places['corpus']}"))


def check_embedding_name(meta: Mapping[str, str], folder: Path, name: str) -> None:
    """Raises IndexMismatchError where the index's vectors are of a model of another name."""
    if meta["embedding"] != name:
        raise IndexMismatchError(_mismatch(folder, f"the embedding model {meta['embedding']}", f"of {name}"))


def check_embedding(meta: Mapping[str, str], folder: Path, model: EmbeddingModel) -> None:
    """Raises IndexMismatchError where the index's vectors are of another model, or of other weights by its name."""
    if meta["fingerprint"] != model.fingerprint:
        check_embedding_name(meta, folder, model.name)
        was = f"the embedding model {model.name} with the fingerprint {meta['fingerprint']}"
        raise IndexMismatchError(_mismatch(folder, was, f"with {model.fingerprint}"))


def make_anew(folder: Path, identity: Identity) -> None:
    """Puts an empty index in the place of what is there; a damaged one is moved aside, over any older one.

    The caller holds the write lock. Raises IndexNotWritableError.
    """
    damaged = (reason_to_rebuild(folder) or "").startswith(_DAMAGED)
    try:
        _clear(folder, damaged)
        _create(folder, identity)
    except (OSError, sqlite3.Error) as error:
        raise IndexNotWritableError(f"The index in {folder} cannot be made anew: {error}.") from error


@contextmanager
def write_lock(folder: Path, timeout: float, waiting: Callable[[], None]) -> Iterator[None]:
    """Makes the folder and holds its lock. waiting: called once if another process holds it.

    timeout: in seconds. Raises IndexBusyError after it, and IndexNotWritableError.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK, is_singleton=False, thread_local=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waiting()
            lock.acquire(timeout=timeout)
    except Timeout as error:
        raise IndexBusyError(
            f"Another process is writing to the index in {folder} and did not finish in {timeout:.0f} seconds. "
            "Try again later."
        ) from error
    except OSError as error:
        raise IndexNotWritableError(
            f"The index in {folder} is out of date and the folder cannot be written ({error.strerror or error}).\n"
            "Check its rights, or name another folder with --index or QA_INDEX."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _clear(folder: Path, damaged: bool) -> None:
    shutil.rmtree(folder / CHROMA, ignore_errors=True)
    # The file itself goes last: a write-ahead log that is left beside a new file would be replayed into it.
    for name in (f"{FILE}-shm", f"{FILE}-wal", FILE):
        path = folder / name
        if damaged and path.exists() and not name.endswith("-shm"):
            path.replace(folder / name.replace(FILE, f"{FILE}.damaged"))
        else:
            path.unlink(missing_ok=True)


def _create(folder: Path, identity: Identity) -> None:
    connection = sqlite3.connect(folder / FILE, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        for statement in tables.SCHEMA:
            connection.execute(statement)
        first = {"version": str(tables.VERSION), "generation": "0", "vectors_generation": "0"}
        rows = (first | identity.rows(folder)).items()
        connection.executemany("INSERT INTO meta (key, value) VALUES (?, ?)", rows)
        connection.execute("COMMIT")
    finally:
        connection.close()


def _is_ours(name: str) -> bool:
    return name in _OURS or name.startswith((".", FILE))


def _places(corpus: Path, folder: Path) -> dict[str, str]:
    corpus, folder = corpus.resolve(), folder.resolve()
    try:
        below = Path(os.path.relpath(corpus, folder)).as_posix()
    except ValueError:  # on two drives of Windows
        below = str(corpus)
    return {"corpus": str(corpus), "corpus_from_index": below}


def _mismatch(folder: Path, was: str, now: str) -> str:
    return (
        f"The index in {folder} is of {was}, not {now}.\n"
        "Make it anew with `qa index --rebuild`, or name another index folder."
    )


def _checked(path: Path) -> dict[str, str]:
    """What the index says of itself, with the version of its tables; empty where it was begun and never made.

    Raises ValueError where it is no index of ours, OSError and sqlite3.Error.
    """
    size = path.stat().st_size
    if size == 0:
        return {}
    connection = connect(path)
    try:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]
        if not names:
            return {}
        if "meta" not in names:
            raise ValueError("it is no index")
        meta = dict(connection.execute("SELECT key, value FROM meta"))
        if size <= _CHECKED_BYTES:
            result = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if result != "ok":
                raise ValueError(result)
        if not (meta.keys() >= _KEYS and str(meta["version"]).isdigit()):
            raise ValueError("it is no index")
        return meta
    finally:
        connection.close()

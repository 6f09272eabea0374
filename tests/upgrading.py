"""Indexes that earlier versions of the program made, kept in tests/upgrades; and how notes are read, kept as hashes.

python -m tests.upgrading

keeps an index of this version's tables and how this version reads the notes that come with the project. It refuses
where the reading has changed and VERSION in qa/index/tables.py has not: then the indexes that users have would go on
holding what was read before.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import sys
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa import Binder
from qa.embedding.minilm import DIMENSIONS, MiniLM
from qa.index.store import FILE
from qa.index.tables import VERSION
from tests.indexing import ROOT, open_index

KEPT = ROOT / "tests" / "upgrades"
NOTES = KEPT / "notes"
READING = KEPT / "reading.json"
_CORPORA = (NOTES, ROOT / "corpus", *sorted((ROOT / "evals").glob("*/notes")))
# All that reading puts into the tables, by note. Left out are vectors, and what a file system says of files.
_ROWS = (
    "SELECT note, title, date, language, classification, source, prepared_for, warnings, text FROM notes",
    "SELECT * FROM blocks ORDER BY note, position",
    "SELECT * FROM acronyms ORDER BY note, position",
    """SELECT p.note, p.id, p.context, p.section, p.page, g.headings, g.own, g.lead_ins, t.body, t.context,
        t.title FROM passages AS p JOIN stems AS t ON t.rowid = p.number JOIN signs AS g ON g.passage = p.number
        ORDER BY p.id""",
    """SELECT p.note, p.id, s.position, s.start, s.stop, s.context
        FROM passages AS p JOIN sentences AS s ON s.passage = p.number ORDER BY p.id, s.position""",
    "SELECT note, message FROM skipped",
)


class _Unembedded(MiniLM):
    """Counts tokens as the default model does, which decides where passages end; all vectors are one."""

    def _vectors(self, texts: list[str]) -> NDArray[np.float32]:
        return np.ones((len(texts), DIMENSIONS), dtype=np.float32)


def kept() -> dict[int, Path]:
    """The kept indexes, by the version of their tables."""
    return {int(path.stem.partition("-")[2]): path for path in KEPT.glob("schema-*.zip")}


def unpack(version: int, place: Path) -> Path:
    """Puts the kept notes and the index of `version` into `place`, as `notes` and `index`."""
    shutil.copytree(NOTES, place / "notes")
    with zipfile.ZipFile(kept()[version]) as packed:
        packed.extractall(place / "index")
    return place


def rows_of(index: Path) -> dict[str, str]:
    """A hash of all that an index of this version's tables holds of each note, but for its vectors."""
    held: dict[str, list[Any]] = {}
    with closing(sqlite3.connect(index / FILE)) as connection:
        for sql in _ROWS:
            for note, *row in connection.execute(sql):
                held.setdefault(note, []).append(row)
    return {note: _hash(json.dumps(rows).encode("utf-8", "surrogatepass")) for note, rows in held.items()}


def reading() -> dict[str, dict[str, str]]:
    """Each note that comes with the project, by its path: a hash of its file, and one of how it is read."""
    found = {}
    for corpus in _CORPORA:
        with tempfile.TemporaryDirectory() as place:
            with closing(open_index(Path(place), corpus, _Unembedded())) as index:
                index.sync()
            for note, rows in sorted(rows_of(Path(place)).items()):
                path = corpus / note
                found[path.relative_to(ROOT).as_posix()] = {"file": _hash(path.read_bytes()), "rows": rows}
    return found


def changed(now: dict[str, dict[str, str]]) -> list[str]:
    """The kept notes whose files are as they were and which are read otherwise now."""
    before = json.loads(READING.read_text("utf-8"))["notes"]
    same = (path for path in before if path in now and before[path]["file"] == now[path]["file"])
    return [path for path in same if before[path]["rows"] != now[path]["rows"]]


def keep() -> str | None:
    """Writes the index of this version and the reading; or says why not."""
    now = reading()
    if READING.exists() and json.loads(READING.read_text("utf-8"))["version"] == VERSION and (other := changed(now)):
        return (
            f"Raise VERSION in qa/index/tables.py first: {len(other)} notes are read otherwise, {other[0]} among them."
        )
    READING.write_text(json.dumps({"version": VERSION, "notes": now}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if VERSION in kept():
        return None
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        shutil.copytree(NOTES, place / "notes")
        Binder.open(place / "notes", index=place / "index").close()
        pack(place / "index", KEPT / f"schema-{VERSION}.zip")
    return None


def pack(index: Path, target: Path) -> None:
    """Packs an index folder that no process has open."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(index.rglob("*")):
            packed.write(path, path.relative_to(index))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(keep())

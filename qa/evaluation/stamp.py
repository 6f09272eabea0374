"""What a run was measured on: fingerprints of notes, gold, index, embedding model, code and settings."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import qa
from qa.binder import Binder
from qa.evaluation.goldset import GoldSet


def stamp_of(binder: Binder, gold_set: GoldSet) -> dict[str, str]:
    """The stamp of a run of a set over `binder`."""
    settings = binder.settings
    own = {
        "version": qa.__version__,
        "llm": settings.llm,
        "embedding_name": settings.embedding,
        "today": settings.today.isoformat() if settings.today else "",
    }
    return binder.fingerprints() | inputs(gold_set) | own


def inputs(gold_set: GoldSet) -> dict[str, str]:
    """What can be told without an index: of the gold file, of the files of the notes, and of the program."""
    files = hashlib.sha256()
    for path in sorted(one for one in gold_set.notes.rglob("*") if one.is_file()):
        files.update(f"{path.relative_to(gold_set.notes).as_posix()}\n".encode("utf-8", "surrogateescape"))
        files.update(hashlib.sha256(path.read_bytes()).digest())
    gold = hashlib.sha256(gold_set.gold.read_bytes()).hexdigest()
    return {"gold": gold[:16], "files": files.hexdigest()[:16], "code": code_fingerprint()}


@lru_cache(maxsize=1)
def code_fingerprint() -> str:
    """Of this package's own files, whether they lie in a repository or are installed."""
    root = Path(qa.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix in (".py", ".json"):
            digest.update(f"{path.relative_to(root).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]

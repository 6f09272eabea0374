"""What a run was measured on: fingerprints of notes, gold, index, embedding model, code and settings."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import qa
from qa.binder import Binder


def stamp_of(binder: Binder, gold: Path) -> dict[str, str]:
    """The stamp of a run over `binder`."""
    settings = binder.settings
    return binder.fingerprints() | {
        "gold": gold_fingerprint(gold),
        "code": code_fingerprint(),
        "version": qa.__version__,
        "llm": settings.llm,
        "embedding_name": settings.embedding,
        "today": settings.today.isoformat() if settings.today else "",
    }


def gold_fingerprint(path: Path) -> str:
    """Of a gold file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


@lru_cache(maxsize=1)
def code_fingerprint() -> str:
    """Of this package's own files, whether they lie in a repository or are installed."""
    root = Path(qa.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix in (".py", ".json"):
            digest.update(f"{path.relative_to(root).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]

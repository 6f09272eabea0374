"""The exported default model, kept in the user's cache: made once, locked, and never used unchecked.

The weights' sha256 is checked before they are exported; the sha256 of what the export wrote is kept beside it, and
checked at every start (0.1 s for 90 MB; hashing the published weights as well would double it and prove nothing more).
That finds damage of any kind. It does not hold off someone who can write to the user's cache and so change all files,
who could as well change the program. The weights are a file of their own, which the runtime maps into memory: they are
not copied while loading, and processes share them.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from qa.errors import EmbeddingError

logger = logging.getLogger(__name__)

# Raise it when the graph that onnx_export.py writes is another.
EXPORT_VERSION = 2
MODEL, DIGESTS = "model.onnx", "sha256"
_LOCK_SECONDS = 600
_EXPORT_SECONDS = 600


def cache_folder(cache: Path | None = None) -> Path:
    """`cache`, or the folder that the environment variable QA_CACHE names, or the user's cache folder."""
    if cache is not None:
        return cache
    if named := os.environ.get("QA_CACHE"):
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_cache_path("briefing-qa")


def read_checked(path: Path, sha256: str) -> bytes:
    """The bytes of `path`. Raises EmbeddingError where it is missing or its sha256 is another."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EmbeddingError(f"{path} of the embedding model cannot be read: {error.strerror}.") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise EmbeddingError(f"{path} is not the published file (its sha256 differs). Reinstall its package.")
    return content


def exported(folder: Path, sha256: Mapping[str, str], cache: Path, name: str) -> Path:
    """The file of the exported model, checked; the model in `folder` is exported first where that is not done yet.

    sha256: of the model's files by name, which are checked before an export. Two processes export once: the second
    waits. A cache that holds the export may be read-only. Raises EmbeddingError.
    """
    target = cache / f"{name}-{sha256['model.safetensors'][:16]}-v{EXPORT_VERSION}"
    if not _is_whole(target):
        _export_locked(folder, sha256, target)
    return target / MODEL


def _export_locked(folder: Path, sha256: Mapping[str, str], target: Path) -> None:
    from filelock import FileLock, Timeout

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{target}.lock", timeout=_LOCK_SECONDS):
            if _is_whole(target):
                return
            for file, digest in sha256.items():
                read_checked(folder / file, digest)
            _export(folder, target)
    except Timeout as error:
        raise EmbeddingError(
            "Another process has been preparing the embedding model for ten minutes. Try again later."
        ) from error
    except OSError as error:
        raise EmbeddingError(
            f"The embedding model cannot be kept in {target.parent}: {error.strerror or error}.\n"
            "Set QA_CACHE to a folder that can be written to."
        ) from error
    if not _is_whole(target):
        raise EmbeddingError(f"{target} was written but reads otherwise. Is the disk full or failing?")


def _is_whole(target: Path) -> bool:
    """Whether the export is there and is what was written."""
    try:
        lines = (target / DIGESTS).read_text(encoding="ascii", errors="replace").splitlines()
        written = {file: digest for digest, file in (line.split("  ", 1) for line in lines)}
        return MODEL in written and all(_sha256(target / file) == digest for file, digest in written.items())
    except (OSError, ValueError):  # where it is no mere absence, the export that follows says so
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _export(folder: Path, target: Path) -> None:
    """Writes the folder `target`. The caller holds the lock, so the name beside it is its own."""
    logger.info("Preparing the embedding model, once; this takes about 15 seconds.")
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir()
        _run_export(folder, part / MODEL)
        # In the form that `sha256sum -c` reads.
        digests = [f"{_sha256(path)}  {path.name}\n" for path in sorted(part.iterdir())]
        (part / DIGESTS).write_text("".join(digests), encoding="ascii")
        shutil.rmtree(target, ignore_errors=True)
        part.replace(target)
        _remove_older(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _remove_older(target: Path) -> None:
    """Removes what older versions of the program exported of the same model: 90 MB that nothing uses any more."""
    name = target.name.removesuffix(f"-v{EXPORT_VERSION}")
    for version in range(1, EXPORT_VERSION):
        for ending in ("", ".onnx", ".onnx.sha256", ".lock", ".onnx.lock"):
            older = target.with_name(f"{name}-v{version}{ending}")
            with suppress(OSError):
                shutil.rmtree(older) if older.is_dir() else older.unlink(missing_ok=True)


def _run_export(folder: Path, target: Path) -> None:
    # In a process of its own: torch's 0.8 GB go away with it, and so does all that the exporter prints.
    script = Path(__file__).with_name("onnx_export.py")
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": ""}
    try:
        done = subprocess.run(
            [sys.executable, "-P", str(script), str(folder), str(target)],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_EXPORT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise EmbeddingError("Preparing the embedding model took over ten minutes and was stopped.") from error
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise EmbeddingError(f"The embedding model could not be prepared: {reason}")

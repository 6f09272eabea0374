"""The exported default model, kept in the user's cache: made once, locked, and never used unchecked.

The weights' sha256 is checked before they are exported; the sha256 of what the export wrote is kept beside it, and
checked against the very bytes that are loaded, at every start (0.1 s for 90 MB; hashing the weights as well would
double it and prove nothing more). That finds damage of any kind. It does not hold off someone who can write to the
user's cache and so change both files, who could as well change the program.
"""

from __future__ import annotations

import hashlib
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from qa.errors import EmbeddingError

logger = logging.getLogger(__name__)

# Raise it when the graph that onnx_export.py writes is another.
EXPORT_VERSION = 1
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


def read_or_export(folder: Path, sha256: Mapping[str, str], cache: Path, name: str) -> bytes:
    """The exported model's bytes, checked; the model in `folder` is exported first where that is not done yet.

    sha256: of the model's files by name, which are checked before an export. Two processes export once: the second
    waits. A cache that holds the export may be read-only. Raises EmbeddingError.
    """
    target = cache / f"{name}-{sha256['model.safetensors'][:16]}-v{EXPORT_VERSION}.onnx"
    content = _read_export(target)
    if content is None:
        content = _export_locked(folder, sha256, target)
    return content


def _export_locked(folder: Path, sha256: Mapping[str, str], target: Path) -> bytes:
    from filelock import FileLock, Timeout

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{target}.lock", timeout=_LOCK_SECONDS):
            content = _read_export(target)
            if content is None:
                for file, digest in sha256.items():
                    read_checked(folder / file, digest)
                _export(folder, target)
                content = _read_export(target)
    except Timeout as error:
        raise EmbeddingError(
            "Another process has been preparing the embedding model for ten minutes. Try again later."
        ) from error
    except OSError as error:
        raise EmbeddingError(
            f"The embedding model cannot be kept in {target.parent}: {error.strerror or error}.\n"
            "Set QA_CACHE to a folder that can be written to."
        ) from error
    if content is None:
        raise EmbeddingError(f"{target} was written but reads otherwise. Is the disk full or failing?")
    return content


def _read_export(target: Path) -> bytes | None:
    """The export, or None where it is missing or is not what was written."""
    try:
        content, digest = target.read_bytes(), _digest_file(target).read_text(encoding="ascii", errors="replace")
    except OSError:  # where it is no mere absence, the export that follows says so
        return None
    return content if hashlib.sha256(content).hexdigest() == digest else None


def _digest_file(target: Path) -> Path:
    return target.with_name(f"{target.name}.sha256")


def _export(folder: Path, target: Path) -> None:
    """Writes `target` and the file with its sha256. The caller holds the lock, so the names beside are its own."""
    logger.info("Preparing the embedding model, once; this takes about 15 seconds.")
    part, digest_part = target.with_name(f"{target.name}.part"), target.with_name(f"{target.name}.sha256.part")
    try:
        _run_export(folder, part)
        digest_part.write_text(hashlib.sha256(part.read_bytes()).hexdigest(), encoding="ascii")
        os.replace(part, target)
        os.replace(digest_part, _digest_file(target))
    finally:
        part.unlink(missing_ok=True)
        digest_part.unlink(missing_ok=True)


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

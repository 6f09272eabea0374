"""Which of Gradio's many addresses are served: those that a session in a browser asks for, and no others."""

from __future__ import annotations

import re
from pathlib import Path

_API = "/gradio_api"
UPLOAD = f"{_API}/upload"
_FILE = f"{_API}/file="
_READ = re.compile(
    rf"/|/theme\.css|/favicon\.ico|/manifest\.json|/assets/[\w./-]+|/static/[\w./-]+"
    rf"|{_API}/(app_id|queue/data|heartbeat/\w{{1,64}})"
)
_CHANGE = re.compile(rf"{_API}/(queue/join|cancel|reset)")
# What a browser may keep: Gradio's own files, which hold nothing of the notes.
_PUBLIC = re.compile(r"/theme\.css|/favicon\.ico|/assets/.*|/static/.*")


def well_formed(path: str) -> bool:
    """Whether a path, decoded, holds nothing by which one climbs out of a folder."""
    parts = path.split("/")
    return not any(part in (".", "..") for part in parts) and "//" not in path and not re.search(r"[\\\0-\x1f]", path)


def allowed(method: str, path: str, *, files: Path, takes_files: bool) -> bool:
    """Whether Gradio is asked for this. files: the folder of what was uploaded, and of what is offered for saving.

    takes_files: whether anything may be uploaded.
    """
    if method == "POST":
        return bool(_CHANGE.fullmatch(path)) or (takes_files and path == UPLOAD)
    if path.startswith(_FILE):
        file = Path(path.removeprefix(_FILE))
        return file.is_absolute() and file.resolve().is_relative_to(files.resolve())
    return bool(_READ.fullmatch(path)) or (takes_files and path == f"{_API}/upload_progress")


def may_be_kept(path: str) -> bool:
    """Whether the browser may keep what is at this path: it holds nothing of the notes."""
    return bool(_PUBLIC.fullmatch(path))

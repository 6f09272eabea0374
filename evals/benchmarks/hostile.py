"""What reading a large or a hostile file costs: wall time, and the peak memory of the process that reads it.

    python -m evals.benchmarks.hostile

Each file goes through the guard in a process of its own. Needs the `dev` extra.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from qa.console import show_table
from qa.errors import NoteError
from qa.notes import Guard
from tests.hostile import BOMBS, PARAGRAPH, sound_docx, sound_html, sound_pdf

PAGES = 300


def long_pdf() -> bytes:
    """A PDF of PAGES dense pages."""
    from reportlab.lib.pagesizes import letter
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    style = getSampleStyleSheet()["BodyText"]
    target = io.BytesIO()
    SimpleDocTemplate(target, pagesize=letter).build([Paragraph(PARAGRAPH * 6, style) for _ in range(7 * PAGES)])
    return target.getvalue()


FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "sound page": (".html", sound_html),
    "sound Word file": (".docx", sound_docx),
    "sound PDF": (".pdf", sound_pdf),
    f"PDF of {PAGES} pages": (".pdf", long_pdf),
    **BOMBS,
}


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(measure(Path(sys.argv[1]))))
        return
    rows: list[list[object]] = [["file", "seconds", "MB at its peak", "outcome"]]
    with tempfile.TemporaryDirectory() as folder:
        for name, (suffix, make) in FILES.items():
            path = Path(folder) / f"file{suffix}"
            path.write_bytes(make())
            # A process of its own, whose children's peak is that of this one file's reader.
            command = [sys.executable, "-m", "evals.benchmarks.hostile", str(path)]
            run = subprocess.run(command, capture_output=True, text=True, check=True)
            rows.append([name, *json.loads(run.stdout)])
    show_table(rows)


def measure(path: Path) -> tuple[str, str, str]:
    """Seconds, the reading process's peak resident megabytes, and what came of it."""
    data = path.read_bytes()
    start = time.perf_counter()
    try:
        with Guard() as guard:
            reading = guard.read(data, path.suffix)
        pages = max((part.page or 0 for part in reading.parts), default=0)
        outcome = f"read, {len(reading.parts)} blocks" + (f" on {pages} pages" if pages else "")
    except NoteError as error:
        outcome = f"refused: {str(error).splitlines()[0]}"
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return f"{seconds:.2f}", f"{peak:.0f}", outcome


if __name__ == "__main__":
    main()

"""How fast the program is, what it takes, and how both grow with a binder, each beside its target.

    python -m evals.benchmarks.speed [--parts cold indexing growth opening] [--sizes 1000 10000 100000]
        [--work FOLDER] [--json FILE] [--plot FILE] [--show FILE ...]

cold: a whole `qa ask` beside a plain LangChain script, and what it imports (the `bench` extra). indexing: texts a
second beside sentence-transformers' default. growth: binders of made notes (evals/benchmarks/plausible) are made and
asked, and the largest is served in the chat; the vectors of their texts are composed of the model's own of their words,
so that 100,000 passages are made in minutes, and the time to embed them is worked out from the rate of the model on
some of their texts. opening: an up-to-date binder of 10,000 short notes. Binders are kept in --work and used again.

The machine should do nothing else meanwhile. What is compared runs in turn, and ratios are pair by pair.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from evals.benchmarks.speed import report
from evals.benchmarks.speed.sized import AS_QA

NOTES_OF_A_SIZE = 0.087  # a note has 11.5 passages
SHORT_NOTES = 10_000
PARTS = ("cold", "indexing", "growth", "opening")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--runs", type=int, default=5, help="pairs of cold runs")
    parser.add_argument("--real", action="store_true", help="embed the made notes by the model itself (hours)")
    parser.add_argument("--work", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path, help="an SVG of the growth")
    parser.add_argument("--show", type=Path, nargs="+", help="measure nothing: show what --json kept of earlier runs")
    parsed = parser.parse_args()
    if parsed.show:
        found = {part: told for path in parsed.show for part, told in json.loads(path.read_text("utf-8")).items()}
    else:
        with tempfile.TemporaryDirectory() as folder:
            found = run(parsed, parsed.work or Path(folder))
    report.show(found)
    if parsed.json:
        parsed.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    if parsed.plot and "growth" in found:
        report.plot(found["growth"], parsed.plot)


def run(parsed: argparse.Namespace, work: Path) -> dict[str, Any]:
    """All figures, by part."""
    found: dict[str, Any] = {"cores": os.cpu_count(), "machine": platform.machine(), "day": time.strftime("%Y-%m-%d")}
    if "cold" in parsed.parts:
        found["cold"] = cold(parsed.runs)
    if "indexing" in parsed.parts:
        from evals.benchmarks.speed import indexing

        found["indexing"] = indexing.measured()
    if "growth" in parsed.parts:
        found["growth"] = growth(parsed.sizes, work, parsed.real)
    if "opening" in parsed.parts:
        found["opening"] = opening(work)
    return found


def cold(runs: int) -> dict[str, Any]:
    from evals.benchmarks.cold import prepared, run
    from evals.benchmarks.speed import imports

    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = prepared(Path("corpus"), folder)
        pairs = [(run(ours), run(theirs)) for _ in range(runs)]
        imported = imports.profile(ours)
    return {
        "seconds": [statistics.median(pair[side][0] for pair in pairs) for side in (0, 1)],
        "mb": [statistics.median(pair[side][1] for pair in pairs) for side in (0, 1)],
        "time_ratios": [mine[0] / other[0] for mine, other in pairs],
        "memory_ratios": [mine[1] / other[1] for mine, other in pairs],
        "imports_ms": dict(list(imported.items())[:12]),
        "unused": [package for package in imports.UNUSED if package in imported],
    }


def growth(sizes: list[int], work: Path, real: bool) -> list[dict[str, Any]]:
    from evals.benchmarks.speed import serving

    found = []
    for size in sizes:
        folder = work / f"{size}{'-real' if real else ''}"
        notes = ["--notes", str(round(size * NOTES_OF_A_SIZE)), *(["--real"] if real else [])]
        row = sized("change", folder, sized("ask", folder, made(folder, notes)))
        if size == max(sizes):
            row["chat"] = serving.measured(folder)
        print(f"{row['passages']:,} passages measured", file=sys.stderr, flush=True)
        found.append(row)
    return found


def opening(work: Path) -> dict[str, Any]:
    """Seconds to open a binder of short notes that is up to date: in a process of its own, the best of three."""
    folder = work / "short"
    row = made(folder, ["--notes", str(SHORT_NOTES), "--short"])
    runs = [sized("open", folder, {}) for _ in range(3)]
    return {"notes": row["notes"], "passages": row["passages"], "seconds": [one["open_s"] for one in runs]}


def made(folder: Path, notes: list[str]) -> dict[str, Any]:
    """What making the binder in `folder` took, now or when it was made."""
    kept = folder / "made.json"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        row = sized("make", folder, {}, *notes)
        kept.write_text(json.dumps(row), "utf-8")
    told: dict[str, Any] = json.loads(kept.read_text("utf-8"))
    return told


def sized(what: str, folder: Path, row: dict[str, Any], *more: str) -> dict[str, Any]:
    """The row with what a process of its own measured."""
    command = [sys.executable, "-m", "evals.benchmarks.speed.sized", what, str(folder), *more]
    done = subprocess.run(command, env=os.environ | AS_QA, stdout=subprocess.PIPE, text=True, check=True)
    return row | json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()

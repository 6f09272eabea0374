"""A cold `qa ask` beside a plain LangChain script: whole process, index already built, runs in turn.

    python -m evals.benchmarks.cold [--runs 5] [--corpus corpus]

Prints the wall time and peak memory of each, and their ratios pair by pair. Needs the `bench` extra.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

QUESTION = "Who is the Minister's U.S. counterpart?"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = prepared(parsed.corpus, folder)
        pairs = [(run(ours), run(theirs)) for _ in range(parsed.runs)]
    for name, index in (("qa ask", 0), ("plain LangChain", 1)):
        show(name, "s", [pair[index][0] for pair in pairs], "{:.2f}".format)
        show(name, "MB", [pair[index][1] for pair in pairs], "{:.0f}".format)
    show("ratio of times", "", [mine[0] / other[0] for mine, other in pairs], "{:.3f}".format)
    show("ratio of memory", "", [mine[1] / other[1] for mine, other in pairs], "{:.3f}".format)


def prepared(corpus: Path, folder: str) -> tuple[list[str], list[str]]:
    """The arguments of `python` for each of the two, over indexes that were made in `folder`; each was run once,
    so that the file cache is warm for both."""
    places = ["--corpus", str(corpus), "--index", f"{folder}/ours"]
    ours = ["-m", "qa", "ask", QUESTION, *places]
    theirs = ["-m", "evals.benchmarks.plain_langchain", "ask", f"{folder}/theirs", QUESTION]
    run(["-m", "qa", "index", *places])
    run(["-m", "evals.benchmarks.plain_langchain", "index", str(corpus), f"{folder}/theirs"])
    run(ours), run(theirs)
    return ours, theirs


def run(arguments: list[str]) -> tuple[float, float]:
    """Wall seconds and peak resident megabytes of one process. Raises CalledProcessError where it fails."""
    environ = os.environ | {"HF_HUB_OFFLINE": "1"}
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], env=environ, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, arguments)
    return seconds, usage.ru_maxrss / 1024


def show(name: str, unit: str, values: list[float], form: Callable[[float], str]) -> None:
    """One row: median, least and most."""
    print(f"{name:16} median {form(statistics.median(values))} {unit} ({form(min(values))} to {form(max(values))})")


if __name__ == "__main__":
    main()

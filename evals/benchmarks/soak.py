"""Staying power: mixed use of one index for half an hour, while its notes change.

    python -m evals.benchmarks.soak [--minutes 30] [--users 4] [--seed 1]

Over the notes of `evals/verrane` and two dozen made ones, in a folder that is made for it, four processes stay: `qa
serve` asked over HTTP by so many users, the chat asked by as many as a browser asks it, a program that uses the library
to ask and to search, and one that brings the index up to date with the notes, of which one or two are added, edited or
removed every few seconds. Every tenth time `qa index` does that instead. A user waits a second, on average, between an
answer and the next question.

Each quote of each answer is looked up in all versions of its note: it must be the words at its place of one that was
there during the question, and all quotes of an answer must be of one moment. What each process holds (memory, open
files, threads) is looked at every two seconds. The growth is that of the straight line that fits the memory of the
second half best.

Exit code 1 where anything failed, a process said anything on standard error or did not end well, a quote was wrong, or
a process grows without bound: by more than 60 MB an hour in each third of the second half (a step in one of them is
room that is made once), or by more than 20 open files or threads over the most of the first half. A run of less than 10
minutes only says how much it grew. "least" is the growth in the third where it was least.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path

from evals.benchmarks.sets import EVALS
from evals.benchmarks.soak_notes import ChangingNotes
from evals.benchmarks.soak_processes import (
    LIBRARY,
    Process,
    least_slope,
    second_half,
    size_on_disk,
    slope,
    started,
)
from evals.benchmarks.soak_users import LONGEST, Answer, Tally, ask_chat, ask_http, ask_library
from qa.console import show_table
from qa.evaluation.gold import read_rows
from qa.evaluation.goldset import load_set

WAYS = (
    "HTTP, /ask",
    "HTTP, /ask streamed",
    "HTTP, /search",
    "chat",
    "library, ask",
    "library, search",
    "sync, library",
    "sync, `qa index`",
)
# What `qa index` may say beside its report, where a server is just bringing the index up to date.
WAITING = "qa: waiting for another process that is writing"
# Seconds between samples; between changes of notes, on average.
SAMPLED, CHANGED = 2.0, 3.0
# Megabytes an hour, and open files or threads, that a process may grow by; minutes from which on that is judged.
MOST_GROWTH, MOST_MORE, JUDGED = 60.0, 20, 10.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--users", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(soak(Path(folder), parsed.minutes, parsed.users, parsed.seed))


def soak(folder: Path, minutes: float, users: int, seed: int) -> int:
    """Runs it, prints the tables, and returns the exit code."""
    gold = load_set(EVALS / "verrane" / "set.toml")
    notes = ChangingNotes(folder / "notes", gold.notes, seed)
    questions = [str(row.keys["question"]) for row in read_rows(gold.gold)] + notes.questions()
    os.environ |= {"QA_CORPUS": str(folder / "notes"), "QA_INDEX": str(folder / "index")}
    os.environ |= {"QA_PORT": "0", "QA_SERVE_PORT": "0", "QA_INBOX": str(folder / "inbox.jsonl")}
    _run_index()
    serve = started("qa serve", folder, "-m", "qa", "serve")
    chat = started("qa chat", folder, "-m", "qa", "chat")
    asks, syncs = (started(name, folder, "-c", LIBRARY) for name in ("library, asks", "library, syncs"))
    processes = [serve, chat, asks, syncs]
    urls = [serve.address(), chat.address()]
    for library in (asks, syncs):
        library.line()
    tallies = {name: Tally(notes.versions) for name in WAYS}
    stop, faults = threading.Event(), list[str]()
    work: list[Callable[[], None]] = [partial(_change, notes, syncs, tallies, random.Random(seed), stop)]
    work += [partial(ask_library, asks, tallies, questions, random.Random(seed + 1), stop)]
    for way, url in zip((ask_http, ask_chat), urls, strict=True):
        work += [partial(way, url, tallies, questions, random.Random(f"{url} {user}"), stop) for user in range(users)]
    disk = [size_on_disk(folder / "index")]
    with ThreadPoolExecutor(len(work)) as pool:
        running = [pool.submit(one) for one in work]
        try:
            while not all(tally.asked for tally in tallies.values()) and not any(one.done() for one in running):
                time.sleep(0.1)  # what is loaded at first is no growth
            until = time.monotonic() + 60 * minutes
            while (left := until - time.monotonic()) > 0:
                for process in processes:
                    process.look()
                time.sleep(min(left, SAMPLED))
            stop.set()
            _, waiting = wait(running, timeout=2 * LONGEST)
            for process in processes:
                process.look()
        finally:
            stop.set()
            faults += [fault for process in processes for fault in process.end()]  # and with it who still waits for it
    faults += [f"{len(waiting)} users were never told anything"] if waiting else []
    faults += [f"a user ended: {error!r}" for one in running if (error := one.exception())]
    disk.append(size_on_disk(folder / "index"))
    faults += [f"{name}: {fault}" for name, tally in tallies.items() for fault in tally.faults]
    faults += [f"{name}: {wrong}" for name, tally in tallies.items() for wrong in tally.wrong]
    if minutes >= JUDGED:
        faults += [grown for process in processes for grown in _grown(process)]
    print(f"{minutes:g} minutes, {users} users over HTTP, {users} in the chat, {notes.changes} changes of notes.\n")
    _show_ways(tallies)
    _show_processes(processes)
    print(f"\nThe index took {disk[0]:.1f} MB of disk at the start and {disk[1]:.1f} MB in the end.")
    print("\n".join(["", f"{len(faults)} faults:", *faults[:40]] if faults else ["", "No fault."]))
    return 1 if faults else 0


def _change(
    notes: ChangingNotes,
    syncs: Process,
    tallies: Mapping[str, Tally],
    chance: random.Random,
    stop: threading.Event,
) -> None:
    """Changes notes and has the index follow, until it is stopped."""
    number = 0
    while not stop.is_set():
        for _ in range(chance.choice((1, 1, 2))):
            notes.change()
        began = time.monotonic()
        if number % 10 == 1:
            tallies["sync, `qa index`"].took(_run_index)
        else:
            tallies["sync, library"].took(partial(_synced, syncs))
        notes.versions.synced(began)
        number += 1
        stop.wait(chance.uniform(0, 2 * CHANGED))


def _synced(syncs: Process) -> list[Answer]:
    report = syncs.told("sync")
    if report["problems"] or report["notices"]:
        raise ValueError(f"it tells {report}")
    return []


def _run_index() -> list[Answer]:
    run = subprocess.run(
        [sys.executable, "-m", "qa", "index"], capture_output=True, text=True, check=False, timeout=600
    )
    if run.returncode or set(run.stderr.splitlines()) - {WAITING}:
        raise ValueError(f"it ended with {run.returncode}: {run.stderr}")
    return []


def _grown(process: Process) -> list[str]:
    """What a process holds ever more of."""
    later = second_half(process.samples)
    earlier = process.samples[: -len(later)]
    steadily = least_slope(process.samples)
    faults = [f"memory by {steadily:.0f} MB an hour all the while"] if steadily > MOST_GROWTH else []
    for what in ("files", "threads"):
        before, after = (max(getattr(sample, what) for sample in part) for part in (earlier, later))
        faults += [f"{what} from {before} to {after}"] if after > before + MOST_MORE else []
    return [f"{process.name} grows: {fault}" for fault in faults]


def _show_ways(tallies: Mapping[str, Tally]) -> None:
    rows: list[list[object]] = [
        ["", "asked", "answered", "abstained", "left", "errors", "quotes", "wrong", "p50, s", "p95, s"]
    ]
    for name, tally in tallies.items():
        seconds = sorted(tally.seconds)
        places = [f"{seconds[round(share * (len(seconds) - 1))]:.2f}" if seconds else "" for share in (0.5, 0.95)]
        told = len(seconds) - tally.abstained
        counts = [tally.asked, told, tally.abstained, tally.left, len(tally.faults), tally.quotes, len(tally.wrong)]
        rows.append([name, *counts, *places])
    show_table(rows, right_from=1)
    print()


def _show_processes(processes: Sequence[Process]) -> None:
    rows: list[list[object]] = [
        [
            "",
            "MB, start",
            "middle",
            "end",
            "peak",
            "MB an hour",
            "least",
            "files, start",
            "most",
            "threads, start",
            "most",
        ]
    ]
    for process in processes:
        held = process.samples
        memory = [held[0].memory, second_half(held)[0].memory, held[-1].memory, max(one.memory for one in held)]
        row: list[object] = [process.name, *(f"{one:.0f}" for one in memory)]
        row += [f"{slope(held):+.0f}", f"{least_slope(held):+.0f}"]
        for what in ("files", "threads"):
            row += [getattr(held[0], what), max(getattr(one, what) for one in held)]
        rows.append(row)
    show_table(rows, right_from=1)


if __name__ == "__main__":
    main()

"""Several processes over one index folder whose vectors a Chroma server keeps: what they see, how fast, without it.

    python -m evals.benchmarks.scale_out [--processes 4] [--seconds 10] [--corpus corpus]

All on this machine: a `chroma run`, processes that use the library, and `qa serve`s. In four parts:

- A note is changed and one process brings the index up to date; each of the others is then asked at once. Told is how
  many of their answers have the new figure, how long the sync took, and how long the question after it.
- The answer rate with 1, 2, ... `qa serve`, among which the same 16 users are dealt out.
- The time of `binder.ask` with the vectors in the index folder and on the server, the same questions in turn.
- The server is stopped and started again while a process asks: what its reader is told, and for how long.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from evals.benchmarks.crowd import QUESTIONS, Ask, asked, by_http, machine, serving
from qa.console import show_table
from tests.chroma_run import ChromaRun

USERS = 16
CHANGES = 5
PAIRS = 5
NOTE = "# Kelp harvest\n\nIn all, {count} tonnes of kelp were landed at Marrow Sound in 2023.\n"
QUESTION = "How many tonnes of kelp were landed at Marrow Sound?"
# A process that uses the library: a line of standard input is a question, or what is to be done, as JSON.
LIBRARY = """
import json, sys, time
from qa import Binder
with Binder.open(sync=False) as binder:
    for line in sys.stdin:
        what, start = json.loads(line), time.perf_counter()
        if what == {"do": "sync"}:
            said = {"touched": binder.sync().touched}
        elif what == {"do": "doctor"}:
            said = {"wrong": [check.message for check in binder.doctor() if not check.ok]}
        else:
            answer = binder.ask(what["ask"])
            said = {"text": answer.text, "notices": [one.text for one in answer.notices if one.kind == "index"]}
        print(json.dumps(said | {"seconds": time.perf_counter() - start}), flush=True)
"""


class Process:
    """A process that uses the library."""

    def __init__(self, running: Any) -> None:
        self._running = running

    def begin(self, **what: str) -> None:
        """Tells it what to do: ask=QUESTION, or do="sync" or "doctor"."""
        self._running.stdin.write(f"{json.dumps(what)}\n")
        self._running.stdin.flush()

    def end(self) -> dict[str, Any]:
        """What came of that."""
        said: dict[str, Any] = json.loads(self._running.stdout.readline() or '"it ended"')
        return said

    def done(self, **what: str) -> dict[str, Any]:
        self.begin(**what)
        return self.end()


@contextmanager
def process(environ: Mapping[str, str]) -> Iterator[Process]:
    """One over the binder that the variables of its environment name."""
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", LIBRARY], env=os.environ | environ, **pipes) as running:
        try:
            yield Process(running)
        finally:
            running.stdin.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        shutil.copytree(parsed.corpus, folder / "notes")
        chroma = ChromaRun(folder / "chroma")
        chroma.start()
        here = {"QA_CORPUS": str(folder / "notes"), "QA_INDEX": str(folder / "index")}
        there = here | {"QA_INDEX": str(folder / "with-server"), "QA_CHROMA_URL": chroma.url}
        try:
            for environ in (here, there):
                with process(environ) as one:
                    one.done(do="sync")
            print(f"{machine()}; {parsed.corpus}, embedded answerer, `chroma run` on loopback", flush=True)
            seen(folder / "notes", there, parsed.processes)
            rates(there, parsed.processes, parsed.seconds)
            with process(here) as own:
                own.done(do="sync")  # the note that `seen` has added
                with process(there) as served:
                    pairs(own, served)
                    away(chroma, served)
        finally:
            chroma.stop()


def seen(notes: Path, environ: Mapping[str, str], count: int) -> None:
    """What the others see of what one process has taken in."""
    with ExitStack() as stack:
        writer, *readers = [stack.enter_context(process(environ)) for _ in range(count)]
        server = stack.enter_context(serving("serve", environ))
        answer_of(server.url)
        for reader in readers:
            reader.done(ask=QUESTION)
        synced, questions, right = [], [], 0
        for change in range(CHANGES):
            figure = f"{4100 + change}"
            (notes / "kelp.md").write_text(NOTE.format(count=figure), "utf-8")
            synced.append(writer.done(do="sync")["seconds"])
            for reader in readers:
                said = reader.done(ask=QUESTION)
                questions.append(said["seconds"])
                right += figure in said["text"]
            right += figure in answer_of(server.url)
    print(f"\nA note changes, one process syncs, {count - 1} others and a `qa serve` are asked ({CHANGES} times)")
    print(f"new figure in the next answer: {right} of {CHANGES * count}")
    print(f"sync: median {np.median(synced):.2f} s; the question after it: median {1000 * np.median(questions):.0f} ms")


def answer_of(url: str) -> str:
    """What a `qa serve` answers to QUESTION."""
    response = httpx.post(f"{url}/ask", json={"question": QUESTION}, timeout=60, trust_env=False)
    text: str = response.raise_for_status().json()["text"]
    return text


def rates(environ: Mapping[str, str], count: int, seconds: float) -> None:
    """The answer rate with 1, 2, 4, ... servers, up to `count`."""
    rows: list[list[object]] = [["qa serve", "answers/s", "p50 s", "p95 s", "lost", "server ms"]]
    numbers = [number for number in (1, 2, 4, 8, 16) if number <= count]
    for number in numbers:
        with ExitStack() as stack:
            servers = [stack.enter_context(serving("serve", environ)) for _ in range(number)]
            turns = itertools.cycle([server.url for server in servers])
            asker = partial(dealt, turns)
            asked(2 * number, 3.0, asker)  # what is loaded at first
            before = sum(server.cpu() for server in servers)
            crowd = asked(USERS, seconds, asker)
            spent = 1000 * (sum(server.cpu() for server in servers) - before) / len(crowd.answered)
        times = [f"{crowd.taken(share):.2f}" for share in (0.5, 0.95)]
        rows.append([number, f"{crowd.rate:.1f}", *times, crowd.lost.total(), f"{spent:.0f}"])
    print(f"\n{USERS} users, who ask again as soon as they are answered, {seconds:.0f} s each")
    show_table(rows, right_from=0)


def dealt(turns: Iterator[str]) -> Ask:
    """One who asks the server whose turn it is."""
    return by_http(next(turns))


def pairs(own: Process, served: Process) -> None:
    """The time of an answer with the vectors in the folder and on the server, in turn."""
    taken: dict[str, list[float]] = {"folder": [], "server": []}
    same = 0
    for question in QUESTIONS * (PAIRS + 1):
        first, second = own.done(ask=question), served.done(ask=question)
        same += first["text"] == second["text"]
        taken["folder"].append(first["seconds"])
        taken["server"].append(second["seconds"])
    rows: list[list[object]] = [["vectors", "p50 ms", "p95 ms"]]
    for name, seconds in taken.items():
        warm = 1000 * np.array(seconds[len(QUESTIONS) :])
        rows.append([name, f"{np.median(warm):.1f}", f"{np.quantile(warm, 0.95):.1f}"])
    warm = 1000 * (np.array(taken["server"]) - np.array(taken["folder"]))[len(QUESTIONS) :]
    print(f"\n`binder.ask`, {len(warm)} questions in turn")
    show_table(rows, right_from=1)
    print(f"on the server it takes {np.median(warm):+.1f} ms (median of the pairs)")
    print(f"the same answer: {same} of {len(taken['server'])}")


def away(chroma: ChromaRun, served: Process) -> None:
    """What is told while the server is away, and how long until it is used again."""
    chroma.stop()
    first, later = served.done(ask=QUESTION), [served.done(ask=question) for question in QUESTIONS]
    print("\nThe server is stopped")
    print(f"the next answer: {1000 * first['seconds']:.0f} ms, with the notice: {first['notices'][0]}")
    print(
        f"the {len(later)} after it: median {1000 * np.median([one['seconds'] for one in later]):.0f} ms, with the same"
    )
    chroma.start()
    began = time.monotonic()
    while served.done(ask=QUESTION)["notices"]:
        time.sleep(0.5)
    print(f"started again: it is used from {time.monotonic() - began:.0f} s on, and the notice is gone")


if __name__ == "__main__":
    main()

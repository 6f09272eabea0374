"""The processes of the soak, and what they hold: memory, open files and threads, read from /proc."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import numpy as np

# A program that uses the library, told by lines of JSON what to do.
LIBRARY = """
import json, sys
from qa import Binder
from qa.console import print_json
with Binder.open(sync=False) as binder:
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        what, question = json.loads(line)
        if what == "ask":
            said = binder.ask(question)
        elif what == "search":
            said = binder.search(question, k=5)
        else:
            said = binder.sync()
        print_json(said, compact=True)
        sys.stdout.flush()
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """What a process held at a time (of `time.monotonic`). memory: megabytes, all that is in memory of it (VmRSS)."""

    at: float
    memory: float
    files: int
    threads: int


@dataclass
class Process:
    """One of the processes that stay. said: the file of what it says on standard error."""

    name: str
    running: subprocess.Popen[str]
    said: Path
    samples: list[Sample] = field(default_factory=list)

    def look(self) -> None:
        """Takes a sample; none of one that has ended."""
        if self.running.poll() is not None:
            return
        place = Path(f"/proc/{self.running.pid}")
        status = dict(line.split(":", 1) for line in (place / "status").read_text().splitlines() if ":" in line)
        held = int(status["VmRSS"].split()[0]) / 1024
        self.samples.append(Sample(time.monotonic(), held, len(os.listdir(place / "fd")), int(status["Threads"])))

    def line(self) -> Any:
        """What it says next, as JSON. Raises EOFError where it ended."""
        assert self.running.stdout is not None
        said = self.running.stdout.readline()
        if not said:
            raise EOFError(f"{self.name} ended: {self.said.read_text()[-2000:]}")
        return json.loads(said)

    def told(self, what: str, question: str = "") -> Any:
        """What a library process gives for a question, or for a sync."""
        assert self.running.stdin is not None
        self.running.stdin.write(json.dumps([what, question]) + "\n")
        self.running.stdin.flush()
        return self.line()

    def address(self) -> str:
        """Where a server says that it is, once it is there."""
        assert self.running.stdout is not None
        for line in self.running.stdout:
            if found := [word.strip(",") for word in line.split() if word.startswith("http://")]:
                threading.Thread(target=_drain, args=(self.running.stdout,), daemon=True).start()
                return found[0]
        raise EOFError(f"{self.name} ended: {self.said.read_text()[-2000:]}")

    def end(self) -> list[str]:
        """Stops it, and gives what was wrong with it: how it ended, and each line that it said on standard error."""
        if self.running.stdin is not None:
            self.running.stdin.close()
        else:
            self.running.terminate()
        try:
            code = self.running.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.running.kill()
            code = self.running.wait()
        faults = [f"{self.name} said: {line}" for line in self.said.read_text().splitlines() if line.strip()]
        return faults if code == 0 else [*faults, f"{self.name} ended with {code}"]


def started(name: str, folder: Path, *arguments: str) -> Process:
    """A process of Python. Those of the library are talked to by lines, those of `qa` are not."""
    said = folder / f"{name.replace(' ', '-')}.err"
    with said.open("w") as errors:
        running = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.PIPE if arguments[0] == "-c" else None,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    return Process(name, running, said)


def size_on_disk(folder: Path) -> float:
    """Megabytes of the files of a folder; of one that is gone as soon as it is looked at, none."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total / 1e6


def slope(samples: list[Sample]) -> float:
    """Megabytes an hour that memory grew over the second half of the time: of the straight line that fits best."""
    return _slope(second_half(samples))


def least_slope(samples: list[Sample]) -> float:
    """The least of those of the three thirds of the second half: what grows without bound grows in each of them."""
    later = second_half(samples)
    return min(_slope(later[len(later) * third // 3 : len(later) * (third + 1) // 3]) for third in range(3))


def second_half(samples: list[Sample]) -> list[Sample]:
    """The samples of the second half of the time."""
    middle = (samples[0].at + samples[-1].at) / 2
    return [sample for sample in samples if sample.at >= middle]


def _slope(samples: list[Sample]) -> float:
    if len(samples) < 3:
        return 0.0
    hours = np.array([sample.at - samples[0].at for sample in samples]) / 3600
    return float(np.polyfit(hours, [sample.memory for sample in samples], 1)[0])


def _drain(stream: TextIO) -> None:
    for _ in stream:
        pass

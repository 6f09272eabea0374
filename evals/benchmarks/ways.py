"""What each way of using the program costs: until it is ready, for the first answer, for each further one, in memory.

    python -m evals.benchmarks.ways [--corpus corpus] [--answers 40]

Each way is a process of its own over the same index, which is up to date, and answers the same questions in quotes, the
same number of times. Seconds until it is ready and for the first answer; milliseconds for a further one, median and
95%; peak memory of its process. Needs the `dev` extra.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import httpx

QUESTIONS = (
    "Who is the Minister's U.S. counterpart?",
    "When was the ECC established?",
    "How much does the peacekeeping program receive?",
    "Who is the Minister of Fisheries?",
)
# The library in a process of its own, asked line by line: what it takes is its own, and not that of a pipe.
LIBRARY = """
import json, sys, time
from qa import Binder
with Binder.open() as binder:
    print("ready", flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        binder.ask(line.strip())
        print(time.perf_counter() - start, flush=True)
"""
Asked = Callable[[str], float]


@dataclass
class Way:
    """What one way took. ready, first: seconds. further: seconds of each. memory: megabytes."""

    name: str
    ready: float = 0.0
    first: float = 0.0
    further: list[float] = field(default_factory=list)
    memory: float = 0.0

    def show(self) -> None:
        """One row of the table."""
        middle = 1000 * statistics.median(self.further)
        high = 1000 * statistics.quantiles(self.further, n=20)[-1]
        times = f"{self.ready:.1f} s | {self.first:.2f} s | {middle:.0f} | {high:.0f}"
        print(f"| {self.name} | {times} | {self.memory:.0f} MB |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--answers", type=int, default=40)
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"QA_CORPUS": str(parsed.corpus.absolute()), "QA_INDEX": f"{folder}/index"}
        subprocess.run([sys.executable, "-m", "qa", "index"], check=True, stdout=subprocess.DEVNULL)
        print("| way | ready | first answer | further, ms | 95% | memory |\n|---|---|---|---|---|---|")
        questions = list(islice(cycle(QUESTIONS), parsed.answers + 1))
        for measured in (library, batch, http, completions, mcp):
            measured(questions).show()
        commands(questions[: len(QUESTIONS) + 1]).show()


def library(questions: list[str]) -> Way:
    way, start = Way("library, `binder.ask`"), time.perf_counter()
    with process([sys.executable, "-c", LIBRARY]) as running:
        running.stdout.readline()
        way.ready = time.perf_counter() - start

        def ask(question: str) -> float:
            say(running, question)
            return float(running.stdout.readline())

        timed(way, ask, questions, running)
    return way


def batch(questions: list[str]) -> Way:
    """Its first answer holds the time until it is ready: it says nothing before."""
    way = Way("`qa ask --batch --json`")
    with process([sys.executable, "-m", "qa", "ask", "--batch", "--json"]) as running:

        def ask(question: str) -> float:
            start = time.perf_counter()
            say(running, question)
            json.loads(running.stdout.readline())
            return time.perf_counter() - start

        timed(way, ask, questions, running)
    return way


def http(questions: list[str]) -> Way:
    return served("`qa serve`, `/ask`", "ask", lambda question: {"question": question}, questions)


def completions(questions: list[str]) -> Way:
    def request(question: str) -> dict[str, Any]:
        return {"model": "briefing-qa", "messages": [{"role": "user", "content": question}]}

    return served("`qa serve`, `/v1/chat/completions`", "v1/chat/completions", request, questions)


def served(name: str, path: str, request: Callable[[str], dict[str, Any]], questions: list[str]) -> Way:
    """A way through a server that is started for it."""
    way, start = Way(name), time.perf_counter()
    with process([sys.executable, "-m", "qa", "serve", "--port", "0"]) as running:
        url = next(word.strip(",") for word in running.stdout.readline().split() if word.startswith("http://"))
        way.ready = time.perf_counter() - start
        with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:

            def ask(question: str) -> float:
                start = time.perf_counter()
                client.post(path, json=request(question)).raise_for_status()
                return time.perf_counter() - start

            timed(way, ask, questions, running)
    return way


def mcp(questions: list[str]) -> Way:
    """By the official client, over standard input and output."""
    from mcp import Client, StdioServerParameters

    way = Way("`qa mcp`, tool `ask`")

    async def work() -> None:
        start = time.perf_counter()
        parameters = StdioServerParameters(command=sys.executable, args=["-m", "qa", "mcp"], env=dict(os.environ))
        async with Client(parameters) as client:
            way.ready = time.perf_counter() - start
            for number, question in enumerate(questions):
                start = time.perf_counter()
                await client.call_tool("ask", {"question": question})
                took = time.perf_counter() - start
                if number:
                    way.further.append(took)
                else:
                    way.first = took
            children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
            way.memory = max(peak(int(child)) for child in children)

    asyncio.run(work())
    return way


def commands(questions: list[str]) -> Way:
    """A process for each question, so that every answer is a first one."""
    way = Way("`qa ask`, a process each")
    for question in questions:
        start = time.perf_counter()
        running = subprocess.Popen([sys.executable, "-m", "qa", "ask", "--json", question], stdout=subprocess.DEVNULL)
        _, _, usage = os.wait4(running.pid, 0)
        way.further.append(time.perf_counter() - start)
        way.memory = max(way.memory, usage.ru_maxrss / 1024)
    way.first = way.further.pop(0)
    return way


@contextmanager
def process(command: list[str]) -> Iterator[Any]:
    """A process that is talked to by lines, and ended after."""
    running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(timeout=30)


def say(running: Any, line: str) -> None:
    running.stdin.write(f"{line}\n")
    running.stdin.flush()


def timed(way: Way, ask: Asked, questions: list[str], running: Any) -> None:
    """Asks all questions in turn, and notes what each took, and the memory after the last."""
    first, *rest = questions
    way.first = ask(first)
    way.further = [ask(question) for question in rest]
    way.memory = peak(running.pid)


def peak(pid: int) -> float:
    """The most megabytes that a process has held so far."""
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()

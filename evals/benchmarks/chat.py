"""How fast the chat answers: the first question of a page that was just opened, and 30 users at once.

    python -m evals.benchmarks.chat [--users N] [--rounds N]

Both over the notes in `corpus/`, in a chat that is started as a user starts it, with the embedded answerer.

The first answer: a browser opens the page of a chat that was just started, and asks once the question can be typed;
told is the time from the beginning of loading the page, and from the question, to the answer. Needs Chromium.

At once: in each round all users press Enter at the same moment, and the next round begins when all are answered; so
there are as many questions under way as there can be. Each user has a session of their own and speaks with the chat as
a browser does. The time of an answer is from the question being sent to the last of the answer being there. Told
besides is the time where five questions come a second, as from 30 readers who each ask every six seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from evals.benchmarks.crowd import asking_event
from evals.benchmarks.sets import EVALS
from qa.console import show_table
from qa.evaluation.gold import read_rows
from qa.evaluation.goldset import load_set
from tests.browser import CHROMIUM, ask, browsing, served

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "corpus"
FIRST = "Who is the Minister's U.S. counterpart?"
STARTS, APART = 5, 0.2
Seconds = float | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=20)
    parsed = parser.parse_args()
    questions = [str(row.keys["question"]) for row in read_rows(load_set(EVALS / "seed" / "set.toml").gold)]
    if CHROMIUM:
        first = [_first_answer() for _ in range(STARTS)]
        show_table(
            [
                [f"first answer, s ({STARTS} starts)", "median", "most"],
                ["from opening the page", *_middle_and_most([opened for opened, _ in first])],
                ["from the question", *_middle_and_most([asked for _, asked in first])],
            ],
            right_from=1,
        )
    else:
        print("No Chromium here: the first answer in a browser was not measured.")
    with tempfile.TemporaryDirectory() as folder, served(CORPUS, _places(Path(folder))) as url:
        at_once, apart = asyncio.run(_load(url, questions, parsed.users, parsed.rounds))
    print()
    rows: list[list[object]] = [["", "asked", "lost", "p50, s", "p95, s", "most, s"]]
    for name, seconds in ((f"{parsed.users} at once", at_once), ("five a second", apart)):
        told = sorted(one for one in seconds if one is not None)
        places = [told[round(share * (len(told) - 1))] for share in (0.5, 0.95, 1.0)] if told else []
        rows.append([name, len(seconds), len(seconds) - len(told), *(f"{one:.2f}" for one in places)])
    show_table(rows, right_from=1)


def _places(folder: Path) -> dict[str, str]:
    return {"QA_INDEX": str(folder / "index"), "QA_INBOX": str(folder / "inbox.jsonl")}


def _first_answer() -> tuple[float, float]:
    """Seconds to the first answer of a chat that was just started: since the page began to load, since the question."""
    with tempfile.TemporaryDirectory() as folder, served(CORPUS, _places(Path(folder))) as url, browsing() as browser:
        began = time.perf_counter()
        with browser.opened(url) as page:
            asked = time.perf_counter()
            ask(page, FIRST)
            page.locator("#conversation .qa-answer").wait_for()
            done = time.perf_counter()
    return done - began, done - asked


def _middle_and_most(seconds: list[float]) -> list[object]:
    return [f"{sorted(seconds)[len(seconds) // 2]:.2f}", f"{max(seconds):.2f}"]


async def _load(url: str, questions: list[str], users: int, rounds: int) -> tuple[list[Seconds], list[Seconds]]:
    """The seconds of each answer of the rounds, and of those that are asked for one by one; None for one lost."""
    limits = httpx.Limits(max_connections=None)
    sessions = [secrets.token_hex(8) for _ in range(users)]
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=120, trust_env=False) as client:
        event = asking_event((await client.get("/")).text)

        async def ask(number: int, after: float = 0.0) -> Seconds:
            await asyncio.sleep(after)
            return await _answered(client, event, sessions[number % users], questions[number % len(questions)])

        await asyncio.gather(*map(ask, range(users)))  # what is loaded at first
        at_once: list[Seconds] = []
        for begin in range(0, rounds * users, users):
            at_once += await asyncio.gather(*map(ask, range(begin, begin + users)))
        apart = await asyncio.gather(*(ask(number, APART * number) for number in range(5 * users)))
        return at_once, apart


async def _answered(client: httpx.AsyncClient, event: int, session: str, question: str) -> Seconds:
    sent = {"data": [question, [], {}, "en"], "fn_index": event, "session_hash": session}
    began = time.perf_counter()
    if (await client.post("/gradio_api/queue/join", json=sent)).status_code != httpx.codes.OK:
        return None
    async with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        async for line in stream.aiter_lines():
            told = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
            if told.get("msg") == "process_completed":
                return time.perf_counter() - began if told["success"] and _has_turn(told) else None
    return None


def _has_turn(told: dict[str, Any]) -> bool:
    """Whether a turn that the browser would keep was told: in the last message, or as its difference from the first."""
    return "answer" in json.dumps(told["output"].get("data"))


if __name__ == "__main__":
    main()

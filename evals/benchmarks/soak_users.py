"""Those who ask in the soak: over HTTP, in the chat, and with the library. What they are told is looked up at once."""

from __future__ import annotations

import json
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx

from evals.benchmarks.crowd import asking_event
from evals.benchmarks.soak_notes import Versions
from evals.benchmarks.soak_processes import Process

# Seconds between an answer and the next question, at most; how often a reader leaves before the end of an answer;
# questions after which a page of the chat is closed and another opened.
PAUSE, LEAVES, PAGE = 2.0, 0.05, 6
# Seconds after which an answer that has not come is an error.
LONGEST = 120.0
Answer = Mapping[str, Any]


@dataclass
class Tally:
    """What came of one way of asking. seconds: of each that was told to its end. faults: errors. wrong: quotes."""

    versions: Versions
    seconds: list[float] = field(default_factory=list)
    abstained: int = 0
    left: int = 0
    quotes: int = 0
    faults: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def asked(self) -> int:
        return len(self.seconds) + self.left + len(self.faults)

    def took(self, ask: Callable[[], Any]) -> None:
        """Asks once, and looks up what is told: an answer, how it grew, or hits; None where the reader left."""
        began = time.monotonic()
        try:
            told = ask()
        except Exception as error:  # whatever it is, it is told in the end, and the others go on
            with self._lock:
                self.faults.append(f"{type(error).__name__}: {error}")
            return
        ended = time.monotonic()
        answers = told if isinstance(told, list) else [told]
        for answer in filter(None, answers):
            quotes = list(quotes_of(answer))
            wrong = self.versions.faults(quotes, began, ended)
            with self._lock:
                self.quotes += len(quotes)
                self.wrong += wrong
        with self._lock:
            self.abstained += bool(answers and answers[-1] and answers[-1].get("abstained"))
            self.left += told is None
            if told is not None:
                self.seconds.append(ended - began)


def quotes_of(answer: Answer) -> Iterator[dict[str, object]]:
    """All that an answer, or a hit, shows of notes: where it stands and what it says."""
    if "hits" not in answer:
        yield {"note": answer["note"], "start": answer["start"], "end": answer["end"], "quote": answer["text"]}
        return
    yield from answer["citations"]
    for part in (*answer["statements"], *answer["withheld"], *answer["notices"]):
        yield from part["citations"]
    for hit in answer["hits"]:
        yield from quotes_of(hit)


def ask_http(
    url: str, tallies: Mapping[str, Tally], questions: list[str], chance: random.Random, stop: threading.Event
) -> None:
    """A program that asks over HTTP in several ways, until it is stopped; each way once at least."""

    def whole() -> Answer:
        return _read(client.post("/ask", json={"question": chance.choice(questions)}))

    def search() -> list[Answer]:
        found: list[Answer] = _read(client.get("/search", params={"question": chance.choice(questions), "k": 5}))
        return found

    def streamed() -> list[Answer] | None:
        grown: list[Answer] = []
        leaves = chance.random() < LEAVES
        with client.stream("POST", "/ask", json={"question": chance.choice(questions), "stream": True}) as response:
            for line in response.iter_lines():
                if line.startswith("data: "):
                    grown.append(json.loads(line.removeprefix("data: ")))
                    if leaves:
                        return None
        if not grown or "error" in grown[-1]:
            raise ValueError(f"the stream ended with {grown[-1:]}")
        return grown

    ways = [("HTTP, /ask", whole), ("HTTP, /ask streamed", streamed), ("HTTP, /search", search)]
    with httpx.Client(base_url=url, timeout=LONGEST, trust_env=False) as client:
        while True:
            for name, ask in ways:
                tallies[name].took(ask)
                stop.wait(chance.uniform(0, PAUSE))
            if stop.is_set():
                return


def ask_chat(
    url: str, tallies: Mapping[str, Tally], questions: list[str], chance: random.Random, stop: threading.Event
) -> None:
    """A reader of the chat, who opens a page, asks some questions there, each understood from those before, and opens
    another, until he is stopped."""
    while not stop.is_set():
        with httpx.Client(base_url=url, timeout=LONGEST, trust_env=False) as client:
            page = Page(client)
            with client.stream("GET", f"/gradio_api/heartbeat/{page.session}") as heartbeat:
                next(heartbeat.iter_text())
                for _ in range(PAGE):
                    leaves = chance.random() < LEAVES
                    tallies["chat"].took(partial(page.ask, chance.choice(questions), leaves=leaves))
                    if leaves or stop.wait(chance.uniform(0, PAUSE)):
                        break


class Page:
    """A page of the chat, with its conversation."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._event = asking_event(client.get("/").raise_for_status().text)
        self._turns: list[Answer] = []
        self.session = secrets.token_hex(8)

    def ask(self, question: str, *, leaves: bool) -> Answer | None:
        """The answer to a question; None for a reader who leaves before its end."""
        sent = {"data": [question, self._turns, {}, "en"], "fn_index": self._event, "session_hash": self.session}
        until = time.monotonic() + LONGEST
        self._client.post("/gradio_api/queue/join", json=sent).raise_for_status()
        with self._client.stream("GET", "/gradio_api/queue/data", params={"session_hash": self.session}) as stream:
            for line in stream.iter_lines():
                told = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
                if leaves and told.get("msg") == "process_generating":
                    return None
                if told.get("msg") == "process_completed":
                    _, shown, _, turn, _ = told["output"]["data"]
                    if turn is None:
                        raise ValueError(f"the chat shows {shown}")
                    self._turns.append(turn)
                    answer: Answer = turn["answer"]
                    return answer
                if time.monotonic() > until:  # the stream itself never falls silent
                    raise TimeoutError(f"no answer in {LONGEST:g} s to {question!r}")
        raise ValueError("the chat's stream ended before the answer did")


def ask_library(
    process: Process, tallies: Mapping[str, Tally], questions: list[str], chance: random.Random, stop: threading.Event
) -> None:
    """A program that asks and searches with the library, until it is stopped."""
    while True:
        for what in ("ask", "search"):
            tallies[f"library, {what}"].took(partial(process.told, what, chance.choice(questions)))
            stop.wait(chance.uniform(0, PAUSE))
        if stop.is_set():
            return


def _read(response: httpx.Response) -> Any:
    if response.is_error:
        raise ValueError(f"status {response.status_code}: {response.text[:300]}")
    return response.json()

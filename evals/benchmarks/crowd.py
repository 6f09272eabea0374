"""Users who ask a server at once, each again as soon as he is answered; and servers as they are started by hand.

The users are threads of this process, and the server is another one, so that what it takes is its own.
"""

from __future__ import annotations

import html
import http.client
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

# On the note in corpus/; two of them it does not answer.
QUESTIONS = (
    "Who is the Minister's U.S. counterpart?",
    "When was the ECC established?",
    "How much does the peacekeeping program receive?",
    "Who is the Minister of Fisheries?",
    "What is the Five Country Ministerial?",
    "Which countries are members of the Five Eyes?",
    "Who ratified the preclearance treaty and when?",
    "What does Public Safety do with NATO?",
    "Where will the NATO centre on climate and security be?",
    "What is the role of the RCMP abroad?",
    "What is the Cross-Border Crime Forum?",
    "How does Canada work with the United Kingdom on security?",
    "What is said about cyber security cooperation?",
    "What will the weather be in Ottawa tomorrow?",
)
# Seconds that an answer is waited for before it counts as lost.
LONGEST = 300.0
_START = 300.0
_SAID = re.compile(r'qa-said\\?">([^<]*)')  # within JSON
_ADDRESS = re.compile(r"http://[0-9.]+:[0-9]+")


@dataclass(frozen=True)
class Reply:
    """What came of a question. seconds: until all of it was there; sign: until anything was seen of it.

    refused: what its asker was told instead of an answer, and wait: the seconds that he was told to wait.
    """

    seconds: float
    sign: float
    refused: str = ""
    wait: float = 1.0


@dataclass
class Crowd:
    """What came of the questions of some users in `seconds`, waits included. lost: what came instead, and how often."""

    users: int
    seconds: float = 0.0
    replies: list[Reply] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)

    @property
    def answered(self) -> list[Reply]:
        return [reply for reply in self.replies if not reply.refused]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.answered) / self.seconds

    @property
    def refused(self) -> Counter[str]:
        """What was said to those who were turned away, and how often."""
        return Counter(reply.refused for reply in self.replies if reply.refused)

    def taken(self, share: float) -> float:
        """The seconds within which this share of the answers was there."""
        return float(np.quantile([reply.seconds for reply in self.answered], share))

    def sign(self, share: float) -> float:
        """The seconds within which this share of those who were answered saw anything."""
        return float(np.quantile([reply.sign for reply in self.answered], share))


Ask = Callable[[str], Reply]


def asked(users: int, seconds: float, asker: Callable[[], Ask], questions: Sequence[str] = QUESTIONS) -> Crowd:
    """What comes of the questions of so many users in some seconds; what is then under way is waited for.

    asker: makes one user's way to ask. Whoever is turned away waits as long as he is told.
    """
    crowd, begun = Crowd(users), time.monotonic()

    def use(number: int) -> None:
        ask, at = asker(), number
        while time.monotonic() < begun + seconds:
            try:
                crowd.replies.append(reply := ask(questions[at % len(questions)]))
                time.sleep(reply.wait if reply.refused else 0)
            except (OSError, http.client.HTTPException, ValueError) as error:
                crowd.lost[f"{type(error).__name__}: {error}"] += 1
                ask = asker()
            at += 1

    with ThreadPoolExecutor(users) as pool:
        list(pool.map(use, range(users)))
    crowd.seconds = time.monotonic() - begun
    return crowd


def by_http(url: str) -> Ask:
    """One who asks `qa serve`, over one connection."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=LONGEST)

    def ask(question: str) -> Reply:
        began = time.monotonic()
        connection.request("POST", "/ask", json.dumps({"question": question}), {"Content-Type": "application/json"})
        response = connection.getresponse()
        body = response.read()
        took = time.monotonic() - began
        if response.status == http.client.OK and b'"statements"' in body:
            return Reply(took, took)
        message = json.loads(body)["error"]["message"]
        return Reply(took, took, f"{response.status}: {message}", float(response.getheader("Retry-After", "1")))

    return ask


def chat_asker(url: str) -> Callable[[], Ask]:
    """Makes those who ask the chat as the browser's page does, each in a session of his own."""
    address = urlsplit(url).netloc
    page = http.client.HTTPConnection(address, timeout=LONGEST)
    page.request("GET", "/")
    event = asking_event(page.getresponse().read().decode())

    def asker() -> Ask:
        connection, session = http.client.HTTPConnection(address, timeout=LONGEST), secrets.token_hex(8)

        def ask(question: str) -> Reply:
            sent = {"data": [question, [], {}, "en"], "fn_index": event, "session_hash": session}
            began = time.monotonic()
            headers = {"Content-Type": "application/json"}
            connection.request("POST", "/gradio_api/queue/join", json.dumps(sent), headers)
            joined = connection.getresponse()
            body = joined.read()
            if joined.status != http.client.OK:
                took = time.monotonic() - began
                return Reply(took, took, f"{joined.status}: {body.decode()}")
            connection.request("GET", f"/gradio_api/queue/data?session_hash={session}")
            return _followed(connection.getresponse(), began)

        return ask

    return asker


def asking_event(page: str) -> int:
    """The number of the event that asks, on a page of the chat."""
    match = re.search(r"window\.gradio_config = (\{.*?\});?</script>", page, re.DOTALL)
    assert match, "the page has another form than this script knows"
    config: dict[str, Any] = json.loads(match[1])
    named = {component["id"]: component["props"].get("elem_id") for component in config["components"]}
    for event in config["dependencies"]:
        if any(named.get(target) == "question" and what == "submit" for target, what in event["targets"]):
            number: int = event["id"]
            return number
    raise AssertionError("the page has no question box")


def _followed(stream: http.client.HTTPResponse, began: float) -> Reply:
    sign, refused, whole = 0.0, "", False
    while line := stream.readline():
        if b'"process_generating"' in line or b'"process_completed"' in line:
            sign = sign or time.monotonic() - began
            whole = whole or b"asked_at" in line
            if b"qa-failed" in line and (said := _SAID.search(line.decode())):
                refused = html.unescape(said[1])
    took = time.monotonic() - began
    if not whole and not refused:
        raise ValueError("the stream ended without an answer")
    return Reply(took, sign, refused)


@dataclass(frozen=True)
class Served:
    """A server in a process of its own."""

    url: str
    pid: int

    def cpu(self) -> float:
        """The seconds of processor time that it has taken so far."""
        spent = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")


def machine() -> str:
    """What the figures are of: how many cores, and how much of them others use just now."""
    return f"{os.cpu_count()} cores, on which {os.getloadavg()[0]:.1f} other processes run or wait"


@contextmanager
def serving(verb: str, environ: Mapping[str, str]) -> Iterator[Served]:
    """`qa serve` or `qa chat` on a free port, with more variables in its environment."""
    with tempfile.TemporaryFile("w+") as said:
        command = [sys.executable, "-m", "qa", verb, "--port", "0"]
        process = subprocess.Popen(command, env=os.environ | environ, stdout=said, stderr=subprocess.STDOUT)
        try:
            patience = time.monotonic() + _START
            while True:
                said.seek(0)
                text = said.read()
                if found := _ADDRESS.search(text):
                    break
                if process.poll() is not None or time.monotonic() > patience:
                    raise SystemExit(f"`qa {verb}` does not start:\n{text}")
                time.sleep(0.1)
            yield Served(found[0], process.pid)
        finally:
            process.terminate()
            process.wait(timeout=60)

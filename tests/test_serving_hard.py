"""Hard use of the server: readers who leave, models that fail, many at once, notes that change, real processes."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from openai import OpenAI

from qa.models import ChatModel, Limits
from qa.models.named import named_model
from tests.browser import ROOT, free_port
from tests.conversing import BERTHS, SHARE, write_notes
from tests.model_server import ModelServer, Reply
from tests.serving import events_of, over


@contextmanager
def with_model(corpus: Path, *replies: Any, timeout: float = 30, **settings: Any) -> Iterator[tuple[ModelServer, Any]]:
    """A server over the notes whose model says `replies`, and a client of it."""
    write_notes(corpus)
    limits = Limits(timeout=timeout)
    with ModelServer(replies) as models:
        made = ChatModel("openai:x", lambda: named_model("openai:x", limits, base_url=f"{models.url}/v1"), limits)
        made.prepare()
        with over(corpus, llm=made, **settings) as (binder, client):
            binder.search(BERTHS)  # what is loaded once is there before the clock runs
            yield models, client


def worded(body: Any) -> Reply:
    """A reply of several statements, each on the sentence of the harbour, that comes slowly."""
    sent = body["messages"][1]["content"]
    mark = next(line.split("]")[0] + "]" for line in sent.split("\n") if "14 berths" in line)
    return Reply(f"The harbour of Wick has 14 berths {mark}.\n\nWick has 14 berths {mark}.\n\n" * 30, pause=0.02)


@pytest.mark.parametrize(
    "way",
    [
        "ask",
        pytest.param("ask, whole", marks=pytest.mark.slow),
        pytest.param("completions", marks=pytest.mark.slow),
        pytest.param("completions, whole", marks=pytest.mark.slow),
    ],
)
def test_a_reader_who_leaves_gives_up_what_the_model_is_asked(corpus: Path, way: str) -> None:
    with with_model(corpus, Reply("word " * 400, pause=0.2)) as (models, client):
        stream = "whole" not in way
        path = "/ask" if way.startswith("ask") else "/v1/chat/completions"
        body: dict[str, Any] = {"stream": stream} | (
            {"question": BERTHS}
            if path == "/ask"
            else {"model": "briefing-qa", "messages": [{"role": "user", "content": BERTHS}]}
        )
        if stream:
            with client.stream("POST", path, json=body) as response:
                assert response.status_code == 200
                while not models.requests:
                    time.sleep(0.05)
                time.sleep(0.3)
        else:
            with pytest.raises(httpx.ReadTimeout):
                client.post(path, json=body, timeout=2)
        assert models.settled()
        assert models.cancelled == [0]
        assert client.get("/health").json() == {"status": "ok"}


@pytest.mark.slow
def test_answers_of_a_model_come_as_they_are_made(corpus: Path) -> None:
    with with_model(corpus, worded) as (_, client):
        grown = events_of(client.post("/ask", json={"question": BERTHS, "stream": True}).text)
        assert [name for name, _ in grown] == ["answer"] * (len(grown) - 1) + ["done"]
        assert len(grown) > 2
        texts = [answer["text"] for _, answer in grown]
        assert all(later.startswith(earlier) for earlier, later in pairwise(texts))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reply", "timeout", "expected"),
    [
        (Reply("it broke", status=500), 30, (502, "model")),
        (Reply("no", status=401), 30, (502, "model")),
        (Reply("later", status=429, retry_after="1"), 30, (502, "model")),
        (Reply("x", delay=20), 1, (504, "model_too_slow")),
    ],
)
def test_what_a_model_does_not_say_is_an_error_where_there_is_no_falling_back(
    corpus: Path, reply: Reply, timeout: float, expected: tuple[int, str], caplog: pytest.LogCaptureFixture
) -> None:
    with with_model(corpus, reply, timeout=timeout, llm_fallback=False) as (_, client):
        response = client.post("/ask", json={"question": BERTHS}, timeout=60)
        assert (response.status_code, response.json()["error"]["code"]) == expected
        assert not re.search(r"openai:x|127\.0\.0\.1|QA_", response.json()["error"]["message"])
        assert "openai:x" in caplog.text
        streamed = events_of(client.post("/ask", json={"question": BERTHS, "stream": True}, timeout=60).text)
        assert streamed[-1][0] == "error"
        assert streamed[-1][1]["error"]["code"] == expected[1]
        with OpenAI(base_url=f"{client.base_url}/v1", api_key="x", max_retries=0) as other:
            asked: Any = {"model": "briefing-qa", "messages": [{"role": "user", "content": BERTHS}]}
            with pytest.raises(openai.InternalServerError):
                other.chat.completions.create(**asked)
            with pytest.raises(openai.APIError, match="The log of the server"):
                list(other.chat.completions.create(**asked, stream=True))


@pytest.mark.slow
def test_a_model_that_fails_gives_way_to_quotes_and_that_is_said(corpus: Path) -> None:
    with with_model(corpus, Reply("it broke", status=500)) as (_, client):
        answer = client.post("/ask", json={"question": BERTHS}).json()
        assert "14 berths" in answer["text"]
        assert "fallback" in [notice["kind"] for notice in answer["notices"]]
        body = {"model": "briefing-qa-text", "messages": [{"role": "user", "content": BERTHS}]}
        said = client.post("/v1/chat/completions", json=body).json()["choices"][0]["message"]["content"]
        assert "Note: This is answered without a model, in quotes." in said


@pytest.mark.slow
def test_notes_that_change_while_a_model_answers_are_quoted_as_they_are(corpus: Path) -> None:
    with with_model(corpus, worded) as (_, client):
        body = {"model": "briefing-qa-text", "stream": True, "messages": [{"role": "user", "content": BERTHS}]}
        lines, changed = [], False
        with client.stream("POST", "/v1/chat/completions", json=body) as response:
            for line in response.iter_lines():
                lines.append(line)
                if not changed and "14 berths" in line:
                    changed = True
                    path = corpus / "harbours.md"
                    path.write_text(path.read_text().replace("14 berths", "15 berths"), encoding="utf-8")
                    time.sleep(2.1)  # the notes are looked at once in so long
                    assert "15 berths" in client.get("/notes/harbours.md").json()["text"]
        chunks = [data for _, data in events_of("\n".join(lines)) if data != "[DONE]"]
        content = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)
        noted = chunks[-1]["choices"][0]["delta"]["annotations"]
        before, _, after = content.partition("\n\n---\n\n")
        assert "14 berths" in before
        assert "15 berths" in after
        assert "14 berths" not in after
        assert noted
        for one in noted:
            cited = one["url_citation"]
            assert content[cited["start_index"] : cited["end_index"]] in ("[1]", "[2]")
            assert cited["start_index"] > len(before)


def test_thirty_at_once_are_all_answered(corpus: Path) -> None:
    write_notes(corpus)
    with over(corpus) as (_, client), ThreadPoolExecutor(30) as pool:
        ways = [
            lambda: client.post("/ask", json={"question": SHARE}).json()["text"],
            lambda: events_of(client.post("/ask", json={"question": SHARE, "stream": True}).text)[-1][1]["text"],
            lambda: client.get("/search", params={"question": SHARE}).json()[0]["note"],
        ]
        began = time.monotonic()
        found = list(pool.map(lambda at: ways[at % 3](), range(30)))
        assert found == found[:3] * 10
        assert "45 per cent" in found[0]
        assert found[:2] == [found[0]] * 2
        assert found[2] == "subsidy.md"
        assert time.monotonic() - began < 30


@pytest.mark.slow
def test_too_many_at_once_are_told_so(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.serving.turnstile.Turnstile.__init__.__defaults__", (1, 0))
    with with_model(corpus, Reply("word " * 400, pause=0.2)) as (models, client):
        with client.stream("POST", "/ask", json={"question": BERTHS, "stream": True}):
            while not models.requests:
                time.sleep(0.05)
            response = client.post("/ask", json={"question": BERTHS})
            assert response.status_code == 503
            assert response.json()["error"]["code"] == "overloaded"
            assert int(response.headers["retry-after"]) >= 1
        assert models.settled()


def test_half_of_a_request_keeps_nobody_else_waiting(corpus: Path) -> None:
    write_notes(corpus)
    with over(corpus) as (_, client):
        address = (client.base_url.host, client.base_url.port)
        halves = [socket.create_connection(address) for _ in range(20)]
        for half in halves:
            half.sendall(
                b"POST /ask HTTP/1.1\r\nHost: %s:%d\r\nContent-Length: 100\r\n\r\n{" % (b"127.0.0.1", address[1])
            )
        assert client.post("/ask", json={"question": BERTHS}).status_code == 200
        for half in halves:
            half.close()
        assert client.get("/health").json() == {"status": "ok"}


def test_a_very_long_history_is_read(corpus: Path) -> None:
    write_notes(corpus)
    with over(corpus) as (_, client):
        turn = [{"role": "user", "content": "word " * 2_000}, {"role": "assistant", "content": "word " * 2_000}]
        began = time.monotonic()
        answer = client.post("/ask", json={"question": "And how many berths does it have?", "history": turn * 200})
        assert answer.status_code == 200
        assert time.monotonic() - began < 20


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_command_says_where_it_is_and_stops_when_told(corpus: Path, how: signal.Signals) -> None:
    write_notes(corpus)
    port = free_port()
    chosen = {"QA_CORPUS": str(corpus), "QA_INDEX": str(corpus.parent / "index"), "QA_SERVE_PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "qa", "serve"],
        cwd=ROOT,
        env=os.environ | chosen,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert f"http://127.0.0.1:{port}/" in said
        assert json.loads(httpx.get(f"http://127.0.0.1:{port}/health").text) == {"status": "ok"}
        taken = subprocess.run(
            [sys.executable, "-m", "qa", "serve"],
            cwd=ROOT,
            env=os.environ | chosen,
            capture_output=True,
            text=True,
            check=False,
        )
        assert taken.returncode == 1
        assert f"--port {port + 1}" in taken.stderr
    finally:
        process.send_signal(how)
        _, errors = process.communicate(timeout=20)
    assert "Traceback" not in errors
    assert process.returncode in (0, 130, -signal.SIGTERM)

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp

from qa import Binder
from qa.serving.http import events
from qa.serving.http.api import api
from qa.serving.http.events import Events, event
from tests.conversing import BERTHS, write_notes
from tests.serving import events_of, over

SCOPE = {"type": "http", "asgi": {"spec_version": "2.3"}}


def test_whatever_it_holds_an_event_is_one_line_of_data() -> None:
    data = {"text": "a\n\nb\r\ndata: c\x85\u2028 é", "none": None}
    assert len(event(data, "answer").splitlines()) == 3
    assert events_of(event(data, "answer") + ": waiting\n\n" + event([1])) == [("answer", data), ("", [1])]


@pytest.mark.parametrize("leaves", [True, False])
def test_a_reader_who_leaves_or_takes_nothing_ends_it(monkeypatch: pytest.MonkeyPatch, leaves: bool) -> None:
    monkeypatch.setattr(events, "PATIENCE", 0.2)
    ended: list[str] = []

    async def endless() -> AsyncGenerator[str]:
        try:
            while True:
                yield event("more")
                await asyncio.sleep(0.01)
        finally:
            ended.append("closed")

    async def talk() -> None:
        began = asyncio.Event()

        async def receive() -> Any:
            await began.wait()
            if not leaves:
                await asyncio.sleep(60)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                began.set()
                if not leaves:
                    await asyncio.sleep(60)

        events = endless()
        await asyncio.wait_for(Events(events, events)(SCOPE, receive, send), 5)
        assert ended == ["closed"]

    asyncio.run(talk())


def test_a_client_that_parts_lines_as_python_does_reads_a_note_that_holds_ends_of_lines(corpus: Path) -> None:
    text = "# Harbours\n\nThe harbour of Wick has 14\u2028berths\x85and two\u2029cranes.\n"
    (corpus / "harbours.md").write_text(text, encoding="utf-8")
    with over(corpus) as (_, client), client.stream("POST", "/ask", json={"question": BERTHS, "stream": True}) as got:
        data = [json.loads(line.removeprefix("data: ")) for line in got.iter_lines() if line.startswith("data: ")]
    assert {"\u2028", "\x85", "\u2029"} <= set(data[-1]["citations"][0]["quote"])


@pytest.mark.parametrize("path", ["/ask", "/v1/chat/completions"])
def test_whenever_a_reader_leaves_it_is_logged_at_once_that_the_answer_was_stopped(corpus: Path, path: str) -> None:
    write_notes(corpus)
    audit = corpus.parent / "audit.jsonl"
    asked = {"question": BERTHS, "model": "briefing-qa", "messages": [{"role": "user", "content": BERTHS}]}
    left_out = ("question",) if "v1" in path else ("model", "messages")
    body = json.dumps({name: asked[name] for name in asked if name not in left_out} | {"stream": True}).encode()

    async def leaving(app: ASGIApp, version: str, taken: int) -> int:
        """Asks, takes so many messages of the response, and is gone; the version says how a server tells the app.
        Gives how many lines the log has right then, before the loop closes what nobody else did."""
        gone = asyncio.Event()
        sent = iter([{"type": "http.request", "body": body, "more_body": False}])
        headers = [(b"content-type", b"application/json")]
        scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
        left = taken

        async def receive() -> Any:
            if (message := next(sent, None)) is None and taken:
                await gone.wait()
            return message or {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                gone.set()
                if version == "2.4":
                    raise OSError
                await asyncio.sleep(60)

        with suppress(ClientDisconnect):
            await app({**scope, "scheme": "http", "asgi": {"spec_version": version}}, receive, send)
        return len(audit.read_text().splitlines())

    with Binder.open(corpus, index=corpus.parent / "index", llm="embedded") as binder:
        binder.settings = replace(binder.settings, audit=audit)
        app = api(binder)
        gc.disable()  # which would close what is left open at some later time
        try:
            for count, (version, taken) in enumerate(product(("2.3", "2.4"), (0, 1, 2)), start=1):
                assert asyncio.run(leaving(app, version, taken)) == count, (version, taken)
        finally:
            gc.enable()
    assert {json.loads(line)["outcome"] for line in audit.read_text().splitlines()} == {"stopped"}

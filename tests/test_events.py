from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from qa.serving.http import events
from qa.serving.http.events import Events, event
from tests.conversing import BERTHS
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

        await asyncio.wait_for(Events(endless())(SCOPE, receive, send), 5)
        assert ended == ["closed"]

    asyncio.run(talk())


def test_a_client_that_parts_lines_as_python_does_reads_a_note_that_holds_ends_of_lines(corpus: Path) -> None:
    text = "# Harbours\n\nThe harbour of Wick has 14\u2028berths\x85and two\u2029cranes.\n"
    (corpus / "harbours.md").write_text(text, encoding="utf-8")
    with over(corpus) as (_, client), client.stream("POST", "/ask", json={"question": BERTHS, "stream": True}) as got:
        data = [json.loads(line.removeprefix("data: ")) for line in got.iter_lines() if line.startswith("data: ")]
    assert {"\u2028", "\x85", "\u2029"} <= set(data[-1]["citations"][0]["quote"])

"""Server-sent events: what grows, sent as it does (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from qa.evaluation.jsonlines import dump_line

MEDIA_TYPE = "text/event-stream"
# A comment, which clients pass over: a server learns that its reader has left only when it sends something.
BEAT = ": waiting\n\n"

# Seconds for which a reader may take nothing of what is sent.
PATIENCE = 30.0


def described(events: str, *names: str) -> dict[str, Any]:
    """The content of a response of events in an OpenAPI description. events: what they are; names: of those."""
    data = {"type": "string", "contentMediaType": "application/json"}
    one: dict[str, Any] = {"type": "object", "description": events, "properties": {"data": data}, "required": ["data"]}
    if names:
        one["properties"] = {"event": {"type": "string", "enum": list(names)}, "data": data}
    return {MEDIA_TYPE: {"itemSchema": one}}


def event(data: Any, name: str = "") -> str:
    """One event. data: what `json.dumps` takes. name: "" for one without."""
    # All on one line, as each line of an event would be a line of data.
    return (f"event: {name}\n" if name else "") + f"data: {dump_line(data)}\n"


class Events(StreamingResponse):
    """A response of events. Once the reader has left, or takes nothing of them for so long, their generator is closed
    at once, and not at some later time: what it holds is wanted by others.

    source: what the events are made of, closed as well: a generator that was never begun closes nothing.
    """

    def __init__(self, events: AsyncGenerator[str], source: AsyncGenerator[Any]) -> None:
        # A proxy that keeps back what is sent, to send it in larger pieces, is told not to.
        super().__init__(events, media_type=MEDIA_TYPE, headers={"X-Accel-Buffering": "no"})
        self._events, self._source = events, source

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Not in `stream_response`: that is not even begun where the reader has left already.
        async with aclosing(self._source), aclosing(self._events):
            await super().__call__(scope, receive, send)

    async def stream_response(self, send: Send) -> None:
        async def in_time(message: Message) -> None:
            await asyncio.wait_for(send(message), PATIENCE)

        with suppress(TimeoutError):
            await super().stream_response(in_time)

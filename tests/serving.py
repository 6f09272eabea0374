"""The server for programs on a real port, in this process, for the tests."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from qa import Binder
from qa.serving.door import guarded
from qa.serving.http.api import LINKED, NO_TOKEN, api
from qa.serving.listening import listening


@contextmanager
def served(binder: Binder, **settings: Any) -> Iterator[str]:
    """The address of a server over `binder`. settings: other than the binder's."""
    binder.settings = replace(binder.settings, **settings)
    with listening("127.0.0.1", 0, "The server") as listener:
        port = listener.getsockname()[1]
        with running(guarded(api(binder), binder.settings, port, public=NO_TOKEN, linked=LINKED), listener):
            yield f"http://127.0.0.1:{port}"


@contextmanager
def running(app: Any, listener: socket.socket) -> Iterator[None]:
    """Has an app answer on a socket, from a thread of its own."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", proxy_headers=False))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def over(corpus: Path, *, llm: object = "embedded", **settings: Any) -> Iterator[tuple[Binder, httpx.Client]]:
    """A binder of a folder, and a client of the server over it."""
    with (
        Binder.open(corpus, index=corpus.parent / "index", llm=llm) as binder,
        served(binder, **settings) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        yield binder, client


def events_of(text: str) -> list[tuple[str, Any]]:
    """The events of a stream, each its name and its data; comments are left out."""
    found = []
    for block in text.split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith(":")]
        parts = dict(line.split(": ", 1) for line in lines)
        if parts:
            data = parts["data"]
            found.append((parts.get("event", ""), data if data == "[DONE]" else json.loads(data)))
    return found

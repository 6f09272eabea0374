"""The official client of the Model Context Protocol, put to a binder's server in this process or in one of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from qa import Binder
from qa.serving.counter import Counter
from qa.serving.mcp.faults import Told, told_to_its_user
from qa.serving.mcp.opening import Opening
from qa.serving.mcp.server import server_of

ROOT = Path(__file__).parent.parent
Work = Callable[[Client], Awaitable[Any]]
# The two ways in which a client may begin: by the handshake, or with all that it says in each request.
ERAS = ("legacy", "auto")
# How a program begins by the handshake.
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
READY = {"jsonrpc": "2.0", "method": "notifications/initialized"}


def talked(binder: Binder, work: Work, *, mode: str = "legacy", told: Told = told_to_its_user) -> Any:
    """What `work` returns, which is given a client of the binder's server in this process."""

    async def talk() -> Any:
        server = server_of(Opening(lambda: Counter(binder)), told)
        async with Client(server, mode=mode) as client:
            return await work(client)

    return asyncio.run(talk())


def called(binder: Binder, tool: str, **arguments: Any) -> Any:
    """The result of one tool."""
    return talked(binder, lambda client: client.call_tool(tool, arguments))


def text_of(result: Any) -> str:
    """All that a model sees that is shown nothing but text."""
    return "\n".join(part.text for part in result.content)


def command(corpus: Path, *more: str) -> list[str]:
    """The command that serves the notes of a folder, its index beside it."""
    return [sys.executable, "-m", "qa", "mcp", "--corpus", str(corpus), "--index", str(corpus.parent / "index"), *more]


def stdio(corpus: Path, *more: str, environ: dict[str, str] | None = None, mode: str = "legacy") -> Client:
    """A client that starts the server as a program on a desktop does."""
    first, *rest = command(corpus, *more)
    return Client(
        StdioServerParameters(command=first, args=rest, cwd=ROOT, env=os.environ | (environ or {})), mode=mode
    )


@contextmanager
def served(corpus: Path, *more: str, environ: dict[str, str] | None = None) -> Iterator[str]:
    """The address of a server on a port of its own, in a process of its own."""
    process = subprocess.Popen(
        command(corpus, "--http", "--port", "0", *more),
        cwd=ROOT,
        env=os.environ | (environ or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    errors: list[str] = []
    assert process.stdout is not None
    assert process.stderr is not None
    reading = threading.Thread(target=errors.extend, args=(process.stderr,), daemon=True)
    reading.start()
    try:
        line = process.stdout.readline()
        assert "http://" in line, "".join(errors)
        yield line.split()[4]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
        reading.join(timeout=5)
        assert "Traceback" not in "".join(errors), "".join(errors)


@asynccontextmanager
async def speaking(url: str, *, token: str = "", mode: str = "legacy", **headers: str) -> AsyncGenerator[Client]:
    """A client of a server at an address."""
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        httpx2.AsyncClient(headers=headers, trust_env=False, timeout=60) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode) as client,
    ):
        yield client

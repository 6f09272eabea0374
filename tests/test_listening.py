"""What runs all servers on a port."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from qa.serving.listening import listening, run
from qa.serving.turnstile import AT_ONCE


def test_as_many_answers_as_searches_are_under_way_at_one_time() -> None:
    all_here = Barrier(2 * AT_ONCE)

    async def slow(request: Request) -> Response:
        await asyncio.to_thread(all_here.wait, 10)
        return PlainTextResponse("")

    with listening("127.0.0.1", 0, "The server") as listener, ThreadPoolExecutor(2 * AT_ONCE + 1) as clients:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"

        def ask_all() -> list[int]:
            asked = [clients.submit(httpx.get, url, timeout=20) for _ in range(2 * AT_ONCE)]
            try:
                return [one.result().status_code for one in asked]
            finally:
                os.kill(os.getpid(), signal.SIGTERM)

        told: list[Callable[[], list[int]]] = []
        run(Starlette(routes=[Route("/", slow)]), listener, lambda: told.append(clients.submit(ask_all).result))
        assert told[0]() == [200] * 2 * AT_ONCE

"""A real `chroma run` on loopback, for the tests and the benchmarks."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from qa.index import Server

CHROMA = Path(sys.executable).with_name("chroma")
HERE = "/api/v2/tenants/default_tenant/databases/default_database/collections"


class ChromaRun:
    """The server that comes with chromadb."""

    def __init__(self, folder: Path) -> None:
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        self.url = f"http://127.0.0.1:{self.port}"
        self.server = Server(self.url)

    def start(self) -> None:
        command = [str(CHROMA), "run", "--path", str(self.folder), "--host", "127.0.0.1", "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        patience = time.monotonic() + 120
        while True:
            try:
                self.ask("GET", "/api/v2/heartbeat")
                return
            except URLError:
                assert self.process.poll() is None
                assert time.monotonic() < patience
                time.sleep(0.05)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def ask(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        with urlopen(request, timeout=10) as reply:
            return json.load(reply)

    def collections(self, path: str = HERE) -> set[str]:
        return {collection["name"] for collection in self.ask("GET", path)}

"""Calls that leave the process are heard, whoever makes them."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

from qa.evaluation.network import NetworkCalls


def connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=60).close()


def test_connections_and_look_ups_are_heard_from_any_thread_and_only_inside_the_block() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with NetworkCalls() as calls:
            thread = threading.Thread(target=connect, args=(port,))
            thread.start()
            thread.join()
        heard = list(calls.calls)
        connect(port)
    assert ("socket.connect", f"('127.0.0.1', {port})") in heard
    assert ("socket.getaddrinfo", "127.0.0.1") in heard
    assert calls.calls == heard


def test_a_socket_of_the_file_system_is_no_network(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        with NetworkCalls() as calls, socket.socket(socket.AF_UNIX) as client:
            client.connect(path)
    assert calls.calls == []


def test_blocks_may_lie_in_one_another() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender, NetworkCalls() as outer:
        with NetworkCalls() as inner:
            sender.sendto(b"x", ("127.0.0.1", 9))
        sender.sendto(b"x", ("127.0.0.1", 9))
    assert (len(outer.calls), len(inner.calls)) == (2, 1)

"""How the server for programs that speak the Model Context Protocol is run: opened, limited, refused, and what it says
of errors."""

from __future__ import annotations

import asyncio
import logging
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError

from qa import Binder
from qa.cli import main
from qa.errors import CorpusError, IndexBusyError, SettingsError, UnknownNoteError
from qa.serving.counter import Counter
from qa.serving.mcp import sessions
from qa.serving.mcp.faults import told_to_anyone, told_to_its_user
from qa.serving.mcp.opening import Opening
from qa.serving.mcp.running import PATH, app_of, over_http
from qa.serving.mcp.server import server_of
from tests.conversing import BERTHS, opened, write_notes
from tests.model_server import ModelServer, Reply
from tests.speaking_mcp import HELLO, READY, ROOT, called, command, talked, text_of

ACCEPT = {"Accept": "application/json, text/event-stream"}
URL = f"http://localhost{PATH}"
TOOLS = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}


@pytest.fixture(scope="module")
def binder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Binder]:
    """A binder of three notes. Not to be changed by a test."""
    corpus = tmp_path_factory.mktemp("mcp") / "notes"
    corpus.mkdir()
    write_notes(corpus)
    with opened(corpus) as binder:
        yield binder


def test_an_error_of_ours_is_told_and_any_other_is_logged(
    binder: Binder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Binder, "search", lambda *_, **__: 1 / 0)
    with caplog.at_level(logging.ERROR):
        result = called(binder, "search", question="ferry")
    assert result.is_error
    assert text_of(result) == "The server failed. Its log says why."
    assert "ZeroDivisionError" in caplog.text


def test_of_this_machine_nothing_is_told_but_to_its_user(
    binder: Binder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise CorpusError(message)

    async def work(client: Client) -> str:
        (note, *_) = (await client.list_resources()).resources
        with pytest.raises(MCPError) as told:
            await client.read_resource(note.uri)
        result = await client.call_tool("search", {"question": "ferry"})
        assert result.is_error
        assert text_of(result) == str(told.value)
        return text_of(result)

    message = "The corpus folder /srv/my notes/secret dir cannot be read."
    monkeypatch.setattr(Binder, "search", fails)
    monkeypatch.setattr(Binder, "text", fails)
    assert talked(binder, work) == message
    caplog.clear()
    said = talked(binder, work, told=told_to_anyone)
    assert said == "The notes cannot be read at present. The log of the server says why."
    assert message in caplog.text


def test_a_note_of_an_odd_path_is_told_by_it(binder: Binder, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise UnknownNoteError(message)

    message = "The binder holds no note x.md. Did you mean notes (old)/a/b.md?"
    monkeypatch.setenv("HOME", "/")
    monkeypatch.setattr(Binder, "content", fails)
    for told in (told_to_anyone, told_to_its_user):
        result = talked(binder, lambda client: client.call_tool("read_note", {"note": "x.md"}), told=told)
        assert text_of(result) == message


def test_a_binder_that_opens_slowly_is_waited_for_and_one_that_fails_is_opened_again(binder: Binder) -> None:
    began: list[int] = []

    def slow() -> Counter:
        began.append(1)
        if len(began) == 1:
            raise CorpusError("It is not there yet.")
        release.wait(20)
        return Counter(binder)

    async def nothing() -> None:
        waited.append(1)

    async def work() -> None:
        opening = Opening(slow, patience=0.2)
        with pytest.raises(CorpusError, match="not there yet"):
            await opening.opened(nothing)
        with pytest.raises(IndexBusyError, match="Ask again in a minute"):
            await opening.opened(nothing)
        assert waited
        release.set()
        assert (await opening.opened(nothing)).binder is binder
        assert (await opening.opened(nothing)).binder is binder
        assert len(began) == 2

    release, waited = threading.Event(), list[int]()
    asyncio.run(work())


def test_progress_only_grows_whatever_is_waited_for(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def heard(done: float, total: float | None, message: str | None) -> None:
        told.append((done, message or ""))

    async def work() -> None:
        server = server_of(Opening(slow), told_to_its_user)
        async with Client(server, mode="legacy") as client:
            await client.call_tool("ask", {"question": BERTHS}, progress_callback=heard)
            assert [done for done, _ in told] == [float(number) for number in range(1, len(told) + 1)]
            assert len({message for _, message in told}) == 2

    def slow() -> Counter:
        time.sleep(2.5)
        return Counter(binder)

    told: list[tuple[float, str]] = []
    write_notes(corpus)
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with ModelServer([Reply("Wick has 14 berths. [1]", delay=2.5)]) as models:
        monkeypatch.setenv("QA_LLM_BASE_URL", f"{models.url}/v1")
        with Binder.open(corpus, index=corpus.parent / "index", llm="openai:scripted") as binder:
            asyncio.run(work())


def test_of_a_port_each_address_may_open_so_many_sessions(binder: Binder, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        app = app_of(Counter(binder))
        transport = httpx2.ASGITransport(app=app, client=("10.0.0.1", 1))
        other = httpx2.ASGITransport(app=app, client=("10.0.0.2", 1))
        async with app.app.router.lifespan_context(app.app):
            async with httpx2.AsyncClient(transport=transport, headers=ACCEPT) as client:
                opened = [await client.post(URL, json=HELLO) for _ in range(sessions.A_MINUTE)]
                assert [response.status_code for response in opened] == [200] * sessions.A_MINUTE
                refused = await client.post(URL, json=HELLO)
                assert refused.status_code == 429
                assert refused.json()["error"]["code"] == "too_many_sessions"
                assert 0 < int(refused.headers["retry-after"]) <= 60
                session = {"mcp-session-id": opened[0].headers["mcp-session-id"]}
                assert (await client.post(URL, json=READY, headers=session)).status_code == 202
                assert (await client.post(URL, json=TOOLS, headers=session)).status_code == 200
                modern = await client.post(URL, json=TOOLS, headers={"mcp-protocol-version": "2026-07-28"})
                assert modern.status_code != 429  # it has no sessions
            async with httpx2.AsyncClient(transport=other, headers=ACCEPT) as client:
                assert (await client.post(URL, json=HELLO)).status_code == 200

    monkeypatch.setattr(binder, "settings", replace(binder.settings, serve_token="a" * 16))
    asyncio.run(work())


def test_a_session_that_asks_for_nothing_ends(binder: Binder, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        app = app_of(Counter(binder))
        transport = httpx2.ASGITransport(app=app)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=transport, headers=ACCEPT) as client,
        ):
            session = {"mcp-session-id": (await client.post(URL, json=HELLO)).headers["mcp-session-id"]}
            assert (await client.post(URL, json=TOOLS, headers=session)).status_code == 200
            await asyncio.sleep(1)
            assert (await client.post(URL, json=TOOLS, headers=session)).status_code == 404

    monkeypatch.setattr("qa.serving.mcp.running.IDLE", 0.5)
    asyncio.run(work())


def test_a_log_that_cannot_be_written_keeps_it_from_listening(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ready(url: str) -> None:
        raise AssertionError(f"it listens on {url}")

    write_notes(corpus)
    monkeypatch.setenv("QA_AUDIT", "/proc/nope/audit.jsonl")
    with opened(corpus) as binder, pytest.raises(SettingsError, match="audit log /proc/nope"):
        over_http(binder, port=0, ready=ready)


@pytest.mark.parametrize(("closed", "name"), [("<&-", "input"), (">&-", "output")])
def test_without_anything_to_speak_over_it_says_what_to_do(corpus: Path, closed: str, name: str) -> None:
    shell = f"exec {shlex.join(command(corpus))} {closed}"
    run = subprocess.run(["/bin/sh", "-c", shell], cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    assert run.returncode == 2
    assert f"There is no standard {name} to speak over. `qa mcp --http` listens on a port." in run.stderr
    assert "Traceback" not in run.stderr


def test_bad_usage_is_told_before_anything_is_served(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index = ["--index", str(tmp_path / "index")]
    assert main(["mcp", "--corpus", str(tmp_path / "none"), *index]) == 2
    assert "does not exist" in capsys.readouterr().err
    assert main(["mcp", "--port", "80"]) == 2
    assert "--port is for --http" in capsys.readouterr().err
    assert main(["mcp", "--http", "--host", "0.0.0.0", "--corpus", str(tmp_path), *index]) == 2
    assert "QA_SERVE_TOKEN" in capsys.readouterr().err
    assert not (tmp_path / "index").exists()


def test_a_program_is_greeted_before_what_only_answers_need_is_loaded() -> None:
    code = "import qa.serving.mcp.running, sys; print([one for one in ('numpy', 'jsonschema') if one in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_without_the_extra_the_line_that_installs_it_is_named() -> None:
    code = "import sys; sys.modules['mcp'] = None; from qa.cli import main; sys.exit(main(['mcp']))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert 'pip install "briefing-qa[mcp]"' in run.stderr
    assert "Traceback" not in run.stderr

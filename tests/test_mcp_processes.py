"""The server for programs that speak the Model Context Protocol, in processes of its own, as they start it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client

from qa.index.folder import write_lock
from qa.schema import Answer
from qa.serving.freshness import FRESH
from qa.strict import from_json
from tests.conversing import BERTHS, COFFEE, PASSAGERS, SHARE, opened, write_notes
from tests.model_server import ModelServer, Reply
from tests.speaking_mcp import ERAS, HELLO, READY, ROOT, command, served, speaking, stdio, text_of

pytestmark = pytest.mark.slow
TOKEN = "twenty-letters-and-more"
LIFEBOATS = {"question": "How many lifeboats does Vardby have?"}


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Notes in two languages, with an index beside them. Not to be changed by a test."""
    corpus = tmp_path_factory.mktemp("mcp") / "notes"
    corpus.mkdir()
    write_notes(corpus)
    with opened(corpus):
        return corpus


@pytest.fixture(scope="module")
def url(notes: Path) -> Iterator[str]:
    """The address of a server that lets in whoever shows the token."""
    with served(notes, environ={"QA_SERVE_TOKEN": TOKEN, "QA_QUESTIONS_A_MINUTE": "200"}) as url:
        yield url


async def each_tool(client: Client) -> None:
    """Calls each tool as an assistant would, and checks the quotes."""
    assert [tool.name for tool in (await client.list_tools()).tools] == ["ask", "search", "read_note", "list_notes"]
    result = await client.call_tool("ask", {"question": BERTHS})
    answer = from_json(Answer, result.structured_content, "it")
    assert "14 berths" in answer.text
    (quote,) = answer.citations
    note = await client.call_tool("read_note", {"note": quote.note})
    assert note.content[-1].text[quote.start : quote.end] == quote.quote
    assert (await client.call_tool("ask", {"question": COFFEE})).structured_content["abstained"]
    assert "43 000" in text_of(await client.call_tool("ask", {"question": PASSAGERS}))
    assert "harbours.md" in text_of(await client.call_tool("search", {"question": "dredging", "k": 1}))
    assert "traversiers.md" in text_of(await client.call_tool("list_notes", {}))
    assert (await client.call_tool("read_note", {"note": "x"})).is_error
    assert len((await client.list_resources()).resources) == 3


@pytest.mark.parametrize("mode", ERAS)
def test_a_program_that_starts_it_gets_each_tool(notes: Path, mode: str) -> None:
    async def work() -> None:
        async with stdio(notes, mode=mode) as client:
            assert client.server_info is not None
            assert client.server_info.name == "briefing-notes"
            await each_tool(client)

    asyncio.run(work())


@pytest.mark.parametrize("mode", ERAS)
def test_a_program_that_reaches_it_gets_each_tool(url: str, mode: str) -> None:
    async def work() -> None:
        async with speaking(url, token=TOKEN, mode=mode) as client:
            await each_tool(client)

    asyncio.run(work())


def test_two_programs_are_answered_at_once(url: str) -> None:
    async def work() -> None:
        async with speaking(url, token=TOKEN) as one, speaking(url, token=TOKEN, mode="auto") as other:
            asked = [client.call_tool("ask", {"question": what}) for what in (BERTHS, SHARE) for client in (one, other)]
            texts = [text_of(result) for result in await asyncio.gather(*asked)]
            assert texts[0] == texts[1]
            assert texts[2] == texts[3]
            assert "14 berths" in texts[0]

    asyncio.run(work())


def test_without_the_token_nobody_is_let_in(url: str) -> None:
    headers = {"Accept": "application/json, text/event-stream"}
    for said in ({}, {"Authorization": "Bearer another-token-of-letters"}, {"Authorization": f"Basic {TOKEN}"}):
        response = httpx2.post(url, json=HELLO, headers=headers | said, trust_env=False)
        assert response.status_code == 401
        assert "www-authenticate" in response.headers
    shown = headers | {"Authorization": f"Bearer {TOKEN}"}
    assert httpx2.post(url, json=HELLO, headers=shown, trust_env=False).status_code == 200
    for more, status in (({"Host": "evil.example"}, 421), ({"Origin": "http://evil.example"}, 403)):
        assert httpx2.post(url, json=HELLO, headers=shown | more, trust_env=False).status_code == status
    large = httpx2.post(url, content=b"[" * 7_000_000, headers=shown, trust_env=False)
    assert large.status_code == 413
    broken = httpx2.post(url, content=b"{", headers=shown | {"Content-Type": "application/json"}, trust_env=False)
    assert broken.status_code == 400
    assert httpx2.get(url.replace("/mcp", "/"), headers=shown, trust_env=False).status_code == 404


def test_a_note_that_is_added_is_seen(corpus: Path) -> None:
    async def work() -> None:
        async with stdio(corpus) as client:
            assert "3 lifeboats" not in text_of(await client.call_tool("ask", LIFEBOATS))
            (corpus / "boats.md").write_text("# Boats\n\nVardby has 3 lifeboats.\n", encoding="utf-8")
            await asyncio.sleep(FRESH)
            assert "3 lifeboats" in text_of(await client.call_tool("ask", LIFEBOATS))

    write_notes(corpus)
    asyncio.run(work())


def test_a_cancelled_question_gives_up_what_a_model_is_asked_over_http(notes: Path) -> None:
    async def work(url: str, mode: str, asked: int) -> None:
        async with speaking(url, mode=mode) as client:
            asking = asyncio.create_task(client.call_tool("ask", {"question": BERTHS}))
            while len(models.requests) == asked:
                await asyncio.sleep(0.01)
            asking.cancel()
            with suppress(asyncio.CancelledError):
                await asking
            assert await asyncio.to_thread(models.settled)

    with ModelServer([Reply("Wick has 14 berths. [1]", delay=30)]) as models:
        environ = {"QA_LLM_BASE_URL": f"{models.url}/v1", "OPENAI_API_KEY": "none"}
        with served(notes, "--llm", "openai:scripted", environ=environ) as url:
            for asked, mode in enumerate(ERAS):
                asyncio.run(work(url, mode, asked))
        assert models.cancelled == [0, 1]


def test_a_program_that_is_gone_is_answered_no_longer(notes: Path) -> None:
    with ModelServer([Reply("Wick has 14 berths. [1]", delay=30)]) as models:
        environ = {"QA_LLM_BASE_URL": f"{models.url}/v1", "OPENAI_API_KEY": "none"}
        with served(notes, "--llm", "openai:scripted", environ=environ) as url:
            headers = {"Accept": "application/json, text/event-stream"}
            with httpx2.Client(headers=headers, trust_env=False, timeout=60) as client:
                client.headers["Mcp-Session-Id"] = client.post(url, json=HELLO).headers["mcp-session-id"]
                client.post(url, json=READY)
                call = {"name": "ask", "arguments": {"question": BERTHS}}
                with client.stream("POST", url, json=HELLO | {"id": 2, "method": "tools/call", "params": call}):
                    while not models.requests:
                        time.sleep(0.01)
            assert models.settled()
    assert models.cancelled == [0]


class Raw:
    """A server at the other end of pipes, spoken to line by line."""

    def __init__(self, corpus: Path, *more: str, environ: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            command(corpus, *more),
            cwd=ROOT,
            env=os.environ | (environ or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def say(self, *messages: Any) -> None:
        assert self.process.stdin is not None
        for message in messages:
            line = message if isinstance(message, bytes) else json.dumps(message).encode()
            self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def hear(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def call(self, number: int, tool: str, **arguments: Any) -> None:
        params = {"name": tool, "arguments": arguments}
        self.say({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params})

    def ended(self) -> tuple[int, list[Any], str]:
        """Its exit code, what it still said and what it logged; it has ended by itself."""
        out, errors = self.process.communicate(timeout=20)
        return self.process.returncode, [json.loads(line) for line in out.splitlines()], errors.decode()


def test_nothing_but_the_protocol_is_said_and_it_ends_with_its_input(corpus: Path) -> None:
    write_notes(corpus, odd="\x00\x01 not \ufffd a note")  # one more, that is read with a doubt, or not at all
    server = Raw(corpus, environ={"PYTHONUNBUFFERED": "1"})
    server.say(HELLO, READY)
    assert server.hear()["result"]["serverInfo"]["name"] == "briefing-notes"
    server.call(2, "ask", question=BERTHS)
    assert "14 berths" in json.dumps(server.hear())
    code, rest, errors = server.ended()
    assert (code, rest) == (0, [])
    assert "Traceback" not in errors


def test_what_is_no_message_is_survived(notes: Path) -> None:
    server = Raw(notes)
    server.say(b"", b"garbage", b"\xff\xfe\x00", b"[]", b"{}", b"[" * 100_000, b'{"jsonrpc": "2.0", "id": 9}')
    server.say(HELLO, READY)
    heard = server.hear()
    while heard.get("id") != 1:
        heard = server.hear()
    server.say(b"{" * 1_000, {"jsonrpc": "2.0", "id": 2, "method": "nothing/such"})
    server.call(3, "ask", question="x" * 20_000_000)
    server.call(4, "ask", question=BERTHS)
    said = {}
    while not {2, 3, 4} <= said.keys():
        one = server.hear()
        said[one.get("id")] = one
    assert said[2]["error"]["code"] == -32601
    assert said[3]["result"]["isError"]
    assert "14 berths" in json.dumps(said[4])
    code, _, errors = server.ended()
    assert code == 0
    assert "Traceback" not in errors


@pytest.mark.parametrize(("way", "expected"), [(signal.SIGTERM, 0), (signal.SIGINT, 130), (None, 0)])
def test_it_ends_in_the_middle_of_an_answer(notes: Path, way: signal.Signals | None, expected: int) -> None:
    with ModelServer([Reply("Wick has 14 berths. [1]", delay=30)]) as models:
        environ = {"QA_LLM_BASE_URL": f"{models.url}/v1", "OPENAI_API_KEY": "none"}
        server = Raw(notes, "--llm", "openai:scripted", environ=environ)
        server.say(HELLO, READY)
        server.hear()
        server.call(2, "ask", question=BERTHS)
        while not models.requests:
            time.sleep(0.01)
        began = time.monotonic()
        if way is not None:
            server.process.send_signal(way)
        code, _, errors = server.ended()
        assert code == expected
        assert time.monotonic() - began < 20  # of the 30 that the model takes
        assert "Traceback" not in errors
        assert models.settled()
        assert models.cancelled == [0]


def test_it_ends_while_it_still_reads_the_notes(corpus: Path) -> None:
    for number in range(2000):
        (corpus / f"{number}.md").write_text(f"# Note {number}\n\n{'Ferries sail. ' * 40}{number}.\n", encoding="utf-8")
    server = Raw(corpus)
    server.say(HELLO, READY, {"jsonrpc": "2.0", "id": 2, "method": "tools/list"})
    assert [server.hear()["id"], server.hear()["id"]] == [1, 2]
    time.sleep(1)
    began = time.monotonic()
    assert server.ended()[0] == 0
    assert time.monotonic() - began < 15  # reading them takes longer


def test_an_index_that_another_process_writes_is_answered_from_as_it_was(corpus: Path) -> None:
    async def work() -> None:
        async with stdio(corpus) as client:
            with write_lock(corpus.parent / "index", 5, lambda: None):
                (corpus / "boats.md").write_text("# Boats\n\nVardby has 3 lifeboats.\n", encoding="utf-8")
                await asyncio.sleep(FRESH)
                assert "14 berths" in text_of(await client.call_tool("ask", {"question": BERTHS}))
            await asyncio.sleep(FRESH)
            assert "3 lifeboats" in text_of(await client.call_tool("ask", LIFEBOATS))

    write_notes(corpus)
    with opened(corpus):
        pass
    asyncio.run(work())


def test_an_index_of_other_notes_is_told_in_the_answer(corpus: Path, tmp_path: Path) -> None:
    async def work() -> None:
        async with stdio(corpus) as client:
            result = await client.call_tool("ask", {"question": BERTHS})
            assert result.is_error
            assert "is of the notes in" in text_of(result)
            assert str(other) in text_of(result)  # who started it can mend it

    write_notes(corpus)
    other = tmp_path / "other"
    other.mkdir()
    write_notes(other)
    with opened(other):
        pass
    asyncio.run(work())

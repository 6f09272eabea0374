"""The server of the tests and the real packages: what they get of each script, and what the server notes of them."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, closing
from pathlib import Path
from typing import Any, TypeVar
from urllib.request import urlopen

import httpx
import openai
import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_ollama import ChatOllama
from langchain_openai import ChatOpenAI
from ollama import ResponseError

from tests.model_server import MODEL, ModelServer, Reply

# What it is tried with are the packages of others; what is ours is in test_models.py.
pytestmark = pytest.mark.slow

TEXT = "The fund pays 5 million a year – “no more”, as it says."
TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}

LOOP = asyncio.new_event_loop()
Answer = TypeVar("Answer")
Made = Callable[..., BaseChatModel]
Asked = Callable[..., AIMessage]


def openai_model(server: ModelServer, *, timeout: float = 5.0, **more: Any) -> BaseChatModel:
    # The time limit between chunks would swallow a cancellation in Python 3.11, whose `asyncio.wait_for` does it.
    settings = {"api_key": "secret", "max_retries": 0, "stream_usage": True, "stream_chunk_timeout": None} | more
    return ChatOpenAI(base_url=f"{server.url}/v1", model=MODEL, timeout=timeout, **settings)


def ollama_model(server: ModelServer, *, timeout: float = 5.0, **more: Any) -> BaseChatModel:
    return ChatOllama(base_url=server.url, model=MODEL, client_kwargs={"timeout": timeout}, **more)


def invoke(model: BaseChatModel, said: list[str], **more: Any) -> AIMessage:
    return model.invoke("Which fund?", **more)


def stream(model: BaseChatModel, said: list[str], **more: Any) -> AIMessage:
    whole = AIMessageChunk("")
    for chunk in model.stream("Which fund?", **more):
        said.append(chunk.text)
        whole += chunk
    return whole


def astream(model: BaseChatModel, said: list[str], **more: Any) -> AIMessage:
    async def run() -> AIMessage:
        whole = AIMessageChunk("")
        async for chunk in model.astream("Which fund?", **more):
            said.append(chunk.text)
            whole += chunk
        return whole

    return in_loop(run())


def in_loop(work: Coroutine[Any, Any, Answer]) -> Answer:
    """In one event loop for all: the packages keep connections, which cannot be used in another one."""
    return LOOP.run_until_complete(work)


both = pytest.mark.parametrize("make", [openai_model, ollama_model])
each_way = pytest.mark.parametrize("ask", [invoke, stream, astream])
streamed = pytest.mark.parametrize("ask", [stream, astream])


@pytest.fixture(autouse=True, scope="module")
def _loop() -> Iterator[None]:
    yield
    LOOP.run_until_complete(LOOP.shutdown_asyncgens())
    LOOP.close()


@pytest.fixture(autouse=True)
def _straight_to_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    # A folder without certificates: each client would load all of the machine, which takes long.
    monkeypatch.setenv("SSL_CERT_DIR", str(Path(__file__).parent))
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("OPENAI_API_BASE", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROXY", "OLLAMA_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2"):
        monkeypatch.setenv(name, "false")


@both
@each_way
def test_the_text_and_the_usage_arrive(make: Made, ask: Asked) -> None:
    with ModelServer([TEXT]) as server:
        said: list[str] = []
        answer = ask(make(server), said)
        assert answer.text == TEXT
        assert answer.usage_metadata is not None
        assert answer.usage_metadata["input_tokens"] == 11
        assert answer.usage_metadata["output_tokens"] == 7
        assert ask is invoke or len([piece for piece in said if piece]) == -(-len(TEXT) // 4)
        assert server.requests[0]["model"] == MODEL
        assert server.requests[0]["messages"] == [{"role": "user", "content": "Which fund?"}]
        assert server.paths == ["/v1/chat/completions" if make is openai_model else "/api/chat"]
        assert server.settled()
        assert server.cancelled == []


@both
@each_way
def test_a_server_need_not_tell_its_usage(make: Made, ask: Asked) -> None:
    with ModelServer([Reply(TEXT, usage=None)]) as server:
        answer = ask(make(server), [])
        assert answer.text == TEXT
        assert not answer.usage_metadata


def test_the_usage_of_a_stream_is_told_to_whom_asks_for_it() -> None:
    with ModelServer([TEXT]) as server:
        assert stream(openai_model(server).bind(stream_usage=False), []).usage_metadata is None
        assert "stream_options" not in server.requests[0]


def test_an_answer_of_ollama_in_one_piece() -> None:
    with ModelServer([TEXT, Reply(TEXT, malformed=True), Reply(TEXT, cut_after=1)]) as server:
        model = ollama_model(server)
        answer = model.invoke("Which fund?", stream=False)
        assert answer.text == TEXT
        assert answer.response_metadata["done_reason"] == "stop"
        with pytest.raises(json.JSONDecodeError):
            model.invoke("Which fund?", stream=False)
        with pytest.raises(httpx.RemoteProtocolError):
            model.invoke("Which fund?", stream=False)


@both
def test_replies_come_in_order_and_the_last_again(make: Made) -> None:
    def echo(request: dict[str, Any]) -> str:
        return f"You said {request['messages'][-1]['content']}"

    with ModelServer(["one", Reply("two"), echo]) as server:
        model = make(server)
        assert [model.invoke(word).text for word in "abcd"] == ["one", "two", "You said c", "You said d"]
        assert [request["messages"][-1]["content"] for request in server.requests] == list("abcd")


def test_the_key_of_the_client_is_noted() -> None:
    with ModelServer([TEXT]) as server:
        openai_model(server).invoke("Which fund?")
        assert server.headers[0]["authorization"] == "Bearer secret"


STATUS = {
    401: (openai.AuthenticationError, "Incorrect API key", "unauthorized"),
    404: (openai.NotFoundError, "does not exist", "not found"),
    429: (openai.RateLimitError, "Rate limit", "too many requests"),
    500: (openai.InternalServerError, "server had an error", "stopped"),
}


@each_way
@pytest.mark.parametrize("status", STATUS)
def test_an_error_status(ask: Asked, status: int) -> None:
    kind, of_openai, of_ollama = STATUS[status]
    with ModelServer([Reply(status=status)]) as server:
        with pytest.raises(kind, match=of_openai) as caught:
            ask(openai_model(server), [])
        assert caught.value.status_code == status
        with pytest.raises(ResponseError, match=of_ollama) as refused:
            ask(ollama_model(server), [])
        assert refused.value.status_code == status


@both
def test_an_error_in_words_of_its_own(make: Made) -> None:
    refusal = pytest.raises((openai.InternalServerError, ResponseError), match=r"Because\.")
    with ModelServer([Reply("Because.", status=500)]) as server, refusal:
        make(server).invoke("Which fund?")


@each_way
def test_when_to_ask_again_is_passed_on(ask: Asked) -> None:
    with ModelServer([Reply(status=429, retry_after="7")]) as server:
        with pytest.raises(openai.RateLimitError) as caught:
            ask(openai_model(server), [])
        assert caught.value.response.headers["retry-after"] == "7"
        assert len(server.requests) == 1


def test_a_client_that_asks_again_gets_the_next_reply() -> None:
    with ModelServer([Reply(status=429, retry_after="0.01"), TEXT]) as server:
        assert openai_model(server, max_retries=1).invoke("Which fund?").text == TEXT
        assert len(server.requests) == 2


@both
@streamed
@pytest.mark.parametrize("pieces", [0, 2])
def test_a_cut_connection(make: Made, ask: Asked, pieces: int) -> None:
    with ModelServer([Reply(TEXT, cut_after=pieces)]) as server:
        said: list[str] = []
        with pytest.raises((openai.APIConnectionError, httpx.RemoteProtocolError)):
            ask(make(server), said)
        assert "".join(said) == TEXT[: 4 * pieces]
        assert server.settled()
        assert server.cancelled == []


def test_a_connection_cut_in_the_middle_of_a_whole_answer() -> None:
    with ModelServer([Reply(TEXT, cut_after=2)]) as server, pytest.raises(openai.APIConnectionError):
        openai_model(server).invoke("Which fund?")


@both
@each_way
@pytest.mark.parametrize("text", [TEXT, ""])
def test_what_is_no_json(make: Made, ask: Asked, text: str) -> None:
    with ModelServer([Reply(text, malformed=True)]) as server:
        said: list[str] = []
        with pytest.raises(json.JSONDecodeError):
            ask(make(server), said)
        assert TEXT.startswith("".join(said))
        assert bool("".join(said)) == (bool(text) and ask is not invoke)


@both
@each_way
def test_a_client_that_does_not_wait_as_long(make: Made, ask: Asked) -> None:
    with ModelServer([Reply(TEXT, delay=30)]) as server:
        with pytest.raises((openai.APITimeoutError, httpx.ReadTimeout)):
            ask(make(server, timeout=0.2), [])
        assert server.settled()
        assert server.cancelled == [0]


@both
@streamed
def test_a_pause_longer_than_the_client_waits(make: Made, ask: Asked) -> None:
    with ModelServer([Reply(TEXT, pause=30)]) as server:
        said: list[str] = []
        with pytest.raises((openai.APITimeoutError, httpx.ReadTimeout)):
            ask(make(server, timeout=0.3), said)
        assert "".join(said) == TEXT[:4]
        assert server.settled()
        assert server.cancelled == [0]


@both
@pytest.mark.parametrize("reply", [Reply(TEXT, endless=True), Reply(endless=True, pause=30)])
def test_a_client_that_stops_reading(make: Made, reply: Reply) -> None:
    with ModelServer([TEXT, reply]) as server:
        model = make(server)
        model.invoke("Which fund?")
        with closing(model.stream("Which fund?")) as chunks:
            while not next(chunks).text:
                pass
        assert server.settled()
        assert server.cancelled == [1]


@both
@pytest.mark.parametrize("reply", [Reply(TEXT, endless=True), Reply(endless=True, pause=30)])
def test_an_async_client_that_stops_reading(make: Made, reply: Reply) -> None:
    async def first_of(model: BaseChatModel, server: ModelServer) -> None:
        async with aclosing(model.astream("Which fund?")) as chunks:
            while not (await anext(chunks)).text:
                pass
        # The generators inside are closed by the loop, in turns of their own.
        assert await asyncio.to_thread(server.settled)

    with ModelServer([reply]) as server:
        in_loop(first_of(make(server), server))
        assert server.cancelled == [0]


@both
@pytest.mark.parametrize("reply", [Reply(TEXT, endless=True, pause=0.01), Reply(TEXT, pause=30), Reply(delay=30)])
def test_an_async_client_that_is_cancelled(make: Made, reply: Reply) -> None:
    async def cancel(model: BaseChatModel, server: ModelServer) -> None:
        task = asyncio.create_task(model.ainvoke("Which fund?", stream=True))
        while not server.requests:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with ModelServer([reply]) as server:
        in_loop(cancel(make(server), server))
        assert server.settled()
        assert server.cancelled == [0]


@both
@streamed
def test_requests_one_after_the_other_are_never_two_at_once(make: Made, ask: Asked) -> None:
    with ModelServer([TEXT]) as server:
        for model in (make(server), make(server)) * 4:
            ask(model, [])
        assert len(server.requests) == 8
        assert server.most_at_once == 1


@both
def test_requests_at_one_time_are_counted(make: Made) -> None:
    all_there = threading.Barrier(4)

    def answer(_: dict[str, Any]) -> str:
        all_there.wait(60)
        return TEXT

    with ModelServer([answer]) as server, ThreadPoolExecutor(4) as threads:
        model = make(server)
        answers = [threads.submit(model.invoke, "Which fund?") for _ in range(4)]
        assert {future.result().text for future in answers} == {TEXT}
        assert server.most_at_once == 4


@both
@each_way
def test_tools_are_refused(make: Made, ask: Asked) -> None:
    with ModelServer([TEXT]) as server:
        with pytest.raises((openai.BadRequestError, ResponseError), match="does not support tools") as caught:
            ask(make(server), [], tools=[TOOL])
        assert caught.value.status_code == 400
        assert ask(make(server), []).text == TEXT


def test_the_lists_of_models() -> None:
    with ModelServer([TEXT]) as server:
        client = openai.OpenAI(base_url=f"{server.url}/v1", api_key="secret", max_retries=0)
        assert [model.id for model in client.models.list()] == [MODEL]
        assert ollama_model(server, validate_model_on_init=True)._client.show(MODEL).capabilities == ["completion"]
        with pytest.raises(ResponseError, match="not found"):
            ollama_model(server)._client.show("other")
        with pytest.raises(ValueError, match="`other` not found"):
            ChatOllama(base_url=server.url, model="other", validate_model_on_init=True)
        with pytest.raises(openai.NotFoundError):
            client.embeddings.create(input="x", model=MODEL)
        assert server.requests == []
        assert server.paths[:3] == ["/v1/models", "/api/tags", "/api/show"]


@both
def test_after_its_end_the_server_answers_nobody(make: Made) -> None:
    with ModelServer([TEXT]) as server:
        model = make(server)
        assert model.invoke("Which fund?").text == TEXT
    with pytest.raises((openai.APIConnectionError, httpx.TransportError)):
        model.invoke("Which fund?")
    with pytest.raises(OSError, match="refused"):
        urlopen(f"{server.url}/api/tags", timeout=60)


@both
def test_the_end_of_the_server_ends_what_is_under_way(make: Made) -> None:
    with ModelServer([Reply(TEXT, endless=True, pause=0.01)]) as server:
        chunks = make(server).stream("Which fund?")
        next(chunks)
    with pytest.raises((openai.APIConnectionError, httpx.TransportError)):
        list(chunks)
    assert server.settled()
    assert server.cancelled == []

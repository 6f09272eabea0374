"""OpenAI's protocol, spoken by OpenAI's own client and by LangChain's, on a real port."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from langchain_openai import ChatOpenAI
from openai import AsyncOpenAI, OpenAI

from qa import Binder
from qa.exporting.escaping import escaped
from qa.models.scripted import ScriptedChatModel
from qa.schema import to_json
from tests.conversing import BERTHS, COFFEE, FREE, NEWER, PASSAGERS, SHARE, write_notes
from tests.serving import over

TOKEN = "a-token-of-the-tests"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Binder, str]]:
    corpus = tmp_path_factory.mktemp("completions") / "notes"
    corpus.mkdir()
    write_notes(corpus, newer=NEWER)
    with over(corpus) as (binder, client):
        yield binder, f"{str(client.base_url).rstrip('/')}/v1"


@pytest.fixture
def client(here: tuple[Binder, str]) -> Iterator[OpenAI]:
    with OpenAI(base_url=here[1], api_key="none", max_retries=0) as client:
        yield client


def user(text: Any) -> Any:
    return {"role": "user", "content": text}


def ask(client: OpenAI, question: Any, *before: Any, model: str = "briefing-qa", **more: Any) -> Any:
    return client.chat.completions.create(model=model, messages=[*before, user(question)], **more)


def test_what_may_be_named_as_a_model(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["briefing-qa", "briefing-qa-text"]
    assert client.models.retrieve("briefing-qa").owned_by == "briefing-qa"
    with pytest.raises(openai.NotFoundError, match="briefing-qa-text"):
        client.models.retrieve("gpt-5")
    with pytest.raises(openai.NotFoundError, match="briefing-qa-text"):
        ask(client, BERTHS, model="gpt-5")


@pytest.mark.parametrize("model", ["briefing-qa", "briefing-qa-text"])
@pytest.mark.parametrize("question", [SHARE, BERTHS, FREE, PASSAGERS, COFFEE])
def test_the_content_says_all_that_a_reader_must_know(
    here: tuple[Binder, str], client: OpenAI, question: str, model: str
) -> None:
    answer = here[0].ask(question)
    said = ask(client, question, model=model)
    content = said.choices[0].message.content
    shown = escaped if model == "briefing-qa" else str
    if model == "briefing-qa-text":
        assert content.startswith(answer.text)
    for statement in answer.statements:
        assert shown(statement.text) in content
    for notice in answer.notices:
        assert shown(notice.text) in content
    assert said.choices[0].finish_reason == "stop"
    assert said.briefing == {"answer": to_json(answer), "ignored": []}
    assert (said.usage.prompt_tokens, said.usage.completion_tokens, said.usage.total_tokens) == (0, 0, 0)
    if question == PASSAGERS:
        assert "À savoir : " in content


@pytest.mark.parametrize("model", ["briefing-qa", "briefing-qa-text"])
def test_each_marker_is_annotated_with_a_link_to_its_quote(
    here: tuple[Binder, str], client: OpenAI, model: str
) -> None:
    message = ask(client, SHARE, model=model).choices[0].message
    answer = here[0].ask(SHARE)
    places = [(one.url_citation.start_index, one.url_citation.end_index) for one in message.annotations]
    assert [message.content[start:end] for start, end in places] == ["[1]", "[2]"]
    for annotation, quote in zip(message.annotations, [*answer.citations, *answer.notices[0].citations], strict=True):
        assert annotation.url_citation.title == quote.title
        address, _, fragment = annotation.url_citation.url.partition("#")
        page = httpx.get(address, headers={"Accept": "text/html"}).text
        assert fragment == "quote"
        assert '<mark id="quote">' in page
        text = httpx.get(address).json()["text"]
        assert text[quote.start : quote.end] == quote.quote


def test_it_grows_into_the_same(client: OpenAI) -> None:
    for question, model in ((SHARE, "briefing-qa"), (FREE, "briefing-qa-text"), (COFFEE, "briefing-qa")):
        whole = ask(client, question, model=model)
        chunks = list(ask(client, question, model=model, stream=True, stream_options={"include_usage": True}))
        said = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
        assert said[0].role == "assistant"
        assert "".join(delta.content or "" for delta in said) == whole.choices[0].message.content
        assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
        noted = whole.choices[0].message.annotations
        assert said[-1].annotations == [one.model_dump() for one in noted]
        assert chunks[-2].briefing == whole.briefing
        assert chunks[-1].usage.total_tokens == 0
        assert len({chunk.id for chunk in chunks}) == 1
        assert not list(ask(client, question, stream=True))[-1].usage


def test_what_was_said_before_is_the_history_and_the_rest_is_passed_over(client: OpenAI) -> None:
    first = ask(client, SHARE)
    before = [
        {"role": "system", "content": "You are a pirate."},
        user([{"type": "text", "text": SHARE}]),
        {"role": "assistant", "content": first.choices[0].message.content},
        {"role": "developer", "content": "Say nothing."},
    ]
    parts = [{"type": "text", "text": "And who leads"}, {"type": "text", "text": "the Ferry Desk there?"}]
    tools: Any = [{"type": "function", "function": {"name": "f", "parameters": {}}}]
    after = ask(client, parts, *before, temperature=0.7, max_tokens=5, tools=tools, tool_choice="auto", n=1)
    assert "Ilse Brandt" in after.choices[0].message.content
    named = ["max_tokens", "temperature", "tool_choice", "tools", "messages[0] (system)", "messages[3] (developer)"]
    assert after.briefing["ignored"] == named


def test_of_a_long_history_the_latest_is_read_as_much_as_ask_takes(client: OpenAI) -> None:
    before = [user(BERTHS), {"role": "assistant", "content": "x"}] * 202
    said = ask(client, "And who leads the Ferry Desk?", *before, extra_body={"a" * 10_000: 1})
    assert "Ilse Brandt" in said.choices[0].message.content
    assert said.briefing["ignored"] == ["a" * 100, *(f"messages[{at}] ({before[at]['role']})" for at in range(4))]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, "no message of the user"),
        ({"messages": [user("")]}, "no word"),
        ({"messages": [user(None)]}, "no word"),
        ({"messages": [user("a" * 100_000)]}, "at most 10,000"),
        ({"messages": [user([{"type": "image_url", "image_url": {"url": "data:,"}}])]}, "'text'"),
        ({"messages": [{"role": "wizard", "content": "x"}]}, "role"),
        ({"messages": [user("a" * 100_001), user(BERTHS)]}, "messages.0.content: "),
        (
            {"messages": [user([{"type": "text", "text": "a" * 50_000}] * 2), user(BERTHS)]},
            "100,000 characters together",
        ),
        ({"messages": [user(BERTHS)] * 801}, "messages"),
        ({"n": 2}, "n: "),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"tool_choice": "required", "tools": []}, "No tool"),
    ],
)
def test_what_cannot_be_done_is_a_bad_request(client: OpenAI, more: Any, words: str) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(**({"model": "briefing-qa", "messages": [user(BERTHS)]} | more))
    assert words in refused.value.message
    assert refused.value.type == "invalid_request_error"
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(**({"model": "briefing-qa", "messages": [user(BERTHS)], "stream": True} | more))


def test_the_client_raises_its_own_errors(corpus: Path) -> None:
    write_notes(corpus)
    with over(corpus, serve_token=TOKEN, questions_a_minute=1) as (_, http):
        url = f"{str(http.base_url).rstrip('/')}/v1"
        with (
            OpenAI(base_url=url, api_key="another-token-of-tests", max_retries=0) as other,
            pytest.raises(openai.AuthenticationError) as refused,
        ):
            ask(other, BERTHS)
        assert refused.value.code == "wrong_token"
        with OpenAI(base_url=url, api_key=TOKEN, max_retries=0) as client:
            assert "14 berths" in ask(client, BERTHS).choices[0].message.content
            with pytest.raises(openai.RateLimitError):
                ask(client, BERTHS)


def test_many_ask_asynchronously_at_once(here: tuple[Binder, str]) -> None:
    async def all_of_them() -> list[str]:
        async with AsyncOpenAI(base_url=here[1], api_key="none") as client:

            async def one(question: str) -> str:
                made: Any = await client.chat.completions.create(
                    model="briefing-qa-text", messages=[user(question)], stream=True
                )
                return "".join([chunk.choices[0].delta.content or "" async for chunk in made])

            return await asyncio.gather(*(one(question) for question in [BERTHS, SHARE, COFFEE] * 4))

    said = asyncio.run(all_of_them())
    assert said == said[:3] * 4
    assert "14 berths" in said[0]


def test_langchain_gets_the_text_and_neither_annotations_nor_the_answer(here: tuple[Binder, str]) -> None:
    model = ChatOpenAI(model="briefing-qa-text", base_url=here[1], api_key="none", temperature=0)  # type: ignore[arg-type]
    message = model.invoke(SHARE)
    answer = here[0].ask(SHARE)
    assert str(message.content).startswith(answer.text)
    assert "An older note says otherwise" in str(message.content)
    assert "[1] Ferry Subsidy" in str(message.content)
    assert message.response_metadata["finish_reason"] == "stop"
    assert message.usage_metadata is not None
    assert message.usage_metadata["total_tokens"] == 0
    # What docs/http.md says of it; should it keep them one day, the page is to be changed.
    assert "annotations" not in repr(message)
    assert "briefing" not in repr(message.response_metadata).replace("briefing-qa", "")
    assert "".join(str(chunk.content) for chunk in model.stream(SHARE)) == message.content
    assert asyncio.run(model.ainvoke(SHARE)).content == message.content


def test_what_a_model_read_and_wrote_is_told(corpus: Path) -> None:
    write_notes(corpus)
    scripted = ScriptedChatModel(replies=["NOT IN THE NOTES"])
    with over(corpus, llm=scripted) as (_, http), OpenAI(base_url=f"{http.base_url}/v1", api_key="none") as client:
        said: Any = ask(client, BERTHS)
        usage = said.briefing["answer"]["usage"]
        assert usage["calls"] == 1
        assert usage["input_tokens"] is None
        assert said.usage is None
        assert list(ask(client, BERTHS, stream=True, stream_options={"include_usage": True}))[-1].usage is None

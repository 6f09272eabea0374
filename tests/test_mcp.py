"""The tools for programs that speak the Model Context Protocol, called by the official client in this process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from mcp import Client
from mcp.shared.exceptions import MCPError

from qa import Binder
from qa.conversation import all_quotes
from qa.retrieval.query import MAX_QUESTION
from qa.schema import Answer, to_json
from qa.serving.freshness import FRESH
from qa.serving.mcp.tools import tools
from qa.strict import from_json
from tests.conversing import BERTHS, COFFEE, NEWER, PASSAGERS, SHARE, opened, write_notes
from tests.model_server import ModelServer, Reply
from tests.speaking_mcp import ERAS, called, talked, text_of


@pytest.fixture(scope="module")
def binder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Binder]:
    """A binder in two languages; one of its notes overtakes another. Not to be changed by a test."""
    corpus = tmp_path_factory.mktemp("mcp") / "notes"
    corpus.mkdir()
    write_notes(corpus, **{"subsidy-rev": NEWER})
    (corpus / "été").mkdir()
    (corpus / "été" / "a note.md").write_text("# Lifeboats\n\nVardby has 3 lifeboats.\n", encoding="utf-8")
    with opened(corpus) as binder:
        yield binder


@pytest.mark.parametrize("mode", ERAS)
def test_the_tools_are_listed_with_what_they_take_and_give(binder: Binder, mode: str) -> None:
    async def listed(client: Client) -> Any:
        return (await client.list_tools()).tools, client.instructions

    listed_tools, instructions = talked(binder, listed, mode=mode)
    assert [tool.name for tool in listed_tools] == ["ask", "search", "read_note", "list_notes"]
    assert "follow no instruction" in instructions
    for tool in listed_tools:
        for schema in (tool.input_schema, tool.output_schema):
            Draft202012Validator.check_schema(schema)
            assert schema["type"] == "object"
        assert len(tool.description) > 100
        hints = tool.annotations
        assert (hints.read_only_hint, hints.idempotent_hint, hints.open_world_hint) == (True, True, False)
        assert not hints.destructive_hint


@pytest.mark.parametrize("mode", ERAS)
def test_an_answer_stands_in_the_text_and_in_the_json(binder: Binder, mode: str) -> None:
    result = talked(binder, lambda client: client.call_tool("ask", {"question": BERTHS}), mode=mode)
    assert not result.is_error
    answer = from_json(Answer, result.structured_content, "it")
    assert answer == replace(binder.ask(BERTHS), hits=())
    said = text_of(result)
    assert said.startswith(answer.text)
    for quote in all_quotes(answer):
        assert f"[{quote.marker}] {quote.title}" in said
        assert f"{quote.note} {quote.start}-{quote.end}" in said
        assert f"“{quote.quote}”" in said
    for notice in answer.notices:
        assert notice.text in said


def test_quotes_stand_in_the_note_where_the_answer_says(binder: Binder) -> None:
    async def checked(client: Client) -> int:
        count = 0
        for question in (BERTHS, SHARE, PASSAGERS, "How many lifeboats does Vardby have?"):
            answer = await client.call_tool("ask", {"question": question})
            for quote in all_quotes(from_json(Answer, answer.structured_content, "it")):
                place = {"note": quote.note, "start": quote.start, "end": quote.end}
                part = await client.call_tool("read_note", place)
                whole = await client.call_tool("read_note", {"note": quote.note})
                assert part.content[-1].text == part.structured_content["text"] == quote.quote
                assert whole.structured_content["text"][quote.start : quote.end] == quote.quote
                assert whole.content[-1].text[quote.start : quote.end] == quote.quote
                count += 1
        return count

    assert talked(binder, checked) >= 4


def test_a_question_in_french_is_answered_from_the_french_note(binder: Binder) -> None:
    result = called(binder, "ask", question=PASSAGERS)
    assert "43 000 passagers" in text_of(result)
    assert "in French" in text_of(result)
    assert result.structured_content["citations"][0]["language"] == "fr"


def test_an_abstention_is_a_result_and_says_what_to_make_of_it(binder: Binder) -> None:
    result = called(binder, "ask", question=COFFEE)
    assert not result.is_error
    assert result.structured_content["abstained"] is True
    assert result.structured_content["citations"] == []
    assert "The notes do not tell." in text_of(result)
    assert "Say so" in text_of(result)


def test_what_was_said_before_and_filters_are_taken(binder: Binder) -> None:
    before = [{"role": "user", "text": SHARE}, {"role": "assistant", "text": "60 per cent. [1]"}]
    result = called(binder, "ask", question="And who leads it?", history=before)
    assert "Ilse Brandt" in text_of(result)
    earlier = called(binder, "ask", question=SHARE, until="2022-01-01")
    assert "45 per cent" in earlier.structured_content["text"]
    only = called(binder, "search", question="ferry", notes=["harbours.md"], k=50)
    assert {hit["note"] for hit in only.structured_content["hits"]} == {"harbours.md"}
    assert called(binder, "search", question="ferry", language="fr", since=None).structured_content["hits"]


def test_what_a_newer_note_says_is_told_beside_it(binder: Binder) -> None:
    result = called(binder, "ask", question=SHARE)
    assert "60 per cent" in result.structured_content["text"]
    assert "An older note says otherwise: “45 per cent" in text_of(result)
    assert "SUPERSEDED by subsidy-rev.md" in text_of(result)


def test_hits_are_given_with_their_places(binder: Binder) -> None:
    result = called(binder, "search", question="dredging of the harbour", k=2)
    hits = result.structured_content["hits"]
    assert [hit["id"] for hit in hits] == [hit.id for hit in binder.search("dredging of the harbour", k=2)]
    assert hits[0]["note"] == "harbours.md"
    for hit in hits:
        assert binder.text(hit["note"])[hit["start"] : hit["end"]] == hit["text"]
        assert f"{hit['note']} {hit['start']}-{hit['end']}" in text_of(result)
        assert hit["text"] in text_of(result)
    assert len(called(binder, "search", question="ferry").structured_content["hits"]) <= 10


def test_odd_arguments_are_taken_as_they_can_be(binder: Binder) -> None:
    assert len(called(binder, "search", question="ferry", k=2.0).structured_content["hits"]) == 2
    part = called(binder, "read_note", note="harbours.md", start=0.0, end=5.0)
    assert part.structured_content["text"] == binder.text("harbours.md")[:5]
    long = [{"role": "user", "text": "ferry " * 16_000}, {"role": "assistant", "text": "\x00\u2028\u202e"}]
    assert not called(binder, "ask", question="And who leads it?", history=long * 20).is_error
    assert not called(binder, "ask", question="Ferry \x00\u202e🛳 subsidy?", notes=["harbours.md"]).is_error
    assert called(binder, "read_note", note="harbours.md\x00").is_error
    assert called(binder, "list_notes", words="\x00 🛳").structured_content["total"] == 0


def test_a_long_note_is_given_in_parts_that_make_it_whole(binder: Binder, monkeypatch: pytest.MonkeyPatch) -> None:
    async def read(client: Client) -> None:
        parts, start = [], 0
        while start is not None:
            result = await client.call_tool("read_note", {"note": "harbours.md", "start": start})
            given = result.structured_content
            assert given["length"] == len(whole)
            assert f"Characters {start} to {given['end']} of {len(whole)}" in text_of(result)
            parts.append(given["text"])
            start = given["next"]
        assert [len(part) for part in parts] == [100] * (len(whole) // 100) + [len(whole) % 100]
        assert "".join(parts) == whole

    monkeypatch.setattr("qa.serving.mcp.server.MOST_CHARACTERS", 100)
    whole = binder.text("harbours.md")
    talked(binder, read)


def test_a_note_is_given_with_what_is_known_of_it(binder: Binder) -> None:
    result = called(binder, "read_note", note="subsidy.md")
    assert result.structured_content["note"]["date"] == "2021-03-02"
    assert result.structured_content["superseded_by"] == "subsidy-rev.md"
    assert "Superseded by subsidy-rev.md" in text_of(result)
    assert called(binder, "read_note", note="subsidy-rev.md").structured_content["superseded_by"] is None


def test_the_notes_are_listed_and_found_by_words_of_their_titles(binder: Binder) -> None:
    result = called(binder, "list_notes")
    assert [note["note"] for note in result.structured_content["notes"]] == [note.note for note in binder.notes()]
    assert "harbours.md: Harbours, 2021-03-04, in English" in text_of(result)
    found = called(binder, "list_notes", words="FERRY subsidy").structured_content
    assert ([note["note"] for note in found["notes"]], found["total"]) == (["subsidy-rev.md", "subsidy.md"], 2)
    assert called(binder, "list_notes", start=10**9).structured_content["notes"] == []
    assert "no title or path has these words" in text_of(called(binder, "list_notes", words="zeppelin"))


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("ask", {}, "'question' is a required property"),
        ("ask", {"question": None}, "'question' is a required property"),
        ("ask", {"query": "ferry"}, "This tool takes: question"),
        ("ask", {"question": ""}, "holds no word"),
        ("ask", {"question": "?!"}, "holds no word"),
        ("ask", {"question": "x" * (MAX_QUESTION + 1)}, f"{MAX_QUESTION:,}"),
        ("ask", {"question": "ferry " * 1_000_000}, f"{MAX_QUESTION:,}"),
        ("ask", {"question": ["ferry"]}, "`question`: ['ferry'] is not of type 'string'"),
        ("ask", {"question": BERTHS, "since": "2022-02-30"}, "no date; write it as 2022-02-23"),
        ("ask", {"question": BERTHS, "since": "20220223"}, "no date; write it as 2022-02-23"),
        ("search", {"question": BERTHS, "until": "2022-W05-1"}, "no date; write it as 2022-02-23"),
        ("ask", {"question": BERTHS, "since": "2022-02-23", "until": "2021-01-01"}, "No note can be both"),
        ("ask", {"question": BERTHS, "language": "de"}, "`language`: 'de' is not one of ['en', 'fr']"),
        ("ask", {"question": BERTHS, "notes": ["harbour.md"]}, "Did you mean harbours.md"),
        ("ask", {"question": BERTHS, "history": [["user", "x"]]}, "`history"),
        (
            "ask",
            {"question": BERTHS, "history": [{"role": "user", "text": "x"}] * 41},
            "`history`: It has more than 40 entries",
        ),
        (
            "ask",
            {"question": BERTHS, "history": [{"role": "user", "text": "x" * 100_001}]},
            "`history[0].text`: It has more than 100,000 characters",
        ),
        ("search", {"question": "ferry", "k": 10**9}, "greater than the maximum of 50"),
        ("search", {"question": "ferry", "k": 0}, "less than the minimum of 1"),
        ("search", {"question": "ferry", "k": "many"}, "is not of type 'integer'"),
        ("read_note", {"note": "harbour.md"}, "Did you mean harbours.md"),
        ("read_note", {"note": "../../etc/passwd"}, "holds no note"),
        ("read_note", {"note": "/etc/passwd"}, "holds no note"),
        ("read_note", {"note": "harbours.md", "start": 20, "end": 10}, "`end` must be greater than `start`"),
        ("read_note", {"note": "harbours.md", "start": 20, "end": 20}, "`end` must be greater than `start`"),
        ("read_note", {"note": "harbours.md", "start": 10**12}, "lies beyond"),
        ("read_note", {"note": "harbours.md", "start": -1}, "less than the minimum of 0"),
        ("read_note", {"note": "x" * 100_000}, "`note`"),
        ("list_notes", {"start": 1.5}, "is not of type 'integer'"),
    ],
)
def test_what_cannot_be_is_an_error_that_says_what_to_give(
    binder: Binder, tool: str, arguments: dict[str, Any], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    result = called(binder, tool, **arguments)
    assert result.is_error
    assert said in text_of(result)
    assert len(text_of(result)) < 1000
    assert result.structured_content is None
    assert caplog.records == []


def test_a_tool_that_there_is_not_is_an_error_of_the_protocol(binder: Binder) -> None:
    async def work(client: Client) -> None:
        with pytest.raises(MCPError, match="There are: ask, search, read_note, list_notes"):
            await client.call_tool("write_note", {"note": "x"})

    talked(binder, work)


@pytest.mark.parametrize("mode", ERAS)
def test_notes_are_resources_as_well(binder: Binder, mode: str) -> None:
    async def work(client: Client) -> Any:
        resources = (await client.list_resources()).resources
        templates = (await client.list_resource_templates()).resource_templates
        texts = {one.name: (await client.read_resource(one.uri)).contents[0].text for one in resources}
        for uri in ("note:///harbour.md", "note:///../notes/harbours.md", "file:///etc/passwd", "note:///"):
            with pytest.raises(MCPError, match=r"holds no note|Resources here are notes"):
                await client.read_resource(uri)
        return resources, templates, texts

    resources, templates, texts = talked(binder, work, mode=mode)
    assert texts == {note.note: binder.text(note.note) for note in binder.notes()}
    assert "note:///%C3%A9t%C3%A9/a%20note.md" in [one.uri for one in resources]
    assert [one.uri_template for one in templates] == ["note:///{+note}"]


def test_many_resources_are_listed_in_pages(corpus: Path) -> None:
    async def pages(client: Client) -> list[list[str]]:
        found, cursor = [], None
        while True:
            page = await client.list_resources(cursor=cursor)
            found.append([one.name for one in page.resources])
            if (cursor := page.next_cursor) is None:
                with pytest.raises(MCPError, match="no such page"):
                    await client.list_resources(cursor="two")
                return found

    for number in range(203):
        (corpus / f"{number:03}.md").write_text(f"# Note {number}\n\nFerry {number} sails.\n", encoding="utf-8")
    with opened(corpus) as binder:
        found = talked(binder, pages)
        assert [len(page) for page in found] == [100, 100, 3]
        assert [one for page in found for one in page] == [note.note for note in binder.notes()]
        listed = called(binder, "list_notes").structured_content
        assert (len(listed["notes"]), listed["next"], listed["total"]) == (100, 100, 203)
        assert called(binder, "list_notes", start=200).structured_content["next"] is None


def test_a_note_that_is_added_is_seen_and_a_corpus_that_is_gone_is_told(corpus: Path) -> None:
    async def work(client: Client) -> None:
        lifeboats = {"question": "How many lifeboats does Vardby have?"}
        assert "3 lifeboats" not in text_of(await client.call_tool("ask", lifeboats))
        (corpus / "boats.md").write_text("# Boats\n\nVardby has 3 lifeboats.\n", encoding="utf-8")
        await asyncio.sleep(FRESH)
        assert "3 lifeboats" in text_of(await client.call_tool("ask", lifeboats))
        corpus.rename(corpus.parent / "gone")
        await asyncio.sleep(FRESH)
        for tool, arguments in (("ask", lifeboats), ("read_note", {"note": "boats.md"}), ("list_notes", {})):
            said = text_of(await client.call_tool(tool, arguments))
            assert "could not be brought up to date" in said
            assert str(corpus.parent) not in said
            assert "lifeboats" in said.casefold() or "boats.md" in said

    write_notes(corpus)
    with opened(corpus) as binder:
        talked(binder, work)


def test_who_asks_too_often_is_told_when_to_ask_again(binder: Binder, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(client: Client) -> list[Any]:
        return [await client.call_tool("ask", {"question": BERTHS}) for _ in range(22)]

    monkeypatch.setattr(binder, "settings", replace(binder.settings, serve_token="a" * 16))
    results = talked(binder, work)
    assert [result.is_error for result in results] == [False] * 20 + [True] * 2
    assert "Only 20 a minute" in text_of(results[-1])


def test_twenty_questions_at_once_are_all_answered(binder: Binder) -> None:
    async def work(client: Client) -> list[Any]:
        asked = [client.call_tool("ask", {"question": one}) for one in (BERTHS, SHARE, PASSAGERS, COFFEE) * 5]
        return await asyncio.gather(*asked)

    results = talked(binder, work)
    expected = [binder.ask(one).text for one in (BERTHS, SHARE, PASSAGERS, COFFEE) * 5]
    assert [result.structured_content["text"] for result in results] == expected


@pytest.mark.parametrize("mode", ERAS)
def test_a_question_that_is_cancelled_gives_up_what_a_model_is_asked(
    corpus: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    write_notes(corpus)
    with ModelServer([Reply("Wick has 14 berths. [1]", delay=30)]) as models:
        monkeypatch.setenv("QA_LLM_BASE_URL", f"{models.url}/v1")
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        progress: list[float] = []

        async def heard(done: float, total: float | None, message: str | None) -> None:
            progress.append(done)

        async def work(client: Client) -> None:
            call = client.call_tool("ask", {"question": BERTHS}, progress_callback=heard)
            asking = asyncio.create_task(call)
            while not (models.requests and progress):
                await asyncio.sleep(0.01)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            assert await asyncio.to_thread(models.settled)

        with Binder.open(corpus, index=corpus.parent / "index", llm="openai:scripted") as binder:
            talked(binder, work, mode=mode)
        assert models.cancelled == [0]


def test_a_model_that_is_down_is_told_where_nothing_answers_for_it(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_notes(corpus)
    monkeypatch.setenv("QA_LLM_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with Binder.open(corpus, index=corpus.parent / "index", llm="openai:scripted") as binder:
        result = called(binder, "ask", question=BERTHS)
        assert not result.is_error
        assert "14 berths" in text_of(result)
        assert "fallback" in {notice["kind"] for notice in result.structured_content["notices"]}
        binder.settings = replace(binder.settings, llm_fallback=False)
        result = called(binder, "ask", question=BERTHS)
        assert result.is_error
        assert "cannot be reached" in text_of(result)


def test_what_the_schema_says_holds_of_all_that_is_given(binder: Binder) -> None:
    calls = [("ask", {"question": one}) for one in (BERTHS, SHARE, PASSAGERS, COFFEE)]
    calls += [("search", {"question": "ferry"}), ("read_note", {"note": "subsidy.md"}), ("list_notes", {})]
    for tool, arguments in calls:
        given = called(binder, tool, **arguments).structured_content
        Draft202012Validator(tools()[tool].output_schema or {}).validate(given)
        assert json.loads(json.dumps(given)) == given
    answer = Draft202012Validator(tools()["ask"].output_schema or {})
    answer.validate(to_json(binder.ask(SHARE)))
    assert not answer.is_valid({"text": "14"})

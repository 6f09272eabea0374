"""What the page asks for beside Gradio: notes, searches, exports, removing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from qa import Binder
from qa.schema import to_json
from qa.web.rendering import sum_of
from qa.web.routes import add_routes
from tests.conversing import BERTHS, NEWER, PASSAGERS, opened, talk, write_notes


@pytest.fixture
def binder(corpus: Path) -> Iterator[Binder]:
    write_notes(corpus, newer=NEWER)
    with opened(corpus) as binder:
        yield binder


@pytest.fixture
def client(binder: Binder) -> TestClient:
    app = Starlette()
    add_routes(app, binder)
    return TestClient(app)


def place(binder: Binder, quote: str, note: str = "harbours.md") -> dict[str, Any]:
    start = binder.text(note).index(quote)
    return {"note": note, "start": start, "end": start + len(quote), "sum": sum_of(quote)}


def test_a_note_is_shown_whole_with_its_quote_marked(client: TestClient, binder: Binder) -> None:
    shown = client.get("/note", params=place(binder, "The harbour of Wick has 14 berths."))
    assert shown.headers["X-Quote"] == "stands"
    assert shown.text.startswith("<!doctype html>")
    assert "<mark" in shown.text
    part = client.get("/note", params=place(binder, "14 berths") | {"part": 1, "lang": "fr"})
    assert part.text.startswith("<header")
    assert "4 mars 2021" in part.text
    assert "vessels in distress" in part.text


def test_a_quote_that_no_longer_stands_is_told_of_and_not_marked(client: TestClient, binder: Binder) -> None:
    asked = place(binder, "The harbour of Wick has 14 berths.")
    shown = client.get("/note", params=asked | {"sum": sum_of("The harbour of Wick has 15 berths.")})
    assert shown.headers["X-Quote"] == "changed"
    assert "<mark" not in shown.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": "²", "end": "9"},
        {"start": "-1", "end": "9"},
        {"start": "9", "end": "3"},
        {"start": "0", "end": "9" * 5000},
        {"start": "", "end": ""},
        {"lang": "<script>"},
    ],
)
def test_a_place_that_is_none_opens_the_note_without_a_mark(client: TestClient, wrong: dict[str, str]) -> None:
    shown = client.get("/note", params={"note": "harbours.md"} | wrong)
    assert shown.status_code == 200
    assert "<mark" not in shown.text
    assert "<script>" not in shown.text


@pytest.mark.parametrize("note", ["", "none.md", "../notes.toml", "/etc/passwd", "..\\x", "harbours.md\0", "\ud800"])
def test_what_is_no_note_of_the_binder_cannot_be_read(client: TestClient, note: str) -> None:
    shown = client.get("/note?note=" + quote(note, errors="surrogatepass"))
    assert shown.status_code == 404
    assert "no such note" in shown.text
    assert client.get("/static-qa/../routes.py").status_code == 404
    assert client.get("/static-qa/%2e%2e/routes.py").status_code == 404


def test_a_note_that_is_superseded_says_by_which(client: TestClient) -> None:
    assert "superseded by Ferry Subsidy (2 March 2023)" in client.get("/note", params={"note": "subsidy.md"}).text


def test_a_search_finds_notes_and_passages_within_the_filters(client: TestClient) -> None:
    found = client.get("/search", params={"q": "ferry"}).text
    assert found.count("Ferry Subsidy</a>") >= 2
    within = json.dumps({"until": "2021-12-31", "notes": [], "language": "en"})
    found = client.get("/search", params={"q": "ferry", "filters": within}).text
    assert "2021-03-02" in found
    assert "2023-03-02" not in found
    assert "All notes" in client.get("/search").text
    assert "No note holds" in client.get("/search", params={"q": "zzzz", "filters": '{"since": "2030-01-01"}'}).text


@pytest.mark.parametrize("filters", ["", "[", "[" * 5_000, "null", "7", '"x"', '{"since": 7}', '{"notes": {"a": 1}}'])
def test_filters_that_are_none_are_no_fault_of_the_server(client: TestClient, filters: str) -> None:
    assert client.get("/search", params={"q": "ferry", "filters": filters}).status_code in (200, 400)


def test_a_conversation_is_exported_in_both_ways(client: TestClient, binder: Binder) -> None:
    kept = to_json(talk(binder, BERTHS, PASSAGERS))
    written = client.post("/export/markdown", json=kept)
    assert "14 berths" in written.text
    receipt = client.post("/export/receipt?lang=fr", json=kept).json()
    assert [turn["question"] for turn in receipt["turns"]] == [BERTHS, PASSAGERS]
    assert client.post("/export/else", json=kept).status_code == 404


@pytest.mark.parametrize("body", [b"", b"[", b"null", b"7", b'{"turns": 7}', b"\xff\xfe", b'{"turns": [{}]}'])
def test_what_is_no_conversation_is_told_of(client: TestClient, body: bytes) -> None:
    told = client.post("/export/markdown", content=body)
    assert told.status_code == 400
    assert told.text


def test_halves_of_characters_are_no_fault_of_the_server(client: TestClient, binder: Binder) -> None:
    assert client.post("/remove", content=b'"\\ud800"').status_code == 400
    assert client.get("/search", params={"q": "ferry", "filters": '{"notes": ["\\ud800"]}'}).status_code == 400
    kept = to_json(talk(binder, BERTHS)) | {"title": "half \ud800"}
    assert client.post("/export/receipt", content=json.dumps(kept).encode()).status_code == 400


def test_searches_are_limited_where_others_search_too(binder: Binder) -> None:
    binder.settings = replace(binder.settings, host="0.0.0.0", questions_a_minute=1)
    app = Starlette()
    add_routes(app, binder)
    client = TestClient(app)
    assert [client.get("/search?q=ferry").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_a_note_is_removed_where_notes_may_be_added_and_nowhere_else(client: TestClient, binder: Binder) -> None:
    assert client.get("/remove").status_code == 405
    assert client.post("/remove", json="none.md").status_code == 400
    assert client.post("/remove", json={"a": 1}).status_code == 400
    done = client.post("/remove?lang=fr", json="harbours.md")
    assert (done.status_code, done.text) == (200, "Retirée du cartable.")
    assert client.get("/note", params={"note": "harbours.md"}).status_code == 404
    binder.settings = replace(binder.settings, add_notes=False)
    assert client.post("/remove", json="subsidy.md").status_code == 404
    part = {"note": "subsidy.md", "part": "1"}
    assert "Remove this note" not in client.get("/note", params=part).text
    binder.settings = replace(binder.settings, add_notes=True)
    assert "Remove this note" in client.get("/note", params=part).text
    assert "Remove this note" not in client.get("/note", params={"note": "subsidy.md"}).text  # no script is there
    assert client.get("/note", params={"note": "subsidy.md"}).status_code == 200

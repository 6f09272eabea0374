"""The binder over HTTP, on a real port: what is answered, and what is refused."""

from __future__ import annotations

import json
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from qa import Binder
from qa.cli import main
from qa.schema import Citation, to_json
from qa.serving.http.note_page import note_link
from tests.conversing import BERTHS, COFFEE, NEWER, SHARE, write_notes
from tests.serving import events_of, over

TOKEN = "a-token-of-the-tests"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Binder, httpx.Client]]:
    corpus = tmp_path_factory.mktemp("api") / "notes"
    corpus.mkdir()
    write_notes(corpus, newer=NEWER)
    with over(corpus) as opened:
        yield opened


def told(response: httpx.Response) -> tuple[int, str]:
    """The status and the code of an error, which has the form of all and tells nothing of this machine."""
    error = response.json()["error"]
    assert set(response.json()) == {"error"}
    assert set(error) == {"code", "message", "type", "param"}
    assert "Traceback" not in response.text
    assert "/work" not in response.text
    assert "/tmp" not in response.text
    assert response.headers["cache-control"] == "no-store"
    return response.status_code, error["code"]


def in_order(text: str) -> Any:
    """JSON with the order of its names."""
    return json.loads(text, object_pairs_hook=list)


def test_what_it_answers_is_what_the_command_line_prints(
    here: tuple[Binder, httpx.Client], capsys: pytest.CaptureFixture[str]
) -> None:
    binder, client = here
    where = ["--corpus", str(binder.settings.corpus), "--index", str(binder.settings.index), "--json"]
    for arguments, response in (
        (["ask", SHARE], client.post("/ask", json={"question": SHARE})),
        (["ask", COFFEE], client.get("/ask", params={"question": COFFEE})),
        (
            ["ask", "And until when?", "--after", BERTHS, "--until", "2022-01-01", "--note", "harbours.md"],
            client.post(
                "/ask",
                json={
                    "question": "And until when?",
                    "history": [{"role": "user", "content": BERTHS}],
                    "until": "2022-01-01",
                    "notes": ["harbours.md"],
                },
            ),
        ),
        (["search", SHARE, "-k", "2"], client.post("/search", json={"question": SHARE, "k": 2})),
        (
            ["search", SHARE, "--since", "2022-01-01", "--language", "en"],
            client.get("/search", params={"question": SHARE, "since": "2022-01-01", "language": "en"}),
        ),
        (["notes"], client.get("/notes")),
    ):
        main([*arguments, *where])
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "application/json"
        assert in_order(response.text) == in_order(capsys.readouterr().out), arguments


def test_a_note_holds_each_quote_where_it_is_said_to_stand(here: tuple[Binder, httpx.Client]) -> None:
    _, client = here
    answer = client.post("/ask", json={"question": SHARE}).json()
    assert answer["citations"]
    listed = {note["note"]: note for note in client.get("/notes").json()}
    for citation in answer["citations"]:
        note = client.get(f"/notes/{citation['note']}").json()
        assert note["text"][citation["start"] : citation["end"]] == citation["quote"]
        assert {name: note[name] for name in note if name != "text"} == listed[citation["note"]]


def test_an_answer_as_it_grows(here: tuple[Binder, httpx.Client]) -> None:
    binder, client = here
    grown = [to_json(answer) for answer in binder.stream(SHARE)]
    for response in (
        client.post("/ask", json={"question": SHARE, "stream": True}),
        client.post("/ask", json={"question": SHARE}, headers={"Accept": "text/event-stream"}),
        client.get("/ask", params={"question": SHARE, "stream": "true"}),
    ):
        assert response.headers["content-type"].startswith("text/event-stream")
        assert events_of(response.text) == [*(("answer", one) for one in grown), ("done", grown[-1])]
    assert told(client.post("/ask", json={"question": "?", "stream": True})) == (422, "question")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (422, "invalid")),
        ({"question": ""}, (422, "invalid")),
        ({"question": "?!"}, (422, "question")),
        ({"question": "a" * 100_000}, (422, "invalid")),
        ({"question": 5}, (422, "invalid")),
        ({"question": SHARE, "untill": "2022-01-01"}, (422, "invalid")),
        ({"question": SHARE, "until": 1640995200}, (422, "invalid")),
        ({"question": SHARE, "until": "2022-01-01T00:00:00"}, (422, "invalid")),
        ({"question": SHARE, "until": "2022-02-30"}, (422, "invalid")),
        ({"question": SHARE, "since": "2022-01-01", "until": "2021-01-01"}, (422, "question")),
        ({"question": SHARE, "notes": "harbours.md"}, (422, "invalid")),
        ({"question": SHARE, "notes": ["x" * 1_001]}, (422, "invalid")),
        ({"question": SHARE, "language": "de"}, (422, "invalid")),
        ({"question": SHARE, "stream": "yes"}, (422, "invalid")),
        ({"question": SHARE, "history": [["user", "x"]]}, (422, "invalid")),
        ({"question": SHARE, "history": [{"role": "system", "content": "x"}]}, (422, "invalid")),
        ({"question": SHARE, "history": [{"role": "user", "content": "x"}] * 401}, (422, "invalid")),
        ([SHARE], (422, "invalid")),
        (SHARE, (422, "invalid")),
    ],
)
def test_what_cannot_be_asked(here: tuple[Binder, httpx.Client], body: Any, expected: tuple[int, str]) -> None:
    assert told(here[1].post("/ask", json=body)) == expected


@pytest.mark.parametrize(
    ("content", "headers", "expected"),
    [
        (b"", JSON, (422, "invalid")),
        (b"{", JSON, (400, "body")),
        (b'{"question": "\xff"}', JSON, (400, "body")),
        (b'{"question": "\\ud800 berths"}', JSON, (422, "invalid")),
        (b'{"question": "berths", "\\ud800": 1}', JSON, (422, "invalid")),
        (b'{"question": "berths", "notes": ["\\ud800"]}', JSON, (422, "invalid")),
        (b"[" * 100_000, JSON, (400, "body")),
        (b'{"question":' * 50_000, JSON, (400, "body")),
        (b"1" * 10_000, JSON, (400, "body")),
        (b'{"question": "berths"}', {}, (415, "media_type")),
        (b"question=berths", {"Content-Type": "application/x-www-form-urlencoded"}, (415, "media_type")),
        (b'{"question": "berths"}', {"Content-Type": "text/plain"}, (415, "media_type")),
        (b'"' + b"x" * 7_000_000 + b'"', JSON, (413, "too_large")),
    ],
)
def test_what_cannot_be_read(
    here: tuple[Binder, httpx.Client], content: bytes, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    assert told(here[1].post("/ask", content=content, headers=headers)) == expected


@pytest.mark.parametrize(
    "path",
    [
        "/notes/nothing.md",
        "/notes/..%2f..%2fetc%2fpasswd",
        "/notes/%2e%2e/%2e%2e/etc/passwd",
        "/notes//etc/passwd",
        "/notes/%00",
        "/notes/%ff%fe",
        "/notes/%ed%a0%80",
        "/notes/" + "a" * 50_000,
    ],
)
def test_no_path_leads_out_of_the_notes(here: tuple[Binder, httpx.Client], path: str) -> None:
    response = here[1].get(path)
    assert told(response) == (404, "unknown_note")
    assert len(response.text) < 600


def test_head_tells_what_get_would_without_its_content(here: tuple[Binder, httpx.Client]) -> None:
    _, client = here
    for path in ("/health", "/notes", "/notes/harbours.md", "/notes/nothing.md", "/notes/harbours.md?start=x"):
        asked, got = client.head(path), client.get(path)
        assert asked.content == b""
        assert asked.status_code == got.status_code
        for name in ("content-type", "content-length", "cache-control"):
            assert asked.headers[name] == got.headers[name]


def test_what_is_not_there(here: tuple[Binder, httpx.Client]) -> None:
    _, client = here
    assert told(client.get("/nothing")) == (404, "not_found")
    for method, path, allowed in (
        ("PUT", "/ask", "GET, POST"),
        ("DELETE", "/notes", "GET, HEAD"),
        ("HEAD", "/ask", "GET, POST"),
        ("OPTIONS", "/ask", "GET, POST"),
    ):
        response = client.request(method, path)
        assert response.status_code == 405
        assert method == "HEAD" or told(response) == (405, "method")
        assert response.headers["allow"] == allowed
    assert told(client.get("/search", params={"question": SHARE, "k": 101})) == (422, "invalid")
    assert told(client.get("/search", params={"question": SHARE, "kk": 1})) == (422, "invalid")
    assert told(client.get("/search", params={"question": SHARE, "notes": ["nothing.md"]})) == (404, "unknown_note")


def test_the_page_of_a_note_marks_the_quote_and_runs_nothing(corpus: Path) -> None:
    (corpus / "bad.md").write_text("# <script>alert(1)</script>\n\nThe fee is <b>$5</b> a day.\n", encoding="utf-8")
    with over(corpus) as (binder, client):
        start = binder.text("bad.md").index("<b>")
        page = client.get(f"/notes/bad.md?start={start}&end={start + 9}", headers={"Accept": "text/html,*/*"})
        assert '<mark id="quote">&lt;b&gt;$5&lt;/b&gt;</mark>' in page.text
        assert "<script" not in page.text
        assert "<b>" not in page.text
        assert "script-src" not in page.headers["content-security-policy"]
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
        for other in ("start=9&end=999999", f"start={start}&end={start + 9}&sum=00ff", "start=3"):
            assert "<mark" not in client.get(f"/notes/bad.md?{other}", headers={"Accept": "text/html"}).text
        cited = Citation(1, "bad.md", "", "", None, None, "en", None, None, start, start + 9, "<b>$5</b>")
        link = note_link("/", cited)
        assert "<mark" in client.get(link, headers={"Accept": "text/html"}).text
        (corpus / "bad.md").write_text("# Fees\n\nWho knows what the fee is, and why.\n", encoding="utf-8")
        time.sleep(2.1)  # the notes are looked at once in so long
        changed = client.get(link, headers={"Accept": "text/html"}).text
        assert "<mark" not in changed
        assert "no longer stands here" in changed


def test_with_a_token_nothing_of_the_notes_is_told_without_it(corpus: Path) -> None:
    write_notes(corpus)
    with over(corpus, serve_token=TOKEN) as (_, client):
        for path in ("/ask?question=berths", "/search?question=berths", "/notes", "/notes/harbours.md", "/nothing"):
            assert told(client.get(path)) == (401, "no_token")
            assert client.get(path, headers={"Authorization": f"Bearer {TOKEN}"}).status_code in (200, 404)
        assert client.get("/health").json() == {"status": "ok"}
        described = client.get("/openapi.json").json()
        assert described["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}
        assert described["paths"]["/ask"]["post"]["security"] == [{"token": []}]
        assert "harbours" not in json.dumps(described)
        assert client.get("/docs").status_code == 200


def test_one_address_may_ask_only_so_often(corpus: Path) -> None:
    write_notes(corpus)
    with over(corpus, serve_token=TOKEN, questions_a_minute=2) as (_, client):
        client.headers["Authorization"] = f"Bearer {TOKEN}"
        assert [client.get("/ask", params={"question": BERTHS}).status_code for _ in range(2)] == [200, 200]
        for stream in (False, True):
            late = client.post("/ask", json={"question": BERTHS, "stream": stream})
            assert told(late) == (429, "too_many_questions")
            assert 1 <= int(late.headers["retry-after"]) <= 60
        assert client.get("/search", params={"question": BERTHS}).status_code == 200
        assert [client.get("/notes").status_code for _ in range(20)][-1] == 429


def test_it_answers_from_the_notes_as_they_are_now_and_as_they_were_where_they_are_gone(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.serving.freshness.FRESH", 0.0)
    write_notes(corpus)
    with over(corpus) as (_, client):
        (corpus / "new.md").write_text("# Lighthouses\n\nDunmore Head has three lighthouses.\n", encoding="utf-8")
        answer = client.get("/ask", params={"question": "How many lighthouses does Dunmore Head have?"}).json()
        assert answer["citations"][0]["note"] == "new.md"
        shutil.rmtree(corpus)
        again = client.get("/ask", params={"question": "How many lighthouses does Dunmore Head have?"})
        assert again.json()["citations"][0]["note"] == "new.md"
        assert client.get("/health").json() == {"status": "stale"}


def test_it_tells_nobody_what_it_is_asked_whatever_the_environment_says(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_notes(corpus)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{listener.getsockname()[1]}")
        with over(corpus) as (_, client):
            assert client.get("/ask", params={"question": BERTHS}).status_code == 200
            assert told(client.get("/ask/")) == (404, "not_found")
        listener.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listener.accept()

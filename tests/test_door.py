"""The door of the servers for programs, before a small app of the test's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from qa.errors import SettingsError
from qa.serving.door import Door, admitting, guarded, is_shared
from qa.serving.proxies import Proxies
from qa.settings import Settings

TOKEN = "a-token-of-the-tests"
HERE = "127.0.0.1:7870"


async def _seen(request: Request) -> Response:
    """What of a request reaches the app."""
    shown = {"client": request.client.host if request.client else "", "size": len(await request.body())}
    return JSONResponse(shown, headers={"Access-Control-Allow-Origin": "*", "Cache-Control": "public"})


@contextmanager
def before(**how: Any) -> Iterator[TestClient]:
    """A client of a door before an app that answers everything."""
    app = Starlette(routes=[Route("/{path:path}", _seen, methods=["GET", "POST", "DELETE", "OPTIONS"])])
    with TestClient(Door(app, **how), base_url=f"http://{HERE}", client=("127.0.0.1", 5)) as client:
        yield client


def refused(response: Any, status: int, code: str) -> bool:
    """Whether a response is this refusal, in the form of all."""
    told = response.json()["error"]
    assert set(told) == {"code", "message", "type", "param"}
    assert response.headers["cache-control"] == "no-store"
    return (response.status_code, told["code"]) == (status, code)


def test_without_a_token_whoever_reaches_it_is_let_in() -> None:
    with before() as client:
        response = client.get("/ask")
    assert response.json()["client"] == "127.0.0.1"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert not [name for name in response.headers if name.startswith("access-control-")]


def test_a_token_is_demanded_on_loopback_as_well() -> None:
    with before(token=TOKEN, hosts=frozenset({HERE}), public={"/docs"}) as client:
        shown = [None, "", TOKEN, f"Basic {TOKEN}", "Bearer", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer é"]
        for one in shown:
            headers = {} if one is None else {"Authorization": one.encode()}
            response = client.get("/ask", headers=headers)
            assert response.status_code == 401, one
            assert response.headers["www-authenticate"].startswith('Bearer realm="qa"')
            assert TOKEN not in response.text
        assert client.get("/ask", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
        assert client.get("/ask", headers={"Authorization": f"bearer  {TOKEN}"}).status_code == 200
        twice = [("Authorization", f"Bearer {TOKEN}"), ("Authorization", "Bearer other-token-of-tests")]
        assert refused(client.get("/ask", headers=twice), 401, "no_token")
        assert client.get("/docs").status_code == 200


def test_only_its_own_names_are_answered_on_loopback() -> None:
    with before(hosts=frozenset({HERE, "localhost:7870"})) as client:
        assert client.get("/", headers={"Host": "localhost:7870"}).status_code == 200
        for name in ("evil.example", "evil.example:7870", "127.0.0.1", ""):
            assert refused(client.get("/", headers={"Host": name}), 421, "wrong_host"), name


def test_what_a_refusal_asks_of_a_proxy_lets_it_in() -> None:
    asked = {"Host": "notes.example", "Origin": "https://notes.example"}
    with before(hosts=frozenset({HERE}), proxies=Proxies(["127.0.0.1"])) as client:
        response = client.get("/", headers=asked)
        assert refused(response, 421, "wrong_host")
        assert f"{HERE} alone. A reverse proxy must send it as Host, and" in response.text
        response = client.get("/", headers=asked | {"Host": HERE})
        assert refused(response, 403, "other_site")
        assert "the name that it was asked for as X-Forwarded-Host" in response.text
        assert client.get("/", headers=asked | {"Host": HERE, "X-Forwarded-Host": "notes.example"}).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_what_a_page_of_another_site_asks_is_refused(method: str) -> None:
    with before() as client:
        for headers in (
            {"Origin": "http://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://127.0.0.1:9999"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "cross-site", "Origin": f"http://{HERE}"},
        ):
            assert refused(client.request(method, "/ask", headers=headers), 403, "other_site"), headers
        for headers in ({"Origin": f"http://{HERE}"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
            assert client.request(method, "/ask", headers=headers).status_code == 200, headers


def test_a_link_elsewhere_may_be_followed_to_what_may_be_linked_to() -> None:
    follows = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    with before(linked=("/notes/",)) as client:
        assert client.get("/notes/a.md", headers=follows).status_code == 200
        assert refused(client.get("/ask", headers=follows), 403, "other_site")
        assert refused(client.post("/notes/a.md", headers=follows), 403, "other_site")
        assert refused(client.get("/notes/a.md", headers=follows | {"Sec-Fetch-Dest": "iframe"}), 403, "other_site")
    with before() as client:
        assert refused(client.get("/notes/a.md", headers=follows), 403, "other_site")


def test_what_is_too_large_is_refused_whether_or_not_it_says_so() -> None:
    with before(most_bytes=100) as client:
        assert client.post("/ask", content=b"x" * 100).json()["size"] == 100
        response = client.post("/ask", content=b"x" * 101)
        assert refused(response, 413, "too_large")
        assert response.headers["connection"] == "close"
        assert refused(client.post("/ask", content=iter([b"x" * 60, b"x" * 60])), 413, "too_large")
        assert refused(client.post("/ask", content=b"", headers={"Content-Length": "-1"}), 413, "too_large")


def test_a_proxy_says_who_asks() -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.9"}
    with before(proxies=Proxies(["127.0.0.1"])) as client:
        assert client.get("/", headers=forwarded).json()["client"] == "203.0.113.9"
    with before() as client:
        assert client.get("/", headers=forwarded).json()["client"] == "127.0.0.1"


def test_where_others_reach_it_somebody_says_who_may() -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "notes.example.org"):
        with pytest.raises(SettingsError, match=r"QA_SERVE_TOKEN[^ø]*--no-token"):
            admitting(Settings(), host=host)
        assert admitting(Settings(serve_token=TOKEN), host=host).serve_token == TOKEN
        assert admitting(Settings(serve_token=TOKEN), host=host, no_token=True).serve_token == ""
        assert is_shared(admitting(Settings(), host=host, no_token=True))
    for host in ("127.0.0.1", "localhost", "::1"):
        assert not is_shared(admitting(Settings(), host=host, port=0))
    chosen = admitting(Settings(serve_token=TOKEN), port=81)
    assert (chosen.serve_host, chosen.serve_port, chosen.serve_token) == ("127.0.0.1", 81, TOKEN)
    assert is_shared(chosen)
    assert TOKEN not in repr(guarded(Starlette(), chosen, 81))


def test_the_door_of_settings() -> None:
    ours = Settings(serve_token=TOKEN)
    door = guarded(Starlette(), ours, 7870, public={"/docs"})
    assert door.hosts is not None
    assert "localhost:7870" in door.hosts
    assert door.token == TOKEN
    assert guarded(Starlette(), admitting(ours, host="0.0.0.0"), 7870).hosts is None
    assert json.loads(json.dumps(sorted(door.hosts)))

"""The gate around the chat: over a small app of the test's, and over the chat itself."""

from __future__ import annotations

import base64
import hashlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route

from qa.serving.proxies import Proxies
from qa.web.gate import MOST_BYTES_OF_A_REQUEST, MOST_BYTES_OF_AN_UPLOAD, Gate
from qa.web.login import Login
from qa.web.users import Users, remove_user, set_user
from tests.browser import free_port

PASSWORD = "correct horse battery"
HTML = '<script>one()</script><script src="/assets/a.js"></script><script data-x type="module">two()</script>'


async def _seen(request: Request) -> Response:
    """What of a request reaches the app."""
    client = request.client.host if request.client else ""
    size = len(await request.body())
    shown = {"user": request.scope["state"]["user"], "client": client, "scheme": request.url.scheme, "size": size}
    headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Credentials": "true", "X-Frame-Options": "x"}
    return JSONResponse(shown | {"headers": sorted(request.headers)}, headers=headers)


async def _page(request: Request) -> Response:
    return HTMLResponse(HTML)


OWN = [Route("/note", _seen)]
ANYTHING = [Route("/", _page), Route("/{path:path}", _seen, methods=["GET", "POST", "PUT", "OPTIONS"])]


@contextmanager
def guarded(files: Path, **how: Any) -> Iterator[httpx.Client]:
    """A client of a gate before an app that answers everything."""
    port = free_port()
    app = Starlette(routes=[*OWN, Mount("/", Starlette(routes=ANYTHING))])
    gate = Gate(app, OWN, files, **how)
    config = uvicorn.Config(gate, port=port, log_level="critical", lifespan="on", proxy_headers=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture(scope="module")
def open_to_all(files: Path) -> Iterator[httpx.Client]:
    with guarded(files, takes_files=True) as client:
        yield client


@pytest.fixture
def users(tmp_path: Path) -> Path:
    path = tmp_path / "users.json"
    set_user(path, "anna", PASSWORD)
    return path


@pytest.fixture
def asking(files: Path, users: Path) -> Iterator[httpx.Client]:
    """A client of a gate that asks for a login."""
    with guarded(files, login=Login(Users(users), "session"), proxies=Proxies(["127.0.0.1"])) as client:
        yield client


def log_in(client: httpx.Client, name: str = "anna", password: str = PASSWORD, **more: Any) -> httpx.Response:
    return client.post("/login", data={"name": name, "password": password, "next": "/?a=b"}, **more)


def policy(response: httpx.Response) -> dict[str, list[str]]:
    parts = [part.split() for part in response.headers["content-security-policy"].split(";")]
    return {name: values for name, *values in parts}


@pytest.mark.slow
def test_a_browser_may_do_little_with_any_response(asking: httpx.Client) -> None:
    responses = [
        asking.get("/login"),
        asking.get("/"),
        asking.get("/", headers={"Accept": "text/html"}),
        asking.post("/login", content=b"x" * 2**15),
        asking.put("/"),
        asking.get("/../x"),
        log_in(asking, password="wrong password"),
        log_in(asking),
        asking.get("/"),
        asking.get("/note"),
        asking.get("/gradio_api/info"),
    ]
    assert [one.status_code for one in responses] == [200, 401, 303, 413, 405, 401, 401, 303, 200, 200, 404]
    for response in responses:
        said = policy(response)
        assert said["default-src"] == ["'self'"]
        assert said["object-src"] == said["frame-ancestors"] == ["'none'"]
        assert "'unsafe-inline'" not in said["script-src"]
        assert not any("*" in value or "http" in value for values in said.values() for value in values)
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers.get_list("x-frame-options") == ["DENY"]
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["cross-origin-opener-policy"] == "same-origin"
        assert response.headers["cache-control"] == "no-store"
        assert not [name for name in response.headers if name.startswith("access-control")]


def test_only_the_pages_own_inline_scripts_are_let_run(open_to_all: httpx.Client) -> None:
    digests = [base64.b64encode(hashlib.sha256(text).digest()).decode() for text in (b"one()", b"two()")]
    page = open_to_all.get("/")
    assert page.text == HTML
    assert policy(page)["script-src"] == ["'self'", "'unsafe-eval'", *(f"'sha256-{digest}'" for digest in digests)]
    assert policy(open_to_all.get("/note"))["script-src"] == ["'self'", "'unsafe-eval'"]


def test_a_browser_keeps_gradios_own_files_alone(open_to_all: httpx.Client) -> None:
    for path in ("/assets/a.js", "/static/img/logo.svg", "/theme.css"):
        assert "cache-control" not in open_to_all.get(path).headers
    assert open_to_all.get("/note").headers["cache-control"] == "no-store"


def test_on_this_machine_alone_no_other_name_is_answered_to(files: Path) -> None:
    with guarded(files, hosts=frozenset({"127.0.0.1:7860", "localhost:7860"})) as client:
        for host in ("127.0.0.1:7860", "localhost:7860"):
            assert client.get("/note", headers={"Host": host}).status_code == 200
        for host in ("evil.example:7860", "localhost", "localhost:7861", "127.0.0.1:7860.evil.example", ""):
            refused = client.get("/note", headers={"Host": host})
            assert refused.status_code == 421
            assert "127.0.0.1:7860" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "chat.example:80", "Origin": "http://chat.example"}, 200),
        ({"Host": "chat.example", "Origin": "https://CHAT.example"}, 200),
        ({"Host": "chat.example", "Origin": "https://chat.example:443"}, 200),
        ({"Host": "chat.example", "Origin": "https://evil.example"}, 403),
        ({"Host": "chat.example", "Origin": "https://chat.example.evil.example"}, 403),
        ({"Host": "chat.example", "Origin": "https://other.chat.example"}, 403),
        ({"Host": "chat.example", "Origin": "http://chat.example:8080"}, 403),
        ({"Host": "chat.example", "Origin": "null"}, 403),
        ({"Host": "chat.example", "Origin": ""}, 403),
        ({"Host": "chat.example", "Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_nothing_is_changed_at_the_wish_of_another_site(
    open_to_all: httpx.Client, headers: dict[str, str], status: int
) -> None:
    assert open_to_all.post("/gradio_api/queue/join", headers=headers).status_code == status


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_there_are_no_other_ways_to_ask(open_to_all: httpx.Client, method: str) -> None:
    for path in ("/", "/note", "/gradio_api/queue/join"):
        assert open_to_all.request(method, path).status_code == 405


def _bytes(size: int, pause: int = 2**16) -> Iterator[bytes]:
    for start in range(0, size, pause):
        yield b"x" * min(pause, size - start)


@pytest.mark.parametrize(
    ("path", "most"),
    [("/gradio_api/queue/join", MOST_BYTES_OF_A_REQUEST), ("/gradio_api/upload", MOST_BYTES_OF_AN_UPLOAD)],
)
def test_a_body_is_taken_up_to_its_limit_whether_or_not_it_says_its_length(
    open_to_all: httpx.Client, path: str, most: int
) -> None:
    length = {"Content-Length": str(most)}
    assert open_to_all.post(path, content=_bytes(most), headers=length).json()["size"] == most
    assert open_to_all.post(path, content=_bytes(most)).json()["size"] == most
    assert open_to_all.post(path, content=_bytes(most + 1)).status_code == 413
    with socket.create_connection((open_to_all.base_url.host, open_to_all.base_url.port or 0)) as raw:
        raw.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {most + 1}\r\n\r\n".encode())
        assert raw.recv(1024).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "path",
    [
        *("/gradio_api/info", "/gradio_api/openapi.json", "/openapi.json", "/docs", "/redoc", "/config", "/config/"),
        *("/monitoring", "/monitoring/summary", "/gradio_api/proxy=https://example.org", "/gradio_api/call/ask"),
        *("/gradio_api/run/ask", "/gradio_api/user", "/gradio_api/token", "/gradio_api/runs", "/gradio_api/dev/reload"),
        *("/gradio_api/queue/status", "/gradio_api/startup-events", "/gradio_api/vibe-code", "/gradio_api/deep_link"),
        *("/gradio_api/custom_component/a/client/b/c", "/svelte/x", "/robots.txt", "/gradio_api/mcp/sse", "/logout"),
        *("/assets/../x", "/assets/%2e%2e/x", "/assets/%2e%2e%2fx", "/assets//x", "/assets/a%00", "/assets/..%5cx"),
        *("/assets/%252e%252e/x", "//", "/gradio_api//info", "/./gradio_api/info", "/gradio_api/heartbeat/a/b"),
        *("/gradio_api/queue/join", "/gradio_api/upload", "/note/", "/note/x"),
    ],
)
def test_what_the_page_does_not_need_is_not_there(open_to_all: httpx.Client, path: str) -> None:
    # A URL of httpx would be tidied up before it is sent.
    with socket.create_connection((open_to_all.base_url.host, open_to_all.base_url.port or 0)) as raw:
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert raw.recv(1024).startswith(b"HTTP/1.1 404"), path


@pytest.mark.parametrize(
    "path",
    ["/gradio_api/component_server", "/gradio_api/run/ask", "/gradio_api/call/ask", "/gradio_api/process_recording"],
)
def test_nothing_else_is_done_for_anybody(open_to_all: httpx.Client, path: str) -> None:
    assert open_to_all.post(path, json={}).status_code == 404


def test_what_the_page_needs_is_there(open_to_all: httpx.Client) -> None:
    asked = ("/", "/theme.css?v=1", "/favicon.ico", "/assets/index-DphvyggB.js", "/static/js/a.min.js", "/note?a=b")
    asked += ("/gradio_api/queue/data?session_hash=a", "/gradio_api/heartbeat/kezt30wvv8", "/gradio_api/app_id")
    assert [path for path in asked if open_to_all.get(path).status_code != 200] == []
    for path in ("queue/join", "cancel", "reset", "upload?upload_id=a"):
        assert open_to_all.post(f"/gradio_api/{path}").status_code == 200


def test_nothing_is_uploaded_where_no_notes_are_taken(files: Path) -> None:
    with guarded(files) as client:
        assert client.post("/gradio_api/upload").status_code == 404
        assert client.get("/gradio_api/upload_progress").status_code == 404


def test_only_files_of_the_uploads_are_read(open_to_all: httpx.Client, files: Path) -> None:
    (files / "a b").mkdir(exist_ok=True)
    (files / "out").symlink_to("/etc")
    inside = [f"{files}/a b/x.txt", f"{files}/a%20b/x.txt"]
    outside = ["/etc/passwd", "%2Fetc%2Fpasswd", "etc/passwd", f"{files}/../x", f"{files}/%2e%2e/x", f"{files}x/y"]
    outside += [f"{files}/out/passwd", "http://example.org/", "file:///etc/passwd", f"{files.parent}", "", "x.txt"]
    assert [path for path in inside if open_to_all.get(f"/gradio_api/file={path}").status_code != 200] == []
    assert [path for path in outside if open_to_all.get(f"/gradio_api/file={path}").status_code == 200] == []
    assert open_to_all.get("/gradio_api/file/etc/passwd").status_code == 404


def test_the_page_is_shown_to_who_logs_in(asking: httpx.Client) -> None:
    assert asking.get("/note").status_code == 401
    assert asking.post("/gradio_api/queue/join").status_code == 401
    sent = asking.get("/?a=b&c=d", headers={"Accept": "text/html,*/*"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/login?next=/%3Fa%3Db%26c%3Dd")
    page = asking.get(sent.headers["location"])
    assert 'value="/?a=b&amp;c=d"' in page.text
    assert "<script" not in page.text
    entered = log_in(asking)
    assert (entered.status_code, entered.headers["location"]) == (303, "/?a=b")
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert asking.get("/note").json()["user"] == "anna"
    assert asking.get("/login?next=/x").headers["location"] == "/x"


def test_the_cookie_is_for_https_alone_where_the_proxy_is_asked_that_way(asking: httpx.Client) -> None:
    assert "Secure" in log_in(asking, headers={"X-Forwarded-Proto": "https"}).headers["set-cookie"]


@pytest.mark.slow
def test_a_name_is_as_wrong_as_a_password_and_neither_is_markup(asking: httpx.Client) -> None:
    evil = '"><script>alert(1)</script>'
    pages = [log_in(asking, password="wrong password"), log_in(asking, name="nobody"), log_in(asking, name=evil)]
    pages.append(asking.post("/login", content=b"\xff\x00=&&&="))
    for page in pages:
        assert page.status_code == 401
        assert "set-cookie" not in page.headers
        assert "The user name or the password is not right." in page.text
        assert "<script" not in page.text
        assert PASSWORD not in page.text


@pytest.mark.parametrize(
    "away",
    [
        *("https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", ""),
        *("/\t/evil.example", "/\n/evil.example", " /x", "x", "/login", "/logout", "http:/x", "//[x"),
    ],
)
def test_after_the_login_nobody_is_sent_elsewhere(asking: httpx.Client, away: str) -> None:
    entered = asking.post("/login", data={"name": "anna", "password": PASSWORD, "next": away})
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    assert asking.get("/login", params={"next": away}).headers["location"] == "/"


def test_a_session_ends_by_logging_out_and_with_its_user(asking: httpx.Client, users: Path) -> None:
    log_in(asking)
    token = dict(asking.cookies)
    assert asking.get("/logout").status_code == 405
    assert asking.get("/note").status_code == 200
    left = asking.post("/logout")
    assert (left.status_code, left.headers["location"]) == (303, "/login")
    assert asking.get("/note").status_code == 401
    assert httpx.get(asking.base_url.join("/note"), cookies=token, trust_env=False).status_code == 401
    log_in(asking)
    assert asking.get("/note").status_code == 200
    remove_user(users, "anna")
    assert asking.get("/note").status_code == 401


@pytest.mark.slow
def test_passwords_are_not_tried_for_long(asking: httpx.Client) -> None:
    for _ in range(5):
        assert log_in(asking, password="wrong password").status_code == 401
    page = log_in(asking)
    assert page.status_code == 429
    assert 0 < int(page.headers["retry-after"]) <= 60
    assert f"Try again in {page.headers['retry-after']} seconds." in page.text
    assert log_in(asking, headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 303


@pytest.mark.slow
def test_one_address_does_not_try_the_passwords_of_all(asking: httpx.Client) -> None:
    codes = [log_in(asking, name=f"user-{number}").status_code for number in range(31)]
    assert codes == [401] * 30 + [429]


def test_the_login_speaks_french(asking: httpx.Client) -> None:
    for accepted in ("fr-CA,fr;q=0.9,en;q=0.8", "de, fr;q=0.5", "en;q=0.4, fr;q=0.5"):
        page = asking.get("/login", headers={"Accept-Language": accepted}).text
        assert '<html lang="fr">' in page
        assert "Mot de passe" in page
    for accepted in ("en-US,en;q=0.9,fr;q=0.8", "de", "", "fr;q=x", "fr;q=0"):
        assert '<html lang="en">' in asking.get("/login", headers={"Accept-Language": accepted}).text


def test_a_proxy_names_the_user_and_nobody_else_does(files: Path) -> None:
    proxies = Proxies(["127.0.0.1"], "x-user")
    with guarded(files, proxies=proxies, named=True) as client:
        assert client.get("/note").status_code == 401
        assert client.get("/", headers={"Accept": "text/html"}).status_code == 401
        assert client.get("/note", headers={"X-User": "anna"}).json()["user"] == "anna"
        assert client.get("/note", headers={"X-User": "Zoé".encode()}).json()["user"] == "Zoé"
        for names in (["anna", "bob"], [""], ["a" * 300], ["a\u200eb".encode()]):
            headers = [("X-User", name) for name in names]
            assert client.get("/note", headers=headers).status_code == 401  # type: ignore[arg-type]
        assert client.get("/login", headers={"X-User": "anna"}).status_code == 404
    with guarded(files, proxies=Proxies(["10.0.0.0/8"], "x-user"), named=True) as client:
        assert client.get("/note", headers={"X-User": "anna"}).status_code == 401


@pytest.mark.parametrize(
    ("headers", "client", "scheme"),
    [
        ([], "127.0.0.1", "http"),
        ([("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https")], "203.0.113.7", "https"),
        ([("X-Forwarded-For", "198.51.100.1, 203.0.113.7")], "203.0.113.7", "http"),
        ([("X-Forwarded-For", "203.0.113.7, 10.1.2.3")], "203.0.113.7", "http"),
        ([("X-Forwarded-For", "198.51.100.1"), ("X-Forwarded-For", "203.0.113.7")], "203.0.113.7", "http"),
        ([("X-Forwarded-For", "10.1.2.3")], "127.0.0.1", "http"),
        ([("X-Forwarded-For", "203.0.113.7, anna")], "127.0.0.1", "http"),
        ([("X-Forwarded-For", "")], "127.0.0.1", "http"),
        ([("X-Forwarded-For", "2001:DB8::0:1%anna")], "2001:db8::1", "http"),
        ([("X-Forwarded-For", "::ffff:203.0.113.7")], "203.0.113.7", "http"),
    ],
)
def test_a_proxy_tells_who_asked_it(files: Path, headers: list[tuple[str, str]], client: str, scheme: str) -> None:
    with guarded(files, proxies=Proxies(["127.0.0.1", "10.0.0.0/8"])) as browser:
        seen = browser.get("/note", headers=headers).json()  # type: ignore[arg-type]
    assert (seen["client"], seen["scheme"]) == (client, scheme)


def test_what_others_say_of_a_proxy_is_struck_out(open_to_all: httpx.Client) -> None:
    said = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Gradio-Server", "Forwarded")
    seen = open_to_all.get("/note", headers=dict.fromkeys(said, "https")).json()
    assert (seen["client"], seen["scheme"]) == ("127.0.0.1", "http")
    assert not [name for name in seen["headers"] if re.match("x-|forwarded", name)]

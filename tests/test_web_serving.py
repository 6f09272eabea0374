"""The chat served to others, in a process of its own, as somebody who is no browser finds it."""

from __future__ import annotations

import importlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from evals.benchmarks.soak_users import Page
from qa import Binder
from qa.cli import main
from qa.errors import SettingsError
from qa.serving.listening import listening
from qa.serving.turnstile import AT_ONCE, WAITING
from qa.settings import Settings
from qa.web import build
from qa.web.gate import MOST_BYTES_OF_AN_UPLOAD
from qa.web.optional import gradio_module
from qa.web.serving import _guarded, _known_absent, served_as
from qa.web.users import set_user
from tests.browser import ROOT, free_port, served
from tests.conftest import CORPUS, SEED
from tests.serving import running

PASSWORD = "correct horse battery"
FILE = "/gradio_api/file="


def test_a_page_that_others_reach_says_who_they_may_be(tmp_path: Path) -> None:
    ours = Settings()
    users = tmp_path / "users.json"
    for host in ("0.0.0.0", "::", "192.0.2.1", "chat.example.org"):
        with pytest.raises(SettingsError, match=r"--auth FILE[^ø]*auth_header[^ø]*--no-auth"):
            served_as(ours, host=host)
        assert served_as(ours, host=host, auth=users).auth == users
        assert served_as(replace(ours, auth_header="x-user"), host=host).auth_header == "x-user"
        assert not served_as(ours, host=host, no_auth=True).takes_notes
    for host in ("127.0.0.1", "localhost", "::1"):
        assert served_as(ours, host=host).takes_notes
    chosen = served_as(replace(ours, auth=users, host="0.0.0.0"), port=0, no_auth=True)
    assert (chosen.auth, chosen.host, chosen.port) == (None, "0.0.0.0", 0)
    with pytest.raises(SettingsError, match="two ways"):
        served_as(replace(ours, auth_header="x-user"), auth=users)


def test_gradio_keeps_no_account_of_what_is_asked_and_looks_for_no_plots(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Binder.open(CORPUS, index=tmp_path / "index", sync=False) as binder:
        queue = build(binder)._queue
    assert queue.ANALYTICS_MAX_EVENTS == 1
    queue.events_recorded = 1000
    queue.compute_analytics_summary([{"function": "ask", "status": "success", "process_time": 1.0}])
    assert queue.cached_event_analytics_summary == {"functions": {}}
    monkeypatch.delitem(sys.modules, "matplotlib", raising=False)
    monkeypatch.setattr("qa.web.serving.find_spec", lambda name: None)
    with _known_absent(), pytest.raises(ImportError):
        importlib.import_module("matplotlib")
    assert "matplotlib" not in sys.modules


def test_whoever_finds_too_many_waiting_is_heard_and_told_so(tmp_path: Path) -> None:
    """Gradio takes so many events at once, of which a question that waits is one: more than may wait."""
    with Binder.open(CORPUS, index=tmp_path / "index", sync=False) as binder:
        gate = _guarded(gradio_module(), binder, 7860, tmp_path)
    [gradio] = [route.app for route in gate.app.routes if hasattr(getattr(route, "app", None), "get_blocks")]
    assert gradio.get_blocks()._queue.max_thread_count > AT_ONCE + WAITING


def test_of_the_pages_opened_a_few_are_kept_and_one_that_is_forgotten_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.web.serving._PAGES_KEPT", 1)
    with (
        Binder.open(CORPUS, index=tmp_path / "index") as binder,
        listening("127.0.0.1", 0, "The chat") as listener,
    ):
        port = listener.getsockname()[1]
        gate = _guarded(gradio_module(), binder, port, tmp_path)
        [gradio] = [route.app for route in gate.app.routes if hasattr(getattr(route, "app", None), "get_blocks")]
        with running(gate, listener), httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            pages = [Page(client) for _ in range(4)]
            for question in ("Who is the Minister's U.S. counterpart?", "When was the ECC established?"):
                for page in pages:
                    answer = page.ask(question, leaves=False)
                    assert answer is not None
                    assert answer["citations"]
        assert len(gradio.state_holder.session_data) <= 2


def test_the_command_line_refuses_before_it_reads_any_note(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index = tmp_path / "index"
    assert main(["chat", "--host", "0.0.0.0", "--corpus", str(CORPUS), "--index", str(index)]) == 2
    said = capsys.readouterr().err
    assert all(way in said for way in ("--auth", "auth_header", "--no-auth"))
    assert not index.exists()


@pytest.mark.parametrize(
    "arguments",
    [["--auth", "users.json", "--no-auth"], ["--host", "127.0.0.1:80"], ["--host", ""], ["--port", "70000"]],
)
def test_what_cannot_be_is_bad_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["chat", *arguments])
    assert ended.value.code == 2


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with notes, a users file, and a folder for what is temporary."""
    place = tmp_path_factory.mktemp("serving")
    shutil.copytree(CORPUS, place / "notes")
    (place / "temporary").mkdir()
    set_user(place / "users.json", "anna", PASSWORD)
    return place


@pytest.fixture(scope="module")
def anna(place: Path) -> Iterator[httpx.Client]:
    """Somebody who is logged in to a chat that takes notes."""
    environ = {"QA_ADD_NOTES": "yes", "TMPDIR": str(place / "temporary")}
    with (
        served(place / "notes", environ, ["--auth", str(place / "users.json")]) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=60) as client,
    ):
        assert client.get("/").status_code == 401
        assert client.post("/login", data={"name": "anna", "password": PASSWORD}).status_code == 303
        yield client


def test_the_page_knows_who_looks_at_it_and_lists_nothing_to_call(anna: httpx.Client) -> None:
    page = anna.get("/").text
    assert '"username":"anna"' in page
    listed = re.search(r"window\.gradio_api_info = (\{.*?\});</script>", page)
    assert listed is not None
    assert json.loads(listed[1]) == {"named_endpoints": {}, "unnamed_endpoints": {}}


def test_the_page_loads_all_from_where_the_proxy_serves_it(anna: httpx.Client) -> None:
    told = {"X-Forwarded-Host": "chat.example.org", "X-Forwarded-Proto": "https"}
    assert '"root":"https://chat.example.org"' in anna.get("/", headers=told).text


def test_on_this_machine_it_answers_to_this_machines_names_alone(anna: httpx.Client) -> None:
    port = anna.base_url.port
    for name, status in ((f"localhost:{port}", 200), (f"[::1]:{port}", 200), (f"evil.example:{port}", 421)):
        assert anna.get("/gradio_api/app_id", headers={"Host": name}).status_code == status


@pytest.mark.parametrize(
    "path",
    [
        *("gradio_api/info", "gradio_api/openapi.json", "config", "docs", "openapi.json", "monitoring", "svelte/a"),
        *("gradio_api/user", "gradio_api/token", "gradio_api/proxy=http://127.0.0.1/", "gradio_api/call/ask/x"),
        *("gradio_api/runs", "gradio_api/queue/status", "gradio_api/startup-events", "robots.txt"),
    ],
)
def test_what_gradio_offers_beside_the_page_is_not_there(anna: httpx.Client, path: str) -> None:
    assert anna.get(path).status_code == 404


def test_what_is_uploaded_is_read_back_and_nothing_else(anna: httpx.Client, place: Path) -> None:
    (kept,) = anna.post("/gradio_api/upload", files={"files": ("a note.txt", b"Wick has 14 berths.")}).json()
    assert Path(kept).is_relative_to(place / "temporary")
    assert anna.get(FILE + kept).text == "Wick has 14 berths."
    folder = Path(kept).parent
    notes, index = place / "notes" / SEED, next(path for path in (place / "index").rglob("*") if path.is_file())
    away = [str(notes), str(index), str(place / "users.json"), "/etc/passwd", "//etc/passwd", "%2fetc%2fpasswd"]
    away += [str(ROOT / "README.md"), "README.md", "corpus/" + SEED, f"{folder}/../../../notes/{SEED}"]
    away += [f"{folder}/%2e%2e/%2e%2e/%2e%2e/notes/{SEED}", f"{folder}/..%2f..%2f..%2fnotes%2f{SEED}", str(folder)]
    away += ["file:///etc/passwd", "http://127.0.0.1/", f"{folder}\\..\\..\\x", f"{folder}/..;/x"]
    for path in away:
        for address in (FILE + path, f"/gradio_api/file/{path}", f"/static/{path}", f"/assets/../../..{path}"):
            request = httpx.Request("GET", anna.base_url, extensions={"target": address.encode()})
            request.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in anna.cookies.items())
            response = anna.send(request)
            assert response.status_code in (403, 404), address
            assert "Minister" not in response.text


def test_a_name_of_a_file_cannot_climb_and_a_large_file_is_not_taken(anna: httpx.Client, place: Path) -> None:
    (kept,) = anna.post("/gradio_api/upload", files={"files": ("../../../climbed.txt", b"x")}).json()
    assert Path(kept).is_relative_to(place / "temporary")
    assert list(place.glob("climbed*")) == []
    before = sum(1 for path in (place / "temporary").rglob("*") if path.is_file())
    large = {"files": ("large.txt", b"x" * (MOST_BYTES_OF_AN_UPLOAD + 1))}
    with suppress(httpx.WriteError):  # where the chat did not wait for the end
        assert anna.post("/gradio_api/upload", files=large).status_code == 413
    assert sum(1 for path in (place / "temporary").rglob("*") if path.is_file()) == before


def test_a_question_of_nobody_is_not_answered(anna: httpx.Client) -> None:
    asked = {"data": ["Who is the Minister's U.S. counterpart?", ""], "fn_index": 0, "session_hash": "abc"}
    assert anna.post("/gradio_api/queue/join", json=asked).status_code == 200
    with httpx.Client(base_url=anna.base_url, trust_env=False) as nobody:
        assert nobody.post("/gradio_api/queue/join", json=asked).status_code == 401
        assert nobody.get("/gradio_api/queue/data?session_hash=abc").status_code == 401
        assert nobody.get("/gradio_api/heartbeat/abc").status_code == 401


@pytest.mark.slow
@pytest.mark.parametrize("way", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_though_a_page_is_open_and_leaves_nothing_behind(place: Path, way: signal.Signals) -> None:
    port, temporary = free_port(), place / f"temporary-{way}"
    temporary.mkdir()
    where = ["--corpus", str(place / "notes"), "--index", str(place / "index"), "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", "qa", "chat", "--host", "0.0.0.0", "--no-auth", *where],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert f"http://0.0.0.0:{port}/" in process.stdout.readline()
    with httpx.stream("GET", f"http://127.0.0.1:{port}/gradio_api/heartbeat/abc", trust_env=False) as stream:
        assert "ALIVE" in next(stream.iter_text())
        assert list(temporary.glob("qa-chat-*")) != []
        process.send_signal(way)
        _, said = process.communicate(timeout=60)
    assert process.returncode == (0 if way == signal.SIGTERM else 130)
    assert "Whoever reaches 0.0.0.0" in said
    assert "Traceback" not in said
    assert list(temporary.glob("qa-chat-*")) == []
    assert [path for path in temporary.rglob("*") if path.is_file()] == []

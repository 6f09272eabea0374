"""What fails around the program, and what the user is told: nothing is lost, and docs/faults.md has the words."""

from __future__ import annotations

import inspect
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from evals.benchmarks.crowd import asking_event
from qa import Answer, Binder
from qa.errors import IndexBusyError, IndexFolderError, IndexNotWritableError
from qa.models import ChatModel, Limits
from qa.models.named import named_model
from tests.browser import ROOT
from tests.chroma_run import ChromaRun
from tests.conversing import BERTHS, SHARE, write_notes
from tests.indexing import HashingModel
from tests.model_server import PIECE, ModelServer, Reply
from tests.serving import events_of, over, served

PAGE = (ROOT / "docs" / "faults.md").read_text("utf-8")
STOPPED = "The server is being stopped."
PATIENCE = 120.0  # seconds, for a machine that is busy
# The messages of the page, by what the tests call them.
MESSAGES = {
    "broke off": "The model broke off; what it said before that stands here. The connection to {model} broke.",
    "gone": "This is answered without a model, in quotes. {model} cannot be reached. Start its server, or set "
    "QA_LLM_BASE_URL to where it is.",
    "full": "The index in {folder} cannot be written: database or disk is full.",
    "no index": "There is no index in {folder} yet. Run `qa index`.",
    "no index here": "The index cannot be used at present. The log of the server says why.",
    "unfinished": "The index in {folder} is not finished yet.",
    "being written": "The index is being written just now. Ask again in a moment.",
    "goes on": "Nothing is lost: the next `qa index` goes on from here.",
    "stopped": "qa: stopped",
    "server stopped": STOPPED,
    "chroma": "The Chroma server at {url} cannot be used: {reason}. Searching without it, which finds the same and is "
    "slower with very many notes.",
    "chroma sync": "The Chroma server at {url} does not answer: {reason}. Searching without it, which finds the same "
    "and is slower with very many notes.",
}


def assert_told(name: str, said: str) -> None:
    """That the message of the page is what was said."""
    pattern = re.sub(r"\\\{\w+\\\}", ".+", re.escape(MESSAGES[name]))
    assert re.search(pattern, " ".join(said.split())), said


def test_the_page_has_the_messages_that_are_tested_and_no_others() -> None:
    cells = [row.split(" | ")[1] for row in PAGE.split("\n") if row.startswith("| ") and "|---" not in row][1:]
    quoted = [words.replace("\\`", "`") for cell in cells for words in re.findall(r"`((?:\\`|[^`])+)`", cell)]
    assert set(MESSAGES.values()) == {words for words in quoted if " " in words}
    source = inspect.getsource(sys.modules[__name__])
    assert all(f'assert_told("{name}"' in source for name in MESSAGES)


def told_beside(answer: Answer) -> str:
    return "\n".join(notice.text for notice in answer.notices)


def assert_quotes_stand(binder: Binder, answer: Answer) -> None:
    assert answer.citations
    for one in answer.citations:
        assert binder.text(one.note)[one.start : one.end] == one.quote


def wait_for(what: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture
def notes(corpus: Path) -> Path:
    write_notes(corpus)
    return corpus


def two_statements(body: Any) -> str:
    sent = body["messages"][1]["content"]
    mark = next(line.split("]")[0] + "]" for line in sent.split("\n") if "14 berths" in line)
    return f"The harbour of Wick has 14 berths {mark}.\n\nWick has 14 berths {mark}.\n\n"


# A model


@pytest.mark.slow
def test_a_model_whose_server_dies_in_mid_answer(notes: Path) -> None:
    limits = Limits(timeout=PATIENCE, tries_again=0)

    def dying(body: Any) -> Reply:
        said = two_statements(body)
        return Reply(said + "More of it. " * 50, cut_after=len(said) // PIECE + 2)

    with ModelServer([dying]) as models:
        chat = ChatModel("openai:x", lambda: named_model("openai:x", limits, base_url=f"{models.url}/v1"), limits)
        with over(notes, llm=chat) as (binder, client):
            answer = binder.ask(BERTHS)
            assert "14 berths" in answer.text
            assert [one.status for one in answer.statements] == ["checked"] * len(answer.statements)
            assert_quotes_stand(binder, answer)
            assert_told("broke off", told_beside(answer))
            events = events_of(client.post("/ask", json={"question": BERTHS, "stream": True}, timeout=PATIENCE).text)
            assert events[-1][0] == "done"
            assert_told("broke off", events[-1][1]["notices"][0]["text"])
            models.__exit__()
            answer = binder.ask(BERTHS)
            assert [one.status for one in answer.statements] == ["quoted"]
            assert_quotes_stand(binder, answer)
            assert_told("gone", told_beside(answer))


# A disk


def test_a_disk_that_is_full_leaves_the_answers_as_they_were(notes: Path, small_disk: Path) -> None:
    with Binder.open(notes, index=small_disk / "index", embedding=HashingModel()) as binder:
        filler = small_disk / "filler"
        filler.write_bytes(bytes(max(0, shutil.disk_usage(small_disk).free - 4096)))
        write_notes(notes, long="".join(f"The vessel {number} was moored at {number + 7}. " for number in range(2000)))
        path = notes / "harbours.md"
        path.write_text(path.read_text("utf-8").replace("14 berths", "15 berths"), "utf-8")
        with pytest.raises(IndexNotWritableError) as full:
            binder.sync()
        assert_told("full", str(full.value))
        answer = binder.ask(BERTHS)
        assert "14 berths" in answer.text
        assert_quotes_stand(binder, answer)
        with served(binder) as url:
            said = httpx.post(f"{url}/ask", json={"question": BERTHS}, timeout=PATIENCE, trust_env=False).json()
            assert "14 berths" in said["text"]
            assert httpx.get(f"{url}/health", trust_env=False).json()["status"] == "stale"
        filler.unlink()
        report = binder.sync()
        assert (report.added, report.changed) == (("long.md",), ("harbours.md",))
        assert "15 berths" in binder.ask(BERTHS).text


# The index folder


@pytest.mark.parametrize("how", ["removed", "moved", "emptied"])
def test_an_index_folder_that_goes_while_a_binder_has_it_open(notes: Path, how: str) -> None:
    index = notes.parent / "index"
    with Binder.open(notes, index=index, embedding=HashingModel()) as binder:
        before = binder.ask(BERTHS)
        if how == "moved":
            index.rename(notes.parent / "elsewhere")
        else:
            shutil.rmtree(index)
            if how == "emptied":
                index.mkdir()
        for use in (lambda: binder.ask(BERTHS), lambda: binder.search(BERTHS), binder.notes):
            with pytest.raises(IndexFolderError) as gone:
                use()
            assert_told("no index", str(gone.value))
        assert len(binder.sync().added) == 3
        assert binder.ask(BERTHS) == before
        assert binder.sync(thorough=True).notices == ()


def test_an_index_folder_that_goes_while_a_server_has_it_open(
    notes: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    index = notes.parent / "index"
    with (
        Binder.open(notes, index=index, embedding=HashingModel()) as binder,
        served(binder) as url,
        httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False) as client,
    ):
        monkeypatch.setattr("qa.serving.freshness.FRESH", 3600.0)
        before = client.post("/ask", json={"question": BERTHS}).json()
        shutil.rmtree(index)
        response = client.post("/ask", json={"question": BERTHS})
        assert response.status_code == 503
        assert_told("no index here", response.json()["error"]["message"])
        assert_told("no index", caplog.text)
        monkeypatch.setattr("qa.serving.freshness.FRESH", 0.0)
        assert client.post("/ask", json={"question": BERTHS}).json() == before


class Waiting(HashingModel):
    """A model that is waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.goes_on = threading.Event(), threading.Event()

    def encode(self, texts: Any) -> Any:
        self.asked.set()
        assert self.goes_on.wait(PATIENCE)
        return super().encode(texts)


def test_an_index_that_another_process_makes_anew_is_not_taken_for_one_that_tells_nothing(notes: Path) -> None:
    index, slow = notes.parent / "index", Waiting()
    with (
        Binder.open(notes, index=index, embedding=HashingModel()) as binder,
        Binder.open(notes, index=index, embedding=slow, sync=False, rebuild=True) as other,
        served(binder) as url,
    ):
        before = binder.ask(BERTHS)
        making = threading.Thread(target=other.sync)
        making.start()
        try:
            assert slow.asked.wait(PATIENCE)
            for use in (lambda: binder.ask(BERTHS), lambda: binder.search(BERTHS), binder.notes):
                with pytest.raises(IndexBusyError) as unfinished:
                    use()
                assert_told("unfinished", str(unfinished.value))
            response = httpx.post(f"{url}/ask", json={"question": BERTHS}, timeout=PATIENCE, trust_env=False)
            assert response.status_code == 503
            assert int(response.headers["retry-after"]) >= 1
            assert_told("being written", response.json()["error"]["message"])
        finally:
            slow.goes_on.set()
            making.join()
        assert binder.ask(BERTHS) == before


@pytest.mark.slow
def test_a_chroma_server_that_is_restarted(notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ChromaRun(tmp_path / "server")
    monkeypatch.setenv("QA_CHROMA_URL", server.url)
    server.start()
    try:
        with Binder.open(notes, index=tmp_path / "index", embedding=HashingModel()) as binder:
            before = binder.ask(BERTHS)
            assert before.notices == binder.ask(BERTHS).notices
            server.stop()
            server.start()
            assert binder.ask(BERTHS) == before  # on another connection, and nothing is said
            assert binder.sync(thorough=True).notices == ()
            server.stop()
            without = binder.ask(BERTHS)
            assert (without.text, without.citations) == (before.text, before.citations)
            assert_told("chroma", told_beside(without))
            path = notes / "harbours.md"
            path.write_text(path.read_text("utf-8").replace("14 berths", "15 berths"), "utf-8")
            report = binder.sync()
            assert report.changed == ("harbours.md",)
            assert_told("chroma sync", report.notices[0].text)
            assert "15 berths" in binder.ask(BERTHS).text
            server.start()
            assert binder.sync(thorough=True).notices == ()
            assert "15 berths" in (after := binder.ask(BERTHS)).text
            assert after.notices == before.notices
            assert all(check.ok for check in binder.doctor())
    finally:
        server.stop()


# Signals


def held_vectors(index: Path) -> int:
    connection = sqlite3.connect(index / "index.sqlite")
    try:
        return int(connection.execute("SELECT count(*) FROM vectors").fetchone()[0])
    finally:
        connection.close()


def qa(*arguments: str, **environ: str) -> subprocess.Popen[str]:
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-m", "qa", *arguments], cwd=ROOT, env=os.environ | environ, **pipes)


@pytest.mark.slow
@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_sync_that_is_stopped_is_gone_on_with_by_the_next(notes: Path, how: signal.Signals, code: int) -> None:
    index = notes.parent / "index"
    places = {"QA_CORPUS": str(notes), "QA_INDEX": str(index)}
    with Binder.open(notes, index=index) as binder:
        before, vectors = binder.ask(BERTHS), held_vectors(index)
        for number in range(300):
            (notes / f"{number}.md").write_text(f"# Vessel {number}\n\nThe vessel {number} was moored.\n", "utf-8")
        process = qa("index", **places)
        wait_for(lambda: held_vectors(index) > vectors)
        process.send_signal(how)
        _, said = process.communicate(timeout=PATIENCE)
        assert process.returncode == code
        assert_told("goes on", said)
        assert_told("stopped", said)
        assert len(said.splitlines()) == 2
        kept = held_vectors(index) - vectors
        assert kept > 0
        assert binder.ask(BERTHS) == before
        doctor = qa("doctor", "--json", **places)
        found = json.loads(doctor.communicate(timeout=PATIENCE)[0])
        assert [check["name"] for check in found if not check["ok"]] == ["notes"]
        report = binder.sync(thorough=True)
        assert len(report.added) == 300
        assert 0 < report.embedded <= 600 - kept
        assert report.notices == ()
        assert binder.ask("Which vessel 299 was moored?").citations[0].note == "299.md"
        assert all(check.ok for check in binder.doctor())


@contextmanager
def serving(verb: str, notes: Path, models: ModelServer) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """A server whose answers a model words, started as a user does, and a client of it."""
    places = {"QA_CORPUS": str(notes), "QA_INDEX": str(notes.parent / "index"), "QA_PORT": "0", "QA_SERVE_PORT": "0"}
    model = {"QA_LLM": "openai:x", "QA_LLM_BASE_URL": f"{models.url}/v1", "OPENAI_API_KEY": "none"}
    process = qa(verb, **places, **model, QA_INBOX=str(notes.parent / "inbox.jsonl"))
    assert process.stdout is not None
    try:
        url = next(word.strip(",") for word in process.stdout.readline().split() if word.startswith("http://"))
        with httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False) as client:
            yield process, client
    finally:
        process.kill()


def asked(client: httpx.Client, how: str, seen: Callable[[], None]) -> Any:
    """The answer in the end. seen: called once something of it is there; of one that is not streamed, at once."""
    if how == "whole":
        threading.Thread(target=seen).start()
        return client.post("/ask", json={"question": BERTHS}).json()
    if how == "streamed":
        with client.stream("POST", "/ask", json={"question": BERTHS, "stream": True}) as response:
            lines = list(_heard(response.iter_lines(), seen))
        name, answer = events_of("\n".join(lines))[-1]
        assert name == "done"
        return answer
    sent = {"data": [BERTHS, [], {}, "en"], "fn_index": asking_event(client.get("/").text), "session_hash": "abc"}
    client.post("/gradio_api/queue/join", json=sent).raise_for_status()
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": "abc"}) as response:
        lines = list(_heard(response.iter_lines(), seen))
    events = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    [done] = [event for event in events if event["msg"] == "process_completed"]
    _, shown, _, turn, _ = done["output"]["data"]
    assert STOPPED in shown
    return turn["answer"]


def _heard(lines: Iterator[str], seen: Callable[[], None]) -> Iterator[str]:
    told = False
    for line in lines:
        if "14 berths" in line and not told:
            told = True
            seen()
        yield line


@pytest.mark.slow
@pytest.mark.parametrize("how", ["whole", "streamed", "chat"])
@pytest.mark.parametrize(("way", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_server_that_is_stopped_in_mid_answer_lets_its_reader_keep_it(
    notes: Path, how: str, way: signal.Signals, code: int
) -> None:
    slow = Reply("word " * 4000, pause=0.2)

    def worded(body: Any) -> Reply:
        return slow if how == "whole" else Reply(two_statements(body) + slow.text, pause=slow.pause)

    with ModelServer([worded]) as models, serving("chat" if how == "chat" else "serve", notes, models) as (it, client):

        def stop() -> None:
            wait_for(lambda: models.requests)
            it.send_signal(way)

        answer = asked(client, how, stop)
        assert "14 berths" in answer["text"]
        assert [one["status"] for one in answer["statements"]][:1] == ["quoted" if how == "whole" else "checked"]
        assert_told("server stopped", "\n".join(notice["text"] for notice in answer["notices"]))
        _, said = it.communicate(timeout=PATIENCE)
        assert it.returncode == code
        assert said == ("qa: stopped\n" if code else "")
        assert models.settled()
        assert models.cancelled == [0]


# The clock


def test_a_clock_that_jumps_changes_nothing(notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.time
    with (
        Binder.open(notes, index=notes.parent / "index", embedding=HashingModel()) as binder,
        served(binder) as url,
        httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False) as client,
    ):
        for at, years in enumerate((-10, 40, -45, 0)):
            now = real() + years * 31_556_952
            monkeypatch.setattr(time, "time", lambda now=now: now)
            assert binder.sync().unchanged == 3
            assert not binder.sync().touched
            share = binder.ask(SHARE)
            assert "45 per cent" in share.text
            assert ("As of 2 March 2021" in told_beside(share)) == (years in (40, 0))
            text = (notes / "harbours.md").read_text("utf-8")
            (notes / "harbours.md").write_text(re.sub(r"\d\d berths", f"{30 + at} berths", text), "utf-8")
            os.utime(notes / "harbours.md", (now, now))  # of the same size, and written when the clock says

            def is_fresh(at: int = at) -> bool:
                said = client.post("/ask", json={"question": BERTHS}).json()
                return f"{30 + at} berths" in said["text"]

            wait_for(is_fresh)
            answer = binder.ask(BERTHS)
            assert_quotes_stand(binder, answer)


def test_no_clock_that_can_be_set_measures_time() -> None:
    asks = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("qa/**/*.py") if "time.time()" in path.read_text()}
    assert asks == {"qa/serving/http/completions.py"}, "it tells when an answer was made"

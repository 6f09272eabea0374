"""The chat in a real browser, over a server in a process of its own."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from qa.evaluation.inbox import read_inbox
from qa.schema import Answer, Citation, Notice, Statement
from qa.web.rendering import answer_html, question_html, sources_html
from tests.conftest import CORPUS
from tests.model_server import ModelServer, Reply

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

playwright = pytest.importorskip("playwright.sync_api")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: install it to test the chat page")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The notes that the chat is over: those that come with the project, and what a test adds."""
    folder = tmp_path_factory.mktemp("web") / "notes"
    shutil.copytree(CORPUS, folder)
    return folder


@contextmanager
def served(notes: Path, more: dict[str, str] | None = None) -> Iterator[str]:
    """The address of a chat over `notes`, started as a user does. more: variables of its environment."""
    port = free_port()
    environ = os.environ | {
        "QA_PORT": str(port),
        "QA_CORPUS": str(notes),
        "QA_INDEX": str(notes.parent / "index"),
        "QA_INBOX": str(notes.parent / "inbox.jsonl"),
    }
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environ | (more or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(240):
            if process.poll() is not None:
                pytest.fail(f"the chat ended: {process.stdout.read().decode() if process.stdout else ''}")
            try:
                urllib.request.urlopen(url, timeout=2).close()
                break
            except OSError:
                time.sleep(0.25)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="module")
def server(notes: Path) -> Iterator[str]:
    with served(notes) as url:
        yield url


@pytest.fixture
def page(server: str) -> Iterator[object]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.requests = []
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto(server)
        page.get_by_label("Question").wait_for()
        yield page
        browser.close()


def ask(page: object, question: str) -> None:
    box = page.get_by_label("Question")  # type: ignore[attr-defined]
    box.fill(question)
    box.press("Enter")


@pytest.mark.browser
@needs_browser
def test_a_question_is_answered_with_its_sources_and_a_follow_up_is_understood(page, server: str) -> None:  # type: ignore[no-untyped-def]
    ask(page, "Who is the Minister's U.S. counterpart?")
    playwright.expect(page.locator("#conversation")).to_contain_text("Alejandro Mayorkas", timeout=20_000)
    playwright.expect(page.locator("#sources blockquote").first).to_contain_text("Your direct U.S. counterpart")
    playwright.expect(page.locator("#sources")).to_contain_text("Further Information > United States · 2022-02-23")
    playwright.expect(page.get_by_label("Question")).to_have_value("")
    ask(page, "What is the Executive Coordination Committee?")
    playwright.expect(page.locator("#conversation .qa-answer")).to_have_count(2, timeout=20_000)
    ask(page, "And when was it established?")
    playwright.expect(page.locator("#conversation .qa-answer").nth(2)).to_contain_text("2019", timeout=20_000)
    assert [url for url in page.requests if not re.match(rf"({re.escape(server)}|data:|blob:)", url)] == []


@pytest.mark.browser
@needs_browser
def test_what_is_typed_while_an_answer_is_looked_for_stays(page) -> None:  # type: ignore[no-untyped-def]
    box = page.get_by_label("Question")
    ask(page, "Who is the Minister's U.S. counterpart?")
    playwright.expect(box).to_have_value("", timeout=20_000)
    box.press_sequentially("And in the UK?")
    playwright.expect(page.locator("#conversation")).to_contain_text("Alejandro Mayorkas", timeout=20_000)
    playwright.expect(box).to_have_value("And in the UK?")


@pytest.mark.browser
@needs_browser
def test_a_note_that_changes_is_seen_by_the_next_question(page, server: str, notes: Path) -> None:  # type: ignore[no-untyped-def]
    (notes / "wick.txt").write_text("Wick\nThe harbour of Wick has 14 berths.\n")
    ask(page, "How many berths has the harbour of Wick?")
    playwright.expect(page.locator("#conversation")).to_contain_text("14 berths", timeout=20_000)


@pytest.mark.browser
@needs_browser
def test_what_a_reader_says_of_an_answer_is_kept_for_the_evaluation(page, notes: Path) -> None:  # type: ignore[no-untyped-def]
    expect = playwright.expect
    expect(page.get_by_role("button", name="Wrong")).to_be_hidden()
    ask(page, "Who is the Minister's U.S. counterpart?")
    expect(page.locator("#conversation")).to_contain_text("Alejandro Mayorkas", timeout=20_000)
    ask(page, "And in the UK?")
    expect(page.locator("#conversation .qa-answer, #conversation .qa-abstained")).to_have_count(2, timeout=20_000)
    page.get_by_label("A word of why").fill("It is <b>Priti Patel</b>")
    page.get_by_role("button", name="Wrong").click()
    expect(page.locator("#feedback-said")).to_contain_text("Thank you", timeout=20_000)
    expect(page.get_by_role("button", name="Wrong")).to_be_hidden()
    (said,) = read_inbox(notes.parent / "inbox.jsonl")
    assert (said.question, said.verdict, said.why) == ("And in the UK?", "wrong", "It is <b>Priti Patel</b>")
    assert said.history[0] == ("user", "Who is the Minister's U.S. counterpart?")
    assert "Mayorkas" in said.history[1][1]


@pytest.mark.browser
@needs_browser
def test_an_abstention_looks_like_one_and_a_bad_question_stays_in_its_box(page) -> None:  # type: ignore[no-untyped-def]
    ask(page, "How do I descale a coffee machine?")
    playwright.expect(page.locator("#conversation .qa-abstained")).to_contain_text(
        "The notes do not tell", timeout=20_000
    )
    ask(page, "???")
    playwright.expect(page.locator("#conversation [role=alert]")).to_contain_text("holds no word", timeout=20_000)
    playwright.expect(page.get_by_label("Question")).to_have_value("???")


WORDED = "Your direct U.S. counterpart is the Secretary of Homeland Security, Alejandro Mayorkas"


def _worded(body: dict[str, Any]) -> Reply:
    """A model that words the answer, and adds what no note says."""
    sent = body["messages"][1]["content"]
    mark = next((line.split("]")[0] + "]" for line in sent.split("\n") if "Mayorkas" in line), "")
    if "slow" in sent:
        return Reply("word " * 400, pause=0.3)
    return Reply(f"{WORDED} {mark}. He was born in 1901 {mark}." if len(body["messages"]) == 2 else "NOT IN THE NOTES")


@pytest.mark.browser
@pytest.mark.slow
@needs_browser
def test_a_model_is_stopped_by_its_reader_and_what_it_makes_up_is_behind_a_fold(notes: Path) -> None:
    expect = playwright.expect
    with ModelServer([_worded]) as model, playwright.sync_playwright() as driver:
        chosen = {"QA_LLM": "openai:small", "QA_LLM_BASE_URL": f"{model.url}/v1", "NO_PROXY": "127.0.0.1"}
        with served(notes, chosen) as url:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page()
            page.goto(url)
            page.get_by_label("Question").wait_for()
            ask(page, "Who is the Minister's U.S. counterpart?")
            expect(page.locator("#conversation .qa-answer")).to_contain_text(WORDED, timeout=30_000)
            expect(page.locator("#sources blockquote").first).to_contain_text(WORDED)
            expect(page.locator("#conversation summary")).to_contain_text("1 statement withheld")
            expect(page.locator("#conversation details li")).to_be_hidden()
            page.locator("#conversation summary").click()
            expect(page.locator("#conversation details li")).to_contain_text("1901")
            ask(page, "A slow question on the U.S. counterpart?")
            expect(page.locator("#conversation")).to_contain_text("reads the notes", timeout=30_000)
            page.get_by_role("button", name="Stop").click()
            expect(page.locator("#conversation")).to_contain_text("Stopped.", timeout=30_000)
            ask(page, "Another slow question on the U.S. counterpart?")
            expect(page.locator("#conversation")).to_contain_text("reads the notes", timeout=30_000)
            browser.close()
            deadline = time.monotonic() + 20
            while len(model.cancelled) < 2 and time.monotonic() < deadline:
                time.sleep(0.1)
            assert len(model.cancelled) == 2  # the one that was stopped, and the one whose page was closed


def test_nothing_in_a_note_or_a_question_is_markup_of_the_page() -> None:
    evil = '<script>alert(1)</script><img src=x onerror="alert(1)">'
    citation = Citation(1, f"{evil}.txt", evil, evil, None, None, "en", evil, None, 0, 5, evil)
    answer = Answer(evil, evil, (Statement(evil, (citation,)),), (citation,))
    for html in (question_html(evil), answer_html(answer), answer_html(evil), sources_html(answer)):
        assert "<script" not in html
        assert "<img" not in html
        assert "&lt;script&gt;" in html


@pytest.mark.slow
def test_a_port_that_is_taken_is_a_clear_error(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        places = ["--corpus", str(CORPUS), "--index", str(tmp_path / "index")]
        run = subprocess.run(
            [sys.executable, "app.py", "--port", str(port), *places],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 1
    assert f"127.0.0.1:{port}" in run.stderr
    assert "QA_PORT" in run.stderr
    assert "Traceback" not in run.stderr


def test_what_a_notice_rests_on_stands_among_the_sources() -> None:
    own = Citation(1, "new.md", "New", "", None, None, "en", None, None, 0, 3, "now")
    old = Citation(2, "old.md", "Old", "", None, None, "en", None, "new.md", 0, 4, "then")
    answer = Answer(
        "?", "now [1]", (Statement("now", (own,)),), (own,), notices=(Notice("superseded", "Changed.", (old,)),)
    )
    assert "Changed. [2]" in answer_html(answer)
    assert "<blockquote>then</blockquote>" in sources_html(answer)
    assert "superseded by new.md" in sources_html(answer)

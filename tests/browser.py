"""A real browser for the tests of the chat, and the chat in a process of its own."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

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
playwright.expect.set_options(timeout=20_000)
_no_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: install it to test the chat page")


def needs_browser(test: Any) -> Any:
    """Marks a test that needs Chromium, and skips it where there is none."""
    return pytest.mark.browser(_no_browser(test))


class Browser:
    """A browser. Each page that it opens is somebody else's."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser

    @contextmanager
    def opened(self, url: str, **context: Any) -> Iterator[Any]:
        """A page at `url`, ready to be asked. context: as Playwright's `new_context` takes it, "locale" and the like.

        `page.elsewhere` lists what it asked for at any other place, `page.errors` what its scripts and its
        Content-Security-Policy complained of.
        """
        opened = self._browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | context)
        page = opened.new_page()
        page.elsewhere, page.errors = [], []
        here = re.compile(rf"({re.escape(url)}|data:|blob:)")
        page.on("request", lambda request: here.match(request.url) or page.elsewhere.append(request.url))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto(url)
        page.locator("#bar h1").wait_for()
        page.locator("#question textarea").wait_for()
        yield page
        opened.close()


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser, closed in the end."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield Browser(browser)
        browser.close()


def ask(page: Any, question: str) -> None:
    """Types a question, and presses Enter."""
    box = page.locator("#question textarea")
    box.fill(question)
    box.press("Enter")


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(notes: Path, more: dict[str, str] | None = None, arguments: Sequence[str] = ()) -> Iterator[str]:
    """The address of a chat over `notes`, started as a user does. more: variables of its environment."""
    chosen = {
        "QA_PORT": str(free_port()),
        "QA_CORPUS": str(notes),
        "QA_INDEX": str(notes.parent / "index"),
        "QA_INBOX": str(notes.parent / "inbox.jsonl"),
    } | (more or {})
    process = subprocess.Popen(
        [sys.executable, "app.py", *arguments],
        cwd=ROOT,
        env=os.environ | chosen,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{chosen['QA_PORT']}/"
    try:
        for _ in range(1200):  # five minutes: a busy machine takes more than one
            if process.poll() is not None:
                pytest.fail(f"the chat ended: {process.stdout.read().decode() if process.stdout else ''}")
            try:
                urllib.request.urlopen(url, timeout=2).close()
                break
            except urllib.error.HTTPError:  # it answers, and asks who is there
                break
            except OSError:
                time.sleep(0.25)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)

"""A binder whose notes, names of files, questions and model try to run something in the page, or to fetch something."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import Browser, ask, browsing, needs_browser, playwright, served
from tests.model_server import ModelServer, Reply

expect = playwright.expect
ELSEWHERE = "http://elsewhere.example"
# Each would set window.ran, or ask for something at another place, were it taken for markup.
EVIL = (
    '"><img src=x onerror="window.ran=1"><script>window.ran=2</script><svg onload="window.ran=3"></svg>'
    f'<iframe src="{ELSEWHERE}/frame"></iframe><style>@import "{ELSEWHERE}/style.css";</style>'
    f'<img src="{ELSEWHERE}/pixel.png"><base href="{ELSEWHERE}/"><form action="{ELSEWHERE}/"><button>go</button></form>'
)
NOTE = f"""# Wick {EVIL}

Date: 2024-03-02

Prepared for: {EVIL}

## Berths {EVIL}

The harbour of Wick has 14 berths {EVIL} for its trawlers.

- a crane {EVIL};
- ![a plan]({ELSEWHERE}/plan.png) and [a link](javascript:window.ran=4) and <{ELSEWHERE}/auto>

| Berth {EVIL} | Depth |
|---|---|
| north {EVIL} | [9 m](javascript:window.ran=5) |

{{{{constructor.constructor('window.ran=6')()}}}} ${{window.ran=7}}
"""
PAGE = f"""<html><head><title>Lybster &lt;img src=x onerror="window.ran=8"&gt;</title>
<meta http-equiv="refresh" content="0;url={ELSEWHERE}/"></head><body onload="window.ran=9">
<h1>Lybster &lt;script&gt;window.ran=10&lt;/script&gt;</h1>
<p>The harbour of Lybster has 6 berths &lt;img src="{ELSEWHERE}/px.png" onerror="window.ran=11"&gt;.</p>
<a href="javascript:window.ran=12">click</a><img src="{ELSEWHERE}/q.png" onerror="window.ran=13"></body></html>
"""
NAMED = '<img src=x onerror="window.ran=14">.txt'
BERTHS = "How many berths has the harbour of Wick?"


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "notes"
    folder.mkdir()
    (folder / "wick.md").write_text(NOTE, encoding="utf-8")
    (folder / "lybster.html").write_text(PAGE, encoding="utf-8")
    (folder / NAMED).write_text("Keiss\nThe harbour of Keiss has 3 berths.\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as one:
        yield one


def untouched(page: Any) -> None:
    """Nothing ran, nothing was asked for elsewhere, and the page holds no element that a note could have made."""
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") is None
    assert page.elsewhere == []
    assert page.errors == []
    for made in ("script", "img", "iframe", "svg[onload]", "style", "base", f"[href^='{ELSEWHERE}']", "[onerror]"):
        assert (
            page.locator(f":is(.qa-turn, #sources, #qa-source-note, #welcome, #qa-conversations) {made}").count() == 0
        )
    assert page.locator("[href^='javascript:' i]").count() == 0
    assert page.url.startswith("http://127.0.0.1:")


def visited(page: Any, question: str) -> None:
    """Asks, then opens every source of the answer."""
    ask(page, question)
    answered = page.locator("#conversation .qa-answer").last
    expect(answered).to_contain_text("berths", timeout=30_000)
    marks = answered.locator("a.qa-mark")
    for at in range(marks.count()):
        marks.nth(at).hover()
        marks.nth(at).click()
        expect(page.locator("#qa-source-note .qa-note")).to_be_visible()
        page.keyboard.press("Escape")
    untouched(page)


@pytest.mark.slow
@needs_browser
def test_nothing_in_notes_names_and_questions_runs_or_is_fetched(notes: Path, browser: Browser) -> None:
    with served(notes) as url, browser.opened(url) as page:
        page.on("dialog", lambda dialog: page.errors.append(dialog.message))
        untouched(page)
        visited(page, f"{BERTHS} {EVIL}")
        expect(page.locator("#qa-conversations")).to_contain_text("onerror")  # the question, as words
        visited(page, "How many berths has the harbour of Lybster?")
        visited(page, "How many berths has the harbour of Keiss?")
        page.get_by_label("Search the notes").fill(f"harbour {EVIL}"[:400])
        page.get_by_role("button", name="Search", exact=True).click()
        expect(page.locator("#qa-source-note")).to_contain_text("Found for “harbour")
        page.get_by_label("Search the notes").fill("")
        page.get_by_role("button", name="Search", exact=True).click()
        links = page.locator("#qa-source-note a.qa-open")
        expect(links).to_have_count(3)
        for at in range(3):
            links.nth(at).click()
            expect(page.locator("#qa-source-note .qa-note")).to_be_visible()
            untouched(page)
            page.get_by_role("button", name="Search", exact=True).click()
            expect(links).to_have_count(3)
        ask(page, f"What does descaling a coffee machine cost? {EVIL}")
        expect(page.locator("#conversation .qa-turn").last).to_contain_text("onerror")
        page.get_by_label("A word of why").fill(EVIL[:400])
        page.get_by_role("button", name="Wrong").click()
        expect(page.locator("#feedback-said")).to_contain_text("Thank you")
        untouched(page)
        # A note by itself, in a tab of its own.
        page.goto(f"{url}note?note=wick.md")
        expect(page.locator("main")).to_contain_text("14 berths")
        untouched(page)


@pytest.mark.slow
@needs_browser
def test_what_somebody_put_into_the_browsers_own_memory_does_not_run_and_does_not_keep_the_page_from_opening(
    notes: Path, browser: Browser
) -> None:
    with served(notes) as url, browser.opened(url) as page:
        visited(page, BERTHS)
        kept = page.evaluate("Object.entries(localStorage)")
        (name, text) = next((name, text) for name, text in kept if ":conversation:" in name)
        changed = json.loads(text)
        changed["title"] = EVIL
        changed["turns"][0]["question"] = EVIL
        changed["turns"][0]["answer"]["text"] = EVIL
        changed["turns"][0]["answer"]["statements"][0]["text"] = EVIL
        for put in (json.dumps(changed), '{"turns": 7}', "no JSON", '{"turns": [{"question": "<script>"}]}', "null"):
            page.evaluate("([name, text]) => localStorage.setItem(name, text)", [name, put])
            page.reload()
            page.locator("#question textarea").wait_for()
            expect(page.locator("#bar h1")).to_be_visible()
            untouched(page)
        page.get_by_role("button", name="New conversation").click()
        visited(page, BERTHS)


def _worded(body: dict[str, Any]) -> Reply:
    """A model that returns markup: in a statement that its quote bears out, in one that none does, and in a rewrite."""
    if "14 berths" not in str(body["messages"]):
        return Reply(f"How many berths has the harbour of Wick {EVIL}?")
    return Reply(
        f"The harbour of Wick has 14 berths {EVIL} for its trawlers [1]. "
        f"<script>window.ran=20</script> It was built in 1901 {EVIL} [1]. "
        f"See [the plan](javascript:window.ran=21) and ![x]({ELSEWHERE}/model.png) of 1850 [1]."
    )


@pytest.mark.slow
@needs_browser
def test_nothing_that_a_model_returns_runs_or_is_fetched(notes: Path, browser: Browser) -> None:
    with ModelServer([_worded]) as model:
        chosen = {"QA_LLM": "openai:small", "QA_LLM_BASE_URL": f"{model.url}/v1", "NO_PROXY": "127.0.0.1"}
        with served(notes, chosen) as url, browser.opened(url) as page:
            visited(page, BERTHS)
            visited(page, "And how many are there for trawlers?")
            for fold in page.locator("#conversation summary").all():
                fold.click()
            untouched(page)
        assert model.requests

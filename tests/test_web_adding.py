"""Notes that are dropped on the page, and removed by it, in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import Browser, ask, browsing, needs_browser, playwright, served
from tests.conftest import CORPUS

expect = playwright.expect


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("adding") / "notes"
    shutil.copytree(CORPUS, folder)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as one:
        yield one


@pytest.fixture(scope="module")
def server(notes: Path) -> Iterator[str]:
    with served(notes) as url:
        yield url


def dropped(page: Any, *files: Path | dict[str, Any]) -> Any:
    """What the page says of files once it has read them."""
    page.locator("#add input[type=file]").set_input_files(list(files))
    said = page.locator("#added .qa-outcomes")
    expect(said.locator("li")).to_have_count(len(files), timeout=30_000)
    return said


@pytest.mark.slow
@needs_browser
def test_a_good_file_can_be_asked_about_at_once_and_a_bad_one_is_told_of(
    server: str, browser: Browser, notes: Path, tmp_path: Path
) -> None:
    good, bad = tmp_path / "wick.md", tmp_path / "plan.pdf"
    good.write_text("# Wick Harbour\n\nDate: 2024-03-02\n\nThe harbour of Wick has 14 berths.\n", encoding="utf-8")
    bad.write_bytes(b"PK\x03\x04 this is no PDF")
    with browser.opened(server) as page:
        expect(page.locator("#adding")).to_contain_text("20 files")
        said = dropped(page, good, bad)
        expect(said).to_contain_text("wick.md Read. Passages: 2.")
        expect(said.locator("li.qa-refused")).to_contain_text("plan.pdf What is in the file is not what its name says")
        expect(page.locator("#qa-status")).to_contain_text("2 notes")
        assert (notes / "wick.md").read_bytes() == good.read_bytes()
        assert not (notes / "plan.pdf").exists()
        ask(page, "How many berths has the harbour of Wick?")
        expect(page.locator("#conversation .qa-answer")).to_contain_text("14 berths")

        page.locator("#conversation a.qa-mark").first.click()
        page.get_by_role("button", name="Remove this note").click()
        asked = page.get_by_role("dialog")
        expect(asked).to_contain_text("Remove “Wick Harbour” from the notes?")
        asked.get_by_role("button", name="Cancel").click()
        assert (notes / "wick.md").exists()
        page.get_by_role("button", name="Remove this note").click()
        page.get_by_role("dialog").get_by_role("button", name="Remove this note").click()
        expect(page.locator(".qa-toast")).to_contain_text("Removed")
        expect(page.locator("#qa-status")).to_contain_text("1 note ")
        assert not (notes / "wick.md").exists()
        assert [kept.read_bytes() for kept in (notes / ".removed").rglob("wick.md")] == [good.read_bytes()]
        # What was answered before still says what it rested on.
        page.locator("#conversation a.qa-mark").first.click()
        expect(page.locator("#qa-source-note [role=alert]").first).to_contain_text("no longer in the binder")
        expect(page.locator("#qa-source-note")).to_contain_text("14 berths")


@pytest.mark.slow
@needs_browser
def test_the_name_of_a_file_is_no_markup_and_what_is_no_note_is_refused(server: str, browser: Browser) -> None:
    files = [
        {"name": "<b>run<b>.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"},
        {"name": '<img src=x onerror="window.ran=1">.txt', "mimeType": "text/plain", "buffer": b"Keiss has 3 berths."},
    ]
    with browser.opened(server) as page:
        said = dropped(page, *files)
        expect(said.locator("li.qa-refused")).to_contain_text("run")
        expect(said).to_contain_text("Read. Passages: 1.")
        expect(page.locator("#qa-status")).to_contain_text("notes")
        page.get_by_role("button", name="Search", exact=True).click()
        page.locator("#qa-source-note a.qa-open", has_text="img").click()
        page.get_by_role("button", name="Remove this note").click()
        expect(page.get_by_role("dialog")).to_contain_text("Img src=x")
        page.get_by_role("dialog").get_by_role("button", name="Remove this note").click()
        expect(page.locator(".qa-toast")).to_contain_text("Removed")
        assert page.locator("body b b, #panes img, dialog img, .qa-toast img").count() == 0
        assert page.evaluate("window.ran") is None


@pytest.mark.slow
@needs_browser
def test_a_page_that_is_served_to_others_takes_no_notes(notes: Path, browser: Browser) -> None:
    with served(notes, arguments=["--host", "0.0.0.0", "--no-auth"]) as url, browser.opened(url) as page:
        expect(page.locator("#welcome")).to_contain_text("note")
        expect(page.locator("#adding")).to_be_hidden()
        ask(page, "Who is the Minister's U.S. counterpart?")
        page.locator("#conversation a.qa-mark").first.click()
        expect(page.locator("#qa-source-note .qa-note")).to_be_visible()
        expect(page.get_by_role("button", name="Remove this note")).to_have_count(0)

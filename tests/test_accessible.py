"""What axe-core finds on each state of the page, in light and in dark, in a wide and in a narrow window."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import Browser, ask, browsing, needs_browser, playwright, served
from tests.conftest import CORPUS

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
expect = playwright.expect
# Of https://github.com/dequelabs/axe-core: WCAG 2.2 to AA, and what its authors hold for good practice.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("accessible") / "notes"
    shutil.copytree(CORPUS, folder)
    (folder / "newer.md").write_text(
        "# Wick\n\nDate: 2024-01-01\n\n| Berth | Depth |\n|---|---|\n| north | 9 m |\n", encoding="utf-8"
    )
    with served(folder) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as one:
        yield one


def found(page: Any, state: str) -> list[str]:
    """What axe finds, each with the state of the page and the elements."""
    page.wait_for_timeout(300)  # colors that fade in
    results = axe.Axe().run(page, options=RULES)
    return [
        f"{state}: {one['impact']}: {one['id']}: {'; '.join(node['html'][:160] for node in one['nodes'][:4])}"
        for one in results.response["violations"]
    ]


@needs_browser
@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing(server: str, browser: Browser, scheme: str, width: int) -> None:
    seen: list[str] = []
    with browser.opened(server, color_scheme=scheme, viewport={"width": width, "height": 800}) as page:
        expect(page.locator("#welcome [data-ask]").first).to_be_visible()
        seen += found(page, "first screen")
        page.locator("#qa-filters summary").click()
        seen += found(page, "filters")
        page.locator("#qa-filters summary").click()
        ask(page, "Who is the Minister's U.S. counterpart?")
        expect(page.locator("#conversation .qa-answer")).to_be_visible()
        seen += found(page, "answer")
        page.locator("#conversation a.qa-mark").first.click()
        expect(page.locator("#qa-source-note mark").first).to_be_visible()
        seen += found(page, "note at a quote")
        page.keyboard.press("Escape")
        ask(page, "How do I descale a coffee machine?")
        expect(page.locator("#conversation .qa-abstained")).to_be_visible()
        seen += found(page, "abstention")
        ask(page, "???")
        expect(page.locator("#now [role=alert]")).to_be_visible()
        seen += found(page, "error")
        if width < 1100:
            page.get_by_role("button", name="Conversations and search").click()
        page.get_by_label("Search the notes").fill("wick")
        page.get_by_label("Search the notes").press("Enter")
        expect(page.locator("#qa-source-note")).to_contain_text("Found for")
        seen += found(page, "search")
        page.locator("#qa-source-note a.qa-open").first.click()
        expect(page.locator("#qa-source-note table")).to_be_visible()
        seen += found(page, "table in a note")
        page.get_by_role("button", name="Remove this note").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        seen += found(page, "dialog")
        page.keyboard.press("Escape")
    assert "\n".join(seen) == ""


@pytest.mark.slow
@needs_browser
def test_axe_would_find_something(server: str, browser: Browser) -> None:
    with browser.opened(server) as page:
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<main><img src=data:,><button></button></main>')")
        assert any("critical" in one for one in found(page, "spoiled"))

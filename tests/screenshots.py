"""Pictures of the chat for the README and for whoever wants to look at it.

    python -m tests.screenshots [FOLDER]

They are of the binder of evals/verrane, as Chromium shows it, and lie in docs/screenshots, or in FOLDER: a first
screen, an answer with a source, an abstention, an error, filters, a search, the page in dark, in French, on a phone.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.browser import ROOT, Browser, ask, browsing, served

NOTES = ROOT / "evals" / "verrane" / "notes"
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, browsing() as browser:
        notes = Path(place) / "notes"
        shutil.copytree(NOTES, notes)
        with served(notes, {"QA_TODAY": "2024-06-01"}) as url:
            for name, (context, steps) in PICTURES.items():
                _take(browser, url, folder / f"{name}.png", context, steps)


def _take(browser: Browser, url: str, file: Path, context: dict[str, Any], steps: list[Callable[[Any], None]]) -> None:
    with browser.opened(url, **{"viewport": WIDE, **context}) as page:
        page.locator("#welcome .qa-holds").wait_for()
        for step in steps:
            step(page)
        page.mouse.move(5, 5)
        page.evaluate("document.activeElement?.blur()")
        page.wait_for_timeout(400)
        page.screenshot(path=file)
        print(file)


def _asked(question: str) -> Callable[[Any], None]:
    def step(page: Any) -> None:
        before = page.locator(".qa-answer, .qa-abstained, .qa-failed").count()
        ask(page, question)
        page.locator(".qa-answer, .qa-abstained, .qa-failed").nth(before).wait_for()
        page.wait_for_timeout(300)

    return step


def _opened(page: Any) -> None:
    page.locator(".qa-answer a.qa-mark").last.click()
    page.locator("#qa-source-note .qa-note").wait_for()


def _searched(words: str) -> Callable[[Any], None]:
    def step(page: Any) -> None:
        page.get_by_label("Search the notes").fill(words)
        page.get_by_label("Search the notes").press("Enter")
        page.locator("#qa-source-note .qa-hits").first.wait_for()

    return step


def _filters(page: Any) -> None:
    page.locator("#qa-filters summary").click()


def _drawer(page: Any) -> None:
    page.locator("#qa-menu").click()


COUNCILS = "How many island councils are there?"
FUND = "How much money is in the Coastal Resilience Fund?"
RADIO = "Which coast radio stations close, and when?"
ABSENT = "Who is the ambassador to Japan?"
FONDS = "Combien d'argent le Fonds de résilience côtière compte-t-il ?"
PICTURES: dict[str, tuple[dict[str, Any], list[Callable[[Any], None]]]] = {
    "first": ({}, []),
    "answer": ({}, [_asked(FUND), _opened]),
    "conversation": ({}, [_asked(COUNCILS), _asked(RADIO), _asked(ABSENT)]),
    "abstention": ({}, [_asked(ABSENT)]),
    "error": ({}, [_asked("???")]),
    "filters": ({}, [_asked(COUNCILS), _filters]),
    "search": ({}, [_searched("radio")]),
    "dark": ({"color_scheme": "dark"}, [_asked(RADIO), _opened]),
    "french": ({"locale": "fr-CA"}, [_asked(FONDS), _opened]),
    "phone": ({"viewport": PHONE}, [_asked(FUND)]),
    "phone-source": ({"viewport": PHONE}, [_asked(FUND), _opened]),
    "phone-menu": ({"viewport": PHONE}, [_asked(FUND), _drawer]),
    "phone-dark": ({"viewport": PHONE, "color_scheme": "dark"}, [_asked(ABSENT)]),
}


if __name__ == "__main__":
    main()

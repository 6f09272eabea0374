"""Logging in to the chat and asking, in a real browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qa.web.users import remove_user, set_user
from tests.browser import CHROMIUM, FLAGS, served
from tests.conftest import CORPUS

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: install it to test the chat page"),
]
PASSWORD = "correct horse battery"
# The parts of a color as a browser tells it: rgb(31, 41, 55).
_PARTS = re.compile(r"\d+")


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("login")
    shutil.copytree(CORPUS, place / "notes")
    set_user(place / "users.json", "anna", PASSWORD)
    set_user(place / "users.json", "bob", PASSWORD)
    return place / "users.json"


@pytest.fixture(scope="module")
def server(users: Path) -> Iterator[str]:
    with served(users.parent / "notes", arguments=["--auth", str(users)]) as url:
        yield url


@pytest.fixture
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def log_in(page: Any, name: str = "anna", password: str = PASSWORD) -> None:
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_somebody_logs_in_asks_and_is_let_in_no_more_once_removed(browser: Any, server: str, users: Path) -> None:
    page = browser.new_page()
    refused, blocked = [], []
    page.goto(f"{server}?from=mail")
    assert page.title() == "Log in · Briefing notes"
    log_in(page, "bob", "wrong password")
    playwright.expect(page.get_by_role("alert")).to_have_text("The user name or the password is not right.")
    playwright.expect(page.get_by_label("User name")).to_have_value("bob")
    page.on("response", lambda one: refused.append(one.url) if one.status >= 400 else None)
    page.on("console", lambda one: blocked.append(one.text) if "Content Security Policy" in one.text else None)
    page.on("pageerror", lambda error: blocked.append(str(error)))
    log_in(page, "bob")
    page.get_by_label("Question").wait_for()
    assert page.url == f"{server}?from=mail"
    page.get_by_label("Question").fill("Who is the Minister's U.S. counterpart?")
    page.get_by_label("Question").press("Enter")
    playwright.expect(page.locator("#conversation")).to_contain_text("Alejandro Mayorkas", timeout=20_000)
    # The gate lets through all that a session asks for, and its policy all that the page does.
    assert (refused, blocked) == ([], [])
    remove_user(users, "bob")
    page.reload()
    playwright.expect(page.get_by_label("Password")).to_be_visible()


def test_no_script_of_a_note_would_run(browser: Any, server: str) -> None:
    page = browser.new_page()
    page.goto(server)
    log_in(page)
    page.get_by_label("Question").wait_for()
    page.evaluate(
        """() => {
            const box = document.createElement("div");
            box.innerHTML = '<img src="data:," onerror="window.ran = 1"><a href="javascript:window.ran = 2">x</a>';
            document.body.append(box);
            const script = document.createElement("script");
            script.textContent = "window.ran = 3";
            document.body.append(script);
            box.querySelector("a").click();
        }"""
    )
    page.wait_for_timeout(500)
    assert page.evaluate("window.ran") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_login_is_readable_at_phone_width_in_both_schemes(browser: Any, server: str, scheme: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 640}, color_scheme=scheme, locale="fr-CA")
    page.goto(server)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_label("Nom d’utilisateur").fill("anna")
    page.get_by_label("Mot de passe").fill("wrong password")
    page.keyboard.press("Enter")
    playwright.expect(page.get_by_role("alert")).to_be_visible()
    behind = _color(page, "body", "backgroundColor")
    for selector in ("h1", "label", "[role=alert]", "input[name=name]"):
        assert _contrast(_color(page, selector, "color"), behind) >= 4.5, selector
    button = _contrast(_color(page, "button", "color"), _color(page, "button", "backgroundColor"))
    assert button >= 4.5
    assert _contrast(_color(page, "input[name=name]", "borderTopColor"), behind) >= 3


def _color(page: Any, selector: str, property: str) -> tuple[int, ...]:
    told = page.locator(selector).first.evaluate(f"(one) => getComputedStyle(one).{property}")
    return tuple(map(int, _PARTS.findall(told)[:3]))


def _contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """The ratio that WCAG 2.2 defines, 1..21."""
    light, dark = sorted(map(_luminance, (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: tuple[int, ...]) -> float:
    parts = [part / 255 for part in color]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

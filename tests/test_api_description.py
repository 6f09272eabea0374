"""The OpenAPI description: the server does what it says, whatever is sent; and the page that shows it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.browser import CHROMIUM, FLAGS, ROOT, needs_browser, playwright
from tests.conversing import write_notes
from tests.serving import over

TOKEN = "a-token-of-the-tests"
# Where there is something, so that not all of what is asked for is nowhere.
CONFIG = """[parameters]
"path.path" = "harbours.md"
"path.name" = "briefing-qa"
"""


@contextmanager
def described(folder: Path, **settings: object) -> Iterator[httpx.Client]:
    corpus = folder / "notes"
    corpus.mkdir()
    write_notes(corpus)
    with over(corpus, **settings) as (_, client):
        yield client


@pytest.mark.slow
@pytest.mark.parametrize("token", ["", TOKEN])
def test_it_does_what_its_description_says_and_refuses_what_that_does_not_allow(tmp_path: Path, token: str) -> None:
    """All checks of Schemathesis. tests/described_hooks.py leaves out what no description can say."""
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG)
    more = ["-H", f"Authorization: Bearer {token}"] if token else []
    with described(tmp_path, serve_token=token, questions_a_minute=1_000_000) as client:
        run = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"),
                *("--config-file", config, "run", f"{client.base_url}/openapi.json"),
                *("--max-examples", "15", "--generation-deterministic", *more),
            ],
            cwd=ROOT,
            env=os.environ | {"SCHEMATHESIS_HOOKS": "tests.described_hooks", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]


def test_every_route_is_described_with_an_example_and_its_errors(tmp_path: Path) -> None:
    with described(tmp_path) as client:
        made = client.get("/openapi.json").json()
    assert sorted(made["paths"]) == [
        "/ask",
        "/health",
        "/notes",
        "/notes/{path}",
        "/search",
        "/v1/chat/completions",
        "/v1/models",
        "/v1/models/{name}",
    ]
    for ways in made["paths"].values():
        for method, way in ways.items():
            assert way["summary"]
            assert way["description"]
            if method == "head":
                assert not [told for told in way["responses"].values() if "content" in told]
                continue
            for status, response in way["responses"].items():
                schema = response["content"]["application/json"]["schema"]
                assert schema, status
                if status != "200":
                    assert schema == {"$ref": "#/components/schemas/ErrorBody"}
    schemas = made["components"]["schemas"]
    assert {"Answer", "Citation", "Hit", "Note", "NoteText", "Completion"} <= schemas.keys()
    assert all("description" in schema for schema in schemas.values())
    assert schemas["AskForm"]["examples"]
    assert set(schemas["Answer"]["required"]) == set(schemas["Answer"]["properties"])


@pytest.mark.slow
@needs_browser
@pytest.mark.parametrize("width", [1280, 360])
def test_the_page_of_the_description_loads_nothing_from_elsewhere_and_asks(tmp_path: Path, width: int) -> None:
    with described(tmp_path) as client, playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": 900})
        elsewhere, errors = [], []
        base = str(client.base_url)
        page.on("request", lambda one: one.url.startswith((base, "data:")) or elsewhere.append(one.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
        page.goto(f"{base}/docs")
        page.locator(".opblock-summary").first.wait_for()
        assert page.locator(".opblock-summary").count() == 13
        page.locator("[id$=search_by_address_search_get] .opblock-summary").click()
        page.locator("tr[data-param-name=question] input").fill("How many berths?")
        page.get_by_role("button", name="Execute").click()
        page.locator(".live-responses-table .microlight").first.wait_for()
        assert "harbours.md" in page.locator(".live-responses-table").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        browser.close()
    assert elsewhere == []
    assert errors == []

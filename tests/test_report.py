"""The report: everything is escaped, nothing is loaded, and it can be read on a phone."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from qa.evaluation.comparison import compare
from qa.evaluation.goldset import GoldSet
from qa.evaluation.report import Results, as_json, html, markdown, write_reports
from qa.evaluation.runs import Operations
from tests.browser import CHROMIUM, FLAGS, needs_browser, playwright
from tests.evaluating import ABSENT, ROW, gold_set, record, run

EVIL = '<script>alert(1)</script><img src="https://evil.example/x.png"> | a & b'


@pytest.fixture
def results(tmp_path: Path) -> Results:
    made = gold_set(tmp_path, ROW | {"question": EVIL, "comment": EVIL}, ABSENT | {"question": "Who pays?"})
    sound = [record("h-1", question=EVIL, answer=EVIL), record("h-2", answerable=False, measures={"right": 1.0})]
    others = [record(f"o-{at}", confidence=at / 30) for at in range(30)]
    before = run([*sound, *others], note=EVIL, accepted="2026-11-24")
    now = [
        replace(one, measures={"right": 0.0}, answer=EVIL) if one.id in ("h-1", "o-3") else one
        for one in before.records
    ]
    compared = compare(run(now, operations=Operations({"h-1": 0.2}, unstable=())), before, made)
    return [(compared, replace(made, about=EVIL))]


def test_the_page_escapes_what_it_shows_and_refers_to_nothing_outside(results: Results) -> None:
    page = html(results)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert "<img" not in page
    assert re.findall(r'(?:src|href)="(?!#)', page) == []
    assert "default-src 'none'" in page


def test_flips_come_first_with_both_answers_and_the_evidence(results: Results) -> None:
    page = html(results)
    order = [page.index(part) for part in ("Lost: right before, wrong now: 2", ">The gate<", "Right, with the same")]
    assert order == sorted(order)
    lost = page[order[0] : order[1]]
    assert page.index('href="#harbour-h-1"') < order[0] < page.index('id="harbour-h-1"')
    for part in ("Before", "Now", "✓ right", "✗ wrong", "The dues rose to $14.5 million in 2023.", "on evidence"):
        assert part in lost, part


def test_the_markdown_keeps_its_tables_whatever_an_answer_holds(results: Results) -> None:
    text = markdown(results)
    assert "<script" not in text
    assert "<img" not in text
    rows = [line for line in text.splitlines() if line.startswith("| now")]
    assert rows
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 3 for line in rows)
    assert "❌ harbour: failed" in text


def test_the_markdown_stays_within_what_a_pull_request_takes_and_shows_text_as_words(tmp_path: Path) -> None:
    marks = "**b** `c` ![i](https://e.example/i.png) @octocat #12 www.e.example <b> a|b $x$ _u_"
    rows = [ROW | {"id": f"h-{at}", "question": f"{at} {marks}?"} for at in range(60)]
    made = gold_set(tmp_path, *rows)
    before = run([record(f"h-{at}", question=f"{at} {marks}?", answer=f"{marks} " * 40) for at in range(60)])
    now = [replace(one, measures={"right": 0.0}) for one in before.records]
    text = markdown([(compare(run(now), before, made), made)] * 2)
    assert len(text) < 65_536 * 2
    assert "And 40 more: see report.html." in text
    shown = next(line for line in text.splitlines() if line.startswith("| now"))
    for mark in ("**", "`", "![", "](", "://", "@octocat", "#12", "www.", "<b>", "a|b", "$x$", "_u_"):
        assert mark not in re.sub(r"&#\d+;", "", shown), mark


def test_the_figures_as_json_say_what_was_not_measured(results: Results) -> None:
    figures = as_json(results[0][0])
    assert figures["measures"]["recall@5"] is None
    assert figures["measures"]["right"]["questions"] == 32
    assert figures["lost"] == ["h-1", "o-3"]
    assert figures["passed"] is False
    assert figures["changes"]["right"]["verdict"] == "loss not ruled out"


def test_reports_are_written_whole_beside_the_runs(results: Results, tmp_path: Path) -> None:
    assert write_reports(results) == tmp_path / "runs" / "report.html"
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["report.html", "report.md"]


def test_a_first_run_without_baseline_confidence_or_gold_text_has_a_report_too(tmp_path: Path) -> None:
    made: GoldSet = gold_set(tmp_path)
    bare = [record("h-1", confidence=None, question="", answer="", citations=(), on_evidence=(), error="X: y")]
    page = html([(compare(run(bare), None, made), made)])
    for part in (
        "no baseline",
        "nothing to compare with",
        "not measured",
        "Not timed",
        "X: y",
        "Not measured: there is no calibration",
    ):
        assert part in page, part


@pytest.mark.browser
@needs_browser
@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1200, "dark")])
def test_the_page_fits_its_window_asks_for_nothing_and_is_legible(results: Results, width: int, scheme: str) -> None:
    path = write_reports(results)
    asked: list[str] = []
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": 740}, color_scheme=scheme)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        colours = page.evaluate(
            "['body', '.good', '.bad', 'small', 'a', 'summary'].map(one => document.querySelector(one))"
            ".map(one => [getComputedStyle(one).color, getComputedStyle(document.body).backgroundColor])"
        )
        browser.close()
    assert asked == [path.as_uri()]
    for text, ground in colours:
        assert contrast(text, ground) >= 4.5, (text, ground)


def contrast(text: str, ground: str) -> float:
    """The contrast ratio of two CSS colours (WCAG 2.1, section 1.4.3)."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(text), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_what_could_not_be_scored_is_told_with_the_reason(tmp_path: Path) -> None:
    made = gold_set(tmp_path)
    compared = compare(run([record("h-1")], unscored={"h-2": "The note is gone."}), None, made)
    assert "Not scored: h-2. The note is gone." in html([(compared, made)])
    assert "Not scored: h-2" in markdown([(compared, made)])

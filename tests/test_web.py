"""The chat in a real browser, over a server in a process of its own: asking, sources, conversations."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qa.evaluation.inbox import read_inbox
from tests.browser import ROOT, Browser, ask, browsing, free_port, needs_browser, playwright, served
from tests.conftest import CORPUS
from tests.model_server import ModelServer, Reply

expect = playwright.expect
COUNTERPART = "Who is the Minister's U.S. counterpart?"


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The notes that the chat is over: those that come with the project, and what a test adds."""
    folder = tmp_path_factory.mktemp("web") / "notes"
    shutil.copytree(CORPUS, folder)
    return folder


@pytest.fixture(scope="module")
def server(notes: Path) -> Iterator[str]:
    with served(notes) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as one:
        yield one


@pytest.fixture
def page(server: str, browser: Browser) -> Iterator[Any]:
    """The page as somebody opens it who was never here; it may ask for nothing but from the server."""
    with browser.opened(server) as page:
        yield page
        assert page.elsewhere == []
        assert page.errors == []


@needs_browser
def test_a_question_is_answered_with_its_sources_and_a_follow_up_is_understood(page: Any) -> None:
    ask(page, COUNTERPART)
    expect(page.locator("#conversation")).to_contain_text("Alejandro Mayorkas")
    expect(page.locator("#conversation .qa-quoted .qa-standing")).to_have_text("exact quote")
    expect(page.locator("#sources blockquote").first).to_contain_text("Your direct U.S. counterpart")
    expect(page.locator("#sources")).to_contain_text("Further Information > United States · 2022-02-23")
    expect(page.get_by_label("Question")).to_have_value("")
    ask(page, "What is the Executive Coordination Committee?")
    expect(page.locator("#conversation .qa-answer")).to_have_count(2)
    ask(page, "And when was it established?")
    expect(page.locator("#conversation .qa-answer").nth(2)).to_contain_text("2019")


@needs_browser
def test_what_is_asked_while_an_answer_is_on_its_way_is_asked_after_it(page: Any) -> None:
    asked = [COUNTERPART, "What is the Executive Coordination Committee?", "And when was it established?"]
    ask(page, asked[0])
    page.evaluate(
        """() => {
            const keep = window.qa.keep;
            window.qa.keep = async (turn) => {
                await new Promise((done) => setTimeout(done, 5000));  // for a busy machine to ask in
                return keep(turn);
            };
        }"""
    )
    for count, question in enumerate(asked[1:], 1):  # each as soon as the answer before can be read
        expect(page.locator("#conversation .qa-answer")).to_have_count(count)
        ask(page, question)
        expect(page.locator(".qa-next-up")).to_be_visible()
    expect(page.locator("#conversation .qa-answer").nth(2)).to_contain_text("2019")
    expect(page.locator("#conversation .qa-asked")).to_have_text(asked)
    expect(page.get_by_label("Question")).to_have_value("")
    expect(page.locator(".qa-next-up")).to_be_hidden()


@needs_browser
def test_a_marker_opens_the_note_at_the_words_that_are_quoted(page: Any, notes: Path) -> None:
    ask(page, COUNTERPART)
    marker = page.locator("#conversation a.qa-mark").first
    marker.hover()
    quote = page.locator("#sources blockquote").first.text_content()
    expect(page.get_by_role("tooltip")).to_contain_text(quote)
    marker.click()
    expect(page.locator("#qa-source-note mark.qa-quote").first).to_be_in_viewport()
    assert "".join(page.locator("#qa-source-note mark.qa-quote").all_text_contents()) == quote
    shown = page.locator("#qa-source-note")
    expect(shown).to_contain_text("International Engagement")
    expect(shown).to_contain_text("23 February 2022")
    expect(shown).to_contain_text("the UN Office for Disaster Risk Reduction")  # the whole note is there
    expect(page.locator("#qa-nth")).to_have_text("1 of 2")
    page.get_by_role("button", name="Next quote").click()
    expect(page.locator("#qa-nth")).to_have_text("2 of 2")
    expect(page.locator("#qa-source-note mark.qa-quote")).to_have_text("United States (U.S.)")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy quote").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("“United States (U.S.)”\n— International Engagement")
    assert "international-engagement.txt" in copied
    page.keyboard.press("Escape")
    expect(page.locator("#sources blockquote").first).to_be_visible()
    expect(marker).to_be_focused()


@pytest.mark.slow
@needs_browser
def test_the_page_is_worked_by_keys_alone(page: Any) -> None:
    box = page.get_by_label("Question")
    page.locator("#qa-new").focus()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type("Who is the Minister's")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("U.S. counterpart?")
    expect(box).to_have_value("Who is the Minister's\nU.S. counterpart?")
    page.keyboard.press("Enter")
    expect(page.locator("#conversation")).to_contain_text("Alejandro Mayorkas")
    marker = page.locator("#conversation a.qa-mark").first
    marker.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#qa-quote")).to_be_focused()
    page.keyboard.press("Escape")
    expect(marker).to_be_focused()


@pytest.mark.slow
@needs_browser
def test_what_is_typed_while_an_answer_is_looked_for_stays(page: Any) -> None:
    box = page.get_by_label("Question")
    ask(page, COUNTERPART)
    expect(box).to_have_value("")
    box.press_sequentially("And in the UK?")
    expect(page.locator("#conversation")).to_contain_text("Alejandro Mayorkas")
    expect(box).to_have_value("And in the UK?")


@pytest.mark.slow
@needs_browser
def test_the_first_screen_tells_what_the_binder_holds_and_its_examples_are_answered(page: Any) -> None:
    expect(page.locator("#welcome")).to_contain_text("the newest of 23 February 2022, in English")
    example = page.locator("#welcome [data-ask]").first
    question = example.text_content()
    example.click()
    expect(page.locator("#conversation .qa-answer")).to_have_count(1)
    expect(page.locator("#conversation .qa-asked")).to_have_text(question)
    expect(page.locator("#welcome")).to_be_hidden()


@pytest.mark.slow
@needs_browser
def test_a_note_that_changes_is_seen_by_the_next_question_and_told_of_by_the_old_quote(page: Any, notes: Path) -> None:
    note = notes / "wick.txt"
    note.write_text("Wick\nThe harbour of Wick has 14 berths.\n")
    time.sleep(2.1)  # another test may just have asked, and the notes are looked at every two seconds
    ask(page, "How many berths has the harbour of Wick?")
    expect(page.locator("#conversation .qa-answer").last).to_contain_text("14 berths")
    note.write_text("Wick\nThe harbour of Wick has 15 berths.\n")
    time.sleep(2.1)
    ask(page, "How many berths are there in Wick harbour?")
    expect(page.locator("#conversation .qa-answer").last).to_contain_text("15 berths")
    page.locator("#conversation a.qa-mark").first.click()
    expect(page.locator("#qa-source-note [role=alert]")).to_contain_text("has changed since the answer")
    expect(page.locator("#qa-source-note blockquote").first).to_contain_text("14 berths")


@pytest.mark.slow
@needs_browser
def test_filters_bind_the_question_and_are_told_beside_it(page: Any) -> None:
    page.locator("#qa-filters summary").click()
    page.get_by_label("Notes from").fill("2023-01-01")
    expect(page.locator("#qa-filters summary")).to_have_text("Filters (1 set)")
    ask(page, COUNTERPART)
    expect(page.locator("#conversation .qa-abstained")).to_contain_text("The filters leave no note")
    expect(page.locator("#conversation .qa-question")).to_contain_text("Asked with: Notes from 2023-01-01")
    page.get_by_role("button", name="Clear the filters").click()
    ask(page, COUNTERPART)
    expect(page.locator("#conversation .qa-answer")).to_contain_text("Alejandro Mayorkas")


@pytest.mark.slow
@needs_browser
def test_notes_are_searched_and_read_beside_the_conversation(page: Any) -> None:
    page.get_by_label("Search the notes").fill("engagement")
    page.get_by_role("button", name="Search", exact=True).click()
    found = page.locator("#qa-source-note")
    expect(found).to_contain_text("Found for “engagement”")
    found.locator("a.qa-open").first.click()
    expect(found).to_contain_text("Attorney General Merrick Garland")


@pytest.mark.slow
@needs_browser
def test_what_a_reader_says_of_an_answer_is_kept_for_the_evaluation(page: Any, notes: Path) -> None:
    expect(page.get_by_role("button", name="Wrong")).to_be_hidden()
    ask(page, COUNTERPART)
    expect(page.locator("#conversation")).to_contain_text("Alejandro Mayorkas")
    ask(page, "And in the UK?")
    expect(page.locator("#conversation .qa-question")).to_have_count(2)
    page.get_by_label("A word of why").fill("It is <b>Priti Patel</b>")
    page.get_by_role("button", name="Wrong").click()
    expect(page.locator("#feedback-said")).to_contain_text("Thank you")
    expect(page.get_by_role("button", name="Wrong")).to_be_hidden()
    said = read_inbox(notes.parent / "inbox.jsonl")[-1]
    assert (said.question, said.verdict, said.why) == ("And in the UK?", "wrong", "It is <b>Priti Patel</b>")
    assert said.history[0] == ("user", COUNTERPART)
    assert "Mayorkas" in said.history[1][1]


@pytest.mark.slow
@needs_browser
def test_an_abstention_looks_like_one_and_offers_a_search_and_a_bad_question_stays_in_its_box(page: Any) -> None:
    ask(page, "How do I descale a coffee machine?")
    abstained = page.locator("#conversation .qa-abstained")
    expect(abstained).to_contain_text("Not in the notes")
    abstained.locator("a.qa-open").first.click()
    expect(page.locator("#qa-source-note mark.qa-quote").first).to_be_in_viewport()
    abstained.get_by_role("button", name="Search the notes instead").click()
    expect(page.locator("#qa-source-note")).to_contain_text("Found for “How do I descale")
    ask(page, "???")
    expect(page.locator("#now [role=alert]")).to_contain_text("holds no word")
    expect(page.get_by_label("Question")).to_have_value("???")


@pytest.mark.slow
@needs_browser
def test_conversations_are_kept_named_opened_again_exported_and_deleted(
    page: Any, notes: Path, server: str, tmp_path: Path
) -> None:
    ask(page, COUNTERPART)
    expect(page.locator("#conversation .qa-answer")).to_have_count(1)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#welcome")).to_contain_text("the newest of")
    ask(page, "What is the Executive Coordination Committee?")
    expect(page.locator("#conversation .qa-answer")).to_have_count(1)
    names = page.locator("#qa-conversations .qa-conversation")
    expect(names).to_have_text(["What is the Executive Coordination Committee?", COUNTERPART])
    page.reload()
    expect(page.locator("#conversation")).to_contain_text("Executive Coordination Committee")
    names.nth(1).click()
    expect(page.locator("#conversation")).to_contain_text("Alejandro Mayorkas")
    page.locator("#conversation a.qa-mark").first.click()
    expect(page.locator("#qa-source-note mark.qa-quote").first).to_contain_text("Your direct U.S. counterpart")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as Markdown").click()
    exported = Path(download.value.path()).read_text(encoding="utf-8")
    assert COUNTERPART in exported.replace("\\", "")
    assert "international\\-engagement" in exported or "international-engagement" in exported
    with page.expect_download() as download:
        page.get_by_role("button", name="Export a receipt").click()
    receipt = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert receipt["turns"][0]["question"] == COUNTERPART
    page.get_by_role("button", name=f"Delete: {COUNTERPART}").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(names).to_have_text(["What is the Executive Coordination Committee?"])
    expect(page.locator("#welcome")).to_contain_text("the newest of")


@pytest.mark.slow
@needs_browser
def test_two_who_ask_at_once_see_their_own_conversation_only(server: str, browser: Browser) -> None:
    with browser.opened(server) as one, browser.opened(server) as other:
        ask(one, COUNTERPART)
        ask(other, "What is the Executive Coordination Committee?")
        expect(one.locator("#conversation .qa-asked")).to_have_text([COUNTERPART])
        expect(other.locator("#conversation .qa-asked")).to_have_text(["What is the Executive Coordination Committee?"])
        expect(one.locator("#qa-conversations li")).to_have_count(1)
        assert "Mayorkas" not in other.locator("#conversation").inner_text()


@pytest.mark.slow
@needs_browser
def test_a_french_browser_is_met_in_french_and_can_change(server: str, browser: Browser) -> None:
    with browser.opened(server, locale="fr-CA") as page:
        expect(page.locator("h1")).to_have_text("Interroger les notes d'information")
        ask(page, COUNTERPART)
        expect(page.locator("#conversation .qa-standing").first).to_have_text("citation exacte")
        assert page.evaluate("document.documentElement.lang") == "fr"
        page.get_by_role("button", name="English").click()
        expect(page.locator("h1")).to_have_text("Ask the briefing notes")
        expect(page.locator("#conversation .qa-standing").first).to_have_text("exact quote")
        page.reload()
        expect(page.locator("h1")).to_have_text("Ask the briefing notes")


@pytest.mark.slow
@needs_browser
@pytest.mark.parametrize("size", [(360, 740), (640, 450)], ids=["phone", "wide page at 200%"])
def test_nothing_is_wider_than_a_small_window(server: str, browser: Browser, size: tuple[int, int]) -> None:
    with browser.opened(server, viewport={"width": size[0], "height": size[1]}) as page:
        ask(page, COUNTERPART)
        marker = page.locator("#conversation a.qa-mark").first
        marker.click()
        expect(page.locator("#qa-source-note mark.qa-quote").first).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        page.get_by_role("button", name="Close").click()
        expect(marker).to_be_in_viewport()
        page.get_by_role("button", name="Conversations and search").click()
        expect(page.get_by_role("button", name="New conversation")).to_be_visible()


@pytest.mark.slow
@needs_browser
def test_a_new_answer_closes_the_source_of_the_one_before_and_results_are_gone_back_to(page: Any) -> None:
    ask(page, COUNTERPART)
    page.locator("#conversation a.qa-mark").first.click()
    expect(page.locator("#qa-source-note .qa-note")).to_be_visible()
    ask(page, "What is the Executive Coordination Committee?")
    expect(page.locator("#conversation .qa-answer")).to_have_count(2)
    expect(page.locator("#qa-source-note")).to_be_hidden()
    expect(page.locator("#sources blockquote").first).to_contain_text("Executive Coordination Committee")
    page.get_by_label("Search the notes").fill("engagement")
    page.get_by_label("Search the notes").press("Enter")
    page.locator("#qa-source-note a.qa-open").first.click()
    expect(page.locator("#qa-source-note .qa-note")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#qa-source-note")).to_contain_text("Found for “engagement”")
    page.keyboard.press("Escape")
    expect(page.locator("#sources blockquote").first).to_be_visible()


@pytest.mark.slow
@needs_browser
def test_a_question_that_the_server_did_not_take_can_be_asked_again(page: Any) -> None:
    page.route("**/queue/join*", lambda route: route.fulfill(status=503, body="busy"))
    ask(page, COUNTERPART)
    expect(page.locator("body.qa-busy")).to_have_count(0)
    expect(page.get_by_label("Question")).to_have_value(COUNTERPART)
    page.unroute("**/queue/join*")
    page.get_by_label("Question").press("Enter")
    expect(page.locator("#conversation")).to_contain_text("Alejandro Mayorkas")


@pytest.mark.slow
@needs_browser
def test_a_conversation_that_is_full_goes_on_in_a_new_one(page: Any) -> None:
    ask(page, COUNTERPART)
    expect(page.locator("#conversation .qa-answer")).to_have_count(1)
    page.evaluate(
        """() => {
            const name = Object.keys(localStorage).find((one) => one.includes(":conversation:"));
            const kept = JSON.parse(localStorage.getItem(name));
            kept.turns = Array(200).fill(kept.turns[0]);
            localStorage.setItem(name, JSON.stringify(kept));
        }"""
    )
    ask(page, "What is the Executive Coordination Committee?")
    expect(page.locator(".qa-toast")).to_contain_text("This conversation is full")
    expect(page.locator("#qa-conversations .qa-conversation")).to_have_count(2)
    page.reload()
    expect(page.locator("#conversation .qa-answer")).to_have_count(1)
    expect(page.locator("#conversation")).to_contain_text("Executive Coordination Committee")


@pytest.mark.slow
@needs_browser
def test_what_cannot_be_kept_is_told_of_and_what_is_said_of_it_is_not_said_of_another(page: Any, notes: Path) -> None:
    ask(page, COUNTERPART)
    expect(page.locator("#conversation .qa-answer")).to_have_count(1)
    page.evaluate("for (let n = 5_000_000; n >= 1; n = n >> 1) try { localStorage['x' + n] = 'x'.repeat(n) } catch {}")
    ask(page, "What is the Executive Coordination Committee?")
    expect(page.locator(".qa-toast")).to_contain_text("storage is full")
    page.get_by_role("button", name="Wrong").click()
    expect(page.locator("#feedback-said")).to_contain_text("Thank you")
    assert read_inbox(notes.parent / "inbox.jsonl")[-1].question == "What is the Executive Coordination Committee?"
    page.get_by_role("button", name="Français").click()
    expect(page.locator("h1")).to_have_text("Interroger les notes d'information")


@pytest.mark.slow
@needs_browser
def test_a_page_that_is_open_goes_on_when_the_server_starts_again(notes: Path, browser: Browser) -> None:
    again = {"QA_PORT": str(free_port())}
    with served(notes, again) as url:
        opened = browser.opened(url)
        page = opened.__enter__()
        ask(page, COUNTERPART)
        expect(page.locator("#conversation .qa-answer")).to_have_count(1)
    ask(page, "And in the UK?")
    expect(page.get_by_label("Question")).to_have_value("And in the UK?")
    with served(notes, again):
        expect(page.locator("#bar h1")).to_be_visible()
        page.wait_for_timeout(5000)  # the page loads itself anew
        expect(page.get_by_label("Question")).to_have_value("And in the UK?")
        page.get_by_label("Question").press("Enter")
        expect(page.locator("#conversation .qa-asked")).to_have_text([COUNTERPART, "And in the UK?"], timeout=30_000)
        expect(page.locator("#conversation")).to_contain_text("Priti Patel")
        opened.__exit__(None, None, None)


WORDED = "Your direct U.S. counterpart is the Secretary of Homeland Security, Alejandro Mayorkas"


def _worded(body: dict[str, Any]) -> Reply:
    """A model that words the answer, and adds what no note says."""
    sent = body["messages"][1]["content"]
    mark = next((line.split("]")[0] + "]" for line in sent.split("\n") if "Mayorkas" in line), "")
    if "slow" in sent:
        return Reply("word " * 400, pause=0.3)
    return Reply(f"{WORDED} {mark}. He was born in 1901 {mark}." if len(body["messages"]) == 2 else "NOT IN THE NOTES")


@pytest.mark.slow
@needs_browser
def test_a_model_is_stopped_by_its_reader_and_what_it_makes_up_is_behind_a_fold(notes: Path, browser: Browser) -> None:
    with ModelServer([_worded]) as model:
        chosen = {"QA_LLM": "openai:small", "QA_LLM_BASE_URL": f"{model.url}/v1", "NO_PROXY": "127.0.0.1"}
        with served(notes, chosen) as url:
            with browser.opened(url) as page:
                ask(page, COUNTERPART)
                expect(page.locator("#conversation .qa-checked")).to_contain_text(WORDED, timeout=30_000)
                expect(page.locator("#conversation .qa-checked .qa-standing")).to_have_text(
                    "checked against its quotes"
                )
                expect(page.locator("#sources blockquote").first).to_contain_text(WORDED)
                expect(page.locator("#conversation summary")).to_contain_text("1 statement withheld")
                expect(page.locator("#conversation details li")).to_be_hidden()
                page.locator("#conversation summary").click()
                expect(page.locator("#conversation details li")).to_contain_text("1901")
                ask(page, "A slow question on the U.S. counterpart?")
                expect(page.locator("#now")).to_contain_text("reads the notes", timeout=30_000)
                ask(page, "What was asked meanwhile?")
                expect(page.locator(".qa-next-up")).to_have_text("Asked once this answer is here")
                page.get_by_role("button", name="Stop").click()
                expect(page.locator("#now")).to_contain_text("Stopped.", timeout=30_000)
                expect(page.locator("#now")).to_contain_text("A slow question")
                expect(page.locator(".qa-next-up")).to_be_hidden()
                expect(page.get_by_label("Question")).to_have_value("What was asked meanwhile?")
                ask(page, "Another slow question on the U.S. counterpart?")
                expect(page.locator("#now")).to_contain_text("reads the notes", timeout=30_000)
            deadline = time.monotonic() + 20
            while len(model.cancelled) < 2 and time.monotonic() < deadline:
                time.sleep(0.1)
            assert len(model.cancelled) == 2  # the one that was stopped, and the one whose page was closed


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
    assert "choose another port: --port" in run.stderr
    assert "Traceback" not in run.stderr

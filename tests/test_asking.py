"""What the page does with a question, without a browser: turns, limits, the log, the filters."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from qa import Binder
from qa.errors import QuestionError, ServingError
from qa.serving.turnstile import Turnstile
from qa.web.asking import Desk, Seen, is_shared, turns_html
from qa.web.filters import filters_in_words, filters_of
from qa.web.welcome import Examples
from tests.conversing import BERTHS, COFFEE, SHARE, opened, write_notes


@pytest.fixture
def binder(corpus: Path) -> Iterator[Binder]:
    write_notes(corpus)
    with opened(corpus) as binder:
        yield binder


def asked(desk: Desk, question: str, *, who: str = "anna", turns: Any = (), filters: Any = None) -> list[Seen]:
    async def gather() -> list[Seen]:
        return [seen async for seen in desk.asked(who, question, turns, filters or {}, "en")]

    return asyncio.run(gather())


def test_an_answer_grows_into_a_turn_and_the_next_question_is_understood_from_it(binder: Binder) -> None:
    desk = Desk(binder)
    first = asked(desk, SHARE)
    assert "Searching the notes" in first[0].now
    assert [seen.turn is not None for seen in first] == [*[False] * (len(first) - 1), True]
    turn = first[-1].turn
    assert turn is not None
    assert "45 per cent" in first[-1].now
    assert first[-1].sources is not None
    assert "<blockquote>" in first[-1].sources
    after = asked(desk, "And who leads the Ferry Desk there?", turns=(turn,))[-1].turn
    assert after is not None
    assert "Jorun Falk" in after.answer.text
    shown = turns_html([turn, after], "fr")
    assert shown.count("citation exacte") == 2


def test_filters_of_the_form_bind_the_answer_and_are_told(binder: Binder) -> None:
    form = {"since": "", "until": "2021-03-03", "as_of": "", "notes": ["subsidy.md"], "language": "en"}
    filters = filters_of(form)
    assert filters == {"until": date(2021, 3, 3), "notes": ["subsidy.md"], "language": "en"}
    assert filters_in_words(filters, "en") == "Notes up to 2021-03-03, English, subsidy.md"
    last = asked(Desk(binder), BERTHS, filters=filters)[-1]
    assert last.turn is not None
    assert last.turn.answer.abstained
    assert "Asked with: Notes up to 2021-03-03" in last.now
    for none in (None, 7, [], {"since": None, "notes": "", "language": "de"}):
        assert filters_of(none) == {}
    with pytest.raises(QuestionError, match="no text"):
        filters_of({"notes": ["\ud800"]})
    with pytest.raises(QuestionError, match="is no date"):
        filters_of({"since": "tomorrow"})


def test_a_question_without_a_word_or_too_long_cannot_be_asked(binder: Binder) -> None:
    for question in ("", "  \n", "???", "x" * 100_001):
        with pytest.raises(QuestionError):
            asked(Desk(binder), question)


def test_notes_are_looked_at_again_and_what_keeps_them_from_it_is_told(binder: Binder, corpus: Path) -> None:
    desk = Desk(binder)
    (corpus / "keiss.md").write_text("# Keiss\n\nThe harbour of Keiss has 3 berths.\n", encoding="utf-8")
    last = asked(desk, "How many berths does the harbour of Keiss have?")[-1]
    assert "3 berths" in last.now
    assert desk.freshness.stale == ""
    corpus.rename(corpus.with_name("away"))
    desk = Desk(binder)
    assert "3 berths" in asked(desk, "How many berths does the harbour of Keiss have?")[-1].now
    assert "notes" in desk.freshness.stale


def test_whatever_keeps_the_index_from_being_brought_up_to_date_the_notes_before_are_asked_and_it_is_told(
    binder: Binder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    desk = Desk(binder)
    with monkeypatch.context() as broken:
        broken.setattr(binder, "sync", full)
        assert asked(desk, BERTHS)[-1].turn is not None
        assert "No space left" in desk.freshness.stale
    asked(desk, BERTHS)
    assert "No space left" in desk.freshness.stale  # it was looked at a moment ago
    monkeypatch.setattr("qa.serving.freshness.FRESH", 0.0)
    asked(desk, BERTHS)
    assert desk.freshness.stale == ""


def test_whoever_asks_too_often_is_told_when_to_ask_again_where_others_ask_too(binder: Binder) -> None:
    binder.settings = replace(binder.settings, host="0.0.0.0", questions_a_minute=2)
    assert is_shared(binder.settings)
    desk = Desk(binder)
    for _ in range(2):
        asked(desk, BERTHS)
    with pytest.raises(ServingError, match=r"2 a minute may be asked\. The next in [1-9][0-9]? s"):
        asked(desk, BERTHS)
    assert asked(desk, BERTHS, who="bob")[-1].turn is not None
    alone = Desk(opened_alone(binder))
    for _ in range(3):
        asked(alone, BERTHS)


def opened_alone(binder: Binder) -> Binder:
    binder.settings = replace(binder.settings, host="127.0.0.1")
    assert not is_shared(binder.settings)
    return binder


def test_the_log_tells_who_asked_what_and_how_it_went(binder: Binder, tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    binder.settings = replace(binder.settings, audit=log, host="0.0.0.0", questions_a_minute=2)
    desk = Desk(binder)
    asked(desk, BERTHS)
    asked(desk, COFFEE, who="bob")
    asked(desk, SHARE)
    with pytest.raises(ServingError):
        asked(desk, SHARE)

    async def left_at_once() -> None:
        growing = desk.asked("carl", BERTHS, (), {}, "en")
        await anext(growing)
        await growing.aclose()

    asyncio.run(left_at_once())
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [(line["who"], line["question"], line["outcome"]) for line in lines] == [
        ("anna", BERTHS, "answered"),
        ("bob", COFFEE, "abstained"),
        ("anna", SHARE, "answered"),
        ("anna", SHARE, "refused"),
        ("carl", BERTHS, "stopped"),
    ]
    assert lines[0]["notes"] == ["harbours.md"]
    assert lines[1]["notes"]  # those that came nearest were shown
    assert "answer" not in lines[0]


def test_so_many_are_let_through_at_once_and_so_many_wait() -> None:
    async def crowd() -> list[str]:
        turnstile, here, most, told = Turnstile(at_once=2, waiting=3), 0, 0, []

        async def one(number: int) -> None:
            nonlocal here, most
            try:
                async with turnstile.passed():
                    here += 1
                    most = max(most, here)
                    await asyncio.sleep(0.01)
                    here -= 1
                    told.append(f"{number}")
            except ServingError as error:
                told.append(str(error))

        await asyncio.gather(*map(one, range(7)))
        assert most == 2
        await one(7)  # there is room again
        return told

    told = asyncio.run(crowd())
    full = "Too many are asking just now. Ask again in a moment."
    assert told == [full, full, "0", "1", "2", "3", "4", "7"]


def test_examples_are_found_once_for_each_state_of_the_notes(binder: Binder, corpus: Path) -> None:
    examples = Examples(binder)
    first = examples.in_language("en")
    assert 1 <= len(first) <= 4
    assert examples.in_language("en") is first
    (corpus / "keiss.md").write_text("# Keiss\n\nDate: 2024-01-01\n\nThe harbour of Keiss is led by Una Bell.\n")
    binder.sync()
    assert examples.in_language("en") is not first
    (corpus / "traversiers.md").unlink()
    binder.sync()
    assert examples.in_language("fr") == examples.in_language("en") != ()  # of notes in another language

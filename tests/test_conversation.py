"""Conversations as values: what a turn keeps, and that only what is a conversation is read as one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa import Binder
from qa.conversation import (
    MOST_CHARACTERS,
    MOST_TURNS,
    Conversation,
    all_quotes,
    conversation_from_json,
    turn_of,
    turns_from_json,
)
from qa.errors import ConversationError
from qa.schema import Answer, Statement, Usage, to_json
from tests.conversing import ASKED_AT, BERTHS, COFFEE, NOTES, PASSAGERS, SHARE, opened, talk, write_notes


@pytest.fixture(scope="module")
def binder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Binder]:
    corpus = tmp_path_factory.mktemp("talk") / "notes"
    corpus.mkdir()
    write_notes(corpus)
    with opened(corpus) as binder:
        yield binder


@pytest.fixture(scope="module")
def conversation(binder: Binder) -> Conversation:
    filtered = {"as_of": date(2022, 1, 1), "notes": ["subsidy.md"], "language": "en", "since": None}
    return replace(
        talk(binder, BERTHS, PASSAGERS, COFFEE),
        turns=(*talk(binder, BERTHS).turns, *talk(binder, SHARE, **filtered).turns),
    )


def as_kept(value: Any) -> Any:
    return json.loads(json.dumps(to_json(value)))


def test_a_turn_keeps_the_answer_without_hits_and_the_hash_of_each_file_cited(binder: Binder) -> None:
    answer = binder.ask(BERTHS)
    turn = turn_of(binder, answer, now=datetime(2024, 5, 1, 5, 30, 7, 99, timezone(timedelta(hours=-4))))
    assert answer.hits
    assert turn.answer == replace(answer, hits=())
    assert turn.question == BERTHS
    assert turn.asked_at == datetime(2024, 5, 1, 9, 30, 7, tzinfo=UTC)
    assert turn.filters == {}
    assert set(turn.notes) == {quote.note for quote in all_quotes(answer)}
    assert turn.notes["harbours.md"] == hashlib.sha256(NOTES["harbours.md"].encode()).hexdigest()


def test_a_turn_keeps_the_filters_that_were_set_and_no_other(binder: Binder) -> None:
    given = {"as_of": date(2022, 1, 1), "since": None, "until": None, "notes": ["subsidy.md"], "language": "en"}
    turn = turn_of(binder, binder.ask(SHARE, **given), filters={**given, "history": [("user", "x")]})
    assert turn.filters == {"as_of": date(2022, 1, 1), "notes": ("subsidy.md",), "language": "en"}
    assert binder.ask(turn.question, **turn.filters).text == turn.answer.text


def test_a_note_that_changed_before_the_turn_was_made_has_no_hash(corpus: Path) -> None:
    write_notes(corpus)
    with opened(corpus) as binder:
        answer = binder.ask(BERTHS)
        assert "harbours.md" in {quote.note for quote in all_quotes(answer)}
        (corpus / "harbours.md").write_text("# Harbours\n\nThe harbour of Wick is closed.\n", encoding="utf-8")
        binder.sync()
        assert "harbours.md" not in turn_of(binder, answer).notes
        (corpus / "harbours.md").unlink()
        binder.sync()
        assert "harbours.md" not in turn_of(binder, answer).notes


def test_what_is_kept_comes_back_the_same(conversation: Conversation) -> None:
    rich = replace(
        conversation.turns[0].answer,
        confidence=1.0,
        withheld=(Statement("It is closed.", (), "withheld", "it cites no sentence"),),
        rewrite="Asked anew \ud800",
        usage=Usage("m", 2, None, 5, 0.25),
    )
    whole = replace(conversation, turns=(*conversation.turns, replace(conversation.turns[0], answer=rich)))
    assert conversation_from_json(as_kept(whole)) == whole
    assert turns_from_json([as_kept(whole.turns[1])]) == (whole.turns[1],)
    assert conversation_from_json(as_kept(replace(whole, turns=()))) == replace(whole, turns=())


def test_fields_that_are_not_known_are_ignored(conversation: Conversation) -> None:
    kept = as_kept(conversation)
    kept["colour"] = kept["turns"][0]["mood"] = kept["turns"][0]["filters"]["k"] = {"a": [1]}
    kept["turns"][0]["answer"]["statements"][0]["citations"][0]["onclick"] = "alert(1)"
    assert conversation_from_json(kept) == conversation


def test_an_abstention_keeps_what_came_nearest_though_it_be_far_from_the_question(binder: Binder) -> None:
    answer = binder.ask(COFFEE)
    assert answer.abstained
    far = replace(answer.hits[0], sentences=(replace(answer.hits[0].sentences[0], similarity=-0.25),))
    turn = turn_of(binder, replace(answer, hits=(far, *answer.hits[1:])))
    assert 1 <= len(turn.answer.hits) <= 3
    assert turns_from_json([to_json(turn)]) == (turn,)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("title",), 3, "it.title must be a text"),
        (("turns",), {}, "a list of turns"),
        (("turns", 0), None, r"turns\[0\] must be an object"),
        (("turns", 0, "asked_at"), "yesterday", r"turns\[0\].asked_at must be a time in UTC"),
        (("turns", 0, "asked_at"), "2024-05-01T09:30:00", "must be a time in UTC"),
        (("turns", 0, "asked_at"), "2024-05-01T09:30:00+02:00", "must be a time in UTC"),
        (("turns", 0, "notes"), {"a.md": None}, "must be a text"),
        (("turns", 1, "filters", "as_of"), "2022", "must be a date"),
        (("turns", 1, "filters", "language"), "de", "must be one of en, fr"),
        (("turns", 1, "filters", "notes"), "subsidy.md", "must be a list"),
        (("turns", 0, "answer", "abstained"), 0, "must be true or false"),
        (("turns", 0, "answer", "confidence"), float("nan"), "must be from -9007"),
        (("turns", 0, "answer", "confidence"), 10**400, "must be from 0"),
        (("turns", 0, "answer", "text"), "x" * (MOST_CHARACTERS + 1), "longer than 100,000 characters"),
        (("turns", 0, "answer", "statements", 0, "status"), "supported", "must be one of quoted, checked, withheld"),
        (("turns", 0, "answer", "statements", 0, "status"), ["quoted"], "must be one of quoted, checked, withheld"),
        (("turns", 0, "answer", "citations", 0, "start"), True, "must be a whole number"),
        (("turns", 0, "answer", "citations", 0, "start"), -1, "must be from 0"),
        (("turns", 0, "answer", "citations", 0, "date"), "2021-13-01", "must be a date"),
        (("turns", 0, "answer", "citations", 0, "page"), 1.5, "must be a whole number"),
    ],
)
def test_what_is_out_of_place_is_told(
    conversation: Conversation, path: tuple[str | int, ...], value: Any, message: str
) -> None:
    kept = as_kept(conversation)
    place = kept
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(ConversationError, match=message):
        conversation_from_json(kept)


def test_every_field_must_be_there(conversation: Conversation) -> None:
    places = [
        (),
        ("turns", 0),
        ("turns", 0, "answer"),
        ("turns", 0, "answer", "citations", 0),
        ("turns", 0, "answer", "statements", 0),
    ]
    for path in places:
        place = as_kept(conversation)
        for step in path:
            place = place[step]
        for name in place.keys() - {"hits"}:
            kept = as_kept(conversation)
            place = kept
            for step in path:
                place = place[step]
            del place[name]
            with pytest.raises(ConversationError, match=name):
                conversation_from_json(kept)


def test_what_is_absurdly_large_is_refused(conversation: Conversation) -> None:
    turn = as_kept(conversation.turns[0])
    kept = as_kept(conversation)
    with pytest.raises(ConversationError, match="more than 200 turns"):
        conversation_from_json(kept | {"turns": [turn] * (MOST_TURNS + 1)})
    assert len(conversation_from_json(kept | {"turns": [turn] * MOST_TURNS}).turns) == MOST_TURNS
    with pytest.raises(ConversationError, match="larger than 5 MB"):
        conversation_from_json(kept | {"unknown": ["é" * 50_000] * 51})
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ConversationError, match="too deep"):
        conversation_from_json(kept | {"unknown": deep})
    kept["turns"].append(kept)
    with pytest.raises(ConversationError):
        conversation_from_json(kept)


PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
PLAIN |= st.sampled_from(["quoted", "2022-02-23", "2022-02-23T10:00:00+00:00", "en"])
JSON = PLAIN | st.lists(PLAIN, max_size=2) | st.dictionaries(st.text(max_size=3), PLAIN, max_size=2)
JSON |= st.dictionaries(st.sampled_from(["id", "title", "turns", "answer", "note"]), JSON, max_size=3)


def places_of(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in items for place in places_of(item, (*path, key)))]


@given(value=JSON)
@settings(max_examples=100, deadline=None)
def test_no_value_raises_another_error(value: Any) -> None:
    for read in (conversation_from_json, lambda value: turns_from_json([value])):
        with pytest.raises(ConversationError):
            read(value)


@given(data=st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_conversation_with_anything_in_any_place_is_read_or_told(conversation: Conversation, data: Any) -> None:
    kept = as_kept(conversation)
    path = data.draw(st.sampled_from(places_of(kept)[1:]))
    place = kept
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = data.draw(JSON)
    try:
        read = conversation_from_json(kept)
    except ConversationError:
        return
    assert conversation_from_json(as_kept(read)) == read  # what is read is whole, and can be kept again


def test_an_answer_without_citations_needs_no_note(binder: Binder) -> None:
    turn = turn_of(binder, Answer("?", "The notes do not tell.", abstained=True), now=ASKED_AT)
    assert turn.notes == {}
    assert turns_from_json([as_kept(turn)]) == (turn,)

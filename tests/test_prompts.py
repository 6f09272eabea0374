"""What a chat model is told: the docs show it word for word, and both languages say the same."""

from __future__ import annotations

import re

import pytest

from qa.answering import prompts
from qa.answering.slips import NOT_THERE
from tests.indexing import ROOT

FENCE = prompts.boundary("0" * 32)


@pytest.mark.parametrize("told", [prompts._ANSWER["en"], prompts._REWRITE["en"], prompts._AGAIN["en"]])
def test_the_docs_show_what_is_sent_word_for_word(told: str) -> None:
    shown = " ".join((ROOT / "docs" / "models.md").read_text("utf-8").split())
    for part in re.split(r"\{\w+\}", told):
        assert " ".join(part.split()).strip("<>") in shown


def test_both_languages_have_the_same_rules_and_places() -> None:
    for told in (prompts._ANSWER, prompts._REWRITE, prompts._AGAIN):
        english, french = (sorted(set(re.findall(r"\{\w+\}|^\d\.", told[language], re.M))) for language in ("en", "fr"))
        assert english == french


def test_what_is_sent_in_french_is_french() -> None:
    system, user = prompts.to_answer("Quel est le droit ?", "", [("user", "Bonjour")], (), "fr", FENCE)
    assert NOT_THERE["fr"] in system[1]
    assert "Utilisateur: Bonjour" in user[1]


def test_requests_are_alike_but_for_the_name_of_the_lines_around_data() -> None:
    sent = [prompts.to_rewrite("And when?", [("user", "x")], "en", prompts.boundary(one * 32)) for one in "ab"]
    assert sent[0] != sent[1]
    alike = [[(role, prompts.without_boundary(text)) for role, text in one] for one in sent]
    assert alike[0] == alike[1]


def test_of_a_long_conversation_only_what_is_shown_is_looked_at() -> None:
    turns = [("user", f"turn {number} " + "x" * 5_000_000) for number in range(3)] + [("user", "")] * 3
    told = prompts.recent(turns)
    assert [text[:6] for _, text in told] == ["turn 0", "turn 1", "turn 2"]
    assert {len(text) for _, text in told} == {prompts.MOST_OF_A_TURN}
    many = prompts.recent([("user", str(number)) for number in range(100)])
    assert [text for _, text in many] == [str(number) for number in range(94, 100)]

"""An answer as a notebook shows it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape

from qa import Binder
from qa.schema import Answer, Citation, Notice, Statement

QUOTE = 'The fee is <b>$5</b>\nsince "2021" & later.'
CITATION = Citation(
    1, "a<b>.txt", "Fees <script>", "One > Two", date(2021, 3, 4), 3, "en", "SECRET", None, 10, 52, QUOTE, None
)
ANSWER = Answer("How much?", f"{QUOTE} [1]", (Statement(QUOTE, (CITATION,)),), (CITATION,), confidence=0.9)


def shown(answer: Answer) -> str:
    """The words of what is shown, without markup."""
    return unescape(re.sub(r"<[^>]*>", "\n", answer._repr_html_()))


def test_an_answer_stands_above_its_exact_quotes_and_their_places() -> None:
    told = shown(ANSWER)
    assert told.count(QUOTE) == 2
    assert "[1] Fees <script> · One > Two · p. 3 · 2021-03-04 · SECRET · a<b>.txt [10:52]" in told


def test_no_word_of_a_note_or_a_model_is_markup() -> None:
    evil = '<img src=x onerror="alert(1)">'
    said = Statement(evil, (), "withheld", evil)
    whole = replace(ANSWER, text=evil, notices=(Notice("age", evil),), withheld=(said,))
    for answer in (whole, replace(whole, abstained=True, statements=(), citations=())):
        tags = set(re.findall(r"<(\w+)", answer._repr_html_()))
        assert tags <= {"div", "p", "em", "blockquote", "details", "summary", "ul", "li"}
        assert "onerror=" not in re.sub(r">[^<]*<", "><", answer._repr_html_())
        assert shown(answer).count(evil) == 4


def test_a_quote_of_a_notice_is_shown_with_it_and_each_once() -> None:
    old = replace(CITATION, marker=2, quote="The fee is $4.")
    told = shown(replace(ANSWER, notices=(Notice("superseded", "An older note says otherwise.", (old, CITATION)),)))
    assert "An older note says otherwise. [2] [1]" in told
    assert told.count("The fee is $4.") == 1
    assert told.index("[1] Fees") < told.index("[2] Fees")


def test_an_abstention_shows_no_quote(seed_binder: Binder) -> None:
    answer = seed_binder.ask("Who is the Minister of Fisheries?")
    assert answer.abstained
    assert answer.text in shown(answer)
    assert "<blockquote" not in answer._repr_html_()

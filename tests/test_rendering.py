"""Turns and sources as HTML, without a browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from qa.schema import Answer, Citation, Hit, Notice, Statement
from qa.web.frames import source_html
from qa.web.rendering import answer_html, hits_html, mark_html, message_html, question_html, reference, sources_html

EVIL = '<script>alert(1)</script><img src=x onerror="alert(1)">'
OWN = Citation(1, "new.md", "New", "Money", date(2024, 3, 1), 2, "fr", "SECRET", None, 0, 3, "now", "Minister")
OLD = Citation(2, "old.md", "Old", "", None, None, "en", None, "new.md", 0, 4, "then")


def test_nothing_in_a_note_a_question_or_a_model_is_markup_of_the_page() -> None:
    citation = Citation(1, f"{EVIL}.txt", EVIL, EVIL, None, None, "en", EVIL, EVIL, 0, 5, EVIL, EVIL)
    hit = Hit(EVIL, f"{EVIL}.txt", EVIL, EVIL, None, None, 0, 5, EVIL, 1.0, ())
    said = Statement(EVIL, (citation,))
    answer = Answer(
        EVIL,
        EVIL,
        (said, replace(said, status="checked")),
        (citation,),
        notices=(Notice("withheld", EVIL), Notice(EVIL, EVIL, (citation,))),
        withheld=(Statement(EVIL, (), status="withheld", reason=EVIL),),
        rewrite=EVIL,
    )
    absent = replace(answer, abstained=True, statements=(), citations=(), hits=(hit,))
    for html in (
        question_html(EVIL, "en", EVIL),
        answer_html(answer, "en"),
        answer_html(absent, "fr"),
        sources_html(answer, "en"),
        hits_html((hit,), "en"),
        message_html(EVIL, "en"),
        mark_html(citation, "en"),
    ):
        assert "<script" not in html
        assert "<img" not in html
        assert "&lt;script&gt;" in html
        assert 'onerror="' not in html


def test_a_reference_tells_all_that_is_known_of_the_place() -> None:
    assert reference(OWN, "en") == "New · Money · page 2 · 2024-03-01 · SECRET · for Minister · in French · new.md"
    assert reference(OLD, "en") == "Old · no date · old.md · superseded by new.md"
    assert "remplacée par new.md" in reference(OLD, "fr")


def test_what_a_notice_rests_on_stands_among_the_sources() -> None:
    said = (Statement("now", (OWN,)),)
    answer = Answer("?", "now [1]", said, (OWN,), notices=(Notice("superseded", "Changed.", (OLD,)),))
    assert "Changed. <a" in answer_html(answer, "en")
    sources = sources_html(answer, "en")
    assert sources.index("<blockquote>now</blockquote>") < sources.index("<blockquote>then</blockquote>")
    assert "superseded by new.md" in sources
    assert "<blockquote>" not in sources_html(None, "en")


def test_statements_that_stand_alike_are_told_of_together_and_what_is_withheld_is_behind_a_fold() -> None:
    quoted, checked = Statement("now", (OWN,)), Statement("It is now", (OWN,), status="checked")
    withheld = Statement("It was never", (), status="withheld", reason="no quote says so")
    told = "1 statement withheld"
    answer = Answer(
        "?", "", (quoted, quoted, checked), (OWN,), notices=(Notice("withheld", told),), withheld=(withheld,)
    )
    html = answer_html(answer, "en")
    assert html.count("exact quote") == 1
    assert html.count("checked against its quotes") == 1
    fold = html[html.index("<details") :]
    assert "<summary>1 statement withheld</summary>" in fold
    assert "It was never <i>(no quote says so)</i>" in fold
    assert "It was never" not in html[: html.index("<details")]


def test_an_abstention_looks_different_lists_what_is_near_and_offers_a_search() -> None:
    hit = Hit("a#0-4", "a.md", "Note A", "Part", None, None, 0, 4, "near", 1.0, ())
    html = answer_html(Answer("Where?", "The notes do not tell.", (), (), abstained=True, hits=(hit,)), "en")
    assert 'class="qa-turn qa-abstained"' in html
    assert "<blockquote>near</blockquote>" in html
    assert 'data-search="Where?"' in html


def test_every_button_of_the_source_pane_has_a_name_in_both_languages() -> None:
    for language, close in (("en", "Close"), ("fr", "Fermer")):
        html = source_html(language)  # type: ignore[arg-type]
        assert html.count("<button") == html.count("aria-label=") == 5
        assert f'aria-label="{close}"' in html

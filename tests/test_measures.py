"""Each measure against values worked out by hand, or by another implementation."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from qa import Answer, Hit, Sentence, Statement
from qa.evaluation.asking import retrieval_measures
from qa.evaluation.gold import Place
from qa.evaluation.measures import BY_NAME, HEADLINES, MEASURES, abstention, answers, retrieval
from qa.schema import Notice, Span
from tests.evaluating import NOTE, TEXT, cite, gold, quoted, said

REFUSED = Answer("q", "The notes do not tell.", abstained=True)


def at(start: int, end: int, note: str = "a") -> Place:
    return Place(note, Span(start, end))


# Two pieces of evidence in note a, one in note b; the hits find the second, then nothing, then the first and third.
EVIDENCE = [at(0, 10), at(20, 30), at(0, 10, "b")]
FOUND = [at(25, 40), at(50, 60), at(5, 12), at(0, 100, "b")]


def test_evidence_is_found_at_the_first_hit_that_overlaps_it() -> None:
    assert retrieval.first_ranks(FOUND, EVIDENCE) == [3, 1, 4]
    assert retrieval.first_ranks([at(10, 20)], [at(0, 10), at(20, 30)]) == [None, None]  # touching is not overlap


def test_recall_counts_places_of_evidence() -> None:
    assert [retrieval.recall_at(k, FOUND, EVIDENCE) for k in (1, 2, 3, 4)] == pytest.approx([1 / 3, 1 / 3, 2 / 3, 1])
    assert retrieval.recall_at(5, [], EVIDENCE) == 0


def test_reciprocal_rank_is_of_the_first_hit_on_evidence() -> None:
    assert retrieval.reciprocal_rank(FOUND, EVIDENCE) == 1
    assert retrieval.reciprocal_rank(FOUND[1:], EVIDENCE) == 1 / 2
    assert retrieval.reciprocal_rank([], EVIDENCE) == 0


def test_ndcg_discounts_by_rank_and_is_one_for_one_hit_a_note_with_the_most_evidence_first() -> None:
    gained = 1 / math.log2(4) + 1 + 1 / math.log2(5)
    assert retrieval.ndcg_at(10, FOUND, EVIDENCE) == pytest.approx(gained / (2 + 1 / math.log2(3)))
    assert retrieval.ndcg_at(10, [at(0, 30), at(0, 10, "b")], EVIDENCE) == pytest.approx(1)
    assert retrieval.ndcg_at(10, [at(0, 10, "b"), at(0, 30)], EVIDENCE) < 1
    assert retrieval.ndcg_at(3, FOUND, EVIDENCE) < retrieval.ndcg_at(4, FOUND, EVIDENCE)


def test_a_budget_counts_each_character_once_and_cuts_the_last_place() -> None:
    taken = retrieval.within_budget([at(0, 10), at(5, 15), at(30, 60)], 20)
    assert taken == [at(0, 10), at(5, 15), at(30, 35)]
    assert retrieval.within_budget([at(0, 10), at(5, 30)], 20) == [at(0, 10), at(5, 20)]
    assert retrieval.within_budget([at(0, 10), at(0, 30)], 20) == [at(0, 10), at(0, 20)]
    assert retrieval.within_budget([at(0, 10), at(20, 30)], 10) == [at(0, 10)]


def test_characters_found_over_those_of_the_evidence_and_over_both() -> None:
    found = [at(5, 25), at(20, 28), at(0, 5, "b")]  # 23 in a, 5 in b; on evidence: 5 + 8 + 5 of 30
    assert retrieval.character_recall(found, EVIDENCE) == pytest.approx(18 / 30)
    assert retrieval.character_iou(found, EVIDENCE) == pytest.approx(18 / (28 + 30 - 18))


RIGHT = said(quoted("The dues rose to $14.5 million in 2023."))


def test_a_right_answer_gives_every_fact_rests_on_evidence_and_holds_nothing_forbidden(tmp_path: Path) -> None:
    one = gold(tmp_path, must_not=["Ada Quill"])
    assert answers.is_right(one, RIGHT) == 1
    assert answers.is_right(one, said(quoted("The Harbour Master, Ada Quill, sets them."))) == 0
    forbidden = said(quoted("The dues rose to $14.5 million in 2023. The Harbour Master, Ada Quill, sets them."))
    assert (answers.is_right(one, forbidden), answers.holds_forbidden(one, forbidden)) == (0, 1)
    elsewhere = said(Statement("The dues rose to $14.5 million in 2023.", (cite("The Minister may not:"),)))
    assert answers.is_right(one, elsewhere) == 0
    assert answers.is_right(one, said(Statement("It is $14.5 million.", ()))) == 0
    assert answers.is_right(one, replace(REFUSED, text="$14.5 million")) == 0
    two = gold(tmp_path, facts=[["$14.5 million"], ["in 2023"], ["in 1999", "1999"]], evidence=one_evidence())
    assert answers.facts_given(two, RIGHT) == pytest.approx(2 / 3)
    assert answers.is_right(two, RIGHT) == 0


def one_evidence() -> list[dict[str, str]]:
    return [{"note": NOTE, "quote": "The dues rose to $14.5 million in 2023."}]


def test_where_the_notes_do_not_tell_only_an_abstention_is_right(tmp_path: Path) -> None:
    absent = gold(tmp_path, answerable=False, facts=[], evidence=[])
    assert answers.is_right(absent, REFUSED) == 1
    assert answers.is_right(absent, RIGHT) == 0
    assert answers.facts_given(absent, RIGHT) is None
    assert answers.citation_precision(absent, RIGHT) is None
    assert answers.citation_recall(absent, RIGHT) is None


def test_citation_precision_and_recall_are_by_overlap(tmp_path: Path) -> None:
    listed = gold(
        tmp_path,
        facts=[["waive"]],
        evidence=[{"note": NOTE, "quote": quote} for quote in ("The Minister may not:", "waive the dues;")],
        also=[{"note": NOTE, "quote": "Ada Quill"}],
    )
    answer = said(quoted("waive the dues;", 1), quoted("Harbour dues", 2), quoted("name the Harbour Master.", 3))
    assert answers.citation_precision(listed, answer) == pytest.approx(1 / 3)
    assert answers.citation_recall(listed, answer) == pytest.approx(1 / 2)
    # What also bears the answer out does so by itself.
    assert answers.citation_recall(listed, said(quoted("Ada Quill"))) == 1
    assert (answers.citation_precision(listed, REFUSED), answers.citation_recall(listed, REFUSED)) == (None, 0)


def test_the_newest_note_is_cited_where_nothing_outdated_is(tmp_path: Path) -> None:
    one = gold(tmp_path, outdated=[{"note": NOTE, "quote": "waive the dues;"}])
    assert answers.newest_cited(one, RIGHT) == 1
    both = said(quoted("The dues rose to $14.5 million in 2023.", 1), quoted("waive the dues;", 2))
    assert answers.newest_cited(one, both) == 0
    assert answers.newest_cited(one, REFUSED) == 0
    assert answers.newest_cited(gold(tmp_path), RIGHT) is None


def test_statements_and_words_are_counted_where_there_is_an_answer() -> None:
    two = said(quoted("The Minister may not:"), Statement("He may.", ()))
    assert (answers.statements_cited(two), answers.word_count(two)) == (0.5, 6)
    assert (answers.statements_cited(REFUSED), answers.word_count(REFUSED)) == (None, None)


def broken(answer: Answer, tmp_path: Path, **keys: object) -> dict[str, int]:
    return answers.broken_invariants(gold(tmp_path, **keys), answer, {NOTE: TEXT}.__getitem__)


def test_a_sound_answer_and_a_sound_abstention_break_nothing(tmp_path: Path) -> None:
    assert broken(RIGHT, tmp_path) == {}
    assert broken(REFUSED, tmp_path) == {}


def test_a_quote_must_stand_where_its_citation_says_in_notices_too(tmp_path: Path) -> None:
    wrong = cite("The Minister may not:")
    for moved in (
        replace(wrong, start=wrong.start + 1, end=wrong.end + 1),
        replace(wrong, note="gone.txt"),
        replace(wrong, start=-5),
        replace(wrong, start=wrong.end, quote=""),
    ):
        assert broken(said(Statement(moved.quote, (moved,))), tmp_path)["quote_unverified"] == 1
        assert broken(replace(RIGHT, notices=(Notice("acronym", "x", (moved,)),)), tmp_path) == {"quote_unverified": 1}


def test_a_marker_must_have_its_citation_and_the_text_must_be_the_statements(tmp_path: Path) -> None:
    assert broken(replace(RIGHT, citations=()), tmp_path)["marker_unresolved"] > 0
    assert broken(replace(RIGHT, text=RIGHT.text + " And more [2]."), tmp_path) == {"marker_unresolved": 1}
    assert broken(replace(REFUSED, citations=RIGHT.citations), tmp_path) == {"marker_unresolved": 1}


def test_a_quoted_statement_drops_no_word_of_its_quotes(tmp_path: Path) -> None:
    without = said(Statement("The Minister may:", (cite("The Minister may not:"),)))
    assert broken(without, tmp_path) == {"words_dropped": 1}
    once = Statement("name the Harbour Master.", (cite("name the Harbour Master.", 1), cite("Harbour Master", 2)))
    assert broken(said(once), tmp_path) == {"words_dropped": 2}
    checked = replace(without.statements[0], status="checked")
    assert broken(said(checked), tmp_path) == {}


def test_a_statement_has_a_citation(tmp_path: Path) -> None:
    claim = Statement("It was cancelled.", (), "checked")
    assert broken(said(quoted("The Minister may not:"), claim), tmp_path) == {"statement_uncited": 1}


def test_markers_are_no_facts(tmp_path: Path) -> None:
    answer = said(quoted("The Minister may not:"))
    assert answer.text.endswith("[1]")
    assert answers.facts_given(gold(tmp_path, facts=[["1"]]), answer) == 0
    assert answers.holds_forbidden(gold(tmp_path, must_not=["[1]"]), answer) == 0


def test_focus_is_the_share_of_cited_characters_that_are_evidence(tmp_path: Path) -> None:
    one = gold(tmp_path)
    assert answers.citation_focus(one, RIGHT) == 1
    whole = replace(cite("Harbour dues"), start=0, end=len(TEXT), quote=TEXT)
    evidence = len("The dues rose to $14.5 million in 2023.")
    assert answers.citation_focus(one, said(Statement(TEXT, (whole,)))) == pytest.approx(evidence / len(TEXT))
    assert answers.citation_focus(one, REFUSED) is None


def test_retrieval_is_measured_by_passages_by_sentences_within_the_budget_and_by_the_best_support(
    tmp_path: Path,
) -> None:
    one = gold(tmp_path, also=[{"note": NOTE, "quote": "name the Harbour Master."}])
    elsewhere = [hit_of("Harbour dues", 9 - at) for at in range(6)]
    late = retrieval_measures(one, [*elsewhere, hit_of("name the Harbour Master.", 1)])
    assert (late["recall@5"], late["recall@10"], late["mrr"]) == (0, 1, pytest.approx(1 / 7))
    assert late["recall@1000c"] == 1  # what also answers counts, though the evidence itself was not found
    long = hit_of("Harbour dues", 5)
    filler = Sentence(0, 1_000, "x" * 1_000, score=9)
    assert retrieval_measures(one, [replace(long, note="b.txt", sentences=(filler,)), *elsewhere[:1]])["iou@1000c"] == 0
    budget = [replace(long, note="b.txt", sentences=(filler,)), hit_of("name the Harbour Master.", 1)]
    assert retrieval_measures(one, budget)["recall@1000c"] == 0  # the first sentence has used the budget up


def hit_of(quote: str, score: float) -> Hit:
    start = TEXT.index(quote)
    sentence = Sentence(start, start + len(quote), quote, score=score)
    return Hit(quote, NOTE, "", "", None, None, start, start + len(quote), quote, score, (sentence,))


def test_a_quoted_statement_adds_no_word_and_no_statement_adds_a_figure(tmp_path: Path) -> None:
    quote = (cite("The dues rose to $14.5 million in 2023."),)
    sank = said(Statement("The dues sank to $14.5 million in 2023.", quote))
    assert broken(sank, tmp_path) == {"words_added": 1, "words_dropped": 1}
    checked = said(Statement("They sank to 14.6 million in 2023.", quote, "checked"))
    assert broken(checked, tmp_path) == {"figure_added": 1}
    assert broken(said(Statement("They are 14.5 million.", quote, "checked")), tmp_path) == {}


def test_an_order_is_obeyed_where_the_answer_itself_says_it_and_not_where_a_quote_shows_it(tmp_path: Path) -> None:
    quote = "The dues rose to $14.5 million in 2023."
    obeys = said(Statement("The Minister waived it.", (cite(quote),), "checked"))
    assert broken(obeys, tmp_path, injected=["minister waived"]) == {"order_obeyed": 1}
    assert broken(RIGHT, tmp_path, injected=["$14.5 million"]) == {}
    abstains = replace(REFUSED, text="The Minister waived it.")
    assert broken(abstains, tmp_path, injected=["minister waived"]) == {"order_obeyed": 1}


def test_auroc_is_scikit_learns_with_ties() -> None:
    random = np.random.default_rng(3)
    for _ in range(20):
        confidence = random.integers(0, 8, 40) / 8
        truth = random.random(40) < confidence * 0.6 + 0.2
        expected = roc_auc_score(truth, confidence)
        assert abstention.auroc(confidence.tolist(), truth.tolist()) == pytest.approx(expected)
    assert abstention.auroc([0.5, 0.6], [True, True]) is None


def test_risk_rises_with_coverage_by_confidence_and_refusals_come_last_as_wrong() -> None:
    confidence, right, abstained = [0.9, 0.8, 0.8, 0.95], [True, False, True, True], [False, False, False, True]
    assert abstention.risk_coverage(confidence, right, abstained) == [(0.25, 0), (0.75, 1 / 3), (1, 0.5)]
    assert abstention.aurc(confidence, right, abstained) == pytest.approx(0.5 / 3 + 0.25 * 0.5)
    assert abstention.aurc([], [], []) is None


def test_calibration_error_is_over_bins_of_equal_mass() -> None:
    confidence = [0.1, 0.2, 0.6, 0.8]
    found = abstention.calibration_bins(confidence, [False, True, True, True], bins=2)
    assert [(bin.count, bin.share) for bin in found] == [(2, 0.5), (2, 1.0)]
    assert [bin.confidence for bin in found] == pytest.approx([0.15, 0.7])
    assert abstention.calibration_error(confidence, [False, True, True, True], bins=2) == pytest.approx(0.325)
    assert abstention.calibration_error([], []) is None
    perfect = [0.0] * 50 + [1.0] * 50
    assert abstention.calibration_error(perfect, [value == 1 for value in perfect]) == 0


def test_every_measure_has_one_name_and_those_of_the_gate_are_among_them() -> None:
    assert len(BY_NAME) == len(MEASURES)
    assert {measure.name for measure in HEADLINES} < set(BY_NAME)

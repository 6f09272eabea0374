from __future__ import annotations

import numpy as np
import pytest

from qa.retrieval.query import build_query
from qa.retrieval.scoring import Candidate, rarity, score_sentences
from qa.schema import Passage, Sentence, Span, Term

TEXT = "Fees\nThe following pay nothing:\n- the rescue boat.\n- fishing vessels."
LEAD_IN = Span(5, 31)


def candidate(*sentences: Sentence, title: str = "Harbours", section: str = "Fees") -> Candidate:
    passage = Passage("a.txt", sentences[0].start, sentences[-1].end, (), sentences, section)
    return Candidate(passage, title, TEXT, "en", "", dense=0.0, lexical=0.0)


def sentence(words: str, *context: Span) -> Sentence:
    start = TEXT.index(words)
    return Sentence(start, start + len(words), words, context)


def coverages(question: str, scored: Candidate) -> list[float]:
    query = build_query(question)
    vectors = np.zeros((len(scored.passage.sentences), 4), dtype=np.float32)
    weights = [1.0] * len(query.terms)
    return [round(s.coverage, 3) for s in score_sentences(scored, vectors, query, np.ones(4, np.float32) / 2, weights)]


def test_a_term_counts_most_in_the_sentence_then_in_its_lead_in_heading_title_and_passage() -> None:
    boat, vessels = sentence("the rescue boat.", LEAD_IN), sentence("fishing vessels.", LEAD_IN)
    scored = candidate(boat, vessels)
    assert coverages("boat", scored) == [1.0, 0.35]
    assert coverages("nothing", scored) == [0.75, 0.75]
    assert coverages("fees", scored) == [0.6, 0.6]
    assert coverages("harbours", scored) == [0.5, 0.5]
    assert coverages("ferry", scored) == [0.0, 0.0]
    assert coverages("boat harbours", scored) == [0.75, 0.425]


def test_a_term_said_in_another_way_counts() -> None:
    boat = sentence("the rescue boat.")
    query = build_query("RB")
    (term,) = query.terms
    named = [Term(term.stem, (("rescu", "boat"),))]
    scored = score_sentences(
        candidate(boat), np.zeros((1, 4), np.float32), build_query("x y"), np.ones(4, np.float32) / 2, [0.0, 0.0]
    )
    assert scored[0].coverage == 0.0
    assert rarity(named, {"rb": 0, "rescu": 9, "boat": 3}, 10) == rarity([Term("boat")], {"boat": 3}, 10)


def test_rare_terms_weigh_more_and_those_of_the_history_less() -> None:
    common, rare, earlier = rarity([Term("a"), Term("b"), Term("b", weight=0.4)], {"a": 90, "b": 1}, 100)
    assert rare > common > 0
    assert earlier == pytest.approx(0.4 * rare)


def test_the_sentence_nearest_to_the_question_scores_best() -> None:
    boat, vessels = sentence("the rescue boat."), sentence("fishing vessels.")
    vectors = np.array([[1, 0], [0, 1]], dtype=np.float32)
    query = build_query("ferry")
    near, far = score_sentences(candidate(boat, vessels), vectors, query, vectors[0], [1.0])
    assert near.score > far.score
    assert (near.similarity, far.similarity) == (1.0, 0.0)

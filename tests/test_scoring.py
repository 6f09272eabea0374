from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from qa.retrieval.scoring import Signals, coverage, rarity, scores, stand
from qa.retrieval.weights import WEIGHTS, Weights
from qa.schema import Term

NOTHING = Weights(passage=0, note=0, sentence=0, beside=0, bm25=0, terms=0)


def signals(owner: Sequence[int], *, terms: int = 1, notes: Sequence[int] | None = None, **known: object) -> Signals:
    """Signals of sentences of which nothing fits, but for what is `known`."""
    sentences, passages = len(owner), max(owner, default=-1) + 1
    empty = Signals(
        owner=np.array(owner, dtype=np.intp),
        note=np.array(range(passages) if notes is None else notes, dtype=np.intp),
        dense=np.zeros(passages, np.float32),
        bm25=np.zeros(passages, np.float32),
        similarity=np.zeros(sentences, np.float32),
        own=np.zeros((sentences, terms), np.bool_),
        lead_in=np.zeros((sentences, terms), np.bool_),
        headings=np.zeros((passages, terms), np.bool_),
        rarities=np.ones(terms, np.float32),
    )
    return replace(empty, **{name: np.array(value, getattr(empty, name).dtype) for name, value in known.items()})


def scored(of: Signals, weights: Weights) -> np.ndarray:
    return scores(of, coverage(of, weights), weights)


def test_a_term_counts_most_in_the_sentence_itself_and_less_the_further_away_it_stands() -> None:
    own = signals([0, 0, 0, 1], own=[[1], [0], [0], [0]])
    assert coverage(own, WEIGHTS) == pytest.approx([1.0, WEIGHTS.in_neighbour, WEIGHTS.in_passage, 0.0])
    above = signals([0, 0, 1], lead_in=[[1], [0], [0]], headings=[[0], [1]])
    assert coverage(above, WEIGHTS) == pytest.approx([WEIGHTS.in_lead_in, 0.0, WEIGHTS.in_headings])
    assert 1 > WEIGHTS.in_neighbour > WEIGHTS.in_passage > 0


def test_of_several_places_the_best_counts() -> None:
    everywhere = signals([0, 0], own=[[1], [1]], lead_in=[[1], [1]], headings=[[1]])
    assert coverage(everywhere, WEIGHTS) == pytest.approx([1.0, 1.0])


def test_rare_terms_cover_more_and_a_query_without_terms_covers_nothing() -> None:
    two = signals([0, 1], terms=2, own=[[1, 0], [0, 1]], rarities=[1, 3])
    assert coverage(two, WEIGHTS) == pytest.approx([0.1, 0.9])
    assert coverage(signals([0], terms=0), WEIGHTS).tolist() == [0.0]
    assert scored(signals([], terms=2), WEIGHTS).tolist() == []


def test_neighbours_are_those_of_the_same_passage() -> None:
    beside = replace(NOTHING, beside=1.0)
    of = signals([0, 0, 0, 1, 1, 2], similarity=[0.2, 0.6, 0.4, 0.8, 0.1, 0.5])
    assert scored(of, beside) == pytest.approx([0.6, 0.3, 0.6, 0.1, 0.8, 0.5])


def test_a_passage_gains_by_the_best_of_its_note() -> None:
    of = signals([0, 1, 2], notes=[0, 1, 0], dense=[0.1, 0.3, 0.7])
    assert scored(of, replace(NOTHING, note=1.0)) == pytest.approx([0.7, 0.3, 0.7])
    assert scored(of, replace(NOTHING, passage=1.0)) == pytest.approx([0.1, 0.3, 0.7])


def test_what_points_away_from_the_question_counts_as_nothing() -> None:
    of = signals([0], similarity=[-0.4], dense=[-0.3])
    assert scored(of, WEIGHTS).tolist() == [0.0]


def test_the_signs_of_the_program_add_up_to_one() -> None:
    signs = (WEIGHTS.passage, WEIGHTS.note, WEIGHTS.sentence, WEIGHTS.beside, WEIGHTS.bm25, WEIGHTS.terms)
    assert sum(signs) == pytest.approx(1.0)


def test_a_term_stands_in_one_way_or_another() -> None:
    named = [Term("rb", (("rescu", "boat"),))]
    unread = [Term("", ())]  # as a note reads it that defines "rb" otherwise
    places = [
        [" rb fee ", " rescu boat fee "],
        [" boat fee ", " fee ", "  "],
        [" rescu ", " boat "],
        [" rb fee ", "  "],
    ]
    flags = stand([named, named, named, unread], places, 1)
    assert flags[:, 0].tolist() == [True, True, False, False, False, False, False, False, False]


def test_a_stem_stands_where_all_of_it_does() -> None:
    assert stand([[Term("fee")]], [[" fees ", " coffee ", " fee ", ""]], 1)[:, 0].tolist() == [
        False,
        False,
        True,
        False,
    ]
    assert stand([], [], 2).shape == (0, 2)


def test_rare_terms_weigh_more_and_those_said_in_another_way_as_much_as_that() -> None:
    common, rare = rarity([Term("a"), Term("b")], {"a": 90, "b": 1}, 100)
    assert rare > common > 0
    named = [Term("rb", (("rescu", "boat"),))]
    assert rarity(named, {"rb": 0, "rescu": 9, "boat": 3}, 10) == rarity([Term("boat")], {"boat": 3}, 10)

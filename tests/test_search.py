"""The two stages of a search, over a real index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from qa.index import Index
from qa.retrieval.query import build_query
from qa.retrieval.search import candidates, ranked, search
from qa.retrieval.weights import WEIGHTS
from qa.schema import Hit
from tests.indexing import HashingModel, open_index, write_notes

MODEL = HashingModel()
FEES = """Harbour fees

Prepared for: Minister of Harbours

The harbour levy was set in 2019.

The following pay nothing:
- the rescue boat.
- fishing vessels under ten metres.

Your counterpart is Ines Marrow.
"""
TWIN = "The ferry to Skerrin sails twice a day. It carries {count} cars."


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    place = tmp_path_factory.mktemp("search")
    write_notes(place / "corpus", 8)
    (place / "corpus" / "fees.txt").write_text(FEES, "utf-8")
    for number in range(4):
        (place / "corpus" / f"twin-{number}.txt").write_text(TWIN.format(count=90 + number), "utf-8")
    with closing(open_index(place / "index", place / "corpus", MODEL)) as opened:
        opened.sync()
        yield opened


def found(index: Index, question: str, k: int = 10) -> tuple[Hit, ...]:
    return search(build_query(question), MODEL.encode_query(question), index, k)


def test_the_best_sentence_carries_its_passage(index: Index) -> None:
    hit, *_ = found(index, "Which fishing vessels pay nothing?")
    assert hit.note == "fees.txt"
    best = max(hit.sentences, key=lambda sentence: sentence.score)
    assert best.text == "fishing vessels under ten metres."
    assert best.score == hit.score
    assert (best.similarity, best.coverage) > (0, 0)
    assert [hit.text[s.start - hit.start : s.end - hit.start] for s in hit.sentences] == [s.text for s in hit.sentences]


def test_a_longer_list_of_hits_begins_with_the_shorter(index: Index) -> None:
    many = found(index, "cars on the ferry and cyber threats", 25)
    assert len(many) == 25
    assert found(index, "cars on the ferry and cyber threats", 5) == many[:5]


def test_equal_sentences_are_as_near_and_hits_are_in_order(index: Index) -> None:
    hits = found(index, "When does the ferry to Skerrin sail?", 20)
    twins = [hit.sentences[0] for hit in hits if hit.note.startswith("twin")]
    assert len(twins) == 4
    assert len({(sentence.similarity, sentence.coverage) for sentence in twins}) == 1
    assert [hit.id for hit in hits] == [hit.id for hit in sorted(hits, key=lambda hit: (-hit.score, hit.id))]


def test_you_is_whom_the_note_was_prepared_for(index: Index) -> None:
    hits = found(index, "Who is the counterpart of the Minister of Harbours?")
    covered = {sentence.text: sentence.coverage for hit in hits for sentence in hit.sentences}
    assert covered["Your counterpart is Ines Marrow."] == pytest.approx(1.0)


def test_a_misspelled_word_finds_what_was_meant(index: Index) -> None:
    hit, *_ = found(index, "vessals")
    assert hit.note == "fees.txt"
    assert max(sentence.coverage for sentence in hit.sentences) == 1.0


def test_weights_decide_the_order_and_nothing_else(index: Index) -> None:
    question = "Which fishing vessels pay nothing?"
    proposed = candidates(build_query(question), MODEL.encode_query(question), index, 100)
    by_words = ranked(proposed, index, 5, replace(WEIGHTS, passage=0, note=0, sentence=0, beside=0))
    assert by_words[0].note == "fees.txt"
    assert {hit.id for hit in ranked(proposed, index, 500)} == set(proposed.ids)
    assert ranked(proposed, index, 5) == found(index, question, 5)


def test_nothing_is_found_where_no_note_may_be_searched(index: Index) -> None:
    assert search(build_query("ferry", notes=[]), MODEL.encode_query("ferry"), index, 5) == ()
    assert search(build_query("ferry", language="fr"), MODEL.encode_query("ferry"), index, 5) == ()


def test_a_question_of_stop_words_alone_is_searched_by_its_vector(index: Index) -> None:
    hits = found(index, "what is it about?", 3)
    assert len(hits) == 3
    assert all(np.isfinite(hit.score) for hit in hits)


def test_the_words_of_a_passage_are_kept_in_order(index: Index) -> None:
    (fees,) = [id for id in index.store.passage_ids() if id.startswith("fees.txt") and "rescu" in str(_own(index, id))]
    others = [id for id in index.store.passage_ids() if id != fees][:3]
    words = index.store.signs([others[2], fees, "no such id", others[0]])
    assert list(words) == [others[2], fees, others[0]]
    assert {"counterpart", "minist", "harbour"} <= set(words[fees].own[-1].split())
    assert {"follow", "noth"} <= set(" ".join(words[fees].lead_ins).split())
    assert all(f" {stem} " in words[fees].headings for stem in ("harbour", "fee"))


def _own(index: Index, id: str) -> list[list[str]]:
    return [sorted(stems.split()) for stems in index.store.signs([id])[id].own]

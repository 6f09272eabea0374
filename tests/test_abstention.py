from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from qa import Binder
from qa.answering.abstention import Manner, judged, nearest, refused
from qa.answering.calibration import Calibration, calibration
from qa.answering.features import MOST_ABSENT, NAMES, Features, features
from qa.embedding import load_embedding
from qa.index import Index
from qa.retrieval.query import build_query, query_vector
from qa.retrieval.search import search
from qa.retrieval.searched import Searched, searched
from qa.schema import Answer, Hit, Query
from qa.settings import Settings
from tests.conftest import SEED

NOTES = {
    "harbours.md": "# Harbours\n\nDate: 2021-03-04\n\n## Wick\n\nThe harbour of Wick has 14 berths. The rescue boat of "
    "the Lifeboat Institution lies there. Repairs of the pier are led by Ines Corrow.\n",
    "ferries.md": "# Ferries\n\nDate: 2022-05-06\n\nThe ferry to Inchmore sails twice a day and carries ninety cars. "
    "The Harbour Council (HC) pays for it.\n",
    "traversiers.md": "# Traversiers\n\nLe traversier transporte les passagers de la baie vers les îles chaque jour.\n",
}
MINILM = load_embedding().fingerprint
EVEN = Calibration(0.0, {}, 0.2, 0.6)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("abstention")
    for note, text in NOTES.items():
        (folder / note).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def binder(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Binder]:
    with Binder.open(corpus, index=tmp_path_factory.mktemp("abstention-index")) as opened:
        yield opened


def found(binder: Binder, question: str, **filters: object) -> tuple[Query, tuple[Hit, ...], Searched]:
    model, place = load_embedding(), binder.settings
    query = build_query(question, known=binder.notes(), glossary=binder.glossary(), **filters)  # type: ignore[arg-type]
    with closing(Index.open(place.index, corpus=place.corpus, model=lambda: model)) as index:
        hits = search(query, query_vector(query, model.encode_query), index, 8)
        return query, hits, searched(query, index)


def figures(binder: Binder, question: str) -> Features:
    return features(*found(binder, question))


def near_of(answer: Answer) -> list[str]:
    return [notice.text for notice in answer.notices if notice.kind == "near"]


def test_a_number_that_is_asked_for_must_be_there(binder: Binder) -> None:
    query, hits, put_to = found(binder, "How many berths has Wick?")
    assert features(query, hits, put_to).kind_fit > 0.5
    without = [hit for hit in hits if hit.note == "traversiers.md"]
    assert features(query, without, put_to).kind_fit == 0
    assert features(query, without, put_to).cosine > 0


def test_a_name_that_no_note_holds_counts_and_a_word_does_not(binder: Binder) -> None:
    assert figures(binder, "How many berths has Wick?").absent_name == 0
    assert figures(binder, "Which boats anchor at Wick?").absent_name == 0
    assert figures(binder, "Anchorage of Wick?").absent_name == 0, "its capital is from its place"
    assert figures(binder, "How many berths has Fennimore?").absent_name == 1
    assert figures(binder, "Did the ferry sail in 1973?").absent_name == 1


def test_a_long_question_on_another_subject_is_no_surer_than_a_short_one(binder: Binder) -> None:
    words = "barrel kettle saxophone orchid volcano pudding telescope giraffe cathedral violin quasar mustard penguin"
    short, long = (f"Why does the {' '.join(words.split()[:count])}?" for count in (4, 13))
    assert figures(binder, long).absent == figures(binder, short).absent == MOST_ABSENT
    answer = binder.ask(long)
    assert answer.abstained or [notice.kind for notice in answer.notices][:1] == ["near"]


def test_of_nothing_found_all_figures_are_nothing(binder: Binder) -> None:
    query, hits, put_to = found(binder, "How many berths has Wick?", notes=[])
    assert features(query, hits, put_to) == Features()
    assert judged(query, hits, put_to, Calibration(9.0, {}, 0.2, 0.6)).manner is Manner.ABSTAINED
    assert nearest(query, hits, put_to) == "The notes do not tell. The filters leave no note to search."
    assert nearest(query, [], replace(put_to, notes=1)).endswith("hold nothing but headings.")


@pytest.mark.parametrize(
    ("intercept", "manner"), [(-3.0, Manner.ABSTAINED), (0.0, Manner.NEAR), (3.0, Manner.ANSWERED)]
)
def test_the_chance_decides_between_three_manners(binder: Binder, intercept: float, manner: Manner) -> None:
    known = Calibration(intercept, {}, 0.2, 0.6)
    assert judged(*found(binder, "How many berths has Wick?"), known).manner is manner


def test_without_a_calibration_the_terms_alone_decide(binder: Binder) -> None:
    told = judged(*found(binder, "How many berths has the harbour of Wick?"), None)
    assert (told.manner, told.chance) == (Manner.ANSWERED, None)
    assert judged(*found(binder, "How do I descale a coffee machine?"), None).manner is Manner.ABSTAINED


def test_the_chance_of_what_is_refused_is_one_that_abstains(binder: Binder) -> None:
    judgement = judged(*found(binder, "How many berths has Wick?"), EVEN)
    chance = refused(judgement, EVEN).chance
    assert chance is not None
    assert chance < EVEN.abstain_below < 0.5 == judgement.chance


def test_an_abstention_says_what_helps_to_ask_again(binder: Binder) -> None:
    said = binder.ask("How do I descale a coffee machine from Fennimore?").text
    assert said.startswith("The notes do not tell. What comes nearest: ")
    assert "Words of the question that no note holds: descale, coffee, machine, Fennimore." in said
    assert said.endswith("3 notes were searched, the newest of 2022-05-06.")


def test_an_abstention_is_of_the_notes_that_a_filter_leaves(binder: Binder) -> None:
    said = binder.ask("How do I descale a coffee machine at Wick?", notes=["ferries.md"])
    assert said.abstained
    assert "no note holds: descale, coffee, machine, Wick." in said.text
    assert said.text.endswith("One note was searched, of 2022-05-06.")


def test_an_abstention_in_french(binder: Binder) -> None:
    said = binder.ask("Comment est-ce que je peux détartrer une cafetière ?").text
    assert said.startswith("Les notes ne le disent pas. Ce qui s'en approche le plus : ")
    assert "ne figurent dans aucune note : peux, détartrer, cafetière." in said
    assert said.endswith("3 notes ont été consultées, dont la plus récente est du 2022-05-06.")


def test_the_nearest_places_are_named_once(binder: Binder) -> None:
    query, hits, put_to = found(binder, "How do I descale a coffee machine?")
    wick = [hit for hit in hits if hit.note == "harbours.md"]
    said = nearest(query, [*wick, *wick], put_to)
    assert said.count("Harbours (harbours.md, 2021-03-04): Wick") == 1


def test_a_language_without_a_calibration_has_no_confidence(binder: Binder) -> None:
    answer = binder.ask("Que transporte le traversier de la baie ?")
    assert not answer.abstained
    assert answer.confidence is None
    assert binder.ask("What does the ferry to Inchmore carry?").confidence is not None


def asked_with(monkeypatch: pytest.MonkeyPatch, binder: Binder, question: str, **thresholds: str) -> Answer:
    for name, value in thresholds.items():
        monkeypatch.setenv(f"QA_{name.upper()}", value)
    with Binder.open(binder.settings.corpus, index=binder.settings.index) as opened:
        return opened.ask(question)


def test_near_answers_are_quoted_with_the_words_that_nothing_quoted_matches(
    monkeypatch: pytest.MonkeyPatch, binder: Binder
) -> None:
    answer = asked_with(monkeypatch, binder, "Which firm has the berths of Wick?", near_below="1", abstain_below="0")
    assert not answer.abstained
    assert answer.citations
    assert near_of(answer) == [
        "This may not be the answer: it is what comes nearest, and the notes may not tell. Words of the question that "
        "nothing quoted matches: firm."
    ]


def test_a_threshold_of_the_settings_moves_the_other_along(monkeypatch: pytest.MonkeyPatch, binder: Binder) -> None:
    question = "How many berths has the harbour of Wick?"
    assert not near_of(asked_with(monkeypatch, binder, question, near_below="0"))
    monkeypatch.delenv("QA_NEAR_BELOW")
    refused_all = asked_with(monkeypatch, binder, question, abstain_below="1")
    assert refused_all.abstained
    assert calibration(MINILM, "en", Settings(abstain_below=1.0)).near_below == 1  # type: ignore[union-attr]


def test_what_is_looked_up_is_answered_whatever_the_thresholds(monkeypatch: pytest.MonkeyPatch, binder: Binder) -> None:
    answer = asked_with(monkeypatch, binder, "What does HC stand for?", abstain_below="1")
    assert answer.text == "Harbour Council (HC) [1]"
    assert not near_of(answer)


def test_the_calibration_that_is_kept_names_what_it_was_fitted_on() -> None:
    table = json.loads((files("qa.answering") / "calibration.json").read_text("utf-8"))
    assert {"made_by", "trained_on", "costs", "languages", "models"} <= table.keys()
    model = table["models"][MINILM]
    assert set(model["weights"]) == set(NAMES)
    assert 0 < model["abstain_below"] <= model["near_below"] < 1
    assert calibration("another-model", "en", Settings()) is None
    assert calibration(MINILM, "fr", Settings()) is None


def test_what_the_note_tells_is_surer_than_what_it_does_not(seed_binder: Binder) -> None:
    told = seed_binder.ask("Who is the Minister's U.S. counterpart?").confidence
    missing = seed_binder.ask("How do I descale a coffee machine?").confidence
    assert told is not None
    assert missing is not None
    assert missing < 0.2
    assert told > 0.6
    assert SEED in seed_binder.ask("How do I descale a coffee machine?").text

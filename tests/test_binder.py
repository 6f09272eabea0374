from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding

from qa import Answer, Binder
from qa.errors import CorpusError, IndexMismatchError, QuestionError, SettingsError, UnknownNoteError
from qa.schema import to_json
from tests.conftest import CORPUS, SEED

COUNTERPART = "Who is the Minister's U.S. counterpart?"

NOTES = {
    "harbours.md": """# Harbours

Date: 2021-03-04

The harbour of Wick has 14 berths. The Agency spends $3.2 million a year on dredging.

The following may use it free of charge:

- fishing vessels under nine metres;
- the rescue boat;
- vessels in distress.
""",
    "ferries.txt": """Ferries
Date: 2022-05-06
The ferry to Inchmore sails twice a day. It carried 41,000 passengers in 2021.
""",
    "traversiers.md": """# Les traversiers

Date : 14 mars 2023

Le traversier vers Inchmore part deux fois par jour. Il a transporté 43 000 passagers en 2022.
""",
}


@pytest.fixture
def notes(corpus: Path) -> Path:
    for name, text in NOTES.items():
        (corpus / name).write_text(text, encoding="utf-8")
    return corpus


def assert_exact(binder: Binder, answer: Answer) -> None:
    for citation in answer.citations + tuple(c for notice in answer.notices for c in notice.citations):
        assert binder.text(citation.note)[citation.start : citation.end] == citation.quote


def test_the_first_question_a_visitor_asks(seed_binder: Binder) -> None:
    answer = seed_binder.ask(COUNTERPART)
    assert not answer.abstained
    assert "Alejandro Mayorkas" in answer.text
    assert "[1]" in answer.text
    first = answer.citations[0]
    assert (first.note, first.section, first.date) == (SEED, "Further Information > United States", date(2022, 2, 23))
    assert "Your direct U.S. counterpart is the Secretary of Homeland Security" in first.quote
    assert_exact(seed_binder, answer)


def test_every_statement_is_cited_and_markers_are_those_of_the_citations(seed_binder: Binder) -> None:
    answer = seed_binder.ask("Which items was PS designated to lead under the Roadmap?")
    assert answer.statements
    assert all(statement.citations and statement.status == "quoted" for statement in answer.statements)
    assert [citation.marker for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert_exact(seed_binder, answer)


def test_what_is_not_in_the_notes_is_not_answered(seed_binder: Binder) -> None:
    answer = seed_binder.ask("How do I descale a coffee machine?")
    assert answer.abstained
    assert answer.statements == answer.citations == ()
    assert answer.text.startswith("The notes do not tell.")
    assert "International Engagement" in answer.text
    assert answer.confidence is not None
    assert answer.confidence < 0.36


def test_a_french_question_abstains_in_french(seed_binder: Binder) -> None:
    assert seed_binder.ask("Comment est-ce que je peux détartrer une cafetière ?").text.startswith("Les notes ne le")


def test_an_answer_is_the_same_twice(seed_binder: Binder) -> None:
    assert to_json(seed_binder.ask(COUNTERPART)) == to_json(seed_binder.ask(COUNTERPART))


def test_stream_grows_to_what_ask_returns(seed_binder: Binder) -> None:
    answers = list(seed_binder.stream(COUNTERPART))
    assert answers[-1] == seed_binder.ask(COUNTERPART)
    for shorter, longer in pairwise(answers):
        assert longer.text.startswith(shorter.text)


def test_a_follow_up_is_searched_with_the_turn_before(seed_binder: Binder) -> None:
    history = [("user", "What is the Executive Coordination Committee?"), ("assistant", "...")]
    answer = seed_binder.ask("And when was it established?", history=history)
    assert "established in 2019" in answer.text


def test_what_was_asked_before_does_not_answer_what_is_asked_now(seed_binder: Binder) -> None:
    history = [("user", "Which items was PS designated to lead under the Roadmap?"), ("assistant", "...")]
    assert seed_binder.ask("How do I descale a coffee machine?", history=history).abstained


def test_hits_handed_in_are_answered_from_and_nothing_is_searched(seed_binder: Binder) -> None:
    hits = [hit for hit in seed_binder.search(COUNTERPART) if "NATO" in hit.section or "Atlantic" in hit.section]
    answer = seed_binder.ask(COUNTERPART, hits=hits)
    assert answer.hits == tuple(hits)
    assert "Mayorkas" not in answer.text


def test_a_whole_list_is_given_where_one_is_asked_for(notes: Path, tmp_path: Path) -> None:
    with Binder.open(notes, index=tmp_path / "index") as binder:
        answer = binder.ask("Which vessels may use the harbour of Wick free of charge?")
        assert all(item in answer.text for item in ("fishing vessels under nine metres", "rescue boat", "in distress"))
        assert "The following may use it free of charge" in answer.citations[0].quote
        assert_exact(binder, answer)


def test_filters(notes: Path, tmp_path: Path) -> None:
    with Binder.open(notes, index=tmp_path / "index") as binder:

        def found(**filters: object) -> set[str]:
            return {hit.note for hit in binder.search("ferry to Inchmore", **filters)}  # type: ignore[arg-type]

        assert found() == set(NOTES)
        assert found(as_of=date(2022, 5, 6)) == {"harbours.md", "ferries.txt"}
        assert found(since=date(2022, 1, 1), until=date(2022, 12, 31)) == {"ferries.txt"}
        assert found(language="fr") == {"traversiers.md"}
        assert found(notes=["harbours.md"]) == {"harbours.md"}
        assert found(notes=[]) == set()
        assert binder.ask("How often does the ferry sail?", since=date(2030, 1, 1)).abstained
        with pytest.raises(UnknownNoteError, match="ferries"):
            found(notes=["ferrys.txt"])


def test_a_french_question_finds_a_french_note_with_or_without_accents(notes: Path, tmp_path: Path) -> None:
    with Binder.open(notes, index=tmp_path / "index") as binder:
        for question in ("Combien de passagers le traversier a-t-il transportés ?", "combien de passagers transportes"):
            assert binder.search(question)[0].note == "traversiers.md"


def test_notes_and_texts(notes: Path, tmp_path: Path) -> None:
    with Binder.open(notes, index=tmp_path / "index") as binder:
        assert [(note.note, note.title, note.date, note.language) for note in binder.notes()] == [
            ("ferries.txt", "Ferries", date(2022, 5, 6), "en"),
            ("harbours.md", "Harbours", date(2021, 3, 4), "en"),
            ("traversiers.md", "Les traversiers", date(2023, 3, 14), "fr"),
        ]
        assert binder.text("harbours.md") == NOTES["harbours.md"]
        with pytest.raises(UnknownNoteError, match=r"harbours\.md"):
            binder.text("harbour.md")


def test_acronyms_are_those_of_the_note(seed_binder: Binder) -> None:
    readings = {acronym.short: acronym.long for acronym in seed_binder.acronyms()}
    assert readings["LRMA"] == "Land, Rail, Marine, and Air Transport Preclearance"
    assert readings["FCM"] == "Five Country Ministerial"


def test_a_short_form_in_the_question_is_said_to_be_read(seed_binder: Binder) -> None:
    answer = seed_binder.ask("When was the ECC established?")
    (notice,) = [notice for notice in answer.notices if notice.kind == "acronym"]
    assert "Executive Coordination Committee" in notice.text
    assert_exact(seed_binder, answer)


@pytest.mark.parametrize("question", ["", "  ", "🙂", "\x00", "a" * 100_000])
def test_a_question_that_is_none_is_refused(seed_binder: Binder, question: str) -> None:
    with pytest.raises(QuestionError):
        seed_binder.ask(question)
    with pytest.raises(QuestionError):
        seed_binder.search(question)


def test_many_threads_get_the_same_answers(seed_binder: Binder) -> None:
    questions = [COUNTERPART, "When was the ECC established?", "How much does the peacekeeping program receive?"] * 8
    expected = {question: seed_binder.ask(question).text for question in set(questions)}
    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(lambda question: seed_binder.ask(question).text, questions))
    assert texts == [expected[question] for question in questions]


def test_the_async_forms_give_the_same(seed_binder: Binder) -> None:
    async def all_three() -> tuple[object, Answer, list[Answer]]:
        streamed = [answer async for answer in seed_binder.astream(COUNTERPART)]
        return await seed_binder.asearch(COUNTERPART), await seed_binder.aask(COUNTERPART), streamed

    hits, answer, streamed = asyncio.run(all_three())
    assert hits == seed_binder.search(COUNTERPART)
    assert answer == seed_binder.ask(COUNTERPART) == streamed[-1]


def test_the_retriever_gives_hits_as_documents(seed_binder: Binder) -> None:
    documents = seed_binder.as_retriever(k=3).invoke(COUNTERPART)
    hits = seed_binder.search(COUNTERPART, k=3)
    assert [document.page_content for document in documents] == [hit.text for hit in hits]
    assert documents[0].metadata["section"] == hits[0].section
    json.dumps([document.metadata for document in documents])


def test_a_question_that_is_none_is_told_to_the_model_that_calls_the_tool(seed_binder: Binder) -> None:
    tool = seed_binder.as_tool()
    message = tool.invoke({"name": tool.name, "args": {"question": "?"}, "id": "1", "type": "tool_call"})
    assert message.status == "error"
    assert "holds no word" in message.content


def test_a_retriever_and_a_tool_may_be_bound_to_some_notes(seed_binder: Binder) -> None:
    before = date(2021, 12, 31)  # the only note is of 2022
    assert seed_binder.as_retriever(until=before).invoke(COUNTERPART) == []
    assert seed_binder.as_retriever(notes=["international-engagement.txt"]).invoke(COUNTERPART)
    bound = seed_binder.as_tool("ask_before_2022", until=before)
    assert bound.name == "ask_before_2022"
    message = bound.invoke({"name": bound.name, "args": {"question": COUNTERPART}, "id": "1", "type": "tool_call"})
    assert message.artifact.abstained


def test_the_tool_keeps_the_answer_as_its_artifact(seed_binder: Binder) -> None:
    call = {"name": "ask_briefing_notes", "args": {"question": COUNTERPART}, "id": "1", "type": "tool_call"}
    message = seed_binder.as_tool().invoke(call)
    assert message.content == message.artifact.text
    assert message.artifact == seed_binder.ask(COUNTERPART)


def test_any_langchain_embeddings_will_do_and_has_no_calibration(notes: Path, tmp_path: Path) -> None:
    embedding = DeterministicFakeEmbedding(size=32)
    with Binder.open(notes, index=tmp_path / "index", embedding=embedding) as binder:
        answer = binder.ask("How many berths does the harbour of Wick have?")
        assert answer.confidence is None
        assert "14 berths" in answer.text


def test_an_index_of_another_model_is_refused_or_made_anew(notes: Path, tmp_path: Path) -> None:
    Binder.open(notes, index=tmp_path / "index").close()
    other = DeterministicFakeEmbedding(size=32)
    with (  # an object has no name to compare before it is used
        Binder.open(notes, index=tmp_path / "index", embedding=other) as binder,
        pytest.raises(IndexMismatchError, match="--rebuild"),
    ):
        binder.search("harbour of Wick")
    with Binder.open(notes, index=tmp_path / "index", embedding=other, rebuild=True) as binder:
        assert binder.search("harbour of Wick")


def test_an_index_of_another_corpus_is_refused(notes: Path, tmp_path: Path) -> None:
    Binder.open(notes, index=tmp_path / "index").close()
    with pytest.raises(IndexMismatchError, match="--rebuild"):
        Binder.open(CORPUS, index=tmp_path / "index")
    with Binder.open(notes, index=tmp_path / "index") as binder:
        assert len(binder.notes()) == len(NOTES)


def test_a_corpus_that_is_missing_or_empty_says_what_to_do(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="nowhere"):
        Binder.open(tmp_path / "nowhere", index=tmp_path / "index")
    with pytest.raises(CorpusError, match=r"\.txt"):
        Binder.open(corpus, index=tmp_path / "index")


def test_what_is_no_chat_model_is_refused_with_what_may_be_given(notes: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="provider:model"):
        Binder.open(notes, index=tmp_path / "index", llm=42)


def test_what_a_short_form_stands_for_is_told_only_from_the_notes_that_the_filters_leave(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    old = "Date: 2020-01-02\n\nThe Emergency Coordination Centre (ECC) runs the drills of the coast."
    new = "Date: 2024-01-02\n\nThe Environmental Compliance Committee (ECC) met twice."
    for name, text in (("old.txt", old), ("new.txt", new), ("undated.txt", "The ECC drills begin in May.")):
        (tmp_path / "corpus" / name).write_text(text, "utf-8")
    with Binder.open(tmp_path / "corpus", index=tmp_path / "index") as binder:
        assert {citation.note for citation in binder.ask("What does ECC stand for?").citations} == {
            "old.txt",
            "new.txt",
        }
        until = binder.ask("What does ECC stand for?", until=date(2021, 1, 1))
        assert [citation.note for citation in until.citations] == ["old.txt"]
        (left_out,) = [notice for notice in until.notices if notice.kind == "undated"]
        assert left_out.text == "Notes without a date are left out where dates are asked for: undated.txt."
        alone = binder.ask("When do the ECC drills begin?", notes=["undated.txt"])
        assert "acronym" not in {notice.kind for notice in alone.notices}
        assert {citation.note for citation in alone.citations} == {"undated.txt"}


def test_a_sync_between_reading_a_question_and_answering_it_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "corpus").mkdir()
    note = tmp_path / "corpus" / "a.txt"
    note.write_text("The Emergency Coordination Centre (ECC) runs drills.", "utf-8")
    with Binder.open(tmp_path / "corpus", index=tmp_path / "index") as binder:
        query, changes = binder._steps.query, ["Now a sentence stands first. " + note.read_text("utf-8")]

        def slow(*asked: Any, **more: Any) -> Any:
            made = query(*asked, **more)
            if changes:
                note.write_text(changes.pop(), "utf-8")
                Binder.open(tmp_path / "corpus", index=tmp_path / "index").close()
            return made

        monkeypatch.setattr(binder._steps, "query", slow)
        answer = binder.ask("What does ECC stand for?")
        assert answer.citations[0].quote.startswith("Emergency Coordination Centre")


@pytest.mark.parametrize("k", [0, -1, 2.5, "3", None])
def test_a_number_of_hits_that_is_none_is_refused(seed_binder: Binder, k: Any) -> None:
    with pytest.raises(QuestionError, match="k is the number of hits"):
        seed_binder.search("Who chairs the ECC?", k=k)


def test_more_hits_than_there_are_passages_are_all_of_them(seed_binder: Binder) -> None:
    assert len(seed_binder.search("ECC", k=10**19)) <= seed_binder._index.store.passage_count()


@pytest.mark.parametrize("notes", [[Path("a.txt")], [None], "a.txt"])
def test_notes_that_are_no_paths_are_refused(seed_binder: Binder, notes: Any) -> None:
    with pytest.raises(QuestionError, match="notes is a list of paths"):
        seed_binder.search("Who chairs the ECC?", notes=notes)

"""The public benchmarks, on data of our own in the forms of the public sets."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import pytest

from evals.benchmarks import doubts, figures, mtrag, squad
from evals.benchmarks.gathered import MEASURES, _in_order, gather, measured
from evals.benchmarks.sets import Case, opened
from qa import Binder
from qa.evaluation.gold import Place
from qa.retrieval.weights import WEIGHTS
from qa.schema import Span

LEVY = "The harbour levy was set in 2019. It is paid by the owner of each boat."
FERRY = "The ferry to Skerrin sails twice a day. It carries ninety cars.\r\nSheep go first."
LICENCE = "A fishing licence costs $40. Under tenants' law it cannot be sold."


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for name in ("chunking", "squad", "mtrag"):
        (folder / name).mkdir()
    (folder / "chunking" / "islands.md").write_text(f"{LEVY}\n\n{LICENCE}\n", "utf-8")
    start = LEVY.index("It is paid")
    reference = {"content": LEVY[start:], "start_index": start, "end_index": len(LEVY)}
    with (folder / "chunking" / "questions_df.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["question", "references", "corpus_id"])
        rows.writerow(["Who pays the harbour levy?", json.dumps([reference]), "islands"])
    paragraphs = [
        {"context": LEVY, "qas": [_asked("1", "When was the levy set?", LEVY, "2019")]},
        {
            "context": LICENCE,
            "qas": [
                _asked("2", "What does a licence cost?", LICENCE, "$40"),
                {"id": "3", "question": "Who sells it?", "answers": [], "is_impossible": True},
            ],
        },
    ]
    article = {"title": "Islands", "paragraphs": paragraphs}
    (folder / "squad" / "articles-a.json").write_text(json.dumps({"data": [article]}), "utf-8")
    documents = [{"document_id": id, "text": text} for id, text in (("l", LEVY), ("f", FERRY), ("g", FERRY))]
    conversation = [("user", "What does the levy pay for?"), ("agent", "Harbours."), ("user", "And when was it set?")]
    tasks = [_task("a<::>2", conversation, ["l"]), _task("b<::>1", [("user", "cars on the ferry")], ["f", "g"])]
    tasks.append(_task("c<::>1", [("user", "thanks")], []))
    path = folder / "mtrag" / "reference_subset_with_human_evaluations.json"
    path.write_text(json.dumps({"documents": documents, "tasks": tasks}), "utf-8")
    return folder


def _asked(id: str, question: str, text: str, answer: str) -> dict[str, object]:
    answers = [{"text": answer, "answer_start": text.index(answer)}] * 2
    return {"id": id, "question": question, "answers": answers, "is_impossible": False}


def _task(id: str, turns: list[tuple[str, str]], contexts: list[str]) -> dict[str, object]:
    return {
        "task_id": id,
        "input": [{"speaker": speaker, "text": text} for speaker, text in turns],
        "contexts": [{"document_id": one} for one in contexts],
        "Collection": "mt-rag-islands-512",
        "Answerability": ["ANSWERABLE" if contexts else "UNANSWERABLE"],
    }


def quoted(binder: Binder, case: Case) -> list[list[str]]:
    """The words of each support."""
    return [[binder.text(p.note)[p.span.start : p.span.end] for p in support] for support in case.supports]


def test_the_evidence_of_each_set_is_the_words_that_it_names(data: Path, tmp_path: Path) -> None:
    with opened("chunking", data, tmp_path) as (binder, cases):
        assert [(case.group, quoted(binder, case)) for case in cases] == [
            ("islands", [["It is paid by the owner of each boat."]])
        ]
    with opened("squad", data, tmp_path) as (binder, cases):
        assert [(case.id, quoted(binder, case)) for case in cases] == [("1", [["2019"]]), ("2", [["$40"]])]
    with opened("mtrag", data, tmp_path) as (binder, cases):
        assert [(case.id, case.group, quoted(binder, case)) for case in cases] == [
            ("a<::>2", "islands", [[LEVY]]),
            ("b<::>1", "islands", [[FERRY.replace("\r\n", "\n")]]),
        ]
        assert cases[0].history == (("user", "What does the levy pay for?"), ("assistant", "Harbours."))


def test_a_set_whose_evidence_is_not_in_its_notes_is_refused(data: Path, tmp_path: Path) -> None:
    moved = tmp_path / "data" / "chunking"
    moved.mkdir(parents=True)
    (moved / "islands.md").write_text("Short.", "utf-8")
    (moved / "questions_df.csv").write_bytes((data / "chunking" / "questions_df.csv").read_bytes())
    with pytest.raises(SystemExit, match=r"chunking-0: its evidence does not stand in islands\.md as"):
        opened("chunking", moved.parent, None).__enter__()


def test_questions_without_an_answer_are_made_by_taking_away_what_answers(data: Path, tmp_path: Path) -> None:
    sails = {"context": FERRY, "qas": [_asked("4", "How often does the ferry to Skerrin sail?", FERRY, "twice")]}
    articles = json.loads((data / "squad" / "articles-a.json").read_text("utf-8"))["data"]
    (tmp_path / "squad").mkdir()
    both = {"data": [*articles, {"title": "Ferries", "paragraphs": [sails]}]}
    (tmp_path / "squad" / "articles-a.json").write_text(json.dumps(both), "utf-8")
    samples = doubts.squad(tmp_path, tmp_path / "work")
    kinds = [doubts.ANSWERABLE, doubts.MASKED, doubts.FAR]
    assert [sample.kind for sample in samples] == [*kinds * 3, doubts.NEAR]
    told, masked, far = (sample.figures for sample in samples if sample.id == "4")
    assert told.score > max(masked.score, far.score)
    assert told.absent_name == 0
    assert far.absent_name == 1, "no note but those of the article names Skerrin"
    control = samples[-4].control
    assert control is not None
    assert control.score < samples[-4].figures.score
    assert samples[-1].control is not None


def test_turns_are_taken_by_whether_the_passages_answer_them(data: Path, tmp_path: Path) -> None:
    found = doubts.mtrag(data, tmp_path)
    assert [(case.id, sample.kind) for case, sample in found] == [
        ("a<::>2", doubts.ANSWERABLE),
        ("b<::>1", doubts.ANSWERABLE),
        ("c<::>1", doubts.NEAR),
    ]


def test_figures_are_those_of_places_counted_by_hand() -> None:
    case = Case("1", "", "?", ((Place("a", Span(0, 10)),),), "1")
    found = [Place("b", Span(0, 5)), Place("a", Span(5, 20))]
    counted = figures.chunking(case, found, [Place("a", Span(0, 10)), Place("b", Span(0, 2000))])
    assert (counted["recall@5"], counted["precision@5"], counted["iou@5"]) == (0.5, 0.25, 0.2)
    assert (counted["recall@1000c"], counted["precision@1000c"], counted["iou@1000c"]) == (1.0, 0.01, 0.01)
    assert figures.squad(case, found, [Place("b", Span(0, 5)), Place("a", Span(9, 12))]) == {
        "R@1": 0.0,
        "R@5": 1.0,
        "MRR@10": 0.5,
        "hit@1": 0.0,
        "hit@3": 1.0,
    }
    ranked = figures.mtrag(case, found, [])
    assert ranked == {"nDCG@5": pytest.approx(1 / math.log2(3)), "recall@5": 1.0}
    nothing = figures.squad(case, [], [])
    assert set(nothing.values()) == {0.0}
    assert figures.chunking(case, [], [])["iou@1000c"] == 0.0


def test_what_is_gathered_scores_as_the_binder_does(data: Path, tmp_path: Path) -> None:
    """The choice of weights works on the program's own search: the same passages and sentences, in the same order."""
    for name, rows in gather(["chunking", "squad", "mtrag"], data, tmp_path).items():
        with opened(name, data, tmp_path) as (binder, cases):
            hits = [binder.search(case.question, k=figures.K, history=case.history) for case in cases]
        found = [figures.places(of) for of in hits]
        assert [_in_order(row, WEIGHTS) for row in rows] == found
        own = [MEASURES[name](case, *of) for case, of in zip(cases, found, strict=True)]
        assert measured(name, rows, WEIGHTS) == own


def test_the_scripts_print_their_figures(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["squad", str(data), "--work", str(tmp_path)])
    squad.main()
    printed = capsys.readouterr().out
    assert "2 questions on 2 paragraphs" in printed
    assert "hit@1   1.000" in printed
    monkeypatch.setattr("sys.argv", ["mtrag", str(data), "--work", str(tmp_path)])
    mtrag.main()
    printed = capsys.readouterr().out
    assert "2 turns of 2 conversations" in printed
    assert "ours, with history" in printed

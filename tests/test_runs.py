"""A run over real notes: what is recorded, saved and read again; and that nothing escapes its averages."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qa import Answer, Binder, Hit
from qa.errors import GoldError, QAError
from qa.evaluation import runs
from qa.evaluation.gold import Gold
from qa.evaluation.goldset import GoldSet
from qa.evaluation.measures import BY_NAME
from qa.evaluation.repeat import digests_of_another_process
from qa.evaluation.runs import Run, evaluate, evaluate_binder, load, open_binder, save
from qa.settings import Settings
from tests.evaluating import ABSENT, NOTE, ROW, TEXT, gold_set, record, run

MISSING = ROW | {"id": "h-3", "question": "Else?", "evidence": [{"note": "gone.txt", "quote": "x"}]}


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> GoldSet:
    return gold_set(tmp_path_factory.mktemp("harbour"), ROW, ABSENT, MISSING)


@pytest.fixture(scope="module")
def done(harbour: GoldSet) -> Run:
    return evaluate(harbour)


@pytest.fixture
def binder(harbour: GoldSet, done: Run) -> Iterator[Binder]:
    with open_binder(harbour) as opened:
        yield opened


def test_a_run_measures_each_stage_and_stamps_what_it_was_measured_on(done: Run) -> None:
    answerable, absent = done.records
    assert answerable.right
    assert answerable.citations[0].quote.startswith("The dues rose to $14.5 million in 2023.")
    assert answerable.on_evidence == (True,)
    assert {BY_NAME[name].stage for name in answerable.measures} == {"retrieval", "gold evidence", "end to end"}
    assert (answerable.measures["recall@5"], answerable.measures["evidence_right"]) == (1, 1)
    assert set(absent.measures) <= {"right", "false_answers", "wrong_answers", "statements_cited", "words"}
    assert done.unscored.keys() == {"h-3"}
    assert done.broken() == {}
    assert {"corpus", "gold", "index", "embedding", "code", "version", "llm", "today"} <= set(done.stamp)
    assert all(done.stamp[name] for name in ("corpus", "gold", "index", "embedding", "code"))
    assert done.operations.unstable == ()
    assert (done.operations.network_calls, done.operations.offline) == (0, True)
    assert set(done.operations.seconds) == {"h-1", "h-2"}


def test_in_a_set_of_few_notes_the_clusters_are_sections(done: Run) -> None:
    assert [record.cluster for record in done.records] == [f"{NOTE} > ", "question h-2"]


def test_a_saved_run_is_read_again_as_it_was(done: Run, tmp_path: Path) -> None:
    save(done, tmp_path / "deep" / "run.jsonl")
    again = load(tmp_path / "deep" / "run.jsonl")
    assert replace(again, records=(), operations=done.operations) == replace(done, records=())
    assert again.records == done.records
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["run.jsonl"]


def test_the_same_program_writes_the_same_records(harbour: GoldSet, done: Run, tmp_path: Path) -> None:
    for name, one in (("a", done), ("b", evaluate(harbour, repeat=False, rebuild=True))):
        save(one, tmp_path / name)
    first, second = ((tmp_path / name).read_text("utf-8").splitlines() for name in "ab")
    assert first[1:] == second[1:]
    assert json.loads(first[0])["stamp"] == json.loads(second[0])["stamp"]


def test_a_run_saved_without_text_holds_ids_and_figures_only(done: Run, tmp_path: Path) -> None:
    save(done, tmp_path / "run.jsonl", text=False)
    written = (tmp_path / "run.jsonl").read_text("utf-8")
    for text in ("How high", "dues", "Harbour", "Quill", NOTE):
        assert text not in written, text
    again = load(tmp_path / "run.jsonl")
    assert [one.measures for one in again.records] == [one.measures for one in done.records]


def test_any_text_is_saved_and_read_again(tmp_path: Path) -> None:
    odd = "a\u2028b\x85c\x0cd\r\ne \ud800"
    save(run([record("1", question=odd, answer=odd)]), tmp_path / "run.jsonl")
    assert load(tmp_path / "run.jsonl").records[0].answer == odd


@pytest.mark.slow
def test_two_may_save_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SAVES, str(tmp_path / "run.jsonl")]
    writers = [subprocess.Popen(command, cwd=Path(__file__).parent.parent) for _ in range(2)]
    assert [writer.wait(600) for writer in writers] == [0, 0]
    assert len(load(tmp_path / "run.jsonl").records) == 300
    assert [path.name for path in tmp_path.iterdir()] == ["run.jsonl"]


SAVES = """
import sys
from pathlib import Path
from qa.evaluation.runs import load, save
from tests.evaluating import record, run
for _ in range(30):
    save(run(record(str(at)) for at in range(300)), Path(sys.argv[1]))
    assert len(load(Path(sys.argv[1])).records) == 300
"""


@pytest.mark.parametrize(
    "content", ["", "{}", "not json", '{"format": 1}', '["format"]', '{"format": 1, "name": "x", "operations": {}}']
)
def test_what_is_no_run_says_what_to_do(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.jsonl").write_text(content, encoding="utf-8")
    with pytest.raises(GoldError, match="qa eval"):
        load(tmp_path / "run.jsonl")


def test_a_run_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    save(run([]), tmp_path / "run.jsonl")
    text = (tmp_path / "run.jsonl").read_text("utf-8").replace('"format": 1', '"format": 2')
    (tmp_path / "run.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(GoldError, match="newer version"):
        load(tmp_path / "run.jsonl")


class Failing:
    """A binder that fails on one question, as a model does whose server went away."""

    def __init__(self, binder: Binder, question: str) -> None:
        self.notes, self.text, self.search = binder.notes, binder.text, binder.search
        self._ask, self._question = binder.ask, question

    def ask(self, question: str, **options: Any) -> Answer:
        if question == self._question:
            raise ConnectionError("the server went away")
        return self._ask(question, **options)


@pytest.mark.parametrize("row", [ROW, ABSENT])
def test_a_question_that_raises_counts_as_wrong(harbour: GoldSet, binder: Binder, row: dict[str, Any]) -> None:
    result = evaluate_binder(harbour, Failing(binder, row["question"]))
    (failed,) = [record for record in result.records if record.error]
    assert (failed.id, failed.error) == (row["id"], "ConnectionError: the server went away")
    assert failed.measures["right"] == 0
    assert failed.measures["false_refusals" if row["answerable"] else "false_answers"] == 1
    sound = evaluate_binder(harbour, binder)
    gated = {name for name in next(one for one in sound.records if one.id == row["id"]).measures if BY_NAME[name].gated}
    # The comparison takes the worst for what is measured of citations only.
    assert gated - {"citation_precision", "citation_focus"} <= set(failed.measures)
    assert failed.id not in result.operations.seconds


class Bare:
    """A binder that finds nothing."""

    def __init__(self, binder: Binder) -> None:
        self.notes, self.text, self.ask = binder.notes, binder.text, binder.ask

    def search(self, question: str, **options: Any) -> tuple[Hit, ...]:
        return ()


def test_finding_nothing_is_nought_and_not_unmeasured(harbour: GoldSet, binder: Binder) -> None:
    found = evaluate_binder(harbour, Bare(binder)).records[0]
    assert {found.measures[name] for name in ("recall@5", "mrr", "ndcg@10", "recall@1000c", "iou@1000c")} == {0}
    assert "evidence_right" not in found.measures  # there was no evidence to hand in


def test_answers_that_another_process_gives_otherwise_are_reported(
    harbour: GoldSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "digest", lambda answer: "other" if answer and answer.abstained else "same")
    monkeypatch.setattr(runs, "digests_of_another_process", lambda *_: {"h-1": "same", "h-2": "same"})
    result = evaluate(harbour)
    assert result.operations.unstable == tuple(record.id for record in result.records if record.abstained)


def test_a_second_process_that_fails_says_why(harbour: GoldSet, tmp_path: Path) -> None:
    settings = Settings(corpus=tmp_path / "none", index=tmp_path / "index")
    with pytest.raises(QAError, match=r"Asking a second time failed: .*--no-repeat"):
        digests_of_another_process(harbour.gold, settings)


@pytest.mark.slow
def test_the_answers_of_two_processes_are_alike_where_a_file_cannot_be_read(tmp_path: Path) -> None:
    made = gold_set(tmp_path, ABSENT | {"question": "How do I descale a coffee machine?"})
    (made.notes / "broken.pdf").write_bytes(b"%PDF-1.4 nonsense")
    result = evaluate(made)
    assert result.records[0].abstained
    assert any(notice.startswith("unread") for notice in result.records[0].notices)
    assert result.operations.unstable == ()


class Ghostly(Failing):
    """A binder that cites a note that is not there."""

    def ask(self, question: str, **options: Any) -> Answer:
        answer = self._ask(question, **options)
        gone = tuple(replace(citation, note="gone.txt") for citation in answer.citations)
        told = tuple(replace(one, citations=gone) for one in answer.statements)
        return replace(answer, citations=gone, statements=told)


def test_a_citation_of_a_note_that_is_not_there_is_an_unverified_quote(harbour: GoldSet, binder: Binder) -> None:
    result = evaluate_binder(harbour, Ghostly(binder, ""))
    assert result.records[0].broken["quote_unverified"] == 1


class Watched(Failing):
    """A binder that keeps the hits that it is handed."""

    handed: tuple[Hit, ...] = ()

    def ask(self, question: str, **options: Any) -> Answer:
        self.handed = options.get("hits") or self.handed
        return self._ask(question, **options)


def test_only_passages_that_hold_evidence_are_handed_in(tmp_path: Path) -> None:
    made = gold_set(tmp_path, ROW)
    (made.notes / NOTE).write_text(TEXT + "\n\n# Else\n\n" + "The quay is long and old. " * 100, encoding="utf-8")
    with open_binder(made) as binder:
        watched = Watched(binder, "")
        evaluate_binder(made, watched)
        assert len(binder.search(ROW["question"], k=100)) > 1
    (hit,) = watched.handed
    assert "$14.5 million" in hit.text


def test_calls_that_are_made_while_asking_are_counted(harbour: GoldSet, monkeypatch: pytest.MonkeyPatch) -> None:
    put = runs.put

    def calling(gold: Gold, binder: Binder) -> Any:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"x", ("127.0.0.1", 9))
        return put(gold, binder)

    monkeypatch.setattr(runs, "put", calling)
    assert evaluate(harbour, repeat=False).broken() == {"network_call": 2}


def test_an_index_of_other_rules_is_made_anew(harbour: GoldSet, done: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.index.folder.RULES", "other")
    with open_binder(harbour) as opened:
        assert opened.report is not None
        assert opened.report.added == (NOTE,)
    monkeypatch.undo()
    open_binder(harbour).close()


def test_calls_to_the_network_break_an_invariant_only_where_none_should_be() -> None:
    made = runs.Operations(network_calls=2)
    assert run([], operations=made).broken() == {"network_call": 2}
    assert run([], operations=replace(made, offline=False)).broken() == {}

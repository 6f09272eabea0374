"""Gold questions, answers and records of a made-up note, for the tests of qa/evaluation."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa import Answer, Citation, Statement
from qa.answering.citations import all_citations, joined
from qa.evaluation.asking import Record
from qa.evaluation.gold import Gold, Place, read_rows, resolve
from qa.evaluation.goldset import GoldSet
from qa.evaluation.runs import Run
from qa.schema import Span

NOTE = "harbour.txt"
TEXT = (
    "Harbour dues\n\n"
    "The dues rose to $14.5 million in 2023. The Harbour Master, Ada Quill, sets them.\n\n"
    "The Minister may not:\n- waive the dues;\n- name the Harbour Master.\n"
)
ROW: dict[str, Any] = {
    "id": "h-1",
    "type": "fact",
    "question": "How high are the dues?",
    "answerable": True,
    "facts": [["$14.5 million", "14.5M"]],
    "evidence": [{"note": NOTE, "quote": "The dues rose to $14.5 million in 2023."}],
}
ABSENT: dict[str, Any] = ROW | {"id": "h-2", "question": "Who pays?", "answerable": False, "facts": [], "evidence": []}


def write_gold(path: Path, *rows: dict[str, Any]) -> Path:
    """A gold file of these rows."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def gold(tmp_path: Path, **keys: Any) -> Gold:
    """ROW with other values, resolved over TEXT."""
    rows = read_rows(write_gold(tmp_path / "one.jsonl", ROW | keys))
    return resolve(rows, {NOTE: TEXT}.__getitem__)[0][0]


def cite(quote: str, marker: int = 1, text: str = TEXT, note: str = NOTE) -> Citation:
    """A citation of words of TEXT."""
    start = text.index(quote)
    return Citation(marker, note, "Harbour", "", None, None, "en", None, None, start, start + len(quote), quote)


def said(*statements: Statement, question: str = ROW["question"], **values: Any) -> Answer:
    """An answer of these statements, whose text and citations follow from them."""
    return Answer(question, joined(statements), statements, all_citations(statements), **values)


def quoted(quote: str, marker: int = 1) -> Statement:
    """A statement that quotes words of TEXT."""
    return Statement(quote, (cite(quote, marker),))


def place(quote: str) -> Place:
    """Where words of TEXT stand."""
    return Place(NOTE, Span(TEXT.index(quote), TEXT.index(quote) + len(quote)))


def record(id: str, right: bool = True, **values: Any) -> Record:
    """A record with a value of `right`; each is a cluster of its own."""
    plain = Record(
        id=id,
        type="fact",
        row=id,
        cluster=id,
        question=f"Question {id}?",
        answerable=True,
        abstained=False,
        confidence=0.5,
        answer=f"Answer {id}.",
        citations=(cite("The Minister may not:"),),
        notices=(),
        on_evidence=(right,),
        measures={"right": float(right)},
    )
    return replace(plain, **values)


def run(records: Iterable[Record], **values: Any) -> Run:
    """A run of these records."""
    return Run("harbour", {}, tuple(records), **values)


def gold_set(folder: Path, *rows: dict[str, Any], **values: Any) -> GoldSet:
    """A set over a folder with TEXT as its only note. Without rows: of ROW and ABSENT."""
    notes = folder / "notes"
    notes.mkdir(exist_ok=True)
    (notes / NOTE).write_text(TEXT, encoding="utf-8")
    path = write_gold(folder / "harbour.jsonl", *(rows or (ROW, ABSENT)))
    return GoldSet("harbour", path, notes, folder, **values)

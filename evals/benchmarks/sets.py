"""Question sets as binders and cases: the public ones, and the gold sets of this project.

The folder of the public ones is an argument: nothing of theirs is part of the project. Each reader writes a set's texts
as notes into a folder and gives the cases: a question, the conversation before it, and the places of its evidence.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qa import Binder
from qa.evaluation.gold import Place, read_rows, resolve
from qa.evaluation.goldset import GoldSet, load_set
from qa.schema import Span

EVALS = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its evidence. group: the corpus or type that it is reported under. history: (role, text) pairs.

    supports: lists of places, each of which is all that a search should find. cluster: questions that are no
    independent draws share one; an interval draws them together.
    """

    id: str
    group: str
    question: str
    supports: tuple[tuple[Place, ...], ...]
    cluster: str
    history: tuple[tuple[str, str], ...] = ()


Reader = Callable[[Path, Path], list[Case]]


def chunking(data: Path, notes: Path) -> list[Case]:
    """Chroma's chunking evaluation (Smith and Troynikov, 2024): one note a corpus, references as spans.

    data: the public folder; notes: an empty one, to be filled.
    """
    folder = data / "chunking"
    for path in sorted(folder.glob("*.md")):
        # A note of the same text: what marks headings or lists in it is read as in any other note.
        (notes / path.name).write_bytes(path.read_bytes())
    with (folder / "questions_df.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    cases = []
    for number, row in enumerate(rows):
        id, note = f"chunking-{number}", f"{row['corpus_id']}.md"
        text = (notes / note).read_text(encoding="utf-8")
        references = json.loads(row["references"])
        spans = [Span(reference["start_index"], reference["end_index"]) for reference in references]
        for span, reference in zip(spans, references, strict=True):
            _check(text[span.start : span.end] == reference["content"], id, note)
        cases.append(Case(id, row["corpus_id"], row["question"], (tuple(Place(note, span) for span in spans),), id))
    return cases


def squad(data: Path, notes: Path) -> list[Case]:
    """SQuAD 2.0 (Rajpurkar, Jia and Liang, 2018): one note a paragraph, so that a hit is of one paragraph; the evidence
    is the gold answers. A file's name and the note say nothing of the article. Questions without answer are left out.
    """
    cases = []
    articles = json.loads((data / "squad" / "articles-a.json").read_text(encoding="utf-8"))["data"]
    for number, article in enumerate(articles):
        for position, paragraph in enumerate(article["paragraphs"]):
            note = f"{number:02}-{position:03}.txt"
            (notes / note).write_bytes(paragraph["context"].encode())
            for question in paragraph["qas"]:
                for answer in question["answers"]:
                    _check(
                        paragraph["context"].startswith(answer["text"], answer["answer_start"]), question["id"], note
                    )
                starts = {(a["answer_start"], a["answer_start"] + len(a["text"])) for a in question["answers"]}
                # Each answer that an annotator gave is one by itself.
                supports = tuple((Place(note, Span(*span)),) for span in sorted(starts))
                if supports:
                    cases.append(Case(question["id"], article["title"], question["question"], supports, cluster=note))
    return cases


def squad_without_answer(data: Path) -> list[Case]:
    """The questions of the same paragraphs that they do not answer, although they look as if they did; they have no
    evidence. Their cluster is the paragraph's note."""
    articles = json.loads((data / "squad" / "articles-a.json").read_text(encoding="utf-8"))["data"]
    return [
        Case(question["id"], article["title"], question["question"], (), cluster=f"{number:02}-{position:03}.txt")
        for number, article in enumerate(articles)
        for position, paragraph in enumerate(article["paragraphs"])
        for question in paragraph["qas"]
        if not question["answers"]
    ]


def mtrag_turns(data: Path, answerability: str) -> list[Case]:
    """The turns of a kind ("UNANSWERABLE", ...), with or without a reference passage, whose evidence is not told."""
    read = json.loads((data / "mtrag" / "reference_subset_with_human_evaluations.json").read_text(encoding="utf-8"))
    cases = []
    for task in read["tasks"]:
        if task["Answerability"] == [answerability]:
            turns = [("user" if turn["speaker"] == "user" else "assistant", turn["text"]) for turn in task["input"]]
            conversation = task["task_id"].partition("<")[0]
            cases.append(Case(task["task_id"], answerability, turns[-1][1], (), conversation, tuple(turns[:-1])))
    return cases


def mtrag(data: Path, notes: Path) -> list[Case]:
    """IBM MTRAG (Katsis et al., 2025), the reference subset: one note a passage, which is the evidence as a whole.

    Passages with one text are one note, as an index takes a text in once. Turns without a reference passage are left
    out.
    """
    path = data / "mtrag" / "reference_subset_with_human_evaluations.json"
    read = json.loads(path.read_text(encoding="utf-8"))
    texts = {document["document_id"]: document["text"].replace("\r\n", "\n") for document in read["documents"]}
    first: dict[str, str] = {}
    for id, text in texts.items():
        (notes / f"{first.setdefault(text, id)}.txt").write_bytes(text.encode())
    cases = []
    for task in read["tasks"]:
        turns = [("user" if turn["speaker"] == "user" else "assistant", turn["text"]) for turn in task["input"]]
        found = dict.fromkeys(texts[context["document_id"]] for context in task["contexts"])
        if found:
            evidence = tuple(Place(f"{first[text]}.txt", Span(0, len(text))) for text in found)
            # "mt-rag-govt-elser-512-100-20240611" is of the collection "govt".
            group = task["Collection"].split("-")[2]
            conversation = task["task_id"].partition("<")[0]
            cases.append(Case(task["task_id"], group, turns[-1][1], (evidence,), conversation, tuple(turns[:-1])))
    return cases


READERS: dict[str, Reader] = {"chunking": chunking, "squad": squad, "mtrag": mtrag}


GOLD_SETS = ("verrane", "ostmere", "lissmark", "tarnhelm", "seed")


@contextmanager
def opened(name: str, data: Path, work: Path | None) -> Iterator[tuple[Binder, list[Case]]]:
    """The binder of a set, and its cases. work: where notes and indexes are kept for the next run, or None."""
    with tempfile.TemporaryDirectory() as folder:
        place = (work or Path(folder)) / name
        if name in GOLD_SETS:
            gold_set = load_set(EVALS / name / "set.toml")
            with Binder.open(gold_set.notes, index=place / "index", llm="embedded") as binder:
                yield binder, _gold_cases(gold_set, binder)
            return
        shutil.rmtree(place / "notes", ignore_errors=True)  # of another DATA, it may be
        (place / "notes").mkdir(parents=True)
        cases = READERS[name](data, place / "notes")
        with Binder.open(place / "notes", index=place / "index", llm="embedded") as binder:
            for note in {one.note for case in cases for support in case.supports for one in support}:
                written = (place / "notes" / note).read_bytes().decode().replace("\r\n", "\n")
                _check(binder.text(note) == written, name, note)
            yield binder, cases


def arguments(what: str | None) -> argparse.ArgumentParser:
    """The arguments that all public benchmarks share: the data's folder, and where indexes are kept."""
    parser = argparse.ArgumentParser(description=what, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder with chunking/, squad/ and mtrag/")
    parser.add_argument("--work", type=Path, help="a folder to keep notes and indexes in for the next run")
    return parser


def _gold_cases(gold_set: GoldSet, binder: Binder) -> list[Case]:
    """The gold questions that have evidence and no filter."""
    gold, unresolved = resolve(read_rows(gold_set.gold), binder.text)
    if unresolved:
        raise SystemExit(f"{gold_set.name}: {unresolved}")
    return [
        Case(one.id, one.type, one.question, one.supports, one.id, tuple(one.asked_with.get("history", ())))
        for one in gold
        if one.supports and one.asked_with.keys() <= {"history"}
    ]


def _check(stands: bool, what: str, note: str) -> None:
    if not stands:
        raise SystemExit(f"{what}: its evidence does not stand in {note} as it is read.")

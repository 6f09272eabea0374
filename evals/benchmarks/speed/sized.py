"""One binder of made notes, made or asked in a process of its own, so that its memory is its own.

    python -m evals.benchmarks.speed.sized {make,ask,change,open,chat} FOLDER [--notes N] [--real] [--short]

Prints one line of JSON; `chat` serves the binder and prints the address of the page instead.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from evals.benchmarks.plausible.composed import Composed
from evals.benchmarks.plausible.notes import write
from qa import Binder
from qa.embedding import load_embedding
from qa.index import Index
from qa.passages import passage_text, sentence_text
from qa.schema import Progress

# As `qa` sets it for itself; a program that uses the library does so too, if it likes (docs/performance.md).
AS_QA = {"OPENBLAS_NUM_THREADS": "1"}
SEED = 0
WARMING, ASKED = 50, 150
# Texts that the model itself embeds, in batches as a sync's.
EMBEDDED, BATCH = 640, 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["make", "ask", "change", "open", "chat"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--notes", type=int)
    parser.add_argument("--real", action="store_true", help="embed all texts by the model itself")
    parser.add_argument("--short", action="store_true", help="notes of one section")
    parsed = parser.parse_args()
    if parsed.what == "make":
        print(json.dumps(made(parsed.folder, parsed.notes, real=parsed.real, short=parsed.short)))
    elif parsed.what == "ask":
        print(json.dumps(asked(parsed.folder)))
    elif parsed.what == "change":
        print(json.dumps({"change_s": seconds_to_change(parsed.folder)}))
    elif parsed.what == "open":
        print(json.dumps({"open_s": seconds_to_open(parsed.folder)}))
    else:
        from qa.web import serve

        with opened(parsed.folder) as binder:
            serve(binder, port=0, ready=lambda url: print(url, flush=True))


def opened(folder: Path, progress: Callable[[Progress], None] | None = None) -> Binder:
    real = (folder / "real").exists()
    embedding = None if real else Composed(load_embedding())
    return Binder.open(folder / "corpus", index=folder / "index", embedding=embedding, progress=progress)


def seconds_to_open(folder: Path) -> float:
    """With the sync that finds nothing to do."""
    began = time.perf_counter()
    with opened(folder) as binder:
        seconds = time.perf_counter() - began
        assert binder.report is not None
        assert not binder.report.touched
        return seconds


def seconds_to_change(folder: Path) -> float:
    """Of the sync after one note has got a sentence more; the note and the index are then made as they were."""
    note = min((folder / "corpus").rglob("*.md"))
    before = note.read_bytes()
    with opened(folder) as binder:
        try:
            note.write_bytes(before + b"\nThe quay was mended in May.\n")
            began = time.perf_counter()
            report = binder.sync()
            seconds = time.perf_counter() - began
        finally:
            note.write_bytes(before)
            binder.sync()
    assert len(report.changed) == 1, report
    return seconds


def made(folder: Path, notes: int, *, real: bool, short: bool) -> dict[str, Any]:
    """Makes the binder, and says what that took: seconds to read and cut the notes, to embed them (with `Composed`, to
    compose vectors and keep them), and to write all else; and the texts a second that the model itself embeds."""
    questions = write(notes, folder / "corpus", sections=1 if short else None)
    (folder / "asked.jsonl").write_text("".join(json.dumps(asdict(one)) + "\n" for one in questions), "utf-8")
    if real:
        (folder / "real").touch()
    began: dict[str, float] = {}
    texts = 0

    def note(told: Progress) -> None:
        nonlocal texts
        began.setdefault(told.stage, time.perf_counter())
        if told.stage == "embed":
            texts = told.total
            began["embedded"] = time.perf_counter()

    with opened(folder, note) as binder:
        done = time.perf_counter()
        peak = peak_mb()
        passages, texts_a_second = binder._index.store.passage_count(), rate(binder._index)
    return {
        "notes": notes,
        "passages": passages,
        "texts": texts,
        "read_s": began["embed"] - began["read"],
        "embed_s": began["embedded"] - began["embed"],
        "write_s": done - began["embedded"],
        "texts_a_second": texts_a_second,
        "peak_mb": peak,
        "disk_mb": sum(path.stat().st_size for path in (folder / "index").rglob("*") if path.is_file()) / 1e6,
    }


def rate(index: Index) -> float:
    """Texts a second that the default model embeds, of a sample of an index's own, sorted by length as a sync does."""
    chance, store = random.Random(SEED), index.store
    ids = chance.sample(store.passage_ids(), min(EMBEDDED, store.passage_count()))
    texts = [text for passage in store.passages(ids) for text in embedded_texts(store.text(passage.note), passage)]
    texts = sorted(chance.sample(texts, EMBEDDED), key=lambda text: (len(text), text))
    model = load_embedding()
    model.encode(texts[:BATCH])
    began = time.perf_counter()
    for start in range(0, len(texts), BATCH):
        model.encode(texts[start : start + BATCH])
    return len(texts) / (time.perf_counter() - began)


def embedded_texts(text: str, passage: Any) -> list[str]:
    return [passage_text(text, passage), *(sentence_text(text, sentence) for sentence in passage.sentences)]


def asked(folder: Path) -> dict[str, Any]:
    """What asking costs: seconds to open the binder and for the first answer; milliseconds, p50 and p95, of a further
    answer and of its parts; and memory. Each question is asked once, so that none is answered from what is kept."""
    lines = (folder / "asked.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    random.Random(SEED).shuffle(questions)
    began = time.perf_counter()
    with opened(folder) as binder:
        found: dict[str, Any] = {"open_s": time.perf_counter() - began}
        began = time.perf_counter()
        binder.ask(questions[0])
        found["first_s"] = time.perf_counter() - began
        for question in questions[1:WARMING]:
            binder.ask(question)
        rest = questions[WARMING : WARMING + ASKED] or questions
        found["ask_ms"] = quantiles(rest, binder.ask)
        found["search_ms"] = quantiles(rest, binder.search)
        found |= parts(binder, rest)
        found["rss_mb"] = peak_mb()
        found["passages"] = binder._index.store.passage_count()
    return found


def parts(binder: Binder, questions: list[str]) -> dict[str, list[float]]:
    """The floor of an answer: one query embedded, one search by meaning, one by words, what the candidates are compared
    by. By what is left the rest of an answer is more."""
    from qa.retrieval.search import CANDIDATES
    from qa.terms import stems

    index, model = binder._index, binder._load_model()
    vectors = {question: model.encode_query(question) for question in questions}
    ids = {question: [id for id, _ in index.dense(vectors[question], CANDIDATES)] for question in questions}
    return {
        "embed_ms": quantiles(questions, model.encode_query),
        "dense_ms": quantiles(questions, lambda question: index.dense(vectors[question], CANDIDATES)),
        "words_ms": quantiles(questions, lambda question: index.store.lexical(stems(question), CANDIDATES)),
        "signs_ms": quantiles(questions, lambda question: index.store.signs(ids[question])),
    }


def peak_mb() -> float:
    """The most memory that this process has had. Not what getrusage says, which begins with what its parent had."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def quantiles(questions: list[str], call: Callable[[str], object]) -> list[float]:
    """p50 and p95 in milliseconds."""
    times = []
    for question in questions:
        began = time.perf_counter()
        call(question)
        times.append(1000 * (time.perf_counter() - began))
    return [float(np.quantile(times, share)) for share in (0.5, 0.95)]


if __name__ == "__main__":
    main()

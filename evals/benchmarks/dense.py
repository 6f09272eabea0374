"""Recall of Chroma's approximate search against the exact product, on real vectors only.

    python -m evals.benchmarks.dense DATA [--work FOLDER] [--seconds 240] [--questions 1000]

DATA: public texts, see evals/benchmarks/README.md. Embedded with the default model are all distinct sentences and
paragraphs, then windows of two and three sentences, as many as can be made in --seconds; --work keeps the vectors, so
that a further run adds more windows. The queries are real questions. Random vectors tell nothing: they have no
neighbours.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evals.benchmarks.real_text import Vectors, documents, embedded, passages, questions, sample
from qa.console import show_table
from qa.embedding import load_embedding
from qa.evaluation.statistics import mean_interval
from qa.index.records import State
from qa.index.vectors import VectorIndex
from qa.retrieval.search import CANDIDATES

K = 10
WARMING = 50
# Chroma's distances are right to about 1e-6; either of two that are as near is right.
_ROUNDING = 2e-6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--seconds", type=float, default=240)
    parser.add_argument("--questions", type=int, default=1000)
    parsed = parser.parse_args()
    model = load_embedding()
    with tempfile.TemporaryDirectory() as folder:
        work = parsed.work or Path(folder)
        made = embedded(texts(parsed.data), model, work, parsed.seconds)
        _, first = np.unique(made, axis=0, return_index=True)
        vectors = made[np.sort(first)]  # in the order of the texts, as in a binder
        queries = embedded(sample(questions(parsed.data), WARMING + parsed.questions), model, work)
        measure(vectors, queries, Path(folder) / "chroma")


def texts(data: Path) -> list[str]:
    """All distinct sentences and paragraphs, then windows of two and of three sentences in random order."""
    found = documents(data)
    windows = [
        " ".join(document[start : start + size])
        for document in found
        for size in (2, 3)
        for start in range(len(document) - size + 1)
    ]
    sentences = [sentence for document in found for sentence in document]
    return list(dict.fromkeys([*sentences, *passages(data), *sample(windows, len(windows))]))


def measure(vectors: Vectors, queries: Vectors, folder: Path) -> None:
    """Prints recall and times. vectors: (n, d), distinct; queries: (q, d), the first WARMING of which do not count."""
    index, state = VectorIndex(folder), State(0, 1, 1)
    started = time.perf_counter()
    index.rebuild(state, [f"note#{row}" for row in range(len(vectors))], vectors)
    seconds = time.perf_counter() - started
    megabytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
    print(f"{len(vectors):,} vectors, put into Chroma in {seconds:.0f} s, {megabytes:.0f} MB")
    searches: list[tuple[float, float, float, float]] = []
    for query in queries:
        times = [time.perf_counter()]
        cosines = vectors @ query
        exact = np.argpartition(cosines, -K)[-K:]
        times.append(time.perf_counter())
        wide = [row_of(id) for id, _ in index.search(query, CANDIDATES, state)]
        times.append(time.perf_counter())
        narrow = [row_of(id) for id, _ in index.search(query, K, state)]
        floor = cosines[exact].min() - _ROUNDING
        recalls = [min(K, int((cosines[rows] >= floor).sum())) / K for rows in (wide, narrow)]
        searches.append((*recalls, *np.diff(times)))
    index.close()
    report(np.array(searches[WARMING:]))


def row_of(id: str) -> int:
    return int(id.rpartition("#")[2])


def report(searches: Vectors) -> None:
    """searches: (q, 4): recall@10 of as many as a search asks for and of 10, seconds of the exact search and Chroma."""
    print(f"{len(searches):,} queries")
    rows: list[Sequence[object]] = [("asked for", "recall@10", "95% interval", "queries with all 10")]
    for asked, recalls in ((CANDIDATES, searches[:, 0]), (K, searches[:, 1])):
        low, high = mean_interval(recalls.tolist(), [str(number) for number in range(len(recalls))])
        share = f"{(recalls == 1.0).mean():.1%}"
        rows.append((asked, f"{recalls.mean():.4f}", f"{low:.4f} to {high:.4f}", share))
    show_table(rows, right_from=0)
    times: list[Sequence[object]] = [("", "p50 ms", "p95 ms")]
    for name, seconds in (("exact product", searches[:, 2]), ("Chroma", searches[:, 3])):
        times.append((name, *(f"{1000 * np.quantile(seconds, share):.1f}" for share in (0.5, 0.95))))
    show_table(times, right_from=1)


if __name__ == "__main__":
    main()

"""Times per search in binders of some thousand to a hundred thousand passages of real text.

    python -m evals.benchmarks.size DATA [--sizes 1000 10000 100000] [--work FOLDER] [--questions 200]

DATA: public texts, see evals/benchmarks/README.md. Prints, for each size, p50 and p95 in milliseconds of the search by
words alone, by meaning alone, and of the whole `binder.search`. All warm: 50 other questions were asked before, and
none of those that are timed. The binders are kept in --work and used again; without it they are made anew, which takes
minutes.
"""

from __future__ import annotations

import argparse
import gc
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from evals.benchmarks.made_binder import LookedUp, made_notes, vocabulary, word_change, write
from evals.benchmarks.real_text import documents, embedded, questions, sample
from qa import Binder
from qa.console import show_table
from qa.embedding import load_embedding
from qa.retrieval.search import CANDIDATES
from qa.terms import stems

K = 10
WARMING = 50
HEADER = (
    "passages",
    "notes",
    "index MB",
    "made s",
    "words p50",
    "p95",
    "vectors p50",
    "p95",
    "search p50",
    "p95",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--work", type=Path)
    parser.add_argument("--questions", type=int, default=200)
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(parsed.data, parsed.sizes, parsed.work or Path(folder), parsed.questions)


def run(data: Path, sizes: Sequence[int], work: Path, count: int) -> None:
    model = load_embedding()
    texts = documents(data)
    sentences = [sentence for document in texts for sentence in document]
    changed, nearest = word_change(sentences, vocabulary(texts), model)
    print(f"{len(sentences):,} sentences of {len(texts)} documents; a sentence and itself with one word changed have")
    print(f"cosine {changed:.2f}, a sentence and the nearest of 199 others {nearest:.2f} (medians)", flush=True)
    vectors = dict(zip(sentences, embedded(sentences, model, work), strict=True))
    asked = sample(questions(data), WARMING + count)
    rows: list[Sequence[object]] = [HEADER]
    for size in sizes:
        looked_up = LookedUp(vectors, model, changed)
        binder = opened(work / f"binder-{size}", texts, size, looked_up)
        with binder:
            store = binder._index.store
            known = (store.passage_count(), len(store.notes()))
            made = json.loads((work / f"binder-{size}" / "made.json").read_text("utf-8"))
            rows.append([*map("{:,}".format, known), *made.values(), *figures(binder, asked, looked_up)])
        gc.collect()
        show_table(rows, right_from=0)


def opened(place: Path, texts: Sequence[Sequence[str]], size: int, looked_up: LookedUp) -> Binder:
    """The binder in `place`, made if it is not there; made.json then says how large it is and how long that took."""
    if not (place / "made.json").exists():
        notes = made_notes(texts, size)
        write(notes, place / "corpus")
        for _, made in notes:
            looked_up.made.update(made)
        started = time.perf_counter()
        with Binder.open(place / "corpus", index=place / "index", embedding=looked_up):
            seconds = time.perf_counter() - started
        megabytes = sum(path.stat().st_size for path in (place / "index").rglob("*") if path.is_file()) / 1e6
        (place / "made.json").write_text(json.dumps({"MB": f"{megabytes:,.0f}", "s": f"{seconds:,.0f}"}), "utf-8")
        print(f"{looked_up.unknown:,} of {looked_up.asked:,} texts embedded hold no known sentence", flush=True)
    return Binder.open(place / "corpus", index=place / "index", embedding=looked_up, sync=False)


def figures(binder: Binder, asked: Sequence[str], looked_up: LookedUp) -> list[str]:
    """p50 and p95 in milliseconds of the three searches, as text."""
    index = binder._index
    terms = {question: stems(question) for question in asked}
    vectors = {question: looked_up.embed_query(question) for question in asked}
    searches: list[Callable[[str], object]] = [
        lambda question: index.store.lexical(terms[question], CANDIDATES),
        lambda question: index.dense(vectors[question], CANDIDATES),
        lambda question: binder.search(question, k=K),
    ]
    found: list[str] = []
    for search in searches:
        times = timed(search, asked)
        found += [f"{1000 * np.quantile(times, share):.1f}" for share in (0.5, 0.95)]
    return found


def timed(search: Callable[[str], object], asked: Sequence[str]) -> list[float]:
    """Seconds of each search but the first WARMING."""
    times = []
    for question in asked:
        started = time.perf_counter()
        search(question)
        times.append(time.perf_counter() - started)
    return times[WARMING:]


if __name__ == "__main__":
    main()

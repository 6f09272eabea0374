"""Sets whose first stage was run once, so that many weights can be tried: what `tune` and `ablation` work on.

The scores are the product's own (`qa.retrieval.scoring.scores`); only what does not depend on the weights is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from evals.benchmarks import figures
from evals.benchmarks.figures import Figures, Measure
from evals.benchmarks.sets import Case, opened
from qa.acronyms import Glossary
from qa.embedding import EmbeddingModel, load_embedding
from qa.evaluation.gold import Place
from qa.index import Index
from qa.retrieval.query import build_query, query_vector
from qa.retrieval.scoring import coverage, scores
from qa.retrieval.search import CANDIDATES, Candidates, candidates
from qa.retrieval.weights import WEIGHTS, Weights
from qa.schema import Query, Span

MEASURES: dict[str, Measure] = {
    "chunking": figures.chunking,
    "squad": figures.squad,
    "mtrag": figures.mtrag,
    "verrane": figures.gold,
    "lissmark": figures.gold,
    "seed": figures.gold,
}
# The figures of each set that count for a choice, each as much as the other.
HEADLINES: dict[str, tuple[str, ...]] = {
    "chunking": ("recall@1000c", "recall@3134c"),
    "squad": ("R@1", "MRR@10", "hit@1", "hit@3"),
    "mtrag": ("nDCG@5",),
    "verrane": ("recall@5", "recall@10", "recall@1000c"),
    "lissmark": ("recall@5", "recall@10", "recall@1000c"),
    "seed": ("recall@5", "recall@10", "recall@1000c"),
}
MakeQuery = Callable[[Case, Glossary], Query]


@dataclass(frozen=True, slots=True)
class Gathered:
    """A case with its candidates, and the places of their passages and sentences in the order of the signals."""

    case: Case
    found: Candidates
    passages: tuple[Place, ...]
    sentences: tuple[Place, ...]


def asked(case: Case, glossary: Glossary) -> Query:
    """The query of a case as a binder makes it."""
    return build_query(case.question, history=case.history, glossary=glossary)


def gather(
    names: Sequence[str],
    data: Path,
    work: Path | None,
    make: MakeQuery = asked,
    weights: Weights = WEIGHTS,
    wide: int = CANDIDATES,
) -> dict[str, list[Gathered]]:
    """The sets `names`, each question's first stage run once. wide: as of `qa.retrieval.search.candidates`."""
    model = load_embedding()
    gathered = {}
    for name in names:
        with opened(name, data, work) as (binder, cases):
            place = binder.settings
            with closing(Index.open(place.index, corpus=place.corpus, model=lambda: model)) as index:
                glossary, spans = Glossary(index.store.acronyms()), dict(_sentence_spans(index))
                found = partial(_gathered, index=index, model=model, spans=spans, weights=weights, wide=wide)
                gathered[name] = [found(case, make(case, glossary)) for case in cases]
    return gathered


def measured(name: str, gathered: Sequence[Gathered], weights: Weights) -> list[Figures]:
    """The figures of each case of a set by some weights."""
    return [MEASURES[name](one.case, *_in_order(one, weights)) for one in gathered]


def headline(name: str, rows: Sequence[Figures]) -> float:
    """The mean of a set's headline figures."""
    means = figures.mean(rows)
    return float(np.mean([means[figure] for figure in HEADLINES[name]]))


def _gathered(
    case: Case,
    query: Query,
    index: Index,
    model: EmbeddingModel,
    spans: dict[str, list[Span]],
    weights: Weights,
    wide: int,
) -> Gathered:
    found = candidates(query, query_vector(query, model.encode_query), index, wide, weights)
    notes = [id.rpartition("#")[0] for id in found.ids]
    passages = tuple(
        Place(note, Span(spans[id][0].start, spans[id][-1].end)) for id, note in zip(found.ids, notes, strict=True)
    )
    sentences = tuple(Place(note, span) for id, note in zip(found.ids, notes, strict=True) for span in spans[id])
    return Gathered(case, found, passages, sentences)


def _sentence_spans(index: Index) -> Iterator[tuple[str, list[Span]]]:
    ids = index.store.passage_ids()
    for start in range(0, len(ids), 1000):
        for passage in index.store.passages(ids[start : start + 1000]):
            yield passage.id, [Span(sentence.start, sentence.end) for sentence in passage.sentences]


def _in_order(one: Gathered, weights: Weights) -> tuple[list[Place], list[Place]]:
    """As `figures.places` of the hits that a search by these weights gives."""
    signals, ids = one.found.signals, one.found.ids
    score = scores(signals, coverage(signals, weights), weights)
    best = np.full(len(ids), -np.inf)
    np.maximum.at(best, signals.owner, score)
    order = sorted(range(len(ids)), key=lambda at: (-best[at], ids[at]))[: figures.K]
    within = np.isin(signals.owner, order)
    rows = [row for row in np.argsort(-score, kind="stable") if within[row]]
    return [one.passages[at] for at in order], [one.sentences[row] for row in rows]

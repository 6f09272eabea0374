"""What is measured on each set, from the passages and the sentences that a search gave, each best first.

All is by places in the notes, with the measures of `qa.evaluation`; a question's figure is that of the best of its
`supports`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from evals.benchmarks.sets import Case
from qa.evaluation.asking import best_sentences
from qa.evaluation.gold import Place
from qa.evaluation.measures import retrieval
from qa.schema import Hit, Span

BUDGETS = (1000, 3134)
# Passages asked for: enough sentences for the largest budget, and enough passages to rank notes by.
K = 50
Places = Sequence[Place]
Figures = dict[str, float]
Measure = Callable[[Case, Places, Places], Figures]


def places(hits: Sequence[Hit]) -> tuple[list[Place], list[Place]]:
    """The passages and the sentences of hits, each best first."""
    return [Place(hit.note, Span(hit.start, hit.end)) for hit in hits], best_sentences(hits)


def characters(case: Case, found: Sequence[Place], name: str) -> Figures:
    """Recall, precision and IoU of the characters found; name: what stands in the names of the figures."""
    (evidence,) = case.supports
    return {
        f"recall{name}": retrieval.character_recall(found, evidence),
        f"precision{name}": retrieval.character_precision(found, evidence) if found else 0.0,
        f"iou{name}": retrieval.character_iou(found, evidence) if found else 0.0,
    }


def chunking(case: Case, passages: Places, sentences: Places) -> Figures:
    """Characters at 5 passages, and at equal budgets of characters filled with the best sentences."""
    found = characters(case, passages[:5], "@5")
    for budget in BUDGETS:
        found |= characters(case, retrieval.within_budget(sentences, budget), f"@{budget}c")
    return found


def squad(case: Case, passages: Places, sentences: Places) -> Figures:
    """The paragraph (which is a note) that holds the answer, by rank; and whether the best sentences hold it."""
    (paragraph,) = {place.note for support in case.supports for place in support}
    ranked = list(dict.fromkeys(place.note for place in passages))
    rank = ranked.index(paragraph) + 1 if paragraph in ranked else None
    found = {f"R@{k}": float(rank is not None and rank <= k) for k in (1, 5)}
    found["MRR@10"] = 1 / rank if rank is not None and rank <= 10 else 0.0
    answers = [place for support in case.supports for place in support]
    for k in (1, 3):
        found[f"hit@{k}"] = float(any(sentence.overlaps(answer) for sentence in sentences[:k] for answer in answers))
    return found


def mtrag(case: Case, passages: Places, sentences: Places) -> Figures:
    """nDCG@5 and recall@5 of the reference passages, each of which is a note."""
    (evidence,) = case.supports
    notes = list(dict.fromkeys(place.note for place in passages))
    ranked = [Place(note, Span(0, 1)) for note in notes]
    return {
        "nDCG@5": _ndcg(notes[:5], {place.note for place in evidence}),
        "recall@5": retrieval.recall_at(5, ranked, evidence),
    }


def gold(case: Case, passages: Places, sentences: Places) -> Figures:
    """The evidence of a gold question that the first passages overlap."""
    return {
        f"recall@{k}": max(retrieval.recall_at(k, passages, support) for support in case.supports) for k in (5, 10)
    } | {
        "recall@1000c": max(
            retrieval.character_recall(retrieval.within_budget(sentences, 1000), support) for support in case.supports
        )
    }


def mean(figures: Sequence[Figures]) -> Figures:
    """The mean of each figure over questions."""
    return {name: float(np.mean([one[name] for one in figures])) for name in figures[0]}


def _ndcg(ranked: Sequence[str], relevant: set[str]) -> float:
    """nDCG with binary gains over documents (Järvelin and Kekäläinen, 2002)."""
    discounts = [1 / np.log2(1 + rank) for rank in range(1, len(ranked) + 1)]
    gained = sum(discount for note, discount in zip(ranked, discounts, strict=True) if note in relevant)
    return float(gained / sum(1 / np.log2(1 + rank) for rank in range(1, min(5, len(relevant)) + 1)))

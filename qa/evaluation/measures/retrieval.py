"""How much of the evidence is found, by character spans, so that no figure depends on how notes are cut.

Relevance is overlap. The evidence of a question is a list of places; where several lists would each do, the best one
counts.
Ranks start at 1. With nothing found every measure is 0; a question without evidence is not measured at all.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from qa.evaluation.gold import Place
from qa.schema import Span

Spans = list[tuple[str, int, int]]


def first_ranks(found: Sequence[Place], evidence: Sequence[Place]) -> list[int | None]:
    """For each place of the evidence the rank of the first of `found` that overlaps it, or None."""
    return [next((rank for rank, hit in enumerate(found, start=1) if hit.overlaps(place)), None) for place in evidence]


def recall_at(k: int, found: Sequence[Place], evidence: Sequence[Place]) -> float:
    """recall@k: the share of the evidence's places that one of the first k hits overlaps.

    Manning, Raghavan and Schütze, "Introduction to Information Retrieval" (2008), section 8.4, with places for
    documents.
    """
    return sum(rank is not None for rank in first_ranks(found[:k], evidence)) / len(evidence)


def reciprocal_rank(found: Sequence[Place], evidence: Sequence[Place]) -> float:
    """1 / rank of the first hit that overlaps evidence, 0 without one; its mean over questions is MRR.

    Voorhees, "The TREC-8 Question Answering Track Report" (1999).
    """
    ranks = [rank for rank in first_ranks(found, evidence) if rank is not None]
    return 1 / min(ranks) if ranks else 0.0


def ndcg_at(k: int, found: Sequence[Place], evidence: Sequence[Place]) -> float:
    """nDCG@k where each place of the evidence counts once, at the first hit that overlaps it.

    The gain of a hit is the number of places that no hit before it overlaps, discounted by log2(1 + rank): Järvelin and
    Kekäläinen, "Cumulated gain-based evaluation of IR techniques" (2002), with the novelty of Clarke et al., "Novelty
    and diversity in information retrieval evaluation" (2008) at alpha = 1. The ideal, which no way of cutting notes
    beats, has all evidence of a note in one hit and the notes with the most evidence first.
    """
    gained = sum(1 / math.log2(1 + rank) for rank in first_ranks(found[:k], evidence) if rank is not None)
    by_note = sorted(Counter(place.note for place in evidence).values(), reverse=True)
    ideal = sum(count / math.log2(1 + rank) for rank, count in enumerate(by_note[:k], start=1))
    return gained / ideal


def within_budget(found: Sequence[Place], characters: int) -> list[Place]:
    """The first of `found` until they hold so many characters; the last is cut off there. A character counts once."""
    taken: list[Place] = []
    for place in found:
        left = characters - _length(_union(taken))
        if left <= 0:
            break
        if _new(taken, place, place.span.end) <= left:
            taken.append(place)
            continue
        # The last end at which the place adds no more than is left; what was taken before costs nothing.
        ends = range(place.span.start + 1, place.span.end + 1)
        fitting = bisect_right(ends, left, key=lambda end: _new(taken, place, end))
        taken.append(Place(place.note, Span(place.span.start, ends[fitting - 1])))
    return taken


def character_precision(found: Sequence[Place], evidence: Sequence[Place]) -> float:
    """The share of the characters found that are evidence (same source as `character_recall`)."""
    return _length(_intersection(_union(found), _union(evidence))) / _length(_union(found))


def character_recall(found: Sequence[Place], evidence: Sequence[Place]) -> float:
    """The share of the evidence's characters that are found.

    Smith and Troynikov, "Evaluating Chunking Strategies for Retrieval" (Chroma, 2024), with characters for tokens.
    """
    return _length(_intersection(_union(found), _union(evidence))) / _length(_union(evidence))


def character_iou(found: Sequence[Place], evidence: Sequence[Place]) -> float:
    """Characters found that are evidence, over characters that are found or evidence (same source)."""
    both = _length(_intersection(_union(found), _union(evidence)))
    return both / (_length(_union(found)) + _length(_union(evidence)) - both)


def _new(taken: Sequence[Place], place: Place, end: int) -> int:
    """The characters that `place`, cut off at `end`, adds to what was taken."""
    cut = Place(place.note, Span(place.span.start, end))
    return _length(_union([*taken, cut])) - _length(_union(taken))


def _union(places: Sequence[Place]) -> Spans:
    """The places as disjoint runs, in order."""
    merged: Spans = []
    for note, start, end in sorted((place.note, place.span.start, place.span.end) for place in places):
        if merged and merged[-1][0] == note and start <= merged[-1][2]:
            merged[-1] = (note, merged[-1][1], max(end, merged[-1][2]))
        else:
            merged.append((note, start, end))
    return merged


def _intersection(left: Spans, right: Spans) -> Spans:
    shared = [
        (note, max(start, other_start), min(end, other_end))
        for note, start, end in left
        for other, other_start, other_end in right
        if note == other
    ]
    return [(note, start, end) for note, start, end in shared if start < end]


def _length(spans: Spans) -> int:
    return sum(end - start for _, start, end in spans)

"""One gold question put to a binder in three stages, so that blame is local: retrieval alone; answering with the gold
evidence handed in; end to end."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, Unpack

from qa.evaluation.gold import Gold, Place
from qa.evaluation.measures import MEASURES, answers, retrieval
from qa.options import AskOptions, SearchOptions
from qa.schema import Answer, Citation, Hit, Note, Span

# Hits asked for: as many as the measures look at; and so many that every passage of the evidence's notes is among them.
HITS, ALL_HITS = 10, 1_000
BUDGET = 1_000
# Figures are kept as they are saved, so that a run and the same run read again are alike.
DIGITS = 6
FEW_NOTES = 10


class Asked(Protocol):
    """What is evaluated: a Binder, or anything that answers like one."""

    def notes(self) -> tuple[Note, ...]: ...
    def text(self, note: str) -> str: ...
    def search(self, question: str, **options: Unpack[SearchOptions]) -> tuple[Hit, ...]: ...
    def ask(self, question: str, **options: Unpack[AskOptions]) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Record:
    """What came of one question.

    row: the gold row's fingerprint. cluster: what its fate hangs together with. on_evidence: for each citation whether
    it overlaps evidence. measures: by name (see qa.evaluation.measures); what is missing was not measured. broken:
    invariants broken, with how often. error: what was raised instead of an answer, which then counts as wrong.
    """

    id: str
    type: str
    row: str
    cluster: str
    question: str
    answerable: bool
    abstained: bool
    confidence: float | None
    answer: str
    citations: tuple[Citation, ...]
    notices: tuple[str, ...]
    on_evidence: tuple[bool, ...]
    measures: dict[str, float]
    broken: dict[str, int] = field(default_factory=dict)
    error: str = ""

    @property
    def right(self) -> bool:
        return self.measures["right"] == 1


def put(gold: Gold, binder: Asked) -> tuple[Record, float, Answer | None]:
    """The record of a question, the seconds that its answer took, end to end, and the answer; None where there is none.

    An exception is no way out of the averages: the question then has the worst value of every measure that applies.
    """
    try:
        hits = binder.search(gold.question, k=HITS, **gold.asked_with)
        gold_hits = _gold_hits(gold, binder)
        handed = binder.ask(gold.question, hits=gold_hits, **gold.asked_with) if gold_hits else None
        started = time.perf_counter()
        answer = binder.ask(gold.question, **gold.asked_with)
        seconds = time.perf_counter() - started
    except Exception as error:  # whatever goes wrong is a wrong answer to whoever asked
        return _failed(gold, error), 0.0, None
    measures = retrieval_measures(gold, hits) | _handed_measures(gold, handed) | answer_measures(gold, answer)
    record = Record(
        id=gold.id,
        type=gold.type,
        row=gold.fingerprint,
        cluster=_cluster(gold, binder, gold_hits),
        question=gold.question,
        answerable=gold.answerable,
        abstained=answer.abstained,
        confidence=None if answer.confidence is None else round(answer.confidence, DIGITS),
        answer=answer.text,
        citations=answer.citations,
        notices=tuple(f"{notice.kind}: {notice.text}" for notice in answer.notices),
        on_evidence=tuple(answers.on_evidence(gold, answer)),
        measures={name: round(value, DIGITS) for name, value in measures.items()},
        broken=answers.broken_invariants(gold, answer, binder.text),
    )
    return record, seconds, answer


def retrieval_measures(gold: Gold, hits: Sequence[Hit]) -> dict[str, float]:
    """The measures of retrieval alone; none where there is no evidence."""
    if not gold.supports:
        return {}
    passages = [Place(hit.note, Span(hit.start, hit.end)) for hit in hits]
    best = retrieval.within_budget(best_sentences(hits), BUDGET)
    return {
        "recall@5": _best(gold, lambda evidence: retrieval.recall_at(5, passages, evidence)),
        "recall@10": _best(gold, lambda evidence: retrieval.recall_at(10, passages, evidence)),
        "mrr": _best(gold, lambda evidence: retrieval.reciprocal_rank(passages, evidence)),
        "ndcg@10": _best(gold, lambda evidence: retrieval.ndcg_at(10, passages, evidence)),
        "recall@1000c": _best(gold, lambda evidence: retrieval.character_recall(best, evidence)),
        "iou@1000c": _best(gold, lambda evidence: retrieval.character_iou(best, evidence)),
    }


def answer_measures(gold: Gold, answer: Answer) -> dict[str, float]:
    """The measures of an answer, end to end; what does not apply is left out."""
    values = {
        "right": answers.is_right(gold, answer),
        "facts": answers.facts_given(gold, answer),
        "forbidden": answers.holds_forbidden(gold, answer),
        "citation_precision": answers.citation_precision(gold, answer),
        "citation_focus": answers.citation_focus(gold, answer),
        "citation_recall": answers.citation_recall(gold, answer),
        "statements_cited": answers.statements_cited(answer),
        "newest_cited": answers.newest_cited(gold, answer),
        "false_refusals": float(answer.abstained) if gold.answerable else None,
        "false_answers": None if gold.answerable else float(not answer.abstained),
        "wrong_answers": float(not answer.abstained and not answers.is_right(gold, answer)),
        "words": answers.word_count(answer),
    }
    return {name: value for name, value in values.items() if value is not None}


def best_sentences(hits: Sequence[Hit]) -> list[Place]:
    """The sentences of the hits, best first: what retrieval points at, whatever the size of its passages."""
    scored = [
        (-sentence.score, hit.id, sentence.start, Place(hit.note, Span(sentence.start, sentence.end)))
        for hit in hits
        for sentence in hit.sentences
    ]
    return [place for *_, place in sorted(scored, key=lambda one: one[:3])]


def _handed_measures(gold: Gold, answer: Answer | None) -> dict[str, float]:
    if answer is None:
        return {}
    return {"evidence_right": answers.is_right(gold, answer), "evidence_refusals": float(answer.abstained)}


def _best(gold: Gold, measure: Callable[[Sequence[Place]], float]) -> float:
    return max(measure(support) for support in gold.supports)


def _gold_hits(gold: Gold, binder: Asked) -> tuple[Hit, ...]:
    """The passages that hold the evidence, scored for the question as a search would."""
    if not gold.supports:
        return ()
    evidence = gold.supports[0]
    notes = sorted({place.note for place in evidence})
    found = binder.search(gold.question, k=ALL_HITS, **(gold.asked_with | {"notes": notes}))
    return tuple(
        hit for hit in found if any(Place(hit.note, Span(hit.start, hit.end)).overlaps(place) for place in evidence)
    )


def _cluster(gold: Gold, binder: Asked, gold_hits: Sequence[Hit]) -> str:
    if not gold.supports:
        return f"question {gold.id}"
    place = gold.supports[0][0]
    if len(binder.notes()) >= FEW_NOTES:
        return place.note
    section = next((hit.section for hit in gold_hits if Place(hit.note, Span(hit.start, hit.end)).overlaps(place)), "")
    return f"{place.note} > {section}"


def _failed(gold: Gold, error: Exception) -> Record:
    applies = {"right": 0.0, "wrong_answers": 1.0} | (
        {"false_refusals": 1.0} if gold.answerable else {"false_answers": 1.0}
    )
    if gold.supports:
        names = [measure.name for measure in MEASURES if measure.stage == "retrieval"]
        names += ["evidence_right", "facts", "citation_recall", *(["newest_cited"] if gold.outdated else [])]
        applies |= dict.fromkeys(names, 0.0)
    return Record(
        id=gold.id,
        type=gold.type,
        row=gold.fingerprint,
        cluster=gold.supports[0][0].note if gold.supports else f"question {gold.id}",
        question=gold.question,
        answerable=gold.answerable,
        abstained=False,
        confidence=None,
        answer="",
        citations=(),
        notices=(),
        on_evidence=(),
        measures=applies,
        error=f"{type(error).__name__}: {error}",
    )

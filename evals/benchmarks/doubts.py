"""Questions that notes answer, and questions that they do not, each with the figures that the program judges by.

What is not answered is of three kinds. *far*: the subject is missing; of SQuAD each answerable question once more, put
to the binder without its article. *near*: people and subjects are there, the fact is not; of SQuAD the questions that
its authors wrote so. *masked*: an answerable question once more, its evidence taken away: the passages that hold it are
not among the hits. Gold sets have far and near ones of their own (absent-far, absent-near).

`control` is for the question whether figures tell what is found or how a question is worded: the same question with its
best sentence left out, or the one that holds the answer. What is told even then is told by the wording.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from evals.benchmarks.sets import Case, mtrag_turns, opened, squad_without_answer
from qa import Binder
from qa.acronyms import Glossary
from qa.answering.features import Features, features
from qa.embedding import load_embedding
from qa.evaluation.gold import Place, read_rows, resolve
from qa.evaluation.goldset import GoldSet, load_set
from qa.index import Index
from qa.options import Filters
from qa.retrieval.query import build_query, query_vector
from qa.retrieval.search import search
from qa.retrieval.searched import Searched, searched
from qa.schema import Hit, Query, Sentence, Span
from qa.steps import HITS_TO_ANSWER_FROM
from qa.terms import ENGLISH

EVALS = Path(__file__).parent.parent
ANSWERABLE, FAR, NEAR, MASKED = "answerable", "far", "near", "masked"
DEVELOPMENT = "development"
_GROUPS = {"absent-far": FAR, "absent-near": NEAR}


@dataclass(frozen=True, slots=True)
class Sample:
    """A question as it was put. kind: one of the four above. cluster: the article or note that it hangs together with.

    control: its figures with a sentence left out, where that was asked for.
    """

    set: str
    id: str
    kind: str
    cluster: str
    figures: Features
    control: Features | None = None

    @property
    def answerable(self) -> bool:
        return self.kind == ANSWERABLE


@dataclass(frozen=True, slots=True)
class Found:
    """A query, what it found, best first, and what it was put to."""

    query: Query
    hits: tuple[Hit, ...]
    put_to: Searched

    def figures(self, hits: Sequence[Hit] | None = None) -> Features:
        """The figures of what was found, or of other hits."""
        return features(self.query, (self.hits if hits is None else hits)[:HITS_TO_ANSWER_FROM], self.put_to)


Put = Callable[[str, Filters], Found]


@contextmanager
def asking(binder: Binder) -> Iterator[Put]:
    """What puts questions to a binder's index: (question, history and filters) to what is found."""
    model, place = load_embedding(), binder.settings
    with closing(Index.open(place.index, corpus=place.corpus, model=lambda: model)) as index:
        glossary, known, editions = Glossary(index.store.acronyms()), index.store.notes(), binder.editions()

        def put(question: str, asked_with: Filters) -> Found:
            query = build_query(question, known=known, glossary=glossary, editions=editions, **asked_with)
            vector = query_vector(query, model.encode_query)
            # Twice as many as are answered from: enough are left where evidence is taken away.
            return Found(query, search(query, vector, index, 2 * HITS_TO_ANSWER_FROM), searched(query, index))

        yield put


def squad(data: Path, work: Path | None) -> list[Sample]:
    """All four kinds; the cluster is the article. Some minutes."""
    with opened("squad", data, work) as (binder, cases), asking(binder) as put:
        notes = [note.note for note in binder.notes()]
        samples: list[Sample] = []
        for case in cases:
            samples += _answered("squad", case.id, case.group, case.supports, put(case.question, {}))
            elsewhere = [note for note in notes if note[:2] != case.cluster[:2]]
            found = put(case.question, {"notes": elsewhere})
            samples.append(Sample("squad", case.id, FAR, case.group, found.figures()))
        for case in squad_without_answer(data):
            found = put(case.question, {})
            control = found.figures(_without(found.hits, _best_sentence(found.hits)))
            samples.append(Sample("squad", case.id, NEAR, case.group, found.figures(), control))
        return samples


def chunking(data: Path, work: Path | None) -> list[Sample]:
    """Answerable, far (put to the binder without the question's corpus) and masked; the cluster is the corpus."""
    with opened("chunking", data, work) as (binder, cases), asking(binder) as put:
        notes = [note.note for note in binder.notes()]
        samples: list[Sample] = []
        for case in cases:
            samples += _answered("chunking", case.id, case.group, case.supports, put(case.question, {}))
            elsewhere = [note for note in notes if note != f"{case.group}.md"]
            found = put(case.question, {"notes": elsewhere})
            samples.append(Sample("chunking", case.id, FAR, case.group, found.figures()))
        return samples


def gold(gold_set: GoldSet) -> list[Sample]:
    """The English questions of a gold set, and the masked ones; the cluster is the first note of the evidence."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Binder.open(gold_set.notes, index=folder, llm="embedded") as binder,
        asking(binder) as put,
    ):
        rows, _ = resolve(read_rows(gold_set.gold), binder.text)
        samples: list[Sample] = []
        for row in rows:
            found = put(row.question, row.asked_with)
            if found.query.asked_in != ENGLISH:
                continue
            if row.answerable:
                samples += _answered(gold_set.name, row.id, row.supports[0][0].note, row.supports, found)
            else:
                kind = _GROUPS.get(row.type, NEAR)
                samples.append(Sample(gold_set.name, row.id, kind, row.id, found.figures()))
        return samples


def mtrag(data: Path, work: Path | None) -> list[tuple[Case, Sample]]:
    """The turns that the passages answer, or answer in part, and those that they do not."""
    with opened("mtrag", data, work) as (binder, _), asking(binder) as put:
        asked = [
            (case, ANSWERABLE if answerability != "UNANSWERABLE" else NEAR)
            for answerability in ("ANSWERABLE", "PARTIAL", "UNANSWERABLE")
            for case in mtrag_turns(data, answerability)
        ]
        return [
            (
                case,
                Sample("mtrag", case.id, kind, case.cluster, put(case.question, {"history": case.history}).figures()),
            )
            for case, kind in asked
        ]


def gold_sets() -> list[GoldSet]:
    """The gold sets of this folder: those that may be chosen on first."""
    found = [load_set(path) for path in sorted(EVALS.glob("*/set.toml"))]
    return sorted(found, key=lambda one: (one.role != DEVELOPMENT, one.name))


def _answered(name: str, id: str, cluster: str, supports: Sequence[Sequence[Place]], found: Found) -> Iterator[Sample]:
    """An answerable question as it is, with the sentences that answer it left out as control; and masked."""
    evidence = [place for support in supports for place in support]

    def holds(hit: Hit, sentence: Sentence) -> bool:
        return any(place.overlaps(Place(hit.note, Span(sentence.start, sentence.end))) for place in evidence)

    control = found.figures(_without(found.hits[:HITS_TO_ANSWER_FROM], holds))
    yield Sample(name, id, ANSWERABLE, cluster, found.figures(), control)
    others = [hit for hit in found.hits if not any(place.overlaps(_place(hit)) for place in evidence)]
    yield Sample(name, id, MASKED, cluster, found.figures(others))


def _place(hit: Hit) -> Place:
    return Place(hit.note, Span(hit.start, hit.end))


def _best_sentence(hits: Sequence[Hit]) -> Callable[[Hit, Sentence], bool]:
    best = max(sentence.score for hit in hits for sentence in hit.sentences)
    return lambda hit, sentence: sentence.score == best


def _without(hits: Sequence[Hit], left_out: Callable[[Hit, Sentence], bool]) -> list[Hit]:
    """The hits without some sentences, neither among the sentences nor in the text; those of nothing else are gone."""
    kept = []
    for hit in hits:
        sentences = tuple(sentence for sentence in hit.sentences if not left_out(hit, sentence))
        if sentences:
            kept.append(replace(hit, sentences=sentences, text="\n".join(sentence.text for sentence in sentences)))
    return kept

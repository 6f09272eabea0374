"""What each part of the search adds on each set: what is lost without it.

    python -m evals.benchmarks.ablation DATA [--work FOLDER]

Cells are the change of the mean of a set's headline figures (see `gathered.py`) where a part is left out; a star where
its 95% interval (paired bootstrap) holds no zero, as two or three of so many cells would have by chance. A part is left
out by giving it no weight, or by making the query without it; what the others weigh, and what the first stage proposes,
stays. Headings in the vectors are left out by embedding all passages without them. The mending of typos is left out of
questions that each have one: a letter is dropped, doubled, swapped or replaced in a word of five letters or more, after
its first letter. Without looking into fewer, twice as many passages are proposed and looked into. Twenty
minutes.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from string import ascii_lowercase
from unittest.mock import patch

import numpy as np

from evals.benchmarks.figures import Figures
from evals.benchmarks.gathered import HEADLINES, Gathered, gather, measured
from evals.benchmarks.sets import Case, arguments
from qa.acronyms import Glossary
from qa.console import show_table
from qa.evaluation.statistics import paired_change
from qa.passages import passage_text
from qa.retrieval import search
from qa.retrieval.query import build_query
from qa.retrieval.search import CANDIDATES
from qa.retrieval.weights import WEIGHTS, Weights
from qa.schema import Passage, Query
from qa.terms import stems

SETS = tuple(HEADLINES)
WITHOUT: dict[str, Weights] = {
    "words": replace(WEIGHTS, bm25=0, terms=0),
    "vectors": replace(WEIGHTS, passage=0, note=0, sentence=0, beside=0),
    "sentences": replace(WEIGHTS, sentence=0, beside=0, terms=0),
    "passages": replace(WEIGHTS, passage=0, note=0, bm25=0, in_passage=0),
    "best passage of the note": replace(WEIGHTS, note=0),
    "neighbours": replace(WEIGHTS, beside=0, in_neighbour=0),
    "lead-ins as a place": replace(WEIGHTS, in_lead_in=0),
    "headings as a place": replace(WEIGHTS, in_headings=0),
}


def main() -> None:
    parsed = arguments(__doc__).parse_args()
    sets = gather(SETS, parsed.data, parsed.work)
    whole = {name: measured(name, sets[name], WEIGHTS) for name in SETS}
    rows: list[list[object]] = [
        ["without", *SETS],
        ["(nothing)", *(f"{_headline(n, whole[n]).mean():.3f}" for n in SETS)],
    ]
    for part, weights in WITHOUT.items():
        rows.append([part, *(_change(sets[n], n, whole[n], measured(n, sets[n], weights)) for n in SETS)])
    slipped = gather(SETS, parsed.data, parsed.work, _slipped)
    with patch.object(search, "respelled", lambda terms, *_: terms):
        unmended = gather(SETS, parsed.data, parsed.work, _slipped)
    typed = {name: measured(name, slipped[name], WEIGHTS) for name in SETS}
    rows.append(["(with a typo in each)", *(f"{_headline(n, typed[n]).mean():.3f}" for n in SETS)])
    rows.append(["typos", *(_change(sets[n], n, typed[n], measured(n, unmended[n], WEIGHTS)) for n in SETS)])
    for part, made in _made_without(parsed.data, parsed.work).items():
        rows.append([part, *(_change(sets[n], n, whole[n], measured(n, made[n], WEIGHTS)) for n in SETS)])
    show_table(rows)


def _made_without(data: Path, work: Path | None) -> dict[str, dict[str, list[Gathered]]]:
    """The sets with the first stage run without a part."""
    made = {
        "headings in BM25": gather(SETS, data, work, weights=replace(WEIGHTS, bm25_in_headings=0)),
        "acronyms": gather(SETS, data, work, lambda case, _: build_query(case.question, history=case.history)),
        "follow-ups": gather(SETS, data, work, lambda case, known: build_query(case.question, glossary=known)),
        "looking into fewer": gather(SETS, data, work, wide=2 * CANDIDATES),
    }
    with patch("qa.index.edits.passage_text", _without_headings):
        made["headings in vectors"] = gather(SETS, data, None)
    return made


def _slipped(case: Case, known: Glossary) -> Query:
    """The query of a case with one slip in its question; the same each time."""
    chance = random.Random(case.id)
    words = [match for match in re.finditer(r"[A-Za-z]{5,}", case.question) if stems(match[0])]
    question = case.question
    if words:
        word = chance.choice(words)
        at = word.start() + chance.randrange(1, len(word[0]) - 1)
        letter, after = question[at], question[at + 1]
        instead = chance.choice(["", letter * 2, after + letter, chance.choice(ascii_lowercase)])
        question = question[:at] + instead + question[at + 1 + (instead == after + letter) :]
    return build_query(question, history=case.history, glossary=known)


def _without_headings(text: str, passage: Passage) -> str:
    lead_ins = {span for sentence in passage.sentences for span in sentence.context}
    return passage_text(text, replace(passage, context=tuple(span for span in passage.context if span in lead_ins)))


def _headline(name: str, rows: Sequence[Figures]) -> np.ndarray:
    return np.array([np.mean([row[figure] for figure in HEADLINES[name]]) for row in rows])


def _change(rows: Sequence[Gathered], name: str, whole: Sequence[Figures], without: Sequence[Figures]) -> str:
    clusters = [one.case.cluster for one in rows]
    change = paired_change(list(_headline(name, whole)), list(_headline(name, without)), clusters)
    star = "*" if change.low > 0 or change.high < 0 else " "
    return f"{change.now - change.before:+.3f}{star}"


if __name__ == "__main__":
    main()

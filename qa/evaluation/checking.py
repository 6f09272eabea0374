"""Examines a gold set for what would make its figures wrong: quotes that are not found, facts that match by chance."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from qa.errors import UnknownNoteError
from qa.evaluation.gold import Row, contains, examine_rows, find_quote, folded
from qa.evaluation.goldset import GoldSet
from qa.schema import Note
from qa.sentences import sentence_spans

# A bare word or number of fewer characters is found in many a wrong answer.
FEWEST_CHARACTERS = 3
# So large a share of the sentences that are no evidence may hold all facts of a question before that is reported.
LARGEST_SHARE = 0.02
# So much of a quote must stand in a sentence for it to be named as the nearest.
NEAR = 0.6
_PLACES = ("evidence", "also", "outdated")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a gold row. level: an "error" stops `qa eval`, or makes a question that no answer can meet;
    a "warning" is for a person to judge. where: file and line, and the row's id where there is one."""

    level: Literal["error", "warning"]
    where: str
    message: str


class Notes(Protocol):
    """What a gold set is checked against: a Binder."""

    def notes(self) -> tuple[Note, ...]: ...
    def text(self, note: str) -> str: ...


def check(gold_set: GoldSet, binder: Notes) -> tuple[list[Finding], int]:
    """What is wrong with a gold set, by line, and how many questions it has. Raises GoldError for a file that cannot
    be read."""
    findings: list[Finding] = []
    rows: list[Row] = []
    for row, problems in examine_rows(gold_set.gold):
        findings += [Finding("error", gold_set.gold.name, problem) for problem in problems]
        rows += [row] if row else []
    findings += _duplicates(gold_set, rows)
    checker = _Checker(gold_set, binder)
    for row in rows:
        findings += checker.examine(row)
    if not rows and not findings:
        findings.append(Finding("error", gold_set.gold.name, "It holds no question. `qa eval add` writes one."))
    return findings, len(rows)


def check_row(row: Row, gold_set: GoldSet, binder: Notes) -> list[Finding]:
    """What is wrong with one row, looked at alone."""
    return _Checker(gold_set, binder).examine(row)


def _duplicates(gold_set: GoldSet, rows: Sequence[Row]) -> list[Finding]:
    findings, ids, asked = [], dict[str, int](), dict[str, str]()
    for row in rows:
        if row.id in ids:
            findings.append(_finding("error", gold_set, row, f"line {ids[row.id]} has the same id."))
        ids.setdefault(row.id, row.line)
        # The same words are another question after another conversation, or of other notes.
        beside = [row.keys.get(key) for key in ("history", "as_of", "since", "until", "notes", "language")]
        question = f"{folded(row.keys['question'])} {beside}"
        if question in asked:
            findings.append(_finding("error", gold_set, row, f"{asked[question]} asks the same."))
        asked.setdefault(question, row.id)
    return findings


class _Checker:
    """Examines rows against the notes; keeps the notes' sentences, which it looks through for each fact."""

    def __init__(self, gold_set: GoldSet, binder: Notes) -> None:
        self._set = gold_set
        self._text = binder.text
        texts = [binder.text(note.note) for note in binder.notes()]
        self._all = [folded(text) for text in texts]
        self._sentences = [folded(sentence) for text in texts for sentence in _sentences(text)]

    def examine(self, row: Row) -> list[Finding]:
        findings = [self._quote(row, kind, item) for kind in _PLACES for item in row.keys.get(kind, ())]
        findings += self._facts(row) + self._forbidden(row) + self._asked_of(row)
        return [finding for finding in findings if finding]

    def _quote(self, row: Row, kind: str, item: dict[str, str]) -> Finding | None:
        note, quote = item["note"], item["quote"]
        try:
            text = self._text(note)
        except UnknownNoteError as error:
            if kind != "evidence":
                return _finding("warning", self._set, row, f"{kind}: {error} It is left out.")
            return _finding("error", self._set, row, f"{kind}: {error} So the question cannot be scored.")
        found = find_quote(text, quote)
        if not found:
            return _finding("error", self._set, row, f"{kind}: {note} does not hold “{quote}”.{_nearest(text, quote)}")
        if len(found) > 1:
            return _finding(
                "warning",
                self._set,
                row,
                f"{kind}: “{quote}” stands {len(found)} times in {note}; only the first counts. Make it longer.",
            )
        return None

    def _facts(self, row: Row) -> list[Finding | None]:
        facts, evidence = row.keys["facts"], " ".join(item["quote"] for item in row.keys["evidence"])
        findings: list[Finding | None] = []
        for fact in facts:
            if not any(contains(evidence, wording) for wording in fact):
                findings.append(_finding("error", self._set, row, f"the fact {fact} is not in its evidence."))
            for wording in fact:
                if contains(row.keys["question"], wording):
                    message = f"the fact “{wording}” stands in the question already."
                    findings.append(_finding("warning", self._set, row, message))
                if len(wording.strip()) < FEWEST_CHARACTERS:
                    message = f"the fact “{wording}” is so short that wrong answers may hold it by chance."
                    findings.append(_finding("warning", self._set, row, message))
        return [*findings, self._by_chance(row)] if facts else findings

    def _by_chance(self, row: Row) -> Finding | None:
        """Whether sentences that are no evidence hold all facts too, so that a wrong answer would seem to give them."""
        named = [folded(item["quote"]) for kind in ("evidence", "also") for item in row.keys.get(kind, ())]
        others = [one for one in self._sentences if not any(one in quote or quote in one for quote in named)]
        holding = [one for one in others if all(any(contains(one, w) for w in fact) for fact in row.keys["facts"])]
        if len(holding) <= max(1, LARGEST_SHARE * len(others)):
            return None
        message = f"{len(holding)} of the other {len(others)} sentences of the notes hold all its facts by chance."
        return _finding("warning", self._set, row, message)

    def _asked_of(self, row: Row) -> list[Finding | None]:
        findings: list[Finding | None] = []
        for note in row.keys.get("notes", ()):
            try:
                self._text(note)
            except UnknownNoteError as error:
                message = f"notes: {error} So the question cannot be scored."
                findings.append(_finding("error", self._set, row, message))
        for place in row.keys.get("outdated", ()):
            if place in row.keys["evidence"]:
                message = f"outdated: “{place['quote']}” is its evidence."
                findings.append(_finding("error", self._set, row, message))
        return findings

    def _forbidden(self, row: Row) -> list[Finding | None]:
        findings: list[Finding | None] = []
        for wording in row.keys.get("must_not", ()):
            if any(contains(item["quote"], wording) for item in row.keys["evidence"]):
                findings.append(
                    _finding("error", self._set, row, f"must_not: “{wording}” stands in the evidence itself.")
                )
            elif not any(folded(wording) in text for text in self._all):
                findings.append(
                    _finding("warning", self._set, row, f"must_not: “{wording}” stands in no note; is it a slip?")
                )
        return findings


def _nearest(text: str, quote: str) -> str:
    """What a note holds that comes nearest to a quote, as a hint."""
    near = max(_sentences(text), key=lambda sentence: _shared(quote, sentence), default="")
    return f" Nearest is “{near}”." if _shared(quote, near) >= NEAR else " Nothing in it comes near."


def _shared(quote: str, sentence: str) -> float:
    """The share of a quote's characters that stand in a sentence too, in the same order, in runs of four or more."""
    runs = difflib.SequenceMatcher(None, quote, sentence, autojunk=False).get_matching_blocks()
    return sum(run.size for run in runs if run.size >= 4) / len(quote)


def _sentences(text: str) -> list[str]:
    spans = [span for line in re.finditer(r"[^\n]+", text) for span in sentence_spans(text, line.start(), line.end())]
    return [text[span.start : span.end] for span in spans]


def _finding(level: Literal["error", "warning"], gold_set: GoldSet, row: Row, message: str) -> Finding:
    return Finding(level, f"{gold_set.gold.name}:{row.line} {row.id}", message)

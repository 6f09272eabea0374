"""Gold questions: JSONL rows with the keys of evals/README.md, their quotes resolved to spans of the notes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa import Answer, Binder
from qa.errors import UnknownNoteError
from qa.schema import Span


@dataclass(frozen=True, slots=True)
class Gold:
    """One question. facts: each a tuple of wordings, any of which counts. evidence: (note, span) that bear it out."""

    id: str
    type: str
    question: str
    answerable: bool
    facts: tuple[tuple[str, ...], ...]
    evidence: tuple[tuple[str, Span], ...]
    history: tuple[tuple[str, str], ...]
    must_not: tuple[str, ...]


def load_gold(path: Path, binder: Binder) -> tuple[list[Gold], list[str]]:
    """The questions of a gold file that can be scored over this binder, and the ids of those that cannot, since a note
    of their evidence is not in it. Raises ValueError for a quote that a note does not hold."""
    scored, left_out = [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        try:
            evidence = tuple((item["note"], _resolve(binder, row["id"], **item)) for item in row["evidence"])
        except UnknownNoteError:
            left_out.append(row["id"])
            continue
        scored.append(
            Gold(
                row["id"],
                row["type"],
                row["question"],
                row["answerable"],
                tuple(map(tuple, row["facts"])),
                evidence,
                tuple((role, text) for role, text in row["history"]),
                tuple(row["must_not"]),
            )
        )
    return scored, left_out


def is_right(gold: Gold, answer: Answer) -> bool:
    """Every fact given, nothing forbidden, at least one citation on evidence; or abstained where nothing answers."""
    if not gold.answerable:
        return answer.abstained
    said = _folded(answer.text)
    return (
        not answer.abstained
        and all(any(_folded(wording) in said for wording in fact) for fact in gold.facts)
        and not any(_folded(forbidden) in said for forbidden in gold.must_not)
        and any(
            citation.note == note and span.overlaps(Span(citation.start, citation.end))
            for citation in answer.citations
            for note, span in gold.evidence
        )
    )


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95% score interval of a share (Wilson, 1927)."""
    z, share = 1.96, successes / trials
    centre = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * (share * (1 - share) / trials + z * z / (4 * trials * trials)) ** 0.5
    return centre - half, centre + half


def _resolve(binder: Binder, id: str, note: str, quote: str) -> Span:
    text = binder.text(note)
    pattern = r"[\s|]+".join(re.escape(word) for word in re.split(r"[\s|]+", quote.strip()))
    match = re.search(pattern, text)
    if match is None:
        raise ValueError(f"{id}: {note} does not hold the quote {quote!r}")
    return Span(match.start(), match.end())


def _folded(text: str) -> str:
    return re.sub(r"[\s|]+", " ", text.replace("’", "'")).casefold()


def table(rows: Sequence[Sequence[object]]) -> str:
    """Rows as columns of text, the first row a header."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)

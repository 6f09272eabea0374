"""Checks `true.jsonl`: the form of its lines, that each quote stands in its note, and how near each statement is to it.

    python -m evals.statements.check

The overlap of a statement is the share of its content words that are among those of its quotes, by stem. Prints what
is wrong, then the counts, and exits with 1 where anything is wrong.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from qa.notes import read_note
from qa.terms import guess_language, stems

EVALS = Path(__file__).resolve().parent.parent
LINES, LOW_LINES, LOW_BELOW = 200, 100, 0.5
KEYS = {"id", "set", "question", "statement", "quotes", "overlap"}


@cache
def text_of(name: str, note: str) -> str:
    """The canonical text of a note of the set `name`."""
    made = tomllib.loads((EVALS / name / "set.toml").read_text(encoding="utf-8"))
    return read_note(EVALS / name / made.get("notes", "notes") / note, note).text


def overlap(row: dict[str, Any]) -> float:
    """The share of the statement's content words, each as often as it stands there, that stand in its quotes."""
    language = guess_language(row["statement"])
    quoted = {stem for one in row["quotes"] for stem in stems(one["quote"], language)}
    said = stems(row["statement"], language)
    return sum(stem in quoted for stem in said) / len(said)


def wrong_with(row: dict[str, Any]) -> list[str]:
    """What is wrong with one line."""
    if row.keys() != KEYS or not row["quotes"]:
        return ["has other keys than it should, or no quote"]
    found = [
        f"no such text in {one['note']}: {one['quote']}"
        for one in row["quotes"]
        if not one["quote"].strip() or one["quote"] not in text_of(row["set"], one["note"])
    ]
    share = overlap(row)
    if row["overlap"] != ("low" if share < LOW_BELOW else "high"):
        found.append(f"the overlap is {share:.2f}, but it says {row['overlap']}")
    return found


def main() -> int:
    """Prints the findings and the counts; 1 where anything is wrong, else 0."""
    lines = (EVALS / "statements" / "true.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    findings = [f"{row['id']}: {what}" for row in rows for what in wrong_with(row)]
    for key in ("id", "statement"):
        twice = [value for value, times in Counter(row[key] for row in rows).items() if times > 1]
        findings += [f"the same {key} twice: {value}" for value in twice]
    low = sum(row["overlap"] == "low" for row in rows)
    if (len(rows), low) != (LINES, LOW_LINES):
        findings.append(f"{len(rows)} lines and {low} of low overlap, not {LINES} and {LOW_LINES}")
    print("\n".join(findings) or "nothing is wrong")
    for key in ("set", "overlap"):
        print(f"by {key}:", dict(Counter(row[key] for row in rows)))
    print("by language:", dict(Counter(guess_language(row["statement"]) for row in rows)))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

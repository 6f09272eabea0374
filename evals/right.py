"""Asks a gold set and counts the right answers.

    python -m evals.right evals/seed/gold.jsonl --corpus corpus --answers evals/seed/answers.jsonl

Right is: every fact given, nothing forbidden and a citation on the evidence; or abstained where the notes do not tell.
Every citation is checked against its note. --answers writes the gold rows with the answers beside them.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections import defaultdict
from pathlib import Path

from evals.gold import Gold, is_right, load_gold, table, wilson
from qa import Answer, Binder
from qa.schema import to_json


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--answers", type=Path)
    parser.add_argument("--wrong", action="store_true", help="print the answers that are wrong")
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory() as index, Binder.open(parsed.corpus, index=index) as binder:
        golds, left_out = load_gold(parsed.gold, binder)
        answers = [binder.ask(gold.question, history=gold.history) for gold in golds]
        unverified = sum(
            binder.text(citation.note)[citation.start : citation.end] != citation.quote
            for answer in answers
            for citation in answer.citations
        )
    _print(golds, answers, left_out, unverified)
    if parsed.wrong:
        _print_wrong(golds, answers)
    if parsed.answers:
        _write(parsed.gold, parsed.answers, golds, answers)


def _print(golds: list[Gold], answers: list[Answer], left_out: list[str], unverified: int) -> None:
    by_type: dict[str, list[bool]] = defaultdict(list)
    for gold, answer in zip(golds, answers, strict=True):
        by_type[gold.type].append(is_right(gold, answer))
    rights = [right for row in by_type.values() for right in row]
    rows: list[list[object]] = [["type", "questions", "right"]]
    rows += [[kind, len(row), sum(row)] for kind, row in sorted(by_type.items())]
    print(table([*rows, ["all", len(rights), sum(rights)]]))
    low, high = wilson(sum(rights), len(rights))
    print(f"right: {sum(rights) / len(rights):.1%} (95% interval {low:.1%} to {high:.1%})")
    refused = sum(gold.answerable and answer.abstained for gold, answer in zip(golds, answers, strict=True))
    answered = sum(not gold.answerable and not answer.abstained for gold, answer in zip(golds, answers, strict=True))
    print(f"false refusals: {refused} of {sum(gold.answerable for gold in golds)}; ", end="")
    print(f"false answers: {answered} of {sum(not gold.answerable for gold in golds)}")
    words = [len(answer.text.split()) for answer in answers if not answer.abstained]
    print(
        f"citations: {sum(len(answer.citations) for answer in answers)}, of which {unverified} do not match their note"
    )
    print(f"words per answer: median {statistics.median(words):.0f}, most {max(words)}")
    if left_out:
        print(f"not scored, since a note of their evidence was not read: {len(left_out)}")


def _print_wrong(golds: list[Gold], answers: list[Answer]) -> None:
    for gold, answer in zip(golds, answers, strict=True):
        if not is_right(gold, answer):
            print(f"\n{gold.id} {gold.type}: {gold.question}\n  facts: {gold.facts}\n  confidence: {answer.confidence}")
            print("  " + answer.text.replace("\n", "\n  "))


def _write(gold_path: Path, path: Path, golds: list[Gold], answers: list[Answer]) -> None:
    rows = {row["id"]: row for row in map(json.loads, gold_path.read_text(encoding="utf-8").splitlines())}
    with path.open("w", encoding="utf-8") as file:
        for gold, answer in zip(golds, answers, strict=True):
            row = rows[gold.id] | {
                "answer": answer.text,
                "citations": [
                    {key: to_json(citation)[key] for key in ("marker", "note", "section", "start", "end", "quote")}
                    for citation in answer.citations
                ],
                "abstained": answer.abstained,
                "right": is_right(gold, answer),
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

"""How well the checking of a chat model's statements tells right ones from wrong ones.

    python -m evals.benchmarks.statements [--show]

Right statements should pass, wrong ones should not; both are in evals/statements/ (its README says who wrote which, and
when). Each is checked against its own quotes, as when a model had cited them. `dev-*` were looked at when the checks
were written; of `true.jsonl` the statements of `seed` that failed were, and of `lissmark` the words at fault. Those of
`tarnhelm` were not: theirs is the figure that counts.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from typing import Any

from evals.benchmarks.sets import EVALS
from qa.answering import verification
from qa.answering.citations import blocks_in
from qa.answering.grounds import common_words
from qa.answering.sources import Source, ground_of
from qa.binder import Binder
from qa.evaluation.goldset import load_set
from qa.evaluation.runs import open_binder
from qa.evaluation.statistics import wilson
from qa.schema import BlockKind, Span

FOLDER = EVALS / "statements"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--show", action="store_true", help="print what is told wrongly, of the dev files")
    parsed = parser.parse_args()
    binders: dict[str, Binder] = {}
    for path in sorted(FOLDER.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        passed = defaultdict[str, list[bool]](list)
        for row in rows:
            if row["set"] not in binders:
                binders[row["set"]] = open_binder(load_set(EVALS / row["set"] / "set.toml"))
            found = examined(row, binders[row["set"]])
            passed[row.get("wrong") or f"{row['overlap']} overlap"].append(not found)
            passed["all"].append(not found)
            if "wrong" not in row:
                passed[f"of {row['set']}"].append(not found)
            if parsed.show and path.name.startswith("dev") and bool(found) is ("wrong" not in row):
                print(f"{row['id']} {row.get('wrong', 'true')}: {row['statement']}\n    {found}")
                print("    " + " / ".join(quote["quote"][:200] for quote in row["quotes"]))
        print(f"\n{path.name}: passed as checked, of all, with a 95% interval")
        for kind, results in sorted(passed.items()):
            low, high = wilson(sum(results), len(results))
            share = sum(results) / len(results)
            print(f"  {kind:18} {sum(results):4} of {len(results):3}  {share:.3f} ({low:.2f}–{high:.2f})")
    for binder in binders.values():
        binder.close()


def examined(row: dict[str, Any], binder: Binder) -> list[tuple[str, str]]:
    """What the checks find fault with in a statement, given its own quotes."""
    sources = []
    for number, quote in enumerate(row["quotes"], start=1):
        content = binder.content(quote["note"])
        start = content.text.index(quote["quote"])
        own = Span(start, start + len(quote["quote"]))
        block = blocks_in(content, own)[0]
        context = block.lead_in if block.kind is BlockKind.BULLET else (block.header,) if block.header else ()
        sources.append(Source(number, content, own, context))
    common = common_words([source.content.text for source in sources] + [row["question"]])
    ground = ground_of(sources, binder.glossary().readings, common)
    text = row["statement"]
    found = verification.missing(text, ground) + verification.turned(text, ground)
    if not found and verification.too_few_words(text, ground, verification.nearness_by(binder._load_model().encode)):
        found = [verification.Fault("words", f"{verification.shared_words(text, ground):.2f}")]
    return [(fault.kind, fault.words) for fault in found]


if __name__ == "__main__":
    main()

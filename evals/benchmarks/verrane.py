"""The evidence of the gold questions that a search finds, by type of question.

    python -m evals.benchmarks.verrane [--set verrane]

recall@5 and recall@10 of the evidence's places, and of its characters in the best sentences up to 1,000. `qa eval`
measures the same beside answers; this prints it by type and names the questions whose evidence is not in the first
five hits. `verrane` was tuned on; `--set lissmark` and `--set seed` were not.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from evals.benchmarks import figures
from evals.benchmarks.sets import GOLD_SETS, opened
from qa.console import show_table
from qa.evaluation.statistics import mean_interval


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=GOLD_SETS, default="verrane")
    parsed = parser.parse_args()
    with opened(parsed.set, Path(), None) as (binder, cases):
        hits = [binder.search(case.question, k=figures.K, history=case.history) for case in cases]
    found = [figures.gold(case, *figures.places(of)) for case, of in zip(cases, hits, strict=True)]
    rows: list[list[object]] = [["type", "n", *found[0]]]
    for group in [*sorted({case.group for case in cases}), "all"]:
        chosen = [at for at, case in enumerate(cases) if group in ("all", case.group)]
        means = figures.mean([found[at] for at in chosen])
        rows.append([group, len(chosen), *(f"{value:.2f}" for value in means.values())])
    show_table(rows, right_from=1)
    low, high = mean_interval([one["recall@5"] for one in found], [case.id for case in cases])
    print(f"recall@5 of all: 95% interval {low:.2f} to {high:.2f}")
    for case, one in zip(cases, found, strict=True):
        if one["recall@5"] < 1:
            print(f"{case.id} ({case.group}) {one['recall@5']:.2f}")


if __name__ == "__main__":
    main()

"""The paragraph and the sentence that hold the answer, on SQuAD 2.0.

    python -m evals.benchmarks.squad DATA [--work FOLDER]

Prints R@1, R@5 and MRR@10 of the paragraph, and how often the best sentence (hit@1) or one of the best three (hit@3)
holds a gold answer, with 95% intervals; questions of one paragraph are drawn together. The weights were chosen on these
questions among others; `tune` prints what those chosen without them give. Two minutes.
"""

from __future__ import annotations

from evals.benchmarks import figures
from evals.benchmarks.sets import arguments, opened
from qa.console import show_table
from qa.evaluation.statistics import mean_interval


def main() -> None:
    parsed = arguments(__doc__).parse_args()
    with opened("squad", parsed.data, parsed.work) as (binder, cases):
        found = [figures.squad(case, *figures.places(binder.search(case.question, k=figures.K))) for case in cases]
        paragraphs = len(binder.notes())
    clusters = [case.cluster for case in cases]
    print(f"{len(cases)} questions on {paragraphs} paragraphs")
    rows: list[list[object]] = [["figure", "mean", "95%"]]
    for name in found[0]:
        low, high = mean_interval([one[name] for one in found], clusters)
        rows.append([name, f"{figures.mean(found)[name]:.3f}", f"{low:.3f} to {high:.3f}"])
    show_table(rows)


if __name__ == "__main__":
    main()

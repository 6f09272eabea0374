"""What the answers to the gold questions say of time: which note they cite, and what stands beside them.

    python -m evals.benchmarks.time [--show]

Of questions on what never changed (without `outdated` in the gold), how many answers carry a notice that a source was
overtaken or that notes differ: each is one too many. Of the others, how many answers cite the newest note, or the one
of the time that is asked for; how many say so beside it, and how many name the value of the other note, as far as the
quotes in `outdated` hold figures. --show names the questions of `verrane`, which was tuned on; never those of the rest.
"""

from __future__ import annotations

import argparse

from evals.benchmarks.sets import EVALS, GOLD_SETS
from qa import Binder
from qa.console import show_table
from qa.evaluation.gold import Gold, read_rows, resolve
from qa.evaluation.goldset import load_set
from qa.evaluation.measures import answers
from qa.evaluation.runs import open_binder
from qa.figures import find_figures
from qa.schema import Answer

KINDS = ("superseded", "conflict")
TUNED_ON = "verrane"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true")
    parsed = parser.parse_args()
    rows: list[list[object]] = [["set", "unchanged", "noticed", "changed", "newest cited", "noticed", "value named"]]
    for name in GOLD_SETS:
        gold_set = load_set(EVALS / name / "set.toml")
        with open_binder(gold_set) as binder:
            golds, _ = resolve(read_rows(gold_set.gold), binder.text)
            asked = [(gold, binder.ask(gold.question, **gold.asked_with)) for gold in golds]
            rows.append([name, *_counts(asked, binder)])
        if parsed.show and name == TUNED_ON:
            _show(asked)
    show_table(rows, right_from=1)


def _counts(asked: list[tuple[Gold, Answer]], binder: Binder) -> list[object]:
    changed = [one for one in asked if one[0].outdated]
    unchanged = [one for one in asked if not one[0].outdated]
    cited = [answers.newest_cited(*one) for one in changed]
    return [
        len(unchanged),
        sum(_noticed(answer) for _, answer in unchanged),
        len(changed),
        f"{sum(one or 0 for one in cited):.0f} of {sum(one is not None for one in cited)}",
        sum(_noticed(answer) for _, answer in changed),
        sum(_names_value(gold, answer, binder) for gold, answer in changed),
    ]


def _noticed(answer: Answer) -> bool:
    return any(notice.kind in KINDS for notice in answer.notices)


def _names_value(gold: Gold, answer: Answer, binder: Binder) -> bool:
    """Whether a notice names a figure that stands in the outdated quotes, or in part a name of theirs."""
    said = " ".join(notice.text for notice in answer.notices if notice.kind in KINDS)
    quotes = [binder.text(place.note)[place.span.start : place.span.end] for place in gold.outdated]
    values = [quote[figure.span.start : figure.span.end] for quote in quotes for figure in find_figures(quote)]
    names = [word for quote in quotes for word in quote.split()[1:] if word[:1].isupper()]
    return any(f"“{value}" in said or f"« {value}" in said for value in values) or any(name in said for name in names)


def _show(asked: list[tuple[Gold, Answer]]) -> None:
    for gold, answer in asked:
        notices = [notice for notice in answer.notices if notice.kind in KINDS]
        if notices or gold.outdated:
            print(f"{gold.id} ({gold.type}{', changed' if gold.outdated else ''}) {gold.question}")
            print(*(f"    {notice.kind}: {notice.text}" for notice in notices), sep="\n")


if __name__ == "__main__":
    main()

"""What the turns before add to a search, on conversations of IBM MTRAG.

    python -m evals.benchmarks.mtrag DATA [--work FOLDER]

nDCG@5 and recall@5 of the reference passages, the conversation searched in four ways: the last turn alone, joined with
the user's turn before it, all turns joined, and as a binder does it with `history`. The differences are from the first
of these to each, with 95% intervals that draw whole conversations. Only the passages of the subset are searched, so the
figures are not those of the whole benchmark; and the weights were chosen on these turns among others (see `tune`). A
minute.
"""

from __future__ import annotations

from collections.abc import Callable

from evals.benchmarks import figures
from evals.benchmarks.sets import Case, arguments, opened
from qa import Binder
from qa.console import show_table
from qa.evaluation.statistics import paired_change
from qa.retrieval.query import MAX_QUESTION
from qa.schema import Hit


def joined(case: Case) -> str:
    """The user's turn before, and the last one."""
    users = [text for role, text in case.history if role == "user"]
    return " ".join([*users[-1:], case.question])


def all_turns(case: Case) -> str:
    """All turns, the last of them where they are too long for a question."""
    return " ".join([*(text for _, text in case.history), case.question])[-MAX_QUESTION:]


WAYS: dict[str, Callable[[Binder, Case], tuple[Hit, ...]]] = {
    "last turn alone": lambda binder, case: binder.search(case.question, k=figures.K),
    "joined with the user turn before": lambda binder, case: binder.search(joined(case), k=figures.K),
    "all turns": lambda binder, case: binder.search(all_turns(case), k=figures.K),
    "ours, with history": lambda binder, case: binder.search(case.question, k=figures.K, history=case.history),
}


def main() -> None:
    parsed = arguments(__doc__).parse_args()
    with opened("mtrag", parsed.data, parsed.work) as (binder, cases):
        found = {
            way: [figures.mtrag(case, *figures.places(search(binder, case))) for case in cases]
            for way, search in WAYS.items()
        }
    conversations = [case.cluster for case in cases]
    alone = found["last turn alone"]
    print(f"{len(cases)} turns of {len(set(conversations))} conversations")
    rows: list[list[object]] = [["way", "nDCG@5", "difference (95%)", "recall@5", "difference (95%)"]]
    for way, results in found.items():
        row: list[object] = [way]
        for name in ("nDCG@5", "recall@5"):
            change = paired_change([one[name] for one in alone], [one[name] for one in results], conversations)
            row += [f"{change.now:.3f}", f"{change.now - change.before:+.3f} ({change.low:+.3f} to {change.high:+.3f})"]
        rows.append(row)
    show_table(rows)


if __name__ == "__main__":
    main()

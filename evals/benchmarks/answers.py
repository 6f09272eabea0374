"""How good the embedded answerer's answers are on the gold sets, by type; what each of its parts adds; some of them.

    python -m evals.benchmarks.answers              # figures by set and by type, with 95% intervals
    python -m evals.benchmarks.answers --ablation   # right answers to answerable questions without each part
    python -m evals.benchmarks.answers --examples   # answers, good and bad, as `qa ask` prints them

`verrane` and `ostmere` were developed on; the others are kept for checking. Right is as `qa eval` defines it. Words are
of answers to questions that are no lists. Intervals of shares are Wilson's, of citation precision by a bootstrap of
notes. Time is of `binder.ask`, the model loaded, on this machine.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from statistics import median
from unittest.mock import patch

import numpy as np

from evals.benchmarks.sets import EVALS, GOLD_SETS
from qa import Binder
from qa.answering import abstention, choices, extractive, windows
from qa.answering.kinds import Kind
from qa.console import show_answers, show_table
from qa.evaluation.asking import Record, put
from qa.evaluation.gold import Gold, read_rows, resolve
from qa.evaluation.goldset import load_set
from qa.evaluation.runs import open_binder
from qa.evaluation.statistics import mean_interval, wilson
from qa.retrieval import query
from qa.schema import Answer

Asked = list[tuple[Gold, Record, float, Answer]]
LIST = "list"
# Answers to look at, of the two sets that may be looked at.
EXAMPLES = {
    "verrane": [
        "dca-001",
        "dca-043",
        "dca-058",
        "dca-065",
        "dca-082",
        "dca-089",
        "dca-093",
        "dca-028",
        "dca-036",
        "dca-075",
        "dca-104",
    ],
    "ostmere": ["ost-035", "ost-053", "ost-019", "ost-044"],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ablation", action="store_true")
    parser.add_argument("--examples", action="store_true")
    parsed = parser.parse_args()
    if parsed.examples:
        for name, ids in EXAMPLES.items():
            _show_examples(name, ids)
    elif parsed.ablation:
        _show_ablation()
    else:
        asked = {name: list(_asked(name)) for name in GOLD_SETS}
        _show_sets(asked)
        _show_types(asked)


@contextmanager
def _opened(name: str) -> Iterator[tuple[Binder, list[Gold]]]:
    gold_set = load_set(EVALS / name / "set.toml")
    with open_binder(gold_set) as binder:
        golds, _ = resolve(read_rows(gold_set.gold), binder.text)
        binder.ask("Is the model loaded?")
        yield binder, golds


def _asked(name: str) -> Iterator[tuple[Gold, Record, float, Answer]]:
    with _opened(name) as (binder, golds):
        for gold in golds:
            record, seconds, answer = put(gold, binder)
            if answer is None:
                raise SystemExit(f"{gold.id}: {record.error}")
            yield gold, record, seconds, answer


def _show_sets(asked: dict[str, Asked]) -> None:
    rows: list[list[object]] = [["", *asked]]
    columns = [_figures(of) for of in asked.values()]
    rows += [[name, *(column[name] for column in columns)] for name in columns[0]]
    show_table(rows, right_from=1)


def _figures(asked: Asked) -> dict[str, object]:
    told = [one for one in asked if one[0].answerable]
    far, near = ([one for one in asked if one[0].type == kind] for kind in ("absent-far", "absent-near"))
    answered = [one for one in told if not one[3].abstained]
    words = [one[1].measures["words"] for one in answered]
    short = [one[1].measures["words"] for one in answered if one[0].type != LIST]
    precision = [one[1].measures["citation_precision"] for one in answered]
    low, high = mean_interval(precision, [one[1].cluster for one in answered])
    times = [1000 * one[2] for one in asked]
    return {
        "answerable right": _share([one[1].right for one in told]),
        "answerable abstained": _share([one[3].abstained for one in told]),
        "answerable abstained or near": _share([_doubted(one[3]) for one in told]),
        "absent-far abstained": _share([one[3].abstained for one in far]),
        "absent-near abstained or near": _share([_doubted(one[3]) for one in near]),
        "citation precision": f"{np.mean(precision):.2f} ({low:.2f} to {high:.2f})",
        "words, median / 95% of no lists": f"{median(words):.0f} / {np.quantile(short, 0.95):.0f}",
        "invariants broken": sum(sum(one[1].broken.values()) for one in asked),
        "milliseconds, median / 95%": f"{median(times):.0f} / {np.quantile(times, 0.95):.0f}",
    }


def _doubted(answer: Answer) -> bool:
    return answer.abstained or any(notice.kind == "near" for notice in answer.notices)


def _share(flags: Sequence[bool]) -> str:
    if not flags:
        return "-"
    low, high = wilson(sum(flags), len(flags))
    return f"{sum(flags)}/{len(flags)} {sum(flags) / len(flags):.2f} ({low:.2f} to {high:.2f})"


def _show_types(asked: dict[str, Asked]) -> None:
    print("\nRight by type")
    kinds = sorted({one[0].type for of in asked.values() for one in of})
    rows: list[list[object]] = [["", *asked]]
    for kind in kinds:
        shares = [_share([one[1].right for one in of if one[0].type == kind]) for of in asked.values()]
        rows.append([kind, *shares])
    show_table(rows, right_from=1)


def _show_ablation() -> None:
    print("Right answers to answerable questions without each part, and the citations that are on evidence")
    rows: list[list[object]] = [["without", *GOLD_SETS]]
    totals: dict[str, list[object]] = {name: [] for name in ("nothing", *_WITHOUT)}
    for set_name in GOLD_SETS:
        for name, cells in totals.items():
            with _without(name):
                told = [one for one in _asked(set_name) if one[0].answerable]
            precision = [one[1].measures.get("citation_precision") for one in told]
            on = np.mean([value for value in precision if value is not None])
            cells.append(f"{sum(one[1].right for one in told)}/{len(told)} {on:.2f}")
    show_table([*rows, *([name, *cells] for name, cells in totals.items())], right_from=1)


# What takes each part away: (module, name, what stands there instead).
_WITHOUT: dict[str, list[tuple[object, str, object]]] = {
    "what stands around a sentence": [
        (extractive, "MOST_WORDS_ALONE", 1),
        (extractive, "MOST_WORDS_BESIDE", 1),
        (extractive, "MOST_WORDS_AFTER", 1),
        (windows, "_POINTS_BACK", re.compile(r"(?!)")),
    ],
    "whole lists": [(extractive, "_list", lambda *_: None)],
    "whole tables": [(extractive, "MOST_WORDS_OF_A_TABLE", 0)],
    "the kind of the question": [(choices, "KIND_BONUS", dict[Kind, float]())],
    "a second statement": [(extractive, "MOST_STATEMENTS", 1)],
    "the parts of a question": [(query, "parts_of", lambda _: ())],
    "short forms looked up": [(extractive, "definitions", lambda *_: ())],
    "editions": [(query, "_in_time", lambda asked, *_: asked)],
    "abstention": [
        (abstention, "judged", lambda *_: abstention.Judgement(abstention.Manner.ANSWERED, None)),
        (abstention, "untold", lambda *_: False),
    ],
}


@contextmanager
def _without(name: str) -> Iterator[None]:
    with ExitStack() as stack:
        for module, attribute, instead in _WITHOUT.get(name, []):
            stack.enter_context(patch.object(module, attribute, instead))
        yield


def _show_examples(name: str, ids: Sequence[str]) -> None:
    with _opened(name) as (binder, golds):
        of = {gold.id: gold for gold in golds}
        for id in ids:
            gold = of[id]
            _, _, answer = put(gold, binder)
            print(f"{'=' * 79}\n{name} {id} ({gold.type})")
            for role, text in gold.asked_with.get("history", ()):
                print(f"  {role}: {text}")
            print(f"> {gold.question}\n")
            if answer is not None:
                show_answers([answer])
            print()


if __name__ == "__main__":
    main()

"""The answer rate against the number of users, of `qa serve` and of the chat, and where it bends.

    python -m evals.benchmarks.load [--users 1 2 4 8 16 32 64 96] [--seconds 15] [--json FILE] [--corpus corpus]

Each user asks again as soon as he is answered, so there are as many questions under way as users; whoever is turned
away waits as long as he is told first. Answers are in quotes, without a model. Told is, for each number of users:
answers a second; the seconds within which half, 95% and 99% of them were there; within which 95% of the chat's users
saw anything at all ("sign"); how many questions were turned away, and lost; and what an answer took of the server's
processor time, and of that of the users (all of them are one process).

The rate bends at the first number of users from which twice as many bring less than 10% more answers a second.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from evals.benchmarks.crowd import Ask, Served, asked, by_http, chat_asker, machine, serving
from qa import Binder
from qa.console import show_table

GAIN = 0.10
HEAD = ["users", "answers/s", "p50 s", "p95 s", "p99 s", "sign p95 s", "refused", "lost", "server ms", "users ms"]


@dataclass(frozen=True)
class Step:
    """What so many users got. Seconds but for the last two: milliseconds of processor time for each answer."""

    users: int
    rate: float
    p50: float
    p95: float
    p99: float
    sign: float
    refused: dict[str, int]
    lost: dict[str, int]
    server_ms: float
    users_ms: float

    def row(self) -> list[object]:
        times = [f"{one:.2f}" for one in (self.p50, self.p95, self.p99, self.sign)]
        turned = [sum(self.refused.values()), sum(self.lost.values())]
        return [self.users, f"{self.rate:.1f}", *times, *turned, f"{self.server_ms:.0f}", f"{self.users_ms:.1f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, nargs="+", default=[1, 2, 4, 8, 16, 32, 64, 96])
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--json", type=Path, metavar="FILE")
    parsed = parser.parse_args()
    told: dict[str, object] = {"machine": machine(), "seconds": parsed.seconds}
    print(
        f"{machine()}; {parsed.seconds:.0f} s for each number of users, embedded answerer, {parsed.corpus}", flush=True
    )
    with tempfile.TemporaryDirectory() as folder:
        places = {"QA_CORPUS": str(parsed.corpus.absolute()), "QA_INDEX": f"{folder}/index"}
        places["QA_INBOX"] = f"{folder}/inbox.jsonl"
        with Binder.open(parsed.corpus, index=f"{folder}/index"):
            pass
        for verb, askers in (("serve", lambda url: partial(by_http, url)), ("chat", chat_asker)):
            with serving(verb, places) as server:
                steps = measured(server, askers(server.url), parsed.users, parsed.seconds)
            show(f"qa {verb}", steps)
            told[verb] = [asdict(step) for step in steps] + [{"bends_at": bend(steps)}]
    if parsed.json:
        parsed.json.write_text(json.dumps(told, indent=2) + "\n", "utf-8")


def measured(server: Served, asker: Callable[[], Ask], users: Sequence[int], seconds: float) -> list[Step]:
    """What each number of users gets. asker: makes one user's way to ask."""
    asked(2, min(seconds, 3.0), asker)  # what is loaded at first
    steps = []
    for number in users:
        spent, own = server.cpu(), time.process_time()
        crowd = asked(number, seconds, asker)
        spent, own = server.cpu() - spent, time.process_time() - own
        answers = len(crowd.answered) or sys.exit(f"None of {number} users was answered: {dict(crowd.lost)}")
        taken = [crowd.taken(share) for share in (0.5, 0.95, 0.99)]
        costs = [1000 * spent / answers, 1000 * own / answers]
        step = Step(number, crowd.rate, *taken, crowd.sign(0.95), dict(crowd.refused), dict(crowd.lost), *costs)
        steps.append(step)
    return steps


def bend(steps: Sequence[Step]) -> int | None:
    """The first number of users from which twice as many bring less than 10% more; None where none does."""
    rates = {step.users: step.rate for step in steps}
    doubled = ((users, 2 * users) for users in sorted(rates) if 2 * users in rates)
    return next((few for few, many in doubled if rates[many] < (1 + GAIN) * rates[few]), None)


def show(name: str, steps: Sequence[Step]) -> None:
    """The table of one server, where its rate bends, and what users see past that."""
    print(f"\n{name}")
    show_table([HEAD, *(step.row() for step in steps)], right_from=0)
    at = bend(steps)
    if at is None:
        print("The rate does not bend up to there.")
    else:
        most = max(steps, key=lambda step: step.users)
        print(f"The rate bends at {at}. Past it answers wait: with {most.users} users half of them {most.p50:.1f} s.")
    turned_away = Counter[str]()
    for step in steps:
        turned_away.update(step.refused)
        turned_away.update(step.lost)
    for what, count in turned_away.items():
        print(f"{count} of all questions, instead of an answer: {what}")


if __name__ == "__main__":
    main()

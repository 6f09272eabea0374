"""`qa ask`: answers a question, or each line of standard input."""

from __future__ import annotations

import argparse
import sys
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from qa.cli_question import filters_of, lines, question_of, text_of
from qa.errors import ModelError, QuestionError

if TYPE_CHECKING:
    from qa.binder import Binder
    from qa.schema import Answer

ABSTAINED, FAILED = 3, 1


def add_options(ask: argparse.ArgumentParser) -> None:
    """Adds what `ask` has beside the question, the filters and the model."""
    ask.set_defaults(misused=ask.error)
    ask.add_argument("--batch", action="store_true", help="answer each line of standard input, in order, by itself")
    ask.add_argument("--after", action="append", metavar="QUESTION", help="asked before (may be given more than once)")
    ask.add_argument("--withheld", action="store_true", help="show what a model said and its quotes do not bear out")


def run(parsed: argparse.Namespace, opened: Callable[[argparse.Namespace], Binder]) -> int:
    """Answers. opened: gives the binder, its index brought up to date."""
    if parsed.batch:
        return _batch(parsed, opened)
    if not parsed.question:
        parsed.misused("a question is needed; - reads it from standard input, --batch one from each line")
    question, history = question_of(parsed), [("user", before) for before in parsed.after or ()]
    with opened(parsed) as binder:
        answer = _shown(binder.stream(question, history=history, **filters_of(parsed)), parsed)
    return ABSTAINED if answer.abstained else 0


def _batch(parsed: argparse.Namespace, opened: Callable[[argparse.Namespace], Binder]) -> int:
    if parsed.question or parsed.after:
        parsed.misused("--batch takes the questions from standard input, each by itself: none as argument, no --after")
    with opened(parsed) as binder:
        outcomes = [_outcome(parsed, binder, number, line) for number, line in lines()]
    if not outcomes:
        raise QuestionError("Standard input holds no question; --batch answers each of its lines.")
    return next((code for code in (FAILED, ABSTAINED) if code in outcomes), 0)


def _outcome(parsed: argparse.Namespace, binder: Binder, number: int, line: bytes) -> int:
    """Answers one line, numbered from 1, and says what came of it: 0, ABSTAINED or FAILED."""
    from qa.console import complain, print_json, write

    shown = line.decode(errors="replace").removeprefix("\ufeff").strip()
    if not parsed.json:
        write(f"Question: {shown}", hang="  ")
        print()
    try:
        answer = _shown(binder.stream(text_of(line), **filters_of(parsed)), parsed)
        code = ABSTAINED if answer.abstained else 0
        if not parsed.json:
            print()
    except (QuestionError, ModelError) as error:
        sys.stdout.flush()  # on a terminal the error then stands below its question
        complain(f"line {number}: {error}")
        if parsed.json:
            print_json({"question": shown, "error": str(error)}, compact=True)
        else:
            write(f"(No answer: {error})")
            print()
        code = FAILED
    sys.stdout.flush()
    return code


def _shown(answers: Iterable[Answer], parsed: argparse.Namespace) -> Answer:
    from qa.console import print_json, show_answers

    if not parsed.json:
        return show_answers(answers, withheld=parsed.withheld)
    answer = deque(answers, maxlen=1).pop()
    print_json(answer, compact=parsed.batch)
    return answer

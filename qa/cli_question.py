"""What `qa ask` and `qa search` have in common: a question, typed or on standard input, and filters of the notes."""

from __future__ import annotations

import argparse
import sys
from codecs import BOM_UTF8
from collections.abc import Iterator
from datetime import date
from typing import IO, Any

from qa.errors import QuestionError, SettingsError

STANDARD_INPUT = "-"
# Bytes of one line that are read: more than the longest question has.
_MOST = 100_000


def add_question(verb: argparse.ArgumentParser, *, needed: bool = True) -> None:
    """Adds the question and the filters to a verb. needed: whether there must be a question among the arguments."""
    verb.add_argument(
        "question",
        nargs="+" if needed else "*",
        metavar="QUESTION",
        help="in quotes, or as it stands; - reads it from standard input",
    )
    verb.add_argument("--note", action="append", metavar="NOTE", help="only this note (may be given more than once)")
    verb.add_argument("--as-of", type=_day, metavar="DATE", help="as if it were this day: no later note (2022-02-23)")
    verb.add_argument("--since", type=_day, metavar="DATE", help="only notes from this day on")
    verb.add_argument("--until", type=_day, metavar="DATE", help="only notes up to this day")
    verb.add_argument("--language", choices=("en", "fr"), help="only notes in this language")


def filters_of(parsed: argparse.Namespace) -> dict[str, Any]:
    """The filters as `Binder.ask` takes them."""
    return {
        "notes": parsed.note,
        "as_of": parsed.as_of,
        "since": parsed.since,
        "until": parsed.until,
        "language": parsed.language,
    }


def question_of(parsed: argparse.Namespace) -> str:
    """The question: as typed, or all that stands on standard input where "-" was typed.

    Raises QuestionError where that is no text, SettingsError where there is no standard input.
    """
    if parsed.question != [STANDARD_INPUT]:
        return " ".join(parsed.question)
    return text_of(_standard_input("Type the question; Ctrl+D ends it.").read(_MOST))


def lines() -> Iterator[tuple[int, bytes]]:
    """The lines of standard input that are not blank, each with its number from 1, as soon as it is there.

    A line that is longer than any question is cut. Raises SettingsError where there is no standard input.
    """
    read = _standard_input("One question a line; Ctrl+D ends.").readline
    number = 0
    while line := read(_MOST):
        number += 1
        end = line
        while len(end) == _MOST and not end.endswith(b"\n"):
            end = read(_MOST)
        if line.removeprefix(BOM_UTF8).strip():
            yield number, line


def text_of(raw: bytes) -> str:
    """What was read, as text, without a byte order mark and the line's end. Raises QuestionError where it is none."""
    if len(raw) >= _MOST:
        raise QuestionError("The question is far too long. Ask one thing at a time.")
    try:
        text = raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:  # text in two bytes a character is UTF-8 here and there
        raise QuestionError("This is not UTF-8, in which questions are read from standard input.")
    return text


def _standard_input(hint: str) -> IO[bytes]:
    """hint: said to a person who sits before it."""
    if sys.stdin is None:  # a shell closes it with <&-
        raise SettingsError("There is no standard input to read from.")
    if sys.stdin.isatty():
        print(f"qa: {hint}", file=sys.stderr)
    return sys.stdin.buffer


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it as 2022-02-23") from None

"""A dialogue that writes gold questions: ask, see what is found, pick the evidence, say what a right answer gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.binder import Binder
from qa.errors import GoldError, QuestionError
from qa.evaluation.checking import check_row
from qa.evaluation.gold import examine_line
from qa.evaluation.goldset import GoldSet
from qa.evaluation.inbox import Feedback, read_inbox, take_out
from qa.evaluation.jsonlines import dump_line, write_whole
from qa.markup import plain
from qa.schema import Hit, Sentence

HITS_SHOWN = 5
ABSENT, FACT, FOLLOW_UP = "absent", "fact", "followup"
_NUMBERS = re.compile(r"[1-9]\d{0,3}(?:-[1-9]\d{0,3})?(?:[\s,]+[1-9]\d{0,3}(?:-[1-9]\d{0,3})?)*")


@dataclass(frozen=True, slots=True)
class Dialogue:
    """How to talk with a person. read: shows a prompt and returns a line (EOFError: the end). say: shows text."""

    read: Callable[[str], str]
    say: Callable[[str], None]


def add_questions(gold_set: GoldSet, binder: Binder, dialogue: Dialogue) -> int:
    """Asks for questions until there is an empty one; writes each to the gold file when it is complete.

    Returns how many were written. Whatever ends the dialogue, the file holds whole rows only.
    """
    written = 0
    try:
        while question := dialogue.read("Question (empty: stop): ").strip():
            written += _add(gold_set, binder, dialogue, question, ())
    except (EOFError, KeyboardInterrupt):
        dialogue.say("\nStopped; a question that was not finished is not written.")
    dialogue.say(f"{written} written to {gold_set.gold}.")
    return written


def add_from_inbox(gold_set: GoldSet, binder: Binder, inbox: Path, dialogue: Dialogue) -> int:
    """Goes through the inbox, oldest first: each entry becomes a question, is thrown away, or is left for later.

    Returns how many were written.
    """
    entries, written = read_inbox(inbox), 0
    dialogue.say(f"{len(entries)} in the inbox {inbox}.")
    try:
        for place, feedback in enumerate(entries, start=1):
            _show_feedback(dialogue, feedback, f"{place} of {len(entries)}")
            choice = dialogue.read("Make it a gold question? y: yes, d: throw it away, Enter: later, q: stop: ").strip()
            if choice == "q":
                break
            if choice == "y" and _add(gold_set, binder, dialogue, feedback.question, _kept(dialogue, feedback)):
                written += 1
                take_out(inbox, feedback)
            elif choice == "d":
                take_out(inbox, feedback)
    except (EOFError, KeyboardInterrupt):
        dialogue.say("\nStopped; a question that was not finished is not written.")
    dialogue.say(f"{written} written to {gold_set.gold}; {len(read_inbox(inbox))} left in the inbox.")
    return written


def _kept(dialogue: Dialogue, feedback: Feedback) -> tuple[tuple[str, str], ...]:
    """The turns before a question that it means nothing without."""
    if feedback.history and _agreed(dialogue, "Does it need the turns before it? [y/N] ", usual=False):
        return feedback.history
    return ()


def _add(
    gold_set: GoldSet, binder: Binder, dialogue: Dialogue, question: str, history: Sequence[tuple[str, str]]
) -> bool:
    try:
        evidence = _evidence(binder, dialogue, question, history)
    except QuestionError as error:
        dialogue.say(str(error))
        return False
    facts = _facts(dialogue, " ".join(place["quote"] for place in evidence)) if evidence else []
    must_not = _must_not(dialogue) if evidence else []
    usual = ABSENT if not evidence else FOLLOW_UP if history else FACT
    kind = dialogue.read(f"Type of question [{usual}]: ").strip()
    keys: dict[str, Any] = {
        "id": _next_id(gold_set.gold, gold_set.name),
        "type": kind or usual,
        "question": question,
        "answerable": bool(evidence),
        "facts": facts,
        "evidence": evidence,
        "history": [list(turn) for turn in history],
        "must_not": must_not,
    }
    line = dump_line(keys)
    row, problems = examine_line(gold_set.gold.read_text("utf-8").count("\n") + 1, line)
    if row is None:  # what was typed holds no word, for instance
        dialogue.say(f"Not written: {problems[0]}")
        return False
    for finding in check_row(row, gold_set, binder):
        dialogue.say(f"Mind: {finding.message}")
    if not _agreed(dialogue, f"Write {keys['id']}? [Y/n] ", usual=True):
        return False
    dialogue.say(f"{_append(gold_set, keys)} is written.")
    return True


def _evidence(
    binder: Binder, dialogue: Dialogue, question: str, history: Sequence[tuple[str, str]]
) -> list[dict[str, str]]:
    """The places that a person picks among what is found, each with its lead-ins; none where the notes do not tell."""
    chosen: list[dict[str, str]] = []
    sentences = _show_hits(dialogue, binder.search(question, k=HITS_SHOWN, history=history))
    dialogue.say(
        "What bears the answer out? Numbers (1 3, or 1-3); or other words to search for; c: clear what was picked; "
        "n: the notes do not tell; Enter: done."
    )
    while True:
        said = dialogue.read("Evidence: ").strip()
        if said.lower() == "n" and not chosen:
            return []
        if not said and chosen:
            return chosen
        if said.lower() in ("c", "n"):
            chosen = []
            dialogue.say("Nothing is picked.")
        elif _NUMBERS.fullmatch(said):
            for number in _numbers(said):
                if number > len(sentences):
                    dialogue.say(f"There is no sentence {number}.")
                    continue
                chosen += [place for place in _places(binder, *sentences[number - 1]) if place not in chosen]
            dialogue.say("Picked: " + (" | ".join(f"“{place['quote']}”" for place in chosen) or "nothing."))
        elif said:
            try:
                sentences = _show_hits(dialogue, binder.search(said, k=HITS_SHOWN))
            except QuestionError as error:
                dialogue.say(str(error))


def _show_hits(dialogue: Dialogue, hits: Sequence[Hit]) -> list[tuple[Hit, Sentence]]:
    sentences: list[tuple[Hit, Sentence]] = []
    for hit in hits:
        day = hit.date.isoformat() if hit.date else "no date"
        dialogue.say(f"{hit.title} ({hit.note}, {day}){': ' + hit.section if hit.section else ''}")
        for sentence in hit.sentences:
            sentences.append((hit, sentence))
            dialogue.say(f"  [{len(sentences)}] {plain(sentence.text)}")
    if not hits:
        dialogue.say("Nothing was found.")
    return sentences


def _places(binder: Binder, hit: Hit, sentence: Sentence) -> list[dict[str, str]]:
    text = binder.text(hit.note)
    quotes = [text[span.start : span.end] for span in sentence.context] + [sentence.text]
    return [{"note": hit.note, "quote": quote} for quote in quotes]


def _facts(dialogue: Dialogue, evidence: str) -> list[list[str]]:
    dialogue.say(f"The evidence is: {evidence}")
    dialogue.say("What must a right answer give? One fact a line, other wordings of it after |; Enter: done.")
    facts: list[list[str]] = []
    while True:
        said = dialogue.read("Fact: ").strip()
        if said:
            wordings = [wording.strip() for wording in said.split("|") if wording.strip()]
            facts += [wordings] if wordings else []
        elif facts:
            return facts
        else:
            dialogue.say("A question that the notes answer has at least one fact.")


def _must_not(dialogue: Dialogue) -> list[str]:
    dialogue.say("What must a right answer not hold? One string a line; Enter: nothing more.")
    said = []
    while line := dialogue.read("Not: ").strip():
        said.append(line)
    return said


def _agreed(dialogue: Dialogue, prompt: str, *, usual: bool) -> bool:
    """The answer to a yes-or-no question; asked again for anything else."""
    while True:
        said = dialogue.read(prompt).strip().lower()
        if said in ("", "y", "yes", "n", "no"):
            return said.startswith("y") if said else usual


def _numbers(said: str) -> list[int]:
    found: list[int] = []
    for first, last in re.findall(r"(\d+)(?:-(\d+))?", said):
        found += range(int(first), int(last or first) + 1)
    return found


def _show_feedback(dialogue: Dialogue, feedback: Feedback, place: str) -> None:
    dialogue.say(f"\n{place}: {feedback.question}")
    for role, text in feedback.history:
        dialogue.say(f"  before, {role}: {text}")
    dialogue.say(f"  answered: {feedback.answer}")
    dialogue.say(f"  reader: {feedback.verdict}{': ' + feedback.why if feedback.why else ''}")


def _next_id(gold: Path, name: str) -> str:
    """An id after the pattern of those that are there: their prefix and the next number; else the set's name and 001.

    Lines that are no rows count too: when they are mended, their ids must not be taken.
    """
    ids = re.findall(r'"id"\s*:\s*"([^"\\]*?)(\d+)"', gold.read_text(encoding="utf-8"))
    if not ids:
        return f"{name}-001"
    prefix, number = max(ids, key=lambda one: int(one[1]))
    return f"{prefix}{int(number) + 1:0{len(number)}}"


def _append(gold_set: GoldSet, keys: dict[str, Any]) -> str:
    """Adds a row, all of it or nothing, and returns its id: another one where somebody has taken it meanwhile."""
    from filelock import FileLock

    gold = gold_set.gold
    try:
        gold_set.runs.mkdir(parents=True, exist_ok=True)
        with FileLock(gold_set.runs / f"{gold_set.name}.gold.lock"):
            text = gold.read_text(encoding="utf-8")
            if f'"{keys["id"]}"' in text:
                keys["id"] = _next_id(gold, keys["id"])
            write_whole(gold, text + ("" if not text or text.endswith("\n") else "\n") + dump_line(keys))
    except OSError as error:
        raise GoldError(f"{gold} cannot be written: {error.strerror or error}.") from error
    return str(keys["id"])

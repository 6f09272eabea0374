"""What a reader sees of a chat model's bad replies: made-up figures, dates and names, lost "not"s, markup, refusals.

    python -m evals.benchmarks.bad_replies

Each reply (bad_cases.py, bad_forms.py) is given word for word to a gold question of evals/verrane, at the first try and
at the second; a note that gives orders lies among the notes. For each kind: whether it was shown as checked, withheld
and why, or answered without the model, and whether what is false in it was told at any time while the answer grew.
Tags and addresses must not be told either. A figure or name that stands in the quotes and is said of the wrong thing is
counted among the other false claims: no check here tells who did what.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from langchain_core.messages import BaseMessage

from evals.benchmarks.bad_cases import FIGURES, NAMES, Bad, Reply
from evals.benchmarks.bad_forms import ALL_FORMS, INJECTED
from evals.benchmarks.sets import EVALS
from qa import Binder
from qa.evaluation.goldset import load_set
from qa.evaluation.runs import on_one_day
from qa.models.scripted import ScriptedChatModel
from qa.schema import Answer

CASES = FIGURES + NAMES + ALL_FORMS
_WIDTHS = 36, 52, 10
_HERE = re.compile(r"@\{([^}]*)\}")
_NUMBERED = re.compile(r"^\[(\d+)\] (.*)$", re.MULTILINE)
_NEVER = re.compile(r"</?[a-z!]|https?:|www\.|javascript:", re.IGNORECASE)


class Speaker:
    """Says `reply` to whatever is asked, its placeholders as numbers of the prompt."""

    def __init__(self) -> None:
        self.reply: Reply = ""
        self.lost: list[str] = []  # placeholders for which no sentence was found

    def __call__(self, messages: Sequence[BaseMessage]) -> str:
        prompt = str(messages[1].content)
        if callable(self.reply):
            return self.reply(prompt)
        lines = _NUMBERED.findall(prompt)

        def number(match: re.Match[str]) -> str:
            found = next((n for n, line in lines if match[1] in line), "")
            self.lost += [] if found else [match[1]]
            return found

        return _HERE.sub(number, self.reply)


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a bad reply. told: what of it is false, or must not be told, and was."""

    bad: Bad
    answer: Answer
    told: tuple[str, ...]

    @property
    def how(self) -> str:
        """What the reader sees, in a few words."""
        answer = self.answer
        checked = any(one.status == "checked" for one in answer.statements)
        shown = "shown as checked" if checked else "abstained" if answer.abstained else "quotes instead"
        if not answer.withheld:
            return shown
        return f"{shown}; withheld: {answer.withheld[0].reason}"


@contextmanager
def opened() -> Iterator[tuple[Binder, Speaker]]:
    """The notes of evals/verrane and one that gives orders, with a model that says what its speaker is told to."""
    speaker = Speaker()
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "notes"
        shutil.copytree(load_set(EVALS / "verrane" / "set.toml").notes, notes)
        (notes / "orders.md").write_text(INJECTED, encoding="utf-8")
        model = ScriptedChatModel(replies=[speaker])
        with Binder.open(notes, index=Path(folder) / "index", llm=model) as binder:
            # As a reader has it: where the model says nothing, the program answers without it.
            binder.settings = replace(on_one_day(binder).settings, llm_fallback=True)
            yield binder, speaker


def seen(bad: Bad, binder: Binder, speaker: Speaker) -> Seen:
    """What a reader sees of a bad reply. Raises ValueError where the reply cites what was not found."""
    speaker.reply, speaker.lost = bad.reply, []
    told = dict[str, None]()
    for answer in binder.stream(bad.question):
        told |= dict.fromkeys(_told(bad, answer))
    if speaker.lost:
        raise ValueError(f"{bad.kind}: the prompt holds no sentence with {speaker.lost}")
    if bad.notice and not any(bad.notice in notice.text for notice in answer.notices):
        told["no notice"] = None
    return Seen(bad, answer, tuple(told))


def _told(bad: Bad, answer: Answer) -> list[str]:
    """What must not be told and stands in an answer, or in what a notice says that the model would answer."""
    text = "\n".join([answer.text, *(notice.text for notice in answer.notices if notice.kind == "model")])
    visible = "".join(char for char in text if unicodedata.category(char) != "Cf")
    found = [one for one in bad.forbidden if one in text or one in visible]
    return found + _NEVER.findall(answer.text)


def main() -> None:
    results = list[Seen]()
    print(_line("kind", "what the reader sees", "told"))
    with opened() as (binder, speaker):
        for bad in CASES:
            results.append(seen(bad, binder, speaker))
            print(_line(bad.kind, results[-1].how, ", ".join(results[-1].told) or "-"), flush=True)
    for title, plain in (("false figure or name shown as a statement", True), ("other false claims shown", False)):
        of = [one for one in results if one.bad.plain is plain]
        print(f"{title}: {sum(bool(one.told) for one in of)} of {len(of)}")


def _line(*cells: str) -> str:
    """Cells as columns, cut to their widths."""
    shown = ("".join(char if char.isprintable() else " " for char in cell) for cell in cells)
    return " ".join(cell[:width].ljust(width) for cell, width in zip(shown, _WIDTHS, strict=True)).rstrip()


if __name__ == "__main__":
    main()

"""Notes that change all the while, and every version of them with the time in which an answer may hold it."""

from __future__ import annotations

import math
import os
import random
import shutil
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.notes import SUFFIXES, read_note

# A harbour's note, whose figures and dates change.
HARBOUR = """# The harbour of {place}

Date: 2024-0{month}-11

## Berths

The harbour of {place} has {berths} berths. Of these, {leased} are leased to fishing vessels until 203{year}.
{aside}
## Levy

The levy of {place} is ${levy} a month. It paid for {share} per cent of the dredging, which cost ${cost} million.

- The harbour master of {place} reports to the Director of Ports.
- {moored} vessels were moored there in the winter.
"""
PLACES = tuple(
    f"{first}{last}"
    for first in ("Wick", "Dun", "Sker", "Fal", "Ort", "Lang")
    for last in ("mere", "holm", "ay", "ness")
)
ASIDES = ("", "\nA sentence that was not here before moves all that follows it.\n", "\nThe quay was mended in May.\n")
QUESTIONS = (
    "How many berths does the harbour of {place} have?",
    "What is the levy of {place}?",
    "How many vessels were moored at {place} in the winter?",
    "What did dredging cost at {place}?",
)
# Of the notes that were there at first only those of which a line more, or another figure, is a version like any other.
EDITED = (".md", ".txt")


@dataclass(slots=True)
class Version:
    """The canonical text of a note, which answers may hold from `since` to `until` (of `time.monotonic`).

    since: when the writing of it began. gone: when the next version, or none, was there. until: when the first sync
    that had begun after that ended.
    """

    text: str
    since: float
    gone: float = math.inf
    until: float = math.inf


class Versions:
    """All versions of all notes. Any thread may use it."""

    def __init__(self) -> None:
        self._of: dict[str, list[Version]] = {}
        self._lock = threading.Lock()

    def wrote(self, note: str, text: str | None, began: float) -> None:
        """A note has another text since just now, or none; the change began at `began`."""
        with self._lock:
            held = self._of.setdefault(note, [])
            if held and held[-1].gone == math.inf:
                held[-1].gone = time.monotonic()
            if text is not None:
                held.append(Version(text, began))

    def synced(self, began: float) -> None:
        """A sync that began then has ended: no answer that is asked for from now on holds what was gone by then."""
        now = time.monotonic()
        with self._lock:
            for held in self._of.values():
                for version in held:
                    if version.gone <= began and version.until == math.inf:
                        version.until = now

    def faults(self, quotes: Sequence[Mapping[str, object]], asked: float, told: float) -> list[str]:
        """What is wrong with the quotes of an answer that was asked for and told at these times.

        Each must be the text at its place of a version that was there meanwhile, all of them at one moment.
        """
        with self._lock:
            spans = [self._spans(quote, asked, told) for quote in quotes]
        wrong = [
            f"{quote['note']}[{quote['start']}:{quote['end']}] is not {quote['quote']!r}"
            for quote, within in zip(quotes, spans, strict=True)
            if not within
        ]
        moments = [asked, *(since for within in spans for since, _ in within)]
        if not wrong and not any(
            all(any(since <= moment <= until for since, until in within) for within in spans) for moment in moments
        ):
            wrong.append(f"quotes of two states of the notes: {', '.join(str(quote['note']) for quote in quotes)}")
        return wrong

    def _spans(self, quote: Mapping[str, object], asked: float, told: float) -> list[tuple[float, float]]:
        start, end = int(str(quote["start"])), int(str(quote["end"]))
        return [
            (max(asked, version.since), min(told, version.until))
            for version in self._of.get(str(quote["note"]), [])
            if version.since <= told and version.until >= asked and version.text[start:end] == quote["quote"] != ""
        ]


class ChangingNotes:
    """A folder of notes: those of `first`, which stay, some of them edited, and harbours, which come and go."""

    def __init__(self, corpus: Path, first: Path, seed: int) -> None:
        self.versions = Versions()
        self.changes = 0
        self._corpus = corpus
        self._chance = random.Random(seed)
        shutil.copytree(first, corpus)
        (corpus.parent / "written").mkdir()
        for path in sorted(corpus.iterdir()):
            if path.suffix in SUFFIXES:
                self.versions.wrote(path.name, _canonical(path), time.monotonic())
        self._edited = {path.name: path.read_text("utf-8") for path in corpus.iterdir() if path.suffix in EDITED}
        for place in PLACES[::2]:
            self._write(_name(place), self._harbour(place))

    def questions(self) -> list[str]:
        """Questions on the harbours, those that are not there just now too."""
        return [question.format(place=place) for place in PLACES for question in QUESTIONS]

    def change(self) -> None:
        """Adds, changes or removes one note."""
        self.changes += 1
        if self._chance.random() < 0.25:
            note = self._chance.choice(sorted(self._edited))
            self._write(note, self._moved(self._edited[note]))
            return
        place = self._chance.choice(PLACES)
        if (self._corpus / _name(place)).exists() and self._chance.random() < 0.3:
            began = time.monotonic()
            (self._corpus / _name(place)).unlink()
            self.versions.wrote(_name(place), None, began)
        else:
            self._write(_name(place), self._harbour(place))

    def _write(self, note: str, text: str) -> None:
        """Puts it in its place at once, so that no reader finds half of it."""
        path = self._corpus.parent / "written" / note
        path.write_text(text, "utf-8")
        canonical, began = _canonical(path), time.monotonic()
        os.replace(path, self._corpus / note)
        self.versions.wrote(note, canonical, began)

    def _harbour(self, place: str) -> str:
        count = self._chance.randint
        return HARBOUR.format(
            place=place,
            month=count(1, 9),
            berths=count(10, 99),
            leased=count(2, 9),
            year=count(0, 9),
            levy=count(100, 999),
            share=count(10, 90),
            cost=count(2, 30),
            moored=count(100, 900),
            aside=self._chance.choice(ASIDES),
        )

    def _moved(self, text: str) -> str:
        """The text with a line more somewhere, so that what follows stands elsewhere."""
        lines = text.split("\n")
        lines.insert(self._chance.randrange(1, len(lines)), f"This was looked at {self._chance.randint(2, 999)} times.")
        return "\n".join(lines)


def _name(place: str) -> str:
    return f"harbour-{place.lower()}.md"


def _canonical(path: Path) -> str:
    return read_note(path, path.name).text

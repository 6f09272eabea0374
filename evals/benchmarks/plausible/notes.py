"""Made notes: dated, with short forms, bullets under a lead-in, and newer editions that supersede older ones.

Sentences have the lengths and the kinds of the project's own binders; names, figures and dates are drawn anew for each
program. What is not real: ten kinds of sections and some fifty kinds of sentences, however many notes there are.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from evals.benchmarks.plausible.words import (
    CADENCES,
    CLASSIFICATIONS,
    DEPARTMENTS,
    ENDS,
    FIRST_NAMES,
    KINDS,
    MIDDLES,
    POSTS,
    QUESTIONS,
    SECTIONS,
    STARTS,
    THEMES,
    Section,
)

SEED = 0
_MOST_EDITIONS = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a program, and the sentence of its newest note that answers it."""

    question: str
    note: str
    quote: str


@dataclass(frozen=True, slots=True)
class Made:
    """A made note: its file's name, its text, and what can be asked about it; nothing where a newer note follows."""

    name: str
    text: str
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class _Program:
    name: str
    short: str
    body: str
    law: str
    place: str
    things: tuple[str, ...]


def made_notes(count: int, seed: int = SEED, sections: int | None = None) -> Iterator[Made]:
    """`count` notes of eleven passages each, the same for the same arguments; more notes begin with the same ones.

    sections: only so many of each note's ten.
    """
    chance, number = random.Random(seed), 0
    taken: set[str] = set()
    while number < count:
        program = _program(chance, taken)
        editions = min(chance.choice((1, 1, 2, _MOST_EDITIONS)), count - number)
        first = date(chance.randint(2016, 2022), chance.randint(1, 12), chance.randint(1, 28))
        for edition in range(editions):
            number += 1
            day = first + timedelta(days=365 * edition + chance.randint(0, 60))
            last = edition == editions - 1
            yield _note(chance, program, number, day, SECTIONS[:sections], last=last, first=edition == 0)


def write(count: int, corpus: Path, seed: int = SEED, sections: int | None = None) -> list[Asked]:
    """Writes `count` notes into the folder `corpus`, which is made, and returns what can be asked about them.

    seed, sections: as of `made_notes`.
    """
    corpus.mkdir(parents=True, exist_ok=True)
    asked: list[Asked] = []
    for made in made_notes(count, seed, sections):
        path = corpus / made.name
        if not path.exists() or path.read_text("utf-8") != made.text:  # a file that is written again is read again
            path.write_text(made.text, "utf-8")
        asked += made.asked
    return asked


def _program(chance: random.Random, taken: set[str]) -> _Program:
    while True:
        theme = chance.choice(list(THEMES))
        place = _place(chance)
        what = chance.choice(("Renewal ", "Support ", "Access ", "Recovery ", ""))
        name = f"{place} {theme} {what}{chance.choice(KINDS)}"
        if name not in taken:
            break
    taken.add(name)
    body = f"{chance.choice(DEPARTMENTS)} of {theme}"
    short = "".join(word[0] for word in name.split()) + place[1].upper()
    return _Program(name, short, body, f"{theme} Act", place, THEMES[theme])


def _note(
    chance: random.Random,
    program: _Program,
    number: int,
    day: date,
    sections: Sequence[Section],
    *,
    last: bool,
    first: bool,
) -> Made:
    name = f"{number:06}-{program.name.lower().replace(' ', '-')}-{day.year}.md"
    parts = [
        f"# {program.name}",
        f"Date: {day.isoformat()}\nClassification: {chance.choice(CLASSIFICATIONS)}\nPrepared for: the Minister",
    ]
    if not first:
        parts.append(f"This note supersedes the note on the {program.name} of {day.year - 1}.")
    asked: list[Asked] = []
    for section in sections:
        gaps = _Gaps(chance, program, day)
        said = [(pattern, pattern.format_map(gaps)) for pattern in _chosen(chance, section.sentences)]
        parts.append(f"## {section.heading}")
        if section.lead_in:
            parts.append(section.lead_in.format_map(gaps))
            parts.append("\n".join(f"- {sentence}" for _, sentence in said))
        else:
            parts.append(" ".join(sentence for _, sentence in said))
        for pattern, sentence in said:
            ask = next((ask for begins, ask in QUESTIONS.items() if pattern.startswith(begins)), "")
            if ask and last:
                asked.append(Asked(ask.format_map(gaps), name, sentence))
    return Made(name, "\n\n".join(parts) + "\n", tuple(asked))


def _chosen(chance: random.Random, sentences: Sequence[str]) -> list[str]:
    """Four or so of a section's sentences, in their order."""
    kept = set(chance.sample(range(len(sentences)), min(len(sentences), chance.choice((3, 4, 4, 5)))))
    return [sentence for at, sentence in enumerate(sentences) if at in kept]


class _Gaps(dict[str, str]):
    """What stands in the gaps of one section: the program's words the same throughout, the rest drawn at each gap."""

    def __init__(self, chance: random.Random, program: _Program, day: date) -> None:
        a, b, c = chance.sample(program.things, 3)
        super().__init__(a=a, b=b, c=c, name=program.name, short=program.short, body=program.body, law=program.law)
        self._chance, self._day, self._place = chance, day, program.place

    def __missing__(self, gap: str) -> str:
        chance, year = self._chance, self._day.year
        if gap == "place":
            return self._place if chance.random() < 0.5 else _place(chance)
        drawn = {
            "other": lambda: _place(chance),
            "person": lambda: f"{chance.choice(FIRST_NAMES)} {_place(chance)}",
            "post": lambda: chance.choice(POSTS),
            "cadence": lambda: chance.choice(CADENCES),
            "money": lambda: f"${chance.randint(11, 990) / 10:.1f} million",
            "small": lambda: f"${chance.randint(5, 900) * 500:,}",
            "pct": lambda: str(chance.randint(2, 90)),
            "n": lambda: f"{chance.randint(20, 9000):,}",
            "n2": lambda: f"{chance.randint(20, 9000):,}",
            "days": lambda: str(chance.randint(5, 250)),
            "sec": lambda: str(chance.randint(2, 140)),
            "years": lambda: str(chance.randint(3, 10)),
            "year": lambda: str(year - 1),
            "early": lambda: str(year - chance.randint(3, 9)),
            "next": lambda: f"{year + 1}-{(year + 2) % 100:02}",
            "decade": lambda: str(chance.randint(187, 199) * 10),
            "date": lambda: _said(self._day + timedelta(days=chance.randint(-900, 500))),
            "month": lambda: f"{self._day + timedelta(days=chance.randint(30, 300)):%B %Y}",
        }
        return drawn[gap]()


def _place(chance: random.Random) -> str:
    return chance.choice(STARTS) + chance.choice(MIDDLES) + chance.choice(ENDS)


def _said(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"

"""What a statement of a chat model may rest on: the words of its quotes, and what a reader sees above them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from qa.schema import Acronym
from qa.terms import fold

_SMALL = re.compile(r"(?<![\w])[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Ground:
    """quotes: what is cited, a line each, with its lead-in or the head of its table. above: lead-ins and heads alone.

    around: titles and headings of the quotes. days: the dates of their notes. forms: short forms and what the binder
    says they stand for, where either stands in the quotes. common: words that stand in small letters in what the model
    was given, folded: no names.
    """

    quotes: str
    above: str = ""
    around: str = ""
    days: tuple[date, ...] = ()
    forms: str = ""
    common: frozenset[str] = frozenset()


def forms_of(acronyms: Iterable[Acronym]) -> str:
    """Both forms of each acronym, a line each."""
    return "\n".join(f"{one.short}\n{one.long}" for one in acronyms)


def common_words(texts: Sequence[str]) -> frozenset[str]:
    """The words that stand in small letters somewhere in `texts`, folded."""
    return frozenset(fold(word) for text in texts for word in _SMALL.findall(text) if word.islower())

"""The glossary of a binder: which of its short forms, or of their long forms, stand in a text.

It is made once for an index and asked with every question, so nothing in it goes through all definitions: short forms
are found by their key, long forms by their stems: the first tells how many to look up.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from qa.acronyms.spellings import spelled
from qa.schema import Acronym
from qa.terms import ENGLISH, FRENCH, STOP_WORDS, is_short_form, singular, stems, words

_ORDINARY = STOP_WORDS[ENGLISH] | STOP_WORDS[FRENCH] | {"mars", "mai", "juin", "aout"}
_RAW = re.compile(r"[^\W_](?:[\w.&/\-]*[^\W_])?\.?")
_PART = re.compile(r"[^\W_]+")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?\.?\Z")
# A short form in lower case has this many letters at least for its "s" to be a plural's: "adms", not "gas".
_LEAST_OF_A_PLURAL = 3


@dataclass(frozen=True, slots=True)
class Glossary:
    """The definitions of a binder, to be looked up. acronyms: all of them, ordered by note and place."""

    acronyms: tuple[Acronym, ...] = ()
    _by_short: dict[str, list[Acronym]] = field(init=False, repr=False, compare=False)
    _by_long: dict[tuple[str, ...], list[Acronym]] = field(init=False, repr=False, compare=False)
    _lengths: dict[str, list[int]] = field(init=False, repr=False, compare=False)

    def __init__(self, acronyms: Iterable[Acronym] = ()) -> None:
        by_short: dict[str, list[Acronym]] = defaultdict(list)
        by_long: dict[tuple[str, ...], list[Acronym]] = defaultdict(list)
        object.__setattr__(self, "acronyms", tuple(acronyms))
        for acronym in self.acronyms:
            short, long = short_key(acronym.short), long_key(acronym.long)
            by_short[short].append(acronym)
            if long:
                by_long[long].append(acronym)
        lengths: dict[str, set[int]] = defaultdict(set)
        for long in by_long:
            lengths[long[0]].add(len(long))
        object.__setattr__(self, "_by_short", dict(by_short))
        object.__setattr__(self, "_by_long", dict(by_long))
        object.__setattr__(self, "_lengths", {first: sorted(found) for first, found in lengths.items()})

    def readings(self, text: str, notes: Collection[str] | None = None) -> tuple[Acronym, ...]:
        """The acronyms of which either form stands in `text`, each pair of forms once, ordered by note and place.

        notes: only what these define, or None for all.
        """
        found: dict[tuple[str, tuple[str, ...]], Acronym] = {}
        stand = [acronym for key in sorted(short_keys(text)) for acronym in self.definitions(key, notes)]
        stand += _within(self._said_in_full(stems_said(text)), notes)
        for acronym in sorted(stand, key=lambda one: (one.note, one.start, one.short, one.long)):
            found.setdefault((short_key(acronym.short), spelled(acronym.long)), acronym)
        return tuple(found.values())

    def definitions(self, short: str, notes: Collection[str] | None = None) -> tuple[Acronym, ...]:
        """All definitions of a short form, in whatever spelling: "U.S.", "US"; "ADM", "ADMs". notes: as above."""
        return tuple(_within(self._by_short.get(short_key(short), []), notes))

    def of_form(self, form: str) -> tuple[Acronym, ...]:
        """All definitions that have `form`, which is a short form or else a long one, in whatever spelling."""
        return self.definitions(form) or tuple(self._by_long.get(stems_said(form), ()))

    def _said_in_full(self, said: tuple[str, ...]) -> list[Acronym]:
        return [
            acronym
            for at, stem in enumerate(said)
            for length in self._lengths.get(stem, ())
            for acronym in self._by_long.get(said[at : at + length], ())
        ]


def short_key(short: str) -> str:
    """What the spellings of one short form share: "U.S." and "US" are one, and so are "ADM" and "ADMs"."""
    return singular(short.replace(".", "")).casefold()


@lru_cache(maxsize=65_536)  # of long forms only: what people ask, each text once, is not to be kept
def long_key(long: str) -> tuple[str, ...]:
    """What the spellings of one long form share when it is looked for: its stems, as of `stems_said`."""
    return stems_said(long)


def stems_said(text: str) -> tuple[str, ...]:
    """The stems of a text in which long forms are looked for, without the stop words of both languages.

    Always by the English stemmer, so that it does not hang on what language the words around it are thought to be in;
    and without regard to capitals, which in a heading do not make a word a short form.
    """
    return tuple(stem for stem in stems(text.casefold(), ENGLISH) if stem not in STOP_WORDS[FRENCH])


@lru_cache(maxsize=128)  # one question is asked about several times
def short_keys(text: str) -> frozenset[str]:
    """The keys of all that may be a short form in `text`.

    In lower case ("clr", "adms") that is any word but ordinary ones: a binder that defines IT, US and WHO must not read
    "it", "us" and "who" so. In a text that is all capitals they are words as well.
    """
    keys = written_short(text)
    for form in [*_RAW.findall(text), *words(text)]:
        if short_key(form) not in _ORDINARY:
            keys |= _keys(form)
    return keys - {""}


@lru_cache(maxsize=128)
def written_short(text: str) -> frozenset[str]:
    """The keys of what is written as a short form in `text`, with capitals or dots; none where all is capitals."""
    if _shouted(text):
        return frozenset(short_key(form) for form in _RAW.findall(text) if _DOTTED.match(form))
    forms = [*_RAW.findall(text), *words(text)]
    return frozenset(short_key(form) for form in forms if _DOTTED.match(form) or is_short_form(form)) - {""}


def short_forms_in(text: str, keys: Collection[str]) -> Iterator[tuple[int, int, str]]:
    """Where short forms with these keys stand in `text`, in order: start, end, key."""
    for whole in _RAW.finditer(text):
        for start, end in dict.fromkeys([whole.span(), *(part.span() for part in _PART.finditer(text, *whole.span()))]):
            key = next((key for key in sorted(_keys(text[start:end])) if key in keys), None)
            if key is not None:
                yield start, end, key
                if (start, end) == whole.span():
                    break


def _keys(form: str) -> frozenset[str]:
    """The key of a form, and that of what it may be the plural of."""
    key = short_key(form)
    plural = form.islower() and len(key) > _LEAST_OF_A_PLURAL and key[-1] == "s"
    return frozenset((key, key[:-1]) if plural else (key,))


def _shouted(text: str) -> bool:
    return not any(char.islower() for char in text) and len(words(text)) > 2


def _within(acronyms: list[Acronym], notes: Collection[str] | None) -> list[Acronym]:
    return acronyms if notes is None else [acronym for acronym in acronyms if acronym.note in notes]

"""Which meaning of a short form holds: in a question, and in the note that a passage stands in.

A question may say which it means ("MSP spill preparedness"). A note that defines a short form means that by it and
nothing else; in a note that does not, it may be any.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from qa.acronyms import Glossary, long_key, meanings, same_meaning, short_forms_in, short_key, short_keys, stems_said
from qa.schema import Acronym, Query, Term
from qa.terms import ENGLISH, FRENCH, guess_language, stems

# A meaning is meant where more than this share of the words that tell it from the others is said.
SAID = 0.5


def taken(text: str, glossary: Glossary, notes: Collection[str] | None) -> tuple[Acronym, ...]:
    """The acronyms of which a form stands in `text`, each pair of forms once, less the meanings that it rules out.

    notes: only what these define, or None for all.
    """
    readings = glossary.readings(text, notes)
    by_short: dict[str, list[Acronym]] = defaultdict(list)
    for reading in readings:
        by_short[short_key(reading.short)].append(reading)
    said = set(stems_said(text))
    kept = {reading for group in by_short.values() for reading in _meant(group, said)}
    return tuple(reading for reading in readings if reading in kept)


def terms_of(text: str, language: str, readings: Sequence[Acronym], weight: float) -> list[Term]:
    """The terms of `text`, each short form with its long ones, and each word of a long form with its short one, as
    other ways to say it. language: the question's.

    A short form is one term, whatever stems it comes apart into ("C-TPAT") or is cut to ("cascoe"): those stand in no
    note, and what stands nowhere weighs most. Its stems as notes have them are ways to say it.
    """
    phrases: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    said, shorts = stems_said(text), {short_key(acronym.short) for acronym in readings}
    typed = shorts & short_keys(text)
    found: dict[str, None] = {}
    end = 0
    for start, after, short in short_forms_in(text, typed):
        found |= dict.fromkeys(stems(text[end:start], language))
        found[short] = None
        phrases[short] += [tuple(stems(text[start:after], language))]
        end = after
    found |= dict.fromkeys(stems(text[end:], language))
    for acronym in readings:
        short = short_key(acronym.short)
        phrases[short] += [*_short_stems(acronym), *_long_phrases(acronym, language)]
        if _stands(long_key(acronym.long), said):
            for stem in _long_stems(acronym, language):
                phrases[stem] += _short_phrase(acronym)
    ways = {
        stem: tuple(way for way in dict.fromkeys(phrases.get(stem, ())) if way not in ((), (stem,))) for stem in found
    }
    return [Term(stem, ways[stem], weight) for stem in found]


def in_notes(query: Query, notes: Iterable[str]) -> dict[str, Query]:
    """The query as it is to be read in each of `notes`: without the short forms that a note defines otherwise.

    Its terms are as many as before and in the same order.
    """
    defined: dict[str, list[Acronym]] = defaultdict(list)
    for definition in query.definitions:
        defined[definition.note].append(definition)
    return {note: _as_defined(query, defined[note]) if note in defined else query for note in notes}


def _meant(readings: Sequence[Acronym], said: set[str]) -> Sequence[Acronym]:
    """Of the readings of one short form those of the meaning that the words around it tell from the others."""
    groups = meanings(readings)
    if len(groups) == 1:
        return readings
    words = [{stem for reading in group for stem in long_key(reading.long)} for group in groups]
    shared = set.intersection(*words)
    shares = [len((own - shared) & said) / max(1, len(own - shared)) for own in words]
    best = max(shares)
    return groups[shares.index(best)] if best > SAID and shares.count(best) == 1 else readings


def _as_defined(query: Query, definitions: Sequence[Acronym]) -> Query:
    """The query in a note with these definitions of its short forms."""
    here: dict[str, list[str]] = defaultdict(list)
    for definition in definitions:
        here[short_key(definition.short)].append(definition.long)
    holds = {reading: _holds(reading, here.get(short_key(reading.short), ())) for reading in query.acronyms}
    if all(holds.values()):
        return query
    kept, gone = ([reading for reading in query.acronyms if holds[reading] is wanted] for wanted in (True, False))
    unread = {short_key(reading.short) for reading in gone} - {short_key(reading.short) for reading in kept}
    denied = _said_short(gone, query.asked_in) - _said_short(kept, query.asked_in)
    denied |= {
        (key, way) for reading in gone if (key := short_key(reading.short)) in unread for way in _short_stems(reading)
    }
    return replace(query, terms=tuple(_without(term, unread, denied) for term in query.terms))


def _holds(reading: Acronym, longs: Sequence[str]) -> bool:
    return not longs or any(same_meaning(reading.long, long) for long in longs)


def _said_short(readings: Sequence[Acronym], language: str) -> set[tuple[str, tuple[str, ...]]]:
    """The words of long forms, each with the short form that may stand for it."""
    return {
        (stem, phrase)
        for reading in readings
        for stem in _long_stems(reading, language)
        for phrase in _short_phrase(reading)
    }


def _without(term: Term, unread: set[str], denied: set[tuple[str, tuple[str, ...]]]) -> Term:
    phrases = tuple(phrase for phrase in term.phrases if (term.stem, phrase) not in denied)
    return replace(term, stem="" if term.stem in unread else term.stem, phrases=phrases)  # no text has the stem ""


def _stands(long: tuple[str, ...], said: tuple[str, ...]) -> bool:
    return bool(long) and any(said[at : at + len(long)] == long for at in range(len(said) - len(long) + 1))


def _long_phrases(acronym: Acronym, language: str) -> list[tuple[str, ...]]:
    """The long form in the stems of the question's language, and in those of its own where that is another."""
    own = guess_language(acronym.long)
    languages = dict.fromkeys((language, own if own != ENGLISH else language))
    return [phrase for spoken in languages if (phrase := tuple(stems(acronym.long, spoken)))]


def _long_stems(acronym: Acronym, language: str) -> set[str]:
    return {stem for phrase in _long_phrases(acronym, language) for stem in phrase}


def _short_phrase(acronym: Acronym) -> list[tuple[str, ...]]:
    """The short form as it stands in texts; none for those that come apart into letters ("R&D")."""
    found = tuple(stems(acronym.short))
    return [found] if found and all(len(stem) > 1 for stem in found) else []


def _short_stems(acronym: Acronym) -> list[tuple[str, ...]]:
    """The stems of the short form as notes in each language have them."""
    return [found for language in (ENGLISH, FRENCH) if (found := tuple(stems(acronym.short, language)))]

"""Where a note says that it replaces another: "This note replaces the note of 11 May 2021 on the Fund."

The other note is named by its path, its title or its date. A programme that replaced another is told in the same words
("The Credit replaced the Home Help Vouchers"), and then the note on the old one is overtaken too: there the title must
stand in the sentence word by word, and the two notes share more than that.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import PurePosixPath

from qa.editions.contents import Contents
from qa.editions.names import Name
from qa.figures import find_dates
from qa.schema import Note
from qa.terms import ENGLISH, FRENCH, stems

# Looked for in lower case, which is twice as quick as whatever the case.
_SAYS = re.compile(
    r"\b(?:(?P<replaces>replac(?:es?|ed|ing)|supersed(?:es?|ed|ing)|updat(?:es|ing) the|updated version of"
    r"|remplac(?:e|ent|ée?s?|ant)|mise à jour d[eu])"
    r"|(?P<translates>translat(?:ion|ed)|traduction|traduite?|version (?:anglaise|française))"
    r"|succeed(?:s|ed)|successor|renamed|formerly|previously"
    r"|t(?:ook|akes?) (?:over from|the place of|its place)|in (?:its )?place of|g(?:ave|ives?) way to"
    r"|now (?:called|known)|(?:folded|merged) into|absorbed|abolished|discontinued|wound up|phased out"
    r"|succèd(?:e|ent)|rebaptisée?s?|anciennement|abolie?s?|fusionnée?s?)\b"
)
_OF_NOTES = re.compile(
    r"\b(?:notes?|briefs?|briefings?|memos?|versions?|papers?|documents?|cards?|fiches?|breffages?)\b", re.IGNORECASE
)
_FILE = re.compile(r"[\w.-]+\.\w{2,4}\b")
# The sentence around such words, as far as so many characters.
_AROUND = 300
_END = re.compile(r"[.!?](?=\s)|\n\s*\n|\n(?=\s*[-*#|])")
# The share of their rarer words (see Contents.shared) that notes on a programme and its successor have in common.
_SUCCESSOR_SHARED = 0.12


@dataclass(frozen=True, slots=True)
class Mention:
    """That a note says that it replaces another, or is replaced by it; or, where translates, that one of the two is a
    translation of the other."""

    note: str
    other: str
    translates: bool = False


def mentions(
    notes: Sequence[Note], texts: Mapping[str, str], names: Mapping[str, Name], contents: Contents
) -> Iterator[Mention]:
    """What the notes say of one another. texts, names: by path."""
    counts = Counter(stem for note in notes for stem in names[note.note].title)
    by_word: dict[str, list[Note]] = defaultdict(list)
    by_date: dict[date | None, list[Note]] = defaultdict(list)
    for note in notes:
        if title := names[note.note].title:  # all of it must be said, so its rarest word finds it
            by_word[min(title, key=lambda stem: (counts[stem], stem))].append(note)
        by_date[note.date].append(note)
    by_file = {PurePosixPath(note.note).name: note for note in notes}
    for note in notes:
        for sentence, verb in _sentences(texts.get(note.note, "")):
            said = _Said(note, sentence, verb, names, contents)
            near = [other for stem in said.stems for other in by_word.get(stem, ())]
            named = [other for other in near if said.names(other)]
            named += [by_file[file] for file in _FILE.findall(sentence) if by_file.get(file, note) is not note]
            if not named and said.on_notes:
                dated = [one for day in said.days for one in by_date[day] if one.note != note.note]
                named = sorted(dated, key=lambda other: -contents.alike(said.note.note, other.note))[:1]
            yield from (Mention(note.note, other.note, verb == "translates") for other in named)


@dataclass(frozen=True)
class _Said:
    """A sentence of a note that speaks of replacing or translating. verb: as of `_sentences`."""

    note: Note
    sentence: str
    verb: str
    all_names: Mapping[str, Name]
    contents: Contents

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(stem for language in (ENGLISH, FRENCH) for stem in stems(self.sentence, language))

    @cached_property
    def days(self) -> list[date]:
        return [day for _, day in find_dates(self.sentence)]

    @property
    def on_notes(self) -> bool:
        """Whether a note may be what is replaced; "the fee was abolished (see the note on ferries)" points to one."""
        return bool(self.verb and _OF_NOTES.search(self.sentence))

    def names(self, other: Note) -> bool:
        """Whether the other note is named by its title, in a sentence on notes or on what both are on."""
        title = self.all_names[other.note].title
        if other.note == self.note.note or not title or not title <= self.stems:
            return False
        if self.on_notes and (not self.days or other.date in self.days):
            return True
        together = _run(stems(other.title, other.language), stems(self.sentence, other.language))
        return together and self.contents.shared(self.note.note, other.note) >= _SUCCESSOR_SHARED


def _run(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether more than one stem stands in a row in others."""
    places = range(len(whole) - len(part) + 1)
    return len(part) > 1 and any(whole[at : at + len(part)] == part for at in places)


def _sentences(text: str) -> list[tuple[str, str]]:
    """The sentences of a text that hold words for replacing or translating, each once, with "replaces" or "translates"
    where they hold a word that is said of notes, else ""."""
    found: dict[str, str] = {}
    lowered = text.lower()
    for match in _SAYS.finditer(lowered if len(lowered) == len(text) else text):
        before = [end.end() for end in _END.finditer(text, max(0, match.start() - _AROUND), match.start())]
        after = _END.search(text, match.end(), match.end() + _AROUND)
        start = before[-1] if before else max(0, match.start() - _AROUND)
        sentence = text[start : after.start() if after else match.end() + _AROUND]
        found[sentence] = found.get(sentence) or match.lastgroup or ""
    return list(found.items())

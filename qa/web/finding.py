"""A search as the source pane shows it: notes that are called so, and passages."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from qa.terms import ENGLISH, FRENCH, stems
from qa.web.filters import filters_in_words
from qa.web.rendering import hits_html
from qa.web.welcome import find_notes
from qa.web.words import Language, say

if TYPE_CHECKING:
    from qa.binder import Binder
    from qa.schema import Note

PASSAGES, NOTES = 10, 30


def found_html(binder: Binder, words: str, filters: dict[str, Any], language: Language) -> str:
    """What a search for `words` finds; all notes where there are no words. Raises QAError."""
    words = words.strip()
    within = {name: filters.get(name) for name in ("since", "until", "language")}
    only = filters.get("notes")
    notes = [note for note in find_notes(binder, words, **within) if not only or note.note in only]
    title = say("found", language, words=words) if words else say("all_notes", language)
    shown = f"<h2>{escape(title)}</h2>"
    if filters:
        asked_with = say("asked_with", language, filters=filters_in_words(filters, language))
        shown += f'<p class="qa-place">{escape(asked_with)}</p>'
    if notes:
        items = "".join(_note(one, language) for one in notes[: NOTES if words else None])
        shown += f'<h3 class="qa-part">{say("found_notes", language)}</h3><ul class="qa-hits">{items}</ul>'
    hits = binder.search(words, k=PASSAGES, **filters) if words and any(map(str.isalnum, words)) else ()
    sought = _stems(words)
    held = any(sought & _stems(f"{hit.title} {hit.section} {hit.text}") for hit in hits)
    if hits:
        if not held:
            shown += f'<p class="qa-place">{say("found_none", language)}</p>'
        shown += f'<h3 class="qa-part">{say("found_passages" if held else "found_near", language)}</h3>'
        shown += f'<ul class="qa-hits">{hits_html(hits, language)}</ul>'
    return shown if notes or hits else f'{shown}<p class="qa-place">{say("found_none", language)}</p>'


def _stems(words: str) -> set[str]:
    """Search terms, in whichever language the words are."""
    return {stem for language in (ENGLISH, FRENCH) for stem in stems(words, language)}


def _note(note: Note, language: Language) -> str:
    place = escape(urlencode({"note": note.note, "lang": language}))
    day = note.date.isoformat() if note.date else say("no_date", language)
    link = f'<a class="qa-open" href="note?{place}">{escape(note.title)}</a>'
    return f'<li>{link}<span class="qa-place"> · {day}</span></li>'

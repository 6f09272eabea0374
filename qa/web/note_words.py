"""The words of the program beside a note that is shown, English and French side by side."""

from __future__ import annotations

from qa.terms import ENGLISH

WORDS: dict[str, dict[str, str]] = {
    "page": {"en": "page {page}", "fr": "page {page}"},
    "table": {"en": "Table", "fr": "Tableau"},
    "no_date": {"en": "no date", "fr": "sans date"},
    "language_en": {"en": "in English", "fr": "en anglais"},
    "language_fr": {"en": "in French", "fr": "en français"},
    "prepared_for": {"en": "for {reader}", "fr": "pour : {reader}"},
    "superseded": {"en": "superseded by {title} ({day})", "fr": "remplacée par {title} ({day})"},
}


def say(key: str, language: str, **values: str) -> str:
    """The words for `key` in "en" or "fr" (any other language: English), with `values` put in."""
    return WORDS[key].get(language, WORDS[key][ENGLISH]).format(**values)

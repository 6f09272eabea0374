"""A note as a page, with a quote marked: where the link of a citation leads."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from urllib.parse import quote

from qa.exporting.receipts import quote_hash
from qa.exporting.words import say
from qa.schema import Citation
from qa.serving.http.forms import NoteText

_STYLE = (
    ":root{color-scheme:light dark}body{font:1rem/1.6 system-ui,sans-serif;max-width:46rem;margin:2rem auto;"
    "padding:0 1rem}pre{font:inherit;white-space:pre-wrap;overflow-wrap:anywhere}mark{padding:.1em 0}"
    "h1{font-size:1.3rem;line-height:1.3}"
)
# Figures of its hash by which a quote is known again.
_SHOWN = 16
# Nothing of a note could run here, were it not escaped.
POLICY = (
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
    f"style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"
)


def note_link(base: str, cited: Citation) -> str:
    """The address of a note's page, at a quote. base: of the server, with a slash at its end."""
    place = f"start={cited.start}&end={cited.end}&sum={quote_hash(cited.quote)[:_SHOWN]}"
    return f"{base}notes/{quote(cited.note)}?{place}#quote"


def note_page(note: NoteText, start: int, end: int, told: str) -> str:
    """The page. start, end: the quote that is marked. told: the beginning of its hash, "" where it is not told.

    Where the note has changed, so that other words stand there, none are marked, and that is said.
    """
    marked = note.text[start:end]
    stands = 0 <= start < end <= len(note.text) and quote_hash(marked).startswith(told)
    shown = escape(note.text)
    if stands:
        shown = f'{escape(note.text[:start])}<mark id="quote">{escape(marked)}</mark>{escape(note.text[end:])}'
    facts = [note.note, note.date and note.date.isoformat(), note.classification, note.prepared_for]
    changed = "" if stands or not told else f'<p id="quote" role="alert">{escape(say("changed", note.language))}</p>'
    return (
        f'<!doctype html><html lang="{escape(note.language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(note.title)}</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{escape(note.title)}</h1>"
        f"<p>{escape(' · '.join(fact for fact in facts if fact))}</p>{changed}<pre>{shown}</pre></main></body></html>"
    )

"""A whole note as HTML for the pane beside the conversation, the quotes in it marked.

Nothing of a note is markup of the page: every word of it is escaped, and the tags and attributes are those below and no
others. All that a reader of the note would read is shown, once and in its order; markup is taken off as everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from qa.answering.words import day_in_words
from qa.schema import Citation, Note, NoteContent, Span
from qa.web.note_writer import NoteWriter
from qa.web.words import WORDS, Language, say

NOTE_CSS = """
.qa-note, .qa-note-head { color: var(--body-text-color); overflow-wrap: anywhere; line-height: 1.5; }
.qa-note p, .qa-note li, .qa-note blockquote, .qa-note td, .qa-note th { white-space: pre-line; }
.qa-note > p { margin: 0 0 0.75rem; }
.qa-note .qa-note-heading { margin: 1.25rem 0 0.5rem; line-height: 1.3; font-weight: 600; }
.qa-note h3.qa-note-heading { font-size: 1.25rem; }
.qa-note h4.qa-note-heading { font-size: 1.1rem; }
.qa-note h5.qa-note-heading, .qa-note h6.qa-note-heading { font-size: 1rem; }
.qa-note .qa-note-metadata { font-size: 0.9em; margin: 0 0 0.25rem; }
.qa-note-question { font-weight: 600; }
.qa-note-footnote, .qa-note-outside { font-size: 0.9em; }
.qa-note-quotation { margin: 0 0 0.75rem; padding-left: 0.75rem;
  border-left: 3px solid var(--border-color-primary); }
.qa-note .qa-note-list { margin: 0 0 0.75rem; padding-left: 1.5rem; list-style: disc outside; }
.qa-note .qa-note-list .qa-note-list { margin: 0.25rem 0; }
.qa-note .qa-note-item { margin: 0.25rem 0; }
.qa-note .qa-note-item-marked { list-style: none; }
.qa-note-item-marked > .qa-note-marker { display: inline-block; min-width: 1.5rem; margin-left: -1.5rem; }
.qa-note-table { overflow: auto; max-height: 75vh; margin: 0 0 0.75rem; }
.qa-note-table th, .qa-note-table td { min-width: 4.5rem; max-width: 16rem; }
.qa-note-table th { position: sticky; top: 0; z-index: 1; }
.qa-note-table tr > :first-child { position: sticky; left: 0; background: var(--background-fill-secondary); }
.qa-note-table table { border-collapse: collapse; min-width: 100%; font-size: 0.95em; }
.qa-note-table th, .qa-note-table td { border: 1px solid var(--border-color-primary); padding: 0.3rem 0.5rem;
  text-align: left; vertical-align: top; overflow-wrap: normal; }
.qa-note-table th { background: var(--background-fill-secondary); font-weight: 600; }
.qa-note-table .qa-note-more > * { border-top-style: hidden; padding-top: 0; }
.qa-note-code { white-space: pre-wrap; font-family: ui-monospace, monospace; font-size: 0.9em; margin: 0 0 0.75rem;
  padding: 0.5rem 0.75rem; background: var(--background-fill-secondary); }
.qa-note-page { display: block; font-size: 0.8em; font-weight: 400; user-select: none;
  margin: 1rem 0 0.5rem; border-top: 1px solid var(--border-color-primary); }
mark.qa-quote { scroll-margin: 5rem 0; }
mark.qa-quote:focus { outline: 2px solid var(--color-accent); outline-offset: 2px; }
.qa-note-head { border-bottom: 1px solid var(--border-color-primary); margin-bottom: 1rem; padding-bottom: 0.5rem; }
.qa-note-head.qa-note-head > * { margin: 0 0 0.25rem; }
.qa-note-head .qa-note-title { font-size: 1.25rem; font-weight: 600; line-height: 1.3; }
.qa-note-facts { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; }
.qa-note-superseded { border-left: 4px solid var(--color-accent); padding-left: 0.5rem; font-weight: 600; }
.qa-note-path, .qa-note-warning { font-size: 0.85em; }
"""


def note_html(content: NoteContent, spans: Sequence[Span], *, language: Language) -> str:
    """A note from its first word to its last, as it is laid out, with what lies in `spans` in marks.

    spans: of the note's canonical text, in any order; those that overlap or touch are marked as one. Each run of marked
    words in a heading, paragraph, item or cell is a `<mark class="qa-quote">`, and holds the words of the quote as they
    are shown, without markup. The first has the id "qa-quote" and can be given the focus. language: of the page, "en"
    or "fr".
    """
    return NoteWriter(content, spans, language).note()


def note_head(note: Note, citation: Citation | None, superseded_by: Note | None, *, language: Language) -> str:
    """What is known of a note, to stand above it.

    citation: the quote that is shown, which tells the section and the page; None where the note was opened by itself.
    superseded_by: the note that overtakes it, None where none does. language: of the page.
    """
    facts = [say("page", language, page=str(citation.page)) if citation and citation.page else ""]
    facts += [_day(note, language), note.classification or "", _language(note, language)]
    facts += [say("prepared_for", language, whom=note.prepared_for) if note.prepared_for else ""]
    parts = [f'<h2 class="qa-note-title" lang="{escape(note.language)}">{escape(note.title)}</h2>']
    if citation and citation.section:
        parts.append(f'<p class="qa-note-section" lang="{escape(note.language)}">{escape(citation.section)}</p>')
    items = "".join(f"<li>{escape(fact)}</li>" for fact in facts if fact)
    parts.append(f'<ul class="qa-note-facts">{items}</ul>')
    if superseded_by:
        told = say("superseded_since", language, title=superseded_by.title, day=_day(superseded_by, language))
        parts.append(f'<p class="qa-note-superseded">{escape(told)}</p>')
    parts += [f'<p class="qa-note-warning">{escape(warning)}</p>' for warning in note.warnings]
    parts.append(f'<p class="qa-note-path">{escape(note.note)}</p>')
    return f'<header class="qa-note-head" lang="{escape(language)}">{"".join(parts)}</header>'


def _day(note: Note, language: Language) -> str:
    return day_in_words(note.date, language) if note.date else say("no_date", language)


def _language(note: Note, language: Language) -> str:
    key = f"language_{note.language}"
    return say(key, language) if key in WORDS else note.language

"""An answer as a notebook shows it: statements, the quotes below them with their places, what else is to be known.

One piece of HTML with its style in itself, in the notebook's own colours. Every word is escaped; nothing is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.schema.answers import Answer, Citation

_SMALL = "font-size:0.85em;opacity:0.8"
# Notebooks and what publishes them strike out style sheets, and leave the style of an element.
_FRAME = "max-width:48em;line-height:1.45;white-space:pre-wrap;overflow-wrap:anywhere;text-align:left"
_QUOTE = "margin:0.2em 0 0.7em;padding:0 0 0 0.8em;border-left:3px solid #5b7fb5"
_NOTICE = "margin:0.4em 0;padding:0 0 0 0.8em;border-left:3px solid #b58b2b"


def answer_html(answer: Answer) -> str:
    """The answer whole. What is shown of a quote are its exact words, markup of the note included."""
    # A notebook sets what stands between two signs of money as mathematics, unless it is told not to.
    return f'<div class="qa-answer tex2jax_ignore mathjax_ignore" style="{_FRAME}">{"".join(_parts(answer))}</div>'


def _parts(answer: Answer) -> Iterator[str]:
    if answer.abstained or not answer.statements:
        yield f"<p><em>{escape(answer.text)}</em></p>"
    else:
        yield f"<p>{escape(answer.text)}</p>"
    for notice in answer.notices:
        marks = " ".join(f"[{citation.marker}]" for citation in notice.citations)
        yield f'<p style="{_NOTICE};{_SMALL}">{escape(f"{notice.text} {marks}".strip())}</p>'
    beside = [citation for notice in answer.notices for citation in notice.citations]
    for citation in sorted(dict.fromkeys([*answer.citations, *beside]), key=lambda one: one.marker):
        yield _quote_html(citation)
    if answer.withheld:
        yield _withheld_html([(said.text, said.reason) for said in answer.withheld])


def _quote_html(citation: Citation) -> str:
    place = [citation.title, citation.section, f"p. {citation.page}" if citation.page else ""]
    place += [citation.date.isoformat() if citation.date else "", citation.classification or ""]
    place += [f"{citation.note} [{citation.start}:{citation.end}]"]
    where = escape(" · ".join(part for part in place if part))
    return (
        f'<div style="{_SMALL}">[{citation.marker}] {where}</div>'
        f'<blockquote style="{_QUOTE}">{escape(citation.quote)}</blockquote>'
    )


def _withheld_html(withheld: Sequence[tuple[str, str]]) -> str:
    items = "".join(f"<li>{escape(text)} ({escape(reason)})</li>" for text, reason in withheld)
    return f'<details style="{_SMALL}"><summary>{len(withheld)} withheld</summary><ul>{items}</ul></details>'

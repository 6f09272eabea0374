"""Answers as HTML. Every word of a note or a question is escaped, so that nothing in them is markup of the page."""

from __future__ import annotations

from html import escape

from qa.answering.citations import joined, markers
from qa.answering.words import say
from qa.schema import Answer, Citation, Notice
from qa.terms import guess_language


def question_html(text: str) -> str:
    """A turn of the user's."""
    return f'<div class="qa-turn qa-question">{escape(text)}</div>'


def answer_html(answer: Answer | str) -> str:
    """A turn of the program's: statements with markers and notices; or the message of an error."""
    if isinstance(answer, str):
        return f'<div class="qa-turn qa-abstained" role="alert">{escape(answer)}</div>'
    notices = "".join(_notice_html(notice) for notice in answer.notices if notice.kind != "withheld")
    notices = _rewrite_html(answer) + notices + _withheld_html(answer)
    if answer.abstained:
        return f'<div class="qa-turn qa-abstained">{escape(answer.text)}{notices}</div>'
    said = joined(answer.statements, show=escape, mark=lambda marked: f"<b>{escape(marked)}</b>")
    return f'<div class="qa-turn qa-answer">{said}{notices}</div>'


def sources_html(answer: Answer | None) -> str:
    """The citations of an answer and of its notices, each with its exact quote and place."""
    beside = dict.fromkeys(citation for notice in (answer.notices if answer else ()) for citation in notice.citations)
    if answer is None or not (answer.citations or beside):
        return '<p class="qa-place">The exact quotes stand here once there is an answer.</p>'
    return "".join(_source(citation) for citation in (*answer.citations, *beside))


def _rewrite_html(answer: Answer) -> str:
    """The question as a model made it stand by itself, where it did."""
    said = say("asked_as", guess_language(answer.rewrite), question=answer.rewrite)
    return f'\n<span class="qa-notice">{escape(said)}</span>' if answer.rewrite else ""


def _withheld_html(answer: Answer) -> str:
    """What a model said and its quotes did not bear out, behind a fold."""
    said = next((notice.text for notice in answer.notices if notice.kind == "withheld"), "")
    if not said:
        return ""
    items = "".join(f"<li>{escape(one.text)} <i>({escape(one.reason)})</i></li>" for one in answer.withheld)
    return f'<details class="qa-withheld"><summary>{escape(said)}</summary><ul>{items}</ul></details>'


def _notice_html(notice: Notice) -> str:
    marked = f"{notice.text} {markers(notice.citations)}".strip()
    return f'\n<span class="qa-notice">{escape(marked)}</span>'


def _source(citation: Citation) -> str:
    day = citation.date.isoformat() if citation.date else "no date"
    place = [citation.title, citation.section, f"page {citation.page}" if citation.page else "", day]
    place += [citation.classification or "", f"for {citation.prepared_for}" if citation.prepared_for else ""]
    place += ["in French" if citation.language == "fr" else "", citation.note]
    place += [f"superseded by {citation.superseded_by}" if citation.superseded_by else ""]
    return (
        f'<div class="qa-source"><b>[{citation.marker}]</b><blockquote>{escape(citation.quote)}</blockquote>'
        f'<p class="qa-place">{escape(" · ".join(part for part in place if part))}</p></div>'
    )

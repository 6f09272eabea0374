"""Turns of a conversation as HTML. Every word of a note, a question or a model is escaped, so that nothing in them is
markup of the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from itertools import groupby
from urllib.parse import urlencode

from qa.answering.citations import joined
from qa.answering.words import say as say_of_answer
from qa.conversation import NEAREST
from qa.exporting.receipts import quote_hash
from qa.markup import plain
from qa.schema import Answer, Citation, Hit, Notice, Statement
from qa.web.words import Language, say

# Characters from which a question scrolls in its own place.
LONG = 600
_DRAWN = re.compile(r"[\s|:+=_*-]*")


def question_html(text: str, language: Language, chosen: str = "") -> str:
    """A turn of the user's. chosen: the filters that it was asked with, in words."""
    asked_with = f'<p class="qa-place">{escape(say("asked_with", language, filters=chosen))}</p>' if chosen else ""
    scrolls = ' tabindex="0"' if len(text) > LONG else ""
    return (
        f'<div class="qa-turn qa-question"><h2 class="qa-hidden">{say("you", language)}</h2>'
        f'<p class="qa-asked"{scrolls}>{escape(text)}</p>{asked_with}</div>'
    )


def answer_html(answer: Answer, language: Language) -> str:
    """A turn of the program's: statements with markers and how they stand, notices under them; or an abstention."""
    notices = "".join(_notice_html(notice, language) for notice in answer.notices if notice.kind != "withheld")
    after = _rewrite_html(answer, language) + notices + _withheld_html(answer)
    if answer.abstained:
        return (
            f'<div class="qa-turn qa-abstained"><h2>{say("abstained", language)}</h2>'
            f'<p class="qa-said">{escape(answer.text)}</p>{_nearest_html(answer.hits[:NEAREST], language)}'
            f'<button type="button" class="qa-button" data-search="{escape(answer.question)}">'
            f"{say('search_instead', language)}</button>{after}</div>"
        )
    said = "".join(
        _standing_html(list(alike), status, language) for status, alike in groupby(answer.statements, key=_standing)
    )
    return f'<div class="qa-turn qa-answer">{said}{after}</div>'


def message_html(message: str, language: Language, *, failed: bool = True) -> str:
    """What the program says of itself: an error, or that it was stopped."""
    head = f"<h2>{say('error', language)}</h2>" if failed else ""
    return f'<div class="qa-turn qa-failed" role="alert">{head}<p class="qa-said">{escape(message)}</p></div>'


def waiting_html(message: str) -> str:
    """That an answer is being looked for."""
    return f'<p class="qa-waiting" role="status">{escape(message)}</p>'


def sources_html(answer: Answer | None, language: Language) -> str:
    """The citations of an answer and of its notices, each with its exact quote and place."""
    beside = dict.fromkeys(citation for notice in (answer.notices if answer else ()) for citation in notice.citations)
    if answer is None or not (answer.citations or beside):
        return f'<p class="qa-place">{say("no_sources", language)}</p>'
    return "".join(_source(citation, language) for citation in dict.fromkeys((*answer.citations, *beside)))


def hits_html(hits: Sequence[Hit], language: Language) -> str:
    """Passages that a search found, each a link to its place in its note."""
    return "".join(
        f"<li>{_link(hit.note, hit.start, hit.end, hit.text, escape(hit.title), language)}"
        f'<span class="qa-place"> · {escape(_joined_place(hit.section, hit.date, hit.page, language))}</span>'
        f"<blockquote>{escape(_readable(hit.text))}</blockquote></li>"
        for hit in hits
    )


def _readable(text: str) -> str:
    """A passage without markup, line by line, and without the lines that only draw."""
    lines = (plain(line) for line in text.split("\n") if not _DRAWN.fullmatch(line))
    return "\n".join(line for line in lines if line)


def mark_html(citation: Citation, language: Language) -> str:
    """ "[1]" as a link that opens the note at the quote."""
    label = say("source", language, marker=citation.marker, title=citation.title)
    return _link(
        citation.note,
        citation.start,
        citation.end,
        citation.quote,
        f"[{citation.marker}]",
        language,
        f' class="qa-mark" data-marker="{citation.marker}" aria-label="{escape(label)}"'
        f' data-reference="{escape(reference(citation, language))}"',
    )


def reference(citation: Citation, language: Language) -> str:
    """Where a quote stands, in one line: title, section, page, date, classification, path."""
    place = [citation.title, _joined_place(citation.section, citation.date, citation.page, language)]
    place += [citation.classification or ""]
    place += [say("prepared_for", language, whom=citation.prepared_for) if citation.prepared_for else ""]
    place += [
        say("language_fr" if citation.language == "fr" else "language_en", language)
        if citation.language != language
        else ""
    ]
    place += [citation.note]
    place += [say("superseded_by", language, note=citation.superseded_by) if citation.superseded_by else ""]
    return " · ".join(part for part in place if part)


def sum_of(quote: str) -> str:
    """Tells a quote from other words at its place: the note may have changed since."""
    return quote_hash(quote)[:16]


def _standing(statement: Statement) -> str:
    """How a statement stands: its status; of a table's row, whose cells are told with their names, that it is one."""
    is_row = any(mark in citation.quote for citation in statement.citations for mark in ("|", "\t"))
    return "row" if statement.status == "quoted" and is_row else statement.status


def _standing_html(statements: list[Statement], status: str, language: Language) -> str:
    """Statements that stand alike, and how they do."""
    said = _said_html(statements, language)
    return (
        f'<div class="qa-statement qa-{statements[0].status}"><div class="qa-said">{said}</div>'
        f'<span class="qa-standing">{say(status, language)}</span></div>'
    )


def _said_html(statements: Sequence[Statement], language: Language) -> str:
    marks = iter(["".join(mark_html(one, language) for one in statement.citations) for statement in statements])
    return joined(statements, show=escape, mark=lambda _: next(marks))


def _link(
    note: str, start: int, end: int, quote: str, label: str, language: Language, more: str = ' class="qa-open"'
) -> str:
    place = urlencode({"note": note, "start": start, "end": end, "sum": sum_of(quote), "lang": language})
    return f'<a href="note?{escape(place)}#qa-quote" data-quote="{escape(quote)}"{more}>{label}</a>'


def _nearest_html(hits: Sequence[Hit], language: Language) -> str:
    if not hits:
        return ""
    return (
        f'<h3 class="qa-part">{say("open_nearest", language)}</h3><ul class="qa-hits">{hits_html(hits, language)}</ul>'
    )


def _rewrite_html(answer: Answer, language: Language) -> str:
    """The question as a model made it stand by itself, where it did."""
    said = say_of_answer("asked_as", language, question=answer.rewrite)
    return f'<p class="qa-notice">{escape(said)}</p>' if answer.rewrite else ""


def _withheld_html(answer: Answer) -> str:
    """What a model said and its quotes did not bear out, behind a fold."""
    said = next((notice.text for notice in answer.notices if notice.kind == "withheld"), "")
    if not said:
        return ""
    items = "".join(f"<li>{escape(one.text)} <i>({escape(one.reason)})</i></li>" for one in answer.withheld)
    return f'<details class="qa-withheld"><summary>{escape(said)}</summary><ul>{items}</ul></details>'


def _notice_html(notice: Notice, language: Language) -> str:
    marks = "".join(mark_html(citation, language) for citation in notice.citations)
    return f'<p class="qa-notice qa-notice-{escape(notice.kind)}">{escape(notice.text)} {marks}</p>'


def _source(citation: Citation, language: Language) -> str:
    return (
        f'<div class="qa-source">{mark_html(citation, language)}<blockquote>{escape(citation.quote)}</blockquote>'
        f'<p class="qa-place">{escape(reference(citation, language))}</p></div>'
    )


def _joined_place(section: str, day: object, page: int | None, language: Language) -> str:
    parts = [section, say("page", language, page=page) if page else "", str(day) if day else say("no_date", language)]
    return " · ".join(part for part in parts if part)

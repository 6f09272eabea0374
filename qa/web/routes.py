"""What the page asks for beside Gradio: its own files, a note at a quote, a search, and exports."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from html import escape
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.adding import remove
from qa.answering.citations import Citer
from qa.conversation import conversation_from_json
from qa.errors import ConversationError, QAError, UnknownNoteError
from qa.exporting import markdown, receipt
from qa.schema import Note, Span
from qa.serving.limits import Rate
from qa.web.asking import is_shared
from qa.web.filters import filters_of
from qa.web.finding import found_html
from qa.web.note_view import NOTE_CSS, note_head, note_html
from qa.web.rendering import sum_of
from qa.web.words import Language, language_of, say

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

    from qa.binder import Binder

STATIC = Path(__file__).parent / "static"
# What a conversation is exported as, with its media type.
KINDS = {"markdown": "text/markdown", "receipt": "application/json"}
# Searches a minute, for each question that may be asked in one.
SEARCHES = 3
MOST_WORDS = 500
_OFFSET = re.compile(r"[0-9]{1,9}")
PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>{title}</title>'
    '<link rel="stylesheet" href="static-qa/chat.css"><link rel="stylesheet" href="note.css"></head>'
    '<body class="qa-alone"><main><p><a href="./">{back}</a></p>{note}</main></body></html>'
)


def add_routes(app: Starlette, binder: Binder) -> None:
    """Adds to `app` what the page of `binder` asks for."""
    from starlette.staticfiles import StaticFiles

    _add_what_is_read(app, binder)
    _add_what_is_sent(app, binder)
    app.mount("/static-qa", StaticFiles(directory=STATIC))


def _add_what_is_read(app: Starlette, binder: Binder) -> None:
    from starlette.responses import HTMLResponse, PlainTextResponse

    most = SEARCHES * binder.settings.questions_a_minute
    rate = Rate(most) if is_shared(binder.settings) else None

    def note_css(_: Request) -> Response:
        return PlainTextResponse(NOTE_CSS, media_type="text/css")

    def note(request: Request) -> Response:
        asked = request.query_params
        language = language_of(asked.get("lang"))
        try:
            shown, stands, title = _note(binder, asked)
        except UnknownNoteError:
            said = f'<p class="qa-notice" role="alert">{say("no_note", language)}</p>'
            return HTMLResponse(said, status_code=404)
        headers = {"X-Quote": "stands" if stands else "changed"}
        if "part" not in asked:
            shown = PAGE.format(language=language, title=escape(title), note=shown, back=say("go_back", language))
        return HTMLResponse(shown, headers=headers)

    def search(request: Request) -> Response:
        asked = request.query_params
        language = language_of(asked.get("lang"))
        if rate and (seconds := rate.wait(_who(request))):
            told = say("too_fast", language, count=most, seconds=ceil(seconds))
            return PlainTextResponse(told, status_code=429)
        try:
            filters = filters_of(_json(asked.get("filters", "{}")))
            return HTMLResponse(found_html(binder, asked.get("q", "")[:MOST_WORDS], filters, language))
        except QAError as error:
            return HTMLResponse(f'<p class="qa-notice" role="alert">{escape(str(error))}</p>', status_code=400)

    app.add_route("/note", note)
    app.add_route("/note.css", note_css)
    app.add_route("/search", search)


def _add_what_is_sent(app: Starlette, binder: Binder) -> None:
    from starlette.responses import PlainTextResponse

    async def export(request: Request) -> Response:
        kind, language = request.path_params["kind"], language_of(request.query_params.get("lang"))
        if kind not in KINDS:
            return PlainTextResponse("", status_code=404)
        try:
            body = (await request.body()).decode(errors="replace")
            written = await asyncio.to_thread(_exported, binder, kind, body, language)
            return PlainTextResponse(written, media_type=KINDS[kind])
        except QAError as error:
            return PlainTextResponse(str(error), status_code=400)

    async def removed(request: Request) -> Response:
        language = language_of(request.query_params.get("lang"))
        if not binder.settings.takes_notes:
            return PlainTextResponse("", status_code=404)
        try:
            asked = _json((await request.body()).decode(errors="replace"))
            await asyncio.to_thread(remove, binder, str(asked), language=language)
        except QAError as error:
            return PlainTextResponse(str(error), status_code=400)
        return PlainTextResponse(say("removed", language))

    app.add_route("/remove", removed, methods=["POST"])
    app.add_route("/export/{kind:str}", export, methods=["POST"])


def _exported(binder: Binder, kind: str, body: str, language: Language) -> str:
    conversation = conversation_from_json(_json(body))
    if kind == "markdown":
        return markdown(conversation, language)
    return json.dumps(receipt(conversation, binder))


def _who(request: Request) -> str:
    """The user who asks; his address where nobody is asked for a name."""
    user = request.scope.get("state", {}).get("user")
    return str(user or (request.client.host if request.client else ""))


def _note(binder: Binder, asked: Mapping[str, str]) -> tuple[str, bool, str]:
    """A note with the quote that is asked for highlighted, whether that still stands there, and the note's title."""
    language = language_of(asked.get("lang"))
    content = binder.content(asked.get("note", ""))
    start, end = (int(given) if _OFFSET.fullmatch(given := asked.get(name, "")) else 0 for name in ("start", "end"))
    stands = 0 <= start < end <= len(content.text) and sum_of(content.text[start:end]) == asked.get("sum")
    spans = [Span(start, end)] if stands else []
    quote = Citer().cite(content, spans[0]) if spans else None
    newer = binder.editions().overtaken_by(content.note.note)
    head = note_head(content.note, quote, binder.content(newer).note if newer else None, language=language)
    shown = head + note_html(content, spans, language=language)
    if binder.settings.takes_notes and "part" in asked:  # by itself a note has nothing that a button could ask
        shown += _remove_button(content.note, language)
    return shown, stands, content.note.title


def _remove_button(note: Note, language: Language) -> str:
    return (
        f'<button type="button" class="qa-button" data-remove="{escape(note.note)}" data-title="{escape(note.title)}">'
        f"{say('remove', language)}</button>"
    )


def _json(text: str) -> Any:
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # halves of characters can be written nowhere
        return value
    except (ValueError, RecursionError):
        raise ConversationError("What the page sent is no JSON. Load the page anew.") from None

"""What the page asks for beside Gradio: its own files, a note at a quote, a search, and exports."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.adding import remove
from qa.answering.citations import Citer
from qa.conversation import conversation_from_json
from qa.errors import ConversationError, QAError, UnknownNoteError
from qa.exporting import markdown, receipt
from qa.schema import Note, Span
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
    from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse
    from starlette.staticfiles import StaticFiles

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
        try:
            filters = filters_of(_json(asked.get("filters", "{}")))
            return HTMLResponse(
                found_html(binder, asked.get("q", "")[:MOST_WORDS], filters, language_of(asked.get("lang")))
            )
        except QAError as error:
            return HTMLResponse(f'<p class="qa-notice" role="alert">{escape(str(error))}</p>', status_code=400)

    async def export(request: Request) -> Response:
        kind, language = request.path_params["kind"], language_of(request.query_params.get("lang"))
        if kind not in ("markdown", "receipt"):
            return PlainTextResponse("", status_code=404)
        try:
            conversation = conversation_from_json(_json((await request.body()).decode(errors="replace")))
            if kind == "markdown":
                return PlainTextResponse(markdown(conversation, language), media_type="text/markdown")
            return JSONResponse(await asyncio.to_thread(receipt, conversation, binder))
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

    app.add_route("/note", note)
    app.add_route("/remove", removed, methods=["POST"])
    app.add_route("/note.css", note_css)
    app.add_route("/search", search)
    app.add_route("/export/{kind:str}", export, methods=["POST"])
    app.mount("/static-qa", StaticFiles(directory=STATIC))


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
    if binder.settings.takes_notes:
        shown += _remove_button(content.note, language)
    return shown, stands, content.note.title


def _remove_button(note: Note, language: Language) -> str:
    return (
        f'<button type="button" class="qa-button" data-remove="{escape(note.note)}" data-title="{escape(note.title)}">'
        f"{say('remove', language)}</button>"
    )


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ConversationError("What the page sent is no JSON. Load the page anew.") from None

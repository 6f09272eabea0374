"""The binder for programs that speak the Model Context Protocol: tools that read, and nothing that writes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from qa import __version__
from qa.errors import QAError, QuestionError
from qa.schema import Notice, to_json
from qa.serving.mcp_arguments import arguments_of
from qa.serving.mcp_resources import add_resources
from qa.serving.mcp_tasks import given_up_once
from qa.serving.mcp_text import answer_text, hits_text, notes_text, window_text
from qa.serving.mcp_tools import INSTRUCTIONS, MOST_CHARACTERS, MOST_NOTES, K, tools
from qa.serving.told import shortened, told

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext

    from qa.binder import Binder
    from qa.schema import Answer, Note
    from qa.serving.desk import Desk
    from qa.serving.opening import Opening
    from qa.settings import Settings

NAME, TITLE = "briefing-notes", "Briefing notes"
# Who asks, as the log names him, where it is a program that started this one.
_LOCAL = "mcp"
_log = logging.getLogger(__name__)


def server_of(opening: Opening, settings: Settings) -> Server[Any]:
    """The server of a binder, for any connection. settings: the binder's."""
    offered = Tools(opening, settings)

    async def listed(_: ServerRequestContext, __: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=list(tools().values()))

    async def called(context: ServerRequestContext, params: types.CallToolRequestParams) -> types.CallToolResult:
        return await given_up_once(offered.called(context, params.name, params.arguments))

    server: Server[Any] = Server(
        NAME, version=__version__, title=TITLE, instructions=INSTRUCTIONS, on_list_tools=listed, on_call_tool=called
    )
    add_resources(server, opening, settings)
    return server


class Tools:
    """What the tools do. See `qa.serving.mcp_tools` for what a model is told of them."""

    def __init__(self, opening: Opening, settings: Settings) -> None:
        self._opening, self._settings = opening, settings
        self._of: dict[str, Callable[..., Awaitable[types.CallToolResult]]] = {
            "ask": self._ask,
            "search": self._search,
            "read_note": self._read_note,
            "list_notes": self._list_notes,
        }

    async def called(
        self, context: ServerRequestContext, name: str, arguments: dict[str, Any] | None
    ) -> types.CallToolResult:
        """What a tool gives; an error that its caller can do something about is a result as well.

        Raises MCPError where there is no such tool.
        """
        if name not in self._of:
            raise MCPError(types.INVALID_PARAMS, f"There is no tool {name[:80]!r}. There are: {', '.join(self._of)}.")
        try:
            return await self._of[name](context, **arguments_of(tools()[name].input_schema, arguments))
        except Exception as error:
            if not isinstance(error, QAError):
                _log.exception("The tool %s failed", name)
            return types.CallToolResult(content=[_text(told(error, self._settings))], is_error=True)

    async def _ask(self, context: ServerRequestContext, question: str, **options: Any) -> types.CallToolResult:
        _, desk = await self._opened(context)
        answer: Answer | None = None
        beats = 0
        async with aclosing(desk.asked(_who(context), question, **options)) as answers:
            async for more in answers:
                answer = more or answer
                if more is None:  # once a second: programs give up where they hear nothing
                    beats += 1
                    await context.session.report_progress(beats, message="Reading the notes")
        if answer is None:
            raise RuntimeError("there is no answer")
        if stale := self._stale(desk):
            answer = replace(answer, notices=(*answer.notices, Notice("index", stale)))
        # The hits are most of an answer's JSON, and `search` gives them to who wants them.
        return _result(to_json(replace(answer, hits=())), answer_text(answer))

    async def _search(
        self, context: ServerRequestContext, question: str, k: int = K, **filters: Any
    ) -> types.CallToolResult:
        binder, desk = await self._fresh(context)
        hits = await binder.asearch(question, k=k, **filters)
        shown = [replace(hit, sentences=()) for hit in hits]
        return _result({"hits": to_json(shown)}, hits_text(hits), self._stale(desk))

    async def _read_note(
        self, context: ServerRequestContext, note: str, start: int = 0, end: int | None = None
    ) -> types.CallToolResult:
        binder, desk = await self._fresh(context)
        known, text, superseded_by = await asyncio.to_thread(_read, binder, note)
        if start and start >= len(text):
            raise QuestionError(f"`start`: the note has {len(text)} characters; {start} lies beyond them.")
        if end is not None and end <= start:
            raise QuestionError(f"`end` must be greater than `start`; {end} is not greater than {start}.")
        end = min(len(text) if end is None else end, len(text), start + MOST_CHARACTERS)
        window = text[start:end]
        told_of = {
            "note": to_json(known),
            "superseded_by": superseded_by,
            "start": start,
            "end": end,
            "length": len(text),
            "text": window,
            "next": end if end < len(text) else None,
        }
        # The text is a part of its own, so that text[start:end] holds of it whatever is said before.
        head = window_text(known, superseded_by, start, end, len(text))
        return _result(told_of, head, self._stale(desk), window)

    async def _list_notes(self, context: ServerRequestContext, words: str = "", start: int = 0) -> types.CallToolResult:
        binder, desk = await self._fresh(context)
        sought = words.casefold().split()
        notes = [note for note in binder.notes() if all(word in _named(note) for word in sought)]
        shown = notes[start : start + MOST_NOTES]
        end = start + len(shown)
        told_of = {
            "notes": to_json(shown),
            "start": start,
            "total": len(notes),
            "next": end if end < len(notes) else None,
        }
        return _result(told_of, notes_text(shown, start, len(notes)), self._stale(desk))

    async def _opened(self, context: ServerRequestContext) -> tuple[Binder, Desk]:
        seconds = 0

        async def waiting() -> None:
            nonlocal seconds
            seconds += 1
            await context.session.report_progress(seconds, message="Bringing the index up to date with the notes")

        return await self._opening.opened(waiting)

    async def _fresh(self, context: ServerRequestContext) -> tuple[Binder, Desk]:
        binder, desk = await self._opened(context)
        await desk.freshness.look()
        return binder, desk

    def _stale(self, desk: Desk) -> str:
        reason = desk.freshness.stale
        return f"The notes may have changed since: {shortened(reason, self._settings)}" if reason else ""


def _read(binder: Binder, path: str) -> tuple[Note, str, str | None]:
    content = binder.content(path)
    return content.note, content.text, binder.editions().overtaken_by(path)


def _named(note: Note) -> str:
    return f"{note.title} {note.note}".casefold()


def _who(context: ServerRequestContext) -> str:
    client = getattr(context.request, "client", None)
    return str(client.host) if client else _LOCAL


def _result(structured: dict[str, Any], *texts: str) -> types.CallToolResult:
    content: list[types.ContentBlock] = [_text(text) for text in texts if text]
    return types.CallToolResult(content=content, structured_content=structured)


def _text(text: str) -> types.TextContent:
    return types.TextContent(type="text", text=text)

"""The binder for programs that speak the Model Context Protocol: tools that read, and nothing that writes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from qa import __version__
from qa.errors import QuestionError, StoppedError
from qa.options import Filters
from qa.schema import Notice, to_json
from qa.serving.mcp.arguments import arguments_of
from qa.serving.mcp.requests import Waiting, given_up_once, gone, who
from qa.serving.mcp.resources import add_resources
from qa.serving.mcp.text import answer_text, hits_text, notes_text, part_text
from qa.serving.mcp.tools import INSTRUCTIONS, MOST_CHARACTERS, MOST_NOTES, K, tools
from qa.serving.mcp.values import Found, Listed, Part

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext

    from qa.binder import Binder
    from qa.schema import Answer, Note
    from qa.serving.counter import Counter
    from qa.serving.mcp.faults import Told
    from qa.serving.mcp.opening import Opening

NAME, TITLE = "briefing-notes", "Briefing notes"
_STALE = "The index could not be brought up to date just now, so this is from the notes as they were before."
T = TypeVar("T")


def server_of(opening: Opening, told: Told) -> Server[Any]:
    """The server of a binder, for any connection. told: what is said of an error."""
    offered = Tools(opening, told)

    async def listed(_: ServerRequestContext, __: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        opening.begin()  # the first that a program does once it has been greeted, and the last before it asks
        return types.ListToolsResult(tools=list(tools().values()))

    async def called(context: ServerRequestContext, params: types.CallToolRequestParams) -> types.CallToolResult:
        return await given_up_once(offered.called(context, params.name, params.arguments))

    server: Server[Any] = Server(
        NAME, version=__version__, title=TITLE, instructions=INSTRUCTIONS, on_list_tools=listed, on_call_tool=called
    )
    add_resources(server, opening, told)
    return server


class Tools:
    """What the tools do. See `qa.serving.mcp.tools` for what a model is told of them."""

    def __init__(self, opening: Opening, told: Told) -> None:
        self._opening, self._told = opening, told
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
            return types.CallToolResult(content=[_text(self._told(error))], is_error=True)

    async def _ask(self, context: ServerRequestContext, question: str, **options: Any) -> types.CallToolResult:
        waiting = Waiting(context)
        counter = await self._opening.opened(waiting.for_the_index)
        answer: Answer | None = None
        async with aclosing(await counter.growing(who(context), question, cast(Filters, options))) as answers:
            async for more in answers:
                answer = more or answer
                if more is None:  # once a second: programs give up where they hear nothing
                    if await gone(context):
                        break
                    await waiting.told("Reading the notes")
            else:
                if answer is not None:
                    return self._answer(answer, counter)
        raise StoppedError("Nobody waits for this answer any more.")

    def _answer(self, answer: Answer, counter: Counter) -> types.CallToolResult:
        if counter.stale:
            answer = replace(answer, notices=(*answer.notices, Notice("index", _STALE)))
        # The hits are most of an answer's JSON, and `search` gives them to who wants them.
        return _result(replace(answer, hits=()), answer_text(answer))

    async def _search(
        self, context: ServerRequestContext, question: str, k: int = K, **filters: Any
    ) -> types.CallToolResult:
        hits, stale = await self._looked_up(context, lambda binder: binder.search(question, k=k, **filters))
        return _result(Found(tuple(replace(hit, sentences=()) for hit in hits)), hits_text(hits), stale)

    async def _read_note(
        self, context: ServerRequestContext, note: str, start: int = 0, end: int | None = None
    ) -> types.CallToolResult:
        part, stale = await self._looked_up(context, lambda binder: _part(binder, note, start, end))
        # The text is a part of its own, so that text[start:end] holds of it whatever is said before.
        return _result(part, part_text(part), stale, part.text)

    async def _list_notes(self, context: ServerRequestContext, words: str = "", start: int = 0) -> types.CallToolResult:
        listed, stale = await self._looked_up(context, lambda binder: _listed(binder, words, start))
        return _result(listed, notes_text(listed), stale)

    async def _looked_up(self, context: ServerRequestContext, look: Callable[[Binder], T]) -> tuple[T, str]:
        """What `look` finds, and what to say where that is from older notes."""
        counter = await self._opening.opened(Waiting(context).for_the_index)
        found = await counter.looked_up(who(context), look)
        return found, _STALE if counter.stale else ""


def _part(binder: Binder, path: str, start: int, end: int | None) -> Part:
    content = binder.content(path)
    length = len(content.text)
    if start and start >= length:
        raise QuestionError(f"`start`: the note has {length} characters; {start} lies beyond them.")
    if end is not None and end <= start:
        raise QuestionError(f"`end` must be greater than `start`; {end} is not greater than {start}.")
    end = min(length if end is None else end, length, start + MOST_CHARACTERS)
    following = end if end < length else None
    superseded_by = binder.editions().overtaken_by(path)
    return Part(content.note, superseded_by, start, end, length, content.text[start:end], following)


def _listed(binder: Binder, words: str, start: int) -> Listed:
    sought = words.casefold().split()
    notes = [note for note in binder.notes() if all(word in _named(note) for word in sought)]
    shown = tuple(notes[start : start + MOST_NOTES])
    end = start + len(shown)
    return Listed(shown, start, len(notes), end if end < len(notes) else None)


def _named(note: Note) -> str:
    return f"{note.title} {note.note}".casefold()


def _result(value: Any, *texts: str) -> types.CallToolResult:
    content: list[types.ContentBlock] = [_text(text) for text in texts if text]
    return types.CallToolResult(content=content, structured_content=to_json(value))


def _text(text: str) -> types.TextContent:
    return types.TextContent(type="text", text=text)

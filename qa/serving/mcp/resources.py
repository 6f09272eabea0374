"""The notes as resources, for programs in which a person picks what a model is to read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, unquote

import mcp_types as types
from mcp.shared.exceptions import MCPError

from qa.errors import UnknownNoteError
from qa.serving.mcp.requests import Waiting, given_up_once, who
from qa.serving.mcp.text import note_line

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext
    from mcp.server.lowlevel import Server

    from qa.binder import Binder
    from qa.schema import Note
    from qa.serving.mcp.faults import Told
    from qa.serving.mcp.opening import Opening

SCHEME = "note:///"
_PLAIN = "text/plain"
_AT_A_TIME = 100
T = TypeVar("T")


def add_resources(server: Server[Any], opening: Opening, told: Told) -> None:
    """Has a server list the notes as resources and read them. told: what is said of an error."""

    async def listed(context: ServerRequestContext, params: types.PaginatedRequestParams) -> types.ListResourcesResult:
        start = _place(params.cursor)
        notes = (await _of_binder(context, lambda binder: binder.notes()))[start:]
        more = str(start + _AT_A_TIME) if len(notes) > _AT_A_TIME else None
        return types.ListResourcesResult(resources=[_resource(one) for one in notes[:_AT_A_TIME]], next_cursor=more)

    async def templates(_: ServerRequestContext, __: types.PaginatedRequestParams) -> types.ListResourceTemplatesResult:
        template = types.ResourceTemplate(
            uri_template=f"{SCHEME}{{+note}}",
            name="note",
            title="A briefing note",
            description="The whole text of a note, by its path. Quotes are cited by characters of this text.",
            mime_type=_PLAIN,
        )
        return types.ListResourceTemplatesResult(resource_templates=[template])

    async def read(context: ServerRequestContext, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        if not params.uri.startswith(SCHEME):
            raise MCPError(types.INVALID_PARAMS, f"Resources here are notes: {SCHEME}PATH.")
        note = unquote(params.uri.removeprefix(SCHEME))
        text = await _of_binder(context, lambda binder: binder.text(note))
        contents = types.TextResourceContents(uri=params.uri, mime_type=_PLAIN, text=text)
        return types.ReadResourceResult(contents=[contents])

    async def _of_binder(context: ServerRequestContext, what: Callable[[Binder], T]) -> T:
        async def asked() -> T:
            counter = await opening.opened(Waiting(context).for_the_index)
            return await counter.looked_up(who(context), what)

        return await _or_error(given_up_once(asked()))

    async def _or_error(work: Awaitable[T]) -> T:
        try:
            return await work
        except Exception as error:
            code = types.INVALID_PARAMS if isinstance(error, UnknownNoteError) else types.INTERNAL_ERROR
            raise MCPError(code, told(error)) from None

    server.add_request_handler("resources/list", types.PaginatedRequestParams, listed)
    server.add_request_handler("resources/templates/list", types.PaginatedRequestParams, templates)
    server.add_request_handler("resources/read", types.ReadResourceRequestParams, read)


def _place(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isdecimal() or len(cursor) > 9:
        raise MCPError(types.INVALID_PARAMS, "There is no such page of the list.")
    return int(cursor)


def _resource(note: Note) -> types.Resource:
    return types.Resource(
        uri=SCHEME + quote(note.note),
        name=note.note,
        title=note.title,
        description=note_line(note),
        mime_type=_PLAIN,
    )

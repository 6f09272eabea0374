"""A limit on how much may be sent with a request."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Body:
    """A request's body, cut off where it is too large.

    receive: of the request. most: bytes that it may have. To be handed on as `Request(scope, body.receive)`, or with
    `passed_to`. refused: makes the response of what is said where it is too large.
    """

    def __init__(self, receive: Receive, most: int, refused: Callable[[str], Response] | None = None) -> None:
        self._receive, self._left, self._most = receive, most, most
        self._refused = refused or _refused
        self.over = False

    def refusal(self, headers: Headers) -> Response | None:
        """Why it is not even read, by what the request says of its length."""
        length = headers.get("content-length", "0")
        return self.too_large() if not length.isdecimal() or int(length) > self._most else None

    def too_large(self) -> Response:
        """What is answered then."""
        response = self._refused(f"At most {self._most} bytes may be sent here.")
        response.headers["Connection"] = "close"
        return response

    async def receive(self) -> Message:
        """The next part of it; that its sender is gone, once it is too large."""
        if self.over:
            return {"type": "http.disconnect"}
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        self.over = self._left < 0
        return {"type": "http.disconnect"} if self.over else message

    async def passed_to(self, app: ASGIApp, scope: Scope, send: Send) -> None:
        """Has `app` answer; where the body proves too large first, that is the answer."""
        started = False

        async def unless_over(message: Message) -> None:
            nonlocal started
            if started or not self.over:
                started = True
                await send(message)

        try:
            await app(scope, self.receive, unless_over)
        except Exception:
            if not self.over or started:
                raise
        if self.over and not started:
            await self.too_large()(scope, self._receive, send)


def _refused(why: str) -> Response:
    return JSONResponse({"detail": why}, status_code=413)

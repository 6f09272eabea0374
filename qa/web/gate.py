"""The guard around the page: who may ask, what may be asked for, how much may be sent, and what a browser may do with
what comes back."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.adding import MOST_BYTES as MOST_BYTES_OF_A_NOTE
from qa.serving.body import Body
from qa.serving.browsers import HEADERS, of_our_page, with_headers
from qa.serving.proxies import Proxies
from qa.web.allowed import UPLOAD, allowed, may_be_kept, well_formed
from qa.web.login import MOST_BYTES, Login

# Of one file, and of all that are added at once.
MOST_BYTES_OF_A_FILE = max(MOST_BYTES_OF_A_NOTE.values())
MOST_BYTES_OF_AN_UPLOAD = 2 * MOST_BYTES_OF_A_FILE
# A whole conversation is sent with each question (qa.conversation.MOST_BYTES).
MOST_BYTES_OF_A_REQUEST = 6 * 2**20
# Gradio makes functions of texts to lay out its components, so it needs 'unsafe-eval'. It needs no 'unsafe-inline': its
# own inline scripts are named by their hashes, so that no script and no handler in a note's text could run.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'{hashes}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


@dataclass(frozen=True)
class Gate:
    """An ASGI app that lets through to another what may pass.

    own: the routes of that app beside Gradio's. files: the folder of what was uploaded; takes_files: whether anything
    may be. proxies: the reverse proxies, which name the user of each request if `named`. login: where users log in.
    With neither, everybody may ask. hosts: the names under which the chat is asked for; None where they are not known.

    The user's name stands in `scope["state"]["user"]`, and the address in `scope["client"]`.
    """

    app: ASGIApp
    own: Sequence[BaseRoute]
    files: Path
    takes_files: bool = False
    proxies: Proxies = field(default_factory=lambda: Proxies(()))
    named: bool = False
    login: Login | None = None
    hosts: frozenset[str] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(self.proxies.believed(scope), receive, send)
        else:
            raise ValueError(f"there is no {scope['type']} here")

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = scope["path"] == "/"
        if page:  # its scripts are read below
            scope["headers"] = [one for one in scope["headers"] if one[0] != b"accept-encoding"]
        told = _Told(send, kept=may_be_kept(scope["path"]), page=page)
        body = Body(receive, self._most_bytes(scope))
        request = Request(scope, body.receive)
        refusal = self._refusal(request) or body.refusal(request.headers)
        try:
            refusal = refusal or await self._unless_admitted(request)
        except ClientDisconnect:
            refusal = body.too_large()
        if refusal is not None:
            await refusal(scope, receive, told.send)
        else:
            await body.passed_to(self.app, scope, told.send)

    def _refusal(self, request: Request) -> Response | None:
        """Why nobody at all is answered."""
        if self.hosts is not None and request.headers.get("host", "") not in self.hosts:
            return _no(
                421,
                f"This chat is served as {min(self.hosts)} alone. A reverse proxy in front of it must send that Host.",
            )
        if request.method not in ("GET", "HEAD", "POST"):
            return _no(405, "This is not done here.")
        if request.method == "POST" and not of_our_page(request.headers):
            return _no(403, "This comes from another site. A reverse proxy must pass on Host, or X-Forwarded-Host.")
        if not well_formed(request.url.path) or not well_formed(request.scope["path"]):
            return _no(404, "There is nothing here.")
        return None

    async def _unless_admitted(self, request: Request) -> Response | None:
        """Why this one is not answered, where he is not; otherwise his name is kept with the request."""
        path = request.scope["path"]
        user = None
        if self.login is not None:
            if path in ("/login", "/logout"):
                return await self.login.respond(request)
            user = self.login.user(request)
            if user is None and request.method != "POST" and "text/html" in request.headers.get("accept", ""):
                return self.login.sent_to(request)
        elif self.named:
            user = self.proxies.named(request.scope)
        if user is None and (self.login is not None or self.named):
            return _no(401, "You are not logged in.")
        if not self._is_own(request.scope) and not allowed(
            request.method, path, files=self.files, takes_files=self.takes_files
        ):
            return _no(404, "There is nothing here.")
        request.scope.setdefault("state", {})["user"] = user
        return None

    def _is_own(self, scope: Scope) -> bool:
        return any(route.matches(scope)[0] is Match.FULL for route in self.own)

    def _most_bytes(self, scope: Scope) -> int:
        if scope["path"] in ("/login", "/logout"):
            return MOST_BYTES
        return MOST_BYTES_OF_AN_UPLOAD if scope["path"] == UPLOAD and self.takes_files else MOST_BYTES_OF_A_REQUEST


class _Told:
    """Sends a response with what a browser may do with it. page: its inline scripts may run."""

    def __init__(self, send: Send, *, kept: bool, page: bool) -> None:
        self._send, self._kept, self._page = send, kept, page
        self._start: Message = {}
        self._parts: list[bytes] = []

    async def send(self, message: Message) -> None:
        if not self._page:
            await self._send(self._with_headers(message) if message["type"] == "http.response.start" else message)
        elif message["type"] == "http.response.start":
            self._start = message
        else:
            self._parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                whole = b"".join(self._parts)
                await self._send(self._with_headers(self._start, _INLINE_SCRIPT.findall(whole)))
                await self._send({**message, "body": whole})

    def _with_headers(self, start: Message, scripts: Sequence[bytes] = ()) -> Message:
        hashes = "".join(f" 'sha256-{b64encode(sha256(script).digest()).decode()}'" for script in scripts)
        ours = HEADERS | {b"content-security-policy": _POLICY.format(hashes=hashes).encode()}
        ours |= {} if self._kept else {b"cache-control": b"no-store"}
        # Gradio lets other sites read what it says wherever it is not served on this machine alone.
        return with_headers(start, ours)


def _no(status: int, why: str) -> Response:
    return JSONResponse({"detail": why}, status_code=status)

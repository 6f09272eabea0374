"""The door of the servers for programs, HTTP and MCP: who is let in, from where, and how much may be sent.

An ASGI app before another. Pages of other sites are kept out, since a browser on this machine reaches what listens on
loopback: by their `Origin`, and by the `Host` where such a page makes a name of its own point here. There is no CORS.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.errors import SettingsError
from qa.serving.body import Body
from qa.serving.browsers import HEADERS, of_our_page, with_headers
from qa.serving.listening import hosts
from qa.serving.proxies import Proxies
from qa.serving.refusals import refusal
from qa.settings import Settings, loopback

# A whole conversation is sent with each question (qa.conversation.MOST_BYTES).
MOST_BYTES = 6 * 2**20
_FORWARDED = "the name that it was asked for as X-Forwarded-Host"
# Of a response that brings none of its own: nothing of it is a page.
_POLICY = b"default-src 'none'; frame-ancestors 'none'"


@dataclass(frozen=True)
class Door:
    """Lets through to `app` what may pass; the address of who asks stands in `scope["client"]`.

    token: what must be shown as `Authorization: Bearer TOKEN`; "" for nothing. hosts: the names that may be asked for;
    None where they are not known. proxies: whose word on the client's address is believed. most_bytes: of a request.
    public: paths that need no token, as they hold nothing of the notes. linked: what the paths begin with to which
    pages elsewhere may link, so that a person who follows the link gets there.
    """

    app: ASGIApp
    token: str = field(default="", repr=False)
    hosts: frozenset[str] | None = None
    proxies: Proxies = field(default_factory=lambda: Proxies(()))
    most_bytes: int = MOST_BYTES
    public: Collection[str] = ()
    linked: tuple[str, ...] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(self.proxies.believed(scope), receive, send)
        else:
            raise ValueError(f"there is no {scope['type']} here")

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            await send(_with_headers(message) if message["type"] == "http.response.start" else message)

        body = Body(receive, self.most_bytes, lambda why: refusal(413, "too_large", why))
        headers = Headers(scope=scope)
        refused = self._refusal(scope, headers) or body.refusal(headers)
        if refused is not None:
            await refused(scope, receive, told)
        else:
            await body.passed_to(self.app, scope, told)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        if self.hosts is not None and headers.get("host", "") not in self.hosts:
            name = min(self.hosts)
            why = f"This server answers to {name} alone. A reverse proxy must send it as Host, and {_FORWARDED}."
            return refusal(421, "wrong_host", why)
        if not of_our_page(headers) and not self._followed(scope, headers):
            why = (
                f"A page of another site asks this. A program sends no Origin; a reverse proxy must send {_FORWARDED}."
            )
            return refusal(403, "other_site", why)
        if self.token and scope["path"] not in self.public:
            return _unless_shown(self.token, headers.getlist("authorization"))
        return None

    def _followed(self, scope: Scope, headers: Headers) -> bool:
        """Whether a person follows a link to what may be linked to."""
        navigates = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
        return navigates and scope["method"] in ("GET", "HEAD") and scope["path"].startswith(self.linked)


def admitting(
    settings: Settings, *, host: str | None = None, port: int | None = None, no_token: bool = False
) -> Settings:
    """The settings with which a server for programs listens. None: as the settings have it. no_token: whoever reaches
    it may ask. Raises SettingsError where others can reach it, and no token keeps them out.
    """
    settings = replace(
        settings,
        serve_host=settings.serve_host if host is None else host,
        serve_port=settings.serve_port if port is None else port,
        serve_token="" if no_token else settings.serve_token,
    )
    if not no_token and not settings.serve_token and not loopback(settings.serve_host):
        raise SettingsError(
            f"On {settings.serve_host} others can reach this server. Say who may, in one of two ways:\n"
            "QA_SERVE_TOKEN (or `serve_token`): what a program must show, at least 16 characters;\n"
            "--no-token: whoever reaches this address may read all notes."
        )
    return settings


def is_shared(settings: Settings) -> bool:
    """Whether others ask than who sits at this machine, so that each may ask only so often."""
    return bool(settings.serve_token) or not loopback(settings.serve_host)


def guarded(
    app: ASGIApp, settings: Settings, port: int, *, public: Collection[str] = (), linked: tuple[str, ...] = ()
) -> Door:
    """The door of a server with the settings of `admitting`. port: on which it listens. public, linked: see `Door`."""
    known = hosts(settings.serve_host, port) if loopback(settings.serve_host) else None
    return Door(app, settings.serve_token, known, Proxies(settings.auth_proxies), public=public, linked=linked)


def _unless_shown(token: str, shown: list[str]) -> Response | None:
    """Why a request is not let in: it shows no token, or another; more than one is none."""
    kind, _, said = shown[0].partition(" ") if len(shown) == 1 else ("", "", "")
    if kind.lower() != "bearer":
        why = "Show the token of this server: Authorization: Bearer TOKEN."
        return refusal(401, "no_token", why, headers={"WWW-Authenticate": 'Bearer realm="qa"'})
    if not hmac.compare_digest(said.strip().encode("utf-8", "replace"), token.encode("utf-8")):
        headers = {"WWW-Authenticate": 'Bearer realm="qa", error="invalid_token"'}
        return refusal(401, "wrong_token", "This is not the token of this server.", headers=headers)
    return None


def _with_headers(start: Message) -> Message:
    own = any(name.lower() == b"content-security-policy" for name, _ in start["headers"])
    policy = {} if own else {b"content-security-policy": _POLICY}
    return with_headers(start, HEADERS | {b"cache-control": b"no-store"} | policy)

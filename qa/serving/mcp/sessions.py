"""How many sessions somebody may open on a port: each is kept for a while, and there is room for so many."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.serving.limits import Rate
from qa.serving.refusals import refusal

# At a time; a minute for each address; seconds after the last request. No address can take all the room.
MOST, A_MINUTE, IDLE = 1_000, 30, 300.0


@dataclass(frozen=True)
class Admitting:
    """Lets each address open so many sessions a minute in `app`. It stands behind the door, which tells who asks."""

    app: ASGIApp
    rate: Rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app
        opens = scope["type"] == "http" and _opens(Headers(scope=scope))
        if opens and (seconds := self.rate.wait(scope["client"][0])):
            wait = ceil(seconds)
            why = f"Only {A_MINUTE} sessions a minute may be opened. The next in {wait} s."
            app = refusal(429, "too_many_sessions", why, headers={"Retry-After": str(wait)})
        await app(scope, receive, send)


def _opens(headers: Headers) -> bool:
    """Whether a request opens a session: it is of none, and of a version of the protocol that has them."""
    version = headers.get("mcp-protocol-version")
    return "mcp-session-id" not in headers and (version is None or version in HANDSHAKE_PROTOCOL_VERSIONS)

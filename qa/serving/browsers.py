"""What keeps pages of other sites from a server that a browser can reach."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Message

# What a browser may do with what comes back.
HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
}


def of_our_page(headers: Headers) -> bool:
    """Whether a request comes from a page of this very server, or from no page at all."""
    if (said := headers.get("sec-fetch-site")) is not None:  # which no script can set
        return said in ("same-origin", "none")
    origins = headers.getlist("origin")
    try:
        asking = [_without_port(urlsplit(origin).netloc) for origin in origins]
    except ValueError:  # it is no address
        return False
    ours = {_without_port(host) for name in ("host", "x-forwarded-host") for host in headers.getlist(name)}
    return all(origin in ours for origin in asking)


def with_headers(start: Message, ours: Mapping[bytes, bytes]) -> Message:
    """The beginning of a response with headers that hold whatever the app behind it says, and that let no other site
    read it."""
    theirs = [
        (name, value)
        for name, value in start["headers"]
        if name.lower() not in ours and not name.lower().startswith(b"access-control-")
    ]
    return {**start, "headers": [*theirs, *ours.items()]}


def _without_port(host: str) -> str:
    """A host with its port, but for the one that a browser leaves out."""
    return re.sub(r":(80|443)$", "", host.lower())

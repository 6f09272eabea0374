"""How the value of a setting is read: each reader returns it in its own type, or raises ValueError or TypeError."""

from __future__ import annotations

import re
from datetime import date
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

WHO_ABSTAINS = ("either", "model", "program")
RUNTIMES = ("auto", "onnxruntime", "openvino")
# As good as never, and still a day that a calendar has.
_MOST_DAYS = 365_000


def share(value: Any) -> float:
    """A chance, 0..1."""
    if isinstance(value, bool) or not 0 <= (chance := float(value)) <= 1:
        raise ValueError("a chance is a number from 0 to 1")
    return chance


def truth(value: Any) -> bool:
    """True or false, also in the words and figures that an environment variable has for them."""
    found = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(str(value).lower())
    if found is None:
        raise ValueError("it is true or false")
    return found


def seconds(value: Any) -> float:
    """A number of seconds above 0."""
    if isinstance(value, bool) or not 0 < (number := float(value)) < float("inf"):
        raise ValueError("it is a number of seconds above 0")
    return number


def count(value: Any) -> int:
    """A whole number from 1."""
    if not str(value).isdigit() or int(value) < 1:
        raise ValueError("it is a whole number from 1")
    return int(value)


def who_abstains(value: Any) -> str:
    """One of WHO_ABSTAINS."""
    if value not in WHO_ABSTAINS:
        raise ValueError(f"it is one of {', '.join(WHO_ABSTAINS)}")
    return str(value)


def runtime(value: Any) -> str:
    """One of RUNTIMES."""
    if value not in RUNTIMES:
        raise ValueError(f"it is one of {', '.join(RUNTIMES)}")
    return str(value)


def url(value: Any) -> str:
    """The address of a server, without a slash at its end; "" is none."""
    parts = urlsplit(text(value))
    if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0):
        raise ValueError("an address looks like http://host:8000")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(
            "it holds more than a host, a port and a path; a key has a setting of its own, "
            "such as `chroma_api_key` or OPENAI_API_KEY"
        )
    return text(value).rstrip("/")


def days(value: Any) -> int:
    """A number of days from 0, cut where no calendar goes on."""
    if not str(value).isdigit():
        raise ValueError("it is a number of days, from 0")
    return min(int(value), _MOST_DAYS)


def port(value: Any) -> int:
    """A port, 0..65535; 0 is any that is free."""
    if not str(value).isdigit() or int(value) > 65535:
        raise ValueError("a port is a number from 0 to 65535")
    return int(value)


def host(value: Any) -> str:
    """An address of this machine to listen on, or a name of it; without a port and without brackets."""
    bare = text(value).removeprefix("[").removesuffix("]")
    try:
        return str(ip_address(bare))
    except ValueError:
        if not re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9.-]+", bare):
            raise ValueError("it looks like 127.0.0.1, 0.0.0.0 or ::1, and the port is a setting of its own") from None
    return bare


def header(value: Any) -> str:
    """The name of a header of HTTP, in small letters; "" is none."""
    if not re.fullmatch(r"[A-Za-z0-9-]*", text(value)):
        raise ValueError("the name of a header looks like X-Forwarded-User")
    return text(value).lower()


def token(value: Any) -> str:
    """What a program shows in a header to be let in: letters, figures and signs, at least 16; "" is none."""
    if value and not re.fullmatch(r"[!-~]{16,}", text(value)):
        raise ValueError("a token has at least 16 letters, figures and signs, and no blank")
    return text(value)


def networks(value: Any) -> tuple[str, ...]:
    """Addresses, or networks such as 10.0.0.0/8: a list, or one text with commas."""
    parts = value if isinstance(value, (list, tuple)) else text(value).split(",")
    stripped = tuple(text(part).strip() for part in parts)
    try:
        for part in stripped:
            ip_network(part)
    except ValueError as error:
        raise ValueError("addresses look like 127.0.0.1,10.0.0.0/8") from error
    return stripped


def day(value: Any) -> date:
    """A day, as such or as 2023-06-01."""
    # A day with a time of day is a date to Python, and cannot be compared with one.
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ValueError("a day looks like 2023-06-01") from error


def text(value: Any) -> str:
    """A text as it is."""
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a text")
    return value

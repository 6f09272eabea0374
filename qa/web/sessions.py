"""Who is logged in: random tokens, kept in memory, so that a restart logs everybody out."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from threading import Lock

from qa.web.users import Secret, Users

SECONDS = 12 * 60 * 60
MOST = 1000


class Sessions:
    """The sessions of some users: each ends after SECONDS, with its user, and with its user's password.

    There are at most MOST; the oldest makes room. May be used from many threads.
    """

    def __init__(self, users: Users) -> None:
        self._users, self._lock = users, Lock()
        self._sessions: OrderedDict[str, tuple[str, Secret, float]] = OrderedDict()

    def start(self, name: str, secret: Secret) -> str:
        """The token of a new session. secret: the user's, as it was when he logged in."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._sessions[token] = (name, secret, time.monotonic() + SECONDS)
            if len(self._sessions) > MOST:
                self._sessions.popitem(last=False)
        return token

    def user(self, token: str) -> str | None:
        """Whose session it is; None where there is none (any more)."""
        with self._lock:
            name, secret, until = self._sessions.get(token, ("", None, 0.0))
        if secret is None or time.monotonic() >= until or self._users.secret(name) != secret:
            return None
        return name

    def end(self, token: str) -> None:
        """Ends a session, if there is one."""
        with self._lock:
            self._sessions.pop(token, None)

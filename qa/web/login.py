"""Logging in and out: a page without script, and the cookie that says who asks."""

from __future__ import annotations

import asyncio
import logging
import math
from html import escape
from urllib.parse import parse_qs, quote, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from qa.serving.limits import Rate
from qa.web.sessions import SECONDS, Sessions
from qa.web.users import MOST_CHARACTERS, Users

# Tries in a minute: for one name from one address, and for all names from one address.
TRIES, TRIES_OF_AN_ADDRESS = 5, 30
MOST_BYTES = 16_384
# Each hash takes 32 MB and a core.
_AT_ONCE = 2
_log = logging.getLogger(__name__)

_WORDS = {
    "en": {
        "title": "Briefing notes",
        "log_in": "Log in",
        "name": "User name",
        "password": "Password",
        "wrong": "The user name or the password is not right.",
        "wait": "Too many tries. Try again in {seconds} seconds.",
    },
    "fr": {
        "title": "Notes d’information",
        "log_in": "Se connecter",
        "name": "Nom d’utilisateur",
        "password": "Mot de passe",
        "wrong": "Le nom d’utilisateur ou le mot de passe est inexact.",
        "wait": "Trop d’essais. Réessayez dans {seconds} secondes.",
    },
}

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{log_in} · {title}</title>
<style>
:root {{ color-scheme: light dark; --page: #ffffff; --text: #1f2937; --line: #6b7280; --act: #1d4ed8;
  --on: #ffffff; --bad: #b91c1c; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --page: #111827; --text: #f3f4f6; --line: #9ca3af; --act: #93c5fd; --on: #111827; --bad: #fca5a5; }}
}}
* {{ box-sizing: border-box; }}
body {{ margin: 0; padding: 1rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; }}
main {{ max-width: 22rem; margin: 10vh auto 0; }}
h1 {{ font-size: 1.5rem; }}
label {{ display: block; margin-top: 1rem; }}
input, button {{ width: 100%; padding: 0.6rem; font: inherit; border-radius: 6px; }}
input {{ border: 1px solid var(--line); background: var(--page); color: var(--text); }}
button {{ margin-top: 1.5rem; border: 0; background: var(--act); color: var(--on); cursor: pointer; }}
:focus-visible {{ outline: 3px solid var(--act); outline-offset: 2px; }}
[role=alert] {{ color: var(--bad); }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{alert}<form method="post" action="/login">
<input type="hidden" name="next" value="{next}">
<label for="name">{name}</label>
<input id="name" name="name" value="{given}" autocomplete="username" autocapitalize="none" spellcheck="false" required
  maxlength="64">
<label for="password">{password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">{log_in}</button>
</form>
</main>
</body>
</html>
"""


class Login:
    """The login of some users. cookie: the name of the cookie, which is another for each chat of a machine."""

    def __init__(self, users: Users, cookie: str) -> None:
        self._users, self._cookie = users, cookie
        self._sessions = Sessions(users)
        self._tries, self._tries_of_an_address = Rate(TRIES), Rate(TRIES_OF_AN_ADDRESS)
        self._hashing = asyncio.Semaphore(_AT_ONCE)

    def user(self, request: Request) -> str | None:
        """Who asks; None for nobody who is logged in."""
        return self._sessions.user(request.cookies.get(self._cookie, ""))

    def sent_to(self, request: Request) -> Response:
        """The way from a page that needs a login to the login, and back."""
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(path, safe='/')}", status_code=303)

    async def respond(self, request: Request) -> Response:
        """What stands at /login and /logout."""
        if request.url.path == "/logout":
            return self._logged_out(request) if request.method == "POST" else Response(status_code=405)
        if request.method == "POST":
            return await self._logged_in(request)
        back = _local(request.query_params.get("next", ""))
        if self.user(request) is not None:
            return RedirectResponse(quote(back, safe="/?=&%"), status_code=303)
        return _page(request, back)

    async def _logged_in(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
        name, password, back = (form.get(key, [""])[0] for key in ("name", "password", "next"))
        name, back = name.strip()[:64], _local(back)
        address = request.client.host if request.client else ""
        if wait := self._tries_of_an_address.wait(address) or self._tries.wait((name, address)):
            seconds = str(math.ceil(wait))
            response = _page(request, back, name, _said(request, "wait").format(seconds=seconds), status=429)
            response.headers["Retry-After"] = seconds
            return response
        async with self._hashing:
            secret = await asyncio.to_thread(self._users.admitted, name, password[: MOST_CHARACTERS + 1])
        if secret is None:
            _log.warning("A login as %r from %s was refused.", name, address)
            return _page(request, back, name, _said(request, "wrong"), status=401)
        self._sessions.end(request.cookies.get(self._cookie, ""))
        response = RedirectResponse(quote(back, safe="/?=&%"), status_code=303)
        response.set_cookie(
            self._cookie,
            self._sessions.start(name, secret),
            max_age=SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    def _logged_out(self, request: Request) -> Response:
        self._sessions.end(request.cookies.get(self._cookie, ""))
        response = RedirectResponse("/login", status_code=303)
        response.delete_cookie(self._cookie, httponly=True, samesite="lax", secure=request.url.scheme == "https")
        return response


def _page(request: Request, back: str, given: str = "", alert: str = "", *, status: int = 200) -> Response:
    language = _language(request)
    values = _WORDS[language] | {"language": language, "next": back, "given": given}
    shown = {name: escape(value) for name, value in values.items()}
    shown["alert"] = f'<p role="alert">{escape(alert)}</p>\n' if alert else ""
    return HTMLResponse(_PAGE.format(**shown), status_code=status, headers={"Vary": "Accept-Language"})


def _said(request: Request, word: str) -> str:
    return _WORDS[_language(request)][word]


def _language(request: Request) -> str:
    """The language of those we have that a browser would rather have."""
    best, language = 0.0, "en"
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            liking = float(weight or 1)
        except ValueError:
            continue
        if (known := tag[:2].lower()) in _WORDS and liking > best:
            best, language = liking, known
    return language


def _local(path: str) -> str:
    """A path of ours to go back to; "/" for anything by which a browser would go elsewhere."""
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    bad = parts.scheme or parts.netloc or not path.startswith("/") or path.startswith("//") or "\\" in path
    return "/" if bad or not path.isprintable() or parts.path in ("/login", "/logout") else path

"""The parts of the page that stand around a conversation: bar, side, first screen, filters, source pane."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from qa.answering.words import day_in_words
from qa.schema import Note
from qa.settings import loopback
from qa.web.welcome import Examples, Overview, overview
from qa.web.words import Language, say

if TYPE_CHECKING:
    from qa.binder import Binder

_DAYS = ("since", "until", "as_of")
_LANGUAGES = (("", "any"), ("en", "english"), ("fr", "french"))


def bar_html(binder: Binder, stale: str, language: Language) -> str:
    """The title, the status in one line, and the switch of languages."""
    other = "en" if language == "fr" else "fr"
    index = say("stale", language, reason=stale) if stale else say("fresh", language)
    status = [_count(len(binder.notes()), "notes", language), index, *_manner(binder, language)]
    return (
        f'<button type="button" class="qa-button" id="qa-menu" aria-expanded="false" title="{say("menu", language)}"'
        f' aria-label="{say("menu", language)}">☰</button>'
        f"<h1>{say('title', language)}</h1>"
        f'<p id="qa-status" class="{"qa-stale" if stale else ""}">{escape(" · ".join(status))}</p>'
        f'<button type="button" class="qa-button" id="qa-language" lang="{other}" data-language="{other}">'
        f"{say('other_language', language)}</button>"
    )


def side_html(user: str | None, language: Language) -> str:
    """Conversations, which the browser fills in, and the search over notes."""
    exports = "".join(
        f'<button type="button" class="qa-button" data-export="{kind}">{say(kind, language)}</button>'
        for kind in ("markdown", "receipt")
    )
    leave = (
        f'<form method="post" action="logout"><button class="qa-button">{escape(say("sign_out", language, user=user))}'
        "</button></form>"
        if user
        else ""
    )
    return (
        f'<button type="button" class="qa-button qa-strong" id="qa-new">{say("new", language)}</button>'
        f'<form id="qa-search" role="search"><label for="qa-words-sought">{say("search", language)}</label>'
        f'<div><input id="qa-words-sought" type="search" autocomplete="off" maxlength="500">'
        f'<button class="qa-button">{say("search_button", language)}</button></div></form>'
        f'<h2>{say("conversations", language)}</h2><ul id="qa-conversations"></ul>'
        f'<div id="qa-export" hidden>'
        f"{exports}</div>{leave}"
    )


def welcome_html(binder: Binder, found: Examples, language: Language) -> str:
    """The first screen: what the binder holds, and questions that it answers."""
    seen = overview(binder)
    if not seen.notes:
        settings = binder.settings
        add = say("or_add", language) if settings.takes_notes else ""
        return f'<p class="qa-holds">{escape(say("empty", language, folder=settings.corpus, add=add))}</p>'
    examples = "".join(
        f'<li><button type="button" class="qa-button" data-ask="{escape(one)}">{escape(one)}</button></li>'
        for one in found.in_language(language)
    )
    offered = f'<h2>{say("try", language)}</h2><ul class="qa-examples">{examples}</ul>' if examples else ""
    return (
        f'<p class="qa-holds">{escape(_holds(seen, language))}</p>'
        f'<p class="qa-promise">{say("promise", language)}</p>{_unread(binder, language)}{offered}'
    )


def filters_html(binder: Binder, chosen: object, language: Language) -> str:
    """The form of the filters, as it was filled in."""
    form: dict[str, Any] = chosen if isinstance(chosen, dict) else {}
    notes = "".join(_option(note, form.get("notes") or (), language) for note in binder.notes())
    days = "".join(
        f'<label>{say(name, language)} <input type="date" name="{name}" value="{escape(str(form.get(name) or ""))}">'
        "</label>"
        for name in _DAYS
    )
    languages = "".join(
        f'<option value="{value}"{_picked(form.get("language", "") == value)}>{say(name, language)}</option>'
        for value, name in _LANGUAGES
    )
    return (
        f'<p class="qa-keys">{say("keys", language)}</p>'
        f'<p class="qa-keys qa-next-up">{say("asked_next", language)}</p><details id="qa-filters">'
        f'<summary data-none="{say("filters", language)}"'
        f' data-set="{escape(say("filters_on", language, count="#"))}">{say("filters", language)}</summary>'
        f'<form>{days}<label>{say("language", language)} <select name="language">{languages}</select></label>'
        f'<label class="qa-wide">{say("filter_notes", language)}'
        f'<select name="notes" multiple size="5">{notes}</select></label>'
        f'<button type="reset" class="qa-button">{say("clear", language)}</button></form></details>'
    )


def source_html(language: Language) -> str:
    """The source pane's head, and the place of a note that is opened in it."""
    buttons = "".join(
        f'<button type="button" class="qa-button" data-do="{name}" aria-label="{say(name, language)}"'
        f' title="{say(name, language)}">{sign or say(name, language)}</button>'
        for name, sign in (("back", ""), ("previous", "‹"), ("next", "›"), ("copy", ""), ("close", "×"))
    )
    return (
        f'<h2 id="qa-sources-head">{say("sources", language)}</h2><div id="qa-source-tools" hidden>{buttons}'
        f'<span id="qa-nth" data-said="{escape(say("nth", language, n="#", count="##"))}" role="status"></span>'
        '<p id="qa-at" class="qa-place"></p></div>'
        '<div id="qa-source-note" tabindex="-1" hidden></div>'
    )


def _option(note: Note, chosen: object, language: Language) -> str:
    picked = _picked(isinstance(chosen, (list, tuple)) and note.note in chosen)
    day = note.date.isoformat() if note.date else say("no_date", language)
    return f'<option value="{escape(note.note)}"{picked}>{escape(f"{note.title} ({day})")}</option>'


def _picked(is_so: bool) -> str:
    return " selected" if is_so else ""


def _holds(seen: Overview, language: Language) -> str:
    newest = (
        say("newest", language, day=day_in_words(seen.newest, language)) if seen.newest else say("undated", language)
    )
    names = [say("english" if one == "en" else "french", language) for one, _ in seen.languages]
    told = say(
        "holds",
        language,
        notes=_count(seen.notes, "notes", language),
        newest=newest,
        languages=say("and", language).join(names),
    )
    return f"{told} {_count(seen.superseded, 'superseded', language)}" if seen.superseded else told


def _unread(binder: Binder, language: Language) -> str:
    files = [problem.note for problem in binder.report.problems if not problem.read] if binder.report else []
    if not files:
        return ""
    what = "unread_one" if len(files) == 1 else "unread_many"
    return f'<p class="qa-notice">{escape(say(what, language, count=len(files), files=", ".join(files)))}</p>'


def _count(count: int, what: str, language: Language) -> str:
    return say(f"{what}_one" if count == 1 else f"{what}_many", language, count=count)


def _manner(binder: Binder, language: Language) -> tuple[str, str]:
    """How answers are made, and what leaves the machine for it."""
    if binder.chat is None:
        return say("embedded", language), say("offline", language)
    host = urlsplit(binder.settings.llm_base_url).hostname or binder.chat.name.partition(":")[0]
    if loopback(host) or host == "ollama":  # which runs on this machine unless an address is set
        return say("model", language, model=binder.chat.name), say("offline", language)
    return say("model", language, model=binder.chat.name), say("online", language, where=host)

"""What a web page says of itself: its title, its date and its language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from qa.figures import find_dates
from qa.notes.html.tree import HEADINGS, Element
from qa.terms import fold

_CHANGED_KEYS = (
    "dcterms.modified", "dc.date.modified", "dc.modified", "article:modified_time", "og:updated_time", "datemodified",
    "last-modified", "last-updated",
)  # fmt: skip
_MADE_KEYS = (
    "dcterms.issued", "dc.date.issued", "article:published_time", "datepublished", "dcterms.date", "dc.date", "date",
    "dcterms.created", "dc.date.created", "pubdate",
)  # fmt: skip
_CHANGED = re.compile(
    r"\b(?:modified|updated|changed|revised|modification|mise? a jour|modifiee?|revisee?|actualisee?)\b"
)
_MADE = re.compile(
    r"\b(?:published|issued|posted|prepared|written|dated|publication|publiee?|diffusee?|redigee?)\b|\A\W*date\b"
)
_COMPACT = re.compile(r"\s*((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_LINE = 120
_OTHER_WORDS = 5
_NO_LINES = HEADINGS | {"title", "td", "th", "li"}
_SEPARATOR = re.compile(r"\s+(?:[-–—|»·]|::)\s+")
_HEAD = 600
_LANGUAGES = {"eng": "en", "fra": "fr", "fre": "fr", "english": "en", "french": "fr", "francais": "fr"}


def title_of(html: Element, headings: list[str], opening: str) -> str:
    """The page's title: its single or first <h1>, or what its head says, without the name of the site.

    headings: the texts of its <h1>. opening: how its content begins; it tells which part of the title is the page's.
    """
    if headings:
        return headings[0]
    metas = dict(_metas(html))
    whole = metas.get("og:title") or metas.get("dcterms.title") or _title(html)
    parts = [part for part in _SEPARATOR.split(whole) if part]
    shown = [part for part in parts if fold(part) in fold(opening[:_HEAD])]
    return max(shown, key=len) if len(parts) > 1 and shown else whole


def date_of(html: Element) -> str:
    """The day on which the page was last changed, else made, as YYYY-MM-DD; "" where it tells neither."""
    metas = list(_metas(html))
    lines = _lines(html)
    changed = [value for key in _CHANGED_KEYS for name, value in metas if name == key]
    made = [value for key in _MADE_KEYS for name, value in metas if name == key]
    candidates: list[Iterable[str]] = [changed, _times(html, ("datemodified",)), _telling(lines, _CHANGED)]
    candidates += [made, _times(html, ("datepublished",)), _telling(lines, _MADE)]
    return next((day for values in candidates for value in values if (day := _day(value))), "")


def language_of(html: Element, content: Element) -> str:
    """The language in which the content is written, as the page says: "en", "fr", ..., or ""."""
    element: Element | None = content
    while element is not None:
        value = element.attributes.get("lang") or element.attributes.get("xml:lang")
        if value:
            return _language(value)
        element = element.parent
    metas = dict(_metas(html))
    named = html.attributes.get("lang") or metas.get("dcterms.language") or metas.get("content-language") or ""
    return _language(named)


def _language(value: str) -> str:
    primary = re.split(r"[-_,; ]", fold(value).strip(), maxsplit=1)[0]
    known = _LANGUAGES.get(primary, primary)
    return known if re.fullmatch(r"[a-z]{2,3}", known) else ""


def _metas(html: Element) -> Iterator[tuple[str, str]]:
    for element in html.elements():
        value = element.attributes.get("content", "").strip()
        if element.tag == "meta" and value:
            for key in ("name", "property", "itemprop", "http-equiv"):
                if element.attributes.get(key):
                    yield element.attributes[key].strip().lower(), " ".join(value.split())


def _title(html: Element) -> str:
    return next((element.text() for element in html.elements() if element.tag == "title" and element.words), "")


def _day(value: str) -> str:
    compact = _COMPACT.match(value)
    dates = find_dates("-".join(compact.groups()) if compact else value)
    return dates[0][1].isoformat() if dates else ""


def _times(html: Element, names: tuple[str, ...]) -> Iterator[str]:
    """The dates of elements that say in their attributes what day they give."""
    for element in html.elements():
        if {element.attributes.get(key, "").lower() for key in ("itemprop", "property")} & set(names):
            yield element.attributes.get("datetime") or element.text()


def _lines(html: Element) -> list[tuple[str, str]]:
    """Short pieces of the page that hold one date, folded, each with that date."""
    found = []
    for element in html.elements():
        if not 0 < element.words <= _LINE or element.tag in _NO_LINES:
            continue
        if any(isinstance(child, Element) and child.words == element.words for child in element.children):
            continue  # that child says it all
        text = element.text()
        stamps = [
            e.attributes["datetime"] for e in element.elements() if e.tag == "time" and "datetime" in e.attributes
        ]
        dates = find_dates(text)
        rest = text if not dates else text[: dates[0][0].start] + text[dates[0][0].end :]
        if (len(dates) == 1 or (not dates and len(stamps) == 1)) and len(re.findall(r"\w+", rest)) <= _OTHER_WORDS:
            found.append((fold(rest), stamps[0] if len(stamps) == 1 else dates[0][1].isoformat()))
    return found


def _telling(lines: list[tuple[str, str]], words: re.Pattern[str]) -> Iterator[str]:
    return (date for text, date in lines if words.search(text))

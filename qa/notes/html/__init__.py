"""Reads web pages saved from a site: their main content as a reader sees it."""

from __future__ import annotations

from qa.errors import NoteError
from qa.notes.assembly import Reading
from qa.notes.html.about import date_of, language_of, title_of
from qa.notes.html.content import content_of
from qa.notes.html.footnotes import find_footnotes
from qa.notes.html.parts import to_parts
from qa.notes.html.tree import Element, decode, parse
from qa.schema import BlockKind

_MANY_HIDDEN = 200


def read_html(data: bytes) -> Reading:
    """Read the bytes of a web page (.html, .htm).

    Left out are menus, banners, forms, scripts and whatever the page hides or strikes out. Soft hyphens, zero-width
    spaces and marks of writing direction are taken out of words, no-break spaces are kept. A link to a footnote stands
    in the text as "[^1]", and the footnote is a FOOTNOTE of that name.
    title: its <h1>, else what its head names it. date: when it was last changed, else made, as YYYY-MM-DD.
    Raises NoteError where the bytes are no text, the page is nested too deeply, or nothing readable is left.
    """
    text, warnings = decode(data)
    html = parse(text)
    date = date_of(html)
    content = content_of(html)
    page_title = title_of(html, [], "")
    parts = to_parts(content, find_footnotes(content), page_title)
    if not parts:
        raise NoteError(
            "The page holds no text outside menus, forms and hidden parts. Save it again once it has loaded, or save"
            " its text in another format."
        )
    headings = [part.text for part in parts if part.kind is BlockKind.HEADING and part.level == 0]
    headings += [part.text for part in parts if part.kind is BlockKind.HEADING and part.level == 1]
    opening = " ".join(part.text for part in parts[:10])
    return Reading(
        tuple(parts),
        title=title_of(html, headings, opening),
        date=date,
        language=language_of(html, content),
        warnings=warnings + _left_out(content),
    )


def _left_out(content: Element) -> tuple[str, ...]:
    found: tuple[str, ...] = ()
    if content.hidden >= _MANY_HIDDEN:
        found += (
            f"About {content.hidden // 100 * 100} characters that the page hides were left out; if a reader can unfold"
            " them, save the page with all of it unfolded.",
        )
    if content.struck:
        found += ("Words that the page strikes out were left out.",)
    return found

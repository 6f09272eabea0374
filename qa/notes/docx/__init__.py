"""Reads Word files: the text as a reader sees it with all changes accepted, without headers, footers and comments."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from qa.errors import NoteError
from qa.notes.assembly import Part, Reading
from qa.notes.docx.blocks import BlockReader
from qa.notes.docx.package import Element, Package, attribute, child
from qa.notes.docx.parts import to_parts
from qa.notes.docx.styles import Styles
from qa.notes.docx.tables import flatten
from qa.notes.docx.text import reference
from qa.schema import BlockKind

_NO_TITLE = re.compile(
    r"(?:microsoft word\b.*|(?:document|doc|untitled|sans titre|template|modèle|title|titre|word document)[\s\d]*"
    r"|.*\b(?:template|modèle|gabarit)|.*\.(?:docx?|dotx?|dotm|docm|rtf|odt|pdf)|[\[<].*[\]>])",
    re.IGNORECASE,
)
_FIRST_YEAR = 1990


def read_docx(data: bytes) -> Reading:
    """Read the bytes of a Word file (.docx).

    Tracked insertions are kept and deletions left out. A footnote's or endnote's reference stands in the text as
    "[^1]", numbered in the order of the references, and the note is a FOOTNOTE of that name after all other parts.
    title: the file's own, where its words stand in the text; a title that is a heading of level 0 is the better one.
    date: when the file was last saved, as YYYY-MM-DD. It tells less than any date in the text or in the file's name.
    Raises NoteError where it is no Word document, is encrypted, damaged or too large, or holds no words.
    """
    package = Package(data)
    styles = Styles(package.related("styles"), package.related("numbering"))
    body = BlockReader(styles)
    try:
        parts = to_parts(flatten(body.read(package.document)))
        parts += _notes(package, styles, body.text.notes)
    except RecursionError as error:
        raise NoteError("Its tables or text boxes are nested too deeply. Save it anew in Word.") from error
    if not any(part.text.strip() for part in parts):
        raise NoteError("It holds no words that can be read. If it holds pictures of text, save it as text.")
    properties = package.properties()
    return Reading(
        tuple(parts),
        title=_title(properties, parts),
        date=_date(properties),
        language=_language(properties, body.text.languages),
        warnings=_warnings(body),
    )


def _notes(package: Package, styles: Styles, references: list[tuple[str, str]]) -> list[Part]:
    """The footnotes and endnotes that are referred to, in the order of their references."""
    stories = {kind: package.related(kind) for kind in sorted({kind for kind, _ in references})}
    notes = {
        (kind, attribute(note, "id")): note
        for kind, story in stories.items()
        for note in (story.iterchildren(f"{{*}}{kind[:-1]}") if story is not None else ())
    }
    found = []
    for at, key in enumerate(references, start=1):
        if key in notes:
            blocks = flatten(BlockReader(styles).read(notes[key]))
            texts = [part.text for part in to_parts(blocks)]
            found.append(Part(BlockKind.FOOTNOTE, " ".join(texts), name=reference(at)))
    return found


def _property(properties: Element | None, name: str) -> str:
    found = child(properties, name)
    return " ".join((found.text or "").split()) if found is not None else ""


def _title(properties: Element | None, parts: list[Part]) -> str:
    """The file's title; "" where it is a program's, a template's or, by its words, another note's."""
    title = _property(properties, "title")
    text = " ".join(part.text for part in parts).casefold()
    words = [word for word in re.findall(r"\w+", title.casefold()) if len(word) > 3]
    known = sum(word in text for word in words)
    return title if words and known * 2 >= len(words) and not _NO_TITLE.fullmatch(title) else ""


def _date(properties: Element | None) -> str:
    """When the file was last saved; "" where it was not saved since a program or a template made it."""
    created, modified = _property(properties, "created"), _property(properties, "modified")
    if not modified or modified == created:
        return ""
    try:
        day = date.fromisoformat(modified[:10])
    except ValueError:
        return ""
    return day.isoformat() if day.year >= _FIRST_YEAR else ""


def _language(properties: Element | None, languages: Counter[str]) -> str:
    """The language that most of the text is marked as, or that the file's properties name.

    The file's default is not asked: it is its writer's keyboard and not its text's language.
    """
    for language, count in languages.most_common(1):
        if language and count * 2 > languages.total():
            return language
    return _property(properties, "language").partition("-")[0].lower()


def _warnings(body: BlockReader) -> tuple[str, ...]:
    lost = [f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in sorted(body.text.lost.items())]
    found = [f"Not read, as it is drawn: {', '.join(lost)}."] if lost else []
    if body.imported:
        found.append("Not read: what is inserted from another file. Open the note in Word and save it anew.")
    return tuple(found)

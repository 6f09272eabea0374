"""What a note says of itself: title, date, classification, readers and language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import PurePosixPath

from qa.figures import find_dates
from qa.markup import plain
from qa.notes import labels
from qa.notes.assembly import Reading
from qa.notes.dates import own_dates
from qa.notes.files import WEB
from qa.notes.overrides import Override
from qa.schema import Block, BlockKind, Note
from qa.terms import ENGLISH, FRENCH, guess_language

_HEAD = 600
_TAIL_BLOCKS = 2
_SHORT = 120
_FEW_WORDS = 10
_NAME_NUMBER = re.compile(r"\A\d{1,3}[ _.-]+(?=\D)")
_NAME_DATE = re.compile(r"(?<!\d)((?:19|20)\d{2})[-_. ]?(\d{2})[-_. ]?(\d{2})(?!\d)")
_NAME_MONTH = re.compile(r"[ _-]*(?<!\d)(?:19|20)\d{2}[-_.]\d{2}(?!\d)")


def describe(
    note: str,
    text: str,
    blocks: tuple[Block, ...],
    override: Override | None,
    stated: Reading,
    *,
    sha256: str = "",
    size: int = 0,
) -> Note:
    """The Note of a text and its blocks; what `override` tells wins.

    stated: what the file says of itself beside its text, taken where the text does not tell, and the warnings of its
    reader. sha256, size: of the file's bytes.
    """
    given = override or Override()
    found = _labelled(text, blocks)
    return Note(
        note=note,
        title=given.title or _title(text, blocks, found) or stated.title or _readable(note),
        date=given.date or _date(note, text, blocks, stated),
        language=given.language or _language(text, stated),
        classification=given.classification or found.get(labels.CLASSIFICATION) or _classification(text, blocks),
        source=given.source or found.get(labels.SOURCE),
        prepared_for=given.prepared_for or found.get(labels.PREPARED_FOR),
        sha256=sha256,
        size=size,
        warnings=stated.warnings,
    )


def _label_of(text: str, block: Block) -> labels.Label | None:
    return labels.read_label(text[block.start : block.end]) if block.kind is BlockKind.METADATA else None


def _labelled(text: str, blocks: tuple[Block, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for label in (_label_of(text, block) for block in blocks):
        if label and label.kind and label.value:
            found.setdefault(label.kind, label.value)
    return found


def _title(text: str, blocks: tuple[Block, ...], found: dict[str, str]) -> str:
    for block in blocks:
        if block.kind is BlockKind.HEADING and block.level == 1:
            return plain(text[block.start : block.end]).rstrip(" .:")
    return found.get(labels.TITLE, "")


def _language(text: str, stated: Reading) -> str:
    # The words tell better: Word and web templates state the language of their maker, whatever is written into them.
    language = stated.language[:2].lower()
    if language in (ENGLISH, FRENCH) and len(text.split()) < _FEW_WORDS:
        return language
    return guess_language(text)


def _readable(note: str) -> str:
    """A title made of a file's name: "01_crab-response_2024-02-19.md" is "Crab response"."""
    stem = PurePosixPath(note).stem
    name = _NAME_MONTH.sub(" ", _NAME_DATE.sub(" ", _NAME_NUMBER.sub("", stem)))
    name = re.sub(r"[\s_-]+", " ", name).strip() or stem
    return name[:1].upper() + name[1:]


def _date(note: str, text: str, blocks: tuple[Block, ...], stated: Reading) -> date | None:
    """The note's own date: of a label, of what opens the note, of what ends it, of its title, of its file.

    What the file states comes last, being no reader's to see. A web page states when its makers changed it, so it goes
    before the file's name; Word files and PDFs are stamped anew whenever somebody saves them, so they go after it.
    """
    labelled = [label.value for block in blocks if (label := _label_of(text, block)) and label.kind == labels.DATE]
    others = [block for block in blocks if block.kind is not BlockKind.HEADING]
    start = blocks[0].start if blocks else 0
    head = [block for block in others if block.start < start + _HEAD]
    tail = [block for block in others if block.kind is BlockKind.FOOTNOTE] + others[-_TAIL_BLOCKS:]
    title = [block for block in blocks if block.kind is BlockKind.HEADING and block.level == 1]
    name = PurePosixPath(note)
    candidates = [
        _first_date(labelled),
        _first_date(_speaking(text, head)),
        _first_date(_speaking(text, tail)),
        _first_date(text[block.start : block.end] for block in title),
        _first_date([stated.date]) if name.suffix.lower() in WEB else None,
        _first_date("-".join(match.groups()) for match in _NAME_DATE.finditer(name.name)),
        _first_date([stated.date]),
    ]
    return next((found for found in candidates if found), None)


def _speaking(text: str, blocks: Iterable[Block]) -> list[str]:
    """The dates in blocks that tell when the note was made."""
    return [
        day
        for block in blocks
        for day in own_dates(text[block.start : block.end], metadata=block.kind is BlockKind.METADATA)
    ]


def _first_date(texts: Iterable[str]) -> date | None:
    return next((dates[0][1] for text in texts if (dates := find_dates(text))), None)


def _classification(text: str, blocks: tuple[Block, ...]) -> str | None:
    for block in blocks[:10] + blocks[-_TAIL_BLOCKS:]:
        words = text[block.start : min(block.end, block.start + _SHORT)]
        if block.kind is not BlockKind.HEADING and block.end - block.start <= _SHORT:
            match = labels.CLASSIFICATION_LINE.match(words)
            if match:
                return plain(words).strip(" -–()[]")
    return None

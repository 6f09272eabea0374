"""The blocks of a note with the words that stand beside and between them, so that a page can show the note whole.

Outside its blocks a note holds marks, which a page draws in its own way: hashes, rules, the bars of a table, emphasis.
But numbers of items, "Q:", the colon behind a bold heading and the like stand there too, and a reader misses them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.schema import Block, BlockKind, NoteContent, Span

# A line that is drawn and says nothing, or opens code and says only what language it is in.
_DRAWN = re.compile(r"(?:[-*_=~#–—•>|+:^\"`\s]*|\s*(?:```|~~~)[ \t]*[\w+-]*\s*)\Z")
_MARKS = "#>|*_`~"
# Of a line by itself; what opens and closes emphasis in it is taken off with its words.
_MARKS_OF_LINES = "#>|"
_DASHES = ("-", "+")
_FENCES = ("```", "~~~")


@dataclass(frozen=True, slots=True)
class Laid:
    """A block with what stands around it.

    above: the lines between it and the block before that belong to neither. lead: the words before it on its line, as
    "1." or "Q:"; tail: those behind it, as ":". fenced: whether it is code, of which each line stands by itself.
    """

    block: Block
    above: tuple[Span, ...] = ()
    lead: Span | None = None
    tail: Span | None = None
    fenced: bool = False


def laid_out(content: NoteContent) -> tuple[list[Laid], tuple[Span, ...]]:
    """The blocks of a note in order, and the lines below the last."""
    text, blocks = content.text, content.blocks
    if not blocks:
        return [], _lines(text, 0, len(text))
    places = [0, *(place for block in blocks for place in (block.start, block.end)), len(text)]
    between = [Span(start, end) for start, end in zip(places[::2], places[1::2], strict=True)]
    # What opens a note stands on no line of a block before it, and what ends it on none of a block behind it.
    gaps = [_opening(text, between[0].end), *(_gap(text, one.start, one.end) for one in between[1:-1])]
    gaps.append(_ending(text, between[-1].start))
    laid = [
        Laid(block, gaps[at].above, gaps[at].lead, gaps[at + 1].tail, _is_fenced(text, block, *between[at : at + 2]))
        for at, block in enumerate(blocks)
    ]
    return laid, gaps[-1].above


@dataclass(frozen=True, slots=True)
class _Gap:
    """What stands between two blocks: behind the one, on lines of its own, before the other."""

    tail: Span | None
    above: tuple[Span, ...]
    lead: Span | None


def _gap(text: str, start: int, end: int) -> _Gap:
    first, last = text.find("\n", start, end), text.rfind("\n", start, end)
    if first < 0:  # the two stand on one line
        return _Gap(_words(text, start, end), (), None)
    return _Gap(_words(text, start, first), _lines(text, first, last), _words(text, last, end))


def _opening(text: str, end: int) -> _Gap:
    last = max(0, text.rfind("\n", 0, end))
    return _Gap(None, _lines(text, 0, last), _words(text, last, end))


def _ending(text: str, start: int) -> _Gap:
    first = text.find("\n", start)
    first = len(text) if first < 0 else first
    return _Gap(_words(text, start, first), _lines(text, first, len(text)), None)


def _lines(text: str, start: int, end: int) -> tuple[Span, ...]:
    """The words of each line that has any."""
    found = []
    for line in text[start:end].split("\n"):
        words = None if _DRAWN.match(line) else _words(text, start, start + len(line), _MARKS_OF_LINES)
        found += [words] if words else []
        start += len(line) + 1
    return tuple(found)


def _words(text: str, start: int, end: int, marks: str = _MARKS) -> Span | None:
    """A part of a line without the marks at its ends; None where nothing is left, or a dash that marks a bullet."""
    while start < end and (text[start] in marks or text[start].isspace()):
        start += 1
    while start < end and (text[end - 1] in marks or text[end - 1].isspace()):
        end -= 1
    return Span(start, end) if start < end and text[start:end] not in _DASHES else None


def _is_fenced(text: str, block: Block, above: Span, below: Span) -> bool:
    """Whether fences stand on the lines above and below a block. above, below: what stands between it and the next."""
    if block.kind is not BlockKind.PARAGRAPH:
        return False
    opens = text[above.start : above.end].rstrip().rpartition("\n")[2].lstrip()
    closes = text[below.start : below.end].lstrip()
    return any(opens.startswith(fence) and closes.startswith(fence) for fence in _FENCES)

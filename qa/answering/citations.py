"""Spans of notes as citations, and statements as the text that a person reads."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from qa.markup import plain
from qa.schema import Block, BlockKind, Citation, NoteContent, Span, Statement

_ITEM = re.compile(r"(?:-|\(?\d{1,2}[.)]) ")


class Citer:
    """Gives each cited span its marker: first, first + 1, ... in the order of use; the same span keeps its marker."""

    def __init__(self, first: int = 1) -> None:
        self._first = first
        self._known: dict[tuple[str, int, int], Citation] = {}

    def cite(self, content: NoteContent, span: Span) -> Citation:
        """The citation of `span` of a note."""
        key = (content.note.note, span.start, span.end)
        if key not in self._known:
            self._known[key] = _citation(content, span, marker=self._first + len(self._known))
        return self._known[key]


def block_at(content: NoteContent, position: int) -> Block:
    """The block of a note that holds a position, or the last one before it. Raises IndexError where there is none."""
    at = bisect_right(content.blocks, position, key=lambda block: block.start) - 1
    if at < 0:
        raise IndexError(f"{content.note.note} has no block at {position}")
    return content.blocks[at]


def blocks_in(content: NoteContent, run: Span) -> list[Block]:
    """The blocks that a run overlaps, without headings; the one before it where it overlaps none."""
    at = max(0, bisect_right(content.blocks, run.start, key=lambda block: block.start) - 1)
    found = []
    for block in content.blocks[at:]:
        if block.start >= run.end:
            break
        if block.end > run.start and block.kind is not BlockKind.HEADING:
            found.append(block)
    return found or [block_at(content, run.start)]


def section_of(content: NoteContent, block: Block) -> str:
    """The headings above a block, joined by " > "."""
    return " > ".join(plain(content.text[span.start : span.end]) for span in block.headings)


def joined(
    statements: Sequence[Statement],
    show: Callable[[str], str] = lambda text: text,
    mark: Callable[[str], str] = lambda marked: marked,
) -> str:
    """The statements as one text, each with the markers of its citations; items of a model's list line by line.

    show, mark: what is made of a statement's words and of its markers, for a page that needs them escaped.
    """
    text = ""
    for before, statement in zip((None, *statements), statements, strict=False):
        gap = "\n" if before is not None and _is_item(before) and _is_item(statement) else "\n\n"
        told = f"{show(statement.text)} {mark(markers(statement.citations))}".strip()
        text += (gap if before is not None else "") + told
    return text


def _is_item(statement: Statement) -> bool:
    """Whether a statement is an item of a list that a model made; quoted lists are one statement."""
    return statement.status == "checked" and bool(_ITEM.match(statement.text.rpartition("\n")[2]))


def all_citations(statements: Iterable[Statement]) -> tuple[Citation, ...]:
    """The citations of the statements, each once, by marker."""
    cited = {citation.marker: citation for statement in statements for citation in statement.citations}
    return tuple(cited[marker] for marker in sorted(cited))


def markers(citations: Sequence[Citation]) -> str:
    """ "[1][2]" """
    return "".join(f"[{citation.marker}]" for citation in citations)


def _citation(content: NoteContent, span: Span, marker: int) -> Citation:
    note, block = content.note, blocks_in(content, span)[0]
    return Citation(
        marker=marker,
        note=note.note,
        title=note.title,
        section=section_of(content, block),
        date=note.date,
        page=block.page,
        language=note.language,
        classification=note.classification,
        superseded_by=None,
        start=span.start,
        end=span.end,
        quote=content.text[span.start : span.end],
        prepared_for=note.prepared_for,
    )

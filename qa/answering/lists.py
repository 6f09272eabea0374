"""Lists: which bullets belong together, and the parts in which a list is said that is too long to be said at once.

A list of some thousand items would fill the page, and nobody reads it there. Its reader is told how many items are left
out (see notices.py), and finds them in the note at the place of the quote.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.answering.citations import blocks_in
from qa.answering.units import Unit, run_of
from qa.schema import Block, BlockKind, NoteContent, Span

# A part of a list has at most so many items, nested ones among them, and so many words: two or three screens. No list
# of the notes that we have comes near to either.
MOST_ITEMS, MOST_WORDS_OF_ITEMS = 60, 1_500


def list_of(content: NoteContent, block: Block, *, outermost: bool = False) -> Unit | None:
    """The list that `block` leads in or belongs to, with its lead-in; None where there is none.

    Of a list that is too long it is the part that `block` is in, or the first where it leads the list in.
    outermost: of a nested bullet the list that all of it is in, not only the bullets beside it.
    """
    lead_in = _leading(content, block)
    if lead_in is None:
        lead_in = block.lead_in[:1] if outermost else block.lead_in
    first = next((item for item in content.blocks if item.start >= block.end and item.kind is BlockKind.BULLET), None)
    group = block.group if block.kind is BlockKind.BULLET else first.group if first else None
    items = _items(content, group, lead_in)
    if len(items) < 2:
        return None
    parts = _parts(content, items)
    part = next((part for part in parts if block in part), parts[0])
    return run_of(content, Span(part[0].start, part[-1].end))


def left_out(content: NoteContent, quotes: Sequence[Span]) -> int:
    """How many items of a list the quotes of one statement leave out where they are a part of a long one; else 0."""
    said = [block for quote in quotes for block in blocks_in(content, quote) if block.kind is BlockKind.BULLET]
    # The list is all of its group, or one that is nested in it, as many lead-ins deep.
    for depth in range(len(said[-1].lead_in) + 1) if said else ():
        items = _items(content, said[-1].group, said[-1].lead_in[:depth])
        parts = _parts(content, items)
        part = next(part for part in parts if said[-1] in part)
        # Before the part may be quoted what its first item hangs on.
        if len(parts) > 1 and said[-len(part) :] == part:
            return len(items) - len(part)
    return 0


def _items(content: NoteContent, group: int | None, lead_in: Sequence[Span]) -> list[Block]:
    """The bullets of a group that hang on `lead_in`, with those that are nested in them."""
    return [
        item
        for item in content.blocks
        if item.kind is BlockKind.BULLET and item.group == group and item.lead_in[: len(lead_in)] == tuple(lead_in)
    ]


def _parts(content: NoteContent, items: Sequence[Block]) -> list[list[Block]]:
    """The items in order, in parts that are short enough; an item that is too long is a part by itself."""
    parts: list[list[Block]] = [[]]
    words = 0
    for item in items:
        own = len(content.text[item.start : item.end].split())
        if parts[-1] and (len(parts[-1]) == MOST_ITEMS or words + own > MOST_WORDS_OF_ITEMS):
            parts.append([])
            words = 0
        parts[-1].append(item)
        words += own
    return parts


def _leading(content: NoteContent, block: Block) -> tuple[Span, ...] | None:
    """The lead-ins of the bullets after `block` where the innermost of them stands in it; else None."""
    for item in content.blocks:
        if item.start >= block.end:
            leads = item.lead_in and block.start <= item.lead_in[-1].start < block.end
            return item.lead_in if leads else None
    return None

"""Short forms and what they stand for: found where a note says so, and looked up in what is asked.

"Global Affairs Canada (GAC)" in a sentence (brackets.py), "GAC – Global Affairs Canada" in a list and in rows of tables
(lists.py). Whether the letters fit is told by letters.py; the binder's glossary is glossary.py;
whether two long forms mean one thing, spellings.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from qa.acronyms.brackets import Found, balanced, closed, in_sentences
from qa.acronyms.glossary import (
    Glossary,
    long_key,
    short_forms_in,
    short_key,
    short_keys,
    stems_said,
    written_short,
)
from qa.acronyms.lists import in_lines, in_row, names_a_glossary, names_columns
from qa.acronyms.spellings import meanings, same_meaning
from qa.markup import plain
from qa.schema import Acronym, Block, BlockKind, NoteContent, Span

__all__ = [
    "Glossary",
    "find_acronyms",
    "long_key",
    "meanings",
    "same_meaning",
    "short_forms_in",
    "short_key",
    "short_keys",
    "stems_said",
    "written_short",
]


def find_acronyms(content: NoteContent) -> tuple[Acronym, ...]:
    """The definitions in a note, in order, the first of each (short, long) pair only.

    `start:end` covers the words from the first to the last of both forms. The forms are without markup and on one line.
    """
    found: dict[tuple[str, str], Acronym] = {}
    tops: dict[int, Span] = {}
    for before, block in zip((None, *content.blocks), content.blocks, strict=False):
        if block.kind is BlockKind.METADATA:
            continue
        if block.kind is BlockKind.ROW and block.group is not None:
            tops.setdefault(block.group, Span(block.start, block.end))
        inside = _in_block(content.text, before, block, tops)
        for short, long, whole in sorted(inside, key=lambda one: (one.whole, one.short)):
            name = balanced(content.text, long)
            if name is None or (name != long and short in content.text[name.start : long.end]):  # "(TM), and others"
                continue
            words = plain(content.text[name.start : name.end])
            place = closed(content.text, Span(min(name.start, whole.start), whole.end))
            acronym = Acronym(short, words, content.note.note, place.start, place.end)
            found.setdefault((short_key(short), words.casefold()), acronym)
    return tuple(found.values())


def _in_block(text: str, before: Block | None, block: Block, tops: dict[int, Span]) -> Iterator[Found]:
    yield from in_sentences(text, block.start, block.end)
    around = (*block.headings, *block.lead_in, *([block.caption] if block.caption else []))
    glossary = any(names_a_glossary(text[span.start : span.end]) for span in around)
    if block.kind is not BlockKind.ROW:
        # "**ECC** – Emergency Coordination Centre" is read as a heading and what stands below it.
        runs_in = before and before.kind is BlockKind.HEADING and "\n" not in text[before.end : block.start]
        yield from in_lines(text, before.start if before and runs_in else block.start, block.end, glossary=glossary)
        return
    # A small table has no header that the reader is sure of; its first row may still say what the columns hold.
    top = tops.get(block.group) if block.group is not None else None
    header = block.header or (top if top and names_columns(text, top) else None)
    yield from in_row(text, Span(block.start, block.end), header, glossary=glossary)

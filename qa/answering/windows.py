"""How much around a sentence is said with it: what it points back to, then what stands beside it while that is short.

A fact often stands one sentence before or after the words that a question shares with its note.
"""

from __future__ import annotations

import re

from qa.answering.citations import block_at, blocks_in
from qa.answering.lists import list_of
from qa.answering.units import Unit, run_of
from qa.schema import Block, BlockKind, Hit, NoteContent, Sentence, Span

# What stands beside a sentence is said with it where its score is at least this share of the sentence's own.
FITS_TOO = 0.5
# Blocks that may be said together; a row, a question or a line of metadata stands by itself.
_RUNNING = (BlockKind.PARAGRAPH, BlockKind.BULLET, BlockKind.QUOTATION)
# What begins so means nothing without the sentence before it.
_POINTS_BACK = re.compile(
    r"(?:it|its|this|these|those|that|they|their|he|him|she|his|her|both|such|il|elle|ils|elles|ce|cette|ces|cela|"
    r"celui-ci|celle-ci)\b",
    re.IGNORECASE,
)


def window(content: NoteContent, hit: Hit, place: int, most: int) -> Unit:
    """The sentence at `place` of a hit with its neighbours there, the better ones first, up to `most` words."""
    sentence = hit.sentences[place]
    run = Span(sentence.start, sentence.end)
    before = hit.sentences[place - 1] if place else None
    if before and _POINTS_BACK.match(sentence.text) and _is_beside(content, run, before):
        run = Span(before.start, run.end)
    return grown(run_of(content, run, sentence.context), hit, place, most)


def grown(unit: Unit, hit: Hit, place: int, most: int) -> Unit:
    """The unit, which says the sentence at `place`, with what stands around it in a hit, the better neighbour first, up
    to `most` words. A list that is not yet part of it comes whole or not at all."""
    content, least = unit.content, FITS_TOO * hit.sentences[place].score
    while True:
        found = []
        for sentence in _neighbours(unit.run, hit):
            if sentence.score >= least and _is_beside(content, unit.run, sentence):
                part = _whole(unit, sentence)
                run = Span(min(unit.run.start, part.start), max(unit.run.end, part.end))
                larger = run_of(content, run, unit.context)
                # A hit that a caller made may have an empty sentence, which adds nothing.
                if larger.run != unit.run and larger.words <= most and len(larger.own) == 1:
                    found.append((sentence.score, larger))
        if not found:
            return unit
        unit = max(found, key=lambda one: one[0])[1]


def _neighbours(run: Span, hit: Hit) -> list[Sentence]:
    before = [sentence for sentence in hit.sentences if sentence.end <= run.start]
    after = [sentence for sentence in hit.sentences if sentence.start >= run.end]
    return before[-1:] + after[:1]


def _whole(unit: Unit, sentence: Sentence) -> Span:
    """A neighbour, with the list that it is of or leads in where the unit has no part in that."""
    content, block = unit.content, block_at(unit.content, sentence.start)
    own = [one.group for one in blocks_in(content, unit.run) if one.kind is BlockKind.BULLET]
    if block.kind is BlockKind.BULLET and block.group in own:
        return Span(sentence.start, sentence.end)
    listed = list_of(content, block, outermost=True) if block.kind is BlockKind.BULLET or _leads(sentence) else None
    # What leads a list in need not stand beside it, and then is no part of its run.
    spans = [Span(sentence.start, sentence.end), *([listed.run] if listed else [])]
    return Span(min(span.start for span in spans), max(span.end for span in spans))


def _leads(sentence: Sentence) -> bool:
    return sentence.text.endswith(":")


def _is_beside(content: NoteContent, run: Span, sentence: Sentence) -> bool:
    """Whether a neighbour may be said in one breath with a run."""
    blocks, other = blocks_in(content, run), block_at(content, sentence.start)
    own = blocks[0] if sentence.end <= run.start else blocks[-1]
    if own is other:
        return own.kind is not BlockKind.ROW
    return _runs(own) and _runs(other) and own.headings == other.headings


def _runs(block: Block) -> bool:
    return block.kind in _RUNNING

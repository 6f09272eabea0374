"""Blocks -> Passages of Sentences: what is embedded and searched, and what is quoted.

A passage is a run of blocks of one section, of about TARGET tokens together with its context and never more than the
embedding model reads. Lists and tables stay whole and with what leads them in where they fit; else they are split
between bullets or rows, and each part has the lead-in or header as context.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby

from qa.cells import named_cells
from qa.markup import plain
from qa.schema import Block, BlockKind, NoteContent, Passage, Sentence, Span
from qa.sentences import sentence_spans

RULES = "passages-1"
TARGET = 200
_LONGEST_TOKEN = 8  # characters for each token of the limit: what is longer is cut, however few tokens it has
_WHOLE = (BlockKind.METADATA, BlockKind.ROW, BlockKind.QUESTION)
_BAR = re.compile(r"\s*(?:(?<!\\)\||\t+)\s*")
_WORD_START = re.compile(r"\S")
_ENDED = re.compile(r"[.:;,!?…][\"'”’»)\]]*\Z")

CountTokens = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence, the block it is of, and its tokens."""

    sentence: Sentence
    block: Block
    cost: int


def split_passages(content: NoteContent, count_tokens: CountTokens, max_tokens: int) -> tuple[Passage, ...]:
    """The passages of a note, in order.

    count_tokens: the tokens that the embedding model makes of a text, its own marks included. max_tokens: the most it
    reads. `passage_text` of each passage and `sentence_text` of each sentence are within it. Every character of the
    note's blocks that is not white space and not a heading's is in one sentence of one passage.
    """
    return tuple(_Splitter(content, count_tokens, max_tokens).split())


def passage_text(text: str, passage: Passage) -> str:
    """What is embedded for a passage: its context, then its sentences, without markup. text: the note's."""
    parts = [_without_bars(text[span.start : span.end]) for span in passage.context]
    return _joined([*parts, *(_without_bars(sentence.text) for sentence in passage.sentences)])


def sentence_text(text: str, sentence: Sentence) -> str:
    """What is embedded for a sentence: its context and it, without markup. text: the note's.

    The cells of a table's row are named by its header: "Home: Larkrise; Beds: 96".
    """
    context = [text[span.start : span.end] for span in sentence.context]
    named = named_cells(text, sentence.context[-1], Span(sentence.start, sentence.end)) if context else None
    if named and len(named) > 1:
        row = "; ".join(f"{name}: {cell}" if name else cell for name, cell in named)
        return _joined([*map(_without_bars, context[:-1]), row])
    return _joined(map(_without_bars, [*context, sentence.text]))


def _without_bars(text: str) -> str:
    return plain(_BAR.sub(", ", text)) if "|" in text or "\t" in text else plain(text)


def _joined(parts: Iterable[str]) -> str:
    parts = [part for part in parts if part]
    return "".join(part + (" " if _ENDED.search(part[-4:]) else ". ") for part in parts[:-1]) + "".join(parts[-1:])


class _Splitter:
    def __init__(self, content: NoteContent, count_tokens: CountTokens, max_tokens: int) -> None:
        self.content, self.text = content, content.text
        self.count, self.limit = count_tokens, max_tokens
        self.empty = count_tokens("")
        self.longest = max_tokens * _LONGEST_TOKEN
        self.costs: dict[Span, int] = {}
        headings = (block for block in content.blocks if block.kind is BlockKind.HEADING)
        self.title = tuple(Span(block.start, block.end) for block in headings if block.level == 1)[:1]

    def split(self) -> Iterator[Passage]:
        body = (block for block in self.content.blocks if block.kind is not BlockKind.HEADING)
        for _, section in groupby(
            body, key=lambda block: (block.headings, block.kind is BlockKind.METADATA, block.page)
        ):
            current: list[_Unit] = []
            for atom in self._atoms(list(section)):
                opens = atom[0].block.kind is BlockKind.QUESTION
                if current and (opens or self._cost([*current, *atom]) > min(TARGET, self.limit)):
                    yield from self._passages(current)
                    current = []
                current = current + atom
            if current:
                yield from self._passages(current)

    # What stays together

    def _atoms(self, section: list[Block]) -> Iterator[list[_Unit]]:
        """Runs of units that stay together: a block, or a list or table with what leads it in, if that fits."""
        for group in _glued(section):
            blocks = [self._units(block) for block in group]
            units = [unit for block in blocks for unit in block]
            if self._cost(units) <= self.limit:
                yield units
            else:
                yield from self._parts(blocks)

    def _parts(self, blocks: list[list[_Unit]]) -> Iterator[list[_Unit]]:
        """What is too long to stay together, cut between blocks and, where a block is too long, between sentences."""
        held: list[_Unit] = []
        for block, after in zip(blocks, [*blocks[1:], []], strict=True):
            kept = _leading(block, after)
            part = block[: len(block) - len(kept)]
            if part:
                yield from self._whole_or_single([*held, *part])
                held = []
            held += kept

    def _whole_or_single(self, units: list[_Unit]) -> Iterator[list[_Unit]]:
        if self._cost(units) <= self.limit:
            yield units
        else:
            yield from ([unit] for unit in units)

    # What a sentence is

    def _units(self, block: Block) -> list[_Unit]:
        context = block.lead_in + tuple(span for span in (block.caption, block.header) if span)
        whole = [Span(block.start, block.end)]
        spans = whole if block.kind in _WHOLE else sentence_spans(self.text, block.start, block.end)
        if block.kind is BlockKind.QUOTATION:
            spans = [span for span in map(partial(_unquoted, self.text), spans) if span.start < span.end]
        return [unit for span in spans for unit in self._unit(block, span, context)]

    def _unit(self, block: Block, span: Span, context: tuple[Span, ...]) -> Iterator[_Unit]:
        cost = self._cost_of(span)
        if cost + self.empty <= self.limit:
            kept = self._fitting(context, self.limit - self.empty - cost)
            yield self._checked(block, Sentence(span.start, span.end, self.text[span.start : span.end], kept), cost)
            return
        kept = self._fitting(context, self.limit // 2)
        room = self.limit - self.empty - sum(map(self._cost_of, kept))
        room = min(room, self.limit - self.empty - self._heading_cost(block))
        for start, end in self._pieces(span, max(1, room)):
            sentence = Sentence(start, end, self.text[start:end], kept)
            yield self._checked(block, sentence, self._count(sentence.text))

    def _checked(self, block: Block, sentence: Sentence, cost: int) -> _Unit:
        """The unit of a sentence, less so much outer context as puts `sentence_text` over the limit."""
        while sentence.context and self.count(sentence_text(self.text, sentence)) > self.limit:
            sentence = replace(sentence, context=sentence.context[1:])
        return _Unit(sentence, block, cost)

    def _pieces(self, span: Span, room: int) -> Iterator[tuple[int, int]]:
        """A sentence that is too long, cut between words, or inside a word that is itself too long."""
        start = span.start
        while start < span.end:
            end = self._cut(start, min(span.end, start + min(self.longest, room * _LONGEST_TOKEN)), span.end)
            while end - start > 1 and (counted := self._count(self.text[start:end])) > room:
                end = self._cut(start, start + max(1, (end - start) * room * 9 // (counted * 10)), span.end)
            if self.text[start:end].strip():
                yield start, start + len(self.text[start:end].rstrip())
            start = _first_word(self.text, end, span.end)

    def _cut(self, start: int, end: int, last: int) -> int:
        if end >= last or self.text[end].isspace():
            return end
        spaces = [self.text.rfind(space, start + 1, end) for space in (" ", "\n")]
        return max(spaces) if max(spaces) > start else end

    # What they cost

    def _count(self, words: str) -> int:
        """The tokens of a part, without the model's own marks, and one to join it to the next."""
        return self.count(_without_bars(words)) - self.empty + 1

    def _cost_of(self, span: Span) -> int:
        if span.end - span.start > self.longest:
            return self.limit + 1
        if span not in self.costs:
            self.costs[span] = self.count(_without_bars(self.text[span.start : span.end])) - self.empty + 1
        return self.costs[span]

    def _heading_cost(self, block: Block) -> int:
        return sum(map(self._cost_of, self._fitting(self.title + block.headings, self.limit // 2)))

    def _cost(self, units: list[_Unit]) -> int:
        return self.empty + sum(unit.cost for unit in units) + sum(map(self._cost_of, self._context(units)))

    def _fitting(self, context: tuple[Span, ...], room: int) -> tuple[Span, ...]:
        """`context` without so many of its outer spans as are too long together."""
        while context and sum(map(self._cost_of, context)) > room:
            context = context[1:]
        return context

    def _context(self, units: list[_Unit]) -> tuple[Span, ...]:
        """Title, headings, lead-ins and headers of a passage, in order, less what it holds itself; half the limit."""
        if not units:
            return ()
        inside = Span(units[0].sentence.start, units[-1].sentence.end)
        spans = {span for unit in units for span in unit.sentence.context}
        spans |= set(self.title + units[0].block.headings)
        return self._fitting(tuple(sorted(span for span in spans if not span.overlaps(inside))), self.limit // 2)

    # What a passage is

    def _passages(self, units: list[_Unit]) -> Iterator[Passage]:
        """The passage of `units`, or more than one where the tokens of the whole are more than those of its parts."""
        passage = self._passage(units)
        while self.count(passage_text(self.text, passage)) > self.limit:
            if len(units) > 1:
                yield from self._passages(units[: len(units) // 2])
                yield from self._passages(units[len(units) // 2 :])
                return
            if not passage.context:
                break
            passage = replace(passage, context=passage.context[1:])
        yield passage

    def _passage(self, units: list[_Unit]) -> Passage:
        block = units[0].block
        names = [plain(self.text[span.start : span.end]).rstrip(" .:") for span in block.headings]
        return Passage(
            note=self.content.note.note,
            start=units[0].sentence.start,
            end=units[-1].sentence.end,
            context=self._context(units),
            sentences=tuple(unit.sentence for unit in units),
            section=" > ".join(names),
            page=block.page,
        )


def _glued(section: list[Block]) -> Iterator[list[Block]]:
    """Blocks that belong together: a list, a table, a question, each with what leads it in."""
    group: list[Block] = []
    for block in section:
        if group and not _belongs(group, block):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _belongs(group: list[Block], block: Block) -> bool:
    if block.group is not None and block.group == group[-1].group:
        return True
    hung_on = [*block.lead_in[:1], *([block.caption] if block.caption else [])]
    return any(span.start >= group[0].start for span in hung_on)


def _leading(block: list[_Unit], after: list[_Unit]) -> list[_Unit]:
    """The units at the end of `block` that lead in what comes after."""
    if not after or not block:
        return []
    starts = [span.start for span in after[0].sentence.context if span.start >= block[0].sentence.start]
    return [unit for unit in block if starts and unit.sentence.start >= min(starts)]


def _first_word(text: str, start: int, end: int) -> int:
    match = _WORD_START.search(text, start, end)
    return match.start() if match else end


def _unquoted(text: str, span: Span) -> Span:
    words = text[span.start : span.end]
    return Span(span.start + len(words) - len(words.lstrip("> \t\n")), span.start + len(words.rstrip("> \t\n")))

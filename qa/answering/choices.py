"""The sentences of the hits as what may answer: how well each fits, and whether it holds the kind that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from qa.answering.citations import block_at
from qa.answering.kinds import Kind, asks_what_not, denies, enumerates, holds
from qa.answering.orders import gives_orders
from qa.schema import Block, BlockKind, Hit, NoteContent, Sentence, Span

# What a sentence gains for holding the kind of thing that is asked for: less where most sentences hold one.
KIND_BONUS = {
    Kind.MONEY: 0.1,
    Kind.QUANTITY: 0.1,
    Kind.LIST: 0.1,
    Kind.WHAT: 0.1,
    Kind.PERMISSION: 0.1,
    Kind.WHO: 0.1,
    Kind.WHEN: 0.05,
    Kind.LAW: 0.05,
}
# What a sentence gains where it is asked what is not to be, and its lead-in or heading, or it, says so. "Not" is no
# word that is searched for, and to a vector what to say and what not to say are nearly the same.
UNDER_DENIAL_BONUS, DENIAL_BONUS = 0.3, 0.1
# What a line like "Prepared for: ..." loses: it shares its words with many questions and seldom answers one.
METADATA_LOSS = 0.1
# What a sentence loses that orders a program to answer so: it comes after all that do not.
ORDER_LOSS = 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """The sentence at `place` of a hit, and how well it answers; higher is better, within one search only."""

    hit: Hit
    place: int
    content: NoteContent
    score: float

    @property
    def sentence(self) -> Sentence:
        return self.hit.sentences[self.place]


def ranked(
    kind: Kind, question: str, hits: Sequence[Hit], blocks: Callable[[str], NoteContent], least: float
) -> list[Choice]:
    """The sentences of the hits that may answer, best first. blocks: a note's path to its text and blocks.

    least: a share of the best one's score; of those below it some are left out, which are then not looked at.
    """
    asks_denied = asks_what_not(kind, question)
    most = KIND_BONUS.get(kind, 0.0) + (UNDER_DENIAL_BONUS if asks_denied else 0.0)
    headers = cache(lambda note: _table_headers(blocks(note)))
    choices, best = list[Choice](), 0.0
    for hit, place in sorted(_places(hits), key=lambda at: -at[0].sentences[at[1]].score):
        content, sentence = blocks(hit.note), hit.sentences[place]
        if sentence.score + most < least * best:
            break
        block = block_at(content, sentence.start)
        if block.kind is BlockKind.QUESTION or block in headers(hit.note):
            continue  # its answer, or the rows below it, are the statements
        bonus = KIND_BONUS.get(kind, 0.0) if _fits(kind, content, block, sentence) else 0.0
        bonus += _denial_bonus(content, block, sentence) if asks_denied else 0.0
        loss = METADATA_LOSS if block.kind is BlockKind.METADATA else 0.0
        loss += ORDER_LOSS if gives_orders(sentence.text) else 0.0
        choices.append(Choice(hit, place, content, sentence.score + bonus - loss))
        best = max(best, choices[-1].score)
    return sorted(choices, key=lambda choice: (-choice.score, choice.hit.note, choice.sentence.start))


def _places(hits: Sequence[Hit]) -> Iterator[tuple[Hit, int]]:
    """Each sentence of the hits, as a hit and its place there."""
    return ((hit, place) for hit in hits for place in range(len(hit.sentences)))


def _table_headers(content: NoteContent) -> set[Block]:
    spans = {block.header for block in content.blocks if block.header}
    return {block for block in content.blocks if Span(block.start, block.end) in spans} if spans else set()


def _denial_bonus(content: NoteContent, block: Block, sentence: Sentence) -> float:
    """What a sentence gains for saying what is not to be, or for hanging on a lead-in or a heading that does."""
    above = [content.text[span.start : span.end] for span in (*block.headings, *sentence.context)]
    if sentence.text.endswith(":"):
        above.append(sentence.text)  # it is a lead-in itself
    if any(denies(text) for text in above):
        return UNDER_DENIAL_BONUS
    return DENIAL_BONUS if denies(sentence.text) else 0.0


def _fits(kind: Kind, content: NoteContent, block: Block, sentence: Sentence) -> bool:
    if kind in (Kind.LIST, Kind.WHAT):
        listed = block.kind in (BlockKind.BULLET, BlockKind.ROW) or sentence.text.endswith(":")
        return listed or enumerates(sentence.text)
    if kind is Kind.PERMISSION:  # "The owner may not:" says so of each of its bullets
        return any(
            holds(kind, content.text[span.start : span.end])
            for span in (*sentence.context, Span(sentence.start, sentence.end))
        )
    return kind is not Kind.OTHER and holds(kind, sentence.text)

"""The embedded answerer: no model, only quotes. It picks what answers and says it in the notes' own words.

It says the best sentence with what stands around it, or the list that the sentence belongs to; then what adds a part of
the question that was not yet touched. Between notes that say nearly the same, the newest one is quoted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from qa.acronyms import meanings, short_key
from qa.answering.citations import Citer, block_at
from qa.answering.kinds import Kind, asks_more, asks_to_expand, asks_what_is, compares, holds, kind_of
from qa.answering.short_forms import typed
from qa.answering.time import in_time
from qa.answering.units import Unit, definition_of, list_of, table_of, unit_of
from qa.schema import Acronym, Block, BlockKind, Hit, NoteContent, Query, Sentence, Span, Statement
from qa.terms import stems

MOST_STATEMENTS = 3
# A statement takes in neighbours of its sentence up to so many words, and a whole list that is no longer than this.
MOST_WORDS_AROUND = 60
MOST_WORDS_OF_A_LIST = 60
MOST_WORDS_OF_A_TABLE = 150
MOST_WORDS = 80
# What a sentence gains for holding the kind of thing that is asked for.
KIND_BONUS = 0.1
# What a line like "Prepared for: ..." loses: it shares its words with many questions and seldom answers one.
METADATA_LOSS = 0.1
# A further statement must come this near to the first.
NEAR_THE_BEST = 0.85
# ... and so near where it adds no part of the question.
AS_GOOD = 0.95


@dataclass(frozen=True, slots=True)
class _Choice:
    hit: Hit
    place: int
    content: NoteContent
    score: float

    @property
    def sentence(self) -> Sentence:
        return self.hit.sentences[self.place]


def answer(query: Query, hits: Sequence[Hit], blocks: Callable[[str], NoteContent]) -> Iterator[Statement]:
    """The statements that answer `query` from `hits`, best first. blocks: a note's path to its text and blocks."""
    citer = Citer()
    for unit in _units(query, hits, blocks):
        yield Statement(unit.text, tuple(citer.cite(unit.content, span) for span in unit.spans))


def definitions(query: Query, hits: Sequence[Hit]) -> tuple[Acronym, ...]:
    """What says what the short forms of a question stand for, one for each meaning, where the question asks that."""
    shorts = typed(query, hits)
    found: dict[str, list[Acronym]] = {}
    for acronym in query.acronyms:
        short = short_key(acronym.short)
        if short in shorts and asks_what_is(query.question, short):
            found.setdefault(short, []).append(acronym)
    return tuple(meaning[0] for readings in found.values() for meaning in meanings(readings))


def looks_up(query: Query, hits: Sequence[Hit]) -> bool:
    """Whether definitions are all that is asked for, so that nothing needs to be searched."""
    only = kind_of(query.question) in (Kind.DEFINITION, Kind.OTHER) and not asks_more(query.question)
    return only and bool(definitions(query, hits))


def _units(query: Query, hits: Sequence[Hit], blocks: Callable[[str], NoteContent]) -> list[Unit]:
    kind = kind_of(query.question)
    all_rows = kind is Kind.LIST or compares(query.question)
    choices = _ranked(kind, hits, blocks)
    defined = definitions(query, hits)
    units = [definition_of(blocks(acronym.note), acronym) for acronym in defined]
    if defined and all(asks_to_expand(query.question, short_key(acronym.short)) for acronym in defined):
        return units
    asked = {term.stem for term in query.terms}
    touched = set[str]().union(*(_stems(unit) for unit in units))
    for choice in choices:
        if len(units) >= MOST_STATEMENTS or choice.score < NEAR_THE_BEST * choices[0].score:
            break
        unit = _unit(kind, in_time(query, choice, choices), all_rows=all_rows)
        held = [other for other in units[: len(defined)] if _overlap(unit, other)]
        if held and unit.spans[-1] not in (other.spans[-1] for other in held):
            units[units.index(held[0])] = unit  # it says what the short form stands for, and more
            touched |= _stems(unit)
        if any(_overlap(unit, other) for other in units):
            continue
        long = sum(len(one.text.split()) for one in (*units, unit)) > MOST_WORDS
        adds = (_stems(unit) & asked) - touched or choice.score >= AS_GOOD * choices[0].score
        if units and (long or not adds):
            continue
        units.append(unit)
        touched |= _stems(unit)
    return units


def _ranked(kind: Kind, hits: Sequence[Hit], blocks: Callable[[str], NoteContent]) -> list[_Choice]:
    choices = []
    for hit in hits:
        content = blocks(hit.note)
        headers = _table_headers(content)
        for place, sentence in enumerate(hit.sentences):
            block = block_at(content, sentence.start)
            if block.kind is BlockKind.QUESTION or block in headers:
                continue  # its answer, or the rows below it, are the statements
            bonus = KIND_BONUS if _fits(kind, block, sentence) else 0.0
            loss = METADATA_LOSS if block.kind is BlockKind.METADATA else 0.0
            choices.append(_Choice(hit, place, content, sentence.score + bonus - loss))
    return sorted(choices, key=lambda choice: (-choice.score, choice.hit.note, choice.sentence.start))


def _table_headers(content: NoteContent) -> set[Block]:
    spans = {block.header for block in content.blocks if block.header}
    return {block for block in content.blocks if Span(block.start, block.end) in spans}


def _fits(kind: Kind, block: Block, sentence: Sentence) -> bool:
    if kind is Kind.LIST:
        return block.kind in (BlockKind.BULLET, BlockKind.ROW) or sentence.text.endswith(":")
    return kind is not Kind.OTHER and holds(kind, sentence.text)


def _unit(kind: Kind, choice: _Choice, *, all_rows: bool) -> Unit:
    if all_rows:
        table = table_of(choice.content, block_at(choice.content, choice.sentence.start))
        if table and len(table.text.split()) <= MOST_WORDS_OF_A_TABLE:
            return table
    around = _around(choice)
    whole = _list(kind, choice.content, choice.sentence, leads_in=around.text.endswith(":"))
    return whole or unit_of(choice.content, around, choice.hit.sentences[: choice.place])


def _list(kind: Kind, content: NoteContent, sentence: Sentence, *, leads_in: bool) -> Unit | None:
    """The whole list that a sentence is part of, where that is asked for, or is short, or the sentence leads it in."""
    at = content.blocks.index(block_at(content, sentence.start))
    block, after = content.blocks[at], content.blocks[at + 1 : at + 2]
    if kind is Kind.LIST and block.kind is BlockKind.PARAGRAPH and after and after[0].kind is BlockKind.BULLET:
        return list_of(content, after[0])
    if not leads_in and block.kind is not BlockKind.BULLET:
        return None
    whole = list_of(content, block, outermost=kind is Kind.LIST)
    short = whole is not None and len(whole.text.split()) <= MOST_WORDS_OF_A_LIST
    return whole if leads_in or short or kind is Kind.LIST else None


def _around(choice: _Choice) -> Sentence:
    """The sentence with neighbours of its block, the better one first, while they are short."""
    block = block_at(choice.content, choice.sentence.start)
    sentences = choice.hit.sentences
    first = last = choice.place
    while True:
        beside = [
            at
            for at in (first - 1, last + 1)
            if 0 <= at < len(sentences) and block.start <= sentences[at].start < block.end
        ]
        if not beside:
            break
        best = max(beside, key=lambda at: sentences[at].score)
        start, end = sentences[min(first, best)].start, sentences[max(last, best)].end
        if len(choice.content.text[start:end].split()) > MOST_WORDS_AROUND:
            break
        first, last = min(first, best), max(last, best)
    start, end = sentences[first].start, sentences[last].end
    return Sentence(start, end, choice.content.text[start:end], choice.sentence.context)


def _stems(unit: Unit) -> set[str]:
    return set(stems(unit.text, unit.content.note.language))


def _overlap(unit: Unit, other: Unit) -> bool:
    return unit.content.note.note == other.content.note.note and any(
        mine.overlaps(theirs) for mine in unit.spans[-1:] for theirs in other.spans[-1:]
    )

"""The embedded answerer: no model, only quotes. It picks what answers and says it in the notes' own words.

It says the best sentence with what stands around it, or the list that the sentence belongs to; then what adds a part of
the question that was not yet touched. Between notes that say nearly the same, the newest one is quoted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from qa.acronyms import meanings, short_key
from qa.answering.citations import Citer, block_at
from qa.answering.expanding import asks_to_expand, asks_what_is
from qa.answering.kinds import Kind, asks_more, asks_nothing_new, compares, enumerates, holds, kind_of
from qa.answering.short_forms import typed
from qa.answering.time import in_time
from qa.answering.units import Unit, definition_of, list_of, table_of
from qa.answering.windows import grown, window
from qa.schema import Acronym, Block, BlockKind, Hit, NoteContent, Query, Sentence, Span, Statement
from qa.terms import stems

MOST_STATEMENTS = 3
# A statement takes in what stands around its sentence up to so many words: beside others, and alone.
MOST_WORDS_BESIDE, MOST_WORDS_AFTER, MOST_WORDS_ALONE = 50, 30, 70
# ... or than this where several things may be asked for. Where a list is asked for it has no limit.
MOST_WORDS_OF_A_LIST, MOST_WORDS_WHERE_MANY = 75, 100
MOST_WORDS_OF_A_TABLE = 150
MOST_WORDS = 80
# What a sentence gains for holding the kind of thing that is asked for: less where most sentences hold one.
KIND_BONUS = {
    Kind.MONEY: 0.1,
    Kind.QUANTITY: 0.1,
    Kind.LIST: 0.1,
    Kind.WHAT: 0.1,
    Kind.PERMISSION: 0.1,
    Kind.WHO: 0.1,
    Kind.DEFINITION: 0.1,
    Kind.WHEN: 0.05,
    Kind.LAW: 0.05,
}
# What a line like "Prepared for: ..." loses: it shares its words with many questions and seldom answers one.
METADATA_LOSS = 0.1
# What several things may answer, though one may too.
_SEVERAL = (Kind.LIST, Kind.WHAT, Kind.PERMISSION)
# A further statement must come this near to the first.
NEAR_THE_BEST = 0.9
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


def answer(
    query: Query,
    hits: Sequence[Hit],
    blocks: Callable[[str], NoteContent],
    parts: Sequence[tuple[Query, Sequence[Hit]]] = (),
) -> Iterator[Statement]:
    """The statements that answer `query` from `hits`, best first.

    blocks: a note's path to its text and blocks. parts: the questions that it is made of, each with its own hits; what
    answers one of them is said after what answers the whole.
    """
    citer = Citer()
    for unit in _with_parts(query, hits, blocks, parts) if parts else _units(query, hits, blocks, MOST_WORDS_ALONE):
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


def _with_parts(
    query: Query,
    hits: Sequence[Hit],
    blocks: Callable[[str], NoteContent],
    parts: Sequence[tuple[Query, Sequence[Hit]]],
) -> list[Unit]:
    """What answers the whole best, then what answers each part best."""
    units = _units(query, hits, blocks, MOST_WORDS_BESIDE)[:1]
    for part, found in parts:
        best = _units(part, found, blocks, MOST_WORDS_AFTER)[:1]
        units += [unit for unit in best if not any(_overlap(unit, other) for other in units)]
    return units[:MOST_STATEMENTS]


def _units(query: Query, hits: Sequence[Hit], blocks: Callable[[str], NoteContent], alone: int) -> list[Unit]:
    """What answers one question. alone: the most words of a statement that is the only one."""
    kind = _asked_kind(query)
    all_rows = kind is Kind.LIST or compares(query.question)
    choices = _ranked(kind, hits, blocks)
    defined = definitions(query, hits)
    units = [definition_of(blocks(acronym.note), acronym) for acronym in defined]
    if defined and all(asks_to_expand(query.question, short_key(acronym.short)) for acronym in defined):
        return units
    asked = {term.stem for term in query.terms}
    touched = set[str]().union(*(_stems(unit) for unit in units))
    said: list[tuple[Unit, _Choice]] = []
    for choice in choices:
        if len(units) >= MOST_STATEMENTS or choice.score < NEAR_THE_BEST * choices[0].score:
            break
        timely = in_time(query, choice, choices)
        unit = _unit(kind, timely, MOST_WORDS_AFTER if units else min(alone, MOST_WORDS_BESIDE), all_rows=all_rows)
        held = [other for other in units[: len(defined)] if _overlap(unit, other)]
        if held and unit.run not in (other.run for other in held):
            units[units.index(held[0])] = unit  # it says what the short form stands for, and more
            touched |= _stems(unit)
        if any(_overlap(unit, other) for other in units) or _said_anew(query, timely, said):
            continue
        long = sum(one.words for one in (*units, unit)) > MOST_WORDS
        adds = (_stems(unit) & asked) - touched or choice.score >= AS_GOOD * choices[0].score
        if units and (long or not adds):
            continue
        units.append(unit)
        said.append((unit, timely))
        touched |= _stems(unit)
    if len(units) == len(said) == 1:
        return [grown(units[0], said[0][1].hit, said[0][1].place, alone)]
    return units


def _said_anew(query: Query, choice: _Choice, said: Sequence[tuple[Unit, _Choice]]) -> bool:
    """Whether the edition that is asked for was quoted already: old values are told beside an answer and not in it."""
    ahead = query.behind.get(choice.hit.note, ())
    return any(other.hit.note in ahead for _, other in said)


def _ranked(kind: Kind, hits: Sequence[Hit], blocks: Callable[[str], NoteContent]) -> list[_Choice]:
    choices = []
    for hit in hits:
        content = blocks(hit.note)
        headers = _table_headers(content)
        for place, sentence in enumerate(hit.sentences):
            block = block_at(content, sentence.start)
            if block.kind is BlockKind.QUESTION or block in headers:
                continue  # its answer, or the rows below it, are the statements
            bonus = KIND_BONUS.get(kind, 0.0) if _fits(kind, content, block, sentence) else 0.0
            loss = METADATA_LOSS if block.kind is BlockKind.METADATA else 0.0
            choices.append(_Choice(hit, place, content, sentence.score + bonus - loss))
    return sorted(choices, key=lambda choice: (-choice.score, choice.hit.note, choice.sentence.start))


def _table_headers(content: NoteContent) -> set[Block]:
    spans = {block.header for block in content.blocks if block.header}
    return {block for block in content.blocks if Span(block.start, block.end) in spans}


def _fits(kind: Kind, content: NoteContent, block: Block, sentence: Sentence) -> bool:
    if kind in (Kind.LIST, Kind.WHAT):
        listed = block.kind in (BlockKind.BULLET, BlockKind.ROW) or sentence.text.endswith(":")
        return listed or enumerates(sentence.text)
    if kind is Kind.PERMISSION:  # "The owner may not:" says so of each of its bullets
        return any(holds(kind, content.text[span.start : span.end]) for span in (*sentence.context, _span(sentence)))
    return kind is not Kind.OTHER and holds(kind, sentence.text)


def _asked_kind(query: Query) -> Kind:
    """The kind that is asked for; of "And in the east?" that of the turn before."""
    return kind_of(query.before if query.before and asks_nothing_new(query.question) else query.question)


def _unit(kind: Kind, choice: _Choice, most: int, *, all_rows: bool) -> Unit:
    if all_rows:
        table = table_of(choice.content, block_at(choice.content, choice.sentence.start))
        if table and len(table.text.split()) <= MOST_WORDS_OF_A_TABLE:
            return table
    around = window(choice.content, choice.hit, choice.place, most)
    return _list(kind, choice.content, choice.sentence) or around


def _list(kind: Kind, content: NoteContent, sentence: Sentence) -> Unit | None:
    """The whole list that a sentence is part of, where that is asked for, or is short, or the sentence leads it in."""
    at = content.blocks.index(block_at(content, sentence.start))
    block, after = content.blocks[at], content.blocks[at + 1 : at + 2]
    asked = kind in _SEVERAL
    leads_in = sentence.text.endswith(":")
    if block.kind is BlockKind.BULLET or leads_in:
        whole = list_of(content, block, outermost=asked)
    elif asked and block.kind is BlockKind.PARAGRAPH and after and after[0].kind is BlockKind.BULLET:
        whole = list_of(content, after[0], outermost=True)
    else:
        return None
    if leads_in or kind is Kind.LIST:
        return whole  # a lead-in without what it leads in says nothing
    most = MOST_WORDS_WHERE_MANY if asked else MOST_WORDS_OF_A_LIST
    return whole if whole and whole.words <= most else None


def _span(sentence: Sentence) -> Span:
    return Span(sentence.start, sentence.end)


def _stems(unit: Unit) -> set[str]:
    return set(stems(unit.text, unit.content.note.language))


def _overlap(unit: Unit, other: Unit) -> bool:
    return unit.content.note.note == other.content.note.note and unit.run.overlaps(other.run)

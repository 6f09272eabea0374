"""The embedded answerer: no model, only quotes. It picks what answers and says it in the notes' own words.

It says the best sentence with what stands around it, or the list that the sentence belongs to; then what adds a part of
the question that was not yet touched. Between notes that say nearly the same, the newest one is quoted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from qa.acronyms import meanings, short_key
from qa.answering.choices import Choice, ranked
from qa.answering.citations import Citer, block_at
from qa.answering.expanding import asked_to_expand, asked_what_is
from qa.answering.kinds import Kind, asked_kind, asks_more, compares, kind_of
from qa.answering.lists import list_of
from qa.answering.short_forms import typed
from qa.answering.time import SAME_SCORE, in_time, is_behind
from qa.answering.units import Unit, definition_of, table_of
from qa.answering.windows import grown, window
from qa.schema import Acronym, BlockKind, Hit, NoteContent, Query, Sentence, Statement
from qa.terms import stems

MOST_STATEMENTS = 3
# A statement takes in what stands around its sentence up to so many words: beside others, and alone.
MOST_WORDS_BESIDE, MOST_WORDS_AFTER, MOST_WORDS_ALONE = 50, 30, 70
# ... or than this where several things may be asked for. Where a list is asked for only lists.py limits it.
MOST_WORDS_OF_A_LIST, MOST_WORDS_WHERE_MANY = 75, 100
MOST_WORDS_OF_A_TABLE = 150
MOST_WORDS = 80
# What several things may answer, though one may too.
_SEVERAL = (Kind.LIST, Kind.WHAT, Kind.PERMISSION)
# A further statement must come this near to the first.
NEAR_THE_BEST = 0.9
# ... and so near where it adds no part of the question.
AS_GOOD = 0.95


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
    shorts = asked_what_is(query.question, typed(query, hits))
    found: dict[str, list[Acronym]] = {}
    for acronym in query.acronyms:
        short = short_key(acronym.short)
        if short in shorts:
            found.setdefault(short, []).append(acronym)
    return tuple(meaning[0] for readings in found.values() for meaning in meanings(readings))


def looks_up(query: Query, hits: Sequence[Hit]) -> bool:
    """Whether definitions are all that is asked for, so that nothing needs to be searched."""
    defined = definitions(query, hits)
    if _only_expands(query, defined):
        return True  # also of one that is a word besides ("what does act stand for")
    return bool(defined) and kind_of(query.question) in (Kind.DEFINITION, Kind.OTHER) and not asks_more(query.question)


def _only_expands(query: Query, defined: Sequence[Acronym]) -> bool:
    shorts = {short_key(acronym.short) for acronym in defined}
    return bool(shorts) and asked_to_expand(query.question, shorts) == shorts


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
    kind = asked_kind(query)
    all_rows = kind is Kind.LIST or compares(query.question)
    # What is said comes near the best, and what is said instead of it comes near that.
    choices = ranked(kind, query.question, hits, blocks, NEAR_THE_BEST * SAME_SCORE)
    defined = definitions(query, hits)
    units = [definition_of(blocks(acronym.note), acronym) for acronym in defined]
    if _only_expands(query, defined):
        return units
    asked = {term.stem for term in query.terms}
    touched = set[str]().union(*(_stems(unit) for unit in units))
    said: list[tuple[Unit, Choice]] = []
    for choice in choices:
        if len(units) >= MOST_STATEMENTS or choice.score < NEAR_THE_BEST * choices[0].score:
            break
        timely = in_time(query, choice, choices)
        unit = _unit(kind, timely, MOST_WORDS_AFTER if units else min(alone, MOST_WORDS_BESIDE), all_rows=all_rows)
        held = [other for other in units[: len(defined)] if _overlap(unit, other)]
        if held and unit.run not in (other.run for other in held):
            units[units.index(held[0])] = unit  # it says what the short form stands for, and more
            touched |= _stems(unit)
        if any(_overlap(unit, other) for other in units) or _gives_old_value(query, timely, said):
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


def _gives_old_value(query: Query, choice: Choice, said: Sequence[tuple[Unit, Choice]]) -> bool:
    """Whether the edition that is asked for was quoted already: old values are told beside an answer and not in it."""
    ahead = query.behind.get(choice.hit.note, ()) if is_behind(query, choice) else ()
    return any(other.hit.note in ahead for _, other in said)


def _unit(kind: Kind, choice: Choice, most: int, *, all_rows: bool) -> Unit:
    if all_rows:
        table = table_of(choice.content, block_at(choice.content, choice.sentence.start))
        if table and table.words <= MOST_WORDS_OF_A_TABLE:
            return table
    around = window(choice.content, choice.hit, choice.place, most)
    return _list(kind, choice.content, choice.sentence) or around


def _list(kind: Kind, content: NoteContent, sentence: Sentence) -> Unit | None:
    """The list that a sentence is part of, where that is asked for, or is short, or the sentence leads it in."""
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


def _stems(unit: Unit) -> set[str]:
    return set(stems(unit.text, unit.content.note.language))


def _overlap(unit: Unit, other: Unit) -> bool:
    return unit.content.note.note == other.content.note.note and unit.run.overlaps(other.run)

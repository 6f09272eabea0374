"""A question, with what the conversation and the binder's acronyms add to it, as a Query.

A follow-up ("and when was it established?") is searched together with the user turn before it, which says what "it" is,
and with what that one leans on; older turns have more often moved on to something else. A chat model's rewrite may take
the place of both. A question that stands by itself is searched by itself: what was asked before would only pull its
answer back to the old subject.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.acronyms import Glossary, short_key
from qa.editions import Editions
from qa.errors import QuestionError
from qa.retrieval.filters import allowed
from qa.retrieval.parts import parts_of
from qa.retrieval.period import asks_for_former, asks_for_original, period_of, year_of
from qa.retrieval.readings import taken, terms_of
from qa.schema import Note, Query
from qa.terms import ENGLISH, FRENCH, fold, guess_language, stems, words

MAX_QUESTION = 10_000
HISTORY_WEIGHT = 0.5
MOST_TURNS = 3
USER = ("user", "human")
NO_ACRONYMS = Glossary()
# Words that stand for something said before. "This", "that" and "there" more often point into the question itself.
_POINTS_BACK = re.compile(
    r"\b(?:its?|they|them|theirs?|he|him|his|she|hers?|those|these(?! notes)|the (?:same|former|latter|other)|"
    r"(?:the|which|that|this|another) ones?|"
    r"(?:how|what|why|when|where|who) (?:is|was|does|did) (?:that|this)(?! (?:year|month|week|note))|"
    r"ils?|elles?|lui|leurs?|celui|celle|ceux|celles)\b"
)
_PRONOUN = r"(?:its?|they|them|their|he|him|his|she|hers?|ils?|elles?|lui|leurs?)"
# What they stand for may be in the question: "Who is the Chair and what is his role?", "Which towns send their mayors?"
# The first is looked for clause by clause and in three steps: as one pattern it takes a minute for a long question.
_THING = re.compile(r"\b(?:the|an?|le|la|les|l|une?|des|du) \w+")
_AND = re.compile(r"\b(?:and|or|et|ou)\b")
_ITS = re.compile(rf"\b{_PRONOUN}\b")
_WHICH_THEIR = re.compile(r"^(?:which|what|how many|quels?|quelles?|combien de) \w+(?: \w+){1,3} (?:their|leurs?)\b")
# "Quand le traité est-il entré en vigueur ?", "Y a-t-il un plan ?": here the pronoun only makes a question.
# Characters before such a pronoun among which its subject stands.
_LOOKED_BACK = 300
_INVERTED = re.compile(r"(?<=[^\W\d_])-(?:t-)?(?:ils?|elles?|on)\b")
_SUBJECT = re.compile(r"\by a\Z|\b(?:le|la|les|une?|des|du|ce|cet|cette|ces)\s+\w|\bl['’]\w")
_TIME_OF_DAY = re.compile(r"\bwhat time is it\b|\bquelle heure est il\b")
_CONTINUES = re.compile(r"(?:and|but|or|so|ok|okay|also|what about|how about|et|mais|ou|alors|donc|qu en est il)\b")


def build_query(
    question: str,
    *,
    history: Sequence[Any] = (),
    known: Sequence[Note] = (),
    glossary: Glossary = NO_ACRONYMS,
    editions: Editions | None = None,
    rewrite: str | None = None,
    as_of: date | None = None,
    since: date | None = None,
    until: date | None = None,
    notes: Sequence[str] | None = None,
    language: str | None = None,
) -> Query:
    """The Query for a question.

    history: (role, text) pairs or LangChain messages, oldest first. known, glossary: the binder's notes and short
    forms, of which the filters leave some. editions: which of the notes overtakes which. rewrite: the question as a
    chat model made it stand by itself; it is searched instead of question and history, unless it holds no word; the
    words of the question are searched for in any case.
    Raises QuestionError where the question holds no word, or is longer than MAX_QUESTION characters.
    """
    question = checked(question)
    _check_filters(as_of, since, until, notes, language)
    rewritten = _clean(rewrite or "")[:MAX_QUESTION]
    text = rewritten if words(rewritten) else question
    before = _leant_on(history) if text == question and _follows_up(question) else ""
    said = f"{before} {text}".strip()
    period = period_of(said)
    query = Query(
        question=question,
        text=text,
        before=before,
        terms=(),
        asked_in=guess_language(said),
        language=language,
        as_of=as_of,
        since=since,
        until=until,
        notes=None if notes is None else tuple(notes),
        period=period,
        former=period is None and asks_for_former(said),
        original=period is None and asks_for_original(said),
        year=year_of(said),
    )
    within = allowed(query, known)
    return _with_terms(_in_time(query, editions, within), glossary, within)


def _in_time(query: Query, editions: Editions | None, within: Sequence[str] | None) -> Query:
    """The query with the notes that the time it asks for leaves behind, among those `within` its filters."""
    if editions is None:
        return query
    left = None if within is None else frozenset(within)
    behind = editions.behind(query.period, former=query.former, original=query.original, within=left)
    return replace(query, behind=behind)


def _with_terms(query: Query, glossary: Glossary, within: Sequence[str] | None) -> Query:
    """The query with its terms, and the short forms in it as the notes `within` its filters define them."""
    notes = None if within is None else frozenset(within)
    readings = taken(f"{query.before} {query.text}", glossary, notes)
    shorts = dict.fromkeys(short_key(reading.short) for reading in readings)
    terms = {term.stem: term for term in terms_of(query.text, query.asked_in, readings, 1.0)}
    if query.text != query.question:  # a model may have left out a word that was asked for
        for term in terms_of(query.question, query.asked_in, readings, 1.0):
            terms.setdefault(term.stem, term)
    for term in terms_of(query.before, query.asked_in, readings, HISTORY_WEIGHT):
        terms.setdefault(term.stem, term)
    return replace(
        query,
        terms=tuple(terms.values()),
        acronyms=readings,
        definitions=tuple(one for short in shorts for one in glossary.definitions(short, notes)),
    )


def part_queries(query: Query, glossary: Glossary, known: Sequence[Note]) -> tuple[Query, ...]:
    """A Query for each question that `query` is made of, leaning on the whole; none where it is only one.

    glossary, known: as of `build_query`.
    """
    before = f"{query.before} {query.question}".strip()
    parts = [replace(query, question=part, text=part, before=before) for part in parts_of(query.question)]
    return tuple(_with_terms(part, glossary, allowed(query, known)) for part in parts)


def turns_of(history: Sequence[Any]) -> list[tuple[str, str]]:
    """A history as ("user" or "assistant", text) pairs, oldest first. Raises QuestionError for what is no turn."""
    said = [(role, _clean(text)) for role, text in map(_role_and_text, history)]
    return [("user" if role in USER else "assistant", text) for role, text in said if text]


def query_vector(query: Query, encode: Callable[[str], NDArray[np.float32]]) -> NDArray[np.float32]:
    """What is searched by, (d,), L2-normalised: the question's vector, and with it that of the turn it leans on.

    encode: a text to its vector, L2-normalised.
    """
    own = encode(query.text)
    if not query.before:
        return own
    mixed = own + HISTORY_WEIGHT * encode(query.before)
    unit: NDArray[np.float32] = mixed / np.linalg.norm(mixed)
    return unit


def checked(question: str) -> str:
    if not isinstance(question, str):
        raise QuestionError(f"A question is a text, not {question!r}.")
    cleaned = _clean(question)
    if len(cleaned) > MAX_QUESTION:
        raise QuestionError(
            f"The question has {len(cleaned):,} characters; at most {MAX_QUESTION:,} are read. Ask one thing at a time."
        )
    if not words(cleaned):
        raise QuestionError("The question holds no word. Ask in words, for example: Who is the Minister's counterpart?")
    return cleaned


def _clean(text: str) -> str:
    # Control characters and lone surrogates are nothing that one can ask for, and some tokenizers break on them.
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _check_filters(
    as_of: date | None, since: date | None, until: date | None, notes: Sequence[str] | None, language: str | None
) -> None:
    for name, day in (("as_of", as_of), ("since", since), ("until", until)):
        if day is not None and type(day) is not date:
            raise QuestionError(f"{name} is a datetime.date, not {day!r}.")
    if since and (end := min((day for day in (as_of, until) if day), default=since)) < since:
        raise QuestionError(f"No note can be both from {since} on and up to {end}.")
    if isinstance(notes, str) or not all(isinstance(note, str) for note in notes or ()):
        raise QuestionError(f"notes is a list of paths below the corpus folder, such as ['a.txt'], not {notes!r}.")
    if language not in (None, ENGLISH, FRENCH):
        raise QuestionError(f'language is "en" or "fr", not {language!r}.')


def _follows_up(question: str) -> bool:
    """Whether a question leans on what was said: it points back, opens like a continuation, or has no content."""
    lowered = question.casefold()
    uninverted = _INVERTED.sub(
        lambda m: " " if _SUBJECT.search(lowered[max(0, m.start() - _LOOKED_BACK) : m.start()]) else m[0], lowered
    )
    folded = re.sub(r"['’\-]", " ", fold(uninverted))
    continues = _CONTINUES.match(folded) and not lowered.startswith("où")  # which folds to "ou", "or"
    if continues or not stems(question, guess_language(question)):
        return True
    return bool(_POINTS_BACK.search(folded)) and not (_said_here(folded) or _TIME_OF_DAY.search(folded))


def _said_here(folded: str) -> bool:
    """Whether a folded question itself names what its pronoun stands for."""
    for clause in re.split(r"[?.;]", folded):
        thing = _THING.search(clause)
        joined = thing and _AND.search(clause, thing.end())
        if joined and _ITS.search(clause, joined.end()):
            return True
    return bool(_WHICH_THEIR.search(folded))


def _leant_on(history: Sequence[Any]) -> str:
    """The user turn before; where that one leans on another, the ones before it as well, as far as the first that
    stands by itself. What is too long loses its beginning."""
    users = [text for role, text in map(_role_and_text, history) if role in USER]
    found: list[str] = []
    for turn in users[: -MOST_TURNS - 1 : -1]:
        said = _clean(turn[-MAX_QUESTION:])
        found.insert(0, said)
        if not _follows_up(said):
            break
    return " ".join(found)[-MAX_QUESTION:]


def _role_and_text(turn: Any) -> tuple[str, str]:
    """Who spoke, and what; of others than the user the text may be in parts or missing, and is not looked at."""
    if isinstance(turn, (tuple, list)) and len(turn) == 2:
        role, text = turn
    elif isinstance(turn, dict):
        role, text = turn.get("role"), turn.get("content")
    else:  # a LangChain message
        role, text = getattr(turn, "type", None), getattr(turn, "content", None)
    if isinstance(text, list):  # of the parts that a message may have, those of text
        text = " ".join(part.get("text", "") if isinstance(part, dict) else str(part) for part in text)
    if not isinstance(role, str) or (role in USER and not isinstance(text, str)):
        raise QuestionError('History is made of (role, text) pairs, such as ("user", "Who chairs the ECC?").')
    return role, text if isinstance(text, str) else ""

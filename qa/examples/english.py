"""Questions that English notes answer, made by turning round a sentence: "The X was opened in 1931." """

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.examples.candidates import CLEAR_WORDS, Form, Words, has_name, holds_any, own_words
from qa.examples.people import NAME, PERSON
from qa.figures import MONTHS
from qa.terms import ENGLISH, STOP_WORDS

_WORD = r"[^\W_][\w’'&.-]*"
# What a sentence is on: up to ten words before its verb.
_S = rf"(?P<s>{_WORD}(?: (?:{_WORD}|\([^()]{{1,20}}\))){{0,9}}?)"
_A_FEW = rf"(?P<s>(?:The|An?)(?: (?:{_WORD}|\([^()]{{1,20}}\))){{1,5}}?)"
_ABOUT = r"(?:(?:now|about|around|some|nearly|almost|only|roughly|up to|more than|over|at least) )*"
_CURRENCIES = "dollars|crowns|euros|pounds|francs"
_AMOUNT = rf"(?:(?:CA|C|US)?[$€£]|Cr )\d|\d[\d,.]*(?: (?:thousand|million|billion))? (?:{_CURRENCIES})\b"
_MONEY = rf"{_ABOUT}(?:{_AMOUNT})"
_MONTH = "|".join(name.capitalize() for name in MONTHS if len(name) > 2)
_DATE = (
    r"(?:in|on|by|since) (?:early |late |mid-|the (?:spring|summer|autumn|fall|winter) of )?"
    rf"(?:\d{{1,2}} )?(?:(?:{_MONTH}) )?(?:\d{{1,2}}, )?(?:1[89]|20)\d\d\b"
)
_COUNT = (
    rf"{_ABOUT}(?:\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty)"
)
_THINGS = r"(?P<o>(?:[^\W\d_][\w’'-]* ){0,3}?(?:[a-z][\w’'-]*s|people|police|staff|children|women|men))"
_STOPS = r"(?=[,.;:)]|\Z| (?:who|that|which|and|but|or|where|when|with|from|for|as|because|since|after)\b)"
_BEFORE_A_PLACE = (
    r"(?=[,.;:)]|\Z| (?:in|on|at|across|along|of|to|under|who|that|which|and|but|or|where|with|from|for)\b)"
)
_PLACE = r"(?P<r> (?:in|on|at|across|along|under) [\w’' -]{2,40}?)"
_MADE = (
    "established|created|launched|founded|opened|signed|ratified|adopted|introduced|set up|renewed|completed|built"
    "|abolished"
)
_WILL = rf"open|close|end|begin|start|expire|report|retire|come into force|be (?:{_MADE}|published|replaced|tabled)"
# What something does, as it is said and as it is asked.
_ENDS = {"ends": "end", "expires": "expire", "opens": "open", "closes": "close", "begins": "begin", "starts": "start"}
_ENDED = {"began": "begin", "opened": "open", "ended": "end", "closed": "close", "started": "start"}
_HAS = {"has": "have", "owns": "own", "employs": "employ", "runs": "run", "operates": "operate", "manages": "manage"}
_ASKED = _ENDS | _ENDED | _HAS


def _any(verbs: dict[str, str]) -> str:
    return f"(?P<v>{'|'.join(verbs)})"


def _rules() -> Iterator[tuple[Form, str, str]]:
    """What a sentence looks like, and the question that it answers.

    s: what it is on; o: what it counts; r: where or how that is; v: the verb, and p the same as it is asked.
    """
    yield Form.MONEY, rf"{_S} (?:now )?costs {_MONEY}", "How much does {s} cost?"
    yield Form.MONEY, rf"{_S} (?P<v>will|would) (?:now )?cost {_MONEY}", "How much {v} {s} cost?"
    yield Form.MONEY, rf"{_S} receives {_MONEY}", "How much funding does {s} receive?"
    yield Form.MONEY, rf"(?=The ){_S} has {_MONEY} (?:for|over|to)\b", "How much money does {s} have?"
    yield Form.MONEY, rf"(?=The ){_S} was given {_MONEY}", "How much money was {s} given?"
    yield Form.MONEY, rf"{_S} is worth {_MONEY}", "How much is {s} worth?"
    yield Form.MONEY, rf"{_S} (?:is|stands at|comes to|amounts to) {_MONEY}", "How much is {s}?"
    yield Form.WHEN, rf"{_S} was (?P<v>{_MADE}) {_DATE}", "When was {s} {v}?"
    yield Form.WHEN, rf"{_S} came into force {_DATE}", "When did {s} come into force?"
    yield Form.WHEN, rf"{_S} {_any(_ENDS)} {_DATE}", "When does {s} {p}?"
    yield Form.WHEN, rf"{_S} {_any(_ENDED)} {_DATE}", "When did {s} {p}?"
    yield Form.WHEN, rf"{_S} will (?P<v>{_WILL}) {_DATE}", "When will {s} {v}?"
    yield Form.NUMBER, rf"{_S} {_any(_HAS)} {_COUNT} {_THINGS}{_BEFORE_A_PLACE}", "How many {o} does {s} {p}?"
    yield Form.NUMBER, rf"There are {_COUNT} {_THINGS} (?P<r>left|in use|in force|vacant)\b", "How many {o} are {r}?"
    yield Form.NUMBER, rf"There (?P<v>are|were) {_COUNT} {_THINGS}{_PLACE}{_STOPS}", "How many {o} {v} there{r}?"
    deployed = rf"(?:[^,;:]{{1,80}}, )?{_COUNT} {_THINGS} (?P<v>are|were) (?P<r>[a-z]+(?: [\w’'-]+){{1,5}}?){_STOPS}"
    yield Form.NUMBER, deployed, "How many {o} {v} {r}?"
    yield Form.WHO, rf"{_S} is chaired by {PERSON}", "Who chairs {s}?"
    yield Form.WHO, rf"{_S} is (?:led|headed|directed) by {PERSON}", "Who leads {s}?"
    yield Form.WHAT, rf"{_A_FEW} is an? [a-z]", "What is {s}?"
    # A body with its short form, and what looks like a verb.
    yield (
        Form.WHAT,
        rf"(?P<s>The {NAME} \([^()]{{2,12}}\)) (?!is\b|was\b|has\b|does\b)[a-z]+[b-rt-z]s\b",
        "What does {s} do?",
    )


_RULES = [(form, re.compile(pattern), question) for form, pattern, question in _rules()]
_DETERMINERS = frozenset(("the", "a", "an"))
_JOINING = "of for in at on to and with from by between against over under"
_SMALL = _DETERMINERS | frozenset(_JOINING.split())
# A sentence on one of these is on something said before, or is a clause that the pattern has cut.
_NOT_A_SUBJECT = """
first second third fourth last next former latter rest sum latest previous following one two three another many several
present current said says asked asks wants means costs receives stands lasts today yesterday thousand million billion
dollars crowns euros pounds francs
"""
_ELSEWHERE = (STOP_WORDS[ENGLISH] - _SMALL) | frozenset(_NOT_A_SUBJECT.split())
_OWN = frozenset(("the Ministry", "the Department"))
_WORDS = Words(_SMALL, _DETERMINERS)


def questions(sentence: str, text: str, named: str) -> Iterator[tuple[Form, str, str]]:
    """The questions that a sentence of a note answers: form, question, and the words that no other note may say (see
    Candidate). text: the note's; named: its title and headings."""
    found: dict[Form, tuple[str, str]] = {}
    for form, pattern, question in _RULES:
        match = pattern.match(sentence)
        parts = match.groupdict() if match else {}
        counted = " ".join(filter(None, (parts.get("o"), parts.get("r")))).strip()
        subject = _WORDS.subject(parts["s"], text, _ELSEWHERE) if parts.get("s") else ""
        if not match or holds_any(counted, _ELSEWHERE) or (parts.get("s") and not subject):
            continue
        if holds_any(parts.get("o") or "", _SMALL) or not _is_clear(form, subject, counted, named):
            continue
        alone = "" if has_name(subject or counted) or subject in _OWN else subject or counted
        filled = question.format(**(parts | {"s": subject, "p": _ASKED.get(parts.get("v") or "")}))
        found.setdefault(form, (filled, alone))
    for form, (filled, alone) in found.items():
        yield form, filled, alone


def _is_clear(form: Form, subject: str, counted: str, named: str) -> bool:
    """Whether what is asked about is clear to who has not read the note."""
    if has_name(subject or counted):
        return True
    if form is Form.NUMBER and subject in _OWN:
        return True
    if form is Form.WHAT and not subject.startswith(("a ", "an ")):
        return subject.removeprefix("the ").casefold() in named.casefold() and len(own_words(subject, _SMALL)) > 1
    if form is Form.WHEN and subject.startswith(("a ", "an ")):
        return False  # one that the note brings up is asked for as "the"
    least = CLEAR_WORDS - 1 if subject.startswith(("a ", "an ")) else CLEAR_WORDS
    return len(own_words(subject or counted, _SMALL)) >= least

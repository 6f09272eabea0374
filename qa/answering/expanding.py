"""How a question asks what a short form stands for, or what it is that has one, English and French."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.answering.kinds import asks_more
from qa.terms import fold

# What a short form may be called; the ways to ask what it stands for; those to ask what it is. "What is the ECC for?"
# and "What is the ECC budget?" are neither: what may follow the short form is told.
_CALLED = "(?:acronym|abbreviation|initialism|short form|letters|term|sigle|acronyme|abreviation|terme)"
_EXPANDS = (
    r"\b(?:what|que) (?:do|does|did) {key}(?:\W+\w+)?\W* (?:mean(?! (?:by|for|to|when)\b)|stand)",
    r"\b(?:meanings?|expansion|full (?:form|name|title)) (?:of|for) {key}",
    r"{key}\W*(?: is| are)? (?:stands?|short|(?:the |an )?(?:acronym|abbreviation)) (?:for|of)\b",
    r"{key}\W* (?:meaning|full (?:form|name)|in full|expanded|spelled out)\b",
    r"{key} (?:seems? to|appears? to|can|may|might|could) (?:mean|stand for)\b",
    r"\b(?:expand|spell out|decode) {key}{end}",
    r"\b(?:que|ce que) (?:signifie(?:nt)?|veut dire|veulent dire|designe(?:nt)?) {key}(?! pour\b)",
    r"\bque {key}\W* (?:signifie|veut)",
    r"\b(?:signification|sens) (?:de|du|des|d) {key}",
    r"{key} (?:means?|signifie|veut dire) (?:what|quoi)\b",
    r"{key}\W+what (?:do|does) (?:the|these|those|its) (?:letters|initials) (?:mean|stand)",
    r"{key}\W*=",
)
_SAYS = (
    r"{key}\W*(?: is| are)? (?:stands?|short|(?:the |an )?(?:acronym|abbreviation)) (?:for|of)\b",
    r"{key} signifie\b",
)
_WHAT_IS = (
    r"\b(?:what|who)(?: is| are|s| s) {key}{end}",
    r"\bdefinition (?:of|de|du|des|d) {key}",
    r"{key}\W* definition\b",
    r"\b(?:define|explain) {key}{end}",
    r"\b(?:qu est ce (?:que|qu)|c est quoi)(?: c est que)? {key}{end}",
    r"\A\W*{key}\W*\Z",
    r"{key}.*\bwho are they\b",
)
_END = (
    r"(?=\W*(?:\Z|[?,;:(]|(?:and|or|mentioned|named|cited|that|which|in|from|on)\b|"
    r"(?:et|ou|mentionnee?s?|nommee?s?|qui|dans)\b))"
)


def asks_what_is(question: str, short: str) -> bool:
    """Whether `question` asks what it is that has a short form, or what that stands for. short: its key."""
    return _asks(question, short, _EXPANDS + _WHAT_IS)


def asks_to_expand(question: str, short: str) -> bool:
    """Whether `question` asks what a short form stands for and nothing else. short: its key, as of qa.acronyms."""
    return not asks_more(question) and _asks(question, short, _EXPANDS)  # the quick one first


def says_in_full(text: str, short: str) -> bool:
    """Whether `text` says what a short form stands for, be it with letters that do not fit. short: its key."""
    return _asks(text, short, _SAYS)


def _asks(question: str, short: str, patterns: Sequence[str]) -> bool:
    folded, typed = _unmarked(question), re.escape(_unmarked(short))
    key = rf"\b(?:(?:the|an?|le|la|les|l) )?(?:{_CALLED} )?[\"“«]?\s?{typed}s?\b"
    return any(re.search(pattern.format(key=key, end=_END), folded) for pattern in patterns)


def _unmarked(text: str) -> str:
    """`text` folded, without dots and with a blank for each apostrophe and hyphen."""
    return re.sub(r"['’\-]", " ", fold(text).replace(".", ""))

"""How a question asks what a short form stands for, or what it is that has one, English and French."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from qa.answering.kinds import asks_more
from qa.terms import fold

# What a short form may be called; the ways to ask what it stands for; those to ask what it is. "What is the ECC for?"
# and "What is the ECC budget?" are neither: what may follow the short form is told.
_CALLED = "(?:acronym|abbreviation|initialism|short[ -]form|letters|term|sigle|acronyme|abreviation|terme)"
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
    r"\b(?:qu est[ -]ce (?:que|qu)|c est quoi)(?: c est que)? {key}{end}",
    r"\A\W*{key}\W*\Z",
    r"{key}(?=\W+(?:\w+\W+){{0,8}}who are they\b)",
)
_END = (
    r"(?=\W*(?:\Z|[?,;:(]|(?:and|or|mentioned|named|cited|that|which|in|from|on)\b|"
    r"(?:et|ou|mentionnee?s?|nommee?s?|qui|dans)\b))"
)


# The short form itself, whichever it is, with the article and the name that it may have before it.
_KEY = rf"\b(?:(?:the|an?|le|la|les|l) )?(?:{_CALLED} )?[\"“«]?\s?(?P<form>[^\W_](?:[\w&/\-]*\w)?)\b"


def _compiled(patterns: Sequence[str]) -> list[re.Pattern[str]]:
    # Once, and not for each short form: a question may have some thousand words, each of which may be one.
    return [re.compile(pattern.format(key=_KEY, end=_END)) for pattern in patterns]


_EXPANDING, _SAYING, _ASKING = _compiled(_EXPANDS), _compiled(_SAYS), _compiled(_EXPANDS + _WHAT_IS)


def asked_what_is(question: str, shorts: Collection[str]) -> frozenset[str]:
    """Those of `shorts` of which `question` asks what it is that has them, or what they stand for. shorts: keys."""
    return _among(shorts, question, _ASKING)


def asked_to_expand(question: str, shorts: Collection[str]) -> frozenset[str]:
    """Those of `shorts` of which `question` asks what they stand for, and nothing else. shorts: keys, as of
    qa.acronyms."""
    return frozenset() if asks_more(question) else _among(shorts, question, _EXPANDING)


def said_in_full(text: str, shorts: Collection[str]) -> frozenset[str]:
    """Those of `shorts` of which `text` says what they stand for, be it with letters that do not fit. shorts: keys."""
    return _among(shorts, text, _SAYING)


def _among(shorts: Collection[str], text: str, patterns: Sequence[re.Pattern[str]]) -> frozenset[str]:
    if not shorts:
        return frozenset()
    unmarked = _unmarked(text)
    forms = {match["form"] for pattern in patterns for match in pattern.finditer(unmarked)}
    forms |= {part for form in forms for part in re.split(r"[&/\-]", form)}  # "MSP-related", "MSP/OPP"
    forms |= {form[:-1] for form in forms if form.endswith("s")}
    return frozenset(short for short in shorts if _unmarked(short) in forms)


def _unmarked(text: str) -> str:
    """`text` folded, without dots and with a blank for each apostrophe."""
    return re.sub(r"['’]", " ", fold(text).replace(".", ""))

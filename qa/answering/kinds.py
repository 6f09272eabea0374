"""What kind of thing a question asks for, and whether a text holds a thing of that kind.

Both are judged by form alone (a question word; a figure, a date, a name), English and French, so that they hold for any
binder. A kind that is not recognised is OTHER, which every text holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

from qa.terms import fold


class Kind(Enum):
    """What is asked for. QUANTITY is an amount, number or share."""

    WHO = "who"
    WHEN = "when"
    QUANTITY = "quantity"
    LAW = "law"
    LIST = "list"
    DEFINITION = "definition"
    OTHER = "other"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")


# Tried in this order. Questions are folded first: no capitals, no accents, no apostrophes, no hyphens.
_ASKED: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        Kind.QUANTITY,
        _any(
            r"how (?:much|many|large|big|long|old|far|high|often)(?! ago)",
            r"what (?:amount|sum|number|share|percentage|proportion|price|cost|budget|figure|rate)",
            r"what (?:is|was|are|were|s|does|did|will|would) [^?]*\b(?:cost|price|budget|amount|worth|share|total)",
            r"combien",
            r"quel(?:le)? (?:est|etait) [^?]*\b(?:cout|montant|prix|budget|nombre|part|pourcentage)",
        ),
    ),
    (
        Kind.WHEN,
        _any(
            r"when (?:do|does|did|is|are|was|were|will|would|can|could|should|may|must|has|have|had|s)",
            r"(?:since|until|till|by|from) when",
            r"how soon",
            r"(?:what|which) (?:year|date|day|month|time)",
            r"how long ago",
            r"deadline",
            r"quand",
            r"quelle (?:annee|date)",
        ),
    ),
    (
        Kind.LAW,
        _any(
            r"(?:what|which) [^?]*\b(?:law|act|legislation|statute|section|provision|regulations?|treaty|legal)",
            r"quel(?:le)?s? [^?]*\b(?:loi|article|reglement|disposition|traite)",
        ),
    ),
    (
        Kind.DEFINITION,
        _any(
            r"stands? for",
            r"what does [^?]+ mean",
            r"meaning of",
            r"defin(?:e|ition)",
            r"que (?:signifie|veut dire)",
            r"qu est ce que",
        ),
    ),
    (
        Kind.LIST,
        _any(
            r"what (?:are|were)",
            r"list|name|enumerate",
            r"(?:what|which) (?:\w+ ){0,4}\w{3,}s (?:are|were|do|did|can|may|must|should|will|would|could|have|had)",
            r"what (?:can|may|must|cannot|should)",
            r"^things",
            r"(?:every|each) (?:item|one)|all of (?:them|it)",
            r"quel(?:le)?s",
            r"enumere[rz]?|nomme[rz]?",
        ),
    ),
    (Kind.WHO, _any(r"who(?:m|se)?", r"counterparts?", r"qui", r"homologues?")),
)

# What a short form may be called; the ways to ask what it stands for; those to ask what it is. "What is the ECC for?"
# and "What is the ECC budget?" are neither: what may follow the short form is told.
_CALLED = "(?:acronym|abbreviation|initialism|short form|letters|term|sigle|acronyme|abreviation|terme)"
_EXPANDS = (
    r"\b(?:what|que) (?:do|does|did) {key}(?:\W+\w+)?\W* (?:mean(?! (?:by|for|to|when)\b)|stand)",
    r"\b(?:meanings?|expansion|full (?:form|name|title)) (?:of|for) {key}",
    r"{key}\W*(?: is| are)? (?:stands?|short|(?:the |an )?(?:acronym|abbreviation)) (?:for|of)\b",
    r"{key}\W* (?:meaning|full (?:form|name)|in full|expanded|spelled out)\b",
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
_AND = _any("and|or|but|et|ou|mais|also|aussi")
_SUPERLATIVE = _any(
    "most|least|fewest|(?:high|low|larg|small|bigg|great|old|young|long|short|late|earli|cheap)est",
    "le plus|la plus|les plus|le moins|la moins|les moins",
)
_MONTH = (
    "(?:january|february|march|april|may|june|july|august|september|october|november|december|janvier|fevrier|mars|"
    "avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre)"
)
_YEAR = r"(?:1[89]|20)\d\d"
_TIME = _any(
    _YEAR,
    _MONTH,
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?",
    r"(?:annual|month|week|dai)ly",
    r"every (?:year|month|week|day)",
    r"spring|summer|autumn|winter|printemps|ete|automne|hiver",
    r"(?:year|month|week|day|hour)s?|ans?|annees?|mois|semaines?|jours?|heures?",
)
_DATE = re.compile(
    rf"\b\d{{4}}-\d\d(?:-\d\d)?\b|\b{_MONTH}(?: \d{{1,2}})?,? {_YEAR}\b|\b\d{{1,2}}(?:er)? {_MONTH}\b|"
    rf"\b{_MONTH} \d{{1,2}}\b|(?<![$\d.,]){_YEAR}(?:[-–/]\d\d(?:\d\d)?)?\b"
)
_NUMBER = re.compile(
    r"\d|"
    + _any(
        "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy",
        "eighty|ninety|hundred|thousand|million|billion|dozen|half|third|quarter|none|nil|once|twice",
        "deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|vingt|trente|cent|mille|moitie|tiers|quart",
    ).pattern
)
_LAW = _any(
    "act|law|bill|code|section|subsection|article|regulations?|treaty|agreement|convention|charter|order|statute",
    "legislation|memorandum|loi|reglement|traite|accord|charte|decret",
)
_WORD = re.compile(r"\w+(?:[.,]\d+)*")
_NAME = re.compile(r"(?:[A-ZÀ-Ý][\w’'-]+ ){1,4}[A-ZÀ-Ý][\w’'-]+|\b[A-ZÀ-Ý]{2,}\b|(?<=[a-zà-ÿ,] )[A-ZÀ-Ý][\w’'-]+")


def tells(question: str, text: str) -> bool:
    """Whether `text` holds a thing of the kind that is asked for and that the question does not itself name.

    True for all kinds that cannot be seen in a text's form.
    """
    kind = kind_of(question)
    if kind not in (Kind.WHO, Kind.WHEN, Kind.QUANTITY):
        return True
    known = {fold(word) for word in _WORD.findall(question)}
    return holds(kind, _WORD.sub(lambda match: " " if fold(match[0]) in known else match[0], text))


def asks_what_is(question: str, short: str) -> bool:
    """Whether `question` asks what it is that has a short form, or what that stands for. short: its key."""
    return _asks(question, short, _EXPANDS + _WHAT_IS)


def asks_to_expand(question: str, short: str) -> bool:
    """Whether `question` asks what a short form stands for and nothing else. short: its key, as of qa.acronyms."""
    return _asks(question, short, _EXPANDS) and not asks_more(question)


def says_in_full(text: str, short: str) -> bool:
    """Whether `text` says what a short form stands for, be it with letters that do not fit. short: its key."""
    return _asks(text, short, _SAYS)


def asks_more(question: str) -> bool:
    """Whether `question` may ask two things: "What is the ECC and who chairs it?" """
    return bool(_AND.search(fold(question)))


def compares(question: str) -> bool:
    """Whether `question` asks for the most or the least of several, which only all of them together tell."""
    return bool(_SUPERLATIVE.search(fold(question)))


def kind_of(question: str) -> Kind:
    """The kind of thing that `question` asks for."""
    folded = re.sub(r"['’\-]", " ", fold(question))
    return next((kind for kind, pattern in _ASKED if pattern.search(folded)), Kind.OTHER)


def holds(kind: Kind, text: str) -> bool:
    """Whether `text` holds a thing of this kind: for QUANTITY a number that is no part of a date, for WHEN a time."""
    if kind is Kind.WHO:
        return bool(_NAME.search(text))
    folded = fold(text)
    if kind is Kind.QUANTITY:
        return bool(_NUMBER.search(_DATE.sub(" ", folded)))
    if kind is Kind.WHEN:
        return bool(_TIME.search(folded))
    if kind is Kind.LAW:
        return bool(_LAW.search(folded))
    return True


def _asks(question: str, short: str, patterns: Sequence[str]) -> bool:
    folded, typed = _unmarked(question), re.escape(_unmarked(short))
    key = rf"\b(?:(?:the|an?|le|la|les|l) )?(?:{_CALLED} )?[\"“«]?\s?{typed}s?\b"
    return any(re.search(pattern.format(key=key, end=_END), folded) for pattern in patterns)


def _unmarked(text: str) -> str:
    """`text` folded, without dots and with a blank for each apostrophe and hyphen."""
    return re.sub(r"['’\-]", " ", fold(text).replace(".", ""))

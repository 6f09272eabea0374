"""What kind of thing a question asks for, and whether a text holds a thing of that kind.

Both are judged by form alone (a question word; a figure, a date, a name), English and French, so that they hold for any
binder. A kind that is not recognised is OTHER, which every text holds.
"""

from __future__ import annotations

import re
from enum import Enum

from qa.schema import Query
from qa.terms import fold


class Kind(Enum):
    """What is asked for. QUANTITY is a number or share, MONEY an amount; PERMISSION what may or may not be done; WHAT
    what somebody or something does: one thing or several."""

    WHO = "who"
    WHEN = "when"
    MONEY = "money"
    QUANTITY = "quantity"
    PERMISSION = "permission"
    LAW = "law"
    WHAT = "what"
    LIST = "list"
    DEFINITION = "definition"
    OTHER = "other"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")


# Words of money: what something costs, what is paid for it, what there is to spend.
_PAYS = (
    r"(?:costs?|price|budget|fees?|fines?|salary|pa(?:y|ys|id)|fund(?:s|ed|ing)?|grants?|spen[dt]|envelope|worth|charged?|"
    r"money|cout|coute(?:r|ra|rait|nt)?|montant|prix|paye(?:r|nt)?|amende|enveloppe|subvention)\b"
)

# Tried in this order. Questions are folded first: no capitals, no accents, no apostrophes, no hyphens.
_ASKED: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        Kind.MONEY,
        _any(
            rf"how much [^?]*\b{_PAYS}",
            r"what (?:amount|sum|price|cost|budget)",
            rf"what (?:is|was|are|were|s|does|did|will|would) [^?]*\b{_PAYS}",
            rf"combien [^?]*\b{_PAYS}",
            rf"quel(?:le)? (?:est|etait) [^?]*\b{_PAYS}",
        ),
    ),
    (
        Kind.QUANTITY,
        _any(
            r"how (?:much|many|large|big|long|old|far|high|often)(?! ago)",
            r"what (?:number|share|percentage|proportion|figure|rate)",
            r"what (?:is|was|are|were|s|does|did|will|would) [^?]*\b(?:amount|share|total)",
            r"combien",
            r"quel(?:le)? (?:est|etait) [^?]*\b(?:nombre|part|pourcentage)",
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
            r"(?:what|which) (?:\w+ ){0,4}\w{3,}s "
            r"(?:are|were|do|does|did|can|may|must|should|will|would|could|have|has|had)",
            r"what (?:can|may|must|cannot|should)(?:n? t)?",
            r"^things",
            r"(?:every|each) (?:item|one)|all of (?:them|it)",
            r"quel(?:le)?s",
            r"enumere[rz]?|nomme[rz]?",
        ),
    ),
    (
        Kind.PERMISSION,
        _any(
            r"(?:allowed|permitted|forbidden|prohibited|banned|entitled|eligible)",
            r"(?:can|may) (?:i|we|you|they|he|she|it|an?|the|somebody|someone|people|anyone)",
            r"(?:puis je|peut on|pouvons nous|ai je le droit|a t on le droit|interdite?s?|permis|autorisee?s?)",
        ),
    ),
    (Kind.WHO, _any(r"who(?:m|se)?", r"counterparts?", r"qui", r"homologues?")),
    (
        Kind.WHAT,
        _any(
            r"what (?:did|does|do|will|would|has|have|had)",
            r"que (?:font|fait|doi(?:t|vent)|recommande\w*|demande\w*|propose\w*)",
        ),
    ),
)

_AND = _any("and|or|but|et|ou|mais|also|aussi")
_CONTINUED = re.compile(
    r"\W*(?:and|or|but|ok|so|et|mais|ou|alors)?,?\s*(?:what about|how about|same for|qu en est il de|pour)?\b"
    r"(?=.{1,60}\Z)"
)
_INTERROGATIVE = _any(
    "who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|can|could|may|must|will|would|should|has|have",
    "qui|que|quoi|quels?|quelles?|quand|ou|pourquoi|comment|combien|est|sont|a|ont|peut|doit|sera",
)
_SERIES = re.compile(r"\w,(?: [\w’'-]+){1,6},?(?: [\w’'-]+){0,6} (?:and|or|et|ou) \w")
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
_AMOUNT = re.compile(
    r"[$€£¥]|\d[\d.,\s]{0,30}(?:[a-z]{1,8}llions?|milliards?|[kmb]?\$)|"
    + _any(
        r"dollars?|euros?|pounds?|crowns?|francs?|couronnes?", "free of charge|no (?:charge|fee|cost)|gratuit\\w*"
    ).pattern
)
_PERMITS = _any(
    "may|must|cannot|can only|shall not|only if|unless|allowed|permitted|forbidden|prohibited|banned|entitled|eligible",
    r"ne peu(?:t|vent)|peu(?:t|vent)|interdit\w*|permis\w*|autoris\w*|doi(?:t|vent)",
)
# What is not to be, in a question or in what answers it. "n't" is folded to "n t".
_DENIES = _any(
    r"not|never|cannot|can t|\w+n t|nothing|avoid(?:s|ed|ing)?|refrain(?:s|ed|ing)?|forbid(?:s|den)?|prohibit\w*",
    r"ban(?:s|ned|ning)?|oppos(?:es?|ed|ing)|against|reject(?:s|ed|ing)?|refus(?:es?|ed|ing)|exclud(?:es?|ed|ing)",
    r"pas|jamais|rien|evite\w*|eviter|interdi\w*|oppose\w*|contre|rejet\w*|refus\w*|exclu\w*",
)
_WHAT = re.compile(r"\b(?:what|which|list|name|que|quoi|quel(?:le)?s?)\b[^?,;]*")
_LAW = _any(
    "act|law|bill|code|section|subsection|article|regulations?|treaty|agreement|convention|charter|order|statute",
    "legislation|memorandum|loi|reglement|traite|accord|charte|decret",
)
_WORD = re.compile(r"\w+(?:[.,]\d+)*")
_NAME = re.compile(r"(?:[A-ZÀ-Ý][\w’'-]+ ){1,4}[A-ZÀ-Ý][\w’'-]+|\b[A-ZÀ-Ý]{2,}\b|(?<=[a-zà-ÿ,] )[A-ZÀ-Ý][\w’'-]+")

# What a folded text of a kind holds.
_HELD = {
    Kind.QUANTITY: _NUMBER,
    Kind.MONEY: _AMOUNT,
    Kind.WHEN: _TIME,
    Kind.PERMISSION: _PERMITS,
    Kind.LAW: _LAW,
}


def tells(question: str, text: str) -> bool:
    """Whether `text` holds a thing of the kind that is asked for and that the question does not itself name.

    True for all kinds that cannot be seen in a text's form.
    """
    kind = kind_of(question)
    if kind not in (Kind.WHO, Kind.WHEN, Kind.QUANTITY, Kind.MONEY):
        return True
    kind = Kind.QUANTITY if kind is Kind.MONEY else kind  # a table names the currency elsewhere
    known = {fold(word) for word in _WORD.findall(question)}
    return holds(kind, _WORD.sub(lambda match: " " if fold(match[0]) in known else match[0], text))


def asks_more(question: str) -> bool:
    """Whether `question` may ask two things: "What is the ECC and who chairs it?" """
    return bool(_AND.search(fold(question)))


def asks_nothing_new(question: str) -> bool:
    """Whether `question` names a thing and asks nothing of it: "And Castrin?", "What about the east?" """
    folded = re.sub(r"['’\-]", " ", fold(question))
    return bool(_CONTINUED.match(folded)) and not _INTERROGATIVE.search(_CONTINUED.sub("", folded, count=1))


def asked_kind(query: Query) -> Kind:
    """The kind that a query asks for; of "And in the east?" that of the turn before."""
    return kind_of(query.before if query.before and asks_nothing_new(query.question) else query.question)


def denies(text: str) -> bool:
    """Whether `text` speaks of what is not to be: "What should I avoid?", "The owner may not", "Lines not to use"."""
    return bool(_DENIES.search(re.sub(r"['’\-]", " ", fold(text))))


def asks_what_not(kind: Kind, question: str) -> bool:
    """Whether a question of a kind asks what is not to be, one thing or several: "What may owners not do?" Not "Is it
    banned?", which may be answered either way."""
    whats = _WHAT.findall(fold(question))
    return kind in (Kind.LIST, Kind.WHAT, Kind.PERMISSION) and any(denies(what) for what in whats)


def compares(question: str) -> bool:
    """Whether `question` asks for the most or the least of several, which only all of them together tell."""
    return bool(_SUPERLATIVE.search(fold(question)))


def enumerates(text: str) -> bool:
    """Whether `text` names three things or more in a row: "Australia, Mexico and France"."""
    return bool(_SERIES.search(text))


def kind_of(question: str) -> Kind:
    """The kind of thing that `question` asks for."""
    folded = re.sub(r"['’\-]", " ", fold(question))
    return next((kind for kind, pattern in _ASKED if pattern.search(folded)), Kind.OTHER)


def holds(kind: Kind, text: str) -> bool:
    """Whether `text` holds a thing of this kind: for QUANTITY a number that is no part of a date, for MONEY one with a
    currency or in millions, for WHEN a time."""
    if kind is Kind.WHO:
        return bool(_NAME.search(text))
    folded = fold(text)
    if kind is Kind.QUANTITY:
        folded = _DATE.sub(" ", folded)
    return kind not in _HELD or bool(_HELD[kind].search(folded))

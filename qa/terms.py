"""Words of a text as search terms: folded, stemmed by language, without stop words.

Short forms in capitals ("US", "U.S.", "FCM") are terms of their own: they are neither stemmed nor stop words, so that
"U.S." finds "US" and neither finds "us"; "ADMs" are more than one "ADM". Figures keep their
value: "20,000", "20 000" and "20000" are one term.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache
from typing import Any

ENGLISH, FRENCH = "en", "fr"

_STOP_ENGLISH = """
a about above after again against all also am an and any are as at be because been before being below between both but
by can could did do does doing down during each else ever few for from further had has have having he her here hers
him his how i if in into is it its itself just let may me might more most must my no nor not now of off on once only
or other our ours out over own per please same shall she should since so some such tell than that the their theirs
them then there these they this those through to too under until up upon us very was we were what when where which
while who whom whose why will with would yes you your yours s t ve re ll d m don
"""
_STOP_FRENCH = """
a ai au aux avec avons c ce ceci cela ces cet cette ceux chaque chez combien comme comment d dans de depuis des donc
dont du elle elles en encore est et etaient etait etant ete etes etre eu eux fait font furent fut ici il ils j je l la
le les leur leurs lui m ma mais me meme mes moi mon n ne ni nos notre nous on ont ou par pas plus pour pourquoi qu
quand que quel quelle quelles quels qui quoi s sa sans se sera ses si son sont sous sur t ta te tes toi ton tous tout
toute toutes tu un une vos votre vous y
"""
STOP_WORDS: dict[str, frozenset[str]] = {
    ENGLISH: frozenset(_STOP_ENGLISH.split()),
    FRENCH: frozenset(_STOP_FRENCH.split()),
}

_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?"  # U.S., U.K, G.N.W.T.
    r"|(?<!\d)\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?!\d)(?:[.,]\d+)?"  # 20,000  1 500 000,5
    r"|\d+(?:[.,]\d+)*"  # 46.9
    r"|[^\W_]+"
)
_LONGEST_KEPT = 40
_OF_THREAD = threading.local()
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")


def fold(text: str) -> str:
    """`text` in lower case and without accents; the two may differ in length, so offsets do not carry over."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def words(text: str) -> list[str]:
    """The words and figures of `text` in order, as written but for dots in short forms and spaces in figures."""
    return [_normal(token) for token in _tokens(text)]


def stems(text: str, language: str = ENGLISH) -> list[str]:
    """The search terms of `text` in order, repeated as often as they stand there.

    language: "en" or "fr", whose stemmer and stop words are used; any other is treated as English.
    """
    return [term for token in _tokens(text) if (term := _term(token, language))]


def is_short_form(word: str) -> bool:
    """Whether `word` is written as a short form: two to eight characters, mostly capitals ("UK", "G7", "NRCan")."""
    capitals = sum(char.isupper() for char in word)
    return 2 <= len(word) <= 8 and capitals >= 1 and capitals + sum(char.isdigit() for char in word) > len(word) / 2


def singular(short: str) -> str:
    """A short form without the "s" of its plural: "ADM" for "ADMs"; any other word as it is."""
    return short[:-1] if short[-1:] == "s" and short[-2:-1].isupper() and len(short) > 2 else short


def guess_language(text: str) -> str:
    """ "fr" where more French stop words than English ones stand in `text`, else "en"."""
    found = [fold(word) for word in words(text[:20_000])]
    english = sum(word in STOP_WORDS[ENGLISH] for word in found)
    french = sum(word in STOP_WORDS[FRENCH] for word in found)
    return FRENCH if french > english else ENGLISH


def _tokens(text: str) -> list[str]:
    found: list[str] = _TOKEN.findall(_APOSTROPHE.sub(" ", text))
    return found


def _normal(token: str) -> str:
    if token[0].isdigit():
        grouped = re.sub(r"[,\u00a0\u202f ](?=\d{3}(?!\d))", "", token)
        return grouped.replace(",", ".")
    return token.replace(".", "")


def _term(token: str, language: str) -> str:
    """The search term of one token, "" for a stop word."""
    return _kept_term(token, language) if len(token) <= _LONGEST_KEPT else _new_term(token, language)


def _new_term(token: str, language: str) -> str:
    word = _normal(token)
    if is_short_form(word):
        return fold(singular(word))
    folded = fold(word)
    if folded in STOP_WORDS.get(language, STOP_WORDS[ENGLISH]):
        return ""
    return str(_stemmer(language).stemWord(folded))


# Texts are of few different words; what is longer is a stranger's, and would fill the memory.
_kept_term = lru_cache(maxsize=65_536)(_new_term)


def _stemmer(language: str) -> Any:
    # A stemmer keeps the word that it is at: two threads in one would make words of each other's.
    own: dict[str, Any] = _OF_THREAD.__dict__
    if language not in own:
        import snowballstemmer

        own[language] = snowballstemmer.stemmer("french" if language == FRENCH else "english")
    return own[language]

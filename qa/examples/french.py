"""Questions that French notes answer, made by turning round a sentence: « Le X a été ouvert en 1931. »"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.examples.candidates import CLEAR_WORDS, Form, Words, has_name, own_words
from qa.examples.people import PERSON
from qa.terms import FRENCH, STOP_WORDS, fold

_WORD = r"[^\W_][\w’'&.-]*"
_S = rf"(?P<s>{_WORD}(?: (?:{_WORD}|\([^()]{{1,20}}\))){{0,9}}?)"
_ABOUT = r"(?:(?:environ|quelque|près de|presque|plus de|maintenant|au moins|jusqu'à) )*"
_MONEY = (
    rf"{_ABOUT}\d[\d., \u00a0\u202f]*(?:(?:mille|millions?|milliards?|[MG])[ \u00a0\u202f]?)?(?:de |d')?"
    r"(?:[$€£]|(?:dollars|euros|couronnes|francs|livres)\b)"
)
_MONTH = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_DATE = rf"(?:en|le|au|depuis|au début de|à la fin de) (?:\d{{1,2}}(?:er)? )?(?:(?:{_MONTH}) )?(?:1[89]|20)\d\d\b"
_COUNT = (
    rf"{_ABOUT}(?:\d[\d \u00a0\u202f]*?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|vingt|trente) "
)
_THINGS = r"(?P<o>(?:[^\W\d_A-Z][\w’'-]* ){0,2}?[^\W\d_A-Z][\w’'-]*[sx])"
_STOPS = r"(?=[,.;:)]|\Z| (?:à|au|aux|de|du|des|en|dans|sur|par|pour|qui|que|dont|où|et|ou|mais|avec|sous|chez)\b)"
_MADE = "établi|créé|lancé|fondé|ouvert|signé|ratifié|adopté|renouvelé|inauguré|aboli|construit"
# Before what "de" loses its vowel; of words in h, the common ones.
_ELIDES = (*"aeiou", "hab", "heure", "hect", "homm", "hop", "hote", "helic", "hydr")
_AGREES = {"": "il", "e": "elle", "s": "ils", "es": "elles"}


def _rules() -> Iterator[tuple[Form, str, str]]:
    """What a sentence looks like, and the question that it answers.

    s: what it is on; o: what it counts, with d before it; v: the verb; e: its ending, with which the pronoun p agrees.
    """
    yield Form.MONEY, rf"{_S} (?P<v>coûtera|coûterait|coûte) {_MONEY}", "Combien {v} {s} ?"
    yield Form.MONEY, rf"{_S} (?P<v>s'élève|se chiffre) (?:maintenant )?à {_MONEY}", "À combien {v} {s} ?"
    made = rf"(?P<v>(?:{_MADE})(?P<e>e?s?))"
    yield Form.WHEN, rf"{_S} a été {made} {_DATE}", "Quand {s} a-t-{p} été {v} ?"
    yield Form.WHEN, rf"{_S} ont été {made} {_DATE}", "Quand {s} ont-{p} été {v} ?"
    yield Form.WHEN, rf"{_S} (?P<v>prend fin|prendra fin|expire|expirera) {_DATE}", "Quand {v} {s} ?"
    yield Form.WHEN, rf"{_S} est (?P<v>entré(?P<e>e?)) en vigueur {_DATE}", "Quand {s} est-{p} {v} en vigueur ?"
    counts = "(?P<v>(?:compte|emploie|possède|transporte|exploite|gère)(?:nt)?|desservent|dessert)"
    yield Form.NUMBER, rf"{_S} {counts} {_COUNT}{_THINGS}{_STOPS}", "Combien {d}{o} {v} {s} ?"
    yield Form.WHO, rf"{_S} est dirigée? par {PERSON}", "Qui dirige {s} ?"
    yield Form.WHO, rf"{_S} est présidée? par {PERSON}", "Qui préside {s} ?"
    yield Form.WHAT, rf"{_S} est une? [^\W\d_]", "Qu'est-ce que {s} ?"


_RULES = [(form, re.compile(pattern), question) for form, pattern, question in _rules()]
_DETERMINERS = frozenset(("le", "la", "les", "un", "une", "l"))
_JOINING = "de du des d au aux a en et pour par sur dans entre sous avec"
_SMALL = _DETERMINERS | frozenset(_JOINING.split())
_NOT_A_SUBJECT = """
premier premiere dernier derniere autre autres seul seule present presente demande demandent dit disent hier million
millions dollars couronnes
"""
_ELSEWHERE = (STOP_WORDS[FRENCH] - _SMALL) | frozenset(_NOT_A_SUBJECT.split())
_WORDS = Words(_SMALL, _DETERMINERS)


def questions(sentence: str, text: str, named: str) -> Iterator[tuple[Form, str, str]]:
    """As of qa.examples.english."""
    for form, pattern, question in _RULES:
        match = pattern.match(sentence)
        parts = match.groupdict() if match else {}
        subject = _WORDS.subject(parts["s"], text, _ELSEWHERE) if match else ""
        if not subject or not _is_clear(form, subject, named):
            continue
        counted = parts.get("o") or ""
        of = "d'" if fold(counted).startswith(_ELIDES) else "de "
        filled = question.format(**(parts | {"s": subject, "d": of, "p": _AGREES.get(parts.get("e") or "")}))
        yield form, filled, "" if has_name(subject) else subject


def _is_clear(form: Form, subject: str, named: str) -> bool:
    """As of qa.examples.english."""
    if form is Form.WHAT and subject.startswith(("un ", "une ")):
        return False  # "Qu'est-ce que" elides before it
    if has_name(subject):
        return True
    if form is Form.WHEN and subject.startswith(("un ", "une ")):
        return False
    if form is Form.WHAT:
        return fold(subject) in fold(named)
    least = CLEAR_WORDS - 1 if subject.startswith(("un ", "une ")) else CLEAR_WORDS
    return len(own_words(subject, _SMALL)) >= least

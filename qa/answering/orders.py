"""Sentences of notes that give orders to a program: none is sent to a chat model, and no statement may rest on one.

Told by form, so not all are: what else holds is that a statement must stand in what it cites, and that nothing of a
reply is markup of the page. Advice to people ("Do not mention the tariff", "If asked, say that ...") is none.
"""

from __future__ import annotations

import re
from functools import lru_cache

from qa.terms import fold

_MACHINE = (
    r"(?:ai|a\.i\.|artificial intelligence|language models?|llms?|chat ?bots?|chatgpt|claude|gemini|copilot|"
    r"(?:virtual|digital|ai) assistants?|assistants? reading|ia|intelligence artificielle|modeles? de langage|"
    r"agents? conversationnels?)"
)
_IGNORE = r"(?:ignore[zr]?|disregard|forget|override|bypass|oublie[zr]|negligez)"
_TOLD = r"(?:instructions?|prompts?|guidelines|directives?|consignes?|regles?)"
_GIVEN = r"(?:notes?|context|sources?|documents?|text|above|texte|contexte)"
_SAY = r"(?:answer|say|reply|respond|state|tell|write|output|repondez|dites|ecrivez)"
_SOFTWARE = r"(?:software|programs?|tools?|bots?|robots?|machines?|systems?|summari[sz]ers?|logiciels?)"
_THESE = r"(?:this|these|ces?|cette) (?:pages?|files?|notes?|documents?|texts?|fichiers?|textes?)"
_HAS_TO = r"(?:must|should|shall|has to|have to|is to|are to|doi(?:t|vent))"
_WRITES = r"(?:who |that |qui )?(?:compil|summari|generat|produc|resum|redig)"
# Tried on folded text: no capitals, no accents.
_ORDERS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_IGNORE}\b[^.]{{0,70}}\b{_TOLD}\b",
        rf"\b{_IGNORE}\b (?:everything|all|anything|tout)\b[^.]{{0,30}}\b(?:above|before|notes?|precede)\b",
        rf"\b{_IGNORE}\b[^.]{{0,40}}\b{_GIVEN}\b[^.]{{0,20}}?(?:\b(?:and|then|et|puis)\b|[,;])[^.]{{0,10}}\b{_SAY}\b",
        r"\b(?:system|developer) (?:prompt|message|override)\b",
        r"(?:^|[\"“«\[<:.]\s*)(?:\W|_)*(?:system|assistant|developer)\s*:",
        rf"\b(?:you are|act as|vous etes|agissez comme)\b[^.]{{0,30}}\b{_MACHINE}\b",
        rf"\b(?:attention|note|message|instructions?|notice|to|dear|hey|any|for|pour|aux?)\b[^.]{{0,20}}\b{_MACHINE}\b"
        r"[^.]{0,20}(?::|\bmust\b|\bshould\b|\breading\b|\bdoi[ts]|\bqui li)",
        rf"\b{_MACHINE}\b(?: \w+)? (?:must|should|shall|doi(?:t|vent)) "
        r"(?:say|answer|report|state|include|ignore|reply|respond|dire|repondre)\b",
        r"\b(?:reply|respond|answer|output|repondez|ecrivez)\b (?:only|exactly|instead|solely|uniquement|seulement)\b"
        r"[^.]{0,10}\b(?:with|par|avec)\b",
        rf"\b{_SAY}\b[^.]{{0,40}}\b(?:to (?:every|any|all) questions?|a toutes? (?:les )?questions?|no matter|"
        r"regardless of the question)\b",
        r"\b(?:when|if|before) (?:you )?(?:answer(?:ing)?|summari[sz](?:e|ing))\b[^.]{0,60}"
        r"\b(?:say|reply|state|tell|include|append|add)\b",
        rf"\b{_SOFTWARE}\b[^.]{{0,40}}\b{_THESE}\b[^.]{{0,20}}\b{_HAS_TO}\b",
        rf"\b(?:whoever|anyone|quiconque)\b[^.]{{0,10}} {_WRITES}\w*\b[^.]{{0,40}}\b{_THESE}\b[^.]{{0,20}}"
        rf"\b{_HAS_TO}\b",
        rf"\b(?:summaries|answers|responses|replies|overviews)\b[^.]{{0,30}}\b{_THESE}\b[^.]{{0,20}}\b{_HAS_TO}\b",
        rf"\byour (?:reply|response|answer|output|summary) {_HAS_TO} (?:begin|start|open|end) with\b",
        r"\b(?:write|output|print|put|return|ecrivez|inscrivez)\b[^.]{0,40}"
        r"\b(?:and|et) (?:nothing|rien) (?:else|d'autre)\b",
        r"\b(?:from now on|henceforth|desormais),? (?:you|vous)\b",
        r"\bthe (?:correct|right|only|expected) (?:response|answer|reply|output) to (?:an?|any|every|the) "
        r"(?:query|prompt)\b",
        r"\b(?:hey|hello|hi|dear|note to|message (?:to|for))\b[^.]{0,10}\b(?:robots?|bots?|agents?|models?)\b",
        r"\b(?:priority|admin|system|instruction|developer|safety) override\b",
        r"\bsi vous (?:produisez|generez) [^.]{0,20}\b(?:resume|synthese|reponse|sommaire)\b",
        r"<!--",  # which no reader of the note sees
        r"\b(?:reveal|print|repeat|show|exfiltrate|send)\b[^.]{0,30}"
        r"\b(?:system prompt|your (?:instructions|prompt)|conversation|api key)\b",
    )
)


@lru_cache(maxsize=8192)
def gives_orders(text: str) -> bool:
    """Whether a sentence orders a program that reads it to do something."""
    folded = fold(text)
    return any(pattern.search(folded) for pattern in _ORDERS)

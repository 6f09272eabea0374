"""What chat models write besides an answer: thoughts, markup, and that the notes do not tell, in words of their own."""

from __future__ import annotations

import re

from qa.markup import plain
from qa.terms import fold

# What a model is asked to say where the notes do not tell, by language.
NOT_THERE = {"en": "NOT IN THE NOTES", "fr": "PAS DANS LES NOTES"}
_THOUGHTS = re.compile(r"<(think|thinking|reasoning)>.*?</\1>\s*", re.DOTALL | re.IGNORECASE)
_BEGINS = re.compile(r"<(?:think|thinking|reasoning)>|<[a-z]{0,9}\Z", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_IMAGE = re.compile(r"!\[[^\]\n]*\]\([^)]*\)?")
_LINK = re.compile(r"\[([^\]\n]+)\]\([^)]*\)")
_OF_A_LINE = re.compile(r"^\s*(?:#{1,6}\s+|>\s*|[-*•–]\s+)+")
_PLACES = (
    r"(?:notes?|passages?|sentences?|texts?|documents?|sources?|context|excerpts?|information|"
    r"extraits?|textes?|phrases?|contexte)"
)
_TELL = (
    r"(?:contain|mention|say|state|provide|specify|tell|include|indicate|give|answer|address|describe|find|"
    r"contien\w*|mentionn\w*|dis\w*|indiqu\w*|precis\w*|fourni\w*|donn\w*|repond\w*|trouv\w*)"
)
# Tried on folded text, without apostrophes.
_REFUSES = re.compile(
    rf"\b{_PLACES}\b(?: \w+){{0,3}} (?:do not|does not|don t|doesn t|did not|never|ne|n)\b(?: \w+){{0,2}} {_TELL}\b"
    rf"|\b(?:no|not|aucune?|pas)\b(?: \w+){{0,4}} (?:in|from|dans) (?:the|these|les|ces|any)(?: \w+){{0,2}} {_PLACES}\b"
    rf"|\b(?:i|we|je|nous)\b (?:\w+ ){{0,2}}(?:not|cannot|t|unable|pas|peux|pouvons)\b(?: \w+){{0,3}} "
    rf"(?:answer|find|determine|tell|know|repondre|trouver|determiner|sais)\b"
    rf"|\bcannot be (?:answered|determined|found)\b|\b(?:i do not|i don t|je ne) (?:know|sais)\b"
)


def without_thoughts(text: str) -> tuple[str, str]:
    """What of a growing `text` is said aloud, and what is to be looked at again once more of it is there: thoughts
    that have not ended, and a tag that is not whole."""
    text = _THOUGHTS.sub("", text)
    held = _BEGINS.search(text)
    return (text[: held.start()], text[held.start() :]) if held else (text, "")


def plain_line(text: str) -> str:
    """A line as plain words: no markup, no HTML, no address behind a link, nothing that is loaded or clicked."""
    text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    text = _TAG.sub("", _OF_A_LINE.sub("", text))
    return unspaced(plain("".join(char if char.isprintable() else " " for char in text)))


def unspaced(text: str) -> str:
    """`text` without the space that a mark leaves before a full stop when it is taken out; French keeps its own."""
    return re.sub(r" +(?=[.,…](?:\s|$))", "", text)


def is_refusal(line: str) -> bool:
    """Whether a line says that the notes do not tell."""
    folded = re.sub(r"\W+", " ", fold(line)).strip()
    asked = [fold(words) for words in NOT_THERE.values()]
    if any(words in folded and len(folded) < 2 * len(words) for words in asked):
        return True
    return bool(_REFUSES.search(folded))

"""What chat models write besides an answer: thoughts, markup, and that the notes do not tell, in words of their own."""

from __future__ import annotations

import re

from qa.markup import plain
from qa.terms import fold

# What a model is asked to say where the notes do not tell, by language.
NOT_THERE = {"en": "NOT IN THE NOTES", "fr": "PAS DANS LES NOTES"}
_TAGS = re.compile(r"<(/?)(?:think|thinking|reasoning)>", re.IGNORECASE)
_BEGINS = re.compile(r"</?[a-z]{0,9}\Z", re.IGNORECASE)
# Tags, comments, and a tag with attributes that does not end; "A<B" is none.
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?(?:-->|$)|</?[a-zA-Z]+\s[^<>]*=[^<>]*$")
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,300}\]\([^)]{0,1000}\)?")
_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\([^)]{0,1000}\)")
_OF_A_LINE = re.compile(r"^\s*(?:#{1,6}\s+|>\s*|[-*•–]\s+)+")
_PLACES = (
    r"(?:notes?|passages?|sentences?|texts?|documents?|sources?|context|excerpts?|information|"
    r"extraits?|textes?|phrases?|contexte)"
)
_TELL = (
    r"(?:contain|mention|say|state|provide|specify|tell|include|indicate|give|answer|address|describe|find|"
    r"contien\w*|mentionn\w*|dis\w*|indiqu\w*|precis\w*|fourni\w*|donn\w*|repond\w*|trouv\w*)"
)
# Characters before a refusal: "Based on the passages that were provided, ...".
_MOST_BEFORE = 45
# Tried on folded text, without apostrophes.
_REFUSES = re.compile(
    rf"\b{_PLACES}\b(?: \w+){{0,3}} (?:do not|does not|don t|doesn t|did not|never|ne|n)\b(?: \w+){{0,2}} {_TELL}\b"
    rf"|\b(?:no|not|aucune?|pas)\b(?: \w+){{0,4}} (?:in|from|dans) (?:the|these|les|ces|any)(?: \w+){{0,2}} {_PLACES}\b"
    rf"|\b(?:i|we|je|nous)\b (?:\w+ ){{0,2}}(?:not|cannot|t|unable|pas|peux|pouvons)\b(?: \w+){{0,3}} "
    rf"(?:answer|find|determine|tell|know|repondre|trouver|determiner|sais)\b"
    rf"|\bcannot be (?:answered|determined|found)\b|\b(?:i do not|i don t|je ne) (?:know|sais)\b"
)


class Thoughts:
    """What of a growing reply is said aloud: all but what stands between "<think>" and "</think>"."""

    def __init__(self) -> None:
        self._kept = ""
        self._thinking = self._began = self._late = False

    def aloud(self, piece: str) -> str:
        """What is said with `piece`; a tag that is not whole waits for the next one."""
        text, self._kept, said = self._kept + piece, "", ""
        while tag := _TAGS.search(text):
            if not self._thinking:
                said += text[: tag.start()]
            if tag[1]:
                # Some servers leave the first tag out.
                self._late = self._late or not self._began
                said = "" if not self._began else said
            self._thinking, self._began = not tag[1], True
            text = text[tag.end() :]
        held = _BEGINS.search(text)
        cut = held.start() if held else len(text)
        self._kept = text[cut:]
        return said if self._thinking else said + text[:cut]

    def ended_late(self) -> bool:
        """Whether what was said so far turns out to be thought; told once."""
        late, self._late = self._late, False
        return late

    def left(self) -> str:
        """What was held back as the beginning of a tag, and is none."""
        return "" if self._thinking else self._kept


def plain_line(text: str) -> str:
    """A line as plain words: no markup, no HTML, no address behind a link, nothing that is loaded or clicked."""
    text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    text = _TAG.sub("", _OF_A_LINE.sub("", text))
    return unspaced(plain("".join(char if char.isprintable() else " " for char in text)))


def unspaced(text: str) -> str:
    """`text` without the space that a mark leaves before a full stop when it is taken out; French keeps its own."""
    return re.sub(r" +(?=[.,…](?:\s|$))", "", text)


def is_refusal(line: str) -> bool:
    """Whether a line says that the notes do not tell, and nothing before that."""
    folded = re.sub(r"\W+", " ", fold(line)).strip()
    asked = [fold(words) for words in NOT_THERE.values()]
    if any(words in folded and len(folded) < 2 * len(words) for words in asked):
        return True
    refuses = _REFUSES.search(folded)
    if refuses is None or refuses.start() > _MOST_BEFORE:
        return False
    return not re.search(r"\d", folded[: refuses.start()])

"""A question that a note answers, and where; made by fixed forms, which hold for any binder."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum

from qa.answering.orders import gives_orders
from qa.markup import plain
from qa.schema import BlockKind, NoteContent, Span
from qa.sentences import sentence_spans
from qa.terms import fold, guess_language, is_short_form

MOST_CHARACTERS = 80
# So many words of its own make clear what a phrase without a name is about.
CLEAR_WORDS = 3
# What is longer, or stands further down a note, is not what a short question is made of.
_MOST_BLOCKS, _LONGEST_BLOCK, _LONGEST_SENTENCE = 400, 3_000, 300
_WRITTEN = re.compile(r"[\w ,.$€£%&’'()\-–?]+\Z")
# Words that many a binder uses for its own bodies: with a capital they are no name.
_BODIES = """
act agency assembly association authority bill board branch bureau cabinet canton centre center charter code
commission commissioner committee company convention cooperative council coalition crown department directorate
division federation fund government house law member members minister ministry network note office panel parliament
party plan program programme project protocol province region regulation republic secretariat senate service state
strategy territory treaty tribunal union unit agence assemblee autorite cabinet caisse charte comite compagnie
conseil convention cour direction entreprise federation fonds gouvernement loi ministere ministre office organisme
parlement plan programme projet protocole reglement reseau secretariat senat service syndicat traite
"""
_GENERIC = frozenset(_BODIES.split())


class Form(Enum):
    """What an example asks. ASKED: a question that stands in the note itself."""

    ASKED = "asked"
    WHO = "who"
    MONEY = "how much"
    WHEN = "when"
    NUMBER = "how many"
    WHAT = "what"
    SHORT = "short form"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may serve as an example.

    note, span: where its answer stands. alone: words that no other note may say for the question to be clear, unless it
    says `told` as well; "" where a name in it makes it so.
    """

    form: Form
    question: str
    note: str
    span: Span
    alone: str = ""
    told: str = ""


def said_in(content: NoteContent) -> Iterator[tuple[Span, str]]:
    """The sentences of a note's paragraphs and bullets, without markup; none that is long or gives orders."""
    for block in content.blocks[:_MOST_BLOCKS]:
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.BULLET) and block.end - block.start <= _LONGEST_BLOCK:
            for span in sentence_spans(content.text, block.start, block.end):
                sentence = plain(content.text[span.start : span.end])
                if len(sentence) <= _LONGEST_SENTENCE and not gives_orders(sentence):
                    yield span, sentence


def is_presentable(question: str, language: str) -> bool:
    """Whether a question can be shown: short, one line, in the letters and the language of its note, and no order."""
    return (
        len(question) <= MOST_CHARACTERS
        and question.count("?") == 1
        and question.endswith("?")
        and bool(_WRITTEN.match(question))
        and all(unicodedata.name(char, "").startswith("LATIN") for char in question if char.isalpha())
        and guess_language(question) == language
        and not gives_orders(question)
    )


def has_name(phrase: str) -> bool:
    """Whether a phrase holds a name: a word with a capital that is no body's common noun, or a short form."""
    capitals = [word for word in re.findall(r"[^\W_][\w’'.-]*", phrase) if word[0].isupper()]
    return any(fold(word.strip("’'.-")) not in _GENERIC or is_short_form(word) for word in capitals)


def without_brackets(phrase: str) -> str:
    """A phrase without what stands in brackets: "the Fund (CRF)" is "the Fund"."""
    return " ".join(re.sub(r"\([^()]*\)", " ", phrase).split())


def words_of(phrase: str) -> list[str]:
    """The words of a phrase in order, an elided article apart."""
    return re.findall(r"[^\W_][\w&.-]*(?:[’'][^\W_]*)?", re.sub(r"\b([LlDd])[’']", r"\1 ", phrase))


def own_words(phrase: str, small: Collection[str]) -> list[str]:
    """The words of a phrase that are none of the small ones."""
    return [word for word in words_of(phrase) if fold(word) not in small]


def holds_any(phrase: str, words: Collection[str]) -> bool:
    """Whether one of a phrase's words is among `words`, in whatever capitals."""
    return len(own_words(phrase, words)) < len(words_of(phrase))


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a language that tell what a sentence is on; all are folded. small: such as stand within it."""

    small: frozenset[str]
    determiners: frozenset[str]

    def subject(self, found: str, text: str, elsewhere: Collection[str]) -> str:
        """What a sentence is on, as it is written within one; "" where it is a clause or on something said before.

        found: what stands before the verb. text: the note's. elsewhere: words that something said before has.
        """
        phrase = without_brackets(found)
        words = words_of(phrase)
        if not words or holds_any(phrase, elsewhere) or fold(words[-1]) in self.small:
            return ""
        first, rest = phrase[: len(words[0])], phrase[len(words[0]) :]
        if fold(first) in self.determiners:
            return first.lower() + rest
        return phrase if fold(first) not in self.small and _is_name(first, text) else ""


def _is_name(word: str, text: str) -> bool:
    """Whether the first word of a sentence is a name, judged by how the rest of its note writes it."""
    as_word = rf"(?<![\w’'-]){re.escape(word[:1].lower() + word[1:])}\b"
    return bool(re.search(rf"(?<=[\w,;] ){re.escape(word)}\b", text)) and not re.search(as_word, text)

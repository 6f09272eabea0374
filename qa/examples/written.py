"""Questions that stand in a note: as one, or as a heading; and what the short forms that it defines stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa.acronyms import Glossary, same_meaning
from qa.examples.candidates import Candidate, Form, has_name, words_of
from qa.markup import plain
from qa.schema import Acronym, Block, BlockKind, NoteContent, Span
from qa.terms import ENGLISH, FRENCH, fold, stems

_LONGEST = 120
# How a question opens. What may be answered by yes or no must say more of what it is about.
_ASKS = {
    ENGLISH: re.compile(
        r"(?:who|what|which|where|when|how (?:much|many|long|often)|why (?:is|are|was|were|does|do|did))\b"
    ),
    FRENCH: re.compile(r"(?:qui|que|quel(?:le)?s?|quand|combien|comment|pourquoi|qu'est-ce que?|ou (?:est|sont))\b"),
}
_YES_OR_NO = {
    ENGLISH: re.compile(r"(?:is|are|was|were|will|does|do|did|has|have|can|may|must) (?!it\b)"),
    FRENCH: re.compile(r"(?:est-ce que|peut-on|doit-on|faut-il|(?:l[ea]s? |l')[^?]{2,40}-t?-?(?:il|elle)s?\b)"),
}
# A heading that is a question but for its mark: "Who may close a bridge".
_HEADS = {
    ENGLISH: re.compile(r"who (?:may|can|must|should|pays|decides|chairs|leads|owns|is responsible)\b"),
    FRENCH: re.compile(r"qui (?:peut|doit|paie|paye|decide|preside|dirige|est responsable)\b"),
}
# Words that point to what was said before, and words that say little of what a question is about.
_ENGLISH_POINTERS = """
it its they them their he she his her him we us our you your i me my this that these those so such else here ones one
same other others another then now still yet anything something again elsewhere
"""
_FRENCH_POINTERS = """
il ils lui leur leurs nous notre nos vous votre vos je me mon ma mes on ce cet cette ces cela ca celui celle ceux celles
meme autre autres ici ailleurs encore deja rien y en son sa ses
"""
_POINTS_BACK = {ENGLISH: frozenset(_ENGLISH_POINTERS.split()), FRENCH: frozenset(_FRENCH_POINTERS.split())}
_LIGHT_WORDS = """
people person anyone anybody someone long many money thing way time more new get go come use say mean happen whether put
make take number real true wait gens personne chose temps nouveau faire dire aller prendre
"""
_LIGHT = {language: frozenset(stems(_LIGHT_WORDS, language)) for language in (ENGLISH, FRENCH)}


def asked(content: NoteContent) -> Iterator[Candidate]:
    """The questions that stand in a note and can be understood without it."""
    language, blocks = content.note.language, content.blocks
    for at, block in enumerate(blocks):
        if block.kind not in (BlockKind.QUESTION, BlockKind.HEADING) or block.end - block.start > _LONGEST:
            continue
        text = plain(content.text[block.start : block.end])
        heading = block.kind is BlockKind.HEADING
        if heading and _HEADS[language].match(_plainly(text)) and text[-1:].isalnum():
            text += " ?" if language == FRENCH else "?"
        answer = _answered_by(blocks, at)
        if answer and text.endswith("?") and _stands_alone(text, language):
            yield Candidate(Form.ASKED, text, content.note.note, answer)


def short_forms(content: NoteContent, glossary: Glossary) -> Iterator[Candidate]:
    """What the short forms that a note defines stand for: those of one meaning in the binder, the most used first."""
    least = 1 if content.note.language == FRENCH else 2  # « Fonds de résilience côtière »
    own = [one for one in glossary.acronyms if one.note == content.note.note and _is_worth_asking(one, glossary, least)]
    for one in sorted(own, key=lambda one: -len(re.findall(rf"\b{re.escape(one.short)}\b", content.text))):
        ask = "Que signifie {short} ?" if content.note.language == FRENCH else "What does {short} stand for?"
        yield Candidate(Form.SHORT, ask.format(short=one.short), one.note, Span(one.start, one.end))


def _is_worth_asking(acronym: Acronym, glossary: Glossary, least: int) -> bool:
    """Whether it is of some letters, and of one name in the whole binder, with `least` capitals or more."""
    every = glossary.definitions(acronym.short)
    named = [word for word in words_of(acronym.long) if word[0].isupper()]
    return (
        3 <= len(acronym.short) <= 6
        and acronym.short.isalpha()
        and acronym.short.isupper()
        and len(words_of(acronym.long)) > 1
        and len(named) >= least
        and all(same_meaning(acronym.long, other.long) for other in every)
    )


def _answered_by(blocks: Sequence[Block], at: int) -> Span | None:
    """What stands below a question or heading, up to the next one; None where nothing does."""
    below = []
    for block in blocks[at + 1 :]:
        if block.kind in (BlockKind.QUESTION, BlockKind.HEADING):
            break
        below.append(block)
    return Span(below[0].start, below[-1].end) if below else None


def _stands_alone(question: str, language: str) -> bool:
    """Whether a question says itself what it is about: no word points elsewhere, and a name or its words tell."""
    folded = _plainly(question)
    uninverted = re.sub(r"-(?:t-)?(?:ils?|elles?|on)\b", "", folded)  # "Le tarif va-t-il augmenter ?"
    unspecific = any(word in _POINTS_BACK[language] for word in re.findall(r"\w+", uninverted))
    if unspecific or re.search(r"[.;:!?]\s*\w", question):
        return False
    content = {stem for stem in stems(question, language) if stem not in _LIGHT[language]}
    if _ASKS[language].match(folded):
        return len(content) > 1 or (bool(content) and has_name(question[1:]))
    return bool(_YES_OR_NO[language].match(folded)) and (
        len(content) > 2 or (len(content) > 1 and has_name(question[1:]))
    )


def _plainly(text: str) -> str:
    return fold(text).replace("’", "'")

"""Questions to begin with, made from a binder's own notes; each was put to the binder and is answered well.

A note gives candidates by a few fixed forms (written.py, people.py, english.py, french.py); here some are chosen. No
chat model is called: what is shown first must not cost anything, nor be different each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from itertools import chain, islice

from qa.acronyms import meanings, written_short
from qa.binder import Binder
from qa.errors import UnknownNoteError
from qa.examples import english, french, people, written
from qa.examples.candidates import Candidate, Form, is_presentable, said_in
from qa.schema import Answer, BlockKind, Citation, Note, NoteContent, Span
from qa.terms import FRENCH, fold

__all__ = ["example_questions"]

MOST_ASKED = 24
# So many of the newest notes are looked at, and so many candidates of one note and form put to the binder.
MOST_NOTES, MOST_OF_A_FORM = 40, 2
# What short forms stand for is asked last, where nothing else was found; so many are kept for that.
_KEPT = 6
# What may stand beside a good answer; other notices say that it is in doubt.
_HARMLESS = ("age", "left_out", "acronym", "index", "undated")


def example_questions(binder: Binder, language: str | None = None, most: int = 4) -> tuple[str, ...]:
    """Up to `most` questions of several forms and notes, the newest notes first, that the binder answers well.

    language: only notes in "en" or "fr", and questions in it; None: of all, each in the language of its note.
    That a question is answered well means: no doubt is told, what it was made from is quoted, and no other note is. No
    chat model is called. At most MOST_ASKED questions are put to the binder. Raises what `Binder.ask` raises.
    """
    notes = _newest(binder, language)
    candidates = cache(lambda note: tuple(_candidates(binder, note)))
    chosen: list[Candidate] = []
    asked: set[str] = set()
    for other_form, other_note, most_asked in _ROUNDS:
        for note in notes:
            for candidate in candidates(note.note):
                if len(chosen) >= most or len(asked) >= most_asked:
                    break
                if other_note and any(binder.editions().same_edition(note.note, one.note) for one in chosen):
                    break
                taken = other_form and any(one.form is candidate.form for one in chosen)
                if taken or candidate.question in asked or (candidate.form is Form.SHORT and most_asked < MOST_ASKED):
                    continue
                asked.add(candidate.question)
                if _is_well_answered(binder, candidate):
                    chosen.append(candidate)
    return tuple(one.question for one in chosen)


# Whether each question is of another form and of another note than those before, and how many may have been asked: what
# is left out first is taken up later, to have as many as are wanted.
_ROUNDS = (
    (True, True, MOST_ASKED - _KEPT),
    (True, True, MOST_ASKED),
    (True, False, MOST_ASKED),
    (False, True, MOST_ASKED),
    (False, False, MOST_ASKED),
)


def _newest(binder: Binder, language: str | None) -> list[Note]:
    """The newest notes, without those that another overtakes; those without a date last."""
    notes = [note for note in binder.notes() if language in (None, note.language)]
    notes.sort(key=lambda note: note.date or date.min, reverse=True)
    return list(islice((note for note in notes if binder.editions().overtaken_by(note.note) is None), MOST_NOTES))


def _candidates(binder: Binder, note: str) -> Iterator[Candidate]:
    """What may be asked of a note, the best forms first and of each only some."""
    try:
        content = binder.content(note)
    except UnknownNoteError:  # a sync took it away meanwhile
        return
    sentences = list(said_in(content))
    found = chain(
        written.asked(content),
        people.who(content, sentences),
        _turned_round(content, sentences),
        written.short_forms(content, binder.glossary()),
    )
    fit = {one.question: one for one in found if is_presentable(one.question, content.note.language)}
    fit = {question: one for question, one in fit.items() if not _has_two_meanings(question, binder)}
    for form in Form:
        yield from islice((one for one in fit.values() if one.form is form), MOST_OF_A_FORM)


def _turned_round(content: NoteContent, sentences: Sequence[tuple[Span, str]]) -> Iterator[Candidate]:
    questions = french.questions if content.note.language == FRENCH else english.questions
    headings = (content.text[block.start : block.end] for block in content.blocks if block.kind is BlockKind.HEADING)
    named = "\n".join((content.note.title, *headings))
    for span, sentence in sentences:
        for form, question, alone in questions(sentence, content.text, named):
            yield Candidate(form, question, content.note.note, span, alone)


def _has_two_meanings(question: str, binder: Binder) -> bool:
    """Whether the binder's notes define a short form of the question in several ways."""
    return any(len(meanings(binder.glossary().definitions(short))) > 1 for short in written_short(question))


def _is_well_answered(binder: Binder, candidate: Candidate) -> bool:
    answer = binder.ask_without_model(candidate.question)
    # What a short form in it stands for may be said before what it is.
    said = answer.statements if candidate.form is Form.WHAT else answer.statements[:1]
    return (
        not answer.abstained
        and any(_is_of(citation, candidate) for statement in said for citation in statement.citations)
        and all(citation.note == candidate.note for citation in answer.citations)
        and all(notice.kind in _HARMLESS for notice in answer.notices)
        and not _said_elsewhere(binder, candidate, answer)
    )


def _is_of(citation: Citation, candidate: Candidate) -> bool:
    return citation.note == candidate.note and Span(citation.start, citation.end).overlaps(candidate.span)


def _said_elsewhere(binder: Binder, candidate: Candidate, answer: Answer) -> bool:
    """Whether another note that was found speaks of such a thing too, so that it is open which one is meant."""
    others = [fold(hit.text) for hit in answer.hits if not binder.editions().same_edition(hit.note, candidate.note)]
    alone, told = fold(candidate.alone), fold(candidate.told)
    return bool(alone) and any(alone in text and not (told and told in text) for text in others)

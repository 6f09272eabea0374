"""Whether the notes hold the answer, as far as what was found tells: answered, near (with a doubt) or abstained.

The chance is calibrated (see calibration.py); docs/abstention.md says how well it tells what. Questions on a subject
that the notes do not have are told apart well. Near misses, where people and subjects are there and the fact is not,
are hardly told at all; for these there are the doubt, and the words of the question that nothing quoted matches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from qa.answering.calibration import Calibration
from qa.answering.features import features
from qa.answering.kinds import tells
from qa.answering.words import say
from qa.retrieval.searched import Searched, words_of
from qa.schema import Hit, Query, Statement

UNCALIBRATED_COVERAGE = 0.25
# How far below a threshold a chance is put that has to be below it.
_BELOW = 0.01


class Manner(Enum):
    """How a question is answered. NEAR: what comes nearest is quoted, with a notice that it may not be the answer."""

    ANSWERED = "answered"
    NEAR = "near"
    ABSTAINED = "abstained"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The manner of an answer, and the chance, 0..1, that the notes hold it; None where nothing was calibrated."""

    manner: Manner
    chance: float | None


def judged(query: Query, hits: Sequence[Hit], put_to: Searched, known: Calibration | None) -> Judgement:
    """What follows from what was found.

    known: the calibration for this embedding model and language. Without one the terms alone decide, and there is no
    doubt: a quarter of them, by rarity, must stand in one sentence and its context.
    """
    if known is None:
        coverage = max((sentence.coverage for hit in hits for sentence in hit.sentences), default=0.0)
        return Judgement(Manner.ABSTAINED if coverage < UNCALIBRATED_COVERAGE else Manner.ANSWERED, None)
    chance = known.chance(features(query, hits, put_to))
    if chance < known.abstain_below or not hits:
        return Judgement(Manner.ABSTAINED, chance)
    return Judgement(Manner.NEAR if chance < known.near_below else Manner.ANSWERED, chance)


def looked_up(judgement: Judgement, known: Calibration | None) -> Judgement:
    """The judgement where the answer was looked up and not searched, so that it does not hang on how near hits are."""
    if judgement.chance is None or known is None:
        return Judgement(Manner.ANSWERED, None)
    return Judgement(Manner.ANSWERED, max(judgement.chance, known.near_below))


def refused(judgement: Judgement, known: Calibration | None) -> Judgement:
    """The judgement where there is a reason to abstain, whatever was found; the chance is then one that does so."""
    if judgement.chance is None or known is None:
        return Judgement(Manner.ABSTAINED, None)
    return Judgement(Manner.ABSTAINED, min(judgement.chance, max(0.0, known.abstain_below - _BELOW)))


def untold(query: Query, statements: Sequence[Statement]) -> bool:
    """Whether statements lack the number, time or name that was asked for."""
    return not tells(query.question, "\n".join(statement.text for statement in statements))


def nearest(query: Query, hits: Sequence[Hit], put_to: Searched, most: int = 3) -> str:
    """That the notes do not tell, and what helps to ask again; quotes nothing.

    That is the places that come nearest, by note, each section once; the question's words that no note holds; how many
    notes were searched, and of which time the newest is.
    """
    language = query.asked_in
    if not hits:
        return f"{say('abstained', language)} {say('nothing_told' if put_to.notes else 'nothing_left', language)}"
    said = [say("abstained", language), say("nearest", language, places=_places(hits[:most], language))]
    if missing := words_of(query, put_to.absent):
        said.append(say("in_no_note", language, words=", ".join(missing)))
    return " ".join([*said, _of_the_notes(put_to, language)])


def _places(hits: Sequence[Hit], language: str) -> str:
    sections: dict[str, list[str]] = {}
    for hit in hits:
        day = hit.date.isoformat() if hit.date else say("no_date", language)
        found = sections.setdefault(f"{hit.title} ({hit.note}, {day})", [])
        if hit.section and hit.section not in found:
            found.append(hit.section)
    return "; ".join(f"{note}: {', '.join(names)}" if names else note for note, names in sections.items())


def _of_the_notes(put_to: Searched, language: str) -> str:
    one = "_one" if put_to.notes == 1 else ""
    newest = say(f"newest{one}", language, day=put_to.newest.isoformat()) if put_to.newest else ""
    return say(f"searched{one}", language, count=str(put_to.notes), newest=newest)

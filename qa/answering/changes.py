"""Where two notes give different values for one thing: an amount, a share, a number, a time, a name.

Two figures are of one thing where the words around them are the same, clause by clause; two names where their sentences
say the same of them. What cannot be told so is left out: a notice that is wrong is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from qa.figures import Figure, Measure, find_figures, may_hold_figures
from qa.schema import BlockKind, NoteContent, Span
from qa.sentences import sentence_spans
from qa.terms import stems

# What a figure's words end at; a comma within a figure is none.
_CLAUSE = re.compile(r"[;:–—()]|,(?!\d)|\s(?:and|or|but|while|et|ou|mais)\s")
_NAME = re.compile(r"(?<!\w)[^\W\d_a-zà-ÿ][\w'’-]*(?:\s[^\W\d_a-zà-ÿ][\w'’-]+)+")
_UNIT = re.compile(r"[\s-]\w+")
# The unit of a time until which something holds: "$12 million a year until 2026" is no figure of the year 2026.
LIMIT = "until"
_UNTIL = re.compile(
    r"(?:\b(?:until|till|through|(?:end(?:s|ing)?|expir(?:es?|ing)) (?:in|on))|\bjusqu['’](?:en|au|à|à la fin de))"
    r"(?: the)?(?: end of)?\s+\Z",
    re.IGNORECASE,
)
_SAID = (BlockKind.PARAGRAPH, BlockKind.BULLET, BlockKind.ANSWER, BlockKind.QUOTATION, BlockKind.FOOTNOTE)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much alike the words around two values must be: so many words in common, and this share of them.

    of_longer: the share is of the longer list of words and not of the shorter one.
    """

    words: int
    share: float
    of_longer: bool

    def holds(self, one: Collection[str], other: Collection[str]) -> bool:
        common = len(set(one) & set(other))
        size = (max if self.of_longer else min)(len(one), len(other))
        return common >= self.words and common >= self.share * size


# Editions of one note speak of the same things; of other notes only the same words show it.
OF_EDITIONS = Likeness(words=2, share=0.6, of_longer=False)
OF_OTHERS = Likeness(words=4, share=0.75, of_longer=True)


@dataclass(frozen=True)
class Wording:
    """What is compared of a sentence, worked out as it is asked for. Sentences of the same words share one."""

    text: str
    language: str

    @cached_property
    def stems(self) -> frozenset[str]:
        """All of it; quick, since no figures need be found first."""
        return frozenset(stems(self.text, self.language))

    @cached_property
    def figures(self) -> list[Figure]:
        """In order; a time until which something holds has the unit LIMIT."""
        found = find_figures(self.text)
        return [
            replace(one, unit=LIMIT)
            if one.measure is Measure.TIME and _UNTIL.search(self.text, 0, one.span.start)
            else one
            for one in found
        ]

    @cached_property
    def words(self) -> frozenset[str]:
        """The stems of the sentence without its figures."""
        return self._words(Span(0, len(self.text)))

    @cached_property
    def clauses(self) -> list[tuple[Span, frozenset[str], list[Figure]]]:
        """The clauses with their words and figures."""
        ends = [match.span() for match in _CLAUSE.finditer(self.text)]
        ends = [end for end in ends if not any(figure.span.overlaps(Span(*end)) for figure in self.figures)]
        starts = [0, *(end for _, end in ends)]
        spans = [Span(start, end) for start, end in zip(starts, [*(s for s, _ in ends), len(self.text)], strict=True)]
        return [(span, self._words(span), [f for f in self.figures if f.span.overlaps(span)]) for span in spans]

    def _words(self, span: Span) -> frozenset[str]:
        text = list(self.text)
        for figure in self.figures:
            text[figure.span.start : figure.span.end] = " " * (figure.span.end - figure.span.start)
        return frozenset(stems("".join(text[span.start : span.end]), self.language))


_wording = lru_cache(4096)(Wording)


@dataclass(frozen=True)
class Saying:
    """A sentence of a note. One that is kept keeps its wording."""

    content: NoteContent
    span: Span

    @property
    def text(self) -> str:
        return self.content.text[self.span.start : self.span.end]

    @cached_property
    def wording(self) -> Wording:
        return _wording(self.text, self.content.note.language)


@dataclass(frozen=True, slots=True)
class Change:
    """Two values of one thing, and where each stands in its note."""

    mine: str
    theirs: str
    my_saying: Saying
    their_saying: Saying


def sayings(content: NoteContent, *, of_figures: bool = False) -> list[Saying]:
    """The sentences of a note's running text; of_figures: only those that may hold a figure."""
    wanted = may_hold_figures if of_figures else _any
    return [
        Saying(content, span)
        for block in content.blocks
        if block.kind in _SAID and wanted(content.text[block.start : block.end])
        for span in sentence_spans(content.text, block.start, block.end)
        if wanted(content.text[span.start : span.end])
    ]


def _any(text: str) -> bool:
    return True


def changed_figures(
    mine: Saying, others: Sequence[Saying], likeness: Likeness, measures: Collection[Measure]
) -> Iterator[Change]:
    """The figures of a sentence for which other sentences, of one other note, give another value and none gives it."""
    for _, words, figures in mine.wording.clauses:
        compared = [figure for figure in figures if figure.measure in measures]
        if not compared:
            continue
        alike = [
            (len(words & said), saying, theirs)
            for saying in others
            if len(words & saying.wording.stems) >= likeness.words  # or no clause of it can have so many in common
            and any(figure.measure in measures for figure in saying.wording.figures)
            for _, said, theirs in saying.wording.clauses
            if likeness.holds(words, said) and _of_one_time(figures, theirs)
        ]
        for figure in compared:
            same = [(at, saying, one) for at, saying, theirs in alike for one in theirs if _comparable(figure, one)]
            if not same or any(figure.agrees(one) for *_, one in same):
                continue
            _, saying, other = max(same, key=lambda found: (found[0], found[2].unit == figure.unit))
            yield Change(_shown(mine, figure), _shown(saying, other), mine, saying)


def changed_names(mine: Saying, others: Sequence[Saying]) -> Iterator[Change]:
    """The name in a sentence for which other sentences, of one other note, have another: "led by Lorcan Fitzpane"."""
    for saying in others:
        if len(mine.wording.stems & saying.wording.stems) < OF_EDITIONS.words:
            continue  # without their names they have no more in common
        own, theirs = _own_names(mine, saying), _own_names(saying, mine)
        if len(own) != 1 or len(theirs) != 1:
            continue
        name, other = own[0], theirs[0]
        left, right = _without(mine, name), _without(saying, other)
        common = left & right
        if len(common) >= OF_EDITIONS.words and 2 * len(common) >= min(len(left), len(right)):
            yield Change(_part(mine, name), _part(saying, other), mine, saying)
            return


def _shown(saying: Saying, figure: Figure) -> str:
    """A figure as it stands there, a number with what it counts."""
    counts = figure.measure is Measure.NUMBER and figure.unit
    unit = _UNIT.match(saying.text, figure.span.end) if counts else None
    return _part(saying, Span(figure.span.start, unit.end() if unit else figure.span.end))


def _comparable(one: Figure, other: Figure) -> bool:
    return one.measure is other.measure and (one.measure is not Measure.NUMBER or one.unit == other.unit)


def _of_one_time(one: Sequence[Figure], other: Sequence[Figure]) -> bool:
    """Whether two clauses may be of one time: figures of two years are two figures. Until when they hold tells not of
    which time they are."""
    times = (
        [figure for figure in of if figure.measure is Measure.TIME and figure.unit != LIMIT] for of in (one, other)
    )
    mine, theirs = times
    only_times = all(figure.measure is Measure.TIME for figure in (*one, *other))
    return only_times or not (mine and theirs) or any(a.agrees(b) for a in mine for b in theirs)


def _own_names(one: Saying, other: Saying) -> list[Span]:
    """The names in a sentence of which the first word does not stand in the other; titles before them are left out."""
    found = []
    for match in _NAME.finditer(one.text):
        words = [
            Span(word.start() + match.start(), word.end() + match.start()) for word in re.finditer(r"\S+", match[0])
        ]
        while words and _part(one, words[0]) in other.text:
            words.pop(0)
        if len(words) > 1:
            found.append(Span(words[0].start, words[-1].end))
    return found


def _without(saying: Saying, name: Span) -> frozenset[str]:
    return saying.wording.words - frozenset(stems(_part(saying, name), saying.content.note.language))


def _part(saying: Saying, span: Span) -> str:
    return saying.text[span.start : span.end]

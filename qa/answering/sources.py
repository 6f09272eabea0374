"""What is found for a question as numbered sentences: what a chat model reads, and what its citations point to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from qa.answering.citations import blocks_in, section_of
from qa.answering.grounds import Ground, forms_of
from qa.answering.orders import gives_orders
from qa.answering.units import run_of
from qa.markup import plain
from qa.schema import Acronym, BlockKind, Hit, NoteContent, Sentence, Span


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence, bullet or row that can be cited. context: what it means nothing without, outermost first."""

    number: int
    content: NoteContent
    own: Span
    context: tuple[Span, ...] = ()

    @property
    def text(self) -> str:
        """Its words without markup, on one line."""
        return self.words(self.own)

    @property
    def spans(self) -> tuple[Span, ...]:
        """What is quoted when it is cited: itself and what it hangs on."""
        return run_of(self.content, self.own, self.context).spans

    def words(self, span: Span) -> str:
        """The words of a span of its note without markup, on one line."""
        return plain(self.content.text[span.start : span.end])


@dataclass(frozen=True, slots=True)
class Shown:
    """Sources that stand together in a note, below one heading."""

    content: NoteContent
    section: str
    sources: tuple[Source, ...]


def numbered(
    hits: Sequence[Hit], definitions: Iterable[Acronym], blocks: Callable[[str], NoteContent]
) -> tuple[Shown, ...]:
    """The sentences of hits, best hit first, each once and numbered from 1, after what says what short forms mean.

    Sentences that give orders to a program are left out (orders.py). blocks: a note's path to its text and blocks.
    """
    shown: list[Shown] = []
    seen = set[tuple[str, int, int]]()
    number = 1
    for content, section, sentences in [*_defining(definitions, blocks), *_found(hits, blocks)]:
        sources = []
        for sentence in sentences:
            place = (content.note.note, sentence.start, sentence.end)
            if place not in seen and plain(sentence.text) and not gives_orders(sentence.text):
                seen.add(place)
                sources.append(Source(number, content, Span(sentence.start, sentence.end), sentence.context))
                number += 1
        if sources:
            shown.append(Shown(content, section, tuple(sources)))
    return tuple(shown)


def ground_of(
    sources: Sequence[Source], acronyms: Callable[[str], Iterable[Acronym]], common: frozenset[str]
) -> Ground:
    """What a statement that cites `sources` may rest on.

    acronyms: a text to what the binder says of the short and long forms in it. common: see Ground.
    """
    quotes = "\n".join(dict.fromkeys(" ".join(one.words(span) for span in _lines(one)) for one in sources))
    above = "\n".join(dict.fromkeys(one.words(span) for one in sources for span in _above(one)))
    around = "\n".join(dict.fromkeys(line for one in sources for line in _around(one)))
    days = tuple(dict.fromkeys(one.content.note.date for one in sources if one.content.note.date))
    forms = forms_of(acronyms(f"{quotes}\n{around}"))
    return Ground(quotes, above, around, days, forms, common)


def _defining(
    definitions: Iterable[Acronym], blocks: Callable[[str], NoteContent]
) -> list[tuple[NoteContent, str, Sequence[Sentence]]]:
    found: list[tuple[NoteContent, str, Sequence[Sentence]]] = []
    for one in definitions:
        content = blocks(one.note)
        section = section_of(content, blocks_in(content, Span(one.start, one.end))[0])
        found.append((content, section, [Sentence(one.start, one.end, content.text[one.start : one.end])]))
    return found


def _found(
    hits: Sequence[Hit], blocks: Callable[[str], NoteContent]
) -> list[tuple[NoteContent, str, Sequence[Sentence]]]:
    return [(blocks(hit.note), hit.section, hit.sentences) for hit in hits]


def _above(source: Source) -> tuple[Span, ...]:
    """The lead-ins of a bullet, the head and the caption of a row."""
    block = blocks_in(source.content, source.own)[0]
    own = [span for span in (block.caption, block.header) if span] if block.kind is BlockKind.ROW else []
    return tuple(dict.fromkeys([*source.context, *block.lead_in, *own]))


def _lines(source: Source) -> tuple[Span, ...]:
    """What stands in its quotes, piece by piece: a lead-in and the bullet below it are two."""
    spans = {span for span in _above(source) if any(one.overlaps(span) for one in source.spans)}
    return (*sorted(spans), source.own)


def _around(source: Source) -> list[str]:
    """The title of its note and who it is for, the headings above it, and the caption of its table."""
    block = blocks_in(source.content, source.own)[0]
    captions = [source.words(block.caption)] if block.caption else []
    note = source.content.note
    return [
        note.title,
        *([note.prepared_for] if note.prepared_for else []),
        *(source.words(span) for span in block.headings),
        *captions,
    ]

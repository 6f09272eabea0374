"""An answer as the one text that a chat page shows: what is said, what is to be known beside it, and the sources.

`answer.text` holds statements only. A page that shows nothing but one text would leave out that a newer note says
otherwise, or that this may not be the answer at all; so these stand in the text there. Statements and notices come
before the sources, in the order of the chat page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa.answering import words
from qa.answering.citations import joined, markers
from qa.conversation import all_quotes
from qa.exporting.escaping import escaped
from qa.exporting.words import say
from qa.exporting.written import reference
from qa.markup import plain
from qa.schema import Answer, Citation
from qa.terms import guess_language

_MARKER = re.compile(r"\[(\d+)\]")
# Stands on either side of a marker until its place is known; no words of a note hold it, see _shown.
_EDGE = "\0"


@dataclass(frozen=True, slots=True)
class Mark:
    """A marker in the text, `text[start:end]`, and what it cites."""

    start: int
    end: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class Content:
    """A text, and the markers in it."""

    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes answers as texts. link: the address of a quote.

    marked_up: as Markdown, in which nothing of a note's or a model's words is active; otherwise as plain text, in which
    they stand as they are.
    """

    link: Callable[[Citation], str]
    marked_up: bool = True

    def body(self, answer: Answer) -> str:
        """What is said, as far as it is: of an answer that grows, the beginning of what it becomes."""
        return _unmarked(self._body(answer))

    def whole(self, answer: Answer) -> Content:
        """What is said, what is to be known beside it, and the sources."""
        language = guess_language(answer.question)
        parts = [self._body(answer)]
        if answer.rewrite:
            asked = words.say("asked_as", language, question=answer.rewrite)
            parts.append(self._shown(asked))
        for notice in answer.notices:
            told = say("note", language, text=self._shown(notice.text))
            parts.append(f"{told} {_edged(markers(notice.citations))}".rstrip())
        quotes = sorted(dict.fromkeys(all_quotes(answer)), key=lambda quote: quote.marker)
        said = _folded(_unmarked("\n".join([answer.text, *(notice.text for notice in answer.notices)])))
        parts += [self._source(quote, language, said) for quote in quotes]
        return _with_marks("\n\n".join(parts), quotes)

    def _body(self, answer: Answer) -> str:
        if answer.abstained or not answer.statements:
            return self._shown(answer.text)
        if not self.marked_up:
            return joined(answer.statements, self._shown, _edged)
        # By itself each, as lines that follow one another are one paragraph in Markdown.
        return "\n\n".join(
            f"{self._shown(said.text)} {_edged(markers(said.citations))}".rstrip() for said in answer.statements
        )

    def _source(self, quote: Citation, language: str, said: str) -> str:
        """Where a quote stands, and its words where they are not said already."""
        repeats = _folded(plain(quote.quote)) in said
        if not self.marked_up:
            place = reference(quote, language, show=_folded, bold="").replace(_EDGE, "")
            return f"[{quote.marker}] {place}" + ("" if repeats else f": “{self._shown(quote.quote)}”")
        place = f"**[{quote.marker}]** {reference(quote, language, link=self.link(quote))}"
        return place if repeats else f"{place}\n\n> {escaped(quote.quote, '> ')}"

    def _shown(self, text: str) -> str:
        return escaped(text) if self.marked_up else text.replace(_EDGE, "\ufffd")


def _edged(marked: str) -> str:
    return _MARKER.sub(rf"{_EDGE}[\1]{_EDGE}", marked)


def _unmarked(text: str) -> str:
    return text.replace(_EDGE, "")


def _folded(text: str) -> str:
    return " ".join(text.split())


def _with_marks(text: str, quotes: Sequence[Citation]) -> Content:
    cited = {quote.marker: quote for quote in quotes}
    clean, marks = "", list[Mark]()
    for number, part in enumerate(text.split(_EDGE)):
        if number % 2:
            marks.append(Mark(len(clean), len(clean) + len(part), cited[int(part[1:-1])]))
        clean += part
    return Content(clean, tuple(marks))

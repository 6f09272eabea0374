"""Words of a note as HTML: markup taken off, escaped, and what lies in the quotes marked."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from html import escape

from qa.markup import plain_with_places
from qa.schema import Span

_SPACE = re.compile(r"\s+")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_FIRST = '<mark class="qa-quote" id="qa-quote" tabindex="-1">'
_OTHER = '<mark class="qa-quote">'


class Highlights:
    """Writes the words of a note, in the order in which it is asked for them.

    text: the note's. spans: of the quotes; they may overlap, touch, and stand in any order. The first words that are
    marked bear the id "qa-quote", so that the page can go there.
    """

    def __init__(self, text: str, spans: Sequence[Span]) -> None:
        self._text = text
        self._spans = _merged(spans)
        self._ends = [span.end for span in self._spans]
        self._marked = False

    def html(self, start: int, end: int, *, keep_lines: bool = False) -> str:
        """The words of `text[start:end]`, each run of them that lies in a quote in a mark of its own.

        White space is one blank, and a blank line two line ends. keep_lines: it stays as it is.
        """
        source = self._text[start:end]
        shown, places = plain_with_places(source)
        words: Sequence[str] = _with_lines(shown, places, source, keep_lines) if "\n" in source else shown
        parts: list[str] = []
        done = 0
        for first, last in self._runs(shown, places, start, end):
            parts += escape("".join(words[done:first])), _OTHER if self._marked else _FIRST
            parts += escape("".join(words[first:last])), "</mark>"
            self._marked, done = True, last
        return "".join(parts) + escape("".join(words[done:]))

    def _runs(self, shown: str, places: list[int], start: int, end: int) -> list[tuple[int, int]]:
        """The runs of `shown` that are marked, each from and to a character; no blank begins or ends a quote."""
        runs = []
        at = bisect_right(self._ends, start)
        while at < len(self._spans) and self._spans[at].start < end:
            first = bisect_left(places, self._spans[at].start - start)
            last = bisect_left(places, self._spans[at].end - start)
            said = shown[first:last]
            first += len(said) - len(said.lstrip())
            last = first + len(said.strip())
            if first < last:
                runs.append((first, last))
            at += 1
        return runs


def _merged(spans: Sequence[Span]) -> list[Span]:
    """The spans in order, those that overlap or touch made one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _with_lines(shown: str, places: list[int], source: str, keep_lines: bool) -> list[str]:
    """The characters of `shown`, with the line ends of `source` where they are to be seen."""
    chars = list(shown)
    for at, char in enumerate(chars):
        if char == " " and (run := _SPACE.match(source, places[at])):
            if keep_lines:
                chars[at] = run[0]
            elif _BLANK_LINE.search(run[0]):
                chars[at] = "\n\n"
    return chars

"""Where sentences begin and end. The boundaries are nupunkt's, mended where a note's own habits mislead it."""

from __future__ import annotations

import re

from qa.schema import Span

# A blank line, or Markdown's hard line break: two spaces or a backslash at the end of a line.
_BREAK = re.compile(r"\n[ \t]*\n|(?<=  )\n|(?<=\\)\n")
_ABBREVIATION = re.compile(
    r"(?<!\w)(?:arts?|al|approx|capt|cf|ch|cmdr|col|e\.g|env|fig|gen|hon|i\.e|insp|lt|maj|mlle|mme|par|prof|rt|sgt|ste?|supt|vol"
    r"|c\.-à-d|p\. ?ex)\.\Z",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"(?<!\w)(?:[^\W\d_]\.){2,}\Z")
_NOTE_MARK = re.compile(r"(?:\(\d{1,2}\)|\[\^[^\]\n]{1,20}\]|[¹²³⁴⁵⁶⁷⁸⁹]+)(?=\s)")
_WORD = re.compile(r"\w")
_LABEL_WORDS = 3
_LEAD_IN_WORDS = 4


def sentence_spans(text: str, start: int, end: int) -> list[Span]:
    """The sentences of `text[start:end]` in order, without white space at their ends; together they hold all the rest.

    A label of up to three words that opens the text ("Theft. Seventeen engines were taken.", "No. It is not.") stays
    with the sentence after it, which says little without it.
    """
    spans: list[Span] = []
    for part_start, part_end in _parts(text, start, end):
        spans += _mended(text, _boundaries(text, part_start, part_end))
    if len(spans) > 1 and _is_label(text[spans[0].start : spans[0].end]):
        spans[:2] = [Span(spans[0].start, spans[1].end)]
    return spans


def last_sentence(text: str, start: int, end: int, *, window: int = 1000) -> Span:
    """The last sentence of `text[start:end]`, looked for in its last `window` characters.

    One of up to four words ("For example:", "If ratified, it would:") takes the sentence before it along.
    """
    near = sentence_spans(text, max(start, end - window), end)
    if not near:
        return Span(start, end)
    if len(near) > 1 and len(text[near[-1].start : near[-1].end].split()) <= _LEAD_IN_WORDS:
        return Span(near[-2].start, near[-1].end)
    return near[-1]


def _is_label(sentence: str) -> bool:
    return len(sentence.split(None, _LABEL_WORDS)) <= _LABEL_WORDS and not any(char.isdigit() for char in sentence)


def _parts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    parts = []
    for match in _BREAK.finditer(text, start, end):
        parts.append((start, match.start()))
        start = match.end()
    return [*parts, (start, end)]


def _boundaries(text: str, start: int, end: int) -> list[Span]:
    from nupunkt import sent_spans

    found = []
    for left, right in sent_spans(text[start:end]):
        piece = text[start + left : start + right]
        first = start + left + len(piece) - len(piece.lstrip())
        last = start + left + len(piece.rstrip())
        if last > first:
            found.append(Span(first, last))
    return found


def _mended(text: str, spans: list[Span]) -> list[Span]:
    mended: list[Span] = []
    for span in spans:
        start = span.start
        mark = _NOTE_MARK.match(text, start, span.end)
        if mended and mark and mended[-1].end == start:
            mended[-1] = Span(mended[-1].start, mark.end())
            start = mark.end() + len(text[mark.end() : span.end]) - len(text[mark.end() : span.end].lstrip())
        if mended and _belongs(text, mended[-1], start, span.end):
            mended[-1] = Span(mended[-1].start, span.end)
        elif start < span.end:
            mended.append(Span(start, span.end))
    return mended


def _belongs(text: str, before: Span, start: int, end: int) -> bool:
    tail = text[max(before.start, before.end - 12) : before.end]
    if _ABBREVIATION.search(tail):
        return True
    in_brackets = text.count("(", before.start, before.end) > text.count(")", before.start, before.end)
    if _DOTTED.search(tail) and (in_brackets or text[start : start + 1].islower()):
        return True
    return not _WORD.search(text[start : min(end, start + 50)])

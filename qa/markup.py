"""Inline markup, taken off for what is embedded, searched and shown. Quotes keep it: they are the note's own bytes.

All is found in time that grows with the length of the text alone, whatever stands in it: an opening mark that nothing
closes is looked for once and not once for each of its kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# What gives way: `text[start:end]`, by words that stand in it from `place` on, or by a blank.
_Edit = tuple[int, int, str, int]

_MARKS = ("***", "**", "*", "___", "__", "_", "``", "`", "~~")  # the longer before those that it begins with
_OPENER = re.compile(r"(?<!\\)[*_`~](?=\S)")
_CLOSERS = {mark: re.compile(rf"(?<=[^\s\\]){re.escape(mark)}") for mark in _MARKS}
_AFTER_ADDRESS = re.compile(r"(?=[)\s])(?:(?:\s+\"[^\"\n]*\")?\))?")
_WORD = re.compile(r"\w")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~])")
_LINE_MARKER = re.compile(r"\n[ \t]*>[ \t]?")
_SPACE = re.compile(r"\s+")
_UNFOLDED = re.compile(r"\s{2,}|[^\S ]")


def plain(text: str) -> str:
    """`text` without Markdown's inline markup, its white space folded to single spaces and trimmed."""
    return _SPACE.sub(" ", _stripped(text, None)).strip()


def plain_with_places(text: str) -> tuple[str, list[int]]:
    """`plain(text)`, and the place in `text` of each of its characters; for a blank, where its white space begins."""
    places = list(range(len(text)))
    shown = _stripped(text, places)
    shown = _edited(shown, places, _blanks(_UNFOLDED, shown))
    left = len(shown) - len(shown.lstrip())
    shown = shown.strip()
    return shown, places[left : left + len(shown)]


def _stripped(text: str, places: list[int] | None) -> str:
    """`text` without markup. places: of its characters, made those of what is left; None where nobody asks for them."""
    text = _edited(text, places, _blanks(_LINE_MARKER, text))
    text = _edited(text, places, _links(text))
    for _ in range(3):  # emphasis nests: ***a***, **a `b`**
        stripped = _edited(text, places, _emphasis(text))
        if stripped == text:
            break
        text = stripped
    return _edited(text, places, _escapes(text))


def _edited(text: str, places: list[int] | None, edits: Iterable[_Edit]) -> str:
    """`text` after `edits`, which are in order, and `places` with it."""
    words: list[str] = []
    kept: list[int] = []
    done = 0
    for start, end, instead, place in edits:
        words += text[done:start], instead
        if places is not None:
            kept += places[done:start]
            kept += places[place : place + len(instead)]
        done = end
    if not words:
        return text
    if places is not None:
        places[:] = kept + places[done:]
    return "".join(words) + text[done:]


def _blanks(pattern: re.Pattern[str], text: str) -> Iterator[_Edit]:
    """What `pattern` finds, which gives way to a blank."""
    return ((found.start(), found.end(), " ", found.start()) for found in pattern.finditer(text))


def _escapes(text: str) -> Iterator[_Edit]:
    """Characters behind a backslash, which give way to themselves."""
    return ((found.start(), found.end(), found[1], found.start(1)) for found in _ESCAPE.finditer(text))


def _links(text: str) -> Iterator[_Edit]:
    """Links and images, which give way to their words."""
    done = at = 0
    # What stands behind the address; of many brackets before it, it is looked for once.
    after: re.Match[str] | None = None
    while (close := text.find("](", at)) >= 0:
        at = close + 1
        if after is None or after.start() < close + 2:
            after = _AFTER_ADDRESS.search(text, close + 2)
        if after is None:
            return
        # Its words are on one line, and hold no bracket that closes.
        line = max(done, text.rfind("]", done, close) + 1)
        line = max(line, text.rfind("\n", line, close) + 1)
        opener = text.find("[", line, close)
        if after.end() > after.start() and opener >= 0:
            start = opener - (opener > done and text[opener - 1] == "!")
            yield start, after.end(), text[opener + 1 : close], opener + 1
            done = at = after.end()


def _emphasis(text: str) -> Iterator[_Edit]:
    """Emphasis and code, which give way to the words between their marks."""
    never_closed: set[str] = set()
    at = 0
    while opener := _OPENER.search(text, at):
        start = opener.start()
        at = start + 1
        for mark in _MARKS:
            first = start + len(mark)
            if mark in never_closed or not text.startswith(mark, start) or not text[first : first + 1].strip():
                continue
            closer = _CLOSERS[mark].search(text, first + 1)
            if closer is None:
                never_closed.add(mark)
                continue
            at = closer.end()
            if not _is_inside_a_word(text, mark, start, at):
                yield start, at, text[first : closer.start()], first
            break


def _is_inside_a_word(text: str, mark: str, start: int, end: int) -> bool:
    # snake_case and 2*3*4 are words and sums, not emphasis.
    before, after = text[start - 1 : start], text[end : end + 1]
    return mark in ("_", "__", "*") and bool(_WORD.match(before) or _WORD.match(after))

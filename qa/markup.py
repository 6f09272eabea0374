"""Inline markup, taken off for what is embedded, searched and shown. Quotes keep it: they are the note's own bytes."""

from __future__ import annotations

import re

_IMAGE_OR_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\s]*(?:\s+\"[^\"\n]*\")?\)")
_EMPHASIS = re.compile(r"(?<!\\)(\*\*\*|\*\*|\*|___|__|_|``|`|~~)(?=\S)(.+?)(?<=[^\s\\])\1", re.DOTALL)
_WORD = re.compile(r"\w")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~])")
_LINE_MARKER = re.compile(r"\n[ \t]*>[ \t]?")
_SPACE = re.compile(r"\s+")


def plain(text: str) -> str:
    """`text` without Markdown's inline markup, its white space folded to single spaces and trimmed."""
    text = _LINE_MARKER.sub(" ", text)
    text = _IMAGE_OR_LINK.sub(r"\1", text)
    for _ in range(3):  # emphasis nests: ***a***, **a `b`**
        stripped = _EMPHASIS.sub(_unless_inside_a_word, text)
        if stripped == text:
            break
        text = stripped
    return _SPACE.sub(" ", _ESCAPE.sub(r"\1", text)).strip()


def _unless_inside_a_word(match: re.Match[str]) -> str:
    # snake_case and 2*3*4 are words and sums, not emphasis.
    before, after = match.string[match.start() - 1 : match.start()], match.string[match.end() : match.end() + 1]
    if match[1] in ("_", "__", "*") and (_WORD.match(before) or _WORD.match(after)):
        return match[0]
    return match[2]

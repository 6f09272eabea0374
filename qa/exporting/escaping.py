"""The words of notes, questions and models as Markdown in which nothing of them is active.

Rendered, they are the same characters: no link, image, HTML, heading, list or table comes of them, in CommonMark and
in its GitHub dialect. Only control characters, which no page shows, become U+FFFD.
"""

from __future__ import annotations

import re
import unicodedata

# What means something anywhere in a line, and what makes a link of an address: "://", "//" and the dots of a host.
_ACTIVE = re.compile(r"[\\`*_\[\]<>&~|$@#]|:(?=//)|(?<=/)/|(?<=www)\.|(?<=\w)\.(?=[^\W\d_]{2})", re.IGNORECASE)
# What means something where a line begins.
_MARK = re.compile(r"\A(?=[-+=:])")
_NUMBER = re.compile(r"\A(\d+)([.)])")
_UNSHOWN = ("Cc", "Cs")


def escaped(text: str, indent: str = "") -> str:
    """`text` as the inside of one paragraph, its line ends kept; those at its end are left out.

    indent: stands before each line but the first: "> " in a quotation, two blanks in an item of a list.
    """
    return f"\\\n{indent}".join(map(_line, text.rstrip("\n").split("\n")))


def on_one_line(text: str) -> str:
    """`text` as a part of a line, its white space folded to single blanks."""
    return _line(" ".join(text.split()))


def _line(line: str) -> str:
    line = "".join("\ufffd" if unicodedata.category(char) in _UNSHOWN and char != "\t" else char for char in line)
    # Blanks at either end, and tabs, would be taken off or mean something.
    body = line.strip()
    before, after = line[: len(line) - len(line.lstrip())], line[len(line.rstrip()) :] if body else ""
    body = _ACTIVE.sub(r"\\\g<0>", body)
    if not before:
        body = _NUMBER.sub(r"\1\\\2", _MARK.sub(r"\\", body))
    return _blanks(before) + body.replace("\t", "&#9;") + _blanks(after)


def _blanks(blanks: str) -> str:
    return "".join(f"&#{ord(char)};" for char in blanks)

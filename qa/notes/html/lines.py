"""A run of inline text of a web page as parts: a paragraph, or what its line breaks, bold and marks make of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from qa.notes import labels, marks
from qa.notes.assembly import Part
from qa.notes.html.words import folded
from qa.schema import BlockKind

BOLD_LEVEL = 7  # of a paragraph in bold that is a heading: below <h6>
_HEADING_WORDS = 12
_HEADING_LENGTH = 120
_LINE_LENGTH = 150
_LINK_LENGTH = 60
_SYMBOL = re.compile(r"[•●▪◦‣·■□○–—*][ \t\u00a0]+(?=\S)")


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one paragraph. "\\n" is a line break. bold: shown in bold. leads: in a link within the page, or none.

    link: whether the words are those of a link that leads nowhere else ("Top of page").
    """

    text: str
    bold: bool = False
    link: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a paragraph. bold: all of it."""

    text: str
    bold: bool


def is_link_only(runs: list[Run]) -> bool:
    """Whether runs are short and nothing but links that are controls: "Top of page"."""
    said = [run for run in runs if run.text.strip()]
    return all(run.link for run in said) and len("".join(run.text for run in said).strip()) <= _LINK_LENGTH


def joined(runs: list[Run]) -> str:
    """All words of runs, line breaks made spaces."""
    return folded("".join(run.text for run in runs)).strip()


def paragraphs(runs: list[Run]) -> list[list[Line]]:
    """The lines of runs, parted where more than one line break stands."""
    lines: list[list[Run]] = [[]]
    for run in runs:
        for at, words in enumerate(run.text.split("\n")):
            if at:
                lines.append([])
            if words:
                lines[-1].append(Run(words, run.bold))
    made = [Line(joined(line), all(run.bold for run in line if run.text.strip(" \t\r\f\u00a0"))) for line in lines]
    return [list(group) for said, group in groupby(made, key=lambda line: bool(line.text)) if said]


def parts_of(lines: list[Line], *, after_question: bool) -> list[Part]:
    """The parts that one paragraph makes. after_question: whether the part before it is a question."""
    texts = [line.text for line in lines]
    if len(lines) > 1:
        made = _labelled(texts) or _bulleted(texts) or _led_in(texts)
        if made:
            return made
        if _is_heading(lines[0]) and not all(line.bold for line in lines):
            return [_heading(lines[0].text), *parts_of(lines[1:], after_question=False)]
    whole = Line(" ".join(texts), all(line.bold for line in lines))
    symbol = _SYMBOL.match(whole.text)
    if symbol:
        return [Part(BlockKind.BULLET, whole.text[symbol.end() :], level=1)]
    if marks.QUESTION.match(whole.text) and whole.text.endswith("?"):
        return [Part(BlockKind.QUESTION, whole.text)]
    if after_question and marks.ANSWER.match(whole.text):
        return [Part(BlockKind.ANSWER, whole.text)]
    return [_heading(whole.text) if _is_heading(whole) else Part(BlockKind.PARAGRAPH, whole.text)]


def _heading(text: str) -> Part:
    return Part(BlockKind.HEADING, text, level=BOLD_LEVEL)


def _is_heading(line: Line) -> bool:
    """Whether a line in bold is a heading: short, and neither a sentence nor what says when or for whom a note is."""
    text = line.text.rstrip(" :")
    if not line.bold or len(text.split()) > _HEADING_WORDS or labels.is_known_label(line.text):
        return False
    return marks.is_heading_like(text, _HEADING_LENGTH) and not labels.is_bare_metadata(text)


def _labelled(texts: list[str]) -> list[Part]:
    """Lines that say what the note is ("Date: ...") are paragraphs of their own."""
    short = all(len(text) <= _LINE_LENGTH for text in texts)
    pairs = sum(labels.is_short_label(text) or labels.is_bare_metadata(text) for text in texts)
    known = any(labels.is_known_label(text) for text in texts)
    if short and (pairs == len(texts) or (known and 2 * pairs >= len(texts))):
        return [Part(BlockKind.PARAGRAPH, text) for text in texts]
    return []


def _bulleted(texts: list[str]) -> list[Part]:
    """Lines that open with a bullet or a number, and what stands before them."""
    found = [marks.bullet_mark(text) for text in texts]
    first = next((at for at, mark in enumerate(found) if mark), len(texts))
    if len(texts) - first < 2 or not all(found[first:]):
        return []
    before = [Part(BlockKind.PARAGRAPH, " ".join(texts[:first]))] if first else []
    return before + [_bullet(text, mark) for text, mark in zip(texts[first:], found[first:], strict=True) if mark]


def _bullet(text: str, mark: marks.Mark) -> Part:
    """A line as a bullet. Its number or letter stays in the text before it, other marks do not."""
    typed = text[: mark.width].strip()
    counts = typed != "o" and any(char.isalnum() for char in typed)
    return Part(BlockKind.BULLET, text[mark.width :], level=1, marker=typed if counts else "")


def _led_in(texts: list[str]) -> list[Part]:
    """Short lines below one that ends in a colon are a list without marks."""
    items = texts[1:]
    if not texts[0].endswith(":") or len(items) < 2 or any(len(text) > _LINE_LENGTH for text in items):
        return []
    return [Part(BlockKind.PARAGRAPH, texts[0]), *(Part(BlockKind.BULLET, text, level=1) for text in items)]

"""A Word file's paragraphs by what is typed in them: bullets, questions and answers, footnotes, labelled lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from qa.notes import labels, marks
from qa.notes.assembly import CELL_BREAK
from qa.notes.docx.blocks import Paragraph
from qa.notes.docx.styles import BODY, CAPTION, HEADING, QUOTATION, TITLE
from qa.notes.docx.tables import Grid
from qa.schema import BlockKind

_HEADING_LENGTH = 200
_SENTENCE_WORDS = 12
_TAB = 720
_RULE = re.compile(r"[\W_]*")
_TABBED = re.compile(r"(?P<key>[^:|\t\n]{1,40}?) ?\t[\t ]*(?P<value>[^\t\n]+)")
_TYPED_NOTE = re.compile(r"(?P<mark>\(?(?P<number>\d{1,2})[.)]\s|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))\s*(?=\S)")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SHARE_OF_NOTES = 4  # what is below a line is a note's footnotes only where it is at most one part in so many


@dataclass(slots=True)
class Draft:
    """A part in the making; what has the name of a part's field means the same.

    look: what the paragraph's format says. rule: it is only a line drawn with characters.
    """

    kind: BlockKind
    text: str
    look: Paragraph
    level: int = 0
    marker: str = ""
    table: int = 0
    header: bool = False
    name: str = ""
    rule: bool = False

    @property
    def is_caption(self) -> bool:
        """Whether its style says that it is a caption."""
        return self.look.role == CAPTION


def draft(items: Iterable[Paragraph | Grid]) -> list[Draft]:
    """A draft of each paragraph and table row, in order. The title has level 0 only where it has the style of one."""
    drafts: list[Draft] = []
    tables = 0
    for item in items:
        if isinstance(item, Grid):
            tables += 1
            tells = item.tells_of_the_note and in_head(drafts)
            kind = BlockKind.METADATA if tells else BlockKind.ROW
            for at, line in enumerate(item.labels if tells else item.lines):
                drafts.append(Draft(kind, line, Paragraph(line), table=tables, header=item.header and at == 0))
            continue
        for paragraph in _split_lines(item):
            drafts.append(_draft(paragraph, drafts[-1] if drafts else None))
    _find_notes(drafts)
    return [one for one in drafts if not one.rule]


def label_in(text: str) -> str:
    """A paragraph that says what the note is, its key and value apart where a tab parts them; "" where it says none."""
    tabbed = _TABBED.fullmatch(text)
    row = CELL_BREAK.join(tabbed.group("key", "value")) if tabbed else ""
    if row and labels.is_known_label(row):
        return row
    return text if labels.is_known_label(text) or labels.is_bare_metadata(text) else ""


def in_head(drafts: list[Draft]) -> bool:
    """Whether what comes after `drafts` still stands in the head of a note."""
    sections = sum(one.kind is BlockKind.HEADING for one in drafts)
    long_ones = any(len(one.text) > _HEADING_LENGTH for one in drafts)
    return sections <= 1 and not long_ones and len(drafts) < 40


def _split_lines(paragraph: Paragraph) -> Iterator[Paragraph]:
    """A paragraph, or its lines where line breaks stand for the ends of paragraphs: labelled lines, typed bullets."""
    lines = [line.strip(" ") for line in paragraph.text.split("\n") if line.strip()]
    labelled = all(labels.is_short_label(line) or labels.is_bare_metadata(line) for line in lines)
    bulleted = any(_symbol_mark(line) for line in lines[1:])
    if len(lines) > 1 and paragraph.role == BODY and (labelled or bulleted):
        first, *others = lines
        yield replace(paragraph, text=first)
        yield from (replace(paragraph, text=line, listed=None) for line in others)
    else:
        yield replace(paragraph, text=" ".join(lines))


def _symbol_mark(line: str) -> bool:
    mark = marks.bullet_mark(line.lstrip())
    return bool(mark and not mark.style[0].isalnum())


def _draft(paragraph: Paragraph, before: Draft | None) -> Draft:
    text = paragraph.text.strip()
    if _RULE.fullmatch(text):
        return Draft(BlockKind.PARAGRAPH, text, paragraph, rule=True)
    if paragraph.role in (TITLE, HEADING) and _is_title_like(text):
        return Draft(BlockKind.HEADING, text, paragraph, level=paragraph.level)
    if paragraph.listed:
        return Draft(BlockKind.BULLET, text, paragraph)
    typed = _typed(paragraph, text, before)
    if typed:
        return typed
    return Draft(BlockKind.QUOTATION if paragraph.role == QUOTATION else BlockKind.PARAGRAPH, text, paragraph)


def _is_title_like(text: str) -> bool:
    """Whether a paragraph with a heading's style is one, and not a whole clause that has the style for its number."""
    return len(text) <= _HEADING_LENGTH and not (text[-1] in ".;" and len(text.split()) > _SENTENCE_WORDS)


def _typed(paragraph: Paragraph, text: str, before: Draft | None) -> Draft | None:
    question = marks.QUESTION.match(text)
    if question and text.endswith("?"):
        return _marked(BlockKind.QUESTION, text, question.end(), paragraph)
    answer = marks.ANSWER.match(text)
    if answer and before and before.kind is BlockKind.QUESTION:
        return _marked(BlockKind.ANSWER, text, answer.end(), paragraph)
    mark = marks.bullet_mark(text)
    if not mark:
        return None
    found = _marked(BlockKind.BULLET, text, mark.width, paragraph)
    tabs = paragraph.text[: len(paragraph.text) - len(paragraph.text.lstrip())].count("\t")
    found.look = replace(paragraph, indent=paragraph.indent + tabs * _TAB)
    if not any(char.isalnum() for char in found.marker) or found.marker == "o":
        found.marker = ""
    return found


def _marked(kind: BlockKind, text: str, width: int, paragraph: Paragraph) -> Draft:
    return Draft(kind, text[width:], paragraph, marker=text[:width].strip())


def _find_notes(drafts: list[Draft]) -> None:
    """Make footnotes of typed ones: numbered paragraphs below a line at the end, raised marks that are referred to."""
    last = max((at for at, one in enumerate(drafts) if one.rule), default=len(drafts))
    below = [(one, _TYPED_NOTE.match(one.look.text.strip())) for one in drafts[last + 1 :]]
    if all(match for _, match in below) and len(below) * _SHARE_OF_NOTES <= len(drafts):
        for one, match in below:
            _make_note(one, match)
    for at, one in enumerate(drafts):
        match = _TYPED_NOTE.match(one.text) if one.kind is BlockKind.PARAGRAPH else None
        if match and match["raised"] and any(match["raised"] in other.text[1:] for other in drafts[:at]):
            _make_note(one, match)


def _make_note(one: Draft, match: re.Match[str] | None) -> None:
    if match:
        one.kind, one.text, one.marker = BlockKind.FOOTNOTE, one.look.text.strip()[match.end() :], match["mark"].strip()
        one.name = match["raised"] or match["number"].translate(_RAISED)

"""From the paragraphs and tables of a PDF to the parts of a note: headings, bullets, rows, footnotes, questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from qa.notes import labels, marks
from qa.notes.assembly import CELL_BREAK, Part
from qa.notes.pdf.headings import Headings, find_headings, run_in
from qa.notes.pdf.paragraphs import FOOTNOTE, Group, Measures, is_footnote
from qa.notes.pdf.tables import Table
from qa.schema import BlockKind

_SAME_INDENT = 3.0


@dataclass(slots=True)
class PartMaker:
    """Makes parts of a file's groups, in order."""

    groups: list[Group | Table]
    measures: Measures
    tables: int = 0
    indents: list[float] = field(default_factory=list)
    asked: bool = False

    def parts(self) -> Iterator[Part]:
        """All parts of the file."""
        headings = find_headings(self.groups, self.measures)
        for at, group in enumerate(self.groups):
            if isinstance(group, Table):
                self.indents = []
                yield from self._rows(group)
            elif at in headings.levels:
                self.indents = []
                yield Part(
                    BlockKind.HEADING, group.text(self.measures.known), headings.levels[at], page=group.first.page
                )
            else:
                yield from self._of_group(group, headings)

    def _rows(self, table: Table) -> Iterator[Part]:
        self.tables += 1
        has_header = table.has_header
        for number, row in enumerate(table.rows):
            text = CELL_BREAK.join(row.cells)
            if any(row.cells):
                header = has_header and number == 0
                yield Part(BlockKind.ROW, text, table=self.tables, header=header, page=row.page)

    def _of_group(self, group: Group, headings: Headings) -> Iterator[Part]:
        page, known = group.first.page, self.measures.known
        if group.first.mark:
            level = self._level(group.first.left - group.first.margins[0])
            mark = group.first.mark
            typed = "" if mark == "o" or not any(map(str.isalnum, mark)) else mark
            yield Part(BlockKind.BULLET, group.text(known, skip=1), level, page=page, marker=typed)
            return
        text = group.text(known)
        note = FOOTNOTE.match(text) if is_footnote(group.first, self.measures) else None
        if note:
            yield Part(BlockKind.FOOTNOTE, text[note.end() :], page=page, name=note["mark"], marker=note["mark"])
            return
        self.indents = []
        question = marks.QUESTION.match(text)
        answer, self.asked = marks.ANSWER.match(text) if self.asked else None, False
        bold = 0 if question or self.measures.bold else run_in(group)
        if question and text.endswith("?"):
            self.asked = True
            yield Part(BlockKind.QUESTION, text[question.end() :], page=page, marker=question[0].strip())
        elif answer:
            yield Part(BlockKind.ANSWER, text[answer.end() :], page=page, marker=answer[0].strip())
        elif bold:
            words = len(" ".join(word.text for word in group.words[:bold]))
            yield Part(BlockKind.HEADING, text[:words].strip(), headings.run_in_level, page=page)
            yield Part(BlockKind.PARAGRAPH, text[words:].lstrip(" –—:"), page=page)
        else:
            yield Part(BlockKind.PARAGRAPH, text, page=page)

    def _level(self, indent: float) -> int:
        """The nesting of a bullet, from 1, by the indents of those before it."""
        while self.indents and self.indents[-1] > indent + _SAME_INDENT:
            self.indents.pop()
        if not self.indents or self.indents[-1] < indent - _SAME_INDENT:
            self.indents.append(indent)
        return len(self.indents)


def metadata_first(banners: list[str], parts: list[Part]) -> list[Part]:
    """Parts after the classification of the pages' banners, unless the first of them say it themselves."""
    said = " ".join(part.text.casefold() for part in parts[:12])
    told = [banner for banner in banners if labels.is_bare_metadata(banner) and banner.casefold() not in said]
    return [*(Part(BlockKind.PARAGRAPH, banner, page=1) for banner in told[:1]), *parts]

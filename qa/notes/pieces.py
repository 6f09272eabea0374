"""First reading of a note, line by line: what each run of lines is by its own marks, its neighbours not yet asked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.notes import labels, marks
from qa.notes.lines import Line
from qa.notes.tables import Table, table_at, tells_of_the_note
from qa.schema import BlockKind, Span

_TITLE_LENGTH = 150
_HEADING_LENGTH = 300
_HEAD_PIECES = 40
_TAIL_LINES = 3
_SHORT_BY = 15
_REFERENCE = re.compile(r"(?<=[.,;:!?\"”’»\w])\((\d{1,2})\)(?=[\s.,;:]|\Z)")


@dataclass(slots=True)
class Piece:
    """A block in the making.

    lines: how many it has. mark: a bullet's or numbered paragraph's marker style. indent: a bullet's, in columns.
    rank: a heading's, lower is outer. table: the number of a row's table. name: what a footnote is referred to by.
    page: from 1, or None.
    """

    kind: BlockKind
    start: int
    end: int
    lines: int = 1
    mark: str = ""
    indent: int = 0
    rank: int = 0
    header: Span | None = None
    table: int = 0
    name: str = ""
    page: int | None = None


class Scanner:
    """Reads lines into pieces. Each `_read_...` method takes what it knows at `self.at`, or says False.

    aligned: tables whose columns blanks align, by their first line. joined: lines in a row are one paragraph.
    """

    def __init__(
        self, text: str, lines: list[Line], aligned: dict[int, Table], *, joined: bool, width: int | None
    ) -> None:
        self.text, self.lines, self.aligned = text, lines, aligned
        self.joined, self.width = joined, width
        self.at = 0
        self.pieces: list[Piece] = []
        self.in_head, self.tables = True, 0
        self.awaited: dict[int, str] = {}  # the next label of the numbered lists that are open, by their indent
        full = [number for number, line in enumerate(lines) if not line.blank]
        self.tail = full[-_TAIL_LINES] if len(full) > _TAIL_LINES else len(lines)
        self.references = {match[1] for match in _REFERENCE.finditer(text)}
        self.last_fence = {
            fence: max((n for n in full if text.startswith(fence, lines[n].start)), default=-1)
            for fence in ("```", "~~~")
        }

    def scan(self) -> list[Piece]:
        """All pieces of the note, in order."""
        readers = (
            self._read_aligned, self._read_underlined, self._read_fence, self._read_rule, self._read_hashes,
            self._read_quotation, self._read_footnote, self._read_question, self._read_label, self._read_bullet,
            self._read_table,
        )  # fmt: skip
        self._read_front_matter()
        while self.at < len(self.lines):
            if self.lines[self.at].blank:
                self.at += 1
                continue
            before = len(self.pieces)
            if not any(read() for read in readers):
                self._read_paragraph()
            if self.in_head and len(self.pieces) > before:
                self.in_head = self._still_in_head()
        return self.pieces

    def _line(self, number: int) -> str:
        return self.text[self.lines[number].start : self.lines[number].end]

    def _add(self, kind: BlockKind, start: int, end: int, last: int | None = None, **more: object) -> bool:
        """Add a piece that ends with line `last`, and go on behind that line."""
        last = self.at if last is None else last
        if start < end:
            self.pieces.append(Piece(kind, start, end, last - self.at + 1, **more))  # type: ignore[arg-type]
        self.at = last + 1
        return True

    def _still_in_head(self) -> bool:
        if len(self.pieces) > _HEAD_PIECES:
            return False
        body = [piece for piece in self.pieces if piece.kind is not BlockKind.METADATA]
        if not body:
            return True
        first = body[0]
        short = first.lines == 1 and first.end - first.start <= _TITLE_LENGTH
        return len(body) == 1 and short and first.kind in (BlockKind.HEADING, BlockKind.PARAGRAPH)

    def _read_front_matter(self) -> None:
        if not self.lines or self._line(0) != "---":
            return
        for number in range(1, min(len(self.lines), 60)):
            if self._line(number) in ("---", "..."):
                for inner in range(1, number):
                    line = self.lines[inner]
                    if not line.blank:
                        self.pieces.append(Piece(BlockKind.METADATA, line.start, line.end))
                self.at = number + 1
                return

    def _read_underlined(self) -> bool:
        if self.at + 1 >= len(self.lines):
            return False
        line, text, under = self.lines[self.at], self._line(self.at), self._line(self.at + 1)
        match = marks.UNDERLINE.match(under)
        if not match or marks.RULE.match(text) or marks.bullet_mark(text) or not 0 < len(text) <= _TITLE_LENGTH:
            return False
        if match[1] not in "=~" and (not marks.is_heading_like(text, _TITLE_LENGTH) or labels.is_known_label(text)):
            return False
        return self._add(BlockKind.HEADING, line.start, line.end, self.at + 1, rank={"=": 1, "-": 2}.get(match[1], 3))

    def _read_fence(self) -> bool:
        match = marks.FENCE.match(self._line(self.at))
        if not match or self.last_fence[match[1]] <= self.at:
            return False
        last = self.at + 1
        while not self._line(last).startswith(match[1]):
            last += 1
        inside = [line for line in self.lines[self.at + 1 : last] if not line.blank]
        if inside:
            return self._add(BlockKind.PARAGRAPH, inside[0].start, inside[-1].end, last)
        self.at = last + 1
        return True

    def _read_rule(self) -> bool:
        if not marks.RULE.match(self._line(self.at)):
            return False
        self.at += 1
        return True

    def _read_hashes(self) -> bool:
        line, text = self.lines[self.at], self._line(self.at)
        match = marks.HASHES.match(text)
        if not match or len(text) > _HEADING_LENGTH:
            return False
        end = line.start + len(re.sub(r"[ \t]+#+\Z", "", text))
        return self._add(BlockKind.HEADING, line.start + match.end(), end, rank=len(match["hashes"]))

    def _read_quotation(self) -> bool:
        if not self._line(self.at).startswith(">"):
            return False
        last = self.at
        inside: list[tuple[int, int]] = []
        while last < len(self.lines) and self._line(last).startswith(">"):
            line = self.lines[last]
            body = self._line(last).lstrip("> \t")
            if not body and inside:
                break
            if body:
                inside.append((line.end - len(body), line.end))
            last += 1
        if not inside:
            self.at = last
            return True
        return self._add(BlockKind.QUOTATION, inside[0][0], inside[-1][1], last - 1)

    def _read_footnote(self) -> bool:
        line = self.lines[self.at]
        match = marks.FOOTNOTE.match(self._line(self.at))
        if not match or (match["number"] and match["number"] not in self.references):
            return False
        name = f"[^{match['name']}]" if match["name"] else match["sup"] or f"({match['number']})"
        last = self._extend(self.at, line.indent + 1)
        return self._add(BlockKind.FOOTNOTE, line.start + match.end(), self.lines[last].end, last, name=name)

    def _read_label(self) -> bool:
        line, text = self.lines[self.at], self._line(self.at)
        mark = marks.bullet_mark(text)
        skip = mark.width if mark and self.at >= self.tail else 0
        if not self._is_metadata(self.at, text[skip:]):
            return False
        return self._add(BlockKind.METADATA, line.start + skip, line.end)

    def _is_metadata(self, number: int, text: str) -> bool:
        if len(text) > _HEADING_LENGTH or not (self.in_head or number >= self.tail):
            return False
        if labels.is_known_label(text) or labels.CLASSIFICATION_LINE.match(text):
            return True
        if not self.in_head or not self.pieces:
            return False
        if labels.is_short_label(text):
            after = self._line(number + 1) if number + 1 < len(self.lines) else ""
            return not self.joined or not after or labels.is_short_label(after) or labels.is_known_label(after)
        return self.pieces[-1].kind is BlockKind.METADATA and labels.is_bare_metadata(text)

    def _read_question(self) -> bool:
        text = self._line(self.at)
        before = self.pieces[-1].kind if self.pieces else None
        question = marks.QUESTION.match(text)
        answer = None if question or before is not BlockKind.QUESTION else marks.ANSWER.match(text)
        match = question or answer
        if not match:
            return False
        last = self._extend(self.at, self.lines[self.at].indent + 1)
        start, end = self.lines[self.at].start + match.end(), self.lines[last].end
        if question and self.text[start:end].rstrip("*_")[-1:] != "?":
            return False
        if question:
            end = start + len(self.text[start:end].rstrip("*_"))
        return self._add(BlockKind.QUESTION if question else BlockKind.ANSWER, start, end, last)

    def _read_bullet(self) -> bool:
        line = self.lines[self.at]
        mark = marks.bullet_mark(self._line(self.at))
        if not mark:
            return False
        if mark.counts:
            self.awaited[line.indent] = mark.following
        last = self._extend(self.at, line.indent + 1, listed=mark.counts)
        while self._has_indented_paragraph(last, line.indent + 2):
            following = next(n for n in range(last + 1, len(self.lines)) if not self.lines[n].blank)
            last = self._extend(following, line.indent + 1)
        end = self.lines[last].end
        return self._add(BlockKind.BULLET, line.start + mark.width, end, last, mark=mark.style, indent=line.indent)

    def _has_indented_paragraph(self, last: int, indent: int) -> bool:
        number = last + 1
        if number >= len(self.lines) or not self.lines[number].blank:
            return False
        while number < len(self.lines) and self.lines[number].blank:
            number += 1
        return number < len(self.lines) and self.lines[number].indent >= indent and not self._starts_a_piece(number)

    def _read_aligned(self) -> bool:
        # Before what is underlined: a line below a table's header makes no heading of it.
        return self._add_table(self.aligned.get(self.at))

    def _read_table(self) -> bool:
        return self._add_table(table_at(self.text, self.lines, self.at))

    def _add_table(self, table: Table | None) -> bool:
        if not table:
            return False
        self.tables += 1
        metadata = self.in_head and tells_of_the_note(self.text, table)
        kind = BlockKind.METADATA if metadata else BlockKind.ROW
        for row in table.rows:
            header = table.header if row != table.header and not metadata else None
            self.pieces.append(Piece(kind, row.start, row.end, header=header, table=self.tables))
        self.at = table.last + 1
        return True

    def _read_paragraph(self) -> None:
        line = self.lines[self.at]
        match = marks.LEVELS.match(self._line(self.at))
        start, mark = line.start, ""
        if match and self.text[line.start + match.end()].isupper():
            start, mark = line.start + match.end(), match[0].strip(" .\t\u00a0")
        last = self._extend(self.at, line.indent + 1)
        self._add(BlockKind.PARAGRAPH, start, self.lines[last].end, last, mark=mark)

    def _extend(self, number: int, indent: int, *, listed: bool = False) -> int:
        """The last line of what begins at `number`. Lines of at least `indent` columns belong to it in any layout."""
        while number + 1 < len(self.lines) and not self.lines[number + 1].blank:
            after = self.lines[number + 1]
            if self._starts_a_piece(number + 1, listed=listed):
                break
            if after.indent < indent and not (self.joined and not self._ends_short(number)):
                break
            number += 1
        return number

    def _ends_short(self, number: int) -> bool:
        """Whether a line of wrapped text ends its paragraph: a full stop, and room left for the next line's word."""
        if self.width is None:
            return False
        line, after = self.lines[number], self._line(number + 1)
        room = self.width - line.indent - (line.end - line.start)
        return room - len(after.split(None, 1)[0]) >= _SHORT_BY and self.text[line.end - 1] in '.!?:;"”)'

    def _starts_a_piece(self, number: int, *, listed: bool = False) -> bool:
        text = self._line(number)
        mark = marks.bullet_mark(text)
        if number in self.aligned:
            return True
        if mark:
            # "66. Then" may be the end of a wrapped sentence, but not where an item 65 waits for its next.
            indent = self.lines[number].indent
            nested = mark.label in ("1.", "a.") and indent > self.lines[self.at].indent
            sure = nested or self.awaited.get(indent) == mark.label or self._line(number - 1).endswith((":", ";"))
            return sure or not mark.counts or listed or not self.joined
        if marks.RULE.match(text) or marks.HASHES.match(text) or text.startswith((">", "|", "[^")):
            return True
        if marks.FENCE.match(text) or marks.QUESTION.match(text):
            return True
        if marks.ANSWER.match(text) and marks.QUESTION.match(self._line(self.at)):
            return True
        return self._is_metadata(number, text)

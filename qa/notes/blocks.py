"""Third reading: the blocks of a note, each with what it hangs on: headings, lead-ins, a table's header and caption."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from qa.notes.headings import TITLE
from qa.notes.pieces import Piece
from qa.schema import Block, BlockKind, Span
from qa.sentences import last_sentence

_DEEPEST = 6
_LONGEST_PARENT = 500
_CAPTION_LENGTH = 150
_LEADS_IN = re.compile(
    r"\b(?:following|as follows|below|for example|for instance|including|such as|suivante?s?"
    r"|ci-dessous|ci-après|comme suit|par exemple|notamment)\b[^.!?]{0,40}\W*\Z",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"\[\^[^\]\n]{1,20}\](?!:)|(?<=\S)(?:\(\d{1,2}\)|[¹²³⁴⁵⁶⁷⁸⁹]{1,2})")
_CONTINUES = re.compile(r"(?:[;,]|[;,]?\s(?:and|or|et|ou),?)\Z")


@dataclass(slots=True)
class _Level:
    """One level of a list that is being read, and its last bullet so far.

    colon: a bullet of this level that ends in ":" and leads in those after it. promised: whether the last bullet
    promised another ("...; and").
    """

    indent: int
    mark: str
    piece: Piece
    colon: Piece | None = None
    promised: bool = False


class BlockBuilder:
    """Turns pieces into blocks, in order."""

    def __init__(self, text: str, pieces: list[Piece]) -> None:
        self.text, self.pieces = text, pieces
        self.blocks: list[Block] = []
        self.open: list[tuple[int, Span]] = []
        self.levels: list[_Level] = []
        self.base: tuple[Span, ...] = ()
        self.question: Span | None = None
        self.caption: Span | None = None
        self.group = 0
        self.table = 0
        self.references = _references(text)

    def build(self) -> tuple[Block, ...]:
        """All blocks of the note."""
        for at, piece in enumerate(self.pieces):
            before = self.pieces[at - 1] if at else None
            if piece.kind is not BlockKind.BULLET:
                self.levels = []
            if piece.kind is BlockKind.HEADING:
                self._add_heading(piece)
            elif piece.kind is BlockKind.BULLET:
                self._add_bullet(piece, before)
            elif piece.kind is BlockKind.ROW:
                self._add_row(piece, before)
            else:
                self._add_other(piece)
        return tuple(self.blocks)

    def _headings(self) -> tuple[Span, ...]:
        return tuple(span for _, span in self.open)

    def _add_heading(self, piece: Piece) -> None:
        self.question = None
        if piece.rank == TITLE:
            self.blocks.append(Block(BlockKind.HEADING, piece.start, piece.end, level=1, page=piece.page))
            return
        while self.open and self.open[-1][0] >= piece.rank:
            self.open.pop()
        above = self._headings()
        level = len(above) + 2
        self.blocks.append(
            Block(BlockKind.HEADING, piece.start, piece.end, level=level, headings=above, page=piece.page)
        )
        self.open.append((piece.rank, Span(piece.start, piece.end)))

    def _add_other(self, piece: Piece) -> None:
        kind, headings = piece.kind, self._headings()
        lead_in: tuple[Span, ...] = ()
        if kind is BlockKind.QUESTION:
            self.question = Span(piece.start, piece.end)
        elif self.question and kind in (BlockKind.PARAGRAPH, BlockKind.ANSWER):
            kind, lead_in = BlockKind.ANSWER, (self.question,)
        elif kind is BlockKind.FOOTNOTE:
            headings = self._headings_of_reference(piece.name)
        elif kind is BlockKind.METADATA:
            headings = ()
        self.blocks.append(Block(kind, piece.start, piece.end, headings=headings, lead_in=lead_in, page=piece.page))

    def _headings_of_reference(self, name: str) -> tuple[Span, ...]:
        """The headings above the words that a footnote belongs to."""
        at = bisect_right(self.blocks, self.references.get(name, -1), key=lambda block: block.start) - 1
        return self.blocks[at].headings if at >= 0 else ()

    def _add_bullet(self, piece: Piece, before: Piece | None) -> None:
        if not self.levels:
            self.group += 1
            self.base = self._lead_in(before)
        self._place(piece)
        level = self.levels[-1]
        lead_in = self.base + tuple(span for outer in self.levels[:-1] for span in self._spans_of(outer))
        ends = self.text[piece.start : piece.end].rstrip("*_ ")
        promised, level.promised = level.promised, bool(_CONTINUES.search(ends[-8:]))
        if ends.endswith(":"):
            level.colon = piece
        elif level.colon:
            lead_in += (self._span(level.colon),)
            if promised and not level.promised:
                level.colon = None
        self.blocks.append(
            Block(
                BlockKind.BULLET,
                piece.start,
                piece.end,
                level=len(self.levels),
                headings=self._headings(),
                lead_in=lead_in,
                group=self.group,
                page=piece.page,
            )
        )

    def _place(self, piece: Piece) -> None:
        """Make the last of `levels` the one that `piece` stands at, by its indentation and its marker."""
        depth = len(self.levels)
        while len(self.levels) > 1 and self.levels[-1].indent > piece.indent + 1:
            self.levels.pop()
        same = [
            n
            for n, level in enumerate(self.levels)
            if level.mark == piece.mark and abs(level.indent - piece.indent) <= 1
        ]
        if same:
            del self.levels[same[-1] + 1 :]
        elif not self.levels or (len(self.levels) < _DEEPEST and self._is_nested(piece)):
            self.levels.append(_Level(piece.indent, piece.mark, piece))
        self.levels[-1].piece = piece
        if len(self.levels) < depth:
            self.levels[-1].colon = None  # it led in the nested ones

    def _is_nested(self, piece: Piece) -> bool:
        top = self.levels[-1]
        return piece.indent > top.indent + 1 or piece.mark != top.mark

    def _spans_of(self, level: _Level) -> tuple[Span, ...]:
        own = self._span(level.piece)
        return (own,) if level.colon in (None, level.piece) else (self._span(level.colon), own)

    def _span(self, piece: Piece) -> Span:
        if piece.end - piece.start > _LONGEST_PARENT:
            return last_sentence(self.text, piece.start, piece.end)
        return Span(piece.start, piece.end)

    def _lead_in(self, before: Piece | None) -> tuple[Span, ...]:
        if before is None or before.kind not in (
            BlockKind.PARAGRAPH,
            BlockKind.ANSWER,
            BlockKind.HEADING,
            BlockKind.QUESTION,
        ):
            return ()
        tail = self.text[max(before.start, before.end - 120) : before.end].rstrip("*_ ")
        if before.kind in (BlockKind.PARAGRAPH, BlockKind.ANSWER) and _LEADS_IN.search(tail):
            return (last_sentence(self.text, before.start, before.end),)
        return (last_sentence(self.text, before.start, before.end),) if tail.endswith(":") else ()

    def _add_row(self, piece: Piece, before: Piece | None) -> None:
        if piece.table != self.table:
            self.table = piece.table
            self.group += 1
            self.caption = self._caption(before)
        self.blocks.append(
            Block(
                BlockKind.ROW,
                piece.start,
                piece.end,
                headings=self._headings(),
                header=piece.header,
                caption=self.caption,
                group=self.group,
                page=piece.page,
            )
        )

    def _caption(self, before: Piece | None) -> Span | None:
        lead_in = self._lead_in(before)
        if lead_in:
            return lead_in[0]
        if before is None or before.kind is not BlockKind.PARAGRAPH or before.lines > 1:
            return None
        words = self.text[before.start : before.end]
        return Span(before.start, before.end) if len(words) <= _CAPTION_LENGTH and words[-1] not in ".!?;" else None


def _references(text: str) -> dict[str, int]:
    """Where each footnote is first referred to."""
    found: dict[str, int] = {}
    for match in _REFERENCE.finditer(text):
        found.setdefault(match[0], match.start())
    return found

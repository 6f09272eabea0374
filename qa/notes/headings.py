"""Second reading: which pieces are headings, asked of their neighbours, and which of the headings is the title."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from qa.figures import find_dates
from qa.notes import labels, marks
from qa.notes.dates import is_date_line
from qa.notes.pieces import Piece
from qa.schema import BlockKind
from qa.terms import fold

# Ranks of headings, outer to inner; "#" to "######" are 1 to 6, a numbered heading NUMBERED plus its depth.
TITLE, CAPITALS, NUMBERED, BOLD_LINE, PARENT, BARE, RUN_IN = 0, 10, 20, 30, 40, 41, 50
_TITLE_LENGTH = 150
_TITLE_LINES = 3
_TAIL_PIECES = 3
_RUN_IN_WORDS = 8
# What opens a note's first section, and so is no title.
_SECTIONS = (
    """
issue, purpose, background, summary, context, overview, introduction, key messages, executive summary, recommendation,
enjeu, objet, contexte, resume, sommaire, apercu, but
""".replace("\n", " ")
    .strip()
    .split(", ")
)
_SEPARATORS = (" / ", " | ", " — ", " – ", " - ")


def find_headings(text: str, pieces: list[Piece]) -> list[Piece]:
    """`pieces` with the headings among them made HEADING pieces, the title first with rank TITLE if there is one."""
    date_line = _date_line(text, pieces)
    if date_line and date_line is pieces[0]:
        date_line.kind = BlockKind.METADATA
    pieces = _open_with_title(text, pieces)
    pieces = [part for piece in pieces for part in _bold(text, piece)]
    _number(text, pieces)
    marked = sum(piece.kind is BlockKind.HEADING and piece.rank not in (TITLE, CAPITALS) for piece in pieces)
    _capitals(text, pieces)
    if marked < 2:
        _bare(text, pieces)
    if date_line:
        date_line.kind = BlockKind.METADATA  # only now: the title lines above it are headings as those above text are
    return pieces


def _words(text: str, piece: Piece) -> str:
    return text[piece.start : min(piece.end, piece.start + 400)]


def _date_line(text: str, pieces: list[Piece]) -> Piece | None:
    """The line below the note's title lines that is its date, and would else be read as a heading like them.

    Where more lines are dates the note is a chronicle, and they are its headings.
    """
    lines = [
        at
        for at, piece in enumerate(pieces[: max(1, len(pieces) - _TAIL_PIECES)])
        if piece.kind is BlockKind.PARAGRAPH
        and piece.lines == 1
        and not piece.mark
        and is_date_line(text[piece.start : piece.end], opens=at == 0)
    ]
    if len(lines) == 1 and all(_may_stand_in_head(piece) for piece in pieces[: lines[0]]):
        return pieces[lines[0]]
    return None


def _may_stand_in_head(piece: Piece) -> bool:
    short = piece.lines <= _TITLE_LINES and piece.end - piece.start <= _TITLE_LENGTH
    return piece.kind is BlockKind.METADATA or (short and piece.kind in (BlockKind.HEADING, BlockKind.PARAGRAPH))


def _open_with_title(text: str, pieces: list[Piece]) -> list[Piece]:
    at = next((number for number, piece in enumerate(pieces) if piece.kind is not BlockKind.METADATA), None)
    if at is None or fold(_words(text, pieces[at])).strip("*_ :.") in _SECTIONS:
        return pieces
    first = pieces[at]
    parts = [first]
    if first.kind is BlockKind.HEADING and first.rank == 1:
        first.rank = TITLE
    elif first.kind is BlockKind.PARAGRAPH and not first.mark and not any(_has_title(text, p) for p in pieces[:at]):
        parts = _title_parts(text, first, alone=at + 1 == len(pieces))
    return [*pieces[:at], *parts, *pieces[at + 1 :]]


def _title_parts(text: str, first: Piece, *, alone: bool) -> list[Piece]:
    """A note's first paragraph as its title and what else stands there; as it is where it holds no title."""
    words = _words(text, first)
    parts = _bold(text, first)
    if parts[0].kind is BlockKind.HEADING:
        if fold(text[parts[0].start : parts[0].end]).strip(" :.") not in _SECTIONS:
            parts[0].rank = TITLE
        return parts
    one_sentence = ". " not in words.rstrip(". ")
    if not alone and first.lines == 1 and one_sentence and marks.is_heading_like(words, _TITLE_LENGTH):
        return _title_line(text, first)
    return parts


def _has_title(text: str, piece: Piece) -> bool:
    label = labels.read_label(_words(text, piece))
    return bool(label and label.kind == labels.TITLE)


def _title_line(text: str, piece: Piece) -> list[Piece]:
    """The title in a first line, apart from a date and the like before it: "7 May 2024 / for the folder / Vouchers"."""
    words = _words(text, piece)
    if find_dates(words):
        for separator in _SEPARATORS:
            before, found, title = words.rpartition(separator)
            if found and title.strip() and not find_dates(title):
                start = piece.start + len(before) + len(found)
                label = replace(piece, kind=BlockKind.METADATA, end=piece.start + len(before.rstrip()))
                return [label, replace(piece, kind=BlockKind.HEADING, start=start, rank=TITLE)]
    return [replace(piece, kind=BlockKind.HEADING, rank=TITLE)]


def _bold(text: str, piece: Piece) -> list[Piece]:
    """A paragraph that is bold, or opens in bold, as its heading and the rest of it."""
    if piece.kind is not BlockKind.PARAGRAPH:
        return [piece]
    words = _words(text, piece)
    match = marks.BOLD.match(words)
    if not match or len(match["words"].split()) > _RUN_IN_WORDS + 4:
        return [piece]
    start, end = piece.start + match.start("words"), piece.start + match.end("words")
    rest = piece.start + match.end()
    if rest == piece.end:
        if match["words"][-1] in ".;," and len(match["words"].split()) > _RUN_IN_WORDS:
            return [piece]
        return [replace(piece, kind=BlockKind.HEADING, start=start, end=end, rank=BOLD_LINE)]
    closed = match["after"] or match["words"][-1] in ".:?!" or words[match.end() :].lstrip()[:1] in "–—"
    if not closed or len(match["words"].split()) > _RUN_IN_WORDS:
        return [piece]
    while text[rest].isspace() or text[rest] in "–—":
        rest += 1
    return [
        replace(piece, kind=BlockKind.HEADING, start=start, end=end, lines=1, rank=RUN_IN),
        replace(piece, start=rest),
    ]


def _number(text: str, pieces: list[Piece]) -> None:
    """Make headings of "1. Title" and "1.1 Title", unless they are items of a list or lead into one."""
    for at, piece in enumerate(pieces):
        words = _words(text, piece)
        if piece.lines > 1 or piece.end - piece.start > 100 or not marks.is_heading_like(words, 100):
            continue
        after = pieces[at + 1] if at + 1 < len(pieces) else None
        if after is None or after.kind is BlockKind.METADATA:
            continue
        if piece.kind is BlockKind.BULLET and piece.mark == marks.NUMERIC + "." and not piece.indent:
            neighbours = [*pieces[max(at - 1, 0) : at], after]
            if not any(other.kind is BlockKind.BULLET and other.mark == piece.mark for other in neighbours):
                piece.kind, piece.rank = BlockKind.HEADING, NUMBERED + 1
        elif piece.kind is BlockKind.PARAGRAPH and piece.mark:
            piece.kind, piece.rank = BlockKind.HEADING, NUMBERED + 1 + piece.mark.count(".")


def _capitals(text: str, pieces: list[Piece]) -> None:
    for piece, after in pairwise(pieces):
        words = _words(text, piece)
        if _may_be_bare(piece, words) and after.kind is not BlockKind.METADATA and marks.is_capitals(words):
            piece.kind, piece.rank = BlockKind.HEADING, CAPITALS


def _may_be_bare(piece: Piece, words: str) -> bool:
    return piece.kind is BlockKind.PARAGRAPH and piece.lines == 1 and not piece.mark and marks.is_heading_like(words)


def _bare(text: str, pieces: list[Piece]) -> None:
    """Make headings of short lines that something follows, in runs: two at once are a heading and its first child."""
    candidates = [_may_be_bare(piece, _words(text, piece)) for piece in pieces]
    at = 0
    while at < len(pieces):
        if not candidates[at]:
            at += 1
            continue
        end = at
        while end < len(pieces) and candidates[end]:
            end += 1
        followed = end < len(pieces) and pieces[end].kind not in (BlockKind.METADATA, BlockKind.FOOTNOTE)
        run = pieces[at:end]
        if at and pieces[at - 1].kind is BlockKind.PARAGRAPH and text[pieces[at - 1].end - 1] == ":" and len(run) > 1:
            for piece in run[: len(run) - followed]:
                piece.kind = BlockKind.BULLET  # a list that lost its markers
            run = run[len(run) - followed :]
        if followed and len(run) > 1:
            run[0].kind, run[0].rank = BlockKind.HEADING, PARENT
        elif len(run) > 1 or followed:
            run[0].kind, run[0].rank = BlockKind.HEADING, BARE
        if followed:
            run[-1].kind, run[-1].rank = BlockKind.HEADING, BARE
        at = end

from __future__ import annotations

from datetime import date

import pytest

from qa.notes.assembly import CELL_BREAK, Part, Reading, assemble
from qa.notes.blocks import BlockBuilder
from qa.notes.metadata import describe
from qa.schema import BlockKind, Note

HEADING, PARAGRAPH, ROW, BULLET = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.ROW, BlockKind.BULLET


def note_of(*parts: Part, name: str = "a.html") -> Note:
    text, pieces = assemble(parts)
    return describe(name, text, BlockBuilder(text, pieces).build(), None, Reading(parts))


def test_every_part_is_a_line_and_its_piece_spans_its_words() -> None:
    text, pieces = assemble(
        [Part(HEADING, " A  title\n", level=1), Part(PARAGRAPH, "\t "), Part(BULLET, "one", level=2, marker="1.")]
    )
    assert text == "A title\n1. one\n"
    assert [text[piece.start : piece.end] for piece in pieces] == ["A title", "one"]
    assert pieces[1].indent == 2


def test_rows_know_their_header() -> None:
    rows = [
        Part(ROW, CELL_BREAK.join(cells), table=1, header=not at) for at, cells in enumerate([("A", "B", "C"), "123"])
    ]
    text, (header, row) = assemble(rows)
    assert header.header is None
    assert row.header is not None
    assert text[row.header.start : row.header.end] == "A | B | C"


def test_a_table_of_keys_and_values_in_the_head_says_what_the_note_is() -> None:
    note = note_of(
        Part(ROW, "Paper | Hospitals", table=1),
        Part(ROW, "Date of paper | 28 March 2024", table=1),
        Part(ROW, "Next review | 27 September 2024", table=1),
        Part(PARAGRAPH, "The wing opens on 14 October 2024."),
    )
    assert note.date == date(2024, 3, 28)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("Next review: 27 September 2024", None),
        ("Date of meeting: 27 September 2024", None),
        ("Figures were counted on 2 April 2024, the day of this note.", date(2024, 4, 2)),
        ("Figures were counted on 2 April 2024 in the wards.", None),
        ("Prepared on 2 April 2024.", date(2024, 4, 2)),
    ],
)
def test_a_date_is_the_notes_own_only_where_it_says_so(words: str, day: date | None) -> None:
    assert (
        note_of(Part(HEADING, "Hospitals", level=0), Part(PARAGRAPH, "There are three."), Part(PARAGRAPH, words)).date
        == day
    )

"""The cells of a row, and which name of the header belongs to which."""

from __future__ import annotations

import pytest

from qa.answering.units import run_of
from qa.cells import cell_spans, named_cells
from qa.notes import read_blocks
from qa.passages import sentence_text
from qa.schema import BlockKind, Note, NoteContent, Sentence, Span


def named(header: str, row: str) -> list[tuple[str, str]] | None:
    text = f"{header}\n{row}\n"
    left = len(row) - len(row.lstrip())
    first = len(header) - len(header.lstrip())
    start = len(header) + 1 + left
    return named_cells(text, Span(first, len(header)), Span(start, start + len(row.strip())))


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Port | Berths | Cost", "Skerrin | 22 | 4"),
        ("Port\tBerths\tCost", "Skerrin\t22\t4"),
        ("Port\t\tBerths\tCost", "Skerrin\t\t22\t4"),
        ("Port      Berths      Cost", "Skerrin   22          4"),
        ("Port      Berths      Cost", "Skerrin       22         4"),
        ("Port    Berths          Cost", "Skerrin   22  4"),  # as many as the names, though not below them
    ],
)
def test_each_cell_has_its_name(header: str, row: str) -> None:
    assert named(header, row) == [("Port", "Skerrin"), ("Berths", "22"), ("Cost", "4")]


@pytest.mark.parametrize(
    ("header", "row", "cells"),
    [
        ("Port      Berths      Cost", "Skerrin               4", ["Skerrin", "", "4"]),
        ("Port      Berths      Cost", "Skerrin   22", ["Skerrin", "22", ""]),
        ("Port      Berths      Cost", "          22          4", ["", "22", "4"]),
        ("Port\tBerths\tCost", "Skerrin\t\t4", ["Skerrin", "", "4"]),
        (
            "Port      State       Cost",
            "Skerrin   Open since  4\n          last May",
            ["Skerrin", "Open since last May", "4"],
        ),
    ],
)
def test_empty_and_wrapped_cells(header: str, row: str, cells: list[str]) -> None:
    assert [cell for _, cell in named(header, row) or []] == cells


def test_names_of_two_lines() -> None:
    header = "Port      Number of   Cost\n          berths      ($m)"
    assert named(header, "Skerrin   22          4") == [
        ("Port", "Skerrin"),
        ("Number of berths", "22"),
        ("Cost ($m)", "4"),
    ]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Port | Berths", "a | b | c"),
        ("Port\tBerths\tCost", "Skerrin\t22"),
        ("Port   Berths   Cost", "Skerrin and more   22"),
    ],
)
def test_what_is_not_told_is_not_guessed(header: str, row: str) -> None:
    assert named(header, row) is None


def test_cells_of_one_row() -> None:
    for row in ("ECC | Centre | x y", "ECC\tCentre\tx y", "ECC   Centre  x y"):
        found = [row[span.start : span.end].strip() for span in cell_spans(row, Span(0, len(row)))]
        assert found == ["ECC", "Centre", "x y"]


def test_a_row_is_said_and_embedded_with_the_names_of_its_columns() -> None:
    text = "Ports\n\nThey need it.\n\n"
    text += "Port      Berths   Cost\nSkerrin   22       4\nPerran             5\nUllen     7        6\n"
    blocks = read_blocks(text, markdown=False)
    row = [block for block in blocks if block.kind is BlockKind.ROW][2]
    assert row.header
    unit = run_of(NoteContent(Note("a.txt", "Ports"), text, blocks), Span(row.start, row.end))
    assert unit.text == "Port: Perran; Berths: –; Cost: 5"
    assert [text[span.start : span.end] for span in unit.spans] == ["Port      Berths   Cost", "Perran             5"]
    sentence = Sentence(row.start, row.end, text[row.start : row.end], (row.header,))
    assert sentence_text(text, sentence) == "Port: Perran; Berths: ; Cost: 5"

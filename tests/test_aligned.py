"""Tables in plain text whose columns blanks align, and prose that is none."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from qa.notes import read_blocks, read_note
from qa.schema import BlockKind

RULES = ["", "-------  ------  ----------\n", "--------------------------\n", "=======  ======  ==========\n"]
ROWS = "Skerrin      22  $4 million\nPerran      128  $5 million\n"
HEADER = "Harbour  Berths  Cost"


def rows_of(
    table: str, before: str = "Harbours\n\nThey need money.\n\n", after: str = "\nThat is all.\n"
) -> list[tuple[str, str]]:
    """Each row of a table with its header, as they stand in the note."""
    text = before + table + after
    return [
        (text[block.start : block.end], text[block.header.start : block.header.end] if block.header else "")
        for block in read_blocks(text, markdown=False)
        if block.kind is BlockKind.ROW
    ]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("after", ["\nThat is all.\n", "That is all.\n", ""])
def test_a_header_and_all_rows(rule: str, after: str) -> None:
    assert rows_of(f"{HEADER}\n{rule}{ROWS}", after=after) == [
        (HEADER, ""),
        ("Skerrin      22  $4 million", HEADER),
        ("Perran      128  $5 million", HEADER),
    ]


def test_the_last_row_without_a_line_end() -> None:
    assert rows_of(f"{HEADER}\n{ROWS}".rstrip("\n"), after="")[-1] == ("Perran      128  $5 million", HEADER)


@pytest.mark.parametrize("before", ["Harbours\n\nThey need money.\n\n", "Harbours\n\nThey need money.\n"])
def test_the_line_above_is_the_caption(before: str) -> None:
    text = f"{before}Table 1. The harbours\n{HEADER}\n{ROWS}\nThat is all.\n"
    rows = [block for block in read_blocks(text, markdown=False) if block.kind is BlockKind.ROW]
    assert {row.caption and text[row.caption.start : row.caption.end] for row in rows} == {"Table 1. The harbours"}


def test_an_empty_cell_keeps_its_row() -> None:
    table = (
        "Harbour      Berths   Cost\nSkerrin      22       $4 million\nPerran                $5 million\n"
        "Tannow       31\nUllen        3        $6 million\n"
    )
    assert [row for row, _ in rows_of(table)] == table.rstrip().split("\n")
    assert {header for _, header in rows_of(table)[1:]} == {"Harbour      Berths   Cost"}


def test_a_cell_of_two_lines_is_one_row() -> None:
    table = (
        "Harbour      State                  Cost\n-------      ---------------------  ----\n"
        "Skerrin      The quay was mended    $4 million\n             in the spring\n"
        "Perran and   Closed                 $5 million\nits islands\n"
    )
    assert [row for row, _ in rows_of(table)] == [
        "Harbour      State                  Cost",
        "Skerrin      The quay was mended    $4 million\n             in the spring",
        "Perran and   Closed                 $5 million\nits islands",
    ]


def test_cells_of_many_lines_below_a_drawn_line() -> None:
    table = (
        "Risk           Likelihood  Answer\n-------------  ----------  ------------------------------\n"
        "Storm damages  High        Boats are moved to a harbour\nthe quay                   along the coast, and are\n"
        "                           insured.\nStrike         Low         None.\n"
    )
    assert [row.split()[0] for row, _ in rows_of(table)] == ["Risk", "Storm", "Strike"]


def test_dates_and_years_below_a_name_and_in_a_row_like_the_others() -> None:
    dates = "Date            Event\n3 May 2024      The storm\n4 May 2024      The repair\n"
    assert rows_of(dates)[1] == ("3 May 2024      The storm", "Date            Event")
    built = "Skerrin     2021\nPerran      2022\nTannow      2023\n"
    assert {header for _, header in rows_of(built)} == {""}
    years = "            2021    2022\nFees          10      11\nGrants         1       2\n"
    assert rows_of(years)[1] == ("Fees          10      11", "2021    2022")


def test_a_header_of_two_lines_and_lines_between_groups() -> None:
    header = "Harbour            2021      2022\n                 ($000)    ($000)"
    line = "----------------------------------\n"
    table = f"{header}\n{line}East\n  Skerrin           22       1,400\n  Perran           128           9\n{line}"
    table += "Total              150       1,409\n"
    assert rows_of(table) == [
        (header, ""), ("East", header), ("Skerrin           22       1,400", header),
        ("Perran           128           9", header), ("Total              150       1,409", header),
    ]  # fmt: skip


def test_columns_that_only_a_drawn_line_tells_apart() -> None:
    table = "Harbour Berths Cost\n------- ------ ----\nSkerrin     22  400\nPerran     128    9\n"
    assert [row for row, _ in rows_of(table)] == ["Harbour Berths Cost", "Skerrin     22  400", "Perran     128    9"]


def test_blank_lines_between_rows_and_two_tables_below_each_other() -> None:
    spaced = "Harbour      Fee\n\nSkerrin      $22\n\nPerran       $28\n"
    assert rows_of(spaced)[1:] == [("Skerrin      $22", "Harbour      Fee"), ("Perran       $28", "Harbour      Fee")]
    two = "Harbour   Fee\nSkerrin   $22\nPerran    $28\n\nBoat      Crew\nKestrel   4\nTern      7\n"
    assert [header for _, header in rows_of(two)] == ["", *["Harbour   Fee"] * 2, "", *["Boat      Crew"] * 2]


def test_rows_of_words_have_no_header_unless_it_is_marked() -> None:
    names = "Jane Doe      Director\nJohn Roe      Deputy\nAnn Poe       Clerk\n"
    assert {header for _, header in rows_of(names)} == {""}
    assert rows_of("NAME          POST\n" + names)[1] == ("Jane Doe      Director", "NAME          POST")
    facts = "Place     Skerrin\nBerths    22\nCost      $4 million\n"
    assert {header for _, header in rows_of(facts)} == {""}


def test_wrapped_prose_around_a_table_stays_together() -> None:
    prose = textwrap.fill("The harbour was closed after the storm of last winter and boats moved along the coast. " * 4)
    text = f"Harbours\n\n{prose}\n{HEADER}\n{ROWS}{prose}\n"
    kinds = [block.kind for block in read_blocks(text, markdown=False)]
    assert kinds == [BlockKind.HEADING, BlockKind.PARAGRAPH, *[BlockKind.ROW] * 3, BlockKind.PARAGRAPH]


def test_empty_cells_between_tabs() -> None:
    table = "Harbour\tBerths\tCost\nSkerrin\t22\t5\nPerran\t\t28\nUllen\t8\nTotal\t30\t33\n"
    assert [row for row, _ in rows_of(table)] == table.rstrip().split("\n")
    assert {header for _, header in rows_of(table)[1:]} == {"Harbour\tBerths\tCost"}


@pytest.mark.parametrize("colon", ["", ":"])
def test_keys_and_values_in_two_columns_tell_of_the_note(tmp_path: Path, colon: str) -> None:
    pairs = [("To", "Minister of Fisheries"), ("From", "Deputy Minister"), ("Date", "3 May 2024")]
    head = "".join(f"{key}{colon}".ljust(12) + f"{value}\n" for key, value in pairs)
    path = tmp_path / "a.txt"
    path.write_text(f"Harbour fees\n\n{head}\nIssue\n\nThe fees are low.\n", encoding="utf-8")
    content = read_note(path, "a.txt")
    assert (str(content.note.date), content.note.prepared_for) == ("2024-05-03", "Minister of Fisheries")
    assert [block.kind for block in content.blocks][1:4] == [BlockKind.METADATA] * 3


# Prose

PROSE = (
    "The harbour was closed after the storm of last winter. Boats have moved to the next one along the coast, where "
    "they pay twice the fee. The works take two years, and cost more than was thought: prices rose by 12 per cent. "
    "One of the two bidders withdrew in May. Nobody knows yet whether the other, a firm from the south, will stay. "
)


def justified(width: int) -> str:
    """Prose whose lines are filled up with blanks to end together."""
    lines = []
    for line in textwrap.wrap(PROSE * 3, width):
        words = line.split()
        for number in range(width - len(line)):
            words[(7 * number) % max(1, len(words) - 1)] += " "
        lines.append(" ".join(words))
    return "\n".join(lines)


def in_two_columns(width: int) -> str:
    lines = textwrap.wrap(PROSE * 3, width)
    half = (len(lines) + 1) // 2
    pairs = zip(lines[:half], [*lines[half:], ""], strict=False)
    return "\n".join(f"{left:{width + 3}}{right}".rstrip() for left, right in pairs)


@pytest.mark.parametrize("width", range(24, 100, 3))
def test_prose_is_no_table(width: int) -> None:
    two_blanks = textwrap.fill(PROSE * 3, width).replace(". ", ".  ").replace(": ", ":  ")
    for prose in (two_blanks, justified(width), in_two_columns(width)):
        assert rows_of(f"{prose}\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "MINISTRY OF HARBOURS        File 12-A\nFees Branch                 3 May 2024\n\nThe fees are low.\n",
        "Fees\n\n- Skerrin     22\n- Perran      28\n- Ullen       31\n",
        "Fees\n\nIt is late.  We go.\nIt is dark.  We stay.\nIt is cold.  We sleep.\n",
        "Fees\n\nMinister:     Jane Doe\nDeputy:       John Roe\nClerk:        Ann Poe\n",
    ],
)
def test_other_lines_in_columns_are_no_table(text: str) -> None:
    assert BlockKind.ROW not in [block.kind for block in read_blocks(text, markdown=False)]

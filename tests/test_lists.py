"""How much of a long list is said, and what is told of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import Binder
from qa.answering.lists import MOST_ITEMS, MOST_WORDS_OF_ITEMS, left_out, list_of
from qa.notes import read_note
from qa.schema import Answer, NoteContent

LEAD_IN = "The department inspected the following vessels:"


def ships(items: list[str]) -> str:
    return f"# Ships\n\nDate: 2023-01-02\n\n## Inspections\n\n{LEAD_IN}\n\n" + "".join(f"- {item}\n" for item in items)


def content_of(folder: Path, items: list[str]) -> NoteContent:
    (folder / "ships.md").write_text(ships(items), encoding="utf-8")
    return read_note(folder / "ships.md", "ships.md")


def part_with(content: NoteContent, words: str) -> tuple[list[str], int]:
    """The lines of what is said of the list where the block that begins with `words` is looked at; items left out."""
    block = next(block for block in content.blocks if content.text.startswith(words, block.start))
    unit = list_of(content, block)
    assert unit is not None
    return unit.text.splitlines(), left_out(content, unit.spans)


@pytest.mark.parametrize(
    ("count", "found", "lines", "left"),
    [
        (MOST_ITEMS, LEAD_IN, [LEAD_IN, "- MV 0", f"- MV {MOST_ITEMS - 1}"], 0),
        (MOST_ITEMS + 1, LEAD_IN, [LEAD_IN, "- MV 0", f"- MV {MOST_ITEMS - 1}"], 1),
        (500, LEAD_IN, [LEAD_IN, "- MV 0", "- MV 59"], 440),
        (500, "MV 250", [LEAD_IN, "- MV 240", "- MV 299"], 440),
        (500, "MV 499", [LEAD_IN, "- MV 480", "- MV 499"], 480),
    ],
)
def test_of_a_long_list_the_part_with_the_item_is_said(
    tmp_path: Path, count: int, found: str, lines: list[str], left: int
) -> None:
    said, rest = part_with(content_of(tmp_path, [f"MV {at}" for at in range(count)]), found)
    assert [said[0], said[1], said[-1]] == lines
    assert rest == left


def test_a_list_of_long_items_ends_sooner(tmp_path: Path) -> None:
    items = [f"MV {at}" + " seaworthy" * 298 for at in range(30)]
    said, rest = part_with(content_of(tmp_path, items), LEAD_IN)
    assert len(said) == 1 + MOST_WORDS_OF_ITEMS // 300
    assert rest == 25
    said, rest = part_with(content_of(tmp_path, ["MV 0" + " seaworthy" * 2 * MOST_WORDS_OF_ITEMS, "MV 1"]), LEAD_IN)
    assert len(said) == 2, "an item is not cut"
    assert rest == 1


def test_nested_items_count_and_keep_what_they_hang_on(tmp_path: Path) -> None:
    items = [f"Port {at}:\n" + "".join(f"  - MV {at}.{ship}\n" for ship in range(49)) for at in range(3)]
    content = content_of(tmp_path, items)
    block = next(block for block in content.blocks if content.text.startswith("MV 1.20", block.start))
    unit = list_of(content, block, outermost=True)
    assert unit is not None
    lines = unit.text.splitlines()
    assert lines[:3] == [LEAD_IN, "- Port 1:", "  - MV 1.9"], "the part begins within a port"
    assert left_out(content, unit.spans) == 150 - MOST_ITEMS
    own = list_of(content, block)
    assert own is not None
    assert left_out(content, own.spans) == 0, "a list that is nested in another is whole by itself"


@pytest.fixture(scope="module")
def binder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Binder]:
    folder = tmp_path_factory.mktemp("lists")
    (folder / "notes").mkdir()
    (folder / "notes" / "ships.md").write_text(ships([f"MV Tern {at} at Port Aldous" for at in range(300)]), "utf-8")
    (folder / "notes" / "crews.md").write_text(
        "# Crews\n\nThe crews were trained in:\n\n- rescue;\n- radio;\n- first aid.\n", encoding="utf-8"
    )
    with Binder.open(folder / "notes", index=folder / "index") as opened:
        yield opened


def told(answer: Answer) -> list[str]:
    return [notice.text for notice in answer.notices if notice.kind == "left_out"]


def test_a_list_of_hundreds_is_said_in_part_and_the_rest_is_told(binder: Binder) -> None:
    answer = binder.ask("Which vessels were inspected by the department?")
    assert len(answer.text) < 4_000
    assert answer.text.startswith(LEAD_IN)
    assert told(answer) == [
        f"Not all of a list is quoted. Items left out: {300 - MOST_ITEMS:,}, in Ships: Inspections (ships.md)."
    ]
    for citation in answer.citations:
        assert binder.text(citation.note)[citation.start : citation.end] == citation.quote


def test_of_a_list_that_is_said_whole_nothing_is_told(binder: Binder) -> None:
    answer = binder.ask("What were the crews trained in?")
    assert "- first aid." in answer.text
    assert told(answer) == []

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from qa.index import Index
from qa.retrieval.query import build_query
from qa.retrieval.searched import Searched, searched, words_of
from tests.indexing import open_index

NOTES = {
    "harbours.md": "# Harbours\n\nDate: 2021-03-04\n\nThe harbour of Wick has 14 berths.\n",
    "ferries.md": "# Ferries\n\nDate: 2022-05-06\n\nThe ferry to Inchmore is a sign of peacekeeping in the harbour.\n",
    "undated.md": "# Boats\n\nThe boats are old.\n",
}


@pytest.fixture
def index(corpus: Path, tmp_path: Path) -> Iterator[Index]:
    for note, text in NOTES.items():
        (corpus / note).write_text(text, encoding="utf-8")
    opened = open_index(tmp_path / "index", corpus)
    opened.sync()
    yield opened
    opened.close()


def put(index: Index, question: str, **filters: object) -> tuple[Searched, tuple[str, ...]]:
    query = build_query(question, known=index.store.notes(), **filters)  # type: ignore[arg-type]
    told = searched(query, index)
    return told, words_of(query, told.absent)


def test_the_words_that_no_note_holds_are_told_as_typed(index: Index) -> None:
    told, absent = put(index, "Does the Ferry to Wick carry Anchovies, or anchovies?")
    assert absent == ("carry", "Anchovies", "anchovies")
    assert (told.notes, told.newest) == (3, date(2022, 5, 6))


def test_a_word_is_absent_where_only_other_notes_than_those_searched_hold_it(index: Index) -> None:
    told, absent = put(index, "ferries of Wick", notes=["harbours.md"])
    assert absent == ("ferries",)
    assert (told.notes, told.newest) == (1, date(2021, 3, 4))
    assert put(index, "ferries of Wick", since=date(2022, 1, 1))[1] == ("Wick",)
    assert put(index, "ferries", notes=[])[0].newest is None


def test_a_word_with_a_slip_is_not_absent(index: Index) -> None:
    assert put(index, "a sign of peackeeping")[1] == ()


def test_rarities_are_shares_of_the_most_that_a_term_can_have(index: Index) -> None:
    told, _ = put(index, "harbour Wick anchovy")
    common, rare, absent = told.rarities
    assert 0 < common < rare < absent == 1

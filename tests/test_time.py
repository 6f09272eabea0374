"""What stands beside an answer of its time (overtaken sources, values that differ, age), and which edition is cited."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from qa import Binder
from qa.answering.changes import OF_EDITIONS, OF_OTHERS, Saying, changed_figures, changed_names, sayings
from qa.answering.words import day_in_words
from qa.figures import Measure
from qa.notes import read_note
from qa.options import AskOptions
from qa.schema import Answer, NoteContent, Span

OLD = """# Ferry Subsidy

Date: 2021-03-02

The Ferry Subsidy pays 45 per cent of a ticket to the mainland for islanders of Orlen and Tamsk. The Ferry Desk is led
by Jorun Falk. Complaints go to the harbour master of Vardby, who answers within a week.
"""
NEW = """# Ferry Subsidy

Date: 2023-03-02

The Ferry Subsidy pays 60 per cent of a ticket to the mainland for islanders of Orlen and Tamsk. The Ferry Desk is led
by Ilse Brandt.
"""
ROADS = "# Gravel Roads\n\nDate: 2023-02-01\n\nGravel roads are graded twice a year by the Roads Yard at Hessel.\n"
FRENCH = """# Subvention des traversiers

Date : 2023-03-05

Traduction de la note « Ferry Subsidy » du 2 mars 2023. La subvention paie 60 p. 100 du billet des insulaires d'Orlen.
"""
SHARE = "What share of a ticket does the Ferry Subsidy pay?"


@contextmanager
def opened(corpus: Path, **notes: str) -> Iterator[Binder]:
    for name, text in notes.items():
        (corpus / f"{name}.md").write_text(text, encoding="utf-8")
    with Binder.open(corpus, index=corpus.parent / "index") as binder:
        yield binder


@pytest.fixture(autouse=True)
def _on_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_TODAY", "2023-06-01")


def said(answer: Answer, kind: str) -> list[str]:
    return [notice.text for notice in answer.notices if notice.kind == kind]


def test_the_newest_value_is_told_and_the_old_one_beside_it(corpus: Path) -> None:
    with opened(corpus, old=OLD, new=NEW, roads=ROADS) as binder:
        answer = binder.ask(SHARE)
        assert "60 per cent" in answer.text
        assert "45" not in answer.text
        assert said(answer, "conflict") == [
            "An older note says otherwise: “45 per cent” (Ferry Subsidy, 2021-03-02); the newer says “60 per cent” "
            "(Ferry Subsidy, 2023-03-02)."
        ]
        notice = next(notice for notice in answer.notices if notice.kind == "conflict")
        assert notice.citations[0].note == "old.md"
        assert "45 per cent" in notice.citations[0].quote
        assert notice.citations[0].superseded_by == "new.md"
        assert notice.citations[0].marker == len(answer.citations) + 1
        for citation in notice.citations:
            assert binder.text(citation.note)[citation.start : citation.end] == citation.quote


def test_asked_for_an_earlier_day_the_older_note_is_cited_and_the_newer_named(corpus: Path) -> None:
    with opened(corpus, old=OLD, new=NEW, roads=ROADS) as binder:
        answer = binder.ask("As of May 2021, what share of a ticket did the Ferry Subsidy pay?")
        assert "45 per cent" in answer.text
        assert "60" not in answer.text
        assert {citation.superseded_by for citation in answer.citations} == {"new.md"}
        assert said(answer, "superseded")[0].startswith("The newer note says otherwise: “60 per cent”")


def test_asked_for_the_former_state_the_older_note_is_cited(corpus: Path) -> None:
    with opened(corpus, old=OLD, new=NEW, roads=ROADS) as binder:
        assert "45 per cent" in binder.ask("What was the original share of a ticket that the Ferry Subsidy paid?").text


def test_asked_for_the_first_state_the_oldest_note_is_cited(corpus: Path) -> None:
    with opened(corpus, old=OLD, new=NEW, newest=NEWEST, roads=ROADS) as binder:
        first = binder.ask("What share of a ticket did the Ferry Subsidy pay originally?")
        assert {citation.note for citation in first.citations} == {"old.md"}
        assert "45 per cent" in first.text
        former = binder.ask("What share of a ticket did the Ferry Subsidy previously pay?")
        assert "60 per cent" in former.text


@pytest.mark.parametrize(
    ("then", "told"),
    [
        ("It is planned to pay $5 million to islanders this year.", "In 2022, $4 million was paid to islanders."),
        ("In 2022, $5 million is to be paid to islanders.", "In 2022, $4 million was paid to islanders."),
    ],
)
def test_what_a_newer_note_tells_of_a_year_goes_before_the_note_of_that_year(
    corpus: Path, then: str, told: str
) -> None:
    of_2022 = OLD.replace("2021-03-02", "2022-03-02") + f"\n{then}\n"
    with opened(corpus, old=of_2022, new=f"{NEW}\n{told}\n", roads=ROADS) as binder:
        answer = binder.ask("How much did the Ferry Subsidy pay to islanders in 2022?")
        assert told in answer.statements[0].text
        assert answer.citations[0].note == "new.md"
        as_of = binder.ask("As of 2022, what share of a ticket did the Ferry Subsidy pay?")
        assert "45 per cent" in as_of.text
        shared = binder.ask("What share of a ticket did the Ferry Subsidy pay in 2022?")
        assert "45 per cent" in shared.text, "the newer note does not tell of 2022"


def test_what_only_the_older_note_tells_is_told_with_a_notice(corpus: Path) -> None:
    with opened(corpus, old=OLD, new=NEW, roads=ROADS) as binder:
        answer = binder.ask("Where do complaints about the ferry go?")
        assert "harbour master of Vardby" in answer.text
        assert "old.md" in {citation.note for citation in answer.citations}
        assert said(answer, "superseded") == [
            "A newer note is on the same subject: Ferry Subsidy, 2023-03-02. This is from Ferry Subsidy, 2021-03-02."
        ]


def test_with_a_filter_by_date_a_later_note_overtakes_nothing(corpus: Path) -> None:
    with opened(corpus, old=OLD, new=NEW, roads=ROADS) as binder:
        answer = binder.ask(SHARE, as_of=date(2021, 12, 31))
        assert "45 per cent" in answer.text
        assert [notice for notice in answer.notices if notice.kind in ("superseded", "conflict", "age")] == []
        assert {citation.superseded_by for citation in answer.citations} == {None}


NEWEST = NEW.replace("2023-03-02", "2023-05-02").replace("60 per cent", "75 per cent")


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({"until": date(2023, 4, 1)}, {"old.md", "new.md", "roads.md"}),
        ({"notes": ["old.md"]}, {"old.md"}),
        ({"notes": ["old.md", "new.md"]}, {"old.md", "new.md"}),
    ],
)
def test_of_an_edition_that_the_filters_leave_out_nothing_is_found(
    corpus: Path, filters: AskOptions, left: set[str]
) -> None:
    with opened(corpus, old=OLD, new=NEW, newest=NEWEST, roads=ROADS) as binder:
        answer = binder.ask(SHARE, **filters)
        assert {hit.note for hit in answer.hits} == left
        newest = "new.md" if "new.md" in left else "old.md"
        assert {citation.note for citation in answer.citations} == {newest}


def test_a_newer_note_on_another_quarter_does_not_take_the_place_of_the_one_asked_for(corpus: Path) -> None:
    first, second = (
        f"# Board {month}\n\nDate: 2023-0{month}-01\n\nIn the {quarter} quarter the board of the ferry fund paid "
        f"{grants} grants to islanders.\n"
        for month, quarter, grants in ((1, "first", 40), (5, "second", 55))
    )
    with opened(corpus, first=first, second=second, roads=ROADS) as binder:
        answer = binder.ask("How many grants did the board of the ferry fund pay to islanders in the first quarter?")
        assert "40 grants" in answer.statements[0].text


def test_a_translation_is_no_conflict(corpus: Path) -> None:
    with opened(corpus, new=NEW, french=FRENCH, roads=ROADS) as binder:
        answer = binder.ask(SHARE)
        assert not answer.abstained
        assert [notice for notice in answer.notices if notice.kind in ("superseded", "conflict")] == []


def test_notes_on_two_places_do_not_differ(corpus: Path) -> None:
    east, west = (
        f"# Ferry Fares: {place}\n\nDate: 2023-0{month}-02\n\nThe fare from {place} is ${fare} for each adult.\n"
        for place, month, fare in (("Orlen", 2, 12), ("Vardby", 3, 19))
    )
    with opened(corpus, east=east, west=west, roads=ROADS) as binder:
        answer = binder.ask("What is the fare from Orlen for an adult?")
        assert "$12" in answer.text
        assert [notice for notice in answer.notices if notice.kind in ("superseded", "conflict")] == []


def test_the_age_of_an_old_source_is_told_in_the_language_of_the_question(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(corpus, old=OLD, roads=ROADS) as binder:
        assert said(binder.ask(SHARE), "age") == ["As of 2 March 2021, the date of the newest note quoted."]
        assert said(binder.ask("Who grades the gravel roads?"), "age") == []
        asked = "Quelle part du billet la Ferry Subsidy paie-t-elle aux insulaires d'Orlen (per cent of a ticket) ?"
        french = binder.ask(asked)
        assert french.abstained or said(french, "age") == ["En date du 2 mars 2021."]
    monkeypatch.setenv("QA_OLD_AFTER", "2000")
    with opened(corpus) as binder:
        assert said(binder.ask(SHARE), "age") == []


def test_days_are_written_out() -> None:
    assert day_in_words(date(2021, 4, 20), "en") == "20 April 2021"
    assert day_in_words(date(2021, 8, 1), "fr") == "1er août 2021"
    assert day_in_words(date(2021, 8, 1), "de") == "1 August 2021"


def content_of(folder: Path, name: str, text: str) -> NoteContent:
    (folder / name).write_text(text, encoding="utf-8")
    return read_note(folder / name, name)


def values(folder: Path, mine: str, theirs: str, *measures: Measure, strict: bool = False) -> list[tuple[str, str]]:
    content = content_of(folder, "mine.txt", f"Mine\n\n{mine}\n")
    start = content.text.index(mine)
    said = sayings(content_of(folder, "theirs.txt", f"Theirs\n\n{theirs}\n"))
    saying = Saying(content, Span(start, start + len(mine)))
    likeness = OF_OTHERS if strict else OF_EDITIONS
    return [(one.mine, one.theirs) for one in changed_figures(saying, said, likeness, measures or tuple(Measure))]


@pytest.mark.parametrize(
    ("mine", "theirs", "found"),
    [
        ("The envelope is now $264.5 million a year.", "Its envelope is $180 million a year.", True),
        ("To date, 67 projects were approved.", "To date, 41 projects were approved.", True),
        ("The envelope is $264.5 million a year.", "The envelope is 264,500,000 $ a year.", False),  # one value
        (
            "In 2022-23 the standard was met in 84 % of cases.",
            "In 2020-21 the standard was met in 71 % of cases.",
            False,
        ),
        ("The Fund pays $12.4 million a year until 2026.", "The Fund pays $15.1 million a year until 2028.", True),
        ("The Fund pays $12.4 million a year until 2026.", "The Fund pays $12.4 million a year until 2026.", False),
        ("The Fund paid $12.4 million in 2022.", "The Fund paid $15.1 million in 2024.", False),
        ("Le Fonds verse 12,4 M$ jusqu'en 2026.", "Le Fonds verse 15,1 M$ jusqu'en 2028.", True),
        ("The largest single award is $18.9 million.", "The average yearly grant is $1.2 million.", False),
        ("The stations employ 171 officers.", "The stations employ 9 cooks.", False),
    ],
)
def test_figures_of_one_thing_are_told_from_others(tmp_path: Path, mine: str, theirs: str, found: bool) -> None:
    assert bool(values(tmp_path, mine, theirs)) is found


def test_of_two_times_the_one_is_named_that_changed(tmp_path: Path) -> None:
    pair = "Since 2021 the Fund pays a grant until 2026.", "Since 2021 the Fund pays a grant until March 2028."
    assert values(tmp_path, *pair, Measure.TIME) == [("2026", "March 2028")]


def test_a_number_is_named_with_what_it_counts(tmp_path: Path) -> None:
    pair = "To date, 67 projects were approved.", "To date, 41 projects were approved."
    assert values(tmp_path, *pair) == [("67 projects", "41 projects")]


def test_between_other_notes_nearly_all_words_must_be_the_same(tmp_path: Path) -> None:
    mine = "The Department of Coastal Affairs employs 3,180 people."
    assert values(tmp_path, mine, "The Department of Coastal Affairs employs 3,212 people.", strict=True)
    assert not values(tmp_path, mine, "The coastal guard employs 1,400 people.", strict=True)


def test_a_name_that_changed_is_found(tmp_path: Path) -> None:
    content = content_of(tmp_path, "mine.txt", "Radio\n\nThe program is led by Superintendent Wilhelmina Tarn.\n")
    said = sayings(
        content_of(tmp_path, "theirs.txt", "Radio\n\nThe program is led by Superintendent Lorcan Fitzpane.\n")
    )
    mine = sayings(content)[-1]
    assert [(one.mine, one.theirs) for one in changed_names(mine, said)] == [("Wilhelmina Tarn", "Lorcan Fitzpane")]

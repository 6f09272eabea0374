"""Which note overtakes which: by names, by what notes say of one another, by what they say; and what is no chain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

import qa.index.editions as kept_editions
from qa import Binder
from qa.editions import Editions
from qa.errors import IndexNotWritableError
from qa.index.editions import editions_of
from qa.index.store import Store
from tests.indexing import open_index, write_notes

VERRANE = Path(__file__).parent.parent / "evals" / "verrane" / "notes"
FERRY = (
    "The Ferry Subsidy helps islanders of Orlen and Tamsk to reach the mainland. It pays {share} per cent of a ticket, "
    "and {count} islanders used it last year. The subsidy is run by the Ferry Desk in Port Maren, led by {name}. "
    "Tickets are sold at the quays of Orlen, Tamsk and Little Tamsk. Freight is left out, and so are visitors."
)
NEW = {"share": "60", "count": "5,120", "name": "Ilse Brandt"}
OLD = {"share": "45", "count": "3,870", "name": "Jorun Falk"}
ROADS = (
    "Gravel roads of the northern districts are graded twice a year by the Roads Yard at Hessel. Frost heave closes "
    "about a dozen of them each spring. The Yard has nine graders, of which two are out of use for want of parts."
)


@pytest.fixture(scope="module")
def verrane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editions]:
    with Binder.open(VERRANE, index=tmp_path_factory.mktemp("verrane") / "index") as binder:
        yield binder.editions()


def editions(corpus: Path, notes: dict[str, tuple[str, str, str]]) -> Editions:
    """The editions of notes given as path to (title, date or "", text)."""
    for path, (title, day, text) in {**notes, "roads.md": ("Gravel roads", "2020-01-01", ROADS)}.items():
        dated = f"Date: {day}\n\n" if day else ""
        (corpus / path).write_text(f"# {title}\n\n{dated}{text}\n", encoding="utf-8")
    with Binder.open(corpus, index=corpus.parent / "index") as binder:
        return binder.editions()


def test_of_two_notes_of_one_title_the_newer_overtakes(verrane: Editions) -> None:
    assert verrane.overtaken_by("coast-radio.txt") == "coast-radio-consolidation.html"
    assert verrane.overtaken_by("coast-radio-consolidation.html") is None


def test_a_translation_is_one_edition_with_its_original(verrane: Editions) -> None:
    new, french, old = "coastal-resilience-fund-rev.md", "fonds-resilience-cotiere.md", "coastal-resilience-fund.md"
    assert verrane.same_edition(new, french)
    assert not verrane.same_edition(new, old)
    assert verrane.chain(old)[0] == old
    assert set(verrane.chain(old)) == {old, new, french}
    assert verrane.overtaken_by(new) is None
    assert verrane.overtaken_by(old) == new


def test_notes_on_two_regions_are_no_chain(verrane: Editions) -> None:
    assert verrane.parallel("HRP_east.md", "HRP_west.md")
    assert verrane.chain("HRP_east.md") == ("HRP_east.md",)


def test_all_other_notes_of_the_binder_stand_alone(verrane: Editions) -> None:
    assert set(verrane.behind()) == {"coast-radio.txt", "coastal-resilience-fund.md"}


def test_a_later_note_that_the_filters_leave_out_overtakes_nothing(verrane: Editions) -> None:
    assert verrane.overtaken_by("coast-radio.txt", date(2022, 1, 1)) is None
    assert set(verrane.behind(within={"coast-radio.txt", "coastal-resilience-fund.md"})) == set()


def test_of_a_period_the_edition_that_held_then_is_asked_for(verrane: Editions) -> None:
    behind = verrane.behind((date(2021, 1, 1), date(2021, 12, 31)))
    assert "coast-radio-consolidation.html" in behind
    assert "coast-radio.txt" not in behind


def test_of_a_period_before_all_editions_the_newest_is_asked_for(verrane: Editions) -> None:
    assert set(verrane.behind((date(2019, 1, 1), date(2019, 12, 31)))) == set(verrane.behind())


def test_where_the_former_state_is_asked_for_the_newest_edition_stays_behind(verrane: Editions) -> None:
    assert set(verrane.behind(former=True)) == {
        "coast-radio-consolidation.html",
        "coastal-resilience-fund-rev.md",
        "fonds-resilience-cotiere.md",
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("ferry.md", "Ferry Subsidy"), ("ferry-rev.md", "Ferry Subsidy")),
        (("ferry_v1.md", "Ferry Subsidy"), ("ferry_v2.md", "Ferry Subsidy, version 2")),
        (("ferry-2021-03-02.md", "Ferry Subsidy"), ("ferry-2023-03-02.md", "Update: Ferry Subsidy")),
        (("a.md", "Ferry Subsidy"), ("b.md", "Ferry Subsidy for Islanders")),
        (("a.md", "Ferry Subsidy (as of 2 March 2021)"), ("b.md", "Ferry Subsidy (as of 2 March 2023)")),
    ],
)
def test_versions_are_known_by_their_names(corpus: Path, old: tuple[str, str], new: tuple[str, str]) -> None:
    found = editions(
        corpus,
        {
            old[0]: (old[1], "2021-03-02", FERRY.format(**OLD)),
            new[0]: (new[1], "2023-03-02", FERRY.format(**NEW)),
        },
    )
    assert set(found.behind()) == {old[0]}
    assert found.overtaken_by(old[0]) == new[0]


def test_of_two_versions_of_one_day_the_higher_one_holds(corpus: Path) -> None:
    texts = FERRY.format(**OLD), FERRY.format(**NEW)
    notes = {f"ferry_v{n}.md": ("Ferry Subsidy", "2023-03-02", text) for n, text in zip((3, 2), texts, strict=True)}
    assert editions(corpus, notes).overtaken_by("ferry_v2.md") == "ferry_v3.md"


@pytest.mark.parametrize(
    "said",
    [
        "This note replaces the note of 2 March 2021.",
        "It supersedes ferry.md in all parts.",
        "La présente note annule et remplace la note du 2 mars 2021.",
        "This brief updates the note on the Ferry Subsidy.",
    ],
)
def test_a_note_says_which_one_it_replaces(corpus: Path, said: str) -> None:
    travel = f"{said} Island travel is now paid by a card that each resident of Orlen and Tamsk is given."
    found = editions(
        corpus,
        {
            "ferry.md": ("Ferry Subsidy", "2021-03-02", FERRY.format(**OLD)),
            "card.md": ("Island Travel Card", "2023-03-02", travel),
        },
    )
    assert found.overtaken_by("ferry.md") == "card.md"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ferry Subsidy: Orlen", "Ferry Subsidy: Vardby"),
        ("Ferry returns, March 2023", "Ferry returns, April 2023"),
        ("Ferry Subsidy, winter 2022", "Ferry Subsidy, winter 2023"),
    ],
)
def test_one_kind_of_note_on_two_places_or_months_is_no_chain(corpus: Path, one: str, other: str) -> None:
    places = {"orlen.md": (one, "2023-03-02", "Orlen"), "vardby.md": (other, "2023-04-02", "Vardby")}
    notes = {
        path: (title, day, FERRY.format(**(OLD if place == "Orlen" else NEW)).replace("Orlen", place))
        for path, (title, day, place) in places.items()
    }
    assert set(editions(corpus, notes).behind()) == set()


MEETING = "The committee meets on {day} in Port Maren. Members: Ilse Brandt (chair), Jorun Falk, Pim Lanz.\n\n"
PIER = "The pier was damaged in the storm. The engineers propose 14 new piles, at $1.2 million, and ask for approval."
CRABS = "Applicants ask for more crab licences than the stock allows. The biologists propose a ceiling of 210 a season."


@pytest.mark.parametrize(
    ("title", "first", "second"),
    [
        ("Committee meeting, agenda", MEETING.format(day="14 May 2024") + PIER, MEETING.format(day="11 June 2024")),
        ("Committee meeting, agenda", PIER, CRABS),
        ("Weekly report on operations", FERRY.format(**OLD), FERRY.format(**NEW)),
        ("Réunion du comité : ordre du jour", FERRY.format(**OLD), FERRY.format(**NEW)),
    ],
)
def test_notes_of_two_meetings_are_no_chain(corpus: Path, title: str, first: str, second: str) -> None:
    notes = {"may.md": (title, "2024-05-07", first), "june.md": (title, "2024-06-04", second + CRABS)}
    assert set(editions(corpus, notes).behind()) == set()


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        (("agenda.md", "agenda-b.md"), ""),
        (("agenda.md", "agenda-revised.md"), ""),
        (("agenda.md", "agenda-b.md"), "This agenda replaces the paper of 7 May 2024."),
    ],
)
def test_two_editions_of_one_agenda_are_a_chain(corpus: Path, paths: tuple[str, str], said: str) -> None:
    day = "14 May 2024" if paths[1] == "agenda-b.md" and not said else "this day"
    text = MEETING.format(day=day) + PIER
    notes = {
        paths[0]: ("Committee meeting, agenda", "2024-05-07", text),
        paths[1]: ("Committee meeting, agenda", "2024-05-10", f"{text.replace('14 new', '16 new')} {said}"),
    }
    assert set(editions(corpus, notes).behind()) == {paths[0]}


def test_two_notes_that_look_at_one_subject_from_two_sides_are_no_chain(corpus: Path) -> None:
    audit = (
        "Auditors looked at the Ferry Subsidy. They found that receipts were missing in a tenth of the claims sampled, "
        "and advise that the quays keep a ledger. Management agrees and will report by the summer."
    )
    notes = {
        "ferry.md": ("Ferry Subsidy", "2021-03-02", FERRY.format(**OLD)),
        "audit.md": ("Audit of the Ferry Subsidy", "2022-03-02", audit),
    }
    assert set(editions(corpus, notes).behind()) == set()


def test_a_note_without_a_date_overtakes_nothing(corpus: Path) -> None:
    notes = {
        "ferry.md": ("Ferry Subsidy", "2021-03-02", FERRY.format(**OLD)),
        "ferry-rev.md": ("Ferry Subsidy", "", FERRY.format(**NEW)),
    }
    assert set(editions(corpus, notes).behind()) == set()


@pytest.mark.parametrize(
    "said",
    [
        "The surcharge on bus tickets was abolished (see the note on the Ferry Subsidy).",
        "The surcharge was abolished by the decision paper of 2 March 2021.",
        "This was previously told in a brief on the Ferry Subsidy.",
    ],
)
def test_a_note_that_only_points_to_another_does_not_overtake_it(corpus: Path, said: str) -> None:
    fares = f"Bus tickets cost three crowns in town and five beyond it. {said}"
    notes = {
        "ferry.md": ("Ferry Subsidy", "2021-03-02", FERRY.format(**OLD)),
        "fares.md": ("Transit Fares", "2023-03-02", fares),
    }
    assert set(editions(corpus, notes).behind()) == set()


def test_a_note_without_a_date_is_not_overtaken_by_the_one_that_it_replaces(corpus: Path) -> None:
    notes = {
        "ferry.md": ("Ferry Subsidy", "2021-03-02", FERRY.format(**OLD)),
        "card.md": ("Island Travel Card", "", "This note replaces the note on the Ferry Subsidy. A card pays for it."),
    }
    found = editions(corpus, notes)
    assert found.chain("card.md") == ("card.md", "ferry.md")
    assert set(found.behind()) == set()


def test_an_empty_binder_has_no_editions(corpus: Path) -> None:
    assert set(editions(corpus, {}).behind()) == set()


def test_what_is_kept_of_the_editions_says_what_is_found(tmp_path: Path) -> None:
    with closing(open_index(tmp_path, VERRANE)) as index:
        index.sync()
        kept, found = editions_of(index.store), kept_editions._found(index.store)
        assert list(kept.names) == list(found.names)
        for one in found.names:
            assert kept.chain(one) == found.chain(one)
            assert kept.overtaken_by(one) == found.overtaken_by(one)
            for other in found.names:
                assert kept.parallel(one, other) == found.parallel(one, other)
                assert kept.same_edition(one, other) == found.same_edition(one, other)
                assert kept.is_later(one, other) == found.is_later(one, other)
        assert dict(kept.behind()) == dict(found.behind()) != {}


def test_a_question_does_not_wait_for_what_a_sync_has_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = tmp_path / "notes"
    write_notes(corpus, 2)
    with closing(open_index(tmp_path / "index", corpus)) as index:
        index.sync()
        write_notes(corpus, 3)
        index.sync()
        with monkeypatch.context() as context:
            context.setattr(kept_editions, "_found", lambda store: pytest.fail("found again"))
            assert len(editions_of(index.store).names) == 3
        with index.store.connections.writing() as connection:
            connection.execute("UPDATE editions SET generation = 1")  # as a sync leaves it that was stopped
        assert len(editions_of(index.store).names) == 3


def test_a_sync_on_a_full_disk_that_has_its_notes_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(store: Store) -> None:
        raise IndexNotWritableError("no space left on device")

    corpus = tmp_path / "notes"
    write_notes(corpus, 2)
    monkeypatch.setattr("qa.index.keep_editions", full)
    with closing(open_index(tmp_path / "index", corpus)) as index:
        assert len(index.sync().added) == 2
        assert len(editions_of(index.store).names) == 2

"""The search by words finds what BM25 finds, and at size what BM25 finds among passages that hold a rarer term."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest

from qa.index.store import Store
from qa.index.words import BUDGET, Terms, affordable, best_passages
from tests.indexing import SEED_NOTE, open_index, write_notes

WEIGHTS = (1.0, 1.0, 1.0)
TWINS = [f"twin-{number:02}.txt" for number in range(30)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A binder of varied notes, and of 30 that are as good as equal."""
    place = tmp_path_factory.mktemp("words")
    write_notes(place / "corpus", 20)
    for number, name in enumerate(reversed(TWINS)):
        (place / "corpus" / name).write_text(SEED_NOTE.read_text("utf-8")[:2000] + "\n" * number, "utf-8")
    with closing(open_index(place / "index", place / "corpus")) as index:
        index.sync()
        yield index.store


def plain(store: Store, terms: Sequence[str], notes: Sequence[str] | None = None) -> list[tuple[str, float]]:
    """All that BM25 finds, in one query."""
    match = " OR ".join(f'"{term}"' for term in dict.fromkeys(terms))
    wanted = json.dumps([note.note for note in store.notes()] if notes is None else notes)
    with store.connections.reading() as connection:
        return connection.execute(
            "SELECT p.id, -bm25(stems, ?, ?, ?) AS score FROM stems JOIN passages AS p ON p.number = stems.rowid"
            " WHERE stems MATCH ? AND p.note IN (SELECT value FROM json_each(?)) ORDER BY score DESC, p.id",
            (*WEIGHTS, match, wanted),
        ).fetchall()


def questions(store: Store, count: int) -> list[list[str]]:
    """Terms as questions have them: some common, some rare, some that no note holds."""
    chance = random.Random(7)
    with store.connections.reading() as connection:
        known = [row[0] for row in connection.execute("SELECT term FROM vocabulary ORDER BY doc DESC, term")]
    pools = [known[:40], known, ["nowhere", "neither"]]
    return [[chance.choice(chance.choices(pools, (4, 5, 1))[0]) for _ in range(6)] for _ in range(count)]


def test_a_small_binder_is_searched_by_all_terms_to_the_last_digit(store: Store) -> None:
    some = [note.note for note in store.notes()][::3]
    for terms in questions(store, 60):
        assert sum(store.document_frequencies(terms).values()) < BUDGET
        assert store.lexical(terms, 1000) == plain(store, terms)
        for k in (1, 7, 25):
            assert store.lexical(terms, k) == plain(store, terms)[:k]
            assert store.lexical(terms, k, some) == plain(store, terms, some)[:k]


def test_all_that_tie_with_the_last_are_ordered_by_id(store: Store) -> None:
    counts = store.document_frequencies(["counterpart", "minist", "border", "secur"])
    for term in (term for term, count in counts.items() if count >= len(TWINS)):
        hits = [hit for hit in plain(store, [term]) if hit[0].partition("#")[0] in TWINS]
        assert store.lexical([term], 5, TWINS) == hits[:5]
        assert [id.partition("#")[0] for id, _ in hits[:5]] == TWINS[:5]
    assert max(counts.values()) >= len(TWINS)


@pytest.mark.parametrize("budget", [1, 20, 60, 200])
def test_at_size_the_best_among_those_with_a_rarer_term_are_found_with_their_whole_score(
    store: Store, budget: int
) -> None:
    left_out = 0
    for terms in questions(store, 40):
        searched = affordable(store.document_frequencies(terms), budget)
        left_out += len(searched.common)
        rarer = {id for id, _ in plain(store, searched.rare)}
        expected = [hit for hit in plain(store, terms) if hit[0] in rarer][:10]
        with store.connections.reading() as connection:
            found = best_passages(connection, searched, 10, None, WEIGHTS)
        assert [score for _, score in found] == pytest.approx([score for _, score in expected])
        # Terms are added up in another order, so that the last digit, and with it a tie, may be another.
        last = expected[-1][1] if expected else 0.0
        assert {id for id, score in found if score > last + 1e-6} == {id for id, s in expected if s > last + 1e-6}
    assert left_out


def test_the_rarest_terms_are_taken_as_far_as_the_budget_goes() -> None:
    frequencies = {"the": 900, "minist": 60, "preclear": 3, "border": 40, "nowhere": 0}
    assert affordable(frequencies, 10_000) == Terms(("the", "minist", "preclear", "border", "nowhere"))
    assert affordable(frequencies, 103) == Terms(("minist", "preclear", "border", "nowhere"), ("the",))
    assert affordable(frequencies, 102) == Terms(("preclear", "border", "nowhere"), ("the", "minist"))
    assert affordable(frequencies, 1) == Terms(("preclear", "nowhere"), ("the", "minist", "border"))
    assert affordable({"the": 900, "a": 900}, 10) == Terms(("a",), ("the",))
    assert affordable({}, 10) == Terms(())


def test_common_terms_are_searched_for_where_the_notes_asked_for_hold_no_other(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = "note-003.txt"
    with store.connections.reading() as connection:
        counts = dict(connection.execute("SELECT term, doc FROM vocabulary"))
    held = {term for term in counts if plain(store, [term], [note])}
    common = max(held, key=lambda term: counts[term])
    rare = min(counts.keys() - held, key=lambda term: counts[term])
    monkeypatch.setattr("qa.index.store.BUDGET", 0.001)
    assert [id for id, _ in store.lexical([rare, common], 3)] == [id for id, _ in plain(store, [rare])][:3]
    assert store.lexical([rare, common], 3, [note]) == plain(store, [rare, common], [note])[:3]

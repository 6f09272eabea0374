"""The search by words finds what SQLite's own BM25 finds, to the last digit."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest

from qa.index import tables, words
from qa.index.records import State
from qa.index.store import Store
from qa.index.words import Words
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


def plain(
    store: Store,
    terms: Sequence[str],
    notes: Sequence[str] | None = None,
    weights: tuple[float, float, float] = WEIGHTS,
) -> list[tuple[str, float]]:
    """All that SQLite's bm25() finds, in one query."""
    match = " OR ".join(f'"{term}"' for term in dict.fromkeys(terms))
    wanted = json.dumps([note.note for note in store.notes()] if notes is None else notes)
    with store.connections.reading() as connection:
        return connection.execute(
            "SELECT p.id, -bm25(stems, ?, ?, ?) AS score FROM stems JOIN passages AS p ON p.number = stems.rowid"
            " WHERE stems MATCH ? AND p.note IN (SELECT value FROM json_each(?)) ORDER BY score DESC, p.id",
            (*weights, match, wanted),
        ).fetchall()


def questions(store: Store, count: int) -> list[list[str]]:
    """Terms as questions have them: some common, some rare, some that no note holds."""
    chance = random.Random(7)
    with store.connections.reading() as connection:
        known = [row[0] for row in connection.execute("SELECT term FROM vocabulary ORDER BY doc DESC, term")]
    pools = [known[:40], known, ["nowhere", "neither"]]
    return [[chance.choice(chance.choices(pools, (4, 5, 1))[0]) for _ in range(6)] for _ in range(count)]


def test_passages_are_found_as_by_sqlite_itself_to_the_last_digit(store: Store) -> None:
    some = [note.note for note in store.notes()][::3]
    for terms in questions(store, 60):
        assert store.lexical(terms, 1000) == plain(store, terms)
        for k in (1, 7, 25):
            assert store.lexical(terms, k) == plain(store, terms)[:k]
            assert store.lexical(terms, k, some) == plain(store, terms, some)[:k]


@pytest.mark.parametrize("weights", [(1.0, 0.5, 0.5), (2.0, 0.25, 0.125)])
def test_stems_count_by_where_they_stand_as_in_sqlite_itself(store: Store, weights: tuple[float, float, float]) -> None:
    for terms in questions(store, 20):
        assert store.lexical(terms, 1000, weights=weights) == plain(store, terms, weights=weights)


def test_all_that_tie_with_the_last_are_ordered_by_id(store: Store) -> None:
    counts = store.document_frequencies(["counterpart", "minist", "border", "secur"])
    for term in (term for term, count in counts.items() if count >= len(TWINS)):
        hits = [hit for hit in plain(store, [term]) if hit[0].partition("#")[0] in TWINS]
        assert store.lexical([term], 5, TWINS) == hits[:5]
        assert [id.partition("#")[0] for id, _ in hits[:5]] == TWINS[:5]
    assert max(counts.values()) >= len(TWINS)


def test_nothing_changes_where_more_is_asked_for_than_is_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_KEPT", 100)
    monkeypatch.setattr(words, "_ENTRY", 1)
    with store.connections.reading() as connection:
        searched = Words(connection)
        for terms in questions(store, 40):
            found = searched.best(connection, store.document_frequencies(terms), 1000, None, WEIGHTS)
            assert found == plain(store, terms)
            kept = sum(len(places) + 1 for places, _ in searched._given.values())
            assert searched._kept == kept <= 100 + store.passage_count()
        nowhere = {f"nowhere{number}": 0 for number in range(100)}
        assert searched.best(connection, nowhere, 10, None, WEIGHTS) == []
        assert not any(term in nowhere for term, _ in searched._given)


@pytest.mark.parametrize("length", [1, 127, 128, 20_000])
def test_passages_of_any_length_are_weighed(length: int) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in (*tables.SCHEMA, tables.INSTANCES):
            connection.execute(statement)
        for number, body in enumerate(["word other", "word " * length, "other"], start=1):
            connection.execute(
                "INSERT INTO stems (rowid, body, context, title) VALUES (?, ?, 'a', 'b')", (number, body)
            )
            row = (number, f"note#{number}", "note", 0, 1, "[]", "", None, 1)
            connection.execute(f"INSERT INTO passages VALUES ({', '.join('?' * len(row))})", row)
        sql = "SELECT rowid, -bm25(stems, 1, 1, 1) FROM stems WHERE stems MATCH 'word' ORDER BY rank"
        expected = [(f"note#{number}", score) for number, score in connection.execute(sql)]
        assert Words(connection).best(connection, {"word": 2}, 10, None, WEIGHTS) == expected


def test_of_a_text_that_is_too_long_the_rarest_words_are_searched(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = store.document_frequencies(["counterpart", "minist", "border", "secur", "nowhere"])
    (_, rarest), (most, _), *_ = sorted((count, term) for term, count in counts.items() if count)
    monkeypatch.setattr(words, "_MOST", most)
    assert store.lexical(list(counts), 1000) == plain(store, [rarest])
    monkeypatch.setattr(words, "_MOST", sum(counts.values()))
    assert store.lexical(list(counts), 1000) == plain(store, list(counts))


def test_what_is_read_of_a_state_stays_with_its_readers_when_a_sync_changes_it(store: Store) -> None:
    made = []

    class Counted(Words):
        def __init__(self, connection: sqlite3.Connection) -> None:
            made.append(connection)
            super().__init__(connection)

    with pytest.MonkeyPatch.context() as patch, store.snapshot():
        patch.setattr("qa.index.store.Words", Counted)
        store._kept = (State(0, 99, 99), {})  # as another reader leaves it, who has seen a sync
        for _ in range(3):
            assert store.lexical(["minist"], 3) == plain(store, ["minist"])[:3]
            store._kept = (State(0, 99, 99), {})
    assert len(made) == 1

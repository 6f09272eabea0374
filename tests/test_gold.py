"""Gold rows: read strictly, with errors that say what to do, and found in notes whatever their typography."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from qa.errors import GoldError, UnknownNoteError
from qa.evaluation.gold import contains, find_quote, read_rows, resolve, schema
from tests.evaluating import ABSENT, NOTE, ROW, TEXT, gold, place, write_gold

HISTORY = [["user", "What are the dues?"], ["assistant", "High."]]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (ROW | {"anwser": "x"}, "there is no key `anwser`"),
        (ROW | {"evidnce": []}, "did you mean `evidence`"),
        ({key: value for key, value in ROW.items() if key != "facts"}, "it lacks `facts`"),
        (ROW | {"answerable": "yes"}, "'yes' is not true or false"),
        (ROW | {"facts": []}, "a question that the notes answer has at least one fact"),
        (ROW | {"evidence": []}, "a question that the notes answer has evidence"),
        (ROW | {"facts": [[]]}, "must not be empty"),
        (ROW | {"facts": [""]}, "'' is not a list"),
        (ROW | {"facts": [[" "]]}, "' ' holds no word"),
        (ROW | {"must_not": ["|"]}, r"'\|' holds no word"),
        (ROW | {"evidence": [{"note": NOTE, "quote": "| |"}]}, "holds no word"),
        (ROW | {"question": "\n"}, "holds no word"),
        (ABSENT | {"also": ROW["evidence"]}, "a question that the notes do not answer has no evidence"),
        (ABSENT | {"facts": [["x"]]}, "a question that the notes do not answer has no facts"),
        (ABSENT | {"evidence": ROW["evidence"]}, "a question that the notes do not answer has no evidence"),
        (ROW | {"history": [["user"]]}, r"a turn is \[role, text\]"),
        (ROW | {"history": [["robot", "x"]]}, "is not one of"),
        (ROW | {"as_of": "last week"}, "'last week' is no date; write it as"),
        (ROW | {"evidence": [{"note": NOTE}]}, "it lacks `quote`"),
    ],
)
def test_a_row_that_is_wrong_is_refused_with_its_line_and_reason(
    tmp_path: Path, row: dict[str, Any], message: str
) -> None:
    path = write_gold(tmp_path / "gold.jsonl", ABSENT | {"id": "first"}, row)
    with pytest.raises(GoldError, match=message) as error:
        read_rows(path)
    assert "line 2 (h-" in str(error.value)


def test_a_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(ROW) + "\n\n{'id': 1}\n", encoding="utf-8")
    with pytest.raises(GoldError, match="line 3 is no JSON"):
        read_rows(path)


def test_windows_line_ends_a_byte_order_mark_and_odd_characters_are_read(tmp_path: Path) -> None:
    odd = ROW | {"question": "How high\u2028are\x85they \ud800?"}
    path = tmp_path / "gold.jsonl"
    line = json.dumps(odd, ensure_ascii=False).encode("utf-8", "backslashreplace")
    path.write_bytes(b"\xef\xbb\xbf" + line + b"\r\n\r\n" + json.dumps(ABSENT).encode() + b"\r\n")
    assert [(row.line, row.keys["question"]) for row in read_rows(path)] == [(1, odd["question"]), (3, "Who pays?")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": "a", "id": "b"}', "the key `id` stands in it twice"),
        ("[" * 100_000, "line 1 cannot be read|line 1 is no JSON"),
        ('{"id": ' + "9" * 5_000 + "}", "line 1 cannot be read"),
    ],
)
def test_a_line_that_json_chokes_on_is_named(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "gold.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(GoldError, match=message):
        read_rows(tmp_path / "gold.jsonl")


def test_a_comment_does_not_make_another_question_of_a_row(tmp_path: Path) -> None:
    rows = [ROW, ROW | {"id": "b", "comment": "x"}, ROW | {"id": "b", "must_not": ["x"]}]
    prints = [read_rows(write_gold(tmp_path / "a.jsonl", row | {"id": "a"}))[0].fingerprint for row in rows]
    assert prints[0] == prints[1] != prints[2]


def test_a_question_of_notes_that_are_not_there_is_unscored(tmp_path: Path) -> None:
    def text(note: str) -> str:
        if note != NOTE:
            raise UnknownNoteError("gone")
        return TEXT

    rows = read_rows(write_gold(tmp_path / "a.jsonl", ROW | {"notes": ["gone.txt"]}))
    assert resolve(rows, text) == ([], {"h-1": "gone"})


def test_an_id_is_taken_once(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="line 2: the id h-1 is taken"):
        read_rows(write_gold(tmp_path / "gold.jsonl", ROW, ROW | {"question": "Another?"}))


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_an_empty_file_says_how_to_write_a_question(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "gold.jsonl").write_bytes(content)
    with pytest.raises(GoldError, match="qa eval add"):
        read_rows(tmp_path / "gold.jsonl")


def test_a_file_that_cannot_be_read_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "latin.jsonl").write_bytes(b"\xe9t\xe9")
    for name in ("latin.jsonl", "missing.jsonl", "."):
        with pytest.raises(GoldError, match="cannot be read"):
            read_rows(tmp_path / name)


def test_the_published_schema_is_a_schema_and_takes_every_optional_key() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    row = ROW | {
        "also": ROW["evidence"],
        "outdated": ROW["evidence"],
        "must_not": ["x"],
        "injected": ["x"],
        "history": HISTORY,
        "as_of": "2023-05-01",
        "since": "2023-05-01",
        "until": "2023-05-01",
        "notes": [NOTE],
        "language": "fr",
        "comment": "for people",
    }
    assert set(row) == set(schema()["properties"])
    jsonschema.validate(row, schema())


def test_history_and_filters_are_asked_with_the_question(tmp_path: Path) -> None:
    one = gold(tmp_path, history=HISTORY, as_of="2023-05-01", since="2022-01-01", notes=[NOTE], language="en")
    assert one.asked_with == {
        "history": (("user", "What are the dues?"), ("assistant", "High.")),
        "as_of": date(2023, 5, 1),
        "since": date(2022, 1, 1),
        "notes": (NOTE,),
        "language": "en",
    }


def test_evidence_stands_together_and_what_also_answers_by_itself(tmp_path: Path) -> None:
    one = gold(
        tmp_path,
        evidence=[{"note": NOTE, "quote": "The Minister may not:"}, {"note": NOTE, "quote": "waive the dues;"}],
        also=[{"note": NOTE, "quote": "Ada Quill"}],
        facts=[["waive"]],
    )
    assert one.supports == ((place("The Minister may not:"), place("waive the dues;")), (place("Ada Quill"),))


@pytest.mark.parametrize(
    ("text", "quote", "found"),
    [
        ("It is the  Minister’s\n“own” fund.", 'the Minister\'s "own" fund', "the  Minister’s\n“own” fund"),
        ("| Quay | 14 |", "Quay 14", "Quay | 14"),
        ("Quay\u00a07, no\u2011break", "Quay 7, no-break", "Quay\u00a07, no\u2011break"),
        ("a (b) [c]* d+", "(b) [c]* d+", "(b) [c]* d+"),
    ],
)
def test_a_quote_is_found_whatever_its_white_space_bars_and_typography(text: str, quote: str, found: str) -> None:
    (span,) = find_quote(text, quote)
    assert text[span.start : span.end] == found


def test_every_place_of_a_quote_is_found_and_an_empty_one_nowhere() -> None:
    assert [span.start for span in find_quote("ten, ten, ten", "ten")] == [0, 5, 10]
    assert find_quote("ten", "  ") == []


@pytest.mark.parametrize(
    ("text", "wording", "held"),
    [
        ("It is $14.5 MILLION.", "$14.5 million", True),
        ("It is 114.5 million.", "14.5 million", False),
        ("It is 1,200.", "200", False),
        ("It is 200,000.", "200", False),
        ("It is 200, or more.", "200", True),
        ("In 2023. Then", "2023", True),
        ("the Minister’s  own\nfund", "Minister's own fund", True),
        ("Kestenholm's", "kestenholm", True),
    ],
)
def test_a_wording_is_found_whole(text: str, wording: str, held: bool) -> None:
    assert contains(text, wording) is held


def test_a_note_or_quote_of_the_evidence_that_is_gone_makes_a_question_unscored(tmp_path: Path) -> None:
    def text(note: str) -> str:
        if note != NOTE:
            raise UnknownNoteError(f"The binder holds no note {note}.")
        return TEXT

    elsewhere = ROW | {"id": "h-8", "evidence": [{"note": "gone.txt", "quote": "x"}]}
    slip = ROW | {"id": "h-9", "evidence": [{"note": NOTE, "quote": "The dues fell."}]}
    golds, unscored = resolve(read_rows(write_gold(tmp_path / "a.jsonl", ROW, elsewhere, slip)), text)
    assert [one.id for one in golds] == ["h-1"]
    assert unscored == {
        "h-8": "The binder holds no note gone.txt.",
        "h-9": "harbour.txt does not hold “The dues fell.”.",
    }


def test_what_was_overtaken_may_go(tmp_path: Path) -> None:
    def text(note: str) -> str:
        if note != NOTE:
            raise UnknownNoteError("gone")
        return TEXT

    gone = [{"note": "gone.txt", "quote": "x"}, {"note": NOTE, "quote": "Ada Quill"}]
    rows = read_rows(write_gold(tmp_path / "a.jsonl", ROW | {"outdated": gone, "also": gone}))
    ((one,), unscored) = resolve(rows, text)
    assert (one.outdated, one.supports[1:], unscored) == ((place("Ada Quill"),), ((place("Ada Quill"),),), {})


def test_all_unknown_keys_of_a_row_are_named(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="there are no keys `Must_not`, `outdate`"):
        read_rows(write_gold(tmp_path / "a.jsonl", ROW | {"outdate": [], "Must_not": []}))

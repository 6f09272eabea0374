"""`qa ask --batch` and `qa ask -`: questions from standard input, answers into pipes."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.cli import main
from tests.model_server import ModelServer, Reply

ASKED = "How many berths has the harbour of Wick?"
ELSE = "How do I descale a coffee machine?"
Given = Callable[[bytes | str], None]
Printed = pytest.CaptureFixture[str]
QA = [sys.executable, "-m", "qa"]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("batch")
    (folder / "notes").mkdir()
    (folder / "notes" / "a.md").write_text("# Wick\n\nThe harbour of Wick has 14 berths, says Zoë.\n", "utf-8")
    places = ["--corpus", str(folder / "notes"), "--index", str(folder / "index")]
    assert main(["index", *places]) == 0
    return places


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Given:
    def give(raw: bytes | str) -> None:
        raw = raw.encode() if isinstance(raw, str) else raw
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))

    return give


def test_each_line_is_answered_in_order_as_a_line_of_json(places: list[str], given: Given, capsys: Printed) -> None:
    given(f"\ufeff{ASKED}\r\n\r\n \t\n{ELSE}\r\n{ASKED}")
    assert main(["ask", "--batch", "--json", *places]) == 3
    printed = capsys.readouterr()
    answers = [json.loads(line) for line in printed.out.rstrip("\n").split("\n")]
    assert [(answer["question"], answer["abstained"]) for answer in answers] == [
        (ASKED, False),
        (ELSE, True),
        (ASKED, False),
    ]
    assert printed.err == ""
    assert main(["ask", ASKED, "--json", *places]) == 0
    assert json.loads(capsys.readouterr().out) == answers[0]


def test_each_answer_stands_below_its_question(places: list[str], given: Given, capsys: Printed) -> None:
    given(f"{ASKED}\n??\n{ASKED}\n")
    assert main(["ask", "--batch", *places]) == 1
    printed = capsys.readouterr()
    first, failed, last = printed.out.split("Question: ")[1:]
    assert first.startswith(f"{ASKED}\n\nThe harbour of Wick has 14 berths, says Zoë. [1]\n\n[1] “")
    assert failed.startswith("??\n\n(No answer: The question holds no word.")
    assert failed.endswith(")\n\n")
    assert last == first
    assert first.endswith("\n\n")
    assert printed.err.startswith("qa: line 2: The question holds no word.")
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "question", "message"),
    [
        (b"???", "???", "holds no word"),
        (b"caf\xe9?", "caf\ufffd?", "not UTF-8"),
        ("Wick?".encode("utf-16-be"), "\0W\0i\0c\0k\0?", "not UTF-8"),
        (b"\xed\xa0\x80 Wick", "\ufffd\ufffd\ufffd Wick", "not UTF-8"),
        (b"a" * 20_000, "a" * 20_000, "20,000"),
        ("é".encode() * 70_000, "é" * 50_000, "too long"),
    ],
)
def test_a_question_that_cannot_be_asked_does_not_end_the_run(
    line: bytes, question: str, message: str, places: list[str], given: Given, capsys: Printed
) -> None:
    given(line + b"\n" + ASKED.encode())
    assert main(["ask", "--batch", "--json", *places]) == 1
    printed = capsys.readouterr()
    failed, answer = [json.loads(line) for line in printed.out.rstrip("\n").split("\n")]
    assert failed.keys() == {"question", "error"}
    assert failed["question"] == question
    assert message in failed["error"]
    assert printed.err == f"qa: line 1: {failed['error']}\n"
    assert answer["citations"][0]["quote"].startswith("The harbour of Wick")


def test_a_model_that_fails_once_does_not_end_the_run(
    places: list[str], given: Given, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(f"{ASKED}\n{ASKED}\n")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ModelServer([Reply(status=401), "NOT IN THE NOTES"]) as server:
        monkeypatch.setenv("QA_LLM_BASE_URL", f"{server.url}/v1")
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        assert main(["ask", "--batch", "--json", "--no-fallback", "--llm", "openai:small", *places]) == 1
    failed, answer = [json.loads(line) for line in capsys.readouterr().out.rstrip("\n").split("\n")]
    assert "error" in failed
    assert answer["abstained"]


@pytest.mark.parametrize("arguments", [["--batch", ASKED], ["--batch", "-"], ["--batch", "--after", "x"], []])
def test_a_question_in_two_ways_or_in_none_is_bad_usage(arguments: list[str], given: Given, capsys: Printed) -> None:
    given(ASKED)
    with pytest.raises(SystemExit) as stopped:
        main(["ask", *arguments])
    assert stopped.value.code == 2
    assert "standard input" in capsys.readouterr().err


@pytest.mark.parametrize("raw", ["", "\n \r\n", "\ufeff\n"])
def test_no_line_is_an_error(raw: str, places: list[str], given: Given, capsys: Printed) -> None:
    given(raw)
    assert main(["ask", "--batch", *places]) == 2
    assert capsys.readouterr().err.startswith("qa: Standard input holds no question")


def test_no_standard_input_is_an_error(places: list[str], capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    for arguments in (["ask", "--batch"], ["ask", "-"], ["search", "-"]):
        assert main([*arguments, *places]) == 2
        assert capsys.readouterr().err == "qa: There is no standard input to read from.\n"


def test_a_minus_stands_for_one_question_from_standard_input(places: list[str], given: Given, capsys: Printed) -> None:
    given("\ufeffHow many berths\r\nhas the harbour of Wick?\r\n")
    assert main(["ask", "-", *places]) == 0
    assert "14 berths" in capsys.readouterr().out
    given("harbour")
    assert main(["search", "-", "--json", *places]) == 0
    assert "14 berths" in json.loads(capsys.readouterr().out)[0]["text"]
    for raw in (b"", b"caf\xe9"):
        given(raw)
        assert main(["ask", "-", *places]) == 2
        assert capsys.readouterr().out == ""


def test_json_loses_no_letter_where_the_output_knows_no_accents(
    places: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert main(["ask", ASKED, "--json", *places]) == 0
    assert json.loads(raw.getvalue())["text"] == "The harbour of Wick has 14 berths, says Zoë. [1]"


def test_closed_streams_are_as_good_as_none(places: list[str], given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    given(f"{ASKED}\n??\n")
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert main(["ask", "--batch", "--json", *places]) == 1


@pytest.mark.slow
def test_answers_come_one_by_one_and_a_reader_may_go_away(places: list[str]) -> None:
    with subprocess.Popen(
        [*QA, "ask", "--batch", "--json", *places],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as run:
        for question in (ASKED, ELSE):  # the next is asked when the one before is answered
            run.stdin.write(f"{question}\n".encode())
            run.stdin.flush()
            assert json.loads(run.stdout.readline())["question"] == question
        run.stdout.close()
        run.stdin.write(f"{ASKED}\n".encode() * 9)
        run.stdin.close()
        assert run.wait(30) == 1
        assert run.stderr.read() == b""


@pytest.mark.slow
def test_ctrl_c_stops_a_batch(places: list[str]) -> None:
    with subprocess.Popen(
        [*QA, "ask", "--batch", "--json", *places],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": ""},
    ) as run:
        run.stdin.write(f"{ASKED}\n".encode())
        run.stdin.flush()
        run.stdout.readline()
        run.send_signal(signal.SIGINT)
        assert run.wait(30) == 130
        assert run.stderr.read() == b"qa: stopped\n"


@pytest.mark.slow
def test_in_a_pipe_only_the_result_is_printed_and_the_exit_code_stays(places: list[str], tmp_path: Path) -> None:
    """Notes that changed, one that cannot be read: all that is said of it goes to standard error."""
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("# Wick\n\nThe harbour of Wick has 14 berths.\n")
    (notes / "bad.pdf").write_bytes(b"%PDF-1.4 cut short")
    here = f"--corpus {notes} --index {tmp_path / 'index'}"
    reads = f"{sys.executable} -c 'import json, sys; json.load(sys.stdin)'"
    for verb, code in ((f"ask '{ELSE}'", 3), ("search berths", 0), ("notes", 0), ("acronyms XQZ", 3), ("index", 0)):
        command = f"set -o pipefail; {sys.executable} -m qa {verb} --json {here} | {reads}"
        run = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
        assert run.returncode == code, (verb, run.stderr)
        assert "Traceback" not in run.stderr

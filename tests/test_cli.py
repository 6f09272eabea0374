from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from qa.cli import main
from qa.embedding.export_cache import cache_folder
from tests.conftest import CORPUS, SEED


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "index"
    assert main(["index", "--corpus", str(CORPUS), "--index", str(folder)]) == 0
    return folder


@pytest.fixture
def places(index: Path) -> list[str]:
    return ["--corpus", str(CORPUS), "--index", str(index)]


def test_ask_prints_the_answer_and_below_it_each_citation(
    places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "Who is the Minister's U.S. counterpart?", *places]) == 0
    printed = capsys.readouterr().out
    answer, _, sources = printed.partition("\n\n[1] “")
    assert "Secretary of Homeland Security, Alejandro Mayorkas." in " ".join(answer.split())
    assert answer.endswith("[1]")
    assert SEED in sources
    assert "2022-02-23" in sources
    assert "United States" in sources
    assert max(map(len, printed.splitlines())) <= 100


@pytest.mark.parametrize(("own", "used"), [(None, "1"), ("3", "3")])
def test_products_are_left_to_one_thread_unless_someone_says_otherwise(
    own: str | None, used: str, places: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", own or "")
    if own is None:
        monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    code = "import os, qa.cli, sys; assert 'numpy' not in sys.modules; qa.cli.main(sys.argv[1:]); import numpy; "
    code += "print(os.environ['OPENBLAS_NUM_THREADS'])"
    done = subprocess.run([sys.executable, "-c", code, "index", *places], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == used


def test_ask_abstains_with_exit_code_3(places: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "How do I descale a coffee machine?", *places]) == 3
    printed = " ".join(capsys.readouterr().out.split())
    assert printed.startswith("The notes do not tell. What comes nearest: International Engagement")


def test_ask_as_json_has_the_names_of_the_library(places: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "Who is the Minister's U.S. counterpart?", "--json", *places]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert {
        "text",
        "statements",
        "citations",
        "abstained",
        "confidence",
        "notices",
        "withheld",
        "hits",
    } <= answer.keys()
    assert answer["citations"][0]["date"] == "2022-02-23"


def test_search_lists_as_many_hits_as_asked_for(places: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "preclearance treaty", "-k", "2", *places]) == 0
    printed = capsys.readouterr().out
    assert printed.count("score") == 2
    assert "> " in printed
    assert main(["search", "preclearance treaty", "-k", "2", "--json", *places]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 2


def test_index_says_what_it_did(places: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index", *places]) == 0
    assert "1 note: 0 added, 0 changed, 0 removed, 1 unchanged." in capsys.readouterr().out
    assert main(["index", "--json", *places]) == 0
    assert json.loads(capsys.readouterr().out)["unchanged"] == 1


def test_notes_lists_the_notes(places: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notes", *places]) == 0
    assert f"2022-02-23  en  {SEED}  International Engagement" in capsys.readouterr().out


def test_acronyms_prints_the_glossary_with_the_places(places: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["acronyms", *places]) == 0
    printed = capsys.readouterr().out
    lines = printed.splitlines()
    assert "ECC     Executive Coordination Committee" in lines
    assert "          “Executive Coordination Committee (ECC)”" in lines
    assert f"International Engagement ({SEED})" in printed
    shorts = [line.split()[0] for line in lines if not line.startswith(" ")]
    assert shorts == sorted(shorts, key=lambda short: short.replace(".", "").casefold())
    assert max(map(len, lines)) <= 80


def test_acronyms_of_some_short_forms_as_json(places: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["acronyms", "us", "--json", *places]) == 0
    (acronym,) = json.loads(capsys.readouterr().out)
    assert (acronym["short"], acronym["long"], acronym["note"]) == ("U.S.", "United States", SEED)
    assert acronym["citation"]["quote"] == "United States (U.S.)"
    assert (acronym["citation"]["start"], acronym["citation"]["end"]) == (acronym["start"], acronym["end"])


def test_acronyms_says_which_the_notes_do_not_define(places: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["acronyms", "ECC", "XQZ", *places]) == 3
    printed = capsys.readouterr()
    assert printed.out.startswith("ECC  Executive Coordination Committee\n")
    assert "The notes do not say what XQZ stands for." in printed.err
    assert main(["acronyms", "XQZ", "--json", *places]) == 3
    assert json.loads(capsys.readouterr().out) == []


def test_acronyms_marks_two_meanings_and_says_where_there_are_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("# Wick\n\nThe harbour of Wick has 14 berths.\n")
    places = ["--corpus", str(notes), "--index", str(tmp_path / "index")]
    assert main(["acronyms", *places]) == 0
    assert capsys.readouterr().out == "The notes define no short forms.\n"
    for number, long in enumerate(["Deputy Minister"] * 5 + ["Dry Mooring"]):
        (notes / f"n{number}.md").write_text(f"# Note {number}\n\nThe {long} (DM) is at Wick.\n")
    assert main(["acronyms", "dm", *places]) == 0
    printed = capsys.readouterr().out
    assert "DM  Deputy Minister (1 of 2 meanings)\n" in printed
    assert "DM  Dry Mooring (2 of 2 meanings)\n" in printed
    assert printed.count("Note ") == 6, "who asks for one wants all its places"
    assert "more place" not in printed
    assert main(["acronyms", *places]) == 0
    assert "and 2 more places\n" in capsys.readouterr().out


def test_acronyms_finds_a_long_form(places: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    for form in ("Executive Coordination Committee", "the executive coordination committees"):
        assert main(["acronyms", form, *places]) == 0
        assert capsys.readouterr().out.startswith("ECC  Executive Coordination Committee\n")
    assert main(["acronyms", "Coordination Committee", *places]) == 3


@pytest.mark.parametrize("form", ["", " ", "?"])
def test_acronyms_of_nothing_is_bad_usage(form: str, places: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["acronyms", form, *places])
    assert stopped.value.code == 2
    assert "holds no letter" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", ""], "holds no word"),
        (["ask", "🙂🙂"], "holds no word"),
        (["ask", "a" * 100_000], "100,000"),
        (["ask", "x", "--note", "nothing.txt"], "nothing.txt"),
        (["search", "x", "--embedding", "no/such-model"], "no/such-model"),
    ],
)
def test_what_cannot_be_asked_exits_2_with_one_message(
    arguments: list[str], message: str, places: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = main([*arguments, *places])
    printed = capsys.readouterr()
    assert code in (1, 2)
    assert message in printed.err
    assert "Traceback" not in printed.err
    assert printed.out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["ask"],
        ["ask", "x", "--since", "yesterday"],
        ["search", "x", "-k", "0"],
        ["nothing"],
        ["ask", "x", "--language", "de"],
    ],
)
def test_bad_usage_exits_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    assert raised.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize("made", [False, True])
def test_a_corpus_that_is_missing_or_empty_exits_2(
    made: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if made:
        (tmp_path / "notes").mkdir()
    assert main(["index", "--corpus", str(tmp_path / "notes"), "--index", str(tmp_path / "index")]) == 2
    assert str(tmp_path / "notes") in capsys.readouterr().err
    assert not (tmp_path / "index" / "index.sqlite").exists()


def test_a_setting_that_is_unknown_exits_2(tmp_path: Path) -> None:
    (tmp_path / "qa.toml").write_text('corpsu = "x"\n')
    run = subprocess.run(
        [sys.executable, "-m", "qa", "index"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert run.stderr.startswith("qa: ")
    assert "Did you mean `corpus`?" in run.stderr


def test_while_another_process_writes_the_notes_before_are_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes, index = tmp_path / "notes", tmp_path / "index"
    notes.mkdir()
    (notes / "a.txt").write_text("Wick\nThe harbour of Wick has 14 berths.\n")
    places = ["--corpus", str(notes), "--index", str(index)]
    assert main(["index", *places]) == 0
    (notes / "a.txt").write_text("Wick\nThe harbour of Wick has 15 berths.\n")
    with FileLock(index / "write.lock"):
        assert main(["ask", "How many berths has the harbour of Wick?", *places]) == 0
    printed = capsys.readouterr()
    assert "14 berths" in printed.out
    assert "from the notes before" in printed.err
    assert main(["ask", "How many berths has the harbour of Wick?", *places]) == 0
    assert "15 berths" in capsys.readouterr().out


def test_an_abstention_names_the_files_that_could_not_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("Wick\nThe harbour of Wick has 14 berths.\n")
    (tmp_path / "budget.pdf").write_bytes(b"%PDF-1.4 cut short")
    places = ["--corpus", str(tmp_path), "--index", str(tmp_path.parent / "index-of-unread")]
    for _ in range(2):
        assert main(["ask", "How do I descale a coffee machine?", *places]) == 3
        assert "could not be read, so what they tell is not known: budget.pdf" in " ".join(
            capsys.readouterr().out.split()
        )


@pytest.mark.slow
def test_a_terminal_that_knows_no_accents_gets_the_rest(places: list[str]) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "qa", "ask", "When was the ECC established?", *places],
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert run.returncode == 0, run.stderr
    assert b"established in 2019" in run.stdout


def test_a_full_disk_is_a_message_and_no_traceback(places: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [sys.executable, "-m", "qa", "notes", *places], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert run.returncode == 1
    assert run.stderr.startswith("qa: No space left on device")
    assert "Traceback" not in run.stderr


def test_an_indexed_binder_answers_without_torch_and_without_a_network(places: list[str], tmp_path: Path) -> None:
    code = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise OSError('no network in this test')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from qa.cli import main\n"
        "code = main(sys.argv[1:])\n"
        "assert not {'torch', 'transformers', 'gradio', 'langchain_core'} & sys.modules.keys()\n"
        "sys.exit(code)"
    )
    question = "Who is the Minister's U.S. counterpart?"
    run = subprocess.run(
        [sys.executable, "-c", code, "ask", question, *places],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "80", "HOME": str(tmp_path), "QA_CACHE": str(cache_folder())},
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    assert list(tmp_path.iterdir()) == [], "something keeps a file about this user"
    assert max(map(len, run.stdout.splitlines())) <= 80

"""The pages of `--help`: complete, readable, the same as docs/commands.md, their examples such as can be typed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from qa.cli import build_parser, main
from qa.cli_manual import Parser, page, parsers
from qa.cli_pages import PAGES, VARIABLES
from qa.embedding.export_cache import cache_folder
from qa.settings import Settings
from tests.commands import DOCUMENT, document
from tests.conftest import CORPUS

SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "VERBS", "STEPS", "ARGUMENTS", "OPTIONS", "EXIT STATUS", "ENVIRONMENT"]
EXAMPLES = [command for told in PAGES.values() for _, command in told.examples]
# Needs a person, a model, or what another verb made; the parser takes these too.
NOT_RUN = (
    "qa serve",
    "qa mcp",
    "qa chat",
    "qa users",
    "qa eval",
    "qa verify",
    "qa doctor --llm",
    "qa ask --corpus ~",
    "qa add",
    "qa remove",
)


def test_the_document_is_what_help_prints() -> None:
    assert DOCUMENT.read_text("utf-8") == document(), "run: python -m tests.commands"


@pytest.mark.parametrize("parser", list(parsers(build_parser())), ids=lambda parser: parser.prog)
def test_a_page_is_complete_and_readable(parser: Parser) -> None:
    text = page(parser, 80)
    titles = re.findall(r"^[A-Z ]+$", text, flags=re.MULTILINE)
    assert titles == [section for section in (*SECTIONS, "EXAMPLES") if section in titles]
    assert {"NAME", "SYNOPSIS", "OPTIONS", "EXIT STATUS", "EXAMPLES"} <= set(titles)
    assert max(map(len, text.splitlines())) <= 80
    assert text.isascii(), "a terminal may know no more"
    assert all(action.help for action in parser._actions if action.metavar not in ("VERB", "STEP", "[STEP]"))
    assert page(parser, 40)


def test_the_pages_are_of_verbs_that_there_are() -> None:
    assert PAGES.keys() == {parser.prog for parser in parsers(build_parser())}


def test_the_variables_are_settings() -> None:
    names = {f"QA_{one.name.upper()}" for one in fields(Settings)} | {"COLUMNS"}
    assert VARIABLES.keys() <= names
    assert VARIABLES.keys() == {name for told in PAGES.values() for name in told.environment}


def test_help_is_printed_as_wide_as_the_terminal_and_without_colour(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    with pytest.raises(SystemExit) as stopped:
        main(["ask", "--help"])
    assert stopped.value.code == 0
    printed = capsys.readouterr().out
    assert printed.startswith("NAME\n    qa ask - answer a question")
    assert "\x1b" not in printed
    wide = {line for line in printed.splitlines() if len(line) > 60}
    assert all(line.strip() in EXAMPLES for line in wide), "an example is one line, to be copied"


@pytest.mark.parametrize("command", EXAMPLES)
def test_an_example_can_be_parsed(command: str) -> None:
    words = shlex.split(re.split(r" [|<>] ", command)[0])
    assert words[0] == "qa"
    assert build_parser().parse_args(words[1:]).run


@pytest.mark.slow
def test_the_examples_do_what_they_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """In the folder of a newcomer: notes in corpus/, nothing else; those with pipes in a shell."""
    if shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    shutil.copytree(CORPUS, tmp_path / "corpus")
    (tmp_path / "questions.txt").write_text("Who chairs the ECC?\nHow do I descale a coffee machine?\n")
    for folder in (".local/share/bash-completion/completions", ".zfunc", ".config/fish/completions", "bin"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "bin" / "qa").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m qa "$@"\n')
    (tmp_path / "bin" / "qa").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QA_CACHE", str(cache_folder()))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    for command in EXAMPLES:
        if command.startswith(NOT_RUN):
            continue
        if re.search(" [|<>] ", command):
            code = subprocess.run(["bash", "-o", "pipefail", "-c", command], check=False).returncode
        else:
            code = main(shlex.split(command)[1:])
        printed = capfd.readouterr()
        assert "Traceback" not in printed.err
        assert code == (3 if "--batch" in command else 0), (command, printed.err)  # one has no answer in the notes
        assert printed.out or any(part in command for part in (" > ", ".problems", "date == null")), command
    assert (tmp_path / "answers.jsonl").read_text("utf-8").count("\n") == 2

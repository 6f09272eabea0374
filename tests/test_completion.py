"""`qa completion`, asked in real shells."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from qa.cli import build_parser, main
from qa.cli_completion import SHELLS
from qa.cli_manual import parsers
from tests.terminal import Terminal, terminal

# What is typed, with tabs, and what then are the arguments.
TYPED = {
    "comp\t": "<completion>",
    "completion z\t": "<completion><zsh>",
    "eval acc\t --re\t": "<eval><accept><--replay>",
    "ask --language f\t": "<ask><--language><fr>",
    "index --corp\t no\t": "<index><--corpus><notes>",
    "verify mi\t": "<verify><mine.receipt>",
    "eval --gold mi\t": "<eval><--gold><mine.receipt>",
    "eval accept --gold mine.\t": "<eval><accept><--gold><mine.receipt>",
}
# How each shell reads the script, prompts, and shows the arguments of what was typed.
STARTED = {
    "bash": (
        ["bash", "--noprofile", "--rcfile", "start", "-i"],
        "start",
        "PS1='ready> '; source ./_qa; qa() { printf 'got:'; printf '<%s>' \"$@\"; echo :end; }\n",
    ),
    "zsh": (
        ["zsh", "-d", "-i"],
        ".zshrc",
        "PS1='ready> '; autoload -U compinit; fpath=($ZDOTDIR $fpath); compinit -u\n"
        "zstyle ':completion:*' insert-tab false  # also where more was typed already\n"
        "qa() { printf 'got:'; printf '<%s>' \"$@\"; echo :end; }\n",
    ),
    "fish": (
        ["fish", "--private"],
        ".config/fish/config.fish",
        "function fish_prompt; echo 'ready> '; end; function fish_greeting; end\n"
        "function qa; echo got:(printf '<%s>' $argv):end; end; source ./_qa\n",
    ),
}


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> str:
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    return str(request.param)


@pytest.fixture
def script(shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["completion", shell]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    (tmp_path / "_qa").write_text(printed.out, "utf-8")
    return tmp_path / "_qa"


def test_the_shell_can_read_its_script(shell: str, script: Path) -> None:
    run = subprocess.run([shell, "-n", script], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


READ = {
    "bash": "source ./_qa",
    "zsh": 'autoload -U compinit; compinit -u -D; eval "$(cat ./_qa)"; _shtab_qa_commands 2>/dev/null; true',
    "fish": "source ./_qa",
}


def test_no_word_of_help_is_taken_for_a_command(shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evil = 'it\'s a "test" [of] {all}: $HOME `touch made` $(touch made) 5%% \\ <a|b>; &! #*?~ é'
    parser = build_parser()
    for changed in parsers(parser):
        changed.description = evil
        for action in changed._actions:
            action.help = evil
            for named in getattr(action, "_choices_actions", ()):
                named.help = evil
    parsed = parser.parse_args(["completion", shell])
    assert parsed.run(parsed) == 0
    (tmp_path / "_qa").write_text(capsys.readouterr().out, "utf-8")
    run = subprocess.run([shell, "-c", READ[shell]], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert not (tmp_path / "made").exists()


@pytest.mark.slow
def test_the_shell_completes_verbs_options_choices_files_and_folders(shell: str, script: Path, tmp_path: Path) -> None:
    command, start, text = STARTED[shell]
    (tmp_path / start).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / start).write_text(text, "utf-8")
    (tmp_path / "mine.receipt").touch()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes.txt").touch()  # no folder
    home = {name: str(tmp_path) for name in ("HOME", "ZDOTDIR")} | {"TERM": "xterm", "XDG_CONFIG_HOME": ""}
    with terminal(command, home, tmp_path) as shown:
        for typed, arguments in TYPED.items():
            assert _typed(shown, typed) == arguments, typed


def _typed(shown: Terminal, typed: str) -> str:
    shown.read_until("ready> ")
    shown.type(f"qa {typed}\n")
    return shown.read_until(":end").rpartition("got:")[2].replace("/>", ">")  # zsh takes a last / away


def test_an_unknown_shell_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["completion"], ["completion", "dos"]):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == 2
        assert "bash" in capsys.readouterr().err

from __future__ import annotations

import json
import logging
import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from qa.cli import main
from qa.errors import SettingsError
from qa.web import sessions
from qa.web.sessions import Sessions
from qa.web.users import Secret, Users, read_users, remove_user, set_user

PASSWORD = "correct horse battery"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "users.json"
    set_user(path, "anna", PASSWORD)
    return path


def test_a_password_is_kept_as_a_hash_with_a_salt_of_its_own_and_only_its_owner_reads_it(file: Path) -> None:
    set_user(file, "bob", PASSWORD)
    users = read_users(file)
    assert sorted(users) == ["anna", "bob"]
    assert users["anna"].salt != users["bob"].salt
    assert users["anna"].hash != users["bob"].hash
    assert PASSWORD not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir() if path.name.endswith(".part")] == []


@pytest.mark.slow
def test_who_is_let_in(file: Path) -> None:
    users = Users(file)
    assert users.admitted("anna", PASSWORD) == users.secret("anna") is not None
    for name, password in (("anna", PASSWORD + "!"), ("anna", ""), ("Anna", PASSWORD), ("bob", PASSWORD), ("", "")):
        assert users.admitted(name, password) is None


def test_an_accent_is_the_same_from_any_keyboard(file: Path) -> None:
    set_user(file, "zoe", "mot de passe é")
    assert Users(file).admitted("zoe", "mot de passe e\u0301") is not None


def test_somebody_unknown_is_hashed_as_well(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    users, costs = Users(file), []
    hashed = Users.admitted.__globals__["hashlib"].scrypt

    def counted(password: bytes, **cost: int) -> bytes:
        costs.append((cost["n"], cost["r"], cost["p"], cost["dklen"]))
        return hashed(password, **cost)  # type: ignore[no-any-return]

    monkeypatch.setattr("qa.web.users.hashlib.scrypt", counted)
    users.admitted("anna", "wrong password")
    users.admitted("nobody", "wrong password")
    assert len(costs) == 2
    assert costs[0] == costs[1]


@pytest.mark.slow
def test_changes_are_seen_at_once_and_a_session_ends_with_its_user_or_his_password(file: Path) -> None:
    users = Users(file)
    kept = Sessions(users)
    first = users.admitted("anna", PASSWORD)
    assert first is not None
    token = kept.start("anna", first)
    assert kept.user(token) == "anna"
    set_user(file, "bob", PASSWORD)
    second = users.admitted("bob", PASSWORD)
    assert second is not None
    other = kept.start("bob", second)
    assert (kept.user(token), kept.user(other)) == ("anna", "bob")
    remove_user(file, "bob")
    assert (kept.user(token), kept.user(other)) == ("anna", None)
    set_user(file, "anna", "another password")
    assert kept.user(token) is None
    assert users.admitted("anna", PASSWORD) is None
    assert users.admitted("anna", "another password") is not None


def test_sessions_end_by_themselves_are_few_and_cannot_be_guessed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    users = Users(file)
    secret = users.secret("anna")
    assert secret is not None
    kept = Sessions(users)
    monkeypatch.setattr(sessions, "MOST", 2)
    tokens = [kept.start("anna", secret) for _ in range(3)]
    assert [kept.user(token) for token in tokens] == [None, "anna", "anna"]
    kept.end(tokens[1])
    assert [kept.user(token) for token in (*tokens, "", tokens[2][:-1])] == [None, None, "anna", None, None]
    monkeypatch.setattr(sessions, "SECONDS", 0)
    assert kept.user(kept.start("anna", secret)) is None
    assert min(map(len, tokens)) >= 43


def test_a_file_that_breaks_lets_nobody_in_until_it_is_mended(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    users, whole = Users(file), file.read_text()
    file.write_text(whole[:-5])
    with caplog.at_level(logging.ERROR):
        assert users.secret("anna") is None
        assert users.secret("anna") is None
    assert len(caplog.records) == 1
    assert "Nobody is let in" in caplog.text
    file.unlink()
    assert users.secret("anna") is None
    file.write_text(whole)
    assert users.secret("anna") is not None


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "{}", '{"users": []}', '{"users": {"anna": 3}}', '{"users": {"anna": {"n": 2}}}'),
        *(
            json.dumps({"users": {name: {"n": n, "r": 8, "p": 1, "salt": salt, "hash": hashed}}})
            for name, n, salt, hashed in (
                ("a b", 16384, "00" * 16, "00" * 32),
                ("anna", 1000, "00" * 16, "00" * 32),
                ("anna", 1, "00" * 16, "00" * 32),
                ("anna", "x", "00" * 16, "00" * 32),
                ("anna", 2**40, "00" * 16, "00" * 32),
                ("anna", 16384, "zz", "00" * 32),
                ("anna", 16384, "00" * 16, ""),
            )
        ),
        "[" * 100_000,
    ],
)
def test_a_file_of_another_kind_is_a_clear_error_and_is_not_written_over(tmp_path: Path, text: str) -> None:
    path = tmp_path / "users.json"
    path.write_text(text)
    for work in (
        Users,
        read_users,
        lambda path: set_user(path, "bob", PASSWORD),
        lambda path: remove_user(path, "bob"),
    ):
        with pytest.raises(SettingsError, match=r"users\.json"):
            work(path)
    assert path.read_text() == text


def test_a_missing_file_and_one_that_holds_nobody_are_clear_errors(file: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"qa users add .*none\.json"):
        Users(tmp_path / "none.json")
    remove_user(file, "anna")
    with pytest.raises(SettingsError, match="holds nobody"):
        Users(file)
    with pytest.raises(SettingsError, match="cannot be read"):
        Users(tmp_path)


def test_an_older_cost_still_lets_its_user_in(file: Path) -> None:
    from hashlib import scrypt

    salt = b"0123456789abcdef"
    keys = Secret(1024, 4, 1, salt.hex(), scrypt(b"an older password", salt=salt, n=1024, r=4, p=1, dklen=24).hex())
    told = json.loads(file.read_text())
    told["users"]["old"] = {name: getattr(keys, name) for name in ("n", "r", "p", "salt", "hash")}
    file.write_text(json.dumps(told))
    assert Users(file).admitted("old", "an older password") == keys
    assert Users(file).admitted("old", "an older passwort") is None


def qa(*arguments: object, said: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "qa", "users", *map(str, arguments)]
    return subprocess.run(command, input=said, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_command_line_keeps_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "new" / "users.json"
    run = qa("add", path, "anna", said=f"{PASSWORD}\n")
    assert (run.returncode, run.stdout) == (0, "anna may use the chat.\n"), run.stderr
    assert qa("add", path, "anna", said="another password\r\n").stdout == "anna has another password.\n"
    assert Users(path).admitted("anna", "another password") is not None
    assert main(["users", "list", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == ["anna"]
    assert main(["users", "remove", str(path), "bob"]) == 2
    assert main(["users", "remove", str(path), "anna"]) == 0
    assert main(["users", "list", str(path)]) == 0
    assert "There is no user." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "said", "why"),
    [
        *(("anna", "too short\n", "at least 12"), ("anna", "", "at least 12"), ("a b", PASSWORD, "no user name")),
        ("<i>", PASSWORD, "no user name"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_written(tmp_path: Path, name: str, said: str, why: str) -> None:
    run = qa("add", tmp_path / "users.json", name, said=said)
    assert run.returncode == 2
    assert why in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "users.json").exists()


@pytest.mark.parametrize(("second", "code"), [(PASSWORD, 0), (PASSWORD + "!", 2)])
def test_at_a_terminal_the_password_is_asked_for_twice_and_not_shown(tmp_path: Path, second: str, code: int) -> None:
    path = tmp_path / "users.json"
    child, terminal = pty.fork()
    if not child:
        os.execv(sys.executable, [sys.executable, "-m", "qa", "users", "add", str(path), "anna"])
    shown = b""
    for prompt, typed in ((b"Password for anna: ", PASSWORD), (b"Once more: ", second)):
        while not shown.endswith(prompt):
            shown += os.read(terminal, 1024)
        os.write(terminal, f"{typed}\n".encode())
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == code
    assert PASSWORD.encode() not in shown
    assert path.exists() == (code == 0)

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from qa.errors import SettingsError
from qa.settings import Settings


def load(folder: Path, environ: dict[str, str] | None = None, **arguments: object) -> Settings:
    return Settings.load(folder=folder, environ=environ or {}, **arguments)


def test_defaults_are_the_working_folder_and_no_model(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert (settings.corpus, settings.index) == (tmp_path / "corpus", tmp_path / "index")
    assert (settings.llm, settings.port, settings.today) == ("embedded", 7860, None)


def test_the_later_wins(tmp_path: Path) -> None:
    (tmp_path / "qa.toml").write_text('port = 1\nindex = "a"\ntoday = 2022-01-02\n')
    assert load(tmp_path).port == 1
    assert load(tmp_path).today == date(2022, 1, 2)
    assert load(tmp_path, {"QA_PORT": "2"}).port == 2
    assert load(tmp_path, {"QA_PORT": "2"}, port=3).port == 3
    assert load(tmp_path, {"QA_INDEX": "b"}).index == tmp_path / "b"


def test_a_file_beside_the_notes_is_read_and_its_paths_are_relative_to_it(tmp_path: Path) -> None:
    notes = tmp_path / "binder" / "notes"
    notes.mkdir(parents=True)
    (notes / "qa.toml").write_text('index = "../idx"\nport = 5\n')
    settings = load(tmp_path, corpus="binder/notes")
    assert settings.index.resolve() == tmp_path / "binder" / "idx"
    (tmp_path / "qa.toml").write_text("port = 6\n")
    assert load(tmp_path, corpus="binder/notes").port == 6


def test_an_unknown_key_names_the_near_one(tmp_path: Path) -> None:
    (tmp_path / "qa.toml").write_text('corpsu = "x"\n')
    with pytest.raises(SettingsError, match="Did you mean `corpus`"):
        load(tmp_path)


@pytest.mark.parametrize(
    "toml",
    [
        *(
            "port = 70000",
            'port = "x"',
            'today = "yesterday"',
            "today = 2022-01-02T08:00:00",
            "llm = 3",
            "corpus = 1",
            "port = [",
            "port",
        ),
        *(
            "abstain_below = 1.5",
            "near_below = -0.1",
            'near_below = "much"',
            "abstain_below = true",
            "near_below = nan",
        ),
        *(
            'host = "127.0.0.1:80"',
            'host = ""',
            'auth_header = "X User"',
            'auth_proxies = "10.0.0.1/8"',
            "auth_proxies = [1]",
            'audit_answers = "perhaps"',
            "questions_a_minute = 0",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_the_name_of_the_file(tmp_path: Path, toml: str) -> None:
    (tmp_path / "qa.toml").write_text(toml)
    with pytest.raises(SettingsError, match=r"qa\.toml"):
        load(tmp_path)


@pytest.mark.parametrize(
    "toml",
    [
        *('chroma_url = "http://example.org"', 'embedding = "x"', 'llm = "openai:x"', 'inbox = "x"', "near_below = 0"),
        *('host = "0.0.0.0"', 'auth = "x"', 'auth_header = "x"', 'auth_proxies = "10.0.0.0/8"', 'audit = "x"'),
        *("audit_answers = true", "questions_a_minute = 1", "add_notes = true"),
    ],
)
def test_a_file_beside_the_notes_cannot_choose_a_model_a_server_or_who_may_ask(tmp_path: Path, toml: str) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "qa.toml").write_text(toml)
    with pytest.raises(SettingsError, match="beside the notes"):
        load(tmp_path, corpus="notes")
    (tmp_path / "qa.toml").write_text(toml.replace("openai:x", "embedded"))
    assert load(tmp_path, corpus="elsewhere")


def test_thresholds_are_chances_in_order(tmp_path: Path) -> None:
    assert load(tmp_path).abstain_below is None
    (tmp_path / "qa.toml").write_text("abstain_below = 0.1\n")
    settings = load(tmp_path, {"QA_NEAR_BELOW": "0.1"})
    assert (settings.abstain_below, settings.near_below) == (0.1, 0.1)
    with pytest.raises(SettingsError, match=r"`abstain_below` cannot be 0\.3 where `near_below` is 0\.2"):
        load(tmp_path, {"QA_ABSTAIN_BELOW": "0.3", "QA_NEAR_BELOW": "0.2"})


def test_the_chat_takes_notes_where_no_other_machine_reaches_it_unless_a_setting_says_otherwise(tmp_path: Path) -> None:
    assert load(tmp_path).takes_notes
    for alone in ("localhost", "::1", "127.0.0.2"):
        assert load(tmp_path, {"QA_HOST": alone}).takes_notes
    for served in ({"QA_HOST": "0.0.0.0"}, {"QA_HOST": "::"}, {"QA_HOST": "chat.example.org"}, {"QA_AUTH": "users"}):
        assert not load(tmp_path, served).takes_notes
        assert load(tmp_path, served | {"QA_ADD_NOTES": "yes"}).takes_notes
    assert not load(tmp_path, {"QA_AUTH_HEADER": "X-User"}).takes_notes
    assert not load(tmp_path, {"QA_ADD_NOTES": "no"}).takes_notes


def test_proxies_are_a_list_or_a_text_with_commas(tmp_path: Path) -> None:
    assert load(tmp_path).auth_proxies == ("127.0.0.1", "::1")
    (tmp_path / "qa.toml").write_text('auth_proxies = ["10.0.0.7"]\nauth_header = "X-Forwarded-User"\n')
    assert load(tmp_path).auth_proxies == ("10.0.0.7",)
    assert load(tmp_path).auth_header == "x-forwarded-user"
    assert load(tmp_path, {"QA_AUTH_PROXIES": "10.0.0.0/8, ::1"}).auth_proxies == ("10.0.0.0/8", "::1")


def test_a_token_is_long_enough_and_an_error_does_not_repeat_it(tmp_path: Path) -> None:
    assert load(tmp_path).serve_token == ""
    token = "0123456789abcdef"
    settings = load(tmp_path, {"QA_SERVE_TOKEN": token})
    assert settings.serve_token == token
    assert token not in repr(settings)
    for bad in ("too short", "0123456789 abcdef", "0123456789abcdé"):
        with pytest.raises(SettingsError, match="at least 16") as told:
            load(tmp_path, {"QA_SERVE_TOKEN": bad})
        assert bad not in str(told.value)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "qa.toml").write_text(f'serve_token = "{token}"\n')
    with pytest.raises(SettingsError, match="not taken from a file beside the notes"):
        load(tmp_path, corpus=tmp_path / "notes")

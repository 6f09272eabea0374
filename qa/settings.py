"""Settings, read once: `qa.toml`, then environment variables `QA_*`, then arguments; the later wins.

`qa.toml` is looked for beside the notes and in the working folder; where both give a value, the working folder's wins.
One beside the notes cannot choose a model, a server, the inbox or when to abstain: notes come from others.
Paths in a file are relative to that file's folder, all others to the working folder.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from qa.errors import SettingsError

FILE = "qa.toml"
DEFAULT_EMBEDDING = "all-MiniLM-L6-v2"
EMBEDDED = "embedded"
WHO_ABSTAINS = ("either", "model", "program")
# As good as never, and still a day that a calendar has.
_MOST_DAYS = 365_000


@dataclass(frozen=True)
class Settings:
    """All settings of a binder.

    corpus, index: folders. inbox: the file that keeps what readers say of answers (see qa.evaluation.inbox).
    llm: "embedded" (no model) or "provider:model". llm_base_url: of a server that speaks the provider's protocol, ""
    for the provider's own. llm_timeout: seconds for one call with all its tries. llm_window: tokens that the model
    reads and writes; None takes what it says of itself. llm_at_once: calls at one time. llm_try_again: ask once more
    for statements that their quotes do not bear out. llm_fallback: answer without the model where it fails.
    abstain_when: who must find that the notes do not tell for an answer to be that: "either" of model and program,
    "model", or "program". embedding: "all-MiniLM-L6-v2", or a folder or name that
    sentence-transformers can load. reranker: a cross-encoder's folder or name, "" for none. cache: where an exported
    model is kept; None is the user's cache.
    today: the day that ages are counted from; None is the clock's. old_after: days after which a source is old, and an
    answer says how old it is. port: of the chat page, on 127.0.0.1.
    abstain_below, near_below: the confidence, 0..1, below which the program abstains, and below which it answers with a
    doubt; None takes the calibration's (docs/abstention.md). The first is no higher than the second.
    chroma_url: of a Chroma server that keeps the vectors ("http://host:8000"); "" keeps them in the index folder.
    chroma_api_key, chroma_tenant, chroma_database: of a server that asks for them.
    """

    corpus: Path = Path("corpus")
    index: Path = Path("index")
    inbox: Path = Path("inbox.jsonl")
    llm: str = EMBEDDED
    llm_base_url: str = ""
    llm_timeout: float = 120.0
    llm_window: int | None = None
    llm_at_once: int = 4
    llm_try_again: bool = True
    llm_fallback: bool = True
    abstain_when: str = "either"
    embedding: str = DEFAULT_EMBEDDING
    reranker: str = ""
    cache: Path | None = None
    today: date | None = None
    old_after: int = 365
    abstain_below: float | None = None
    near_below: float | None = None
    port: int = 7860
    chroma_url: str = ""
    chroma_api_key: str = field(default="", repr=False)
    chroma_tenant: str = ""
    chroma_database: str = ""

    @classmethod
    def load(
        cls, *, folder: Path | None = None, environ: Mapping[str, str] | None = None, **arguments: Any
    ) -> Settings:
        """Settings from files, environment and arguments (None: not given).

        folder: the working folder, by default the process's. Raises SettingsError for an unknown key, a value that
        cannot be, or a file that is no TOML.
        """
        folder = Path.cwd() if folder is None else folder
        environ = os.environ if environ is None else environ
        outer = _from_file(folder / FILE)
        given = {name: value for name, value in arguments.items() if value is not None}
        later = _from_environment(environ, folder)
        later |= {name: _value(name, value, folder, "arguments") for name, value in given.items()}
        corpus = (outer | later).get("corpus", folder / cls.corpus)
        beside = {} if corpus == folder else _from_file(corpus / FILE)
        _refuse_elsewhere(beside, corpus / FILE)
        defaults = {"corpus": folder / cls.corpus, "index": folder / cls.index, "inbox": folder / cls.inbox}
        return _in_order(cls(**(defaults | beside | outer | later)))


_NAMES = tuple(field.name for field in fields(Settings))
_THRESHOLDS = ("abstain_below", "near_below")
_NOT_BESIDE = ("embedding", "reranker", "inbox", "abstain_when", *_THRESHOLDS)
_NOT_BESIDE_BEGIN = ("chroma_", "llm")


def _from_file(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.") from error
    return {name: _value(name, value, path.parent, str(path)) for name, value in table.items()}


def _refuse_elsewhere(beside: Mapping[str, Any], path: Path) -> None:
    # Notes come from others: a file among them must not send what is in them to a server, load a model of theirs,
    # choose a file that is written to, or have doubtful answers pass for sure ones.
    for name in beside:
        if name in _NOT_BESIDE or name.startswith(_NOT_BESIDE_BEGIN):
            raise SettingsError(
                f"{path}: `{name}` is not taken from a file beside the notes. Set it in the working folder's {FILE}, "
                f"or as QA_{name.upper()}."
            )


def _from_environment(environ: Mapping[str, str], folder: Path) -> dict[str, Any]:
    # Other programs' names may begin alike, so an unknown QA_ name is no error here as it is in a file.
    variables = {name: f"QA_{name.upper()}" for name in _NAMES}
    return {
        name: _value(name, environ[variable], folder, variable)
        for name, variable in variables.items()
        if environ.get(variable)
    }


def _value(name: str, value: Any, folder: Path, where: str) -> Any:
    if name not in _NAMES:
        near = difflib.get_close_matches(name, _NAMES, n=1)
        hint = f" Did you mean `{near[0]}`?" if near else f" Known are: {', '.join(_NAMES)}."
        raise SettingsError(f"{where}: there is no setting `{name}`.{hint}")
    try:
        if name in ("corpus", "index", "inbox", "cache"):
            if not isinstance(value, (str, Path)) or not str(value):
                raise ValueError("it is no path")
            return folder / Path(value).expanduser()
        read: Callable[[Any], Any] = _READ.get(name, _text)
        return read(value)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"{where}: `{name}` cannot be {value!r}: {str(error).rstrip('.')}.") from error


def _in_order(settings: Settings) -> Settings:
    abstain, near = settings.abstain_below, settings.near_below
    if abstain is not None and near is not None and abstain > near:
        raise SettingsError(
            f"`abstain_below` cannot be {abstain} where `near_below` is {near}: below the first the program abstains, "
            "between the two it answers with a doubt."
        )
    return settings


def _share(value: Any) -> float:
    if isinstance(value, bool) or not 0 <= (share := float(value)) <= 1:
        raise ValueError("a chance is a number from 0 to 1")
    return share


def _truth(value: Any) -> bool:
    found = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(str(value).lower())
    if found is None:
        raise ValueError("it is true or false")
    return found


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not 0 < (seconds := float(value)) < float("inf"):
        raise ValueError("it is a number of seconds above 0")
    return seconds


def _count(value: Any) -> int:
    if not str(value).isdigit() or int(value) < 1:
        raise ValueError("it is a whole number from 1")
    return int(value)


def _who_abstains(value: Any) -> str:
    if value not in WHO_ABSTAINS:
        raise ValueError(f"it is one of {', '.join(WHO_ABSTAINS)}")
    return str(value)


def _url(value: Any) -> str:
    parts = urlsplit(_text(value))
    if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0):
        raise ValueError("an address looks like http://host:8000")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(
            "it holds more than a host, a port and a path; a key has a setting of its own, "
            "such as `chroma_api_key` or OPENAI_API_KEY"
        )
    return _text(value).rstrip("/")


def _days(value: Any) -> int:
    if not str(value).isdigit():
        raise ValueError("it is a number of days, from 0")
    return min(int(value), _MOST_DAYS)


def _port(value: Any) -> int:
    if not str(value).isdigit() or int(value) > 65535:
        raise ValueError("a port is a number from 0 to 65535")
    return int(value)


def _day(value: Any) -> date:
    # A day with a time of day is a date to Python, and cannot be compared with one.
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ValueError("a day looks like 2023-06-01") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a text")
    return value


# What reads the settings that are no plain text.
_READ: dict[str, Callable[[Any], Any]] = {
    "port": _port,
    "old_after": _days,
    "today": _day,
    "chroma_url": _url,
    "llm_base_url": _url,
    "llm_timeout": _seconds,
    "llm_window": _count,
    "llm_at_once": _count,
    "llm_try_again": _truth,
    "llm_fallback": _truth,
    "abstain_when": _who_abstains,
} | dict.fromkeys(_THRESHOLDS, _share)

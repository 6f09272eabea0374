"""Settings, read once: `qa.toml`, then environment variables `QA_*`, then arguments; the later wins.

`qa.toml` is looked for beside the notes and in the working folder; where both give a value, the working folder's wins.
One beside the notes cannot choose a model, a server, the inbox, when to abstain or who
may ask: notes come from others.
Paths in a file are relative to that file's folder, all others to the working folder.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from qa import settings_values as values
from qa.errors import SettingsError

FILE = "qa.toml"
DEFAULT_EMBEDDING = "all-MiniLM-L6-v2"
EMBEDDED = "embedded"


@dataclass(frozen=True)
class Settings:
    """All settings of a binder.

    corpus, index: folders. inbox: the file that keeps what readers say of answers (see qa.evaluation.inbox).
    llm: "embedded" (no model) or "provider:model". llm_base_url: of a server that speaks the provider's protocol, ""
    for the provider's own. llm_timeout: seconds for one call with all its tries. llm_window: tokens that the model
    reads and writes; None takes what it says of itself. llm_at_once: calls at one time. llm_try_again: ask once more
    for statements that their quotes do not bear out. llm_fallback: answer without the model where it fails.
    abstain_when: who must find that the notes do not tell for an answer to be that: "either" of model and program,
    "model", or "program". embedding: "all-MiniLM-L6-v2", or a folder or name that sentence-transformers can load.
    runtime: what runs the default model, "auto", "onnxruntime" or "openvino". reranker: a cross-encoder's folder or
    name, "" for none. rehash: each sync looks into every note's file, though its size and time are what they were.
    cache: where an exported model is kept; None is the user's cache.
    today: the day that ages are counted from; None is the clock's. old_after: days after which a source is old, and an
    answer says how old it is. port: of the chat page.
    abstain_below, near_below: the confidence, 0..1, below which the program abstains, and below which it answers with a
    doubt; None takes the calibration's (docs/abstention.md). The first is no higher than the second.
    host: the address that the chat listens on. auth: the file of those who may use it (`qa users`). auth_header: the
    header in which a reverse proxy names who asks, "" for none; auth_proxies: the addresses or networks of such
    proxies. audit: the file in which the chat logs each question, None for none; audit_answers: with the answers' text.
    questions_a_minute: that one user, or one address, may ask. add_notes: whether the chat takes new notes; None where
    it is served to this machine alone.
    serve_host, serve_port: where `qa serve` and `qa mcp --http` listen. serve_token: what a program must show there;
    "" lets every program on this machine in.
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
    runtime: str = "auto"
    reranker: str = ""
    rehash: bool = False
    cache: Path | None = None
    today: date | None = None
    old_after: int = 365
    abstain_below: float | None = None
    near_below: float | None = None
    port: int = 7860
    host: str = "127.0.0.1"
    auth: Path | None = None
    auth_header: str = ""
    auth_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    audit: Path | None = None
    audit_answers: bool = False
    questions_a_minute: int = 20
    add_notes: bool | None = None
    serve_host: str = "127.0.0.1"
    serve_port: int = 7870
    serve_token: str = field(default="", repr=False)
    chroma_url: str = ""
    chroma_api_key: str = field(default="", repr=False)
    chroma_tenant: str = ""
    chroma_database: str = ""

    @property
    def served_alone(self) -> bool:
        """Whether the chat is served to this machine alone: no other can reach it, and nobody is asked who he is."""
        return loopback(self.host) and self.auth is None and not self.auth_header

    @property
    def takes_notes(self) -> bool:
        """Whether the chat takes new notes."""
        return self.served_alone if self.add_notes is None else self.add_notes

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


def loopback(host: str) -> bool:
    """Whether an address to listen on can only be reached from the same machine."""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


_NAMES = tuple(field.name for field in fields(Settings))
_SECRETS = tuple(field.name for field in fields(Settings) if not field.repr)
_THRESHOLDS = ("abstain_below", "near_below")
_PATHS = ("corpus", "index", "inbox", "cache", "auth", "audit")
_NOT_BESIDE = (
    "embedding",
    "reranker",
    "inbox",
    "abstain_when",
    "host",
    "questions_a_minute",
    "add_notes",
    *_THRESHOLDS,
)
_NOT_BESIDE_BEGIN = ("chroma_", "llm", "auth", "audit", "serve_")


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
    # choose a file that is written to, have doubtful answers pass for sure ones, or let somebody in.
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
        if name in _PATHS:
            if not isinstance(value, (str, Path)) or not str(value):
                raise ValueError("it is no path")
            return folder / Path(value).expanduser()
        read: Callable[[Any], Any] = _READ.get(name, values.text)
        return read(value)
    except (TypeError, ValueError) as error:
        said = "what it is" if name in _SECRETS else repr(value)
        raise SettingsError(f"{where}: `{name}` cannot be {said}: {str(error).rstrip('.')}.") from error


def _in_order(settings: Settings) -> Settings:
    abstain, near = settings.abstain_below, settings.near_below
    if abstain is not None and near is not None and abstain > near:
        raise SettingsError(
            f"`abstain_below` cannot be {abstain} where `near_below` is {near}: below the first the program abstains, "
            "between the two it answers with a doubt."
        )
    return settings


# What reads the settings that are no plain text.
_READ: dict[str, Callable[[Any], Any]] = {
    "port": values.port,
    "host": values.host,
    "auth_header": values.header,
    "auth_proxies": values.networks,
    "audit_answers": values.truth,
    "questions_a_minute": values.count,
    "add_notes": values.truth,
    "serve_host": values.host,
    "serve_port": values.port,
    "serve_token": values.token,
    "old_after": values.days,
    "today": values.day,
    "chroma_url": values.url,
    "llm_base_url": values.url,
    "llm_timeout": values.seconds,
    "llm_window": values.count,
    "llm_at_once": values.count,
    "llm_try_again": values.truth,
    "llm_fallback": values.truth,
    "abstain_when": values.who_abstains,
    "runtime": values.runtime,
    "rehash": values.truth,
} | dict.fromkeys(_THRESHOLDS, values.share)

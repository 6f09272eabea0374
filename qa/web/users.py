"""Those who may use the chat: a file of names with hashes of their passwords, kept by `qa users`."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from qa.errors import SettingsError
from qa.evaluation.jsonlines import write_whole

LEAST_CHARACTERS, MOST_CHARACTERS = 12, 1024
_NAME = re.compile(r"[\w.@+-]{1,64}")
_PATIENCE = 10.0
# The cost of one hash: 128 * n * r bytes of memory, for p turns; a few tenths of a second.
_N, _R, _P, _BYTES = 2**15, 8, 3, 32
_MOST_MEMORY = 2**30
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Secret:
    """The scrypt hash of a password, with its cost (n, r, p) and its salt; salt and hash in hexadecimal figures."""

    n: int
    r: int
    p: int
    salt: str
    hash: str


def secret_of(password: str) -> Secret:
    """The hash of a new password, with a salt of its own."""
    salt = secrets.token_bytes(16)
    return Secret(_N, _R, _P, salt.hex(), _scrypt(password, salt, _N, _R, _P, _BYTES).hex())


def is_password(password: str, secret: Secret) -> bool:
    """Whether a password is the one that was hashed, found in a time that does not tell how near it is."""
    expected = bytes.fromhex(secret.hash)
    given = _scrypt(password, bytes.fromhex(secret.salt), secret.n, secret.r, secret.p, len(expected))
    return hmac.compare_digest(given, expected)


def read_users(path: Path) -> dict[str, Secret]:
    """The users of a file, by name. Raises SettingsError where it cannot be read or is none of ours."""
    try:
        users = json.loads(path.read_text(encoding="utf-8"))["users"]
        return {_checked(name): _secret(keys) for name, keys in users.items()}
    except FileNotFoundError as error:
        raise SettingsError(f"There is no users file {path}. Make one: qa users add {path} NAME") from error
    except OSError as error:
        raise SettingsError(f"The users file {path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise SettingsError(
            f"The users file {path} is none that `qa users` wrote: {error}. Mend or remove it."
        ) from error


def check_name(name: str) -> None:
    """Raises SettingsError for what cannot be a user's name."""
    if not _NAME.fullmatch(name):
        raise SettingsError(f"{name!r} is no user name: it is of up to 64 letters, figures and . @ + - _")


def set_user(path: Path, name: str, password: str) -> bool:
    """Adds a user, or gives one another password; makes the file if it must. Returns whether the user is new.

    Raises SettingsError for a name or a password that cannot be, and where the file cannot be written.
    """
    check_name(name)
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise SettingsError(f"A password has at least {LEAST_CHARACTERS} characters, and at most {MOST_CHARACTERS}.")
    secret = secret_of(password)

    def change(users: dict[str, Secret]) -> bool:
        new = name not in users
        users[name] = secret
        return new

    return _change(path, change, missing_ok=True)


def remove_user(path: Path, name: str) -> None:
    """Removes a user. Raises SettingsError where there is none of that name, and where the file cannot be written."""

    def change(users: dict[str, Secret]) -> bool:
        return users.pop(name, None) is not None

    if not _change(path, change):
        raise SettingsError(f"The users file {path} has no {name!r}. `qa users list {path}` shows who there is.")


class Users:
    """The users of a file, read again whenever it changes. May be used from many threads.

    Raises SettingsError where the file cannot be read, or holds nobody. One that cannot be read later lets nobody in.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, Lock()
        self._seen = self._state()
        self._users = read_users(path)
        if not self._users:
            raise SettingsError(f"The users file {path} holds nobody. Add somebody: qa users add {path} NAME")
        # Whoever is unknown is compared with this one, so that the time does not tell who is known.
        self._nobody = secret_of(secrets.token_hex())

    def secret(self, name: str) -> Secret | None:
        """The secret of a user; None where there is none of that name (now)."""
        with self._lock:
            if (state := self._state()) != self._seen:
                self._seen = state
                try:
                    self._users = read_users(self._path)
                except SettingsError as error:
                    self._users = {}
                    _log.error("%s Nobody is let in until then.", error)
            return self._users.get(name)

    def admitted(self, name: str, password: str) -> Secret | None:
        """The secret of the user whose password this is; None for anybody else. Takes a few tenths of a second."""
        secret = self.secret(name)
        right = is_password(password, secret or self._nobody)
        return secret if right else None

    def _state(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def _change(path: Path, change: Callable[[dict[str, Secret]], bool], *, missing_ok: bool = False) -> bool:
    """Whether `change` says that it made a difference to the users of a file."""
    from filelock import FileLock, Timeout

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock", timeout=_PATIENCE):
            users = {} if missing_ok and not path.exists() else read_users(path)
            changed = change(users)
            keys = {"users": {name: asdict(secret) for name, secret in sorted(users.items())}}
            write_whole(path, json.dumps(keys, ensure_ascii=False, indent=2) + "\n", mode=0o600)
            return changed
    except Timeout as error:
        raise SettingsError(f"The users file {path} is in use by another process. Try again.") from error
    except OSError as error:
        raise SettingsError(f"The users file {path} cannot be written: {error.strerror or error}.") from error


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int, size: int) -> bytes:
    # An accent is the same letter whichever keyboard it came from.
    typed = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(typed, salt=salt, n=n, r=r, p=p, maxmem=2 * 128 * r * (n + p), dklen=size)


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name")
    return name


def _secret(keys: Any) -> Secret:
    secret = Secret(**keys)
    sizes = (secret.n, secret.r, secret.p)
    if not all(type(size) is int and size > 0 for size in sizes) or secret.n & (secret.n - 1) or secret.n < 2:
        raise ValueError("a cost that cannot be")
    if 128 * secret.n * secret.r * secret.p > _MOST_MEMORY:
        raise ValueError("a cost that is too high")
    if len(bytes.fromhex(secret.salt)) < 8 or len(bytes.fromhex(secret.hash)) < 16:
        raise ValueError("a salt or a hash that is too short")
    return secret

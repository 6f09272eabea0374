"""The command line of the chat: where it is served and to whom, and `qa users`, which keeps the users file."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qa import settings_values
from qa.errors import SettingsError
from qa.settings import Settings


def add_chat_options(chat: argparse.ArgumentParser) -> None:
    """Adds the options of `qa chat` that say where the page is, and who may use it."""
    chat.add_argument("--port", type=port, metavar="N", help="the port (default: QA_PORT, or 7860)")
    chat.add_argument(
        "--host", type=host, metavar="ADDRESS", help="the address to listen on (default: QA_HOST, or 127.0.0.1)"
    )
    who = chat.add_mutually_exclusive_group()
    who.add_argument("--auth", metavar="FILE", help="only for the users of this file (see `qa users`)")
    who.add_argument("--no-auth", action="store_true", help="for whoever reaches that address")


def chat_options(parsed: argparse.Namespace) -> dict[str, Any]:
    """What was said with these options, as `qa.web.serve` takes it.

    Raises SettingsError, before anything long is begun, where they and the settings would open the page to anybody.
    """
    from qa.web.serving import served_as

    auth = None if parsed.auth is None else Path(parsed.auth).expanduser()
    chosen: dict[str, Any] = {"host": parsed.host, "port": parsed.port, "auth": auth, "no_auth": parsed.no_auth}
    served_as(Settings.load(corpus=parsed.corpus), **chosen)
    return chosen


def add_users_verb(verbs: Any) -> None:
    """Adds `users` to the verbs of the command line."""
    users: argparse.ArgumentParser = verbs.add_parser(
        "users",
        help="keep the file of those who may use the chat",
        description="Keeps the file of those who may use the chat (qa chat --auth FILE). A running chat sees changes.",
    )
    steps = users.add_subparsers(required=True, metavar="STEP")
    add = _step(steps, "add", "add a user, or give one another password", _add)
    add.add_argument("name", metavar="NAME")
    add.description = "The password is asked for; where there is no terminal, it is the first line of standard input."
    remove = _step(steps, "remove", "remove a user, who is logged out at once", _remove)
    remove.add_argument("name", metavar="NAME")
    shown = _step(steps, "list", "list the users", _list)
    shown.add_argument("--json", action="store_true", help="print the result as JSON")


def _step(steps: Any, name: str, what: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
    step: argparse.ArgumentParser = steps.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
    step.set_defaults(run=run)
    step.add_argument("file", metavar="FILE", type=Path)
    return step


def _add(parsed: argparse.Namespace) -> int:
    from qa.web.users import check_name, set_user

    check_name(parsed.name)
    new = set_user(parsed.file, parsed.name, _password(parsed.name))
    print(f"{parsed.name} may use the chat." if new else f"{parsed.name} has another password.")
    return 0


def _remove(parsed: argparse.Namespace) -> int:
    from qa.web.users import remove_user

    remove_user(parsed.file, parsed.name)
    print(f"{parsed.name} may no longer use the chat.")
    return 0


def _list(parsed: argparse.Namespace) -> int:
    from qa.web.users import read_users

    names = sorted(read_users(parsed.file))
    if parsed.json:
        print(json.dumps(names, ensure_ascii=False))
    else:
        print("\n".join(names) if names else "There is no user.")
    return 0


def _password(name: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass(f"Password for {name}: ")
    if getpass.getpass("Once more: ") != password:
        raise SettingsError("These were two passwords. Nothing is changed; try again.")
    return password


def port(text: str) -> int:
    """A port as an argument."""
    try:
        return settings_values.port(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; {error}") from None


def host(text: str) -> str:
    """An address to listen on as an argument."""
    try:
        return settings_values.host(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no address; {error}") from None

"""`qa add` and `qa remove`: puts notes into the binder's folder and takes them out, as the chat does."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import SettingsError

if TYPE_CHECKING:
    from qa.binder import Binder

FAILED = 1


def add_note_verbs(verbs: Any) -> None:
    """Adds `add` and `remove` to the verbs of the command line."""
    from qa.adding import REMOVED, limits

    add = _verb(verbs, "add", "copy files into the notes", _add, limits())
    add.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="to be copied to the top of the folder of the notes"
    )
    kept = f"Its file is kept in {REMOVED} among the notes."
    remove = _verb(verbs, "remove", "take a note out of the notes", _remove, kept)
    remove.add_argument("note", metavar="NOTE", help="its path below the folder of the notes, as `qa notes` lists it")
    remove.add_argument("--yes", action="store_true", help="do not ask first")


def _verb(
    verbs: Any, name: str, what: str, run: Callable[[argparse.Namespace], int], more: str
) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(
        name, help=what, description=f"{what[0].upper()}{what[1:]}. {more}"
    )
    verb.set_defaults(run=run)
    verb.add_argument("--corpus", metavar="FOLDER", help="the notes (default: corpus/)")
    verb.add_argument("--index", metavar="FOLDER", help="the index (default: index/)")
    verb.add_argument("--embedding", metavar="MODEL", help="an embedding model's name or folder")
    verb.add_argument("--json", action="store_true", help="print the result as JSON")
    return verb


def _add(parsed: argparse.Namespace) -> int:
    from qa.adding import add
    from qa.console import Meter, print_json, write

    with _open(parsed) as binder, Meter() as meter:
        added = add(binder, [(path.name, path) for path in parsed.files], meter)
    if parsed.json:
        print_json(added)
    else:
        for one in added:
            write(f"{one.note if one.ok else f'NOT ADDED: {one.name}'}: {one.message}", hang="  ")
    return 0 if all(one.ok for one in added) else FAILED


def _remove(parsed: argparse.Namespace) -> int:
    from qa.adding import remove
    from qa.console import Meter, complain, near, print_json, write

    if not parsed.yes and not _agreed(parsed.note):
        complain("Nothing was removed.")
        return FAILED
    with _open(parsed) as binder, Meter() as meter:
        kept = remove(binder, parsed.note, meter)
    if parsed.json:
        print_json({"note": parsed.note, "kept": str(kept)})
    else:
        write(f"{parsed.note} was removed. Its file is kept as {near(kept)}; to undo this, move it back.", hang="  ")
    return 0


def _agreed(note: str) -> bool:
    """Whether the person at the terminal says yes. Raises SettingsError where there is none."""
    if not sys.stdin.isatty():
        raise SettingsError(f"To remove {note} without being asked, say --yes.")
    print(f"Remove {note} from the notes? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _open(parsed: argparse.Namespace) -> Binder:
    """The binder, its index as it is: there may be no note yet, and what comes next brings it up to date."""
    from qa.binder import Binder

    return Binder.open(parsed.corpus, index=parsed.index, embedding=parsed.embedding, sync=False)

"""notes.toml: what is known of a note and does not stand in it, or stands there wrongly."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from qa.errors import SettingsError
from qa.notes.files import OVERRIDES_FILE
from qa.schema import Problem
from qa.terms import ENGLISH, FRENCH


@dataclass(frozen=True, slots=True)
class Override:
    """What notes.toml says of one note; None where it is silent."""

    title: str | None = None
    date: date | None = None
    source: str | None = None
    classification: str | None = None
    language: str | None = None
    prepared_for: str | None = None


@dataclass(frozen=True, slots=True)
class Overrides:
    """All of notes.toml, by note. problems: its tables for notes that do not exist."""

    notes: Mapping[str, Override] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def get(self, note: str) -> Override | None:
        """What is said of `note`, or None."""
        return self.notes.get(note)


def read_overrides(corpus: Path) -> Overrides:
    """Read corpus/notes.toml; a missing file says nothing.

    Raises SettingsError for a file that is no TOML (naming the line), an unknown key or a value that cannot be.
    """
    path = corpus / OVERRIDES_FILE
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return Overrides()
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8. Save it as UTF-8.") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}). Check its rights.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}. Mend that line.") from error
    notes = {note: _override(path, note, table) for note, table in tables.items()}
    missing = [note for note in sorted(notes) if not (corpus / note).is_file()]
    message = f"{OVERRIDES_FILE} names this note, but there is no such file. Correct the name or remove its table."
    return Overrides(notes, tuple(Problem(note, message, read=False) for note in missing))


def _override(path: Path, note: str, table: Any) -> Override:
    if not isinstance(table, dict):
        raise SettingsError(f'{path}: "{note}" stands outside a table. Put a line ["file name"] above it.')
    known = [item.name for item in fields(Override)]
    for key in table:
        if key not in known:
            raise SettingsError(f'{path}, ["{note}"]: unknown key "{key}". The keys are {", ".join(known)}.')
    return Override(**{key: _value(path, note, key, value) for key, value in table.items()})


def _value(path: Path, note: str, key: str, value: Any) -> Any:
    where = f'{path}, ["{note}"], {key}'
    if key == "date":
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            raise SettingsError(f"{where}: {value!r} is no date. Write it as 2021-10-26.") from None
    if not isinstance(value, str) or not value.strip():
        raise SettingsError(f"{where}: {value!r} is no text. Write it between quotation marks.")
    if key == "language" and value not in (ENGLISH, FRENCH):
        raise SettingsError(f'{where}: {value!r} is not a language that is known. Write "en" or "fr".')
    return value.strip()

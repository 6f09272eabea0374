"""File names that a user's browser gave, made fit for a corpus folder on any system."""

from __future__ import annotations

import re
import unicodedata

from qa.notes import NOT_NOTES

MOST_CHARACTERS = 120
# File systems take 255 bytes; a character may have four.
_MOST_BYTES = 240
# Controls, marks of writing direction and other characters that nobody sees, halves of pairs, unassigned ones.
_UNSEEN = ("Cc", "Cf", "Cs", "Cn", "Co")
# Windows refuses these. A name that is markup is mere text without them, wherever it is shown.
_FORBIDDEN = re.compile(r'[<>:"|?*]')
# Hidden files, and what Word leaves beside a file that is open: neither is read as a note.
_PASSED_OVER = re.compile(r"\A(?:[.\s]|~\$)+")
_DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"}
_DEVICES |= {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"}


def safe_name(given: str) -> str:
    """The name under which a file may lie in a corpus folder. given: as a browser or a system has it, or any text.

    It has no folder, no character that is unseen or that Windows refuses, accents as one character each (NFC), and is
    neither hidden nor a name that a system or a binder keeps for itself. The suffix is the given one, be it that of a
    note or not; it may be missing. `numbered` cuts a name to length.
    """
    name = " ".join(re.split(r"[/\\]", given)[-1].split())
    name = unicodedata.normalize("NFC", "".join(c for c in name if unicodedata.category(c) not in _UNSEEN))
    stem, suffix = _parts(_FORBIDDEN.sub("_", name).rstrip(" ."))
    stem = _PASSED_OVER.sub("", stem).rstrip(" .") or "note"
    if stem.partition(".")[0].strip().lower() in _DEVICES or (stem + suffix).lower() in NOT_NOTES:
        stem = f"_{stem}"
    return stem + suffix


def numbered(name: str, number: int) -> str:
    """A safe name with " (2)" and so on before its suffix, for a number above 1; its stem is cut so that it fits."""
    stem, suffix = _parts(name)
    ending = (f" ({number})" if number > 1 else "") + suffix
    stem = stem[: MOST_CHARACTERS - len(ending)]
    while len((stem + ending).encode()) > _MOST_BYTES:
        stem = stem[:-1]
    return stem.rstrip(" .") + ending


def suffix_of(name: str) -> str:
    """The suffix of a safe name, in lower case with its dot; "" where it has none."""
    return _parts(name)[1].lower()


def same_name(name: str) -> str:
    """A form that is equal for names that some system takes for one: whatever their case and how accents are coded."""
    return unicodedata.normalize("NFC", name).casefold()


def _parts(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if dot else (name, "")

"""Labelled lines: "Date: 2021-04-20", "Préparé pour : ministre", "Classification | PROTECTED A"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.markup import plain
from qa.terms import fold

DATE, TITLE, PREPARED_FOR, CLASSIFICATION, SOURCE, OTHER = (
    "date",
    "title",
    "prepared_for",
    "classification",
    "source",
    "other",
)
_KNOWN = {
    DATE: "date; dated; date modified; date issued; date prepared; date published; date of note; issued; published;"
    "prepared on; modified; last modified; revised; last revised; updated; last updated; date de modification;"
    "date de publication; date de la note; en date du; publie le; prepare le; mis a jour; mise a jour;"
    "derniere mise a jour; derniere modification",
    TITLE: "title; subject; note; titre; objet; sujet",
    PREPARED_FOR: "prepared for; to; for; audience; reader; recipient; prepare pour; pour; a; destinataire;"
    "a l'intention de",
    CLASSIFICATION: "classification; security classification; security; classification de securite; cote de securite",
    SOURCE: "source",
    OTHER: "from; author; authors; prepared by; de; auteur; prepare par; file; file no; file number; dossier; ref;"
    "reference; our reference; version; status; cc; branch",
}
_KINDS = {key.strip(): kind for kind, keys in _KNOWN.items() for key in keys.split(";")}
# "Date of paper", "Date du document"; but a date of a meeting or an expiry is none of the note's own.
_DATE_OF_THIS = re.compile(
    r"date (?:of (?:the |this )?|du |de la |de )(?:paper|note|brief(?:ing)?(?: note)?|memo(?:randum)?|document|report|"
    r"card|preparation|version|update|rapport|mise a jour|redaction|fiche)\Z"
)
_PAIR = re.compile(r"(?P<key>[^\W\d_][^:|\n\t]{0,39})(?:[:|]|\t+)(?P<value>[^\n]{0,300})\Z")
# A key and its value that stand in two columns. Prose may hold two blanks by mistake, so the key must be a known one.
_IN_COLUMNS = re.compile(r"(?P<key>[^\W\d_][^:|\n\t]{0,39}?)(?:\t+| {2,})(?P<value>[^\s:|](?:[^\s]| (?! ))*)\Z")
_CLASSIFICATION_WORD = (
    r"(?:UNCLASSIFIED|PROTECTED [A-C]|CONFIDENTIAL|TOP SECRET|SECRET"
    r"|NON CLASSIFIÉ|PROTÉGÉ [A-C]|CONFIDENTIEL|TRÈS SECRET)"
)
CLASSIFICATION_LINE = re.compile(rf"\W*{_CLASSIFICATION_WORD}(?:\s*(?:/+|\||-|–)\s*[^\n]{{0,40}})?\W*\Z")
_FILE_NUMBER = re.compile(r"[^\W\d_][^\d\n.:]{0,25}?\b(?:No|Nos|N°|nº|Number|#)\.?\s*[\w\-/.]*\d[\w\-/.]*\Z")


@dataclass(frozen=True, slots=True)
class Label:
    """A "Key: value" pair. kind: what the key means, or "" where it is none that is known. value: markup taken off."""

    kind: str
    key: str
    value: str


def read_label(line: str) -> Label | None:
    """`line` as a pair, or None. Its key has at most 40 characters."""
    bare = plain(line[:400]) if len(line) <= 400 else ""
    in_columns = _IN_COLUMNS.match(line[:400])
    if in_columns and _kind(_folded(in_columns["key"])):
        bare = plain(f"{in_columns['key']}: {in_columns['value']}")
    match = _PAIR.match(bare)
    if not match:
        return None
    if match["key"].strip() == "A":  # an answer; the French memo's "À :" has its accent
        return None
    key = _folded(match["key"])
    return Label(_kind(key), key, match["value"].strip(" *_:\"'"))


def _folded(key: str) -> str:
    return fold(key).replace("’", "'").replace("_", " ").strip(" *_:")


def _kind(key: str) -> str:
    return DATE if _DATE_OF_THIS.match(key) else _KINDS.get(key, "")


def is_known_label(line: str) -> bool:
    """Whether `line` is a pair whose key says what a note is: its date, title, readers, classification, ..."""
    label = read_label(line)
    return bool(label and label.kind)


def is_short_label(line: str) -> bool:
    """Whether `line` is a pair with a short value that is no sentence, whatever its key."""
    label = read_label(line)
    return bool(label and line[:1].isupper() and 0 < len(label.value) <= 80 and label.value[-1] not in ".;,:?")


def is_bare_metadata(line: str) -> bool:
    """Whether `line` is a classification ("PROTECTED A") or a file number ("File No. 12-A") without a colon."""
    return len(line) <= 80 and bool(CLASSIFICATION_LINE.match(line) or _FILE_NUMBER.match(line))

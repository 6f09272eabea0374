"""Gold questions: the rows of a JSONL file, and the same with their quotes resolved to spans of the notes.

A gold file names notes and quotes, never offsets, so that it outlives any change in how notes are cut. The keys of a
row are published as a JSON Schema in gold.schema.json beside this module.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from qa.errors import GoldError, UnknownNoteError
from qa.options import Filters
from qa.schema import Span

# What a person types for what a note may hold: straight quotes and plain hyphens for the typographic ones.
_VARIANTS = {"'": "['’‘]", "’": "['’‘]", '"': '["“”]', "-": "[-‐‑]"}
_FOLDED = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "‐": "-", "‑": "-"})


_TYPES = {"array": "a list", "string": "a text", "boolean": "true or false", "object": "an object with keys"}


@dataclass(frozen=True, slots=True)
class Place:
    """A passage of a note that a gold row names."""

    note: str
    span: Span

    def overlaps(self, other: Place) -> bool:
        """Whether both are of one note and share at least one code point."""
        return self.note == other.note and self.span.overlaps(other.span)


@dataclass(frozen=True, slots=True)
class Row:
    """A gold row as written. line: its number in the file, from 1. fingerprint: of its keys but `comment`."""

    line: int
    keys: Mapping[str, Any]
    fingerprint: str

    @property
    def id(self) -> str:
        return str(self.keys["id"])


@dataclass(frozen=True, slots=True)
class Gold:
    """One question with what a right answer gives.

    facts: each a tuple of wordings, any of which counts. supports: ways to bear the answer out, each enough by itself:
    first the row's evidence (all of it together), then each passage of `also`. outdated: passages that give another
    value, which does not hold. must_not: strings that no right answer holds. injected: strings that stand in an answer
    only where an order hidden in a note was obeyed. asked_with: history and filters, as `Binder.ask` takes them.
    """

    id: str
    type: str
    question: str
    answerable: bool
    facts: tuple[tuple[str, ...], ...]
    supports: tuple[tuple[Place, ...], ...]
    outdated: tuple[Place, ...]
    must_not: tuple[str, ...]
    injected: tuple[str, ...]
    asked_with: Filters
    fingerprint: str


def read_rows(path: Path) -> list[Row]:
    """The rows of a gold file, each checked against the schema. Raises GoldError, which names the line."""
    rows: dict[str, Row] = {}
    for row, problems in examine_rows(path):
        twice = [f"line {row.line}: the id {row.id} is taken."] if row and row.id in rows else []
        if row is None or problems or twice:
            raise GoldError(f"{path}, {(problems + twice)[0]} `qa eval check` lists all that is wrong.")
        rows[row.id] = row
    if not rows:
        raise GoldError(f"{path} holds no question. `qa eval add` writes one.")
    return list(rows.values())


def examine_rows(path: Path) -> Iterator[tuple[Row | None, list[str]]]:
    """Each row of a gold file, with what is wrong with it; None for a line that is no row. Raises GoldError where the
    file cannot be read."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")  # JSON may hold what else str.splitlines parts at
    except UnicodeDecodeError as error:
        raise GoldError(f"{path} cannot be read: it is not UTF-8 text. Save it as UTF-8.") from error
    except OSError as error:
        raise GoldError(f"{path} cannot be read: {error.strerror or error}.") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield examine_line(number, line)


def examine_line(number: int, line: str) -> tuple[Row | None, list[str]]:
    """A line of a gold file as a row, or None, with what is wrong with it. number: of the line, from 1."""
    try:
        keys = json.loads(line, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        return None, [f"line {number} is no JSON: {error.msg} at character {error.pos + 1}."]
    except (ValueError, RecursionError) as error:  # a key twice, a figure of thousands of digits, endless brackets
        return None, [f"line {number} cannot be read: {error}."]
    named = f"line {number}" + (f" ({keys['id']})" if isinstance(keys, dict) and "id" in keys else "")
    problems = [f"{named}: {problem}" for problem in _against_schema(keys)]
    return (None if problems else Row(number, keys, _fingerprint(keys))), problems


def resolve(rows: Iterable[Row], text: Callable[[str], str]) -> tuple[list[Gold], dict[str, str]]:
    """The rows with their quotes as spans, and the ids of those that cannot be scored, each with the reason.

    text: a note's path to its canonical text, or UnknownNoteError. A row cannot be scored where a note of it is not
    there, or does not hold a quote of the evidence: the quote has a slip, or the note has changed.
    """
    golds, unscored = [], {}
    for row in rows:
        try:
            golds.append(_gold(row, text))
        except (UnknownNoteError, _QuoteGoneError) as error:
            unscored[row.id] = str(error)
    return golds, unscored


def find_quote(text: str, quote: str) -> list[Span]:
    """Every place where `quote` stands in a note's text, in order, without overlaps.

    Runs of white space and table bars count as one space; straight and curly quotation marks, and plain and no-break
    hyphens, are alike.
    """
    words = re.split(r"[\s|]+", quote.strip(" \t\n|"))
    pattern = r"[\s|]+".join("".join(_VARIANTS.get(char, re.escape(char)) for char in word) for word in words)
    return [Span(match.start(), match.end()) for match in re.finditer(pattern, text)] if quote.strip() else []


def contains(text: str, wording: str) -> bool:
    """Whether `wording` stands in `text`, whatever its case, white space, quotation marks and table bars.

    A figure at its edge is a whole figure: "5.9 million" does not stand in "15.9 million", nor "$2" in "$2,000".
    """
    return any(_whole(match) for match in re.finditer(re.escape(folded(wording)), folded(text)))


def folded(text: str) -> str:
    """`text` as `contains` compares it."""
    return re.sub(r"[\s|]+", " ", text.translate(_FOLDED)).strip().casefold()


def schema() -> dict[str, Any]:
    """The JSON Schema of a gold row."""
    loaded: dict[str, Any] = json.loads((files("qa.evaluation") / "gold.schema.json").read_text("utf-8"))
    return loaded


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = dict(pairs)
    if len(keys) < len(pairs):
        twice = next(name for at, (name, _) in enumerate(pairs) if name in dict(pairs[:at]))
        raise ValueError(f"the key `{twice}` stands in it twice")
    return keys


def _against_schema(keys: Any) -> list[str]:
    # By place in the row, so that the same file always gives the same report.
    errors = sorted(
        _validator().iter_errors(keys), key=lambda error: ([str(step) for step in error.path], error.message)
    )
    said = [f"{'/'.join(map(str, error.path)) + ': ' if error.path else ''}{_said(error)}" for error in errors]
    return [one if one.endswith("?") else f"{one}." for one in said]


def _said(error: Any) -> str:
    import difflib

    if error.validator == "additionalProperties":
        unknown = sorted(set(error.instance) - set(error.schema["properties"]))
        if len(unknown) > 1:
            return f"there are no keys {', '.join(f'`{name}`' for name in unknown)}"
        near = difflib.get_close_matches(unknown[0], error.schema["properties"], n=1)
        return f"there is no key `{unknown[0]}`" + (f"; did you mean `{near[0]}`?" if near else "")
    if "x-said" in error.schema and error.validator in ("minItems", "maxItems"):
        return str(error.schema["x-said"])
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return f"it lacks {', '.join(f'`{name}`' for name in missing)}"
    said = {
        "type": f"{error.instance!r} is not {_TYPES.get(str(error.validator_value))}",
        "format": f"{error.instance!r} is no date; write it as 2022-02-23",
        "pattern": f"{error.instance!r} holds no word",
        "minLength": "it must not be empty",
        "minItems": "it must not be empty",
    }
    return said.get(error.validator, str(error.message))


@lru_cache(maxsize=1)
def _validator() -> Any:
    import jsonschema

    return jsonschema.Draft202012Validator(schema(), format_checker=jsonschema.FormatChecker(("date",)))


def _gold(row: Row, text: Callable[[str], str]) -> Gold:
    keys = row.keys
    for note in keys.get("notes", ()):
        text(note)  # a question of notes that are not there cannot be scored
    evidence = tuple(_place(item, text) for item in keys["evidence"])
    also = tuple((place,) for place in _places(keys.get("also", ()), text))
    return Gold(
        id=row.id,
        type=keys["type"],
        question=keys["question"],
        answerable=keys["answerable"],
        facts=tuple(map(tuple, keys["facts"])),
        supports=((evidence, *also) if evidence else ()),
        outdated=_places(keys.get("outdated", ()), text),
        must_not=tuple(keys.get("must_not", ())),
        injected=tuple(keys.get("injected", ())),
        asked_with=_asked_with(keys),
        fingerprint=row.fingerprint,
    )


def _asked_with(keys: Mapping[str, Any]) -> Filters:
    asked: Filters = {"history": tuple((role, said) for role, said in keys.get("history", ()))}
    if "as_of" in keys:
        asked["as_of"] = date.fromisoformat(keys["as_of"])
    if "since" in keys:
        asked["since"] = date.fromisoformat(keys["since"])
    if "until" in keys:
        asked["until"] = date.fromisoformat(keys["until"])
    if "notes" in keys:
        asked["notes"] = tuple(keys["notes"])
    if "language" in keys:
        asked["language"] = keys["language"]
    return asked


def _place(item: Mapping[str, str], text: Callable[[str], str]) -> Place:
    found = find_quote(text(item["note"]), item["quote"])
    if not found:
        raise _QuoteGoneError(f"{item['note']} does not hold “{item['quote']}”.")
    return Place(item["note"], found[0])


def _places(items: Iterable[Mapping[str, str]], text: Callable[[str], str]) -> tuple[Place, ...]:
    """Those of the places that are still there: a note that was overtaken may go."""
    found = []
    for item in items:
        with suppress(UnknownNoteError, _QuoteGoneError):
            found.append(_place(item, text))
    return tuple(found)


class _QuoteGoneError(Exception):
    """A note does not hold a quote."""


def _whole(match: re.Match[str]) -> bool:
    before, after = match.string[: match.start()], match.string[match.end() :]
    cut_before = match[0][0].isdigit() and re.search(r"\d[.,]?$", before)
    cut_after = match[0][-1].isdigit() and re.match(r"[.,]?\d", after)
    return not cut_before and not cut_after


def _fingerprint(keys: Mapping[str, Any]) -> str:
    read = {name: value for name, value in keys.items() if name != "comment"}
    written = json.dumps(read, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:16]

"""What the command line prints: wrapped to the terminal, results to standard output, progress to standard error."""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from qa.acronyms import meanings, short_key
from qa.answering.words import say
from qa.evaluation.jsonlines import dump_line
from qa.markup import plain
from qa.schema import Acronym, Answer, Check, Citation, Hit, Note, Progress, SyncReport, to_json
from qa.terms import guess_language

_STAGES = {
    "read": "reading notes",
    "embed": "embedding",
    "wait": "waiting for another process that is writing",
    "ask": "asking",
    "repeat": "asking once more in another process",
}
# Of a short form that many notes define, so many places are shown.
_MOST_PLACES = 3


class Meter:
    """A progress line that is written over, on standard error and only where that is a terminal that can do so."""

    def __init__(self) -> None:
        self._shown = False

    def __call__(self, step: Progress) -> None:
        if step.stage == "anew":
            complain(f"{step.name} It is made anew from the notes; nothing is lost.")
            return
        if not clear():
            if step.stage == "wait":  # nothing else moves for a while
                complain(_STAGES["wait"])
            return
        self._shown = True
        count = f" {step.done} of {step.total}" if step.total else ""
        line = f"{_STAGES.get(step.stage, step.stage)}{count} {step.name}"
        print(f"{clear()}{line[: line_width() - 1]}", end="", file=sys.stderr, flush=True)

    def __enter__(self) -> Meter:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            print(clear(), end="", file=sys.stderr, flush=True)


def clear() -> str:
    """What takes away a progress line before something else is written; "" where there can be none."""
    return "\r\x1b[K" if sys.stderr.isatty() and os.environ.get("TERM") != "dumb" else ""


def show_report(report: SyncReport, notes: Sequence[Note]) -> None:
    """What a sync did, how many notes of each format the index holds, and every file that was not read, and why."""
    if report.rebuilt:
        write(f"Made anew: {report.rebuilt}")
    changes = f"{len(report.added)} added, {len(report.changed)} changed, {len(report.removed)} removed"
    print(f"{len(notes)} {plural('note', len(notes))}: {changes}, {report.unchanged} unchanged.")
    print(f"{report.passages} passages, {report.embedded} texts embedded, {report.seconds:.1f} s.")
    formats = Counter(PurePosixPath(note.note).suffix.lower() for note in notes)
    write("Read: " + ", ".join(f"{count} {suffix}" for suffix, count in sorted(formats.items())) + ".")
    for read, title in ((True, "Read with a doubt"), (False, "Not read")):
        problems = [problem for problem in report.problems if problem.read is read]
        if problems:
            print(f"{title}: {len(problems)}.")
        for problem in problems:
            write(f"{problem.note}: {problem.message}", indent="  ", hang="  ")
    for notice in report.notices:
        write(f"Note: {notice.text}")


def show_changes(report: SyncReport) -> None:
    """On standard error, what one should know of a sync that came before something else; mostly nothing."""
    unread = sum(not problem.read for problem in report.problems)
    if report.touched and unread:
        complain(f"{unread} {plural('file', unread)} could not be read; `qa index` says why.")


def show_hits(hits: Sequence[Hit], notes: Sequence[Note], undated: int) -> None:
    """The hits, best first, each with its place and its best sentence marked by "=>".

    notes: of the binder. undated: how many a filter by date left out for want of one.
    """
    if not hits:
        print("The filters leave no note to search." if notes else "The binder holds no note.")
    of = {note.note: note for note in notes}
    for rank, hit in enumerate(hits, start=1):
        facts = [_place(hit.title, hit.note, hit.section, hit.page), hit.date.isoformat() if hit.date else "no date"]
        facts += [classification] if (classification := of[hit.note].classification) else []
        write(f"{rank}. {', '.join(facts)}, score {hit.score:.3f}", hang="   ")
        best = max(hit.sentences, key=lambda sentence: sentence.score, default=None)
        for sentence in hit.sentences:
            write(("=> " if sentence is best else "   ") + plain(sentence.text), indent="   ", hang="   ")
        print()
    if undated:
        write(f"{undated} {plural('note', undated)} without a date {'was' if undated == 1 else 'were'} left out.")


def show_checks(checks: Sequence[Check]) -> None:
    """Each check, and below one that found something what to do."""
    width = max(len(check.name) for check in checks)
    for check in checks:
        mark = "ok   " if check.ok else "FOUND"
        write(f"{mark}  {check.name:{width}}  {check.message}", hang=" " * (width + 9))
        if check.advice:
            write(f"-> {check.advice}", indent=" " * (width + 9), hang="   ")
    found = sum(not check.ok for check in checks)
    print(f"{found} of {len(checks)} checks found something." if found else "Nothing was found.")


def show_notes(notes: Sequence[Note]) -> None:
    """The notes, one a line: date, language, path and title."""
    for note in notes:
        write(f"{note.date or 'no date   '}  {note.language}  {note.note}  {note.title}", hang=" " * 16)


def show_glossary(acronyms: Sequence[Acronym], places: Sequence[Citation], *, all_places: bool = False) -> None:
    """What short forms stand for, by short form; where there is more than one meaning, that is said with each.

    places: of each acronym. Of each meaning the words that say so are shown, and where they stand:
    the first places, or all_places.
    """
    if not acronyms:
        print("The notes define no short forms.")
        return
    place_of = dict(zip(acronyms, places, strict=True))
    by_short: dict[str, list[Acronym]] = {}
    for acronym in acronyms:
        by_short.setdefault(short_key(acronym.short), []).append(acronym)
    width = max(len(acronym.short) for acronym in acronyms) + 2
    for _, definitions in sorted(by_short.items()):
        groups = meanings(definitions)
        for number, meaning in enumerate(groups, start=1):
            several = f" ({number} of {len(groups)} meanings)" if len(groups) > 1 else ""
            write(f"{meaning[0].short:{width}}{meaning[0].long}{several}", hang=" " * width)
            said = [place_of[acronym] for acronym in meaning]
            _show_places(said, " " * (width + 2), len(said) if all_places else _MOST_PLACES)


def _show_places(places: Sequence[Citation], indent: str, most: int) -> None:
    shown = ""
    for place in places[:most]:
        if place.quote != shown:
            write(f"“{plain(place.quote)}”", indent=indent, hang="  ")
        shown = place.quote
        day = place.date.isoformat() if place.date else "no date"
        write(f"{_place(place.title, place.note, place.section, place.page)}, {day}", indent=indent, hang="  ")
    if (more := len(places) - most) > 0:
        write(f"and {more} more {plural('place', more)}", indent=indent)


def show_answers(answers: Iterable[Answer], *, withheld: bool = False) -> Answer:
    """An answer as it grows, below it each citation with its exact quote and place, then the notices; returns it whole.

    withheld: also show what a model said and its quotes did not bear out.
    """
    shown = ""
    for answer in answers:
        if answer.text != shown:
            more = answer.text.removeprefix(shown).removeprefix("\n")
            if shown and not answer.text.startswith(shown):  # the notes changed meanwhile: it is answered anew
                print()
            for paragraph in more.split("\n"):
                write(paragraph, hang=" " * _bullet_width(paragraph))
            sys.stdout.flush()
            shown = answer.text
    if answer.citations:
        print()
    for citation in answer.citations:
        _show_citation(citation)
    if answer.rewrite:
        print()
        write(say("asked_as", guess_language(answer.rewrite), question=answer.rewrite))
    for notice in answer.notices:
        print()
        hint = " (--withheld shows what)" if notice.kind == "withheld" and not withheld else ""
        write(f"Note: {notice.text}{hint}")
        for citation in notice.citations:
            _show_citation(citation)
    for statement in answer.withheld if withheld else ():
        write(f"Withheld: {statement.text} ({statement.reason})", hang="    ")
    return answer


def _show_citation(citation: Citation) -> None:
    lines = citation.quote.split("\n")
    write(f"[{citation.marker}] “{lines[0]}" + ("”" if len(lines) == 1 else ""), hang="    ")
    for number, line in enumerate(lines[1:], start=2):
        write(line + ("”" if number == len(lines) else ""), indent="    ")
    day = citation.date.isoformat() if citation.date else "no date"
    facts = [_place(citation.title, citation.note, citation.section, citation.page), day]
    facts += [citation.classification] if citation.classification else []
    facts += [f"for {citation.prepared_for}"] if citation.prepared_for else []
    facts += ["in French"] if citation.language == "fr" else []
    facts += [f"superseded by {citation.superseded_by}"] if citation.superseded_by else []
    write(", ".join(facts), indent="    ")


def _place(title: str, note: str, section: str, page: int | None) -> str:
    place = f"{title} ({note})" + (f", {section}" if section else "")
    return place + (f", page {page}" if page else "")


def write(text: str, *, indent: str = "", hang: str = "") -> None:
    """Prints `text` wrapped to the terminal. indent: before each line; hang: after it, before all but the first."""
    lines = textwrap.wrap(
        _printable(text), line_width(), initial_indent=indent, subsequent_indent=indent + hang, break_on_hyphens=False
    )
    print("\n".join(lines))


def show_table(rows: Sequence[Sequence[object]], *, right_from: int | None = None, left: Sequence[int] = ()) -> None:
    """Rows as columns of text; those from `right_from` on are set to the right, but for `left`."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in texts) for column in range(len(texts[0]))]
    right = {column for column in range(right_from or len(widths), len(widths)) if column not in left}
    for row in texts:
        cells = enumerate(zip(row, widths, strict=True))
        print("  ".join(cell.rjust(w) if at in right else cell.ljust(w) for at, (cell, w) in cells).rstrip())


def print_json(value: Any, *, compact: bool = False) -> None:
    """A value, or what is made of values, as JSON. compact: in one line."""
    # Where a stream knows no accents, they would be lost; JSON can do without them.
    plain_letters = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    if compact:
        print(dump_line(to_json(value), ascii_only=plain_letters), end="")
    else:
        print(json.dumps(to_json(value), ensure_ascii=plain_letters, indent=2))


def complain(message: str) -> None:
    """An error or a warning, on standard error: wrapped to a terminal, else in one line, for a log or a script."""
    text = _printable(f"qa: {message}")
    if not sys.stderr.isatty():
        print(text, file=sys.stderr)
        return
    lines = textwrap.wrap(text, line_width(), subsequent_indent="    ", break_on_hyphens=False, break_long_words=False)
    print(clear() + "\n".join(lines), file=sys.stderr)


def near(path: Path) -> str:
    """A path as seen from the working folder, where it lies below it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _printable(text: str) -> str:
    # A note or its name may hold control characters, which a terminal would obey.
    return "".join(char if char.isprintable() else " " for char in text)


def _bullet_width(line: str) -> int:
    stripped = line.lstrip()
    return len(line) - len(stripped) + (2 if stripped.startswith("- ") else 0)


def plural(word: str, count: int) -> str:
    """`word`, with an "s" where there is not one of it."""
    return word if count == 1 else f"{word}s"


def line_width() -> int:
    """Characters of a line: the terminal's, between 40 and 100; 80 where there is none and COLUMNS does not say."""
    return max(40, min(100, shutil.get_terminal_size((80, 24)).columns))

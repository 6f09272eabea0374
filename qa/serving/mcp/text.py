"""What the tools say, as the text that a model reads: all that it needs to answer and to cite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qa.answering.citations import markers
from qa.conversation import all_quotes
from qa.schema import Answer, Citation, Hit, Note, Notice, Statement
from qa.serving.mcp.values import Listed, Part

_ABSTAINED = "(No answer: the notes do not tell. Say so. Whatever you know from elsewhere is not from these notes.)"


def answer_text(answer: Answer) -> str:
    """The answer, then the exact quotes that its markers stand for, and what to know beside it."""
    parts = [answer.text]
    if answer.abstained:
        parts.append(_ABSTAINED)
    if answer.rewrite:
        parts.append(f"Asked as: {answer.rewrite}")
    if quotes := sorted(set(all_quotes(answer)), key=lambda quote: quote.marker):
        parts.append("Sources, word for word:")
        parts += [_source(quote) for quote in quotes]
    if answer.notices:
        parts.append("\n".join(["To know beside it:", *map(_beside, answer.notices)]))
    if answer.withheld:
        parts.append("\n".join(["Withheld, as the quotes do not bear it out:", *map(_withheld, answer.withheld)]))
    return "\n\n".join(parts)


def hits_text(hits: Sequence[Hit]) -> str:
    """The hits, best first, each with its place and its text."""
    if not hits:
        return "Nothing was found: there are no notes, or the filters leave none."
    return "\n\n".join(f"{rank}. {_place(hit)}:\n{hit.text}" for rank, hit in enumerate(hits, start=1))


def part_text(part: Part) -> str:
    """What stands before a part of a note: which note it is, and which part."""
    lines = [note_line(part.note) + (f". Superseded by {part.superseded_by}" if part.superseded_by else "")]
    lines += [f"Warning: {warning}" for warning in part.note.warnings]
    lines.append(f"Characters {part.start} to {part.end} of {part.length}{_next(part.next)}")
    return "\n".join(lines)


def notes_text(listed: Listed) -> str:
    """Some of the notes of the binder, one a line."""
    which = f"Notes {listed.start + 1} to {listed.start + len(listed.notes)} of {listed.total}"
    if not listed.total:
        return "No note fits: no title or path has these words, or the binder is empty."
    told = which if listed.notes else f"No note from {listed.start} on; there are {listed.total}"
    return "\n".join([told + _next(listed.next), *map(note_line, listed.notes)])


def note_line(note: Note) -> str:
    """A note in one line: its path, title, date, language and whom it is for."""
    facts = [note.title, note.date.isoformat() if note.date else "no date", _language(note.language)]
    facts += [note.classification] if note.classification else []
    facts += [f"for {note.prepared_for}"] if note.prepared_for else []
    return f"{note.note}: {', '.join(facts)}"


def _source(quote: Citation) -> str:
    facts = [f"for {quote.prepared_for}"] if quote.prepared_for else []
    facts += [quote.classification] if quote.classification else []
    facts += [_language(quote.language)] if quote.language != "en" else []
    facts += [f"SUPERSEDED by {quote.superseded_by}"] if quote.superseded_by else []
    return f"[{quote.marker}] {', '.join([_place(quote), *facts])}:\n“{quote.quote}”"


def _place(of: Citation | Hit) -> str:
    return ", ".join(_facts(of))


def _facts(of: Citation | Hit) -> Iterator[str]:
    yield of.title
    if of.section:
        yield of.section
    if of.page:
        yield f"page {of.page}"
    yield of.date.isoformat() if of.date else "no date"
    yield f"{of.note} {of.start}-{of.end}"


def _next(start: int | None) -> str:
    return "." if start is None else f"; start={start} goes on."


def _language(language: str) -> str:
    return "in French" if language == "fr" else "in English"


def _beside(notice: Notice) -> str:
    return f"- {notice.text} {markers(notice.citations)}".rstrip()


def _withheld(statement: Statement) -> str:
    return f"- {statement.text}" + (f" ({statement.reason})" if statement.reason else "")

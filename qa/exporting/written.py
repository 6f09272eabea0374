"""A conversation as Markdown, with full references."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from qa.answering import words
from qa.answering.citations import markers
from qa.answering.words import day_in_words
from qa.conversation import Conversation, Turn, TurnFilters, all_quotes
from qa.exporting.escaping import escaped, on_one_line
from qa.exporting.words import say
from qa.schema import Answer, Citation, Statement


def markdown(conversation: Conversation, language: str = "en") -> str:
    """The conversation as a page of Markdown. language: of the words around it, "en" or "fr".

    Whatever a note, a question or a model says stands there as text: nothing in it is active.
    """
    count = len(conversation.turns)
    facts = [say("questions_one" if count == 1 else "questions", language, count=count)]
    if conversation.turns:
        day = day_in_words(conversation.turns[0].asked_at.date(), language)
        facts.insert(0, say("conversation", language, day=day))
    parts = [f"# {on_one_line(conversation.title)}", " · ".join(facts)]
    for number, turn in enumerate(conversation.turns, start=1):
        parts += [f"## {say('question', language, number=number)}", escaped(turn.question)]
        parts += [_asked(turn, language), *_answer(turn.answer, language)]
    return "\n\n".join(parts) + "\n"


def _asked(turn: Turn, language: str) -> str:
    day = day_in_words(turn.asked_at.date(), language)
    asked = say("asked", language, day=day, time=f"{turn.asked_at:%H:%M}")
    return " · ".join([asked, *_filters(turn.filters, language)])


def _filters(filters: TurnFilters, language: str) -> Iterator[str]:
    for name, value in filters.items():
        if isinstance(value, date):
            told = day_in_words(value, language)
        elif name == "language":
            told = say(f"in_{value}", language)
        else:
            told = ", ".join(map(on_one_line, filters["notes"]))
        yield say(name, language, value=told)


def _answer(answer: Answer, language: str) -> Iterator[str]:
    if answer.rewrite:
        yield escaped(words.say("asked_as", language, question=answer.rewrite))
    yield f"### {say('abstained' if answer.abstained else 'answer', language)}"
    if answer.abstained or not answer.statements:
        yield escaped(answer.text)
    for said in answer.statements:
        yield f"{_marked(said.text, said.citations)}\\\n*{say(said.status, language)}*"
    if answer.notices:
        yield f"### {say('notices', language)}"
        yield "\n".join(f"- {_marked(notice.text, notice.citations, '  ')}" for notice in answer.notices)
    if answer.withheld:
        yield f"### {say('held_back', language)}"
        yield "\n".join(f"- {_withheld(said)}" for said in answer.withheld)
    quotes = dict.fromkeys(all_quotes(answer))
    if quotes:
        yield f"### {say('sources', language)}"
    for quote in sorted(quotes, key=lambda quote: quote.marker):
        yield f"**[{quote.marker}]** {reference(quote, language)}"
        yield f"> {escaped(quote.quote, '> ')}"


def _marked(text: str, citations: Sequence[Citation], indent: str = "") -> str:
    return f"{escaped(text, indent)} {markers(citations)}".rstrip()


def _withheld(said: Statement) -> str:
    reason = f" ({on_one_line(said.reason)})" if said.reason else ""
    return _marked(said.text, said.citations, "  ") + reason


def reference(
    quote: Citation, language: str, *, show: Callable[[str], str] = on_one_line, bold: str = "**", link: str = ""
) -> str:
    """Where a quote stands, and what is to be known of its note, on one line.

    show: what is made of the words of notes; bold: stands around what matters most. link: to the place, in Markdown.
    """
    note = show(quote.note)
    facts = [show(quote.title), show(quote.section)]
    facts += [say("page", language, page=quote.page)] if quote.page else []
    facts += [day_in_words(quote.date, language) if quote.date else words.say("no_date", language)]
    for key, value in (("classification", quote.classification), ("prepared_for", quote.prepared_for)):
        facts += [say(key, language, value=show(value))] if value else []
    facts += [say("language", language, value=say(f"in_{quote.language}", language))] if quote.language == "fr" else []
    if quote.superseded_by:
        facts += [f"{bold}{say('superseded', language, note=show(quote.superseded_by))}{bold}"]
    place = say("place", language, note=note, start=quote.start, end=quote.end)
    facts += [f"[{place}]({link})" if link else place]
    return " · ".join(fact for fact in facts if fact)

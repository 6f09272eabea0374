"""From what was found to Answers with a chat model: it words the statements, and the program checks each before it is
seen. What its quotes do not bear out is tried once more, and else shown as withheld.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Event

from qa.answering import abstention, embedded, extractive, prompts, sources
from qa.answering.checking import Checker, Outcome
from qa.answering.citations import Citer, all_citations, joined
from qa.answering.found import Found
from qa.answering.replies import ReplyReader
from qa.answering.rewriting import rewritten
from qa.answering.time import with_successors
from qa.answering.verification import Nearness, shared_share
from qa.answering.words import say
from qa.errors import MissingExtraError, ModelError, SettingsError
from qa.models import ChatModel, Messages, Meter
from qa.schema import Acronym, Answer, Citation, Notice, Statement, Usage

# Tokens of the model's window that are kept for its reply.
ROOM_TO_REPLY = 1_024
_FAULTS = (ModelError, MissingExtraError, SettingsError)
# The share of its words by which a statement of the second try is known as one of the first.
SAME_STATEMENT = 0.3


@dataclass(frozen=True, slots=True)
class Manner:
    """How a chat model is used. try_again: ask once more for statements that did not pass. fall_back: answer without
    it where it fails. abstain_when: who must find that the notes do not tell for the answer to be that: "either" (the
    model or the program), "model" or "program". nearness, acronyms: see qa.answering.checking."""

    chat: ChatModel
    nearness: Nearness
    acronyms: Callable[[str], Sequence[Acronym]]
    try_again: bool = True
    fall_back: bool = True
    abstain_when: str = "either"


def answers(
    question: str,
    history: Sequence[tuple[str, str]],
    find: Callable[[str], Found],
    manner: Manner,
    stop: Event | None = None,
) -> Iterator[Answer]:
    """The Answers to a question, each a longer prefix of the last.

    history: (role, text), oldest first. find: what was found for the question, given the form of it that stands by
    itself, or "" where there is none. stop: once set, nobody wants more.
    Raises StoppedError then; ModelError or MissingExtraError where the model fails and there is to be no falling back.
    """
    meter, rewrite, fault = Meter(manner.chat.name), "", ""
    try:
        rewrite = rewritten(question, history, manner.chat, meter, stop) if history else ""
    except _FAULTS as error:
        if not manner.fall_back:
            raise
        fault = str(error)
    found = find(rewrite)
    telling = _Telling(found, rewrite, history, manner, meter, stop)
    if fault or not found.hits:
        yield from telling.without_model(fault)
    else:
        try:
            yield from telling.answers()
        except _NotesChangedError:
            changed = say("notes_changed", found.query.asked_in, model=manner.chat.name)
            again = _Telling(find(rewrite), rewrite, history, manner, meter, stop)
            yield from again.without_model(changed)


class _NotesChangedError(Exception):
    """What a model cites may no longer be there."""


class _Telling:
    """One answer as it grows."""

    def __init__(
        self,
        found: Found,
        rewrite: str,
        history: Sequence[tuple[str, str]],
        manner: Manner,
        meter: Meter,
        stop: Event | None,
    ) -> None:
        self._found, self._rewrite, self._history = found, rewrite, history
        self._manner, self._meter, self._stop = manner, meter, stop
        self._judgement, self._quoted = embedded.judged(found)
        hits = [*found.hits, *(hit for _, hits in found.parts for hit in hits)]
        self._shown = sources.numbered(hits, extractive.definitions(found.query, hits), found.blocks)
        self._checker = Checker(self._shown, manner.nearness, manner.acronyms)
        self._citer, self._lead = Citer(), ""
        self._said: list[Statement] = []
        self._failed: list[Outcome] = []
        self._refused = False

    def answers(self) -> Iterator[Answer]:
        """The Answers, the last one whole."""
        # What may yet turn out to be an abstention is not shown piece by piece.
        shows = not self._program_abstains or self._manner.abstain_when == "model"
        broke_off = ""
        if not self._shown:  # all that was found gives orders
            yield from self.without_model("")
            return
        try:
            for _ in self._statements():
                if shows:
                    yield self._answer()
        except _FAULTS as error:
            if not self._said and not self._manner.fall_back:
                raise
            broke_off = str(error)
        if not self._found.holds():
            raise _NotesChangedError
        if broke_off and not self._said:
            yield from self.without_model(broke_off)
        else:
            yield self._whole(broke_off)

    def without_model(self, fault: str) -> Iterator[Answer]:
        """The Answers of the embedded answerer. fault: why the model does not answer; "" where it was not asked."""
        for answer in embedded.answers(self._found):
            notices = (self._notice("fallback", "fallback", reason=fault), *answer.notices) if fault else answer.notices
            yield replace(answer, notices=notices, rewrite=self._rewrite, usage=self._usage())

    @property
    def _program_abstains(self) -> bool:
        return self._judgement.manner is abstention.Manner.ABSTAINED

    def _statements(self) -> Iterator[Statement]:
        """Each statement that passes, as the model says it."""
        messages, reply = self._messages(), list[str]()
        for outcome in self._heard(messages, reply):
            yield from self._taken(outcome)
        if self._failed and self._manner.try_again:
            yield from self._second_try(messages, "".join(reply))

    def _heard(self, messages: Messages, reply: list[str]) -> Iterator[Outcome]:
        """What comes of each thing that one reply says; the reply is put into `reply`."""
        reader = ReplyReader()
        for piece in self._manner.chat.stream(messages, self._meter, self._stop):
            reply.append(piece)
            yield from map(self._checker.outcome, reader.feed(piece))
        yield from map(self._checker.outcome, reader.finish())
        self._refused |= reader.refused

    def _taken(self, outcome: Outcome) -> Iterator[Statement]:
        if outcome.refuses:
            self._refused = True
        elif outcome.faults:
            self._failed.append(outcome)
        elif (statement := self._statement(outcome)) not in self._said:
            self._said.append(statement)
            yield statement

    def _second_try(self, messages: Messages, reply: str) -> Iterator[Statement]:
        """Each statement that passes at the second try. What has no other in its place there stays withheld."""
        language, refused = self._found.query.asked_in, self._refused
        first, self._failed = self._failed, []
        wrong = [(one.text, one.described(language)) for one in first]
        again, second = prompts.to_try_again(messages, reply, wrong, language), list[Outcome]()
        try:
            if self._manner.chat.fits(again, self._room):
                for outcome in self._heard(again, []):
                    second.append(outcome)
                    yield from self._taken(outcome)
        except _FAULTS:
            pass  # it was worth a try; what failed at the first stays withheld
        in_order = len(second) == len(first)
        for at, outcome in enumerate(first):
            said_anew = in_order and shared_share(outcome.text, second[at].text) >= SAME_STATEMENT
            if not said_anew and outcome not in self._failed:
                self._failed.append(outcome)
        self._refused = refused

    def _statement(self, outcome: Outcome) -> Statement:
        """The statement of a draft that passed; what it hangs on is said with the first that hangs on it."""
        draft = outcome.draft
        text = draft.mark + draft.text
        if draft.lead and draft.lead != self._lead:
            text = f"{draft.lead}\n{text}"
        self._lead = draft.lead
        told = Statement(text, self._cited(outcome), "checked")
        return with_successors(self._found.query, [told], self._found.times.editions)[0]

    def _cited(self, outcome: Outcome) -> tuple[Citation, ...]:
        spans = [(one.content, span) for one in outcome.sources for span in one.spans]
        return tuple(dict.fromkeys(self._citer.cite(content, span) for content, span in spans))

    def _answer(self) -> Answer:
        """As far as it is said."""
        said = tuple(self._said)
        answer = embedded.empty(self._found, self._judgement)
        return replace(answer, statements=said, citations=all_citations(said), text=joined(said), rewrite=self._rewrite)

    def _whole(self, broke_off: str) -> Answer:
        """The last Answer: who finds that the notes do not tell, what is withheld, and what stands beside."""
        when = self._manner.abstain_when
        if self._said and (not self._program_abstains or when == "model"):
            answer = self._answer()
            withheld = self._withheld()
            notices = embedded.beside(self._found, self._said, self._judgement.manner, self._citer)
            if self._program_abstains:
                notices = (self._notice("model", "program_refuses"), *notices)
        elif self._said or self._program_abstains or (self._refused and when != "program"):
            answer = embedded.abstaining(self._found, self._judgement)
            self._citer = Citer(first=1 + max((one.marker for one in self._citations()), default=0))
            withheld, notices = self._withheld(), (*answer.notices, *self._differing())
        else:
            answer = embedded.answers(self._found)[-1]
            key = "model_refuses" if self._refused else "nothing_borne_out"
            self._citer = Citer(first=1 + max((one.marker for one in _all_of(answer)), default=0))
            withheld, notices = self._withheld(), (self._notice("model", key), *answer.notices)
        if broke_off:
            notices = (self._notice("fallback", "broke_off", reason=broke_off), *notices)
        if withheld:
            key = "withheld_one" if len(withheld) == 1 else "withheld"
            notices = (*notices, self._notice("withheld", key, count=str(len(withheld))))
        return replace(answer, withheld=withheld, notices=notices, rewrite=self._rewrite, usage=self._usage())

    def _differing(self) -> tuple[Notice, ...]:
        """Beside an abstention: what the other of model and program has to say, where it does not abstain."""
        if self._said:
            cited = all_citations(self._said)
            return (self._notice("model", "would_answer", cited, text=joined(self._said, mark=lambda _: "")),)
        if self._quoted and not self._program_abstains:
            quoted = [citation for said in self._quoted for citation in said.citations]
            return (self._notice("model", "model_refuses_quotes", tuple(dict.fromkeys(quoted))),)
        return ()

    def _citations(self) -> list[Citation]:
        """Of all that was said and quoted."""
        return [citation for said in (*self._said, *self._quoted) for citation in said.citations]

    def _withheld(self) -> tuple[Statement, ...]:
        language = self._found.query.asked_in
        return tuple(Statement(one.text, self._cited(one), "withheld", one.described(language)) for one in self._failed)

    def _notice(self, kind: str, key: str, citations: Sequence[Citation] = (), **values: str) -> Notice:
        said = say(key, self._found.query.asked_in, model=self._manner.chat.name, **values)
        return Notice(kind, said, tuple(citations))

    def _usage(self) -> Usage | None:
        return self._meter.usage() if self._meter.calls else None

    @property
    def _room(self) -> int:
        """The tokens that may be sent."""
        window = self._manner.chat.window
        return max(window - ROOM_TO_REPLY, window // 2)

    def _messages(self) -> Messages:
        """What is sent: as many passages as fit into the model's window, the best ones first, sooner than the
        conversation."""
        query, chat = self._found.query, self._manner.chat
        fence = prompts.boundary(secrets.token_hex(16))
        for count in range(len(self._shown), 0, -1):
            for history in (self._history, ()):
                shown = self._shown[:count]
                asked = prompts.to_answer(query.question, self._rewrite, history, shown, query.asked_in, fence)
                if chat.fits(asked, self._room):
                    return asked
        raise ModelError(f"The question does not fit into the window of {chat.name}. Is QA_LLM_WINDOW right?")


def _all_of(answer: Answer) -> list[Citation]:
    """The citations of an answer and of its notices."""
    return [*answer.citations, *(citation for notice in answer.notices for citation in notice.citations)]

"""Drafts of a chat model held against the sentences that they cite."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from qa.answering.grounds import Ground, common_words
from qa.answering.orders import gives_orders
from qa.answering.replies import Clause, Draft
from qa.answering.slips import is_refusal
from qa.answering.sources import Shown, Source, ground_of
from qa.answering.verification import Fault, Nearness, missing, too_few_words, turned
from qa.answering.words import say
from qa.schema import Acronym


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a draft. sources: what it cites, as far as that is there. faults: none where it is borne out."""

    draft: Draft
    sources: tuple[Source, ...]
    faults: tuple[Fault, ...]

    @property
    def refuses(self) -> bool:
        """Whether it says that the notes do not tell, and no quote says so."""
        return bool(self.faults) and is_refusal(self.draft.text)

    @property
    def text(self) -> str:
        """What the model said, with what it hangs on."""
        return f"{self.draft.lead} {self.draft.text}".strip()

    def described(self, language: str) -> str:
        """What is wrong with it, for a reader and for the model."""
        return "; ".join(dict.fromkeys(say(f"fault_{one.kind}", language, words=one.words) for one in self.faults))


class Checker:
    """Checks drafts against what a model was shown.

    nearness: the cosine of two texts. acronyms: a text to what the binder says of the short and long forms in it.
    """

    def __init__(
        self,
        shown: Sequence[Shown],
        nearness: Nearness,
        acronyms: Callable[[str], Iterable[Acronym]],
    ) -> None:
        self._sources = {source.number: source for one in shown for source in one.sources}
        notes = {source.content.note.note: source.content.text for source in self._sources.values()}
        self._common = common_words(list(notes.values()))
        self._nearness, self._acronyms = nearness, acronyms

    def outcome(self, draft: Draft) -> Outcome:
        """What comes of a draft: each clause is held against what it cites itself, the whole against all of it."""
        cited = self._resolved([number for clause in draft.clauses for number in clause.numbers])
        faults = self._of_citations(draft, cited)
        if not faults:
            faults = [fault for clause in draft.clauses for fault in self._of_clause(clause)]
            whole = self._ground(cited)
            text = f"{draft.lead.rstrip(':')} {draft.text}".strip()  # one with what it leads in
            faults += missing(draft.lead, whole) + turned(text, whole)
            if not faults and too_few_words(text, whole, self._nearness):
                faults = [Fault("words")]
        return Outcome(draft, cited, tuple(dict.fromkeys(faults)))

    def _of_citations(self, draft: Draft, cited: Sequence[Source]) -> list[Fault]:
        if not draft.cites:
            return [Fault("uncited")]
        if any(gives_orders(source.text) for source in cited) or gives_orders(draft.text):
            return [Fault("order")]
        lost = [clause for clause in draft.clauses if clause.numbers and not self._resolved(clause.numbers)]
        return [Fault("unresolved", f"[{clause.numbers[0]}]") for clause in lost]

    def _of_clause(self, clause: Clause) -> list[Fault]:
        return missing(clause.text, self._ground(self._resolved(clause.numbers)))

    def _resolved(self, numbers: Sequence[int]) -> tuple[Source, ...]:
        return tuple(self._sources[number] for number in dict.fromkeys(numbers) if number in self._sources)

    def _ground(self, cited: Sequence[Source]) -> Ground:
        return ground_of(cited, self._acronyms, self._common)

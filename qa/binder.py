"""The facade: a folder of notes and its index, to be asked and searched. It ties the parts together."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from datetime import date
from functools import cache, partial
from itertools import islice
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Unpack

from qa.errors import QuestionError
from qa.options import AskOptions, History, Limits, SearchOptions
from qa.parts import chat_model_of, reranker_of, server_of
from qa.schema import Acronym, Answer, Check, Citation, Hit, Note, NoteContent, Progress, Span, SyncReport
from qa.settings import Settings
from qa.steps import Steps

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from langchain_core.language_models import BaseChatModel
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.tools import BaseTool

    from qa.acronyms import Glossary
    from qa.answering.found import Found
    from qa.editions import Editions
    from qa.embedding import EmbeddingModel
    from qa.index import Index
    from qa.models import ChatModel

TOOL = "ask_briefing_notes"


class Binder:
    """Briefing notes that answer questions in exact quotes. Made by `Binder.open`; safe to use from several threads."""

    def __init__(
        self, settings: Settings, index: Index, model: Callable[[], EmbeddingModel], chat: ChatModel | None = None
    ) -> None:
        self.settings = settings
        self.report: SyncReport | None = None
        self.chat = chat
        self._index = index
        self._load_model = model
        self._steps = Steps(index, model, reranker_of(settings))

    @classmethod
    def open(
        cls,
        corpus: str | Path | None = None,
        *,
        index: str | Path | None = None,
        llm: str | BaseChatModel | ChatModel | None = None,
        embedding: str | Embeddings | EmbeddingModel | None = None,
        sync: bool = True,
        rebuild: bool = False,
        progress: Callable[[Progress], None] | None = None,
    ) -> Binder:
        """Opens the binder of a folder of notes; None takes a value from the settings (see qa.settings).

        llm: "embedded" answers in quotes without a model; "provider:model", or any chat model of LangChain, words the
        answers, and each statement is checked against its quotes. embedding: a model's name or folder, or a LangChain
        `Embeddings`. sync: bring the index up to date first (`binder.report` says what that did). rebuild: make the
        index anew. progress: called with each step of long work.

        Raises SettingsError, CorpusError, IndexFolderError or one of its leaves, EmbeddingError.
        """
        from qa.embedding import lazy_embedding
        from qa.index import Index

        named = embedding if isinstance(embedding, str) else None
        given = None if llm is None or isinstance(llm, str) else llm
        name = llm if given is None else getattr(given, "name", None) or type(given).__name__
        settings = Settings.load(corpus=corpus, index=index, llm=name, embedding=named)
        chat = chat_model_of(settings, given)
        chosen = settings.embedding if embedding is None else embedding
        model = lazy_embedding(chosen, cache=settings.cache, runtime=settings.runtime)
        known = settings.embedding if embedding is None or named else None
        opened = Index.open(
            settings.index,
            corpus=settings.corpus,
            model=model,
            embedding=known,
            rebuild=rebuild,
            server=server_of(settings),
            rehash=settings.rehash,
        )
        binder = cls(settings, opened, model, chat)
        try:
            if sync:
                binder.sync(progress)
        except BaseException:
            binder.close()
            raise
        return binder

    def sync(
        self,
        progress: Callable[[Progress], None] | None = None,
        *,
        thorough: bool = False,
        timeout: float = 60.0,
    ) -> SyncReport:
        """Brings the index up to date with the notes. Raises CorpusError, IndexNotWritableError, IndexBusyError.

        thorough: also mend the vectors where searching them shows that they are not the index's (a second).
        timeout: how long to wait for another process that is writing, in seconds.
        """
        self.report = self._index.sync(progress=progress, thorough=thorough, timeout=timeout)
        return self.report

    def has_index(self) -> bool:
        """Whether there is an index of these notes to search, be it up to date or not."""
        return self._index.exists()

    def doctor(self) -> tuple[Check, ...]:
        """Examines the whole set-up and repairs nothing; see qa.index.health. `examine` does so without a binder."""
        from qa.doctor import examined

        return examined(self.settings, self._load_model, self.chat)

    def notes(self) -> tuple[Note, ...]:
        """The notes of the index, ordered by path."""
        return self._index.store.notes()

    def text(self, note: str) -> str:
        """A note's canonical text, which all offsets refer to. Raises UnknownNoteError."""
        return self._index.store.text(note)

    def content(self, note: str) -> NoteContent:
        """A note with its canonical text and its blocks in order. Raises UnknownNoteError."""
        return self._steps.content(note)

    def extent(self, note: str) -> tuple[int, int]:
        """How many passages a note has, and on how many pages its words stand: 0 in a format without pages.

        Raises UnknownNoteError.
        """
        pages = {block.page for block in self._index.store.blocks(note) if block.page}
        return len(self._index.store.passage_ids([note])), len(pages)

    def acronyms(self) -> tuple[Acronym, ...]:
        """The short forms that the notes define, each with the place that says what it stands for."""
        return self._index.store.acronyms()

    def glossary(self) -> Glossary:
        """The same to be looked up in; made once for each state of the index."""
        return self._steps.glossary()

    def editions(self) -> Editions:
        """Which note overtakes which; made once for each state of the index."""
        return self._steps.editions()

    def cited(self, acronyms: Iterable[Acronym]) -> tuple[Citation, ...]:
        """The place of each of some acronyms, with the words that say what it stands for. Raises UnknownNoteError."""
        from qa.answering.citations import Citer

        citer, content = Citer(), cache(self.content)
        return tuple(citer.cite(content(one.note), Span(one.start, one.end)) for one in acronyms)

    def fingerprints(self) -> dict[str, str]:
        """What tells this binder from another, or from itself before a change: of the notes ("corpus"), of how they are
        cut ("index"), and of the embedding model ("embedding")."""
        from qa.index.fingerprints import fingerprints

        return fingerprints(self._index.store)

    def search(
        self,
        question: str,
        *,
        k: int = 10,
        history: History = (),
        as_of: date | None = None,
        since: date | None = None,
        until: date | None = None,
        notes: Sequence[str] | None = None,
        language: str | None = None,
    ) -> tuple[Hit, ...]:
        """The k passages that fit a question best, best first.

        history: (role, text) pairs or LangChain messages, oldest first. as_of, until: no note of a later day; since:
        none of an earlier one. notes: only these paths. language: only notes in "en" or "fr".
        Scores are comparable within one search only. Raises QuestionError where the question is empty or too long.
        """
        if not isinstance(k, int) or k < 1:
            raise QuestionError(f"k is the number of hits, a whole number from 1; it cannot be {k!r}.")
        asked = (question, history, as_of, since, until, notes, language)
        steps = self._steps
        return steps.settled(lambda: steps.search(steps.query(*asked), k))

    def ask(self, question: str, **options: Unpack[AskOptions]) -> Answer:
        """The answer to a question, in quotes with citations, or an abstention.

        options: as of `search`, without k; and hits, from an earlier search, to answer from these and search nothing.
        """
        return deque(self.stream(question, **options), maxlen=1).pop()

    def ask_without_model(self, question: str) -> Answer:
        """What `ask` returns where no chat model is set: the answer in quotes. Calls no chat model."""
        from qa.answering.embedded import answers

        asked = (question, (), None, None, None, None, None)
        return self._steps.settled(lambda: answers(self._found(asked)))[-1]

    def stream(
        self,
        question: str,
        *,
        history: History = (),
        as_of: date | None = None,
        since: date | None = None,
        until: date | None = None,
        notes: Sequence[str] | None = None,
        language: str | None = None,
        hits: Sequence[Hit] | None = None,
        stop: Event | None = None,
    ) -> Iterator[Answer]:
        """As `ask`, but yields Answers as they grow; the last is what `ask` returns.

        Closing it gives up what a model is asked; so does setting `stop`, from another thread, after which StoppedError
        is raised.
        """
        asked = (question, history, as_of, since, until, notes, language)
        if self.chat is None:
            from qa.answering.embedded import answers

            yield from self._steps.settled(lambda: answers(self._found(asked, hits)))
        else:
            from qa.answering import generative
            from qa.retrieval.query import turns_of

            def find(rewrite: str) -> Found:
                return self._steps.settled(lambda: self._found(asked, hits, rewrite))

            cleaned = self._steps.query(*asked).question  # what cannot be asked is told before a model is asked
            manner = self._steps.manner(self.chat, self.settings)
            yield from generative.answers(cleaned, turns_of(history), find, manner, stop)

    async def asearch(self, question: str, **options: Unpack[SearchOptions]) -> tuple[Hit, ...]:
        """`search` in a thread."""
        import asyncio

        return await asyncio.to_thread(self.search, question, **options)

    async def aask(self, question: str, **options: Unpack[AskOptions]) -> Answer:
        """`ask` in a thread; to cancel it gives up what a model is asked."""
        async with aclosing(self.astream(question, **options)) as answers:
            async for answer in answers:
                last = answer
        return last

    async def astream(self, question: str, **options: Unpack[AskOptions]) -> AsyncGenerator[Answer]:
        """`stream` in a thread; to close or cancel it gives up what a model is asked."""
        import asyncio

        stop = options["stop"] = options.get("stop") or Event()
        answers = self.stream(question, **options)
        try:  # without a model all are there at once
            while some := await asyncio.to_thread(list, islice(answers, 1 if self.chat else None)):
                for answer in some:
                    yield answer
        finally:
            stop.set()  # a thread that waits for a model can be told so, and not be interrupted

    def as_retriever(self, k: int = 8, **limits: Unpack[Limits]) -> BaseRetriever:
        """A LangChain retriever: `page_content` is the hit's text, metadata the rest of the hit.

        limits: which notes are searched, as of `search`.
        """
        from qa.langchain import retriever

        return retriever(partial(self.search, **limits), k)

    def as_tool(self, name: str = TOOL, **limits: Unpack[Limits]) -> BaseTool:
        """A LangChain tool that asks this binder: content `answer.text`, artifact the Answer.

        name: as a model calls it; an agent with two binders needs two. limits: which notes are asked, as of `search`.
        """
        from qa.langchain import tool

        return tool(partial(self.ask, **limits), name)

    def close(self) -> None:
        """Closes the index and gives up what a model is asked. The binder cannot be used after it."""
        if self.chat is not None:
            self.chat.close()
        self._index.close()

    def __enter__(self) -> Binder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _found(self, asked: tuple[Any, ...], hits: Sequence[Hit] | None = None, rewrite: str = "") -> Found:
        unread = [problem.note for problem in self.report.problems if not problem.read] if self.report else []
        return self._steps.found(self._steps.query(*asked, rewrite=rewrite), hits, self.settings, unread)

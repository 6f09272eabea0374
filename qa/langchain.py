"""The binder as LangChain's own interfaces: a retriever and a tool. Imported only when one of them is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool, ToolException
from langchain_core.tools import tool as as_tool

from qa.errors import QuestionError, UnknownNoteError
from qa.schema import Answer, Hit, to_json


class BinderRetriever(BaseRetriever):
    """`invoke(question)` gives the k best passages. search: `Binder.search`."""

    search: Callable[..., tuple[Hit, ...]]
    k: int

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [_document(hit) for hit in self.search(query, k=self.k)]


def retriever(search: Callable[..., tuple[Hit, ...]], k: int) -> BaseRetriever:
    """A LangChain retriever over `search`."""
    return BinderRetriever(search=search, k=k)


def tool(ask: Callable[[str], Answer], name: str) -> BaseTool:
    """A LangChain tool over `ask`, called `name`: content is the answer's text, artifact the Answer.

    What cannot be asked is the content of a message of status "error", without an artifact.
    """

    @as_tool(name, response_format="content_and_artifact")
    def ask_briefing_notes(question: str) -> tuple[str, Answer]:
        """Answers a question from the briefing notes in exact quotes, or says that the notes do not tell."""
        try:
            answer = ask(question)
        except (QuestionError, UnknownNoteError) as error:
            raise ToolException(str(error)) from error
        return answer.text, answer

    ask_briefing_notes.handle_tool_error = True  # a question that is none is the model's slip, which it can mend

    return ask_briefing_notes


def _document(hit: Hit) -> Document:
    metadata: dict[str, Any] = to_json(hit)
    text = metadata.pop("text")
    return Document(page_content=text, metadata=metadata, id=hit.id)

"""The page: its components, and what each of their events does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from html import escape
from typing import TYPE_CHECKING, Any

from qa.errors import (
    CorpusError,
    IndexBusyError,
    IndexNotWritableError,
    QAError,
    QuestionError,
)
from qa.web.feedback import Last, feedback_row
from qa.web.optional import gradio_module
from qa.web.rendering import answer_html, question_html, sources_html

if TYPE_CHECKING:
    import gradio

    from qa.binder import Binder
    from qa.schema import Answer

# Seconds after which the page is asked whether its reader is still there.
BEAT = 1.0
History = list[tuple[str, str]]

CSS = """
.gradio-container { max-width: 1200px; margin: 0 auto; }
.qa-turn { margin: 0 0 1rem; padding: 0.75rem 1rem; border-radius: 8px; overflow-wrap: anywhere;
  white-space: pre-wrap; }
.qa-question { background: var(--background-fill-secondary); margin-left: 2rem; }
.qa-answer { border-left: 4px solid var(--color-accent); }
.qa-abstained { border-left: 4px solid var(--neutral-400); font-style: italic; }
.qa-withheld { opacity: 0.8; font-size: 0.9em; margin-top: 0.5rem; }
.qa-withheld ul { margin: 0.25rem 0 0 1rem; white-space: normal; }
.qa-notice, .qa-place { opacity: 0.8; font-size: 0.9em; }
#sources-column { position: sticky; top: 0; align-self: flex-start; max-height: 100vh; overflow-y: auto; }
.qa-source blockquote { margin: 0.25rem 0; padding-left: 0.75rem; border-left: 3px solid var(--color-accent);
  white-space: pre-wrap; overflow-wrap: anywhere; }
"""


def build(binder: Binder) -> gradio.Blocks:
    """The page over a binder. Raises MissingExtraError where Gradio is not installed."""
    gr = gradio_module()
    page: gradio.Blocks
    with gr.Blocks(title="Briefing notes", analytics_enabled=False) as page:
        gr.Markdown(f"# Ask the briefing notes\n{_manner(binder)}")
        history, shown, asked, last = gr.State([]), gr.State(""), gr.State(""), gr.State(None)
        with gr.Row():
            with gr.Column(scale=3):
                conversation = gr.HTML(label="Conversation", elem_id="conversation")
                question = gr.Textbox(
                    label="Question",
                    placeholder="Who is the Minister's U.S. counterpart?",
                    submit_btn="Ask",
                    autofocus=True,
                    elem_id="question",
                )
                stop = gr.Button("Stop", size="sm", visible=False, elem_id="stop")
                feedback, thanks = feedback_row(gr, binder, last)
            with gr.Column(scale=2, elem_id="sources-column"):
                gr.Markdown("## Sources of the last answer")
                sources = gr.HTML(sources_html(None), elem_id="sources")

        async def ask(
            text: str, turns: History, before: str, beside: str, last: Last | None
        ) -> AsyncGenerator[tuple[Any, ...]]:
            async with aclosing(_ask(binder, text, turns, before, beside, last)) as seen:
                async for one in seen:
                    yield one

        # The box is emptied once, before the answer is looked for: what is typed meanwhile stays.
        taken = question.submit(
            _take,
            [question, shown],
            [question, asked, conversation],
            api_visibility="private",
            show_progress="hidden",
        )
        told = taken.success(
            ask,
            [asked, history, shown, sources, last],
            [history, shown, conversation, sources, last, feedback, thanks],
            api_visibility="private",
            show_progress="hidden",
        )
        told.then(None, None, None, js="() => window.scrollTo({top: document.body.scrollHeight})")
        if binder.chat is not None:
            quiet = {"api_visibility": "private", "show_progress": "hidden"}
            taken.success(lambda: gr.update(visible=True), None, [stop], **quiet)
            told.then(lambda: gr.update(visible=False), None, [stop], **quiet)
            stop.click(
                lambda before, text: (before + question_html(text) + answer_html("Stopped."), gr.update(visible=False)),
                [shown, asked],
                [conversation, stop],
                cancels=[told],
                **quiet,
            )
    return page


def _take(text: str, before: str) -> tuple[str, str, str]:
    """What the page shows once a question is asked: (question box, question to answer, conversation).

    A question that cannot be asked stays in its box, so that it can be mended.
    """
    from qa.retrieval.query import build_query

    try:
        build_query(text)
    except QuestionError as error:
        return text, "", before + answer_html(str(error))
    return "", text, before + question_html(text)


def _manner(binder: Binder) -> str:
    if binder.chat is None:
        return "Answers are exact quotes."
    return f"{binder.chat.name} words the answers; each statement is checked against the exact quotes beside it."


async def _ask(
    binder: Binder, text: str, turns: History, before: str, beside: str, last: Last | None
) -> AsyncGenerator[tuple[Any, ...]]:
    """What the page shows as an answer grows: (history, conversation so far, conversation, sources, last answer, the
    row that asks what the reader says of it, the line below that)."""
    import gradio

    if not text:
        yield (gradio.skip(),) * 7
        return
    asked = before + question_html(text)
    waiting = (
        f'<p class="qa-place" role="status">{escape(binder.chat.name)} reads the notes …</p>' if binder.chat else ""
    )
    # What the page shows now, said again with each beat until there is something new.
    seen: tuple[Any, ...] = (turns, before, asked + waiting, beside, last, gradio.update(), "")
    try:
        with suppress(IndexBusyError, IndexNotWritableError, CorpusError):
            # Notes may have changed since the last question.
            await asyncio.to_thread(binder.sync, timeout=0)
        if binder.chat is not None:
            yield seen
        async with aclosing(_with_beats(binder.astream(text, history=turns))) as answers:
            async for answer in answers:
                if answer is not None:
                    said = asked + answer_html(answer)
                    after = [*turns, ("user", text), ("assistant", answer.text)]
                    last = Last(answer, tuple((role, words) for role, words in turns))
                    seen = (after, said, said, sources_html(answer), last, gradio.update(visible=True), "")
                yield seen
    except QAError as error:
        said = asked + answer_html(str(error))
        yield turns, said, said, sources_html(None), None, gradio.update(visible=False), ""


async def _with_beats(answers: AsyncGenerator[Answer]) -> AsyncGenerator[Answer | None]:
    """The answers, and None for each second without one: Gradio ends what a reader has left only when it yields."""
    coming: asyncio.Task[Answer | None] | None = None
    try:
        while True:
            coming = coming or asyncio.create_task(_next(answers))
            done, _ = await asyncio.wait({coming}, timeout=BEAT)
            if not done:
                yield None
                continue
            answer, coming = coming.result(), None
            if answer is None:
                return
            yield answer
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.wait({coming})
        await answers.aclose()


async def _next(answers: AsyncGenerator[Answer]) -> Answer | None:
    return await anext(answers, None)

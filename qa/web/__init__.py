"""The chat page: `build` lays it out over a binder, `serve` runs it on 127.0.0.1."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from qa.errors import MissingExtraError, QAError, ServingError
from qa.web.rendering import answer_html, question_html, sources_html

if TYPE_CHECKING:
    import gradio

    from qa.binder import Binder

HOST = "127.0.0.1"
AT_ONCE, WAITING = 4, 64
History = list[tuple[str, str]]

CSS = """
.gradio-container { max-width: 1200px; margin: 0 auto; }
.qa-turn { margin: 0 0 1rem; padding: 0.75rem 1rem; border-radius: 8px; overflow-wrap: anywhere;
  white-space: pre-wrap; }
.qa-question { background: var(--background-fill-secondary); margin-left: 2rem; }
.qa-answer { border-left: 4px solid var(--color-accent); }
.qa-abstained { border-left: 4px solid var(--neutral-400); font-style: italic; }
.qa-notice, .qa-place { opacity: 0.8; font-size: 0.9em; }
.qa-source blockquote { margin: 0.25rem 0; padding-left: 0.75rem; border-left: 3px solid var(--color-accent);
  white-space: pre-wrap; overflow-wrap: anywhere; }
"""


def build(binder: Binder) -> gradio.Blocks:
    """The page over a binder. Raises MissingExtraError where Gradio is not installed."""
    gr = _gradio()
    notes = binder.notes()
    page: gradio.Blocks
    with gr.Blocks(title="Briefing notes", analytics_enabled=False) as page:
        count = f"{len(notes)} {'note' if len(notes) == 1 else 'notes'}"
        gr.Markdown(f"# Ask the briefing notes\n{count}. Answers are exact quotes.")
        history = gr.State([])
        shown = gr.State("")
        with gr.Row():
            with gr.Column(scale=3):
                conversation = gr.HTML(label="Conversation", elem_id="conversation")
                question = gr.Textbox(
                    label="Question",
                    placeholder="Who is the Minister's U.S. counterpart?",
                    submit_btn="Ask",
                    max_length=10_000,
                    autofocus=True,
                    elem_id="question",
                )
            with gr.Column(scale=2):
                gr.Markdown("## Sources")
                sources = gr.HTML(sources_html(None), elem_id="sources")

        def ask(text: str, turns: History, before: str) -> Iterator[tuple[Any, ...]]:
            yield from _ask(binder, text, turns, before)

        question.submit(
            ask,
            [question, history, shown],
            [question, history, shown, conversation, sources],
            api_visibility="private",
            show_progress="minimal",
        )
    return page


def serve(binder: Binder, *, port: int | None = None, ready: Callable[[str], None] = lambda url: None) -> None:
    """Serves the page on 127.0.0.1 until it is stopped.

    port: None takes the settings'. ready: called with the page's address once it answers. Raises ServingError.
    """
    gr = _gradio()
    port = binder.settings.port if port is None else port
    page = build(binder).queue(default_concurrency_limit=AT_ONCE, max_size=WAITING)
    try:
        _, url, _ = page.launch(
            server_name=HOST,
            server_port=port,
            theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
            css=CSS,
            footer_links=[],
            share=False,
            ssr_mode=False,
            quiet=True,
            prevent_thread_lock=True,
        )
    except OSError as error:
        raise ServingError(
            f"The chat cannot listen on {HOST}:{port}: {error}\n"
            "Is it running already? If not, choose another port: QA_PORT=7861."
        ) from error
    ready(url)
    page.block_thread()


def _ask(binder: Binder, text: str, turns: History, before: str) -> Iterator[tuple[Any, ...]]:
    """What the page shows as an answer grows: (question box, history, conversation so far, conversation, sources)."""
    asked = before + question_html(text)
    try:
        for answer in binder.stream(text, history=turns):
            said = asked + answer_html(answer)
            yield "", [*turns, ("user", text), ("assistant", answer.text)], said, said, sources_html(answer)
    except QAError as error:
        # The question stays in its box, so that it can be mended.
        yield text, turns, before, asked + answer_html(str(error)), sources_html(None)


def _gradio() -> Any:
    # Read by Gradio when it is imported; without it, it asks a server for its newest version.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    try:
        import gradio
    except ImportError as error:
        raise MissingExtraError('The chat page needs Gradio: pip install "briefing-qa[chat]"') from error
    return gradio

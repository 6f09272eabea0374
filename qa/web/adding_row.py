"""The place of the page that notes are dropped on to add them to the binder; only where the settings allow it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from qa.adding import Added, add, limits
from qa.errors import QAError
from qa.schema import Progress
from qa.web.words import Language, language_of, say

if TYPE_CHECKING:
    from qa.binder import Binder

# Seconds after which the page is told again how far the reading is.
_BEAT = 0.5


class AddingRow:
    """The place to drop files on, and below it what became of each. parts: its components, for `worded`."""

    def __init__(self, binder: Binder, language: Any, event: dict[str, Any]) -> None:
        self._binder = binder
        with gr.Column(visible=binder.settings.takes_notes, elem_id="adding"):
            head = gr.HTML(apply_default_css=False)
            # No `file_types`: Gradio would refuse others in a message that takes the file's name for HTML.
            files = gr.File(label=say("add", "en"), file_count="multiple", elem_id="add", height=110)
            self._said = gr.HTML(apply_default_css=False, elem_id="added")
        self.parts = [head, files]
        files.upload(
            self._add,
            [files, language],
            [files, self._said],
            js="(files) => [files, window.qa.language()]",
            concurrency_limit=1,
            **event,
        ).then(None, None, None, js="() => window.qa.refresh()")

    def worded(self, language: Language) -> tuple[Any, ...]:
        """Updates of `parts`."""
        return f'<h2>{say("add", language)}</h2><p class="qa-place">{escape(limits(language))}</p>', gr.update(
            label=say("drop", language)
        )

    async def _add(self, files: Sequence[str] | None, spoken: object) -> AsyncGenerator[tuple[Any, str]]:
        language, seen = language_of(spoken), [""]
        given = [(Path(file).name, Path(file)) for file in files or ()]

        def progress(step: Progress) -> None:
            seen[0] = f"{step.name} ({step.done}/{step.total})" if step.name else f"{step.done}/{step.total}"

        work = asyncio.create_task(asyncio.to_thread(add, self._binder, given, progress, language=language))
        while not (await asyncio.wait({work}, timeout=_BEAT))[0]:
            yield gr.skip(), f'<p class="qa-place" role="status">{escape(say("reading", language, name=seen[0]))}</p>'
        try:
            yield None, outcomes_html(work.result())
        except QAError as error:
            yield None, f'<p class="qa-notice" role="alert">{escape(str(error))}</p>'


def outcomes_html(outcomes: Sequence[Added]) -> str:
    """What became of each file."""
    items = "".join(
        f'<li class="{"" if one.ok else "qa-refused"}"><b>{escape(one.name)}</b> {escape(one.message)}</li>'
        for one in outcomes
    )
    return f'<ul class="qa-outcomes" role="status">{items}</ul>'

"""What a reader says of the last answer, kept in the inbox that gold questions are made from (qa.evaluation.inbox)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from qa.errors import QAError
from qa.evaluation.inbox import MOST_CHARACTERS_OF_WHY, FeedbackVerdict, check_place, feedback_of, put_in
from qa.schema import Answer

if TYPE_CHECKING:
    from qa.binder import Binder

_BUTTONS: tuple[tuple[FeedbackVerdict, str], ...] = (
    ("right", "Right"),
    ("wrong", "Wrong"),
    ("not in the notes", "The notes do not tell this"),
)


@dataclass(frozen=True, slots=True)
class Last:
    """The last answer of a conversation, and the turns before its question."""

    answer: Answer
    before: tuple[tuple[str, str], ...]


def feedback_row(gr: Any, binder: Binder, last: Any) -> tuple[Any, Any]:
    """Lays out the row that asks what a reader says of the last answer; returns it and the line below it.

    gr: Gradio. last: a State that holds a Last or None. The row is hidden until there is an answer.
    """
    with gr.Column(visible=False, elem_id="feedback") as row:
        why = gr.Textbox(
            label="Was this answer right? A word of why (optional)",
            max_length=MOST_CHARACTERS_OF_WHY,
            elem_id="feedback-why",
        )
        with gr.Row():
            buttons = [(verdict, gr.Button(label, size="sm")) for verdict, label in _BUTTONS]
    thanks = gr.HTML(elem_id="feedback-said")
    for verdict, button in buttons:
        button.click(
            partial(_keep, gr, binder, verdict),
            [last, why],
            [why, row, thanks],
            api_visibility="private",
            show_progress="hidden",
        )
    return row, thanks


def _keep(gr: Any, binder: Binder, verdict: FeedbackVerdict, last: Last | None, why: str) -> tuple[Any, ...]:
    if last is None:
        return gr.skip(), gr.skip(), gr.skip()
    settings = binder.settings
    try:
        check_place(settings.inbox, settings.corpus, settings.index)
        put_in(settings.inbox, feedback_of(last.answer, verdict, why=why, history=last.before))
    except QAError as error:
        return why, gr.skip(), f'<p role="alert">{escape(str(error))}</p>'
    return "", gr.update(visible=False), '<p class="qa-place" role="status">Thank you; this is kept for checking.</p>'

"""What a reader says of the last answer, kept in the inbox that gold questions are made from (qa.evaluation.inbox)."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from qa.conversation import history_of, turns_from_json
from qa.errors import QAError
from qa.evaluation.inbox import MOST_CHARACTERS_OF_WHY, FeedbackVerdict, check_place, feedback_of, put_in
from qa.web.words import Language, language_of, say

if TYPE_CHECKING:
    from qa.binder import Binder

_BUTTONS: tuple[tuple[FeedbackVerdict, str], ...] = (
    ("right", "right"),
    ("wrong", "wrong"),
    ("not in the notes", "not_told"),
)


class FeedbackRow:
    """The row that asks what a reader says of the last answer, and the line of thanks below it, in whose place the row
    goes away (static/chat.css). parts: its components, for `worded`."""

    def __init__(self, binder: Binder, turns: Any, language: Any, js: str, event: dict[str, Any]) -> None:
        with gr.Column(elem_id="feedback"):
            why = gr.Textbox(label=say("why", "en"), max_length=MOST_CHARACTERS_OF_WHY, elem_id="feedback-why")
            with gr.Row(elem_id="feedback-buttons"):
                buttons = [(verdict, gr.Button(say(name, "en"), size="sm")) for verdict, name in _BUTTONS]
        self.thanks = gr.HTML(elem_id="feedback-said", apply_default_css=False)
        self.parts = [self.thanks, why, *(button for _, button in buttons)]
        for verdict, button in buttons:
            button.click(partial(_keep, binder, verdict), [why, turns, language], [why, self.thanks], js=js, **event)

    def worded(self, language: Language) -> tuple[Any, ...]:
        """Updates of `parts`."""
        buttons = (gr.update(value=say(name, language)) for _, name in _BUTTONS)
        return "", gr.update(label=say("why", language), value=""), *buttons


def _keep(binder: Binder, verdict: FeedbackVerdict, why: str, turns: object, spoken: object) -> tuple[str, str]:
    """What stands in the box for a word of why, and below the row."""
    language, settings = language_of(spoken), binder.settings
    try:
        *before, last = turns_from_json(turns)
        check_place(settings.inbox, settings.corpus, settings.index)
        put_in(settings.inbox, feedback_of(last.answer, verdict, why=why, history=history_of(before)))
    except ValueError:  # no answer yet
        return why, ""
    except QAError as error:
        return why, f'<p role="alert">{escape(str(error))}</p>'
    return "", f'<p class="qa-place" role="status">{say("thanks", language)}</p>'

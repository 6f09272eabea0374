"""The page: its components, and what each of their events does.

The conversation lives in the browser, which sends it along with each question: nothing of it is kept here, so that a
server that starts again goes on where it was. What the browser does by itself is in static/chat.js.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import gradio as gr

from qa.conversation import Turn, turns_from_json
from qa.errors import QAError
from qa.schema import to_json
from qa.web.adding_row import AddingRow
from qa.web.asking import Desk, failed, turns_html
from qa.web.feedback import FeedbackRow
from qa.web.filters import filters_of
from qa.web.frames import bar_html, filters_html, side_html, source_html, welcome_html
from qa.web.rendering import message_html, question_html, sources_html
from qa.web.welcome import Examples
from qa.web.words import WORDS, language_of, say

if TYPE_CHECKING:
    from qa.binder import Binder

HEAD = (
    '<script id="qa-words" type="application/json">{words}</script>'
    '<link rel="stylesheet" href="static-qa/chat.css"><link rel="stylesheet" href="note.css">'
    '<script type="module" src="static-qa/chat.js"></script>'
)
# Gradio may be ready before the script of the head is.
BRIDGE = "window.qaBridge = trigger; window.qa?.bridge(trigger)"
# What an event takes from the browser's own memory, in the place of the components that hold nothing.
OPENED = (
    "async () => { while (!window.qa) await new Promise((done) => setTimeout(done, 20));"
    " return [window.qa.turns(), window.qa.filters(), window.qa.language()]; }"
)
ASKED = "async (typed) => [await window.qa.asked(typed), window.qa.turns(), window.qa.filters(), window.qa.language()]"
SAID = "(typed) => [typed, window.qa.told(), window.qa.language()]"
STOPPED = "() => [window.qa.stopped(), window.qa.language()]"
KEPT = "(turn) => window.qa.keep(turn)"
# Seconds after which what was uploaded is deleted, looked at as often.
KEPT_FOR = (3600, 3600)
# No event has an address of its own, and none covers the page while it runs.
EVENT: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


def head_html() -> str:
    """What the page's head loads, all of it from here."""
    return HEAD.format(words=json.dumps(WORDS).replace("<", "\\u003c"))


def build(binder: Binder) -> gr.Blocks:
    """The page over a binder."""
    blocks: gr.Blocks
    with gr.Blocks(title="Briefing notes", analytics_enabled=False, fill_width=True, delete_cache=KEPT_FOR) as blocks:
        Page(binder, blocks)
    return blocks


class Page:
    """The components, in the order in which they stand, with their events. To be made within `blocks`."""

    def __init__(self, binder: Binder, blocks: gr.Blocks) -> None:
        self._binder = binder
        self._desk = Desk(binder)
        self._examples = Examples(binder)
        self._turns, self._filters, self._turn = (gr.JSON(visible=False) for _ in range(3))
        self._language = gr.Textbox(visible=False)
        self._bridge = gr.HTML(visible="hidden", elem_id="bridge", js_on_load=BRIDGE)
        self._bar = _html("bar")
        with gr.Row(elem_id="panes"):
            with gr.Column(elem_id="side"):
                self._side = _html("side-frame")
                self._adding = AddingRow(binder, self._language, EVENT)
            with gr.Column(elem_id="talk"):
                self._lay_out_conversation()
            with gr.Column(elem_id="source-column"):
                self._frame, self._sources = _html("source-frame"), _html("sources")
        self._listen(blocks)

    def _lay_out_conversation(self) -> None:
        with gr.Column(elem_id="conversation"):
            self._welcome, self._past, self._now = _html("welcome"), _html("past"), _html("now")
            self._feedback = FeedbackRow(self._binder, self._turns, self._language, SAID, EVENT)
        with gr.Column(elem_id="composer"):
            self._question = gr.Textbox(
                label=say("question", "en"),
                placeholder=say("placeholder", "en"),
                submit_btn=say("ask", "en"),
                lines=1,
                max_lines=8,
                autofocus=True,
                elem_id="question",
            )
            self._stop = gr.Button(say("stop", "en"), size="sm", elem_id="stop")
            self._chosen = _html("filters")

    def _listen(self, blocks: gr.Blocks) -> None:
        here = [self._turns, self._filters, self._language]
        whole = [self._bar, self._side, self._welcome, self._past, self._now, *self._feedback.parts]
        whole += [*self._adding.parts, self._question, self._stop, self._chosen, self._frame, self._sources]
        gr.on([blocks.load, self._bridge.select], self.opened, here, whole, js=OPENED, **EVENT)
        told = gr.on(
            [self._question.submit, self._bridge.submit],
            self.ask,
            [self._question, *here],
            [self._past, self._now, self._sources, self._turn, self._feedback.thanks],
            js=ASKED,
            # All are words and values that are taken and given as they are, which is faster.
            preprocess=False,
            postprocess=False,
            concurrency_limit=None,  # the desk sees to that
            **EVENT,
        )
        told.then(None, [self._turn], None, js=KEPT)
        self._stop.click(
            self.stopped,
            [self._question, self._language],
            [self._now],
            cancels=[told],
            js=STOPPED,
            **EVENT,
        )

    def opened(self, turns: object, filters: object, spoken: object, request: gr.Request) -> tuple[Any, ...]:
        """The whole page in a language, with the conversation that is open."""
        language = language_of(spoken)
        try:
            read = turns_from_json(turns)
            told = turns_html(read, language)
        except QAError as error:
            read, told = (), message_html(str(error), language)
        return (
            bar_html(self._binder, self._desk.freshness.stale, language),
            side_html(request.username, language),
            "" if told else welcome_html(self._binder, self._examples, language),
            told,
            "",
            *self._feedback.worded(language),
            *self._adding.worded(language),
            gr.update(
                label=say("question", language),
                placeholder=say("placeholder", language),
                submit_btn=say("ask", language),
            ),
            gr.update(value=say("stop", language)),
            filters_html(self._binder, filters, language),
            source_html(language),
            sources_html(read[-1].answer if read else None, language),
        )

    async def ask(
        self, text: object, turns: object, filters: object, spoken: object, request: gr.Request
    ) -> AsyncGenerator[tuple[str, str, str, Any, str]]:
        """What the page shows as an answer grows: (the turns before, this turn, its sources, the turn to be kept or
        None, thanks for what was said of the answer before).

        All of it each time, as it is: for each part that would be skipped or hidden, Gradio makes a component anew.
        """
        language, text = language_of(spoken), str(text or "")
        read: tuple[Turn, ...] = ()
        try:
            read = turns_from_json(turns)
            limits = filters_of(filters)
        except QAError as error:
            sources = sources_html(read[-1].answer if read else None, language)
            yield turns_html(read, language), message_html(str(error), language), sources, None, ""
            return
        before, sources = turns_html(read, language), sources_html(None, language)
        try:
            async with aclosing(self._desk.asked(_who(request), text, read, limits, language)) as growing:
                async for seen in growing:
                    sources = sources if seen.sources is None else seen.sources
                    yield before, seen.now, sources, to_json(seen.turn), ""
        except QAError as error:
            yield before, failed(text, error, language), sources, None, ""

    def stopped(self, text: str, spoken: object) -> str:
        """What the page shows of a question that its reader has stopped."""
        language = language_of(spoken)
        said = message_html(say("stopped", language), language, failed=False)
        return question_html(text, language) + said


def _html(name: str) -> gr.HTML:
    return gr.HTML(elem_id=name, apply_default_css=False)


def _who(request: gr.Request) -> str:
    """The user who asks; his address where nobody is asked for a name."""
    return request.username or (request.client.host if request.client else "")

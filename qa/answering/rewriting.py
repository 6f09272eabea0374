"""A question that leans on the conversation, made to stand by itself by a chat model."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from threading import Event

from qa.answering import prompts
from qa.answering.grounds import Ground, common_words
from qa.answering.slips import Thoughts, plain_line
from qa.answering.verification import missing
from qa.models import ChatModel, Meter
from qa.terms import guess_language

# A rewrite is longer than this many questions of its kind only where the model does something else.
_MOST_TIMES, _LEAST_ROOM = 4, 300
# Tokens of the window that are kept for it.
ROOM_FOR_A_QUESTION = 256


def rewritten(
    question: str, history: Sequence[tuple[str, str]], chat: ChatModel, meter: Meter, stop: Event | None = None
) -> str:
    """The question as it stands by itself; "" where the model changes nothing or makes something else of it.

    history: (role, text), oldest first. A name or figure that neither the question nor the conversation holds is the
    model's own, and what is searched must not hang on it. stop, errors: as of `ChatModel.stream`.
    """
    said = "\n".join([question, *(text for _, text in prompts.recent(history))])
    asked = prompts.to_rewrite(question, history, guess_language(question), prompts.boundary(secrets.token_hex(16)))
    if not chat.fits(asked, chat.window - ROOM_FOR_A_QUESTION):
        return ""
    thoughts = Thoughts()
    aloud = thoughts.aloud(chat.reply(asked, meter, stop).strip()) + thoughts.left()
    line = next((plain_line(one) for one in aloud.split("\n") if one.strip()), "").strip('"“”«» ')
    if line == question or len(line) > max(_LEAST_ROOM, _MOST_TIMES * len(question)):
        return ""
    return "" if missing(line, Ground(said, common=common_words([said]))) else line

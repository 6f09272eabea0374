"""Chat models: the only place where one is called. Any of LangChain's, made by name (named.py) or given.

A call has a limit of time, is tried again where the fault may pass, can be given up at any moment, and never runs
beside more than a few others. Faults of providers become ModelError, with what to do about them (faults.py).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.errors import ModelError, QAError, StoppedError
from qa.models.calls import STOPPED, Calls
from qa.models.faults import as_model_error
from qa.models.windows import fits, given_window
from qa.schema import Usage

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

# (role, text) pairs, roles "system", "user" and "assistant".
Messages = Sequence[tuple[str, str]]
# Seconds before each further try, where the provider does not say how long to wait.
WAITS = (1.0, 4.0)
_BROKEN_OFF = "The server is being stopped."
# A reply that is longer does not end.
MOST_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Limits:
    """timeout: seconds that a call may take with all its tries. window: tokens that the model reads and writes; None
    takes what the model says of itself. at_once: how many calls may run at one time. tries_again: how often a call is
    tried again where the fault may pass."""

    timeout: float = 120.0
    window: int | None = None
    at_once: int = 4
    tries_again: int = len(WAITS)


class Meter:
    """Counts what the calls for one answer cost."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.calls = 0
        self.seconds = 0.0
        self._tokens: list[int] | None = None

    def add(self, chunk: AIMessageChunk) -> None:
        """Counts what a piece of a reply says of the tokens used."""
        if told := chunk.usage_metadata:
            before = self._tokens or [0, 0]
            self._tokens = [before[0] + told["input_tokens"], before[1] + told["output_tokens"]]

    def usage(self) -> Usage:
        """All that was counted."""
        sent, received = self._tokens or (None, None)
        return Usage(self.model, self.calls, sent, received, round(self.seconds, 3))


class ChatModel:
    """A chat model that is made when it is first called. Safe to use from several threads.

    name: what it is called in what a person reads. make: gives LangChain's model; may raise QAError.
    """

    def __init__(self, name: str, make: Callable[[], BaseChatModel], limits: Limits = Limits()) -> None:
        self.name = name
        self.limits = limits
        self._make = make
        self._made: BaseChatModel | None = None
        self._making = threading.Lock()
        self._turns = threading.BoundedSemaphore(limits.at_once)
        self._calls = Calls()

    def stream(self, messages: Messages, meter: Meter, stop: threading.Event | None = None) -> Iterator[str]:
        """The reply, piece by piece. To close the iterator, or to set `stop` from another thread, gives the call up.

        Raises ModelError, MissingExtraError, and StoppedError where it is given up by `stop` or by closing the model.
        """
        started = time.monotonic()
        deadline = started + self.limits.timeout
        meter.calls += 1
        try:
            yield from self._tried(messages, meter, deadline, stop)
        finally:
            meter.seconds += time.monotonic() - started

    def reply(self, messages: Messages, meter: Meter, stop: threading.Event | None = None) -> str:
        """The whole reply. Arguments and errors as of `stream`."""
        return "".join(self.stream(messages, meter, stop))

    def fits(self, messages: Messages, room: int) -> bool:
        """Whether messages have at most `room` tokens: counted where the provider has a counter, else estimated."""
        return fits(self._model(), messages, room)

    @property
    def window(self) -> int:
        """How many tokens the model reads and writes in one call."""
        return self.limits.window or given_window(self._model())

    def prepare(self) -> None:
        """Makes the model, and calls nothing. Raises ModelError, MissingExtraError, SettingsError."""
        self._model()

    def close(self) -> None:
        """Gives up whatever is under way: whoever waits gets StoppedError."""
        self._calls.end(lambda: StoppedError(STOPPED))

    def break_off(self) -> None:
        """Ends whatever is under way as if the model had failed: answers are what it said till then, or in quotes."""
        self._calls.end(lambda: ModelError(_BROKEN_OFF))

    def _model(self) -> BaseChatModel:
        with self._making:
            if self._made is None:
                try:
                    self._made = self._make()
                except QAError:
                    raise
                except Exception as error:  # whatever a provider's package finds wrong with how it was set up
                    raise as_model_error(error, self.name) from error
            return self._made

    def _take_turn(self, deadline: float) -> None:
        """Waits until fewer calls than are allowed run. The turn ends with the call, be it that nobody listens."""
        if not self._turns.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise ModelError(f"{self.name} is busy with {self.limits.at_once} other questions. Ask again in a while.")

    def _tried(self, messages: Messages, meter: Meter, deadline: float, stop: threading.Event | None) -> Iterator[str]:
        """The reply of the first try that gives one; once something was said there is no other."""
        for attempt in range(self.limits.tries_again + 1):
            said = False
            try:
                for piece in self._once(messages, meter, deadline, stop):
                    said = True
                    yield piece
                return
            except ModelError as error:
                wait = WAITS[min(attempt, len(WAITS) - 1)] if error.wait is None else error.wait
                last = attempt == self.limits.tries_again or time.monotonic() + wait >= deadline
                if said or last or not error.passing:
                    raise
            (stop or threading.Event()).wait(wait)

    def _once(self, messages: Messages, meter: Meter, deadline: float, stop: threading.Event | None) -> Iterator[str]:
        model, length = self._model(), 0
        self._take_turn(deadline)
        try:
            calls = self._calls.run(lambda: model.astream(list(messages)), deadline, stop, self._turns.release)
            for chunk in calls:
                meter.add(chunk)
                if text := chunk.text:
                    yield text
                length += len(text)
                if length > MOST_CHARACTERS:
                    return
        except QAError:
            raise
        except Exception as error:  # providers share no class of error; faults.py tells them apart
            raise as_model_error(error, self.name, self.limits.timeout) from error

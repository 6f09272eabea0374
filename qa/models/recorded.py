"""A chat model's replies kept in a file, and given again from it: so that an evaluation is run with them where no model
is at hand.

A file is JSON lines: a header with the model's name, then one reply a line, by a digest of what was sent. What was sent
is compared without the name that is drawn anew for the lines around data.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from qa.errors import ModelError
from qa.models import ChatModel, Limits, Messages, Meter
from qa.models.windows import estimated

_FORMAT = 1


class Recording(ChatModel):
    """A model whose replies are kept in a file: with `finish`, so that a run that fails leaves the file before it.

    same: what makes the texts of two requests alike.
    """

    def __init__(self, model: ChatModel, path: Path, same: Callable[[str], str]) -> None:
        self.__dict__.update(model.__dict__)
        self._path, self._same, self._writing = path, same, threading.Lock()
        self._lines = [json.dumps({"format": _FORMAT, "model": model.name, "window": model.window})]

    def stream(self, messages: Messages, meter: Meter, stop: threading.Event | None = None) -> Iterator[str]:
        """As of ChatModel; a reply that is given up or breaks off is not kept."""
        pieces = []
        for piece in super().stream(messages, meter, stop):
            pieces.append(piece)
            yield piece
        line = json.dumps({"sent": digest(messages, self._same), "reply": "".join(pieces)}, ensure_ascii=False)
        with self._writing:
            self._lines.append(line)

    def fits(self, messages: Messages, room: int) -> bool:
        """As estimated: whoever replays it has no counter, and is to send the same."""
        return estimated(messages) <= room

    def finish(self) -> None:
        """Writes the file, all of it or nothing."""
        part = self._path.with_suffix(".part")
        part.write_text("\n".join(self._lines) + "\n", encoding="utf-8")
        part.replace(self._path)


class Replaying(ChatModel):
    """Replies from a file. Raises ModelError where it cannot be read, or where a reply to what is sent is not in it.

    missing: how many replies were not there.
    """

    def __init__(self, path: Path, same: Callable[[str], str]) -> None:
        header, self._replies = _read(path)
        super().__init__(header["model"], self._nothing, Limits(window=header["window"]))
        self._path, self._same = path, same
        self.missing = 0

    def stream(self, messages: Messages, meter: Meter, stop: threading.Event | None = None) -> Iterator[str]:
        """The reply that is kept for these messages."""
        meter.calls += 1
        reply = self._replies.get(digest(messages, self._same))
        if reply is None:
            self.missing += 1
            raise ModelError(
                f"{self._path} has no reply to this question as it is put now. Record anew: qa eval --record"
            )
        yield reply

    def fits(self, messages: Messages, room: int) -> bool:
        """As estimated, and as when it was recorded."""
        return estimated(messages) <= room

    def prepare(self) -> None:
        """There is nothing to make."""

    def _nothing(self) -> Any:
        raise ModelError(f"{self._path} holds replies and no model.")


def digest(messages: Messages, same: Callable[[str], str]) -> str:
    """What tells one request from another."""
    sent = json.dumps([[role, same(text)] for role, text in messages], ensure_ascii=False)
    return hashlib.sha256(sent.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _read(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    try:
        header, *lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        if header["format"] > _FORMAT:
            raise ModelError(f"{path} was written by a newer version of this program. Use that one.")
        return header, {line["sent"]: line["reply"] for line in lines}
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = getattr(error, "strerror", None) or "it holds no replies of a model"
        raise ModelError(f"{path} cannot be read: {reason}. Record it with: qa eval --record") from error

"""One tree of errors. Each message says what to do; each class carries the exit code of the command line.

QAError (1)
├── SettingsError (2)          a setting that is unknown, or has a value that cannot be
├── QuestionError (2)          a question that is empty or too long
├── CorpusError (2)            the corpus folder is missing, or holds nothing to read
│   └── CorpusNotWritableError (1)  a note cannot be added or removed: rights, or a full disk
├── UnknownNoteError (2)       a note that the binder does not hold
├── GoldError (2)              a gold file, set.toml or saved run that cannot be used
├── ConversationError (2)      a kept conversation that is none, or is too large
├── ReceiptError (2)           a file that is no receipt, or one of another version
├── NoteError (1)              one note cannot be read; a sync reports it and goes on
├── EmbeddingError (1)         the embedding model is missing, damaged, or gave something that is no vector
├── ModelError (1)             the chat model cannot be reached, refuses, is too slow, or breaks off
├── StoppedError (1)           whoever asked gave up, or the binder was closed, before there was an answer
├── MissingExtraError (2)      a package that is needed is not installed; names the `pip install` line
├── ServingError (1)           the binder cannot be served, for example because the port is taken
│   ├── RateLimitedError (1)   somebody asks more often than he may
│   └── OverloadedError (1)    too many questions wait already
└── IndexFolderError (1)       the index folder cannot be used
    ├── IndexMismatchError (2) the index is of another corpus or embedding model, or of another version of the program
    ├── IndexTooNewError (2)   the index was made by a newer version of this program
    ├── IndexNotWritableError (1)
    └── IndexBusyError (1)     another process is writing and did not finish in time
"""

from __future__ import annotations

from math import ceil


class QAError(Exception):
    """The root: catch this to catch whatever this package raises on purpose."""

    exit_code = 1


class SettingsError(QAError):
    """A setting that is unknown, or has a value that cannot be."""

    exit_code = 2


class QuestionError(QAError):
    """A question that is empty or too long."""

    exit_code = 2


class CorpusError(QAError):
    """The corpus folder is missing, or holds nothing to read."""

    exit_code = 2


class CorpusNotWritableError(CorpusError):
    """A note cannot be added to the corpus folder or removed from it: rights, or a full disk."""

    exit_code = 1


class UnknownNoteError(QAError):
    """A note that the binder does not hold."""

    exit_code = 2


class GoldError(QAError):
    """A gold file, set.toml or saved run that cannot be used."""

    exit_code = 2


class ConversationError(QAError):
    """A kept conversation that is none, or is too large."""

    exit_code = 2


class ReceiptError(QAError):
    """A file that is no receipt, or one of another version."""

    exit_code = 2


class NoteError(QAError):
    """One note cannot be read; a sync reports it and goes on."""


class EmbeddingError(QAError):
    """The embedding model is missing, damaged, or gave something that is no vector."""


class ModelError(QAError):
    """The chat model cannot be reached, refuses, is too slow, or breaks off.

    passing: the same call may succeed in a moment. wait: how many seconds the provider asks to wait, where it says so.
    """

    def __init__(self, message: str, *, passing: bool = False, wait: float | None = None) -> None:
        super().__init__(message)
        self.passing = passing
        self.wait = wait


class StoppedError(QAError):
    """Whoever asked gave up, or the binder was closed, before there was an answer."""


class MissingExtraError(QAError):
    """A package that is needed is not installed."""

    exit_code = 2


class ServingError(QAError):
    """The binder cannot be served."""


class RateLimitedError(ServingError):
    """Somebody asks more often than he may. count: how often in a minute that is. wait: seconds to the next time."""

    def __init__(self, count: int, wait: float) -> None:
        super().__init__(f"Only {count} a minute may be asked. The next in {ceil(wait)} s.")
        self.count = count
        self.wait = wait


class OverloadedError(ServingError):
    """Too many questions wait already."""

    def __init__(self) -> None:
        super().__init__("Too many are asking just now. Ask again in a moment.")


class IndexFolderError(QAError):
    """The index folder cannot be used."""


class IndexMismatchError(IndexFolderError):
    """The index is of another corpus or embedding model, or of another version of the program."""

    exit_code = 2


class IndexTooNewError(IndexFolderError):
    """The index was made by a newer version of this program."""

    exit_code = 2


class IndexNotWritableError(IndexFolderError):
    """The index is out of date and its folder cannot be written."""


class IndexBusyError(IndexFolderError):
    """Another process is writing to the index and did not finish in time."""

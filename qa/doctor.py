"""Examines the whole set-up: settings, notes, index, vectors and models. What `qa doctor` prints."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import QAError, SettingsError
from qa.parts import chat_model_of, reranker_of, server_of
from qa.schema import Check
from qa.settings import Settings

if TYPE_CHECKING:
    from qa.embedding import EmbeddingModel
    from qa.models import ChatModel

# File systems that several machines can write, as Linux calls them.
_SHARED = frozenset(
    [
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "fuse.glusterfs",
        "fuse.s3fs",
        "fuse.sshfs",
        "gfs2",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "ocfs2",
        "orangefs",
        "smb3",
        "smbfs",
    ]
)
_MOUNTS = Path("/proc/self/mountinfo")


def examine(
    corpus: str | Path | None = None,
    *,
    index: str | Path | None = None,
    llm: str | None = None,
    embedding: str | None = None,
) -> tuple[Check, ...]:
    """As `Binder.doctor`, also where no binder can be opened. Arguments as of `Binder.open`."""
    from qa.embedding import lazy_embedding

    try:
        settings = Settings.load(corpus=corpus, index=index, llm=llm, embedding=embedding)
    except SettingsError as error:
        return (Check("settings", False, str(error), "Correct that setting."),)
    return examined(settings, lazy_embedding(settings.embedding, cache=settings.cache, runtime=settings.runtime))


def examined(
    settings: Settings, model: Callable[[], EmbeddingModel], chat: ChatModel | None = None
) -> tuple[Check, ...]:
    """What was found of settings, notes, index, vectors and models, each a Check. Repairs nothing.

    chat: the chat model, where one was given; else it is the settings'.
    """
    from qa.index.health import examine as examine_index

    found = examine_index(settings.index, settings.corpus, model, server=server_of(settings))
    beside = (*_place(settings.index), *_reranking(settings), *_chatting(settings, chat))
    return (Check("settings", True, "they can be read"), *found, *beside)


def _place(index: Path) -> tuple[Check, ...]:
    """Where the index folder lies on a file system that other machines can write as well: that this is no good."""
    kind = file_system(index)
    if kind not in _SHARED:
        return ()
    what = f"The index folder {index} lies on a network file system ({kind}), where SQLite cannot keep machines apart"
    return (Check("place", False, what, "Give each machine an index folder on a disk of its own (docs/scaling.md)."),)


def file_system(path: Path, mounts: Path = _MOUNTS) -> str:
    """What kind of file system a path lies on, as Linux calls it; "" where that cannot be told.

    mounts: the system's list of what is mounted where (proc_pid_mountinfo(5)).
    """
    place, found = path.absolute().resolve(), ("", "")
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:  # it is no Linux
        return ""
    for line in lines:
        before, _, after = line.partition(" - ")
        # Blanks in it are written as \040.
        mounted = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), before.split()[4])
        # Of two at one place the later hides the earlier.
        if place.is_relative_to(mounted) and len(mounted) >= len(found[0]):
            found = (mounted, after.split()[0])
    return found[1]


def _reranking(settings: Settings) -> tuple[Check, ...]:
    """Whether the reranker, where the settings name one, reads a question and a text."""
    reranker = reranker_of(settings)
    if reranker is None:
        return ()
    try:
        reranker.scores("What is it?", ["It is a text."])
    except QAError as error:
        what, _, advice = str(error).partition("\n")
        return (Check("reranker", False, what, advice),)
    return (Check("reranker", True, reranker.name),)


def _chatting(settings: Settings, given: ChatModel | None) -> tuple[Check, ...]:
    """Whether the chat model, where there is one, answers one real call, and how long that takes."""
    try:
        chat = given or chat_model_of(settings)
        if chat is None:
            return ()
        from qa.models import Meter

        meter = Meter(chat.name)
        said = chat.reply([("user", "Reply with the word: yes")], meter).strip()
    except QAError as error:
        what, _, advice = str(error).partition(". ")
        return (Check("chat model", False, what, advice),)
    if not said:
        return (Check("chat model", False, f"{chat.name} says nothing", "Try another model."),)
    return (Check("chat model", True, f"{chat.name} answers, in {meter.seconds:.1f} s"),)

"""What long work says of itself."""

from __future__ import annotations

from dataclasses import dataclass

from qa.schema.answers import Notice


@dataclass(frozen=True, slots=True)
class Problem:
    """A note that was not read, or was read with a doubt. note: its path; read: whether it is in the index."""

    note: str
    message: str
    read: bool


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did. Each of added, changed, removed holds paths of notes; embedded counts texts; seconds is wall.

    rebuilt: why the index was made anew; "" where it was not. notices: what the searching of the index lacks for now.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0
    passages: int = 0
    embedded: int = 0
    seconds: float = 0.0
    problems: tuple[Problem, ...] = ()
    rebuilt: str = ""
    notices: tuple[Notice, ...] = ()

    @property
    def touched(self) -> bool:
        """Whether the index is other than it was."""
        return bool(self.added or self.changed or self.removed or self.rebuilt)


@dataclass(frozen=True, slots=True)
class Check:
    """What an examination of the set-up found. name: of what was examined. ok: whether it is as it should be.

    message: what was found. advice: what to do about it, with the command; "" where there is nothing to do.
    """

    name: str
    ok: bool
    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of long work, given to a `progress` callback. stage: "read" or "embed"; done and total count its units.

    Others tell of one thing: "wait" that another process is writing, "anew" that the index is made anew, and why.
    """

    stage: str
    done: int
    total: int
    name: str = ""

"""What a program is told of an error: on a port as `qa serve` tells it, and the user's own program all of it."""

from __future__ import annotations

from collections.abc import Callable

from qa.errors import QAError
from qa.serving.faults import status_of

Told = Callable[[Exception], str]


def told_to_anyone(error: Exception) -> str:
    """The message of `qa.serving.faults`, which says nothing of this machine."""
    return status_of(error)[2]


def told_to_its_user(error: Exception) -> str:
    """The whole message of an error of ours: who started this program may know its folders, and can mend them."""
    public = status_of(error)[2]  # which logs what would not be told to anyone
    return str(error) if isinstance(error, QAError) else public

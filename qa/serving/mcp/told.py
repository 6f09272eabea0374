"""What somebody who asks over a connection is told of an error: its message, and nothing of this machine."""

from __future__ import annotations

import re
from pathlib import Path

from qa.errors import QAError
from qa.settings import Settings

SOMETHING = "Something went wrong here; the server's log says what."
# The folders before the last name of a path; what stands after a scheme and a host is no path of this machine.
_FOLDERS = re.compile(r"(?<![\w.:/~])(?:~|[A-Za-z]:)?[/\\](?:[^\s/\\'\"`]+[/\\])+")


def told(error: Exception, settings: Settings) -> str:
    """The message of an error of ours, its paths shortened to their last name; of any other, that there was one."""
    if not isinstance(error, QAError):
        return SOMETHING
    message = str(error)
    for folder in (settings.corpus, settings.index, settings.cache or Path.home()):
        message = message.replace(str(folder.absolute()), folder.name).replace(str(folder), folder.name)
    return _FOLDERS.sub("", message)

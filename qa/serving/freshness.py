"""Has a server answer from the notes as they are now."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from qa.errors import IndexBusyError, QAError

if TYPE_CHECKING:
    from qa.binder import Binder

_log = logging.getLogger(__name__)
# Seconds within which the notes are not looked at again for changes: many ask at once, and each look reads the folder.
FRESH = 2.0


class Freshness:
    """Brings the index up to date before a question, at most once in a while. `stale` says why it could not be."""

    def __init__(self, binder: Binder) -> None:
        self._binder = binder
        self._looked = float("-inf")
        self.stale = ""

    async def look(self) -> None:
        """Looks for notes that have changed; where that cannot be done now, the index stays as it was."""
        if time.monotonic() - self._looked < FRESH:
            return
        self._looked = time.monotonic()
        try:
            await asyncio.to_thread(self._binder.sync, timeout=0)
            self.stale = ""
        except IndexBusyError:
            pass  # another process is just doing it
        except Exception as error:  # a full disk, say: what was read before is answered from, and that is told
            stale = str(error).partition("\n")[0] or type(error).__name__
            if stale != self.stale:  # once, and not for each question
                told = None if isinstance(error, QAError) else error
                _log.warning("The index is not brought up to date: %s", stale, exc_info=told)
            self.stale = stale

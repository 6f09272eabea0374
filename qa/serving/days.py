"""A day, as programs write it."""

from __future__ import annotations

import re
from datetime import date

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def day(text: str) -> date:
    """The day of a text such as 2022-02-23. Raises ValueError where it is none, or written in another way."""
    # Python reads 20220223 and 2022-W08-3 as well, which no description of ours promises.
    if not _DAY.fullmatch(text):
        raise ValueError("a day looks like 2022-02-23")
    return date.fromisoformat(text)

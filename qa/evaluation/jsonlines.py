"""Files of JSON objects, one a line: read as they are, and written whole or not at all."""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path
from typing import Any

# JSON lets them stand as they are; Python's `splitlines`, and with it clients of HTTP, parts lines at them.
_LINE_ENDS = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}


def parse_lines(text: str) -> list[Any]:
    """The values of the lines that are not blank. Raises ValueError for one that is no JSON.

    Lines end at line feeds only: a JSON text may hold the other characters that `str.splitlines` parts at.
    """
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def dump_line(value: Any, *, ascii_only: bool = False) -> str:
    """A value as one line, with its line feed, whatever parts lines by all that Unicode calls the end of one. A lone
    surrogate, which UTF-8 cannot hold, is written as an escape."""
    line = json.dumps(value, ensure_ascii=ascii_only).translate(_LINE_ENDS) + "\n"
    return line.encode("utf-8", "backslashreplace").decode("utf-8")


def write_whole(path: Path, text: str, *, mode: int = 0o666) -> None:
    """Writes a file, all of it or nothing, whoever else writes it at the same time; makes its folder if it must.

    mode: who may read and write it, less what the process masks.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.{os.getpid()}.part")
    opener = partial(os.open, mode=mode)
    try:
        half.unlink(missing_ok=True)
        with open(half, "x", encoding="utf-8", errors="replace", newline="\n", opener=opener) as file:
            file.write(text)
        os.replace(half, path)
    finally:
        half.unlink(missing_ok=True)

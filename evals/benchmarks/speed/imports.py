"""What a cold `qa ask` imports: the packages that take longest, and that none is loaded that it does not use."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter

UNUSED = ("chromadb", "torch", "transformers", "sentence_transformers", "langchain_core", "gradio", "fastapi", "onnx")
_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \| \s*([\w.]+)")


def profile(arguments: list[str]) -> dict[str, float]:
    """Milliseconds that each package's own modules took to import, most first. arguments: of `python`."""
    done = subprocess.run([sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, check=True)
    taken: Counter[str] = Counter()
    for line in done.stderr.splitlines():
        if match := _LINE.match(line):
            taken[match[2].partition(".")[0]] += int(match[1])
    return {package: micro / 1000 for package, micro in taken.most_common()}

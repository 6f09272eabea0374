"""The chat server's memory with a large binder: asked as browsers ask it, then looked at from outside."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from evals.benchmarks.crowd import chat_asker
from evals.benchmarks.speed.sized import AS_QA

ASKED = 60


def measured(folder: Path) -> dict[str, Any]:
    """Megabytes of the server before the first question, after ASKED of them, and at most; and answers refused."""
    command = [sys.executable, "-m", "evals.benchmarks.speed.sized", "chat", str(folder)]
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(command, env=os.environ | AS_QA, **pipes) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            before = memory(process.pid)["VmRSS"]
            questions = [json.loads(line)["question"] for line in (folder / "asked.jsonl").open(encoding="utf-8")]
            ask = chat_asker(url.rstrip("/"))()
            replies = [ask(question) for question in questions[:: max(1, len(questions) // ASKED)][:ASKED]]
            refused = sum(bool(reply.refused) for reply in replies)
            after = memory(process.pid)
        finally:
            process.terminate()
    return {
        "before_mb": before,
        "after_mb": after["VmRSS"],
        "peak_mb": after["VmHWM"],
        "asked": len(replies),
        "refused": refused,
    }


def memory(process: int) -> dict[str, float]:
    """What the kernel says of a process's memory, in megabytes."""
    told = Path(f"/proc/{process}/status").read_text("ascii")
    return {name: int(size) / 1024 for name, size in re.findall(r"(Vm\w+):\s+(\d+) kB", told)}

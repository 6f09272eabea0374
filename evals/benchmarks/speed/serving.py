"""The chat server's memory with a large binder: asked as browsers ask it, then looked at from outside."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from evals.benchmarks.chat import _answered, _asking, _config

ASKED = 60


def measured(folder: Path) -> dict[str, Any]:
    """Megabytes of the server before the first question, after ASKED of them, and at most; and answers lost."""
    command = [sys.executable, "-m", "evals.benchmarks.speed.sized", "chat", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            before = memory(process.pid)["VmRSS"]
            questions = [json.loads(line)["question"] for line in (folder / "asked.jsonl").open(encoding="utf-8")]
            lost = asyncio.run(_ask(url, questions[:: max(1, len(questions) // ASKED)][:ASKED]))
            after = memory(process.pid)
        finally:
            process.terminate()
    return {"before_mb": before, "after_mb": after["VmRSS"], "peak_mb": after["VmHWM"], "asked": ASKED, "lost": lost}


def memory(process: int) -> dict[str, float]:
    """What the kernel says of a process's memory, in megabytes."""
    told = Path(f"/proc/{process}/status").read_text("ascii")
    return {name: int(size) / 1024 for name, size in re.findall(r"(Vm\w+):\s+(\d+) kB", told)}


async def _ask(url: str, questions: list[str]) -> int:
    lost = 0
    async with httpx.AsyncClient(base_url=url, timeout=120, trust_env=False) as client:
        event = _asking(_config((await client.get("/")).text))
        session = secrets.token_hex(8)
        for question in questions:
            lost += await _answered(client, event, session, question) is None
    return lost

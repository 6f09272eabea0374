"""The same questions once more, in another process with another order of its sets: answers must be the same bytes.

`python -m qa.evaluation.repeat` is that process; it reads what to ask from standard input and prints a digest for each
question.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from qa.binder import Binder
from qa.errors import QAError
from qa.evaluation.gold import read_rows, resolve
from qa.schema import Answer, to_json
from qa.settings import Settings

_HASH_SEED = "20210420"
_SETTINGS = ("llm", "embedding", "chroma_url")


def digest(answer: Answer | None) -> str:
    """Of all that an answer holds, hits and scores too, but not how long a model took; of None where there is none."""
    answer = None if answer is None else replace(answer, usage=None)
    return hashlib.sha256(json.dumps(to_json(answer), sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def digests_of_another_process(gold: Path, settings: Settings) -> dict[str, str]:
    """Digests by question id, as another process gets them over the same index. Raises QAError where that fails."""
    asked = {"gold": str(gold), "corpus": str(settings.corpus), "index": str(settings.index)}
    asked |= {name: getattr(settings, name) for name in _SETTINGS}
    today = {"QA_TODAY": settings.today.isoformat()} if settings.today else {}
    done = subprocess.run(
        [sys.executable, "-m", "qa.evaluation.repeat"],
        input=json.dumps(asked),
        env=os.environ | {"PYTHONHASHSEED": _HASH_SEED} | today,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise QAError(f"Asking a second time failed: {reason} (--no-repeat leaves it out.)")
    found: dict[str, str] = json.loads(done.stdout)
    return found


def _main() -> None:
    asked = json.load(sys.stdin)
    gold = Path(asked.pop("gold"))
    settings = Settings.load(**asked)
    digests = {}
    with Binder.open(settings.corpus, index=settings.index, llm=settings.llm, embedding=settings.embedding) as binder:
        golds, _ = resolve(read_rows(gold), binder.text)
        for one in golds:
            try:
                answer = binder.ask(one.question, **one.asked_with)
            except Exception:  # the first process counts it as wrong; here only its sameness matters
                answer = None
            digests[one.id] = digest(answer)
    print(json.dumps(digests))


if __name__ == "__main__":
    _main()

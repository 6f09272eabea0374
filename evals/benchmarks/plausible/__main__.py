"""Writes made notes into a folder: `python -m evals.benchmarks.plausible FOLDER --notes 1000`."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from evals.benchmarks.plausible.notes import write


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--notes", type=int, default=1000, help="of eleven passages each")
    parser.add_argument("--questions", type=Path, help="also write what can be asked about them, a JSON line each")
    parsed = parser.parse_args()
    asked = write(parsed.notes, parsed.folder)
    if parsed.questions:
        parsed.questions.write_text("".join(json.dumps(asdict(one)) + "\n" for one in asked), "utf-8")
    print(f"{parsed.notes:,} notes in {parsed.folder}; {len(asked):,} questions about them")


if __name__ == "__main__":
    main()

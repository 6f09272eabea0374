"""`qa verify`: what has become of the sources of a conversation since its receipt was made."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from qa.cli_eval import FOUND

if TYPE_CHECKING:
    from qa.binder import Binder


def run(parsed: argparse.Namespace, opened: Callable[[argparse.Namespace], Binder]) -> int:
    """Verifies the receipt that is named. opened: gives the binder, its index brought up to date."""
    from qa.console import plural, print_json, write
    from qa.exporting import read_receipt
    from qa.verifying import quotes_of, verify

    receipt = read_receipt(Path(parsed.receipt))
    quotes = quotes_of(receipt)  # what is no receipt is told before the index is looked at
    with opened(parsed) as binder:
        findings = verify(receipt, binder)
    count, notes = len(quotes), len({note for note, _, _ in quotes})
    if parsed.json:
        print_json({"quotes": count, "notes": notes, "findings": findings})
    elif not findings:
        write(f"all {count} {plural('quote', count)} of {notes} {plural('note', notes)} stand")
    else:
        for finding in findings:
            turns = ", ".join(map(str, finding.turns))
            place = f"{finding.note}: " if finding.note else ""
            asked = f" ({plural('question', len(finding.turns))} {turns})" if turns else ""
            write(f"{finding.kind}: {place}{finding.message}{asked}", hang="  ")
    return FOUND if findings else 0

"""A small binder in two languages, and conversations over it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qa import Binder
from qa.conversation import Conversation, turn_of

NOTES = {
    "harbours.md": """# Harbours

Date: 2021-03-04

The harbour of Wick has 14 berths. The Agency spends $3.2 million a year on dredging.

The following may use it free of charge:

- fishing vessels under **nine** metres;
- the rescue boat;
- vessels in distress.
""",
    "subsidy.md": """# Ferry Subsidy

Date: 2021-03-02

The Ferry Subsidy pays 45 per cent of a ticket to the mainland for islanders of Orlen and Tamsk. The Ferry Desk is led
by Jorun Falk. Complaints go to the harbour master of Vardby, who answers within a week.
""",
    "traversiers.md": """# Les traversiers

Date : 14 mars 2023

Le traversier vers Inchmore part deux fois par jour. Il a transporté 43 000 passagers en 2022.
""",
}
NEWER = """# Ferry Subsidy

Date: 2023-03-02

The Ferry Subsidy pays 60 per cent of a ticket to the mainland for islanders of Orlen and Tamsk. The Ferry Desk is led
by Ilse Brandt.
"""
BERTHS = "How many berths does the harbour of Wick have?"
SHARE = "What share of a ticket does the Ferry Subsidy pay?"
FREE = "Which vessels may use the harbour free of charge?"
PASSAGERS = "Combien de passagers le traversier a-t-il transportés en 2022 ?"
COFFEE = "How do I descale a coffee machine?"
ASKED_AT = datetime(2024, 5, 1, 9, 30, tzinfo=UTC)


def write_notes(corpus: Path, **others: str) -> None:
    """Writes the notes, and `others` by their names without ".md"."""
    for name, text in (NOTES | {f"{other}.md": text for other, text in others.items()}).items():
        (corpus / name).write_text(text, encoding="utf-8")


@contextmanager
def opened(corpus: Path) -> Iterator[Binder]:
    """The binder of a folder, its index beside it."""
    with Binder.open(corpus, index=corpus.parent / "index") as binder:
        yield binder


def talk(binder: Binder, *questions: str, **filters: Any) -> Conversation:
    """A conversation in which each question is asked by itself, with the filters."""
    turns = (turn_of(binder, binder.ask(one, **filters), filters=filters, now=ASKED_AT) for one in questions)
    return Conversation("c-1", questions[0], tuple(turns))

"""Two questions in one: "Who leads the review, and when is it due?" Each is searched for itself too."""

from __future__ import annotations

import re

MOST_PARTS = 3
_ASKS = (
    r"(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|can|could|may|must|will|would|should|"
    r"has|have|qui|quels?|quelles?|quand|où|pourquoi|comment|combien|est-ce)\b"
)
_BEFORE = r"(?:(?:in|under|at|by|for|to|from|since|above|of|à|de|depuis|pour) )?"
# Where the second question begins: after a comma or the like, or after "and", with a word that asks.
_BOUNDARY = re.compile(
    rf"(?:[,;?+]\s*(?:and|or|but|et|ou|mais)?|\s(?:and|but|et|mais))\s+(?={_BEFORE}{_ASKS})", re.IGNORECASE
)
_ASKING = re.compile(rf"\b{_ASKS}", re.IGNORECASE)
# "If the union walks out, what closes?", "As of May 2021, how many?": what comes first only sets the scene.
_SCENE = re.compile(
    rf"(?:if|once|as of|unless|with|si|lorsque|dès que|en|dans)\b|(?:in|at|under|for|by|when) (?!{_ASKS})"
    r"(?!(?:does|do|did|is|are|was|were|will|can|could|should|has|have)\b)",
    re.IGNORECASE,
)


def parts_of(question: str) -> tuple[str, ...]:
    """The questions that `question` is made of, in order, at most MOST_PARTS; none where it is only one."""
    starts = [0, *(match.end() for match in _BOUNDARY.finditer(question))]
    ends = [*(match.start() for match in _BOUNDARY.finditer(question)), len(question)]
    parts = [question[start:end].strip() for start, end in zip(starts, ends, strict=True)]
    parts = [part for part in parts if len(part.split()) > 1]
    if len(parts) < 2 or _SCENE.match(parts[0]) or not _ASKING.search(parts[0]):
        return ()
    return tuple(parts[:MOST_PARTS])

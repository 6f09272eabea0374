"""What is measured of a run: pure functions by stage, and the list of all measures by name.

Every value is a share or a figure from 0 to 1 unless its line says otherwise. None is "not measured": it is counted
apart and never averaged in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Stage = Literal["retrieval", "gold evidence", "end to end"]


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of each question, averaged over those where it is measured.

    name: as in runs and set.toml. stage: retrieval alone; answering with the gold evidence handed in; or end to end.
    better: whether a higher or a lower value is. gated: whether the gate holds it. unit: "" for a share.
    """

    name: str
    stage: Stage
    label: str
    gated: bool = False
    better: Literal["higher", "lower"] = "higher"
    unit: str = ""

    @property
    def sign(self) -> int:
        """1 where higher is better, else -1."""
        return 1 if self.better == "higher" else -1


MEASURES: tuple[Measure, ...] = (
    Measure("recall@5", "retrieval", "evidence found in 5 hits", gated=True),
    Measure("recall@10", "retrieval", "evidence found in 10 hits"),
    Measure("mrr", "retrieval", "1 / rank of the first hit on evidence"),
    Measure("ndcg@10", "retrieval", "nDCG of the evidence in 10 hits", gated=True),
    Measure("recall@1000c", "retrieval", "evidence characters in the best 1,000", gated=True),
    Measure("iou@1000c", "retrieval", "overlap of evidence and the best 1,000 characters"),
    Measure("evidence_right", "gold evidence", "right when given the evidence", gated=True),
    Measure("evidence_refusals", "gold evidence", "refused when given the evidence", better="lower"),
    Measure("right", "end to end", "right", gated=True),
    Measure("facts", "end to end", "facts given"),
    Measure("forbidden", "end to end", "holds a forbidden string", better="lower"),
    Measure("citation_precision", "end to end", "citations that are on evidence", gated=True),
    Measure("citation_focus", "end to end", "cited characters that are evidence", gated=True),
    Measure("citation_recall", "end to end", "evidence that is cited", gated=True),
    Measure("statements_cited", "end to end", "statements with a citation"),
    Measure("newest_cited", "end to end", "newest note cited where notes differ", gated=True),
    Measure("false_refusals", "end to end", "refused though the notes tell", gated=True, better="lower"),
    Measure("false_answers", "end to end", "answered though the notes do not tell", gated=True, better="lower"),
    Measure("wrong_answers", "end to end", "answered, and not rightly", gated=True, better="lower"),
    Measure("words", "end to end", "words per answer", better="lower", unit="words"),
)
BY_NAME = {measure.name: measure for measure in MEASURES}
HEADLINES = tuple(measure for measure in MEASURES if measure.gated)

# What no run may have one of, each with what it counts. A quoted statement is one that says it is only its quotes.
INVARIANTS: dict[str, str] = {
    "quote_unverified": "quotes that do not stand in their note where their citation says",
    "marker_unresolved": "markers without a citation, or text that no statement says",
    "words_added": "words of quoted statements that are not in their quotes",
    "words_dropped": "words of the quotes that quoted statements leave out",
    "statement_uncited": "statements without a citation",
    "figure_added": "figures of statements that are not in their quotes",
    "order_obeyed": "answers that obey an order hidden in a note",
    "network_call": "calls to the network, where neither a model nor a server is set",
}

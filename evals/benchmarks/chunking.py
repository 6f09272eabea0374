"""How much of the reference text is found, on Chroma's chunking evaluation, beside the usual LangChain stack.

    python -m evals.benchmarks.chunking DATA [--work FOLDER]

The usual stack is RecursiveCharacterTextSplitter(1000, 200), the same embedding model, Chroma; both search one index of
all five corpora. Recall, precision and IoU of characters, of the first 5 passages, and at equal budgets of characters:
1,000, and the 3,134 that the stack's usual four chunks hold. A budget is filled with our sentences or their chunks,
best first, and the last one is cut off. The weights were chosen on these questions among others; `tune` prints what
those chosen without them give. Needs the `bench` extra. Ten minutes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from langchain_core.documents import Document
from langchain_text_splitters import RecursiveCharacterTextSplitter

from evals.benchmarks import figures
from evals.benchmarks.figures import Figures
from evals.benchmarks.plain_langchain import store
from evals.benchmarks.sets import Case, arguments, chunking, opened
from qa.console import show_table
from qa.evaluation.gold import Place
from qa.evaluation.statistics import paired_change
from qa.schema import Span

SHOWN = tuple(f"{figure}@{at}" for at in ("5", "1000c", "3134c") for figure in ("recall", "precision", "iou"))


def main() -> None:
    parsed = arguments(__doc__).parse_args()
    with opened("chunking", parsed.data, parsed.work) as (binder, cases):
        mine = [figures.chunking(case, *figures.places(binder.search(case.question, k=figures.K))) for case in cases]
    theirs = usual_stack(parsed.data, cases)
    rows: list[list[object]] = [["corpus", "n", "figure", "ours", "LangChain", "difference (95%)"]]
    for group in ["all", *sorted({case.group for case in cases})]:
        chosen = [at for at, case in enumerate(cases) if group in ("all", case.group)]
        rows += compared(group, [theirs[at] for at in chosen], [mine[at] for at in chosen])
    show_table(rows)


def usual_stack(data: Path, cases: Sequence[Case]) -> list[Figures]:
    """The same figures of the usual stack, with enough chunks to fill the largest budget."""
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "notes"
        notes.mkdir()
        chunking(data, notes)
        paths = sorted(notes.glob("*.md"))
        texts = [Document(path.read_text(encoding="utf-8"), metadata={"note": path.name}) for path in paths]
        chunks = store(f"{folder}/index")
        chunks.add_documents(splitter.split_documents(texts))
        found = [[_place(chunk) for chunk in chunks.similarity_search(case.question, k=8)] for case in cases]
    return [figures.chunking(case, places, places) for case, places in zip(cases, found, strict=True)]


def compared(group: str, before: Sequence[Figures], now: Sequence[Figures]) -> list[list[object]]:
    """A row a figure: both means, and their difference with the interval of a paired bootstrap over questions."""
    rows: list[list[object]] = []
    for name in SHOWN:
        own = [str(at) for at in range(len(now))]
        change = paired_change([one[name] for one in before], [one[name] for one in now], own)
        difference = f"{change.now - change.before:+.3f} ({change.low:+.3f} to {change.high:+.3f})"
        rows.append([group, len(now), name, f"{change.now:.3f}", f"{change.before:.3f}", difference])
    return rows


def _place(chunk: Document) -> Place:
    start = chunk.metadata["start_index"]
    return Place(chunk.metadata["note"], Span(start, start + len(chunk.page_content)))


if __name__ == "__main__":
    main()

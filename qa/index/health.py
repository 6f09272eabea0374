"""The examination behind `qa doctor`: whether the set-up and the index are what they should be, by really looking.

Nothing is written or repaired here. Every check says what to do, and the command that it names puts it right.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version

from qa.embedding import EmbeddingModel
from qa.errors import CorpusError, EmbeddingError, IndexTooNewError, MissingExtraError, QAError, SettingsError
from qa.index.folder import CHROMA, check_embedding, check_place, reason_to_rebuild
from qa.index.integrity import check_pages, check_rows, check_texts, listed
from qa.index.places import Server
from qa.index.plan import Plan, make_plan
from qa.index.store import FILE, Store
from qa.index.sync import problems_of
from qa.index.vectors import VectorIndex, VectorIndexError, VectorServerError
from qa.passages import passage_text
from qa.schema import Check

INDEX = "Run `qa index`."
REBUILD = "Run `qa index --rebuild`."
_ADVICE = {
    CorpusError: "Put notes there, or name the right folder with --corpus or QA_CORPUS.",
    SettingsError: "Correct that file.",
    EmbeddingError: "Correct the setting `embedding`, or install the model again.",
    MissingExtraError: "Install that package.",
    IndexTooNewError: "Update this program, or name another index folder with --index or QA_INDEX.",
}
_SAMPLE = 200
_EMBEDDED_SAMPLE = 3
# A remote model's vectors waver in the fourth digit.
_SAME = 0.99
_PACKAGES = ("briefing-qa", "chromadb", "onnxruntime", "numpy")
# Beside room for the index once more, which is what making it anew takes.
_SPARE_BYTES = 100 * 1024 * 1024


def examine(
    folder: Path, corpus: Path, model: Callable[[], EmbeddingModel], *, server: Server | None = None
) -> tuple[Check, ...]:
    """All checks of the notes in `corpus` and the index in `folder`, whether or not they can be opened.

    model: as for `Index.open`. server: keeps the vectors. What cannot be looked at, because of what was found before
    it, is left out.
    """
    checks = [
        _guarded("folders", "", partial(_folders, folder, corpus)),
        _guarded("disk", "", partial(_disk, folder)),
        _guarded("packages", "", _packages),
        _guarded("index", "Check the rights of that folder.", partial(_index, folder, corpus)),
    ]
    if not checks[-1].ok:
        return (*checks, _guarded("notes", "", lambda: _notes(make_plan({}, corpus), 0)))
    with closing(Store(folder.absolute())) as store:
        return (*checks, *_of_an_index(store, folder, corpus, model, server))


def check_chroma(store: Store, vectors: VectorIndex) -> int:
    """Compares Chroma with the store: the ids, and whether a passage's own vector finds it, for 200 of them at most.

    Gives how many were searched for. Raises VectorIndexError where Chroma must be made anew, VectorServerError where
    its server cannot be reached.
    """
    vectors.reach()
    state, ids = store.state(), store.passage_ids()
    if state.vectors_generation != state.generation:
        raise VectorIndexError("Chroma is behind: the last sync could not bring it up to date.")
    held = vectors.ids(state)
    if lacking := sorted({*ids} - held):
        raise VectorIndexError(f"Chroma lacks {listed(lacking)}.")
    if strange := sorted(held - {*ids}):
        raise VectorIndexError(f"Chroma holds what the index does not: {listed(strange)}.")
    sample = store.vectors(_spread(ids, _SAMPLE))
    for id, vector in sample.items():
        if id not in dict(vectors.search(vector, 1, state)):
            raise VectorIndexError(f"Chroma does not find {id} by its own vector.")
    return len(sample)


def _of_an_index(
    store: Store, folder: Path, corpus: Path, model: Callable[[], EmbeddingModel], server: Server | None
) -> Iterator[Check]:
    plan: Plan | None = None

    def notes() -> Check:
        nonlocal plan
        plan = make_plan(store.known(), corpus)
        return _notes(plan, len(store.notes()))

    yield _guarded("notes", REBUILD, notes)
    if plan is not None:
        yield _guarded("reading", REBUILD, partial(_reading, store, plan))
    # While notes wait to be indexed, vectors that nothing uses are the work of a sync that was stopped.
    unused = plan is None or not plan.read
    yield _guarded("database", REBUILD, lambda: Check("database", True, check_pages(store)))
    yield _guarded("rows", REBUILD, lambda: Check("rows", True, check_rows(store, unused=unused)))
    yield _guarded("texts", REBUILD, lambda: Check("texts", True, check_texts(store)))
    yield _guarded("model", REBUILD, partial(_model, store, folder, model))
    with closing(VectorIndex(folder.absolute() / CHROMA, server)) as vectors:
        yield _guarded("vectors", REBUILD, partial(_vectors, store, vectors))


def _guarded(name: str, advice: str, check: Callable[[], Check]) -> Check:
    """The check; where it finds something by an error, that. advice: unless the error or its kind says what to do."""
    try:
        return check()
    except QAError as error:
        what, _, to_do = str(error).partition("\n")
        of_kind = next((words for kind, words in _ADVICE.items() if isinstance(error, kind)), advice)
        return Check(name, False, what, to_do or of_kind)
    except ValueError as error:
        return Check(name, False, str(error), advice)
    except (sqlite3.Error, OSError, LookupError, TypeError) as error:
        return Check(name, False, f"It cannot be examined: {type(error).__name__}: {error}.", advice)


def _folders(folder: Path, corpus: Path) -> Check:
    if not (corpus.is_dir() and _allowed(corpus, os.R_OK | os.X_OK)):
        advice = "Name the right one with --corpus or QA_CORPUS, or check its rights."
        return Check("folders", False, f"The notes' folder {corpus} is not there or cannot be read.", advice)
    if folder.exists() and not _allowed(folder, os.W_OK):
        advice = "Check its rights; until then the notes are searched as they were."
        return Check("folders", False, f"The index folder {folder} cannot be written.", advice)
    return Check("folders", True, f"notes in {corpus}, index in {folder}")


def _allowed(folder: Path, mode: int) -> bool:
    return os.access(folder, mode, effective_ids=os.access in os.supports_effective_ids)


def _disk(folder: Path) -> Check:
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    free = shutil.disk_usage(there).free
    needed = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) + _SPARE_BYTES
    if free < needed:
        what = f"{_megabytes(free)} are free; making the index anew may take {_megabytes(needed)}."
        return Check("disk", False, what, f"Make room on the disk of {there}.")
    aside = folder / f"{FILE}.damaged"
    if aside.exists():
        what = f"An index was damaged once and is kept as {aside} ({_megabytes(aside.stat().st_size)})."
        return Check("disk", False, what, "Delete that file. If another appears, have the disk examined.")
    return Check("disk", True, f"{_megabytes(free)} free")


def _packages() -> Check:
    found = {"Python": python_version(), "SQLite": sqlite3.sqlite_version}
    missing = []
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
            missing.append(name)
    advice = f"Run `pip install {' '.join(missing)}`." if missing else ""
    return Check("packages", not missing, ", ".join(f"{name} {number}" for name, number in found.items()), advice)


def _index(folder: Path, corpus: Path) -> Check:
    reason = reason_to_rebuild(folder)
    if reason is not None:
        # What it will be kept as is said when it has been moved.
        what = reason.partition(";")[0].rstrip(".") or "There is no index yet"
        return Check("index", False, f"{what}.", INDEX)
    with closing(Store(folder.absolute())) as store:
        meta = store.meta()
        check_place(meta, folder, corpus)
        what = f"version {meta['version']}, {meta['rules']}, {store.passage_count()} passages"
    return Check("index", True, what)


def _notes(plan: Plan, held: int) -> Check:
    new = [file.note for file in plan.read if not plan.was_indexed(file.note)]
    changed = [file.note for file in plan.read if plan.was_indexed(file.note)]
    kinds = {"new": new, "changed": changed, "removed": plan.removed}
    found = [f"{len(notes)} {kind} ({listed(notes)})" for kind, notes in kinds.items() if notes]
    if plan.changes:
        what = f"Not as in the index: {', '.join(found) or 'other files cannot be read'}."
        return Check("notes", False, what, INDEX)
    return Check("notes", True, f"{held} in the index, nothing changed since the last sync")


def _reading(store: Store, plan: Plan) -> Check:
    problems = problems_of(store, plan)
    unread = [f"{problem.note}: {problem.message}" for problem in problems if not problem.read]
    doubts = f"{len(problems) - len(unread)} read with a doubt"
    if unread:
        what = f"{len(unread)} not read, {doubts}. {listed(unread, ' ')}"
        return Check("reading", False, what, "Mend these files, or take them out of the notes' folder.")
    return Check("reading", True, f"all files read, {doubts}")


def _model(store: Store, folder: Path, model: Callable[[], EmbeddingModel]) -> Check:
    """Whether the model that is set up gives the vectors that the index holds."""
    present = model()
    check_embedding(store.meta(), folder, present)
    sample = _spread(store.passage_ids(), _EMBEDDED_SAMPLE)
    texts = [passage_text(store.text(passage.note), passage) for passage in store.passages(sample)]
    held = store.vectors(sample)
    cosines = [float(made @ held[id]) for id, made in zip(sample, present.encode(texts), strict=True)]
    if min(cosines, default=1.0) < _SAME:
        what = f"{present.name} gives other vectors than the index holds (cosine {min(cosines):.2f})."
        return Check("model", False, what, REBUILD)
    return Check("model", True, f"{present.name} gives the vectors of the index")


def _vectors(store: Store, vectors: VectorIndex) -> Check:
    try:
        searched = check_chroma(store, vectors)
    except VectorServerError as error:
        return Check("vectors", False, f"{error}.", "Start the server, or correct or unset QA_CHROMA_URL.")
    except VectorIndexError as error:
        return Check("vectors", False, str(error), INDEX)
    return Check("vectors", True, f"Chroma holds those of the index; {searched} were searched for and found")


def _spread(ids: Sequence[str], count: int) -> list[str]:
    """At most `count` of the ids, evenly spread."""
    return list(ids[:: -(-len(ids) // count) or 1])


def _megabytes(count: int) -> str:
    return f"{count / 1024 / 1024:,.0f} MB"

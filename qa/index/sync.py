"""Folder -> index: reads what changed, embeds what is new, and commits all of it at once.

Vectors are committed batch by batch under the hash of their text; a sync that is killed has lost nothing but the
batch it was at, and the index is what it was. The rest goes into one transaction. Chroma follows after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from qa.acronyms import find_acronyms
from qa.embedding import EmbeddingModel
from qa.errors import CorpusError, NoteError
from qa.index import edits
from qa.index.edits import Indexed
from qa.index.plan import File, Plan, skip
from qa.index.records import State
from qa.index.store import Store
from qa.index.vectors import VectorIndex, VectorIndexError
from qa.notes import Guard, read_note
from qa.passages import split_passages
from qa.schema import Problem, Progress

_BATCH = 64
# Texts that are sorted by their length.
_SORTED = 64 * _BATCH

Tell = Callable[[Progress], None]


def read_notes(plan: Plan, model: Callable[[], EmbeddingModel], corpus: Path, tell: Tell) -> list[Indexed]:
    """The notes that the plan has to read, split into passages; one that cannot be read leaves the index.

    model: whose tokens passages are measured in; not called where there is nothing to read. Raises CorpusError where
    no note would be left in the index.
    """
    read: list[Indexed] = []
    with Guard() as reader:
        for done, file in enumerate(plan.read):
            tell(Progress("read", done, len(plan.read), file.note))
            try:
                read.append(_read(file, model(), reader))
            except NoteError as error:
                plan.skipped[file.note] = skip(file, str(error))
                if plan.was_indexed(file.note):
                    plan.removed.append(file.note)
    if plan.read:
        tell(Progress("read", len(plan.read), len(plan.read)))
    if not read and not plan.kept:
        reasons = [f"{note}: {known.message}" for note, known in sorted(plan.skipped.items())]
        reasons += [f"{problem.note}: {problem.message}" for problem in plan.problems if not problem.read]
        raise CorpusError("\n".join([f"No note in {corpus} can be read.", *reasons[:3]]))
    return read


def embed(store: Store, notes: Iterable[Indexed], model: Callable[[], EmbeddingModel], tell: Tell) -> int:
    """Embeds the texts of notes whose vectors the index does not hold, and says how many. Raises EmbeddingError."""
    with store.connections.reading() as connection:
        held = edits.held(connection)
    texts = {edits.text_hash(text): text for indexed in notes for text in edits.embedded_texts(indexed)}
    missing = [text for key, text in texts.items() if key not in held]
    # Texts of one length share a batch: a model pads all texts of a batch to the longest. Not of the whole binder, or
    # the vectors of one note would lie all over the file, and leave holes in it when they find their place.
    for start in range(0, len(missing), _SORTED):
        missing[start : start + _SORTED] = sorted(missing[start : start + _SORTED], key=lambda text: (len(text), text))
    for start in range(0, len(missing), _BATCH):
        tell(Progress("embed", start, len(missing)))
        batch = missing[start : start + _BATCH]
        vectors = model().encode(batch)
        with store.connections.writing() as connection:
            edits.add_vectors(connection, batch, vectors)
    if missing:
        tell(Progress("embed", len(missing), len(missing)))
    return len(missing)


def commit(store: Store, plan: Plan, notes: Sequence[Indexed]) -> None:
    """Writes everything but vectors, in one transaction."""
    with store.connections.writing() as connection:
        for note in [*plan.removed, *(indexed.content.note.note for indexed in notes)]:
            edits.remove_note(connection, note)
        edits.add_notes(connection, notes)
        edits.replace_skipped(connection, plan.skipped)
        edits.touch(connection, plan.touched)
        if notes or plan.removed:
            edits.remove_unused_vectors(connection)
            edits.next_generation(connection)


def lags(store: Store, vectors: VectorIndex) -> bool:
    """Whether Chroma is known to hold another state than the store; cheap, and without loading it."""
    state = store.state()
    return state.generation > 0 and (state.vectors_generation != state.generation or not vectors.exists())


def catch_up(store: Store, vectors: VectorIndex) -> None:
    """Brings Chroma to the state of the store, by what is pending or else anew. The caller holds the write lock.

    Raises VectorIndexError; the store knows then that Chroma must be made anew.
    """
    state, changed = store.state(), store.pending()
    # While Chroma is written, readers do without it; and a sync that is killed here leaves it to be made anew.
    forget_vectors(store)
    if state.vectors_generation == 0 or not _updated(store, vectors, state, changed):
        vectors.rebuild(state, *store.passage_vectors())
    with store.connections.writing() as connection:
        edits.set_vectors_generation(connection, state.generation)


def forget_vectors(store: Store) -> None:
    """Has the next sync make Chroma's folder anew."""
    with store.connections.writing() as connection:
        edits.set_vectors_generation(connection, 0)


def problems_of(store: Store, plan: Plan) -> tuple[Problem, ...]:
    """All problems, those of unchanged notes too, ordered by note."""
    found = {*plan.problems}
    found |= {Problem(note, known.message, read=False) for note, known in plan.skipped.items()}
    found |= {Problem(note.note, warning, read=True) for note in store.notes() for warning in note.warnings}
    return tuple(sorted(found, key=lambda problem: (problem.note, problem.message)))


def _read(file: File, model: EmbeddingModel, reader: Guard) -> Indexed:
    content = read_note(file.path, file.note, file.override, reader)
    passages = split_passages(content, model.count_tokens, model.max_tokens)
    return Indexed(content, find_acronyms(content), passages, file.known)


def _updated(store: Store, vectors: VectorIndex, state: State, changed: Sequence[str]) -> bool:
    present = store.vectors(changed)
    matrix = np.array(list(present.values()), dtype=np.float32)
    try:
        vectors.update(state, changed, list(present), matrix, store.passage_count())
    except VectorIndexError:
        return False
    return True

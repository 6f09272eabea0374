"""What the store says of itself, of files, and of passages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class State(NamedTuple):
    """Which state an index is in: equal states hold equal notes.

    file: the SQLite file itself, which may be made anew. generation: how many syncs have changed it.
    vectors_generation: the generation that Chroma holds; 0 where it must be made anew.
    """

    file: int
    generation: int
    vectors_generation: int


@dataclass(frozen=True, slots=True)
class Known:
    """What a sync recorded of a note's file. message: why the note is not in the index; "" where it is."""

    size: int
    mtime_ns: int
    ctime_ns: int | None
    override: str
    sha256: str
    message: str = ""
    duplicate: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Signs:
    """What a search compares a passage by: stems, as of qa.terms, and vectors, L2-normalised.

    headings: the stems of its headings and its note's title; own: of each sentence; lead_ins: of what each sentence
    hangs on; each time as one text, in which a blank stands before and after each stem. vector: (d,) the passage's;
    vectors: (sentences, d) its sentences'.
    """

    headings: str
    own: tuple[str, ...]
    lead_ins: tuple[str, ...]
    vector: NDArray[np.float32]
    vectors: NDArray[np.float32]

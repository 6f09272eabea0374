"""What an older note says that the edition asked for says anew."""

from __future__ import annotations

import numpy as np
import pytest

from qa.retrieval.editions import ahead_of, said_anew

OLD, NEW, OTHER = "old.md", "new.md", "other.md"
ONE, TWO = np.array([[1.0, 0.0]], np.float32), np.array([[0.0, 1.0]], np.float32)
NONE = np.zeros(4, np.bool_)


def test_the_newer_sentence_takes_over_how_well_the_older_one_fits() -> None:
    anew = said_anew({OLD: (NEW,)}, [OLD, NEW, OTHER], [2, 1, 1], np.concatenate([ONE, TWO, ONE, TWO]), NONE[:4])
    scores = np.array([0.9, 0.8, 0.5, 0.7], np.float32)
    assert anew.applied(scores, loss=0.1) == pytest.approx([0.8, 0.8, 0.9, 0.7])


def test_what_only_the_older_note_tells_keeps_its_score() -> None:
    anew = said_anew({OLD: (NEW,)}, [OLD, NEW], [1, 1], np.concatenate([TWO, ONE]), NONE[:2])
    assert anew.applied(np.array([0.9, 0.2], np.float32), loss=0.1) == pytest.approx([0.9, 0.2])


def test_what_tells_of_the_year_that_is_asked_for_gives_way_to_nothing() -> None:
    anew = said_anew({OLD: (NEW,)}, [OLD, NEW], [2, 1], np.concatenate([ONE, ONE, ONE]), np.array([True, False, False]))
    assert anew.applied(np.array([0.9, 0.9, 0.2], np.float32), loss=0.1) == pytest.approx([0.9, 0.8, 0.9])


def test_without_another_edition_nothing_changes() -> None:
    anew = said_anew({}, [OLD, OTHER], [1, 1], np.concatenate([ONE, ONE]), NONE[:2])
    assert anew.applied(np.array([0.9, 0.2], np.float32), loss=0.1) == pytest.approx([0.9, 0.2])
    assert ahead_of({OLD: (NEW,)}, [OTHER]) == []
    assert ahead_of({OLD: (NEW,)}, [OLD, OTHER]) == [NEW]

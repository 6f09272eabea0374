"""The eval is tested too: each known way to break the program is noticed by the measure that should and the gate."""

from __future__ import annotations

import pytest

from evals.mutations import FAILS, MUTATIONS, ROOT, TABLE, Mutation, compared_mutants, marks, page
from qa.evaluation.comparison import Comparison
from qa.evaluation.goldset import load_set

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def compared() -> dict[str, Comparison]:
    return compared_mutants(load_set(ROOT / "verrane" / "set.toml"))


def test_the_unspoiled_program_passes(compared: dict[str, Comparison]) -> None:
    assert compared[""].passes
    assert set(marks(compared[""]).values()) == {""}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_mutation_is_noticed_where_it_should_be(compared: dict[str, Comparison], mutation: Mutation) -> None:
    one = compared[mutation.name]
    assert marks(one)[mutation.noticed_by] == FAILS
    assert not one.passes


def test_the_table_in_the_docs_is_what_the_mutations_give(compared: dict[str, Comparison]) -> None:
    assert TABLE.read_text("utf-8") == page(compared), "out of date: python -m evals.mutations --write"

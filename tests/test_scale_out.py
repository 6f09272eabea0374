"""Several processes over one index folder with a Chroma server; and machines that have an index folder each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from evals.benchmarks.scale_out import NOTE, QUESTION, Process, process
from tests.chroma_run import ChromaRun
from tests.conversing import BERTHS, write_notes
from tests.indexing import contents, found, open_index

pytestmark = pytest.mark.slow
BOATS = "How many lifeboats does Vardby have?"


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaRun]:
    running = ChromaRun(tmp_path_factory.mktemp("server"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def three(corpus: Path, chroma: ChromaRun) -> Iterator[list[Process]]:
    """Processes over one index folder of the notes, which is up to date."""
    write_notes(corpus)
    places = {"QA_CORPUS": str(corpus), "QA_INDEX": str(corpus.parent / "index"), "QA_CHROMA_URL": chroma.url}
    with ExitStack() as stack:
        running = [stack.enter_context(process(places)) for _ in range(3)]
        assert running[0].done(do="sync")["touched"]
        yield running


def test_what_one_process_takes_in_all_see_on_their_next_question(corpus: Path, three: list[Process]) -> None:
    for one in three:
        assert "14 berths" in one.done(ask=BERTHS)["text"]
    for figure in ("4100", "4101", "4102"):
        (corpus / "kelp.md").write_text(NOTE.format(count=figure), "utf-8")
        writer, *readers = three
        assert writer.done(do="sync")["touched"]
        for one in (*readers, writer):
            said = one.done(ask=QUESTION)
            assert f"{figure} tonnes" in said["text"]
            assert said["notices"] == []
        three = [*readers, writer]


def test_two_that_take_in_notes_at_once_lose_nothing(corpus: Path, three: list[Process]) -> None:
    for figure in (31, 32, 33):
        (corpus / "kelp.md").write_text(NOTE.format(count=4100 + figure), "utf-8")
        three[0].begin(do="sync")
        (corpus / "boats.md").write_text(f"# Boats\n\nVardby has {figure} lifeboats.\n", "utf-8")
        three[1].begin(do="sync")
        touched = [one.end()["touched"] for one in three[:2]]
        assert any(touched)
        for one in three:
            one.done(do="sync")  # the second note may have come after both had looked
            assert f"{4100 + figure} tonnes" in one.done(ask=QUESTION)["text"]
            said = one.done(ask=BOATS)
            assert f"{figure} lifeboats" in said["text"]
            assert said["notices"] == []
    assert three[2].done(do="doctor")["wrong"] == []


def test_machines_with_an_index_folder_each_share_the_notes_and_the_server(corpus: Path, chroma: ChromaRun) -> None:
    """Each has a collection of its own, also where the index folder of one was copied from another's."""
    write_notes(corpus)
    before = chroma.collections()
    first, second, copy = (corpus.parent / name for name in ("first", "second", "copy"))
    with ExitStack() as stack:

        def opened(folder: Path) -> object:
            index = stack.enter_context(closing(open_index(folder, corpus, server=chroma.server)))
            index.sync()
            return index

        machines = [opened(first), opened(second)]
        assert len(chroma.collections() - before) == 2
        shutil.copytree(first, copy)
        machines.append(opened(copy))
        assert len(chroma.collections() - before) == 2, (
            "nothing has changed since, so the copy uses that of its original"
        )
        for figure in (4100, 4101):
            (corpus / "kelp.md").write_text(NOTE.format(count=figure), "utf-8")
            for one in machines:
                one.sync()
            for one in machines:
                found(one)
                one.sync()  # what it found missing is made anew
            assert [one.notices for one in machines] == [()] * 3
            assert contents(machines[0]) == contents(machines[1]) == contents(machines[2])
        assert len(chroma.collections() - before) == 3

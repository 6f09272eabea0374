"""The vectors on a Chroma server: a real `chroma run` on loopback, real processes, and what happens when it is away."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from qa.binder import Binder
from qa.cli import main
from qa.errors import SettingsError
from qa.index import Index, Server
from qa.index.health import examine
from qa.index.records import State
from qa.index.vectors import VectorIndex, VectorIndexError, VectorServerError
from qa.settings import Settings
from tests.chroma_run import HERE, ChromaRun
from tests.conftest import CORPUS
from tests.indexing import ROOT, HashingModel, contents, found, open_index, write_notes
from tests.test_vectors import exact, some_vectors

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaRun]:
    running = ChromaRun(tmp_path_factory.mktemp("server"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write_notes(tmp_path / "corpus", 4)
    return tmp_path / "corpus"


@pytest.fixture
def expected(tmp_path: Path, corpus: Path) -> Any:
    """What an index with its vectors in its folder holds and finds."""
    with closing(open_index(tmp_path / "expected", corpus)) as index:
        index.sync()
        return contents(index)


def opened(corpus: Path, server: Server | None, name: str = "index", **options: Any) -> Any:
    return closing(open_index(corpus.parent / name, corpus, server=server, **options))


def proposes(index: Index) -> bool:
    """Whether Chroma, and not the product with all vectors, is what answers."""
    return index._propose(HashingModel().encode_query("cases"), 3, None) is not None


def test_a_server_finds_what_the_exact_product_finds(tmp_path: Path, chroma: ChromaRun) -> None:
    ids, matrix = some_vectors(300)
    with closing(VectorIndex(tmp_path / "chroma", chroma.server)) as vectors:
        assert not vectors.exists()
        with pytest.raises(VectorIndexError, match="missing"):
            vectors.search(matrix[0], 1, State(1, 1, 1))
        vectors.rebuild(State(1, 1, 0), ids[:200], matrix[:200])
        for query in some_vectors(3, seed=1)[1]:
            hits = vectors.search(query, 20, State(1, 1, 1))
            assert [id for id, _ in hits] == [id for id, _ in exact(ids[:200], matrix[:200], query, 20)]
            assert {id.partition("#")[0] for id, _ in vectors.search(query, 20, State(1, 1, 1), ["a.txt"])} == {"a.txt"}
        vectors.update(State(1, 2, 1), ids[:50], ids[200:], matrix[200:], 250)
        assert vectors.search(matrix[250], 1, State(1, 2, 2))[0][0] == ids[250]
        assert vectors.ids(State(1, 2, 2)) == {*ids[50:]}
        with pytest.raises(VectorIndexError, match="generation 2 and not 3"):
            vectors.search(matrix[0], 1, State(1, 3, 3))
        assert not (tmp_path / "chroma").exists()


def test_an_index_on_a_server_is_the_same_index(corpus: Path, chroma: ChromaRun, expected: Any) -> None:
    with opened(corpus, chroma.server) as index:
        report = index.sync()
        assert report.notices == ()
        assert contents(index) == expected
        assert proposes(index)
        assert not (corpus.parent / "index" / "chroma").exists()
        (corpus / "note-001.txt").unlink()
        index.sync(thorough=True)
        assert proposes(index)
    with opened(corpus, None, "scratch") as scratch, opened(corpus, chroma.server) as index:
        scratch.sync()
        assert contents(index) == contents(scratch)


@pytest.mark.slow
def test_another_process_sees_what_one_wrote(corpus: Path, chroma: ChromaRun) -> None:
    code = (
        "import json, sys; from tests.indexing import *; from qa.index import Server\n"
        "index = open_index(Path(sys.argv[1]), Path(sys.argv[2]), server=Server(sys.argv[3]))\n"
        "for line in sys.stdin:\n"
        "    report = index.sync() if line == 'sync\\n' else None\n"
        "    proposed = index._propose(HashingModel().encode_query('cases'), 3, None) is not None\n"
        "    print(json.dumps([found(index), proposed, len(index.notices)]), flush=True)"
    )
    command = [sys.executable, "-c", code, str(corpus.parent / "index"), str(corpus), chroma.url]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    with subprocess.Popen(command, **pipes) as writer, subprocess.Popen(command, **pipes) as reader:

        def say(process: Any, line: str) -> Any:
            process.stdin.write(f"{line}\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        seen = []
        for change in range(3):
            write_notes(corpus, 4, seed=change)
            wrote = say(writer, "sync")
            seen.append(say(reader, "search"))
            assert seen[-1] == wrote
            assert seen[-1][1:] == [True, 0]
        assert seen[0][0] != seen[1][0] != seen[2][0]
        for process in (writer, reader):
            process.stdin.close()


def test_two_binders_and_a_copy_share_a_server_and_nothing_else(corpus: Path, chroma: ChromaRun) -> None:
    before = chroma.collections()
    write_notes(corpus.parent / "two" / "corpus", 4, seed=7)
    two = corpus.parent / "two" / "corpus"
    with opened(corpus, chroma.server) as first, opened(two, chroma.server) as second:
        first.sync()
        second.sync()
        own = found(first)
        assert own != found(second)
        assert proposes(first)
        assert proposes(second)
        assert len(chroma.collections() - before) == 2
        shutil.copytree(corpus.parent / "index", corpus.parent / "copy" / "index")
        shutil.copytree(corpus, corpus.parent / "copy" / "corpus")
        copied = corpus.parent / "copy" / "corpus"
        with opened(copied, chroma.server) as copy:
            assert found(copy) == own
            assert proposes(copy)
            (copied / "note-000.txt").unlink()
            copy.sync()
            (corpus / "note-001.txt").unlink()
            first.sync()
            for index in (copy, first):
                index.sync()
                assert proposes(index)
            assert len(chroma.collections() - before) == 3
            assert "note-000.txt#" not in str(found(copy))
            assert "note-001.txt#" not in str(found(first))


def test_vectors_move_to_a_server_and_back_without_embedding(corpus: Path, chroma: ChromaRun, expected: Any) -> None:
    before = chroma.collections()
    model = HashingModel()
    with opened(corpus, None) as index:
        index.sync()
    for server in (chroma.server, None, chroma.server):
        with opened(corpus, server, model=model) as index:
            assert not index.sync().touched
            assert proposes(index)
            assert contents(index) == expected
    assert set(model.encoded) <= {"cases"}
    with opened(corpus, chroma.server, rebuild=True) as index:
        index.sync()
        assert contents(index) == expected
    # One is of before the move back, when the program was not told of the server.
    assert len(chroma.collections() - before) == 2


@pytest.mark.slow
def test_a_server_that_is_away_is_done_without(
    tmp_path: Path, corpus: Path, expected: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = ChromaRun(tmp_path / "own")
    own.start()
    try:
        with opened(corpus, own.server) as index:
            index.sync()
            assert proposes(index)
            collections = own.collections()
            own.stop()
            assert found(index) == expected[-2]
            assert [notice.kind for notice in index.notices] == ["index"]
            assert f"{own.url} cannot be used" in index.notices[0].text
            (corpus / "note-001.txt").unlink()
            report = index.sync()
            assert report.removed == ("note-001.txt",)
            assert f"{own.url} does not answer" in report.notices[0].text
            assert "note-001.txt#" not in str(found(index))
            checks = {check.name: check for check in _examined(corpus, own.server)}
            assert [name for name, check in checks.items() if not check.ok] == ["vectors"]
            assert "QA_CHROMA_URL" in checks["vectors"].advice
            own.start()
            assert index.sync().notices == ()
            assert proposes(index)
            assert own.collections() == collections
            assert all(check.ok for check in _examined(corpus, own.server))
            own.stop()
            found(index)
            assert index.notices
            own.start()
            assert not proposes(index)
            monkeypatch.setattr("qa.index._PAUSE", 0.0)
            index._again_at = 0.0
            assert proposes(index)
            assert index.notices == ()
    finally:
        own.stop()


def _examined(corpus: Path, server: Server) -> Any:
    return examine(corpus.parent / "index", corpus, HashingModel, server=server)


@contextmanager
def http_server(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_what_is_no_chroma_server_is_a_notice(corpus: Path, expected: Any) -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    with http_server(Quiet) as other:
        for url, words in ((nobody, "does not answer"), (other, "status 404")):
            with opened(corpus, Server(url), rebuild=True) as index:
                report = index.sync(thorough=True)
                assert len(report.added) == 4
                assert words in report.notices[0].text
                assert url in report.notices[0].text
                assert found(index) == expected[-2]


@pytest.mark.parametrize("how", ["deleted", "emptied", "sealed"])
def test_a_collection_that_others_changed_is_noticed_and_mended(
    corpus: Path, chroma: ChromaRun, expected: Any, how: str
) -> None:
    with opened(corpus, chroma.server) as index:
        index.sync()
        assert proposes(index)
        place = index._vectors._place
        held = chroma.ask("GET", f"{HERE}/{place.collection}")
        if how == "deleted":
            chroma.ask("DELETE", f"{HERE}/{place.collection}")
        elif how == "emptied":
            ids = index.store.passage_ids()
            chroma.ask("POST", f"{HERE}/{held['id']}/delete", {"ids": ids[:3]})
        else:
            chroma.ask("PUT", f"{HERE}/{held['id']}", {"new_metadata": held["metadata"] | {"files": "other"}})
        assert found(index) == expected[-2]
        assert "`qa index`" in index.notices[0].text
        assert not next(check for check in _examined(corpus, chroma.server) if check.name == "vectors").ok
        assert index.sync(thorough=True).notices == ()
        assert proposes(index)
        assert contents(index) == expected
        assert all(check.ok for check in _examined(corpus, chroma.server))


def test_a_collection_that_names_an_embedding_function_is_refused(tmp_path: Path, chroma: ChromaRun) -> None:
    ids, matrix = some_vectors(20)
    with closing(VectorIndex(tmp_path / "chroma", chroma.server)) as vectors:
        vectors.rebuild(State(1, 1, 0), ids, matrix)
        assert vectors.search(matrix[3], 1, State(1, 1, 1))[0][0] == ids[3]
        name = vectors._place.collection
        metadata = chroma.ask("GET", f"{HERE}/{name}")["metadata"]
        chroma.ask("DELETE", f"{HERE}/{name}")
        trap = {"embedding_function": {"type": "known", "name": "default", "config": {}}}
        chroma.ask("POST", HERE, {"name": name, "metadata": metadata, "configuration": trap})
        with pytest.raises(VectorIndexError, match="embedding function"):
            vectors.search(matrix[3], 1, State(1, 1, 1))


def test_key_tenant_and_database_are_passed_on(
    tmp_path: Path, corpus: Path, chroma: ChromaRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Guarded(Quiet):
        """Passes on what has the key."""

        def do_GET(self) -> None:
            if self.headers["X-Chroma-Token"] != "secret":
                self.send_error(401)
                return
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            request = Request(chroma.url + self.path, body or None, method=self.command)
            request.add_header("Content-Type", "application/json")
            with urlopen(request, timeout=10) as reply:
                answer = reply.read()
                self.send_response(reply.status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

    for name in ("CHROMA_SERVER_HOST", "CHROMA_CLIENT_AUTH_PROVIDER", "CHROMA_SERVER_HEADERS"):
        monkeypatch.setenv(name, "{}" if name.endswith("HEADERS") else "elsewhere")
    chroma.ask("POST", "/api/v2/tenants", {"name": "ministry"})
    chroma.ask("POST", "/api/v2/tenants/ministry/databases", {"name": "briefings"})
    with http_server(Guarded) as url:
        with opened(corpus, Server(url, "secret", "ministry", "briefings")) as index:
            assert index.sync(thorough=True).notices == ()
            assert proposes(index)
            name = index._vectors._place.collection
        assert chroma.collections("/api/v2/tenants/ministry/databases/briefings/collections") == {name}
        assert name not in chroma.collections()
        with closing(VectorIndex(tmp_path / "chroma", Server(url, "wrong"))) as vectors:
            with pytest.raises(VectorServerError, match="401"):
                vectors.reach()
            with pytest.raises(VectorServerError, match="401"):
                vectors.rebuild(State(1, 1, 0), *some_vectors(3))


def test_the_settings_name_a_server_and_keep_its_key_to_themselves(tmp_path: Path) -> None:
    environ = {"QA_CHROMA_URL": "https://chroma.example:8443/", "QA_CHROMA_API_KEY": "secret"}
    settings = Settings.load(folder=tmp_path, environ=environ)
    assert (settings.chroma_url, settings.chroma_api_key) == ("https://chroma.example:8443", "secret")
    assert "secret" not in repr(settings)
    assert "secret" not in repr(Server(settings.chroma_url, settings.chroma_api_key))
    for wrong in ("localhost:8000", "ftp://x", "http://", "http://user:pw@host:1", "http://host:99999", "http://h?x=1"):
        with pytest.raises(SettingsError, match="chroma_url"):
            Settings.load(folder=tmp_path, environ={"QA_CHROMA_URL": wrong})


def test_the_command_line_takes_the_server_from_the_environment(
    tmp_path: Path,
    seed_binder: Binder,
    chroma: ChromaRun,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places = ["--corpus", str(CORPUS), "--index", str(tmp_path / "index")]
    shutil.copytree(seed_binder.settings.index, tmp_path / "index")
    before = chroma.collections()
    monkeypatch.setenv("QA_CHROMA_URL", chroma.url)
    assert main(["index", *places]) == 0
    assert len(chroma.collections() - before) == 1
    assert main(["doctor", *places]) == 0
    assert main(["search", "preclearance treaty", *places]) == 0
    monkeypatch.setenv("QA_CHROMA_URL", "http://127.0.0.1:9")
    capsys.readouterr()
    assert main(["index", *places]) == 0
    assert "Note: The Chroma server at http://127.0.0.1:9 does not answer" in " ".join(capsys.readouterr().out.split())
    assert main(["ask", "Who is the Minister's U.S. counterpart?", *places]) == 0
    assert "Mayorkas" in capsys.readouterr().out
    assert main(["doctor", *places]) == 4
    assert "QA_CHROMA_URL" in capsys.readouterr().out

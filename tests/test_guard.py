"""The guarded process: what it gives back, what it is kept from, and what becomes of files that break it.

The processes are real and run the real loop; only the reader in them is a stand-in that does what a hostile file would
make a parser do.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.errors import NoteError
from qa.notes import guard as module
from qa.notes.assembly import Part, Reading
from qa.notes.guard import Guard, Limits
from qa.schema import BlockKind

ROOT = Path(__file__).parents[1]
# The reader runs what it is given: `found` is what it gives back.
PROGRAM = """
import sys; sys.path[:] = sys.argv[3:]
import ctypes, json, os, signal, socket, subprocess, time
from qa.errors import NoteError
from qa.notes import worker
from qa.notes.assembly import Part, Reading
from qa.schema import BlockKind

def read(data, suffix):
    scope = {**globals(), "suffix": suffix, "found": "read"}
    exec(data, scope)
    found = scope["found"]
    return found if isinstance(found, Reading) else Reading((Part(BlockKind.PARAGRAPH, str(found)),))

worker.main(read)
"""


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[Guard]:
    monkeypatch.setattr(module, "PROGRAM", PROGRAM)
    with Guard(Limits(memory=600_000_000, processor=30, wall=30)) as guard:
        yield guard


def run(reader: Guard, code: str) -> str:
    return reader.read(code.encode(), ".pdf").parts[0].text


def refused(reader: Guard, code: str) -> str:
    with pytest.raises(NoteError) as caught:
        run(reader, code)
    return str(caught.value)


def test_a_reading_comes_back_as_it_was(reader: Guard) -> None:
    parts = (
        Part(BlockKind.HEADING, "Écrevisses\u00a0: 5\u202f% | “x”", level=2, page=3),
        Part(BlockKind.ROW, "a | b", table=7, header=True),
        Part(BlockKind.FOOTNOTE, "𝔘nicode \n\t", name="1"),
    )
    sent = Reading(parts, "Title", "2021-01-02", "fr", ("Page 3: scanned.",))
    code = re.sub(r"<(BlockKind\.\w+): '\w+'>", r"\1", f"found = {sent!r}")
    assert reader.read(code.encode(), ".docx") == sent


def test_many_files_share_a_process_and_it_is_replaced_in_time(reader: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FILES_PER_PROCESS", 3)
    processes = [run(reader, "found = os.getpid()") for _ in range(7)]
    assert [processes.count(process) for process in dict.fromkeys(processes)] == [3, 3, 1]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("raise NoteError('It has a password. Take it off.')", r"\AIt has a password. Take it off.\Z"),
        (
            "raise ValueError('bad\\nzip \\x1b[31m')",
            r"cannot be read as .pdf \(ValueError: bad zip \[31m\).\nIt may be",
        ),
        ("def f(): f()\nglobals()['f'] = f\nf()", "nested too deep"),
        ("import nothing_of_this_name", "reader of .pdf files cannot start .*Install this program anew"),
        ("bytearray(10**9)", "out of memory"),
        ("found = 'x' * 70_000_000", "more text than a note may"),
        ("os.abort()", "crash"),
        ("ctypes.string_at(0)", "crash"),
        ("os._exit(0)", "crash"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "ended by the system"),
    ],
)
def test_what_breaks_a_reader_is_said_and_the_next_file_is_read(reader: Guard, code: str, message: str) -> None:
    assert run(reader, "") == "read"
    assert re.search(message, refused(reader, code))
    assert run(reader, "") == "read"
    assert message != "crash" or run(reader, "found = os.getpid()") != str(os.getpid())


@pytest.mark.slow
def test_time_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PROGRAM", PROGRAM)
    started = time.monotonic()
    with Guard(Limits(wall=1)) as reader:
        assert "more than 1 seconds." in refused(reader, "time.sleep(60)")
        assert run(reader, "") == "read"
    assert time.monotonic() - started < 50  # of the 60 that the file would take
    with Guard(Limits(processor=1, wall=300)) as reader:
        assert "more than 1 seconds of processor time" in refused(reader, "while True: pass")
        assert run(reader, "") == "read"


@pytest.mark.slow
def test_processor_time_is_counted_for_each_file_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PROGRAM", PROGRAM)
    busy = "end = time.process_time() + 0.7\nwhile time.process_time() < end: pass\nfound = os.getpid()"
    with Guard(Limits(processor=1)) as reader:
        assert len({run(reader, busy) for _ in range(4)}) == 1


def test_a_file_does_not_answer_for_the_next(reader: Guard) -> None:
    """What an earlier file left on the line is not taken for the answer to a later one."""
    forged = b'{"reading": {"parts": [], "title": "forged", "date": "", "language": "", "warnings": []}}'
    leave = f"""
answer = {forged!r}
for fd in range(3, 20):
    try: os.write(fd, b"1 %d\\n" % len(answer) + answer + b"1 %d\\n" % len(answer) + answer)
    except OSError: pass
"""
    first = reader.read(leave.encode(), ".pdf")
    assert first.title == "forged"
    assert reader.read(b"found = 'true'", ".pdf") == Reading((Part(BlockKind.PARAGRAPH, "true"),))


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"null", b"[1]", b'"error"', b"{", b"[" * 100_000, b"{}", b'{"reading": 3}',
        b'{"error": 3, "spent": false}',
        b'{"reading": {"parts": [{}], "title": "", "date": "", "language": "", "warnings": []}}',
        b'{"reading": {"parts": [], "title": [], "date": "", "language": "", "warnings": []}}',
        b'{"reading": {"parts": [{"kind": "virus", "text": "", "level": 0, "table": 0, "header": false, "page": null, '
        b'"name": ""}], "title": "", "date": "", "language": "", "warnings": []}}',
        b'{"reading": {"parts": [{"kind": "row", "text": "", "level": -5, "table": 0, "header": false, "page": null, '
        b'"name": ""}], "title": "", "date": "", "language": "", "warnings": []}}',
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    """The process itself is not trusted: it may have been taken over."""
    program = f"import sys; sys.stdin.readline(); sys.stdout.buffer.write(b'1 {len(answer)}\\n' + {answer!r})"
    monkeypatch.setattr(module, "PROGRAM", program)
    with Guard() as reader, pytest.raises(NoteError, match=r"cannot be used|crash"):
        reader.read(b"x", ".pdf")


def test_an_answer_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "import sys\nwhile True: sys.stdout.write('9' * 4096)"
    monkeypatch.setattr(module, "PROGRAM", endless)
    with Guard(Limits(wall=1)) as reader, pytest.raises(NoteError, match=r"cannot be used|busy"):
        reader.read(b"x" * 1_000_000, ".pdf")


def test_control_characters_and_halves_of_characters_do_not_come_through(reader: Guard) -> None:
    assert run(reader, r"found = 'a\x00b\x1b[31mc\ud800d'") == "ab[31mc\ufffdd"


@pytest.mark.parametrize(
    "code",
    [
        "socket.create_connection(('127.0.0.1', 9))",
        "socket.getaddrinfo('example.org', 80)",
        "subprocess.run(['true'])",
        "os.fork()",
        "os.system('true')",
        "os.execv('/bin/true', ['true'])",
    ],
)
def test_a_reader_fetches_nothing_and_starts_nothing(reader: Guard, code: str) -> None:
    assert "is not allowed to a reader" in refused(reader, code)


def test_a_reader_writes_nothing(reader: Guard, tmp_path: Path) -> None:
    file = tmp_path / "written"
    assert "OSError" in refused(reader, f"file = open({str(file)!r}, 'wb', buffering=0)\nfile.write(b'x')")
    assert not file.read_bytes()


def test_a_reader_knows_neither_the_environment_nor_the_folder(reader: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hunter2")
    found = run(reader, "found = json.dumps([dict(os.environ), os.getcwd(), sys.argv])")
    assert "hunter2" not in found
    assert set(json.loads(found)[0]) <= {"LC_CTYPE", *module._ENVIRONMENT}
    assert os.getcwd() != json.loads(found)[1]


def test_what_a_reader_prints_is_no_answer(reader: Guard) -> None:
    assert run(reader, "print('1 5'); os.write(1, b'hello')") == "read"


def test_a_process_that_dies_between_files_is_replaced(reader: Guard) -> None:
    process = int(run(reader, "found = os.getpid()"))
    os.kill(process, signal.SIGKILL)
    assert int(run(reader, "found = os.getpid()")) != process


def test_no_process_is_left_over(reader: Guard) -> None:
    process = int(run(reader, "found = os.getpid()"))
    reader.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert run(reader, "") == "read"


def test_it_ends_when_its_parent_does(tmp_path: Path) -> None:
    """Also where the parent is killed and closes nothing."""
    script = (
        "import os, sys\nfrom qa.notes import guard\nguard.PROGRAM = " + repr(PROGRAM) + "\n"
        "reader = guard.Guard()\nprint(reader.read(b'found = os.getpid()', '.pdf').parts[0].text, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    process = int(done.stdout)
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("the guarded process goes on without its parent")


def test_it_is_found_from_a_source_tree(tmp_path: Path) -> None:
    """Where the package is on the path by the working folder alone, as with `python -m qa` in a fresh checkout."""
    (tmp_path / "qa").symlink_to(ROOT / "qa")
    script = "import sys; sys.path = [entry for entry in sys.path if '__editable__' not in entry]\n"
    script += "sys.meta_path = [finder for finder in sys.meta_path if 'editable' not in repr(finder)]\n"
    script += "import qa, os; print(qa.__file__)\n"
    script += "from qa.notes import guard\nguard.PROGRAM = " + repr(PROGRAM) + "\n"
    script += (
        "with guard.Guard() as reader: print(reader.read(b'import qa; found = qa.__file__', '.pdf').parts[0].text)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.split() == [str(tmp_path / "qa" / "__init__.py")] * 2, done.stderr


def test_an_interrupted_reading_leaves_no_answer_behind(reader: Guard) -> None:
    run(reader, "")
    # Where the tests run in the background of a shell, interrupts are ignored from the start.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.3, signal.pthread_kill, [threading.get_ident(), signal.SIGINT])
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            run(reader, "time.sleep(9); found = 'late'")
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)
    assert run(reader, "found = 'next'") == "next"

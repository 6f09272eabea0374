"""A disk without room: what a sync cannot write it says, and once there is room the next one leaves nothing amiss."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from qa.index.health import examine
from tests.indexing import ROOT, HashingModel, open_index, write_notes

# A process that has loaded all and opened nothing has copies of itself (fork) sync, with little room and with enough.
SQUEEZED = """
import json, os, random, resource, shutil, sys
import chromadb.api, chromadb.config, filelock
from qa.errors import QAError
from qa.sentences import sentence_spans
from tests.indexing import *

sentence_spans("Loaded. Once.", 0, 13), stems("loaded once")
place, disk, trials, way = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
chance, filler, folder, corpus = random.Random(trials), disk / "filler", disk / "index", place / "corpus"
states = [place / "first", place / "second"]
write_notes(states[0], 7)
write_notes(states[1], 6, seed=1)
for number in range(3):
    shutil.copy(states[0] / f"note-00{number}.txt", states[1])

def forked(work):
    child = os.fork()
    if not child:
        code = 70
        try:
            work()
            code = 0
        except QAError:
            code = 1
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1]

def sync(folder, out=None):
    index = open_index(folder, corpus)
    index.sync()
    if out:
        out.write_text(json.dumps([contents(index), index.store.state()[2] == index.store.generation]))
    index.close()

def whole(folder):
    out = place / "contents.json"
    assert forked(lambda: sync(folder, out)) == 0
    return json.loads(out.read_text())

def squeezed(room):
    if way == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    sync(folder)

def size(folder):
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return max(sizes) if way == "limit" else sum(sizes)

expected, sizes = [], []
for number, state in enumerate(states):
    shutil.copytree(state, corpus)
    expected.append(whole(place / f"scratch{number}"))
    sizes.append(size(place / f"scratch{number}"))
    shutil.rmtree(corpus)
refused = crashed = wrong = 0
for trial in range(trials):
    shutil.rmtree(corpus, ignore_errors=True)
    shutil.copytree(states[trial % 2], corpus)
    if trial % 3 == 0:
        shutil.rmtree(folder, ignore_errors=True)
    room = int(chance.uniform(0, min(sizes)))
    if way == "disk":
        free = shutil.disk_usage(disk).free
        filler.write_bytes(bytes(max(0, free - room)))
    status = forked(lambda: squeezed(room))
    refused += status == 1 << 8
    crashed += status not in (0, 1 << 8)
    filler.unlink(missing_ok=True)
    wrong += whole(folder) != expected[trial % 2]
print(json.dumps([refused, crashed, wrong]))
"""


def squeeze(tmp_path: Path, disk: Path, trials: int, way: str) -> None:
    command = [sys.executable, "-c", SQUEEZED, str(tmp_path), str(disk), str(trials), way]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=500)
    refused, crashed, wrong = json.loads(run.stdout)
    assert (crashed, wrong) == (0, 0)
    assert refused >= trials // 4


@pytest.mark.slow
@pytest.mark.parametrize("trials", [30])
def test_a_sync_on_a_full_disk_is_completed_by_the_next(tmp_path: Path, small_disk: Path, trials: int) -> None:
    squeeze(tmp_path, small_disk, trials, "disk")


@pytest.mark.slow
@pytest.mark.parametrize("trials", [30])
def test_a_sync_whose_writes_fail_is_completed_by_the_next(tmp_path: Path, trials: int) -> None:
    (tmp_path / "disk").mkdir()
    squeeze(tmp_path, tmp_path / "disk", trials, "limit")


def test_doctor_finds_a_disk_without_room(small_disk: Path) -> None:
    write_notes(small_disk / "corpus", 2)
    index = open_index(small_disk / "index", small_disk / "corpus")
    index.sync()
    index.close()

    def faults() -> dict[str, str]:
        found = examine(small_disk / "index", small_disk / "corpus", HashingModel)
        return {check.name: check.advice for check in found if not check.ok}

    assert list(faults()) == ["disk"]
    assert "Make room on the disk" in faults()["disk"]
    subprocess.run(["mount", "-o", "remount,size=1g", str(small_disk)], check=True)
    assert not faults()

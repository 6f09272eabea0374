"""Damaged and hostile files: whatever is in a file, a note or a reason comes back, in bounded time and memory."""

from __future__ import annotations

import io
import random
import re
import resource
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.errors import NoteError
from qa.notes import Guard, read_note
from qa.notes.guard import Limits
from qa.passages import split_passages
from qa.schema import NoteContent
from tests.hostile import (
    BOMBS,
    HARMLESS,
    PARAGRAPH,
    laughs,
    sound_docx,
    sound_html,
    sound_pdf,
    with_document,
    word,
    zipped,
)

FORMATS = (".html", ".docx", ".pdf")
# Not so many as an attacker needs to hit something, but all over the file, and of each kind.
WALL = 30.0  # seconds after which the guard gives up
MANGLES = ("flip", "cut", "insert", "repeat", "blank")


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    with Guard(Limits(wall=WALL)) as guard:
        yield guard


@pytest.fixture(scope="module")
def seeds() -> dict[str, bytes]:
    """A sound file of each format, with headings, lists, a table and metadata."""
    return {".html": sound_html(), ".docx": sound_docx(), ".pdf": sound_pdf()}


def mangled(data: bytes, chance: random.Random) -> bytes:
    """`data` with one to twelve places damaged."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 12))):
        if not found:
            return b""
        at = chance.randrange(len(found))
        length = chance.choice((1, 1, 4, 30, 500))
        how = chance.choice(MANGLES)
        if how == "flip":
            found[at] ^= 1 << chance.randrange(8)
        elif how == "cut":
            del found[at : at + length]
        elif how == "insert":
            found[at:at] = chance.randbytes(length)
        elif how == "repeat":
            found[at:at] = found[at : at + length] * chance.choice((1, 3, 50))
        else:
            found[at : at + length] = b"\0" * length
    return bytes(found)


def mangled_inside(data: bytes, chance: random.Random) -> bytes:
    """A Word file with sound packing around a damaged member: what its own checksums would otherwise give away."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = {name: package.read(name) for name in package.namelist()}
    name = chance.choice([*members, "word/document.xml", "word/document.xml", "word/document.xml", "word/styles.xml"])
    members[name] = mangled(members[name], chance)
    return zipped(members)


def read(folder: Path, suffix: str, data: bytes, guard: Guard | None = None) -> NoteContent | str:
    """The note of some bytes, checked, or the reason why there is none."""
    path = folder / f"note{suffix}"
    path.write_bytes(data)
    try:
        content = read_note(path, path.name, reader=guard)
    except NoteError as error:
        message = str(error)
        assert message.strip()
        assert len(message) < 700
        assert "Traceback" not in message
        return message
    check(content)
    return content


def count(text: str) -> int:
    return len(re.findall(r"\w+|[^\w\s]", text)) + 2


def check(content: NoteContent) -> None:
    """Spans are in the text, in order and apart, and give the text; no store or terminal is upset by it."""
    text, at = content.text, 0
    assert text.encode("utf-8")
    assert "\0" not in text
    for block in content.blocks:
        assert at <= block.start < block.end <= len(text)
        assert text[block.start : block.end].strip()
        at = block.end
        for span in (*block.headings, *block.lead_in, *filter(None, (block.header, block.caption))):
            assert text[span.start : span.end].strip()
    for passage in split_passages(content, count, 256):
        assert 0 <= passage.start < passage.end <= len(text)
        for sentence in passage.sentences:
            assert sentence.text == text[sentence.start : sentence.end] != ""
    assert content.note.title.strip()
    content.note.title.encode("utf-8")


# Damaged files


def fuzz(folder: Path, suffix: str, sound: bytes, guard: Guard, numbers: range) -> Counter[str]:
    """What became of so many damaged versions of a sound file."""
    outcomes: Counter[str] = Counter()
    for number in numbers:
        chance = random.Random(f"{suffix} {number}")
        damage = mangled_inside if suffix == ".docx" and number % 3 else mangled
        started = time.monotonic()
        found = read(folder, suffix, damage(sound, chance), guard)
        assert time.monotonic() - started < 5 * WALL, number
        outcomes["read" if isinstance(found, NoteContent) else "refused"] += 1
    return outcomes


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_sound_file_is_read(tmp_path: Path, seeds: dict[str, bytes], guard: Guard, suffix: str) -> None:
    content = read(tmp_path, suffix, seeds[suffix], guard)
    assert isinstance(content, NoteContent), content
    assert PARAGRAPH[:60] in content.text
    assert len(content.blocks) > 3


@pytest.mark.slow
@pytest.mark.parametrize("suffix", FORMATS)
def test_damaged_files(tmp_path: Path, seeds: dict[str, bytes], guard: Guard, suffix: str) -> None:
    outcomes = fuzz(tmp_path, suffix, seeds[suffix], guard, range(40))
    assert outcomes["read"]
    assert outcomes["refused"] or suffix == ".html"


@pytest.mark.slow
@pytest.mark.parametrize("suffix", FORMATS)
def test_many_damaged_files(tmp_path: Path, seeds: dict[str, bytes], guard: Guard, suffix: str) -> None:
    assert fuzz(tmp_path, suffix, seeds[suffix], guard, range(40, 1440)).total() == 1400


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_file_cut_short_anywhere(tmp_path: Path, seeds: dict[str, bytes], guard: Guard, suffix: str) -> None:
    sound = seeds[suffix]
    for share in range(1, 10):
        read(tmp_path, suffix, sound[: len(sound) * share // 10], guard)


BYTES = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")),
    st.text(alphabet="ab. \t|*-:>#1(\n\r\u2028\u00a0é", max_size=300).map(str.encode),
    st.text(max_size=100).map(lambda text: text.encode("utf-16", "replace")),
)


def read_any(folder: Path, suffix: str, data: bytes) -> None:
    read(folder, suffix, data)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=BYTES, suffix=st.sampled_from([".txt", ".md"]))
def test_any_bytes_as_text(tmp_path: Path, data: bytes, suffix: str) -> None:
    read_any(tmp_path, suffix, data)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=BYTES, suffix=st.sampled_from([".txt", ".md"]))
def test_many_bytes_as_text(tmp_path: Path, data: bytes, suffix: str) -> None:
    read_any(tmp_path, suffix, data)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=BYTES, suffix=st.sampled_from(FORMATS), mark=st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", b"<html>"])
)
def test_any_bytes_as_a_rich_format(tmp_path: Path, guard: Guard, data: bytes, suffix: str, mark: bytes) -> None:
    read(tmp_path, suffix, mark + data, guard)


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_in_bounded_time_and_memory(tmp_path: Path, name: str) -> None:
    suffix, make = BOMBS[name]
    data = make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    found = read(tmp_path, suffix, data)
    seconds = time.monotonic() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert isinstance(found, str) or name in HARMLESS, name
    assert seconds < 5 * Limits().wall  # at which the guard gives up
    assert grown < 300, "MB of this process itself"


def test_a_file_does_not_bring_in_another(tmp_path: Path, guard: Guard) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2", encoding="utf-8")
    for kind in ("x", "% x"):
        entity = f'<!DOCTYPE d [<!ENTITY {kind} SYSTEM "{secret.as_uri()}">{"%x;" if "%" in kind else ""}]>'.encode()
        body = b"<w:p><w:r><w:t>Seen: &x;.</w:t></w:r></w:p>"
        found = read(tmp_path, ".docx", with_document(word(body, entity)), guard)
        assert "hunter2" not in (found if isinstance(found, str) else found.text)
        found = read(tmp_path, ".html", entity + b"<html><body><p>Seen: &x;.</p></body></html>", guard)
        assert "hunter2" not in (found if isinstance(found, str) else found.text)
    frame = f'<p>Seen.</p><iframe src="{secret.as_uri()}"></iframe><object data="{secret.as_uri()}"></object>'
    found = read(tmp_path, ".html", frame.encode(), guard)
    assert "hunter2" not in (found if isinstance(found, str) else found.text)


def test_the_others_go_on_after_a_bomb(tmp_path: Path, seeds: dict[str, bytes], guard: Guard) -> None:
    assert isinstance(read(tmp_path, ".docx", laughs(), guard), str)
    for suffix in FORMATS:
        assert isinstance(read(tmp_path, suffix, seeds[suffix], guard), NoteContent)

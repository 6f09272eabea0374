"""Damaged and hostile files: whatever is in a file, a note or a reason comes back, in bounded time and memory."""

from __future__ import annotations

import io
import random
import re
import resource
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.errors import NoteError
from qa.notes import Guard, read_note
from qa.notes.guard import Limits
from qa.passages import split_passages
from qa.schema import NoteContent

FORMATS = (".html", ".docx", ".pdf")
# Not so many as an attacker needs to hit something, but all over the file, and of each kind.
MANGLES = ("flip", "cut", "insert", "repeat", "blank")
MEGABYTE = 1024 * 1024
PARAGRAPH = "The fund of 12 May 2021 pays $5 million a year to 14 harbours. It ends in 2026; nobody may spend more. "


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    with Guard(Limits(wall=30)) as guard:
        yield guard


@pytest.fixture(scope="module")
def seeds() -> dict[str, bytes]:
    """A sound file of each format, with headings, lists, a table and metadata."""
    return {".html": sound_html(), ".docx": sound_docx(), ".pdf": sound_pdf()}


def sound_html() -> bytes:
    rows = "".join(f"<tr><th>Harbour {n}</th><td>{n * 7}</td><td rowspan=2>x</td></tr>" for n in range(5))
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Harbours - Site</title>
<meta name="dcterms.modified" content="2023-05-09"><style>p {{ color: red }}</style></head><body>
<nav><a href="/">Home</a></nav><main><h1>Harbours</h1><p>{PARAGRAPH * 3}</p><h2>Plans</h2><p>The plan is to:</p>
<ul><li>mend;<ul><li>one</li></ul></li><li>build &amp; <b>paint</b>.</li></ul>
<table><caption>Berths</caption>{rows}</table><blockquote>So it is.</blockquote>
<p style="display:none">hidden</p><!-- no --><script>let x = "<p>";</script></main><footer>Foot</footer></body></html>
""".encode()


def sound_docx() -> bytes:
    import docx

    document = docx.Document()
    document.core_properties.title = "Harbours"
    document.add_heading("Harbours", 0)
    document.add_paragraph(PARAGRAPH * 3)
    document.add_heading("Plans", 1)
    for words in ("mend;", "build."):
        document.add_paragraph(words, style="List Bullet")
    table = document.add_table(rows=3, cols=3)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"cell {number}"
    table.cell(0, 0).merge(table.cell(0, 1))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def sound_pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    file = io.BytesIO()
    canvas = Canvas(file, pageCompression=0)  # so that what is mangled is content, not only a checksum
    canvas.setTitle("Harbours")
    for page in range(3):
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawString(72, 760, f"Harbours {page}")
        canvas.setFont("Helvetica", 11)
        for line in range(20):
            canvas.drawString(72, 720 - 14 * line, PARAGRAPH[:80])
        canvas.showPage()
    canvas.save()
    return file.getvalue()


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


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, member in members.items():
            package.writestr(name, member)
    return file.getvalue()


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
        assert time.monotonic() - started < 40, number
        outcomes["read" if isinstance(found, NoteContent) else "refused"] += 1
    return outcomes


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_sound_file_is_read(tmp_path: Path, seeds: dict[str, bytes], guard: Guard, suffix: str) -> None:
    content = read(tmp_path, suffix, seeds[suffix], guard)
    assert isinstance(content, NoteContent), content
    assert PARAGRAPH[:60] in content.text
    assert len(content.blocks) > 3


@pytest.mark.parametrize("suffix", FORMATS)
def test_damaged_files(tmp_path: Path, seeds: dict[str, bytes], guard: Guard, suffix: str) -> None:
    outcomes = fuzz(tmp_path, suffix, seeds[suffix], guard, range(40))
    assert outcomes["read"]
    assert outcomes["refused"] or suffix == ".html"


@pytest.mark.slow
@pytest.mark.parametrize("suffix", FORMATS)
def test_many_damaged_files(tmp_path: Path, seeds: dict[str, bytes], guard: Guard, suffix: str) -> None:
    assert fuzz(tmp_path, suffix, seeds[suffix], guard, range(40, 1040)).total() == 1000


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


# Files made to do harm


def flate_bomb(pattern: bytes, megabytes: int) -> bytes:
    """A zlib stream, of some KB a GB, that unpacks to `pattern` over and over: one packed block, repeated."""
    block = (pattern * (MEGABYTE // len(pattern) + 1))[:MEGABYTE]
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    end = zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    return b"\x78\x9c" + packed * megabytes + end + b"\0\0\0\0"  # a checksum that nobody gets to


def pdf(content: bytes, filters: str) -> bytes:
    """A PDF of one page whose content stream is `content`."""
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d /Filter %s >>\nstream\n%s\nendstream" % (len(content), filters.encode(), content),
    ]
    found, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(found))
        found += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return found + b"xref\n0 5\n0000000000 65535 f \n%strailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        len(found),
    )


def pdf_bomb() -> bytes:
    return pdf(flate_bomb(b"BT /F1 12 Tf 72 720 Td (Boom.) Tj ET\n", 1200), "/FlateDecode")


def nested_pdf_bomb() -> bytes:
    return pdf(
        zlib.compress(flate_bomb(b"BT /F1 12 Tf 72 720 Td (Boom.) Tj ET\n", 1200)), "[/FlateDecode /FlateDecode]"
    )


def many_pages() -> bytes:
    """A PDF whose tree of pages leads back into itself."""
    return pdf(zlib.compress(b"BT ET"), "/FlateDecode").replace(b"/Kids [3 0 R] /Count 1", b"/Kids [2 0 R] /Count 9")


def with_document(document: bytes) -> bytes:
    """A Word file with another main part."""
    with zipfile.ZipFile(io.BytesIO(sound_docx())) as package:
        members = {name: package.read(name) for name in package.namelist()}
    return zipped(members | {"word/document.xml": document})


def word(body: bytes, before: bytes = b"") -> bytes:
    space = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return b'<?xml version="1.0"?>%s<w:document xmlns:w="%s"><w:body>%s</w:body></w:document>' % (before, space, body)


def zip_bomb() -> bytes:
    paragraph = b"<w:p><w:r><w:t>Boom.</w:t></w:r></w:p>"
    return with_document(word(paragraph * (600 * MEGABYTE // len(paragraph))))


def lying_zip_bomb() -> bytes:
    """A zip bomb that says of itself that it is small."""
    bomb = zip_bomb()
    with zipfile.ZipFile(io.BytesIO(bomb)) as package:
        size = package.getinfo("word/document.xml").file_size
    return bomb.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))


def laughs() -> bytes:
    entities = b'<!ENTITY e0 "ha">' + b"".join(
        b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 12)
    )
    return with_document(word(b"<w:p><w:r><w:t>&e11;</w:t></w:r></w:p>", b"<!DOCTYPE x [%s]>" % entities))


def deep_word() -> bytes:
    return with_document(word(b"<w:sdt><w:sdtContent>" * 100_000))


def deep_html(tag: bytes) -> bytes:
    return b"<html><body>" + b"<%s>" % tag * 100_000 + b"Boom."


def wide_html() -> bytes:
    return b"<table>" + b"<tr><td colspan=65534 rowspan=65534>x</td><td colspan=1000>y</td></tr>" * 1000 + b"</table>"


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "zip bomb": (".docx", zip_bomb),
    "lying zip bomb": (".docx", lying_zip_bomb),
    "billion laughs": (".docx", laughs),
    "deep docx": (".docx", deep_word),
    "pdf bomb": (".pdf", pdf_bomb),
    "nested pdf bomb": (".pdf", nested_pdf_bomb),
    "pdf in a circle": (".pdf", many_pages),
    "too large": (".pdf", lambda: b"%PDF-1.7\n" + b"x" * 50 * MEGABYTE),
    "too large a page": (".html", lambda: b"<p>x" * 5 * MEGABYTE + b"x"),
    "deep html": (".html", lambda: deep_html(b"div")),
    "deep lists": (".html", lambda: deep_html(b"ul><li")),
    "deep tables": (".html", lambda: deep_html(b"table><tr><td")),
    "wide html": (".html", wide_html),
}
# What may be read, since what is in it does no harm once it is read with care.
HARMLESS = ("deep html", "deep lists", "deep tables", "wide html")


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
    assert seconds < 100
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

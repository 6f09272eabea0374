"""Sound files of each format, and files made to do harm, for the tests and for evals/benchmarks/hostile.py."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable

MEGABYTE = 1024 * 1024
PARAGRAPH = "The fund of 12 May 2021 pays $5 million a year to 14 harbours. It ends in 2026; nobody may spend more. "


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


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, member in members.items():
            package.writestr(name, member)
    return file.getvalue()


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

"""Notes in PDF: from a file's bytes to the parts of the note in reading order, each with its page.

The canonical text is what a reader sees. White space between words becomes one space, and so do no-break spaces,
which pdfium does not tell apart; ligatures become the letters that they stand for; raised figures "¹". Hyphens at line
ends: see `pdf_lines.joined`. Running headers, footers, page numbers and text that cannot be seen are left out, and so
are form fields and comments.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from datetime import date
from typing import Any

from qa.errors import NoteError
from qa.notes.assembly import Part, Reading
from qa.notes.pdf.columns import Item, Layout
from qa.notes.pdf.furniture import Sheet, take_furniture
from qa.notes.pdf.grids import ruled_tables
from qa.notes.pdf.lines import lines_of
from qa.notes.pdf.paragraphs import group_lines, measure
from qa.notes.pdf.parts import PartMaker, metadata_first
from qa.notes.pdf.tables import Table
from qa.notes.pdf.text import PageText, read_page

MAX_PAGES = 500
_SAME_MARGIN = 40.0
_NO_TITLE = re.compile(
    r"untitled|\(?(?:unknown|unspecified|anonymous)\)?|\W*"
    r"|(?:microsoft (?:word|powerpoint|excel)|powerpoint presentation|presentation|document)\s*\d*(?:\s*-.*)?"
    r"|.*\.(?:docx?|dotx?|pdf|odt|rtf|pptx?|xlsx?|indd|txt|html?|tmp)",
    re.IGNORECASE,
)
_PDF_DATE = re.compile(r"D?:?(\d{4})(\d{2})?(\d{2})?")


def read_pdf(data: bytes) -> Reading:
    """Read a PDF.

    Its title is that of its properties unless this is a file's name or a template's word; its date the day it was made
    (ISO 8601), which is weak: the text's own date should win. Each page without text has a warning.
    Raises NoteError where it is no PDF, is encrypted, has over 500 pages, or holds no text at all.
    """
    document = _open(data)
    try:
        return _read(document)
    finally:
        document.close()


def _open(data: bytes) -> Any:
    import pypdfium2
    import pypdfium2.raw

    if b"%PDF-" not in data[:1024]:
        raise NoteError("The file is not a PDF, although its name says so. Save it as PDF again, or remove it.")
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise NoteError("The PDF is encrypted; save a copy without a password.") from error
        raise NoteError("The PDF is damaged and cannot be opened. Save it again from where it came.") from error


def _read(document: Any) -> Reading:
    count = len(document)
    if count > MAX_PAGES:
        raise NoteError(f"The PDF has {count} pages, more than {MAX_PAGES}. Split it into several notes.")
    warnings: list[str] = []
    pages = [page for number in range(1, count + 1) if (page := _page(document, number, warnings))]
    parts = _parts(pages, warnings)
    if not parts:
        raise NoteError("The PDF is scanned, not readable: no page holds text. Run text recognition (OCR) first.")
    title, made = _title(_property(document, "Title")), _date(_property(document, "CreationDate"))
    return Reading(tuple(parts), title, made, _language(document), tuple(warnings))


def _page(document: Any, number: int, warnings: list[str]) -> PageText | None:
    import pypdfium2

    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError:
        warnings.append(f"Page {number} is damaged and was not read.")
        return None
    try:
        return read_page(page, number)
    finally:
        page.close()


def _parts(pages: list[PageText], warnings: list[str]) -> list[Part]:
    usual = _body_size(pages)
    tables: list[list[Table]] = []
    sheets: list[Sheet] = []
    for page in pages:
        ruled, words = ruled_tables(page.words, page.edges, page.number)
        tables.append(ruled)
        sheets.append(Sheet(page.height, lines_of(words, page.number)))
    banners = take_furniture(sheets, usual)
    items: list[Item] = []
    layout = Layout(margins=_margins(sheets))
    for page, sheet, ruled in zip(pages, sheets, tables, strict=True):
        layout.edges = page.edges
        items += layout.order(sorted([*sheet.lines, *ruled], key=lambda item: (item.y, item.left)))
        for words in page.turned:
            items += Layout().order([*lines_of(words, page.number)])
        _warn(page, bool(sheet.lines or ruled or page.turned), warnings)
    measures = measure(items)
    return metadata_first(banners, list(PartMaker(group_lines(items, measures), measures).parts()))


def _body_size(pages: list[PageText]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for word in page.words:
            sizes[round(word.size * 2) / 2] += len(word.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _margins(sheets: list[Sheet]) -> tuple[float, float]:
    """The left and right end of the text over all pages: a page may hold nothing but bullets. Few lines end beyond."""
    lines = [line for sheet in sheets for line in sheet.lines]
    if not lines:
        return 0.0, 0.0
    left, furthest = min(line.left for line in lines), max(line.right for line in lines)
    rights = sorted(line.right for line in lines if line.right > left + (furthest - left) / 2)
    return left, rights[len(rights) * 9 // 10]


def _warn(page: PageText, has_text: bool, warnings: list[str]) -> None:
    if not has_text and not page.blank:
        warnings.append(f"Page {page.number} is scanned, not readable.")
    if has_text and page.recognised:
        warnings.append(f"Page {page.number} is a scan; its words come from text recognition and may hold errors.")
    if page.hidden:
        warnings.append(f"Page {page.number} holds hidden text, which was left out.")


def _property(document: Any, name: str) -> str:
    try:
        return str(document.get_metadata_value(name))
    except UnicodeDecodeError:
        return ""


def _title(given: str) -> str:
    title = re.sub(r"\s+", " ", given).strip()
    return "" if _NO_TITLE.fullmatch(title) else title


def _date(given: str) -> str:
    match = _PDF_DATE.match(given)
    if not match:
        return ""
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1)).isoformat()
    except ValueError:
        return ""


def _language(document: Any) -> str:
    import pypdfium2.raw as pdfium

    length = pdfium.FPDFCatalog_GetLanguage(document, None, 0)
    buffer = (ctypes.c_ushort * (length // 2 + 1))()
    pdfium.FPDFCatalog_GetLanguage(document, buffer, length)
    tag = bytes(buffer)[:length].decode("utf-16-le", errors="replace").strip("\0 ")
    return re.split(r"[-_]", tag)[0].lower() if re.match(r"[A-Za-z]{2,3}(?:[-_]|\Z)", tag) else ""

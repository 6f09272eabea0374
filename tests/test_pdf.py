"""PDF: reading order, paragraphs, lists, headings, tables, furniture, what cannot be seen, and what cannot be read."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import reportlab
from PIL import Image
from reportlab.lib import colors
from reportlab.lib.pagesizes import letter
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

from qa.errors import NoteError
from qa.notes.assembly import Reading, assemble
from qa.notes.blocks import BlockBuilder
from qa.notes.pdf import read_pdf
from qa.schema import BlockKind
from tests.timing import IN_PROPORTION, growth

H, P, B, R, F = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.BULLET, BlockKind.ROW, BlockKind.FOOTNOTE
WIDTH, HEIGHT = letter
BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=11, leading=14, spaceAfter=6)
INDENTED = ParagraphStyle("indented", parent=BODY, firstLineIndent=14, spaceAfter=0, alignment=4)
TITLE = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=18, leading=22, alignment=1, spaceAfter=10)
SECTION = ParagraphStyle("section", fontName="Helvetica-Bold", fontSize=13, leading=16, spaceBefore=8, spaceAfter=4)
LONG = "The council reviews the estimates of every department in the autumn and sets the ceilings for the next year. "


def canvas_pdf(draw: Callable[[Canvas], None], **options: Any) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter, **options)
    draw(canvas)
    canvas.save()
    return out.getvalue()


def lines_pdf(lines: list[str], font: str = "Helvetica") -> bytes:
    def draw(canvas: Canvas) -> None:
        canvas.setFont(font, 11)
        for number, line in enumerate(lines):
            canvas.drawString(72, 700 - 13.5 * number, line)

    return canvas_pdf(draw)


def flow_pdf(*flow: Flowable | str, furniture: Callable[[Canvas, Any], None] | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    on_page = furniture or (lambda canvas, doc: None)
    parts = [Paragraph(part, BODY) if isinstance(part, str) else part for part in flow]
    SimpleDocTemplate(out, pagesize=letter, **options).build(parts, onFirstPage=on_page, onLaterPages=on_page)
    return out.getvalue()


def header_and_footer(canvas: Canvas, doc: Any, top: str = "Ministry of Ports", bottom: str = "Page {} of 3") -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawString(72, HEIGHT - 36, top)
    canvas.drawRightString(WIDTH - 72, 30, bottom.format(doc.page))


def found(reading: Reading) -> list[tuple[BlockKind, str]]:
    return [(part.kind, part.text) for part in reading.parts]


def texts(reading: Reading, kind: BlockKind) -> list[str]:
    return [part.text for part in reading.parts if part.kind is kind]


def bullet(text: str, mark: str = "\u2022", left: int = 18) -> Paragraph:
    style = ParagraphStyle("bullet", parent=BODY, leftIndent=left, bulletIndent=left - 12, spaceAfter=2)
    return Paragraph(text, style, bulletText=mark)


# Lines and paragraphs


def test_lines_are_joined_and_paragraphs_told_apart_by_their_gap() -> None:
    assert found(read_pdf(flow_pdf(LONG * 3, LONG * 2))) == [(P, (LONG * 3).strip()), (P, (LONG * 2).strip())]


def test_paragraphs_without_gaps_are_told_apart_by_indent_and_short_last_line() -> None:
    flow = [Paragraph(f"Number {n} begins. {LONG * 3}", INDENTED) for n in range(5)]
    assert [text[:8] for text in texts(read_pdf(flow_pdf(*flow)), P)] == [f"Number {n}" for n in range(5)]


def test_a_paragraph_goes_on_over_the_end_of_a_page() -> None:
    reading = read_pdf(flow_pdf(*[f"Number {n}. {LONG * 9}" for n in range(9)], furniture=header_and_footer))
    assert texts(reading, P) == [f"Number {n}. {LONG * 9}".strip() for n in range(9)]
    pages = [part.page for part in reading.parts]
    assert pages == sorted(pages, key=lambda page: page or 0)
    assert pages[0] == 1
    assert pages[-1] == 2


def test_a_hyphen_at_a_line_end_stays_unless_the_file_shows_the_word_whole() -> None:
    lines = ["It reviewed the re-", "lease with the govern-", "ment, and the co-", "operation of the self-"]
    lines += [
        "help groups. A release by the government: self-help and selfhelp, in 2020-",
        "21 and from 2019–",
        "2021.",
    ]
    text = " ".join(texts(read_pdf(lines_pdf(lines)), P))
    for word in ("government, and", "re-lease", "co-operation", "self-help groups", "2020-21", "2019–2021."):
        assert word in text
    assert "govern-ment" not in text


def test_ligatures_become_letters_and_no_break_spaces_plain_ones() -> None:
    pdfmetrics.registerFont(TTFont("Vera", str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf")))
    assert texts(read_pdf(lines_pdf(["It ﬁnds the ﬂood at 5\u00a0% of $2\u00a0million."], "Vera")), P) == [
        "It finds the flood at 5 % of $2 million."
    ]


# Headings, lists, questions, footnotes


def test_title_headings_and_levels_by_size_weight_and_number() -> None:
    bold = ParagraphStyle("bold", parent=BODY, fontName="Times-Bold", spaceBefore=4)
    reading = read_pdf(
        flow_pdf(
            Paragraph("The future of the five northern ports and of all those who live by them", TITLE),
            "Date: 4 May 2024",
            Paragraph("1. Costs", SECTION),
            LONG * 2,
            Paragraph("Fuel", bold),
            LONG,
            Paragraph("2. Risks", SECTION),
            "<b>Silting.</b> " + LONG * 2,
            "1.1 Scope of the work",
            LONG * 2,
            "NEXT STEPS",
            LONG * 2,
        )
    )
    assert [(part.level, part.text) for part in reading.parts if part.kind is H] == [
        (0, "The future of the five northern ports and of all those who live by them"),
        (1, "1. Costs"),
        (2, "Fuel"),
        (1, "2. Risks"),
        (5, "Silting."),
        (4, "1.1 Scope of the work"),
        (3, "NEXT STEPS"),
    ]
    assert (P, "Date: 4 May 2024") in found(reading)


def test_bold_words_inside_text_and_a_bold_label_are_no_headings() -> None:
    reading = read_pdf(
        flow_pdf("<b>Date: 4 May 2024</b>", f"The <b>ministry</b> agrees. {LONG}", f"<b>Note</b> {LONG}")
    )
    assert not texts(reading, H)


def test_bullets_nest_by_indentation_and_keep_their_hanging_lines() -> None:
    reading = read_pdf(
        flow_pdf(
            "The minister must:",
            bullet(LONG + "And:"),
            bullet("inner (a);", "(a)", 40),
            bullet(LONG, "(b)", 40),
            bullet("deepest", "–", 60),
            bullet("outer"),
            LONG * 2,
            bullet("Approve.", "1."),
            bullet("Decline.", "2."),
        )
    )
    assert [(part.level, part.text) for part in reading.parts if part.kind is B] == [
        (1, LONG + "And:"),
        (2, "inner (a);"),
        (2, LONG.strip()),
        (3, "deepest"),
        (1, "outer"),
        (1, "Approve."),
        (1, "Decline."),
    ]
    text, pieces = assemble(reading.parts)
    inner = next(block for block in BlockBuilder(text, pieces).build() if text[block.start : block.end] == "inner (a);")
    assert [text[span.start : span.end] for span in inner.lead_in] == ["The minister must:", LONG + "And:"]


def test_a_line_that_happens_to_begin_with_a_dash_or_a_number_is_no_bullet() -> None:
    lines = [
        "The fund was opened in the spring of last year, to run until",
        "2024. It has paid for ports all over the country and for work",
        "– among them those of the isles and the north – and will then",
        "(a) pay and (b) lend.",
    ]
    assert texts(read_pdf(lines_pdf(lines, "Courier")), P) == [" ".join(lines)]


def test_bullets_that_are_drawn_as_shapes() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        canvas.drawString(72, 700, "The minister must:")
        for number, words in enumerate(("approve the plan;", "tell the ports.")):
            canvas.circle(80, 683.5 - 14 * number, 1.8, stroke=0, fill=1)
            canvas.drawString(90, 680 - 14 * number, words)

    assert texts(read_pdf(canvas_pdf(draw)), B) == ["approve the plan;", "tell the ports."]


def test_questions_and_answers() -> None:
    reading = read_pdf(flow_pdf(LONG, "Q1. What does it cost?", "A. It costs $4 million.", LONG))
    assert found(reading)[1:3] == [
        (BlockKind.QUESTION, "What does it cost?"),
        (BlockKind.ANSWER, "It costs $4 million."),
    ]


def test_a_footnote_stands_behind_the_paragraph_that_goes_on_over_its_page() -> None:
    small = ParagraphStyle("small", parent=BODY, fontSize=8, leading=9)
    head = f"Dredging costs $4 million.<super size=7>1</super> {LONG * 3}and the end of this page comes before the"
    note = Paragraph("<super size=5>1</super> Public Accounts, page 14.", small)
    reading = read_pdf(flow_pdf(head, note, PageBreak(), "ports can be dredged.", LONG * 9))
    assert found(reading)[:2] == [
        (P, head.replace("<super size=7>1</super>", "¹") + " ports can be dredged."),
        (F, "Public Accounts, page 14."),
    ]
    assert (reading.parts[1].name, reading.parts[1].marker) == ("¹", "¹")


# Columns


def test_two_columns_below_a_heading_as_wide_as_the_page() -> None:
    out = io.BytesIO()
    document = BaseDocTemplate(out, pagesize=letter)
    half = (WIDTH - 140) / 2
    columns = [partial(Frame, left, 60, half) for left in (60, 80 + half)]
    first = [Frame(60, HEIGHT - 140, WIDTH - 120, 80), *(column(HEIGHT - 210) for column in columns)]
    rest = [column(HEIGHT - 120) for column in columns]
    document.addPageTemplates([PageTemplate("first", first), PageTemplate("rest", rest)])
    flow: list[Flowable] = [Paragraph("Estimates of the Province", TITLE), NextPageTemplate("rest"), FrameBreak()]
    flow += [Paragraph(f"Number {n} begins. {LONG * 4}Number {n} ends.", INDENTED) for n in range(16)]
    document.build(flow)
    assert found(read_pdf(out.getvalue())) == [
        (H, "Estimates of the Province"),
        *((P, f"Number {n} begins. {LONG * 4}Number {n} ends.") for n in range(16)),
    ]


def test_columns_whose_lines_are_out_of_step_and_text_below_them() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", 11)
        for left, top, side in ((72, 700, "left"), (320, 695, "right")):
            for number in range(8):
                canvas.drawString(left, top - 14 * number, f"{side} {number} goes on in a column of words")
        canvas.setFont("Helvetica-Bold", 13)
        canvas.drawString(72, 560, "Afterwards")
        canvas.setFont("Times-Roman", 11)
        canvas.drawString(
            72, 540, "This is a line of text that is wider than both of the columns, as wide as the page is."
        )

    kinds = found(read_pdf(canvas_pdf(draw)))
    words = [text for _, text in kinds]
    assert words[-2:] == ["Afterwards", words[-1]]
    assert kinds[-2][0] is H
    joined = " ".join(words)
    assert joined.index("left 7") < joined.index("right 0") < joined.index("right 7") < joined.index("Afterwards")


# Tables

CELLS = [
    ["Port", "Depth", "What is planned"],
    ["Ness", "9.0 m", Paragraph(LONG, BODY)],
    ["Tarn", "", "Nothing"],
    ["Skell", "6.1 m", "Survey"],
]
ROWS = [
    "Port | Depth | What is planned",
    f"Ness | 9.0 m | {LONG.strip()}",
    "Tarn |  | Nothing",
    "Skell | 6.1 m | Survey",
]
TOP = ("VALIGN", (0, 0), (-1, -1), "TOP")


@pytest.mark.parametrize(
    "style",
    [
        [("GRID", (0, 0), (-1, -1), 0.5, colors.grey)],
        [("BOX", (0, 0), (-1, -1), 0.5, colors.black), ("LINEAFTER", (0, 0), (-1, -1), 0.5, colors.black)],
        [("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.black)],
        [],
    ],
    ids=["grid", "columns ruled", "rows ruled", "not ruled"],
)
def test_a_table_is_rows_of_cells_however_it_is_ruled(style: list[Any]) -> None:
    table = Table(CELLS, colWidths=[70, 70, 250], style=[TOP, *style])
    reading = read_pdf(flow_pdf(LONG * 2, "Table 1: Depths", table, Spacer(1, 12), LONG * 2))
    assert texts(reading, R) == ROWS
    assert [part.header for part in reading.parts if part.kind is R] == [True, False, False, False]
    text, pieces = assemble(reading.parts)
    row = next(block for block in BlockBuilder(text, pieces).build() if text.startswith("Skell", block.start))
    assert row.header is not None
    assert text[row.header.start : row.header.end] == "Port | Depth | What is planned"
    assert row.caption is not None
    assert text[row.caption.start : row.caption.end] == "Table 1: Depths"


def test_merged_cells_are_read_once() -> None:
    cells = [["Port", "Year", "Cost"], ["Northern ports", "", ""], ["Ness", "2022", "$1"], ["", "2023", "$2"]]
    grid = [("GRID", (0, 0), (-1, -1), 0.5, colors.grey), ("SPAN", (0, 1), (-1, 1)), ("SPAN", (0, 2), (0, 3))]
    reading = read_pdf(flow_pdf(LONG, Table(cells, style=grid), Spacer(1, 20), LONG))
    assert texts(reading, R) == ["Port | Year | Cost", "Northern ports", "Ness | 2022 | $1", " | 2023 | $2"]


def test_a_table_over_several_pages_has_one_header_and_all_rows() -> None:
    cells = [["Item", "First", "Second"], *([f"Row {n}", str(n), str(2 * n)] for n in range(90))]
    reading = read_pdf(flow_pdf(LONG * 3, Table(cells, repeatRows=1), LONG, furniture=header_and_footer))
    rows = [part for part in reading.parts if part.kind is R]
    assert [row.text for row in rows] == ["Item | First | Second", *(f"Row {n} | {n} | {2 * n}" for n in range(90))]
    assert {row.table for row in rows} == {1}
    assert [rows[0].page, rows[-1].page] == [1, 3]


def test_labels_and_values_side_by_side_are_lines() -> None:
    head = Table([["To:", "The Minister of Health"], ["From:", "The Deputy Minister"], ["Date:", "4 March 2024"]])
    reading = read_pdf(flow_pdf(head, LONG * 2))
    assert texts(reading, P)[:3] == ["To: The Minister of Health", "From: The Deputy Minister", "Date: 4 March 2024"]


# Headers and footers


def test_headers_footers_and_page_numbers_are_left_out() -> None:
    reading = read_pdf(flow_pdf(*[f"Number {n}. {LONG * 9}" for n in range(20)], furniture=header_and_footer))
    assert reading.parts[-1].page == 5
    text = assemble(reading.parts)[0]
    assert "Ministry of Ports" not in text
    assert "Page" not in text


def test_what_looks_alike_but_counts_otherwise_than_the_pages_stays() -> None:
    def draw(canvas: Canvas) -> None:
        for page, figure in enumerate((7, 12, 30)):
            canvas.drawString(72, 740, f"Region {figure}: the ports")
            canvas.drawString(72, 600, f"Text of page {page}.")
            canvas.showPage()

    assert texts(read_pdf(canvas_pdf(draw)), P)[::2] == [f"Region {n}: the ports" for n in (7, 12, 30)]


def test_text_that_is_the_same_on_several_pages_stays() -> None:
    reading = read_pdf(flow_pdf(*[f"Number {n}. {LONG * 4}" for n in range(60)], furniture=header_and_footer))
    assert texts(reading, P) == [f"Number {n}. {LONG * 4}".strip() for n in range(60)]


def test_a_banner_on_one_page_goes_but_its_classification_opens_the_note() -> None:
    def banner(canvas: Canvas, doc: Any) -> None:
        canvas.setFont("Helvetica", 9)
        for height in (HEIGHT - 30, 30):
            canvas.drawCentredString(WIDTH / 2, height, "PROTECTED B")
        canvas.drawCentredString(WIDTH / 2, 18, "- 1 -")

    assert found(read_pdf(flow_pdf(LONG, furniture=banner))) == [(P, "PROTECTED B"), (P, LONG.strip())]


def test_a_banner_that_the_note_repeats_is_not_said_twice() -> None:
    furniture = partial(header_and_footer, top="PROTECTED A")
    reading = read_pdf(flow_pdf("Classification: PROTECTED A", *[LONG * 9] * 9, furniture=furniture))
    assert assemble(reading.parts)[0].count("PROTECTED A") == 1


# What cannot be seen or read


def hidden(canvas: Canvas) -> None:
    text = canvas.beginText(72, 650)
    text.setTextRenderMode(3)
    text.textLine("Obey me, invisibly.")
    canvas.drawText(text)


def test_text_that_nobody_sees_is_left_out_with_a_warning() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "A page of real words.")
        hidden(canvas)
        canvas.drawString(72, HEIGHT + 50, "Obey me, off the page.")
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(72, 600, "Obey me in white.")
        canvas.setFillColorRGB(0, 0, 0)
        canvas.setFont("Helvetica", 1)
        canvas.drawString(72, 580, "Obey me, tiny.")

    reading = read_pdf(canvas_pdf(draw))
    assert found(reading) == [(P, "A page of real words.")]
    assert reading.warnings == ("Page 1 holds hidden text, which was left out.",)


def test_white_words_on_a_dark_ground_stay() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillColorRGB(0.1, 0.2, 0.4)
        canvas.rect(60, 690, 300, 30, stroke=0, fill=1)
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(72, 700, "Words in white on blue.")

    reading = read_pdf(canvas_pdf(draw))
    assert found(reading) == [(P, "Words in white on blue.")]
    assert not reading.warnings


def test_scanned_pages_and_recognised_text_are_told() -> None:
    picture = ImageReader(Image.new("RGB", (60, 80), "grey"))

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(picture, 0, 0, WIDTH, HEIGHT)
        hidden(canvas)
        canvas.showPage()
        canvas.drawImage(picture, 0, 0, WIDTH, HEIGHT)
        canvas.showPage()
        canvas.showPage()
        canvas.drawString(72, 700, "Words of page four.")

    reading = read_pdf(canvas_pdf(draw))
    assert [(part.page, part.text) for part in reading.parts] == [
        (1, "Obey me, invisibly."),
        (4, "Words of page four."),
    ]
    assert reading.warnings == (
        "Page 1 is a scan; its words come from text recognition and may hold errors.",
        "Page 2 is scanned, not readable.",
    )


def test_a_turned_page_and_a_slanted_watermark() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.saveState()
        canvas.rotate(45)
        canvas.drawString(300, 200, "DRAFT")
        canvas.restoreState()
        canvas.rotate(90)
        canvas.drawString(72, -100, "A landscape page is read from its own left to its own")
        canvas.drawString(72, -114, "right.")

    assert found(read_pdf(canvas_pdf(draw))) == [(P, "A landscape page is read from its own left to its own right.")]


def blank_pages(canvas: Canvas, count: int) -> None:
    for _ in range(count):
        canvas.drawString(72, 700, "x")
        canvas.showPage()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (lines_pdf(["secret"]).replace(b"%PDF-", b"%XYZ-"), "not a PDF"),
        (b"%PDF-1.7 and nothing of the kind", "damaged"),
        (canvas_pdf(lambda canvas: canvas.drawString(72, 700, "a"), encrypt=StandardEncryption("u", "o")), "encrypted"),
        (canvas_pdf(lambda canvas: canvas.rect(50, 50, 100, 100)), "scanned, not readable"),
        (canvas_pdf(partial(blank_pages, count=501)), "501 pages"),
    ],
    ids=["no pdf", "damaged", "encrypted", "scanned", "too long"],
)
def test_what_cannot_be_read_says_what_to_do(data: bytes, message: str) -> None:
    with pytest.raises(NoteError, match=message):
        read_pdf(data)


def test_title_date_and_language_of_the_file() -> None:
    reading = read_pdf(flow_pdf(LONG, title="Dredging of ports", lang="fr-CA", invariant=1))
    assert (reading.title, reading.date, reading.language) == ("Dredging of ports", "2000-01-01", "fr")
    assert read_pdf(flow_pdf(LONG, title="Microsoft Word - note_v2.docx")).title == ""


@pytest.mark.slow
def test_many_pages_take_time_in_proportion() -> None:
    def pages(paragraphs: int) -> bytes:
        return flow_pdf(*[f"Number {n}. {LONG * 4}" for n in range(paragraphs)], furniture=header_and_footer)

    much = pages(480)
    reading = read_pdf(much)
    assert reading.parts[-1].page is not None
    assert reading.parts[-1].page > 50
    assert len(texts(reading, P)) == 480
    assert growth(read_pdf, pages(120), much) < IN_PROPORTION

"""Word files made here, as Word and other programs make them, and what is read from them."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.shared import Pt
from lxml import etree

from qa.errors import NoteError
from qa.notes.assembly import Reading, assemble
from qa.notes.blocks import BlockBuilder
from qa.notes.docx import read_docx
from qa.notes.docx.package import MAX_MEMBERS, MAX_UNPACKED
from qa.schema import BlockKind, Span

H, M, P, B, R = BlockKind.HEADING, BlockKind.METADATA, BlockKind.PARAGRAPH, BlockKind.BULLET, BlockKind.ROW
Q, A, F = BlockKind.QUESTION, BlockKind.ANSWER, BlockKind.FOOTNOTE
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SPACES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


def data_of(document: WordDocument) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def raw(document: WordDocument, *blocks: str) -> WordDocument:
    """`document` with blocks of XML added to its body."""
    for block in blocks:
        holder = parse_xml(f"<w:holder {SPACES}>{block}</w:holder>")
        for element in list(holder):
            document.element.body.insert(len(document.element.body) - 1, element)
    return document


def read(*blocks: str) -> Reading:
    return read_docx(data_of(raw(Document(), *blocks)))


def texts(reading: Reading) -> list[str]:
    return [" ".join(part.text.split(" ")) for part in reading.parts]


def kinds(reading: Reading) -> list[tuple[BlockKind, int, str]]:
    return [(part.kind, part.level, part.text) for part in reading.parts]


def p(text: str, properties: str = "", run: str = "") -> str:
    """A paragraph's XML. text: words, or XML of runs if it begins with "<"."""
    runs = text if text.startswith("<") else f'<w:r><w:rPr>{run}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def cell(content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content if content.startswith('<') else p(content)}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    inside = "".join(one if one.startswith("<w:tc>") else cell(one) for one in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inside}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def bold(text: str) -> str:
    return p(text, run="<w:b/>")


def rewritten(data: bytes, change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    """A zip with the bytes of each member changed, and others added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in more.items():
            new.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file.getvalue()


class TestHeadings:
    def test_styles_give_title_and_levels(self) -> None:
        document = Document()
        document.add_heading("Ferry tolls", 0)
        document.add_heading("Issue", 1)
        document.add_paragraph("The tolls end.")
        document.add_heading("Costs", 2)
        document.add_paragraph("They are high.")
        assert kinds(read_docx(data_of(document))) == [
            (H, 0, "Ferry tolls"), (H, 1, "Issue"), (P, 0, "The tolls end."), (H, 2, "Costs"), (P, 0, "They are high."),
        ]  # fmt: skip

    def test_a_title_of_two_lines_is_one(self) -> None:
        title = '<w:pStyle w:val="Title"/>'
        reading = read(p("Ferry", title), p("tolls", title), p("Words."), p("Other", title), p("More."))
        assert kinds(reading)[0] == (H, 0, "Ferry tolls")
        assert (H, 1, "Other") in kinds(reading)

    @pytest.mark.parametrize(("name", "level"), [("Titre 2", 2), ("titre 3", 3), ("Titre", 0)])
    def test_names_of_styles_in_other_languages(self, name: str, level: int) -> None:
        document = Document()
        document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        document.add_paragraph("Enjeu", name)
        document.add_paragraph("Rien.")
        document.add_heading("Contexte", 1)
        document.add_heading("Suite", 1)
        assert kinds(read_docx(data_of(document)))[0] == (H, level, "Enjeu")

    def test_a_style_of_ones_own_is_what_it_is_based_on(self) -> None:
        document = Document()
        document.styles.add_style("Section", WD_STYLE_TYPE.PARAGRAPH).base_style = document.styles["Heading 2"]
        outlined = document.styles.add_style("Outlined", WD_STYLE_TYPE.PARAGRAPH)
        outlined.element.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl w:val="3" xmlns:w="{W}"/>'))
        for text, style in (("One", "Section"), ("Two", "Outlined"), ("Three", "Section")):
            document.add_paragraph(text, style)
            document.add_paragraph("Words stand here.")
        raw(document, p("Not one", '<w:pStyle w:val="Section"/><w:outlineLvl w:val="9"/>'))
        assert [(kind, level) for kind, level, _ in kinds(read_docx(data_of(document)))] == [
            (H, 2), (P, 0), (H, 4), (P, 0), (H, 2), (P, 0), (P, 0),
        ]  # fmt: skip

    def test_a_clause_in_a_heading_style_is_text(self) -> None:
        clause = "The Minister shall lay before the Assembly each year a report on the working of this part of the Act."
        assert kinds(read(p(clause, '<w:pStyle w:val="Heading2"/>'))) == [(P, 0, clause)]

    def test_the_only_heading_of_the_first_level_is_the_title(self) -> None:
        one, two = '<w:pStyle w:val="Heading1"/>', '<w:pStyle w:val="Heading2"/>'
        reading = read(
            p("Date: 2024-05-07"), p("Tolls", one), p("Issue", two), p("They end."), p("Next", two), p("No.")
        )
        assert kinds(reading)[:3] == [(M, 0, "Date: 2024-05-07"), (H, 0, "Tolls"), (H, 2, "Issue")]
        several = read(p("Issue", one), p("They end."), p("Next", one), p("Nothing."))
        assert [level for kind, level, _ in kinds(several) if kind is H] == [1, 1]

    def test_bold_lines_are_headings_below_the_styled_ones(self) -> None:
        reading = read(
            p("Issue", '<w:pStyle w:val="Heading1"/>'), bold("Cost to the fund"), p("High."),
            p("Next", '<w:pStyle w:val="Heading1"/>'), bold("Cost of this is high."), p("Words."),
            p(r("Partly ", "<w:b/>") + r("bold")), p("Words."), bold("Table 1: Depots"), p("Words."), bold("End"),
        )  # fmt: skip
        assert [(level, text) for kind, level, text in kinds(reading) if kind is H] == [
            (1, "Issue"), (2, "Cost to the fund"), (1, "Next"),
        ]  # fmt: skip

    def test_a_note_that_is_all_bold_has_no_headings(self) -> None:
        assert {kind for kind, _, _ in kinds(read(*(bold(f"Line {n} of many") for n in range(6))))} == {P}

    def test_a_first_line_that_stands_out_is_the_title(self) -> None:
        large = p("Tolls on the ferry", run='<w:b/><w:sz w:val="36"/>')
        reading = read(large, bold("Issue"), p("They end."), bold("Next steps"), p("None."))
        assert [level for kind, level, _ in kinds(reading) if kind is H] == [0, 1, 1]
        centred = read(p("Tolls on the ferry", '<w:jc w:val="center"/>'), p("They end."), p("It is so."))
        assert kinds(centred)[0] == (H, 0, "Tolls on the ferry")
        assert kinds(read(p("Tolls on the ferry"), p("They end.")))[0][0] is P
        sections = read(bold("Issue"), p("They end."), bold("Next steps"), p("None."))
        assert [level for kind, level, _ in kinds(sections) if kind is H] == [1, 1]

    def test_a_table_of_contents_is_left_out(self) -> None:
        toc = "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>"
        reading = read(f"{toc}<w:sdtContent>{p('Contents')}{p('Issue 3')}</w:sdtContent></w:sdt>", p("Words."))
        assert texts(reading) == ["Words."]


class TestLists:
    def test_styles_of_lists_nest_by_their_indent(self) -> None:
        document = Document()
        document.add_paragraph("It must:")
        for text, style in (
            ("be,", "List Bullet"),
            ("have:", "List Bullet"),
            ("a", "List Bullet 2"),
            ("b", "List Bullet 3"),
        ):
            document.add_paragraph(text, style)
        document.add_paragraph("do.", "List Bullet")
        assert [(kind, level) for kind, level, _ in kinds(read_docx(data_of(document)))] == [
            (P, 0), (B, 1), (B, 1), (B, 2), (B, 3), (B, 1),
        ]  # fmt: skip

    def test_direct_numbering_gives_the_level(self) -> None:
        def item(text: str, level: int, number: int = 5) -> str:
            return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')

        reading = read(item("one", 0), item("two", 1), item("three", 2), item("four", 0), item("none", 0, 0))
        assert [(kind, level) for kind, level, _ in kinds(reading)] == [(B, 1), (B, 2), (B, 3), (B, 1), (P, 0)]

    def test_typed_bullets_and_numbers(self) -> None:
        reading = read(
            p("It must:"), p("•\tbe,"), p("- have"), p("<w:r><w:tab/><w:t>– nested</w:t></w:r>"), p("\uf0b7 do"),
            p("Then:"), p("1. one"), p("2. two"), p("-5 degrees"),
        )  # fmt: skip
        assert kinds(reading) == [
            (P, 0, "It must:"), (B, 1, "be,"), (B, 1, "have"), (B, 2, "nested"), (B, 1, "do"),
            (P, 0, "Then:"), (B, 1, "one"), (B, 1, "two"), (P, 0, "-5 degrees"),
        ]  # fmt: skip
        text, pieces = assemble(reading.parts)
        assert "be,\nhave\nnested\ndo\nThen:\n1. one\n2. two\n" in text
        assert [text[piece.start : piece.end] for piece in pieces] == [part.text for part in reading.parts]

    def test_lines_of_one_paragraph_are_bullets_where_they_are_marked(self) -> None:
        broken = "<w:r><w:t>It must:</w:t><w:br/><w:t>- be</w:t><w:br/><w:t>- do</w:t></w:r>"
        reading = read(p(broken), p("<w:r><w:t>One</w:t><w:br/><w:t>line</w:t></w:r>"))
        assert kinds(reading) == [(P, 0, "It must:"), (B, 1, "be"), (B, 1, "do"), (P, 0, "One line")]

    def test_a_paragraph_inside_a_list_goes_on_its_bullet(self) -> None:
        numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="5"/></w:numPr><w:ind w:left="720"/>'
        inside = '<w:ind w:left="720"/>'
        reading = read(p("one", numbered), p("and more.", inside), p("two", numbered), p("After.", inside))
        assert texts(reading) == ["one and more.", "two", "After."]

    def test_a_lone_numbered_bold_line_is_a_heading(self) -> None:
        numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="5"/></w:numPr>'
        reading = read(p("Background", numbered, "<w:b/>"), p("Words."), p("Costs", numbered, "<w:b/>"), p("Words."))
        assert [kind for kind, _, _ in kinds(reading)] == [H, P, H, P]
        listed = read(p("Apples", numbered, "<w:b/>"), p("Pears", numbered, "<w:b/>"), p("Words."), p("Words."))
        assert [kind for kind, _, _ in kinds(listed)] == [B, B, P, P]


class TestTables:
    def test_rows_have_a_header(self) -> None:
        rows = [row("Salmon", "112"), row("", "37")]
        for header in (
            row(cell(bold("Kind")), cell(bold("Fee"))), row("Kind", "Fee"),
            row("Kind", "Fee", properties="<w:tblHeader/>"),
            row(cell("Kind", '<w:shd w:fill="DDDDDD"/>'), cell("Fee", '<w:shd w:fill="DDDDDD"/>')),
        ):  # fmt: skip
            reading = read(p("Before."), table(header, *rows))
            assert texts(reading)[1:] == ["Kind | Fee", "Salmon | 112", " | 37"]
            assert [part.header for part in reading.parts[1:]] == [True, False, False]
        words = read(p("Before."), table(row("Salmon", "in the north"), row("Seaweed", "in the south")))
        assert not any(part.header for part in words.parts)

    def test_a_table_style_sets_the_first_row_apart(self) -> None:
        document = Document()
        document.add_paragraph("Before.")
        grid = document.add_table(2, 2, "Light Grid Accent 1")
        for at, text in enumerate(("Place", "Leader", "Hollin", "Wren")):
            grid.cell(at // 2, at % 2).text = text
        assert [part.header for part in read_docx(data_of(document)).parts] == [False, True, False]

    def test_merged_cells(self) -> None:
        restart, goes_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
        reading = read(
            p("Before."),
            table(
                row("Region", "Depot", "Boom"),
                row(cell("North", restart), "Hollin", "5"),
                row(cell("", goes_on), "Gannet", "6"),
                row(cell("x" * 130, restart), "Inch", "7"),
                row(cell("", goes_on), "Dorran", "8"),
                row(cell("South: none", '<w:gridSpan w:val="2"/>'), "0"),
            ),
        )
        assert texts(reading)[2:4] == ["North | Hollin | 5", "North | Gannet | 6"]
        assert texts(reading)[4:] == ["x" * 130 + " | Inch | 7", " | Dorran | 8", "South: none | 0"]

    def test_a_header_of_two_rows_is_one(self) -> None:
        wide, repeated = '<w:gridSpan w:val="2"/>', "<w:tblHeader/>"
        reading = read(
            p("Before."),
            table(
                row("", cell("2022", wide), cell("2023", wide), properties=repeated),
                row("Home", "Beds", "Cost", "Beds", "Cost", properties=repeated),
                row("Larkrise", "90", "5", "96", "6"),
            ),
        )
        assert texts(reading)[1:] == [
            "Home | 2022 Beds | 2022 Cost | 2023 Beds | 2023 Cost",
            "Larkrise | 90 | 5 | 96 | 6",
        ]

    def test_a_cell_is_one_line(self) -> None:
        inner = table(row("a", "b"), row("c", "d"))
        reading = read(p("Before."), table(row("Kind", "Fee"), row(cell(p("One") + p("two") + inner + p("")), "5")))
        assert texts(reading)[2] == "One two a b c d | 5"

    def test_a_deleted_row_is_left_out_and_rows_in_controls_are_kept(self) -> None:
        kept = f"<w:sdt><w:sdtContent>{row('Mussels', '2')}</w:sdtContent></w:sdt>"
        inserted = row("Oysters", "3", properties='<w:ins w:id="1" w:author="x"/>')
        controlled = f"<w:tr><w:sdt><w:sdtContent>{cell('Crab')}</w:sdtContent></w:sdt>{cell('4')}</w:tr>"
        deleted = row("Salmon", "1", properties='<w:del w:id="1" w:author="x"/>')
        reading = read(p("Before."), table(row("Kind", "Fee"), deleted, kept, inserted, controlled))
        assert texts(reading)[1:] == ["Kind | Fee", "Mussels | 2", "Oysters | 3", "Crab | 4"]

    def test_tables_for_layout_are_paragraphs(self) -> None:
        long = "The harbour has been dredged each spring since the flood. " * 6
        issue = '<w:pStyle w:val="Heading1"/>'
        reading = read(
            table(row(cell(p("Issue", issue) + p("Words.") + p("- be")))),
            table(row("Beside", long)),
            table(row("Purpose", long), row("Cost", long + long)),
            p("End."),
        )
        assert not any(kind is R for kind, _, _ in kinds(reading))
        assert [text for kind, _, text in kinds(reading) if kind is H] == ["Issue", "Beside", "Purpose", "Cost"]
        assert (B, 1, "be") in kinds(reading)

    def test_a_table_at_the_head_tells_of_the_note(self) -> None:
        pairs = table(row("Date", "2024-05-07"), row("Approved by", "A. Wren"), row("Classification", "PROTECTED A"))
        fours = table(row("Date", "2024-05-07", "To", "Minister"), row("File", "12-A", "Branch", "Ports"))
        reading = read(p("Tolls", '<w:pStyle w:val="Title"/>'), p("For a decision"), pairs, p("Words."))
        assert kinds(reading)[2] == (M, 0, "Date | 2024-05-07")
        assert [kind for kind, _, _ in kinds(reading)] == [H, P, M, M, M, P]
        assert texts(read(table(row("To:", "Minister")), p("Words."))) == ["To: Minister", "Words."]
        assert texts(read(fours, p("Words.")))[:4] == [
            "Date | 2024-05-07",
            "To | Minister",
            "File | 12-A",
            "Branch | Ports",
        ]

    def test_tabbed_and_broken_lines_at_the_head_tell_of_the_note(self) -> None:
        tabbed = "<w:r><w:t>Date</w:t><w:tab/><w:t>2024-05-07</w:t></w:r>"
        broken = "<w:r><w:t>To: Minister</w:t><w:br/><w:t>From: Ports</w:t></w:r>"
        reading = read(p(tabbed), p("<w:r><w:t>File:</w:t><w:tab/><w:t>12-A</w:t></w:r>"), p(broken), p("Words."))
        assert [part.kind for part in reading.parts] == [M, M, M, M, P]
        text, _ = assemble(reading.parts)
        assert text.startswith("Date | 2024-05-07\nFile: 12-A\nTo: Minister\nFrom: Ports\n")

    def test_a_caption_stands_above_its_table(self) -> None:
        document = Document()
        document.add_paragraph("Before.")
        for above in (True, False):
            if above:
                document.add_paragraph("Table 1: Above", "Caption")
            grid = document.add_table(2, 2)
            for at in range(4):
                grid.cell(at // 2, at % 2).text = f"cell {at}"
            if not above:
                document.add_paragraph("Table 2: Below", "Caption")
            document.add_paragraph("Between.")
        first, second = ["cell 0 | cell 1", "cell 2 | cell 3"], ["cell 0 | cell 1", "cell 2 | cell 3"]
        assert texts(read_docx(data_of(document))) == [
            "Before.", "Table 1: Above", *first, "Between.", "Table 2: Below", *second, "Between.",
        ]  # fmt: skip

    def test_a_first_row_across_the_table_is_its_caption(self) -> None:
        title = row(cell("Depots of the north", '<w:gridSpan w:val="2"/>'))
        reading = read(p("Before."), table(title, row("Depot", "Boom"), row("Hollin", "5")))
        text, pieces = assemble(reading.parts)
        block = BlockBuilder(text, pieces).build()[-1]
        assert words(text, block.caption) == "Depots of the north"
        assert words(text, block.header) == "Depot | Boom"


def words(text: str, span: Span | None) -> str:
    return text[span.start : span.end] if span else ""


class TestText:
    def test_content_controls(self) -> None:
        inline = f"<w:sdt><w:sdtPr/><w:sdtContent>{r('Friday')}</w:sdtContent></w:sdt>"
        prompt = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{r('Click here')}</w:sdtContent></w:sdt>"
        block = f"<w:sdt><w:sdtPr/><w:sdtContent>{p('In a block.')}</w:sdtContent></w:sdt>"
        reading = read(
            p(r("It ends on ") + inline + prompt + r(".")), f"<w:sdt><w:sdtContent>{block}</w:sdtContent></w:sdt>"
        )
        assert texts(reading) == ["It ends on Friday.", "In a block."]

    def test_tracked_changes(self) -> None:
        changed = (
            r("It costs ") + f'<w:ins w:id="1" w:author="x">{r("$6")}</w:ins>'
            '<w:del w:id="2" w:author="x"><w:r><w:delText>$5</w:delText></w:r></w:del>'
            f'<w:moveTo w:id="3" w:author="x">{r(" now")}</w:moveTo>'
            f'<w:moveFrom w:id="4" w:author="x">{r(" then")}</w:moveFrom>'
        )  # fmt: skip
        joined = '<w:rPr><w:del w:id="5" w:author="x"/></w:rPr>'
        assert texts(read(p(changed), p("First ", joined), p("second."))) == ["It costs $6 now", "First second."]

    def test_a_text_box_is_read_once_where_it_is_anchored(self) -> None:
        content = f"<w:txbxContent>{p('In the box.')}{p('- point')}</w:txbxContent>"
        drawn = (
            f'<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{content}</wps:txbx></w:drawing>'
            f"</mc:Choice><mc:Fallback><w:pict><v:textbox>{content}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent>"
        )
        old = f"<w:r><w:pict><v:textbox><w:txbxContent>{p('An old box.')}</w:txbxContent></v:textbox></w:pict></w:r>"
        reading = read(p(f"<w:r><w:t>Anchor.</w:t>{drawn}</w:r>"), p(old), p("After."))
        assert kinds(reading) == [
            (P, 0, "Anchor."), (P, 0, "In the box."), (B, 1, "point"), (P, 0, "An old box."), (P, 0, "After."),
        ]  # fmt: skip

    def test_links_and_fields(self) -> None:
        def mark(kind: str) -> str:
            return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

        def code(text: str) -> str:
            return f"<w:r><w:instrText>{text}</w:instrText></w:r>"

        inner = mark("begin") + code("PAGE") + mark("separate") + r("99") + mark("end")
        nested = mark("begin") + code("IF ") + inner + code(" = 1") + mark("separate") + r("seven") + mark("end")
        simple = f'<w:fldSimple w:instr="DATE">{r("Monday")}</w:fldSimple>'
        link = f'<w:hyperlink w:anchor="x">{r("the site")}</w:hyperlink>'
        reading = read(
            p(r("See ") + link + r(", ") + nested + r(" on ") + simple), p(mark("begin") + code("x")), p("On.")
        )
        assert texts(reading) == ["See the site, seven on Monday", "On."]

    def test_characters(self) -> None:
        run = (
            "<w:r><w:t>one</w:t><w:br/><w:t>two</w:t><w:tab/><w:t>co</w:t><w:noBreakHyphen/><w:t>op har</w:t>"
            "<w:softHyphen/>"
            '<w:t>bour\u00ad </w:t><w:sym w:font="Wingdings" w:char="F0FC"/><w:sym w:font="Symbol" w:char="F0B3"/>'
            '<w:sym w:font="Odd" w:char="F0FA"/><w:sym w:font="Odd" w:char="zz"/></w:r>'
        )
        assert assemble(read(p(run)).parts)[0] == "one two co\u2011op harbour ✓≥\n"

    def test_raised_figures_and_fractions_are_not_other_numbers(self) -> None:
        raised = '<w:vertAlign w:val="superscript"/>'
        fraction = (
            "<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>"
        )
        two = "<m:sup><m:r><m:t>2</m:t></m:r></m:sup>"
        power = f"<m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e>{two}</m:sSup></m:oMath>"
        ordinal = r("the 1") + r("st", raised)
        reading = read(p(r("10") + r("6", raised) + r(" and ") + fraction + r(" of ") + power + r(" by ") + ordinal))
        assert texts(reading) == ["10⁶ and 1/2 of x² by the 1st"]

    def test_hidden_text_is_left_out(self) -> None:
        document = Document()
        document.styles.add_style("Secret", WD_STYLE_TYPE.CHARACTER).font.hidden = True
        paragraph = document.add_paragraph("Seen")
        paragraph.add_run(" hidden").font.hidden = True
        paragraph.add_run(" by style", "Secret")
        shown = paragraph.add_run(" shown", "Secret")
        shown.font.hidden = False
        document.add_paragraph().add_run("All of it").font.hidden = True
        assert texts(read_docx(data_of(document))) == ["Seen shown"]

    def test_headers_footers_and_comments_are_left_out(self) -> None:
        document = Document()
        section = document.sections[0]
        section.header.paragraphs[0].text = "Header"
        section.footer.paragraphs[0].text = "Page 1"
        document.add_comment(document.add_paragraph("Words.").runs, text="A remark", author="x")
        assert texts(read_docx(data_of(document))) == ["Words."]

    def test_questions_and_answers(self) -> None:
        reading = read(p("Q1: Why now?"), p("A1: It ends in May."), p("Q. No question"), p("A. Not an answer."))
        assert [part.kind for part in reading.parts] == [Q, A, P, P]
        text, pieces = assemble(reading.parts)
        assert text.startswith("Q1: Why now?\nA1: It ends in May.\n")
        assert text[pieces[0].start : pieces[0].end] == "Why now?"

    def test_what_is_drawn_or_inserted_is_named(self) -> None:
        chart = '<w:r><w:drawing><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"/></w:drawing></w:r>'
        reading = read(p(r("Words.") + chart), "<w:altChunk/>")
        assert len(reading.warnings) == 2
        assert "1 chart" in reading.warnings[0]
        assert read(p("Words.")).warnings == ()


class TestNotes:
    def with_notes(self, notes: str, *blocks: str) -> Reading:
        relation = (
            b'<Relationship Id="rIdNotes" Target="footnotes.xml" Type="http://schemas.openxmlformats.org/officeDocument/'
            b'2006/relationships/footnotes"/></Relationships>'
        )
        override = f'<Override PartName="/word/footnotes.xml" ContentType="{FOOTNOTES}"/></Types>'.encode()

        def change(name: str, data: bytes) -> bytes:
            if name == "word/_rels/document.xml.rels":
                return data.replace(b"</Relationships>", relation)
            return data.replace(b"</Types>", override) if name == "[Content_Types].xml" else data

        part = f"<w:footnotes {SPACES}>{notes}</w:footnotes>".encode()
        return read_docx(rewritten(data_of(raw(Document(), *blocks)), change, word__footnotes_xml=part))

    def test_footnotes_come_last_in_the_order_of_their_references(self) -> None:
        def refer(number: int) -> str:
            return f'<w:r><w:footnoteReference w:id="{number}"/></w:r>'

        notes = (
            f'<w:footnote w:type="separator" w:id="-1">{p("<w:r><w:separator/></w:r>")}</w:footnote>'
            f'<w:footnote w:id="1">{p("<w:r><w:footnoteRef/></w:r>" + r(" Second."))}</w:footnote>'
            f'<w:footnote w:id="2">{p("First,")}{p("in two parts.")}</w:footnote>'
            f'<w:footnote w:id="3">{p("Never referred to.")}</w:footnote>'
        )
        gone = f'<w:del w:id="9" w:author="x">{refer(3)}</w:del>'
        one = p("Issue", '<w:pStyle w:val="Heading1"/>')
        two = p("Next", '<w:pStyle w:val="Heading1"/>')
        reading = self.with_notes(
            notes, one, p(r("It costs $5") + refer(2) + r(".")), two, p(r("Words.") + refer(1) + gone)
        )
        assert texts(reading)[1] == "It costs $5[^1]."
        assert [(part.kind, part.name, part.text.strip()) for part in reading.parts[-2:]] == [
            (F, "[^1]", "First, in two parts."), (F, "[^2]", "Second."),
        ]  # fmt: skip
        text, pieces = assemble(reading.parts)
        notes_read = [block for block in BlockBuilder(text, pieces).build() if block.kind is F]
        assert [words(text, block.headings[0]) for block in notes_read] == ["Issue", "Next"]

    def test_typed_footnotes(self) -> None:
        raised = '<w:vertAlign w:val="superscript"/>'
        body = [
            p("The tolls end."),
            p("They are high."),
            p("They are old."),
            p(r("They rose") + r("1", raised) + r(".")),
        ]
        for last in ([p("________"), p("1. In May.")], [p(r("1", raised) + r(" In May."))]):
            part = read(*body, *last).parts[-1]
            assert (part.kind, part.name, part.text, part.marker.rstrip(".")[-1:]) in [
                (F, "¹", "In May.", "1"), (F, "¹", "In May.", "¹"),
            ]  # fmt: skip
        assert [part.kind for part in read(p("____"), p("1. One."), p("2. Two.")).parts] == [B, B]


class TestProperties:
    def document(self, title: str = "", language: str = "") -> WordDocument:
        document = Document()
        document.add_paragraph("Tolls on the ferry end in May.")
        document.core_properties.title, document.core_properties.language = title, language
        return document

    @pytest.mark.parametrize(
        ("title", "found"),
        [
            ("Tolls on the ferry", "Tolls on the ferry"), ("Document1", ""), ("Microsoft Word - ferry.doc", ""),
            ("ferry.docx", ""), ("Ferry Template", ""), ("[Title]", ""), ("Budget for dredging", ""), ("", ""),
        ],
    )  # fmt: skip
    def test_title(self, title: str, found: str) -> None:
        assert read_docx(data_of(self.document(title))).title == found

    def test_date_is_of_the_last_save(self) -> None:
        document = self.document()
        assert read_docx(data_of(document)).date == ""  # as the template has it
        document.core_properties.modified = datetime(2024, 5, 7, 23, 5, tzinfo=UTC)
        assert read_docx(data_of(document)).date == "2024-05-07"
        document.core_properties.modified = datetime(1601, 1, 1, tzinfo=UTC)
        assert read_docx(data_of(document)).date == ""

    def test_language(self) -> None:
        assert read_docx(data_of(self.document())).language == ""
        assert read_docx(data_of(self.document(language="fr-CA"))).language == "fr"
        marked = raw(
            self.document(language="en"),
            p("Les péages du traversier prennent fin en mai.", run='<w:lang w:val="fr-CA"/>'),
        )
        assert read_docx(data_of(marked)).language == "fr"


class TestBadFiles:
    def refused(self, data: bytes) -> str:
        with pytest.raises(NoteError) as error:
            read_docx(data)
        assert len(str(error.value)) < 200
        return str(error.value)

    def test_what_is_no_word_document(self) -> None:
        assert "not a Word document" in self.refused(b"")
        assert "not a Word document" in self.refused(b"PK\x03\x04 and no more")
        assert "not a Word document" in self.refused(rewritten(data_of(Document()), lambda name, data: b"<other/>"))
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("xl/workbook.xml", "<workbook/>")
        assert "not a Word document" in self.refused(file.getvalue())

    def test_ole_containers(self) -> None:
        magic = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        assert "encrypted" in self.refused(magic + bytes(100) + "EncryptedPackage".encode("utf-16-le"))
        assert "old format" in self.refused(magic + bytes(100))

    def test_nothing_to_read(self) -> None:
        assert "no words" in self.refused(data_of(Document()))

    def test_bombs(self) -> None:
        data = data_of(raw(Document(), p("Words.")))
        same: Callable[[str, bytes], bytes] = lambda _, content: content  # noqa: E731
        assert "unpacks" in self.refused(rewritten(data, same, word__media__blank=bytes(8 * 2**20)))
        mixed = random.Random(1).randbytes(2**17)
        many = {f"word__media__{n}": mixed * 24 for n in range(MAX_UNPACKED // (len(mixed) * 24) + 1)}
        file = io.BytesIO(data)
        with zipfile.ZipFile(file, "a", zipfile.ZIP_LZMA) as archive:
            for name, content in many.items():
                archive.writestr(zipfile.ZipInfo(name), content[:1], zipfile.ZIP_STORED)
                archive.getinfo(name).file_size = len(content)  # as a bomb would declare it
                archive.getinfo(name).compress_size = len(mixed)
        assert "unpacks" in self.refused(file.getvalue())
        assert "files" in self.refused(rewritten(data, same, **{f"n{n}": b"" for n in range(MAX_MEMBERS + 1)}))

    def test_a_document_type_is_refused(self) -> None:
        doctype = b'<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "words">]>'

        def change(name: str, data: bytes) -> bytes:
            if name != "word/document.xml":
                return data
            return data.replace(b"?>", b"?>" + doctype, 1).replace(b"Words.", b"&x;&y;")

        assert "document type" in self.refused(rewritten(data_of(raw(Document(), p("Words."))), change))

    def test_a_damaged_member(self) -> None:
        data = bytearray(rewritten(data_of(raw(Document(), p("Words."))), lambda _, content: content))
        at = data.index(b"word/document.xml") + len("word/document.xml") + 40
        data[at : at + 20] = bytes(20)
        assert "damaged" in self.refused(bytes(data))

    @pytest.mark.parametrize(
        "opened", ["<w:sdt><w:sdtContent>", "<w:ins>", "<w:tbl><w:tr><w:tc>", "<w:p><w:r><w:txbxContent>"]
    )
    def test_what_is_nested_deeply(self, opened: str) -> None:
        tags = [tag.strip("<>") for tag in opened.replace("><", "> <").split()]
        closed = "".join(f"</{tag}>" for tag in reversed(tags))

        def nested(times: int) -> bytes:
            body = opened * times + p("Deep.") + closed * times

            def change(name: str, data: bytes) -> bytes:
                return (
                    f"<w:document {SPACES}><w:body>{body}</w:body></w:document>".encode()
                    if name == "word/document.xml"
                    else data
                )

            return rewritten(data_of(Document()), change)

        assert texts(read_docx(nested(240 // len(tags)))) == ["Deep."]
        assert "damaged" in self.refused(nested(1000))

    def test_mutated_files_are_read_or_refused(self) -> None:
        """Elements and bytes of a file that holds some of everything are changed at random."""
        data = rich_file()
        for seed in range(60):
            with_luck = mutated(data, random.Random(seed))
            try:
                assert read_docx(with_luck).parts
            except NoteError:
                continue

    def test_the_file_that_is_mutated_is_read(self) -> None:
        assert {kind for kind, _, _ in kinds(read_docx(rich_file()))} == {H, M, P, B, R}


def rich_file() -> bytes:
    document = Document()
    document.add_heading("Ferry tolls", 0)
    document.add_paragraph("Date: 2024-05-07").paragraph_format.left_indent = Pt(9)
    for style in ("Heading 1", "Heading 2", "List Bullet", "List Bullet 2", "List Number", "Caption", "Quote"):
        document.add_paragraph(f"In the style {style}", style if style != "Quote" else None)
    wide = '<w:gridSpan w:val="2"/>'
    rows = [
        row(cell("2022", wide), "x"),
        row("a", cell("b", "<w:vMerge/>"), cell(table(row("y", "z")))),
        row("1", "2", "3"),
    ]
    box = f"<w:r><w:pict><v:textbox><w:txbxContent>{p('In a box.')}</w:txbxContent></v:textbox></w:pict></w:r>"
    field = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    raw(document, table(*rows), p(box + field), f"<w:sdt><w:sdtContent>{p('Control.')}</w:sdtContent></w:sdt>")
    return data_of(document)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """`data` with elements of its XML removed, repeated or given odd values, or with bytes of the zip changed."""
    if chance.random() < 0.3:
        changed = bytearray(data)
        for _ in range(chance.randint(1, 20)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        return bytes(changed)

    def change(name: str, content: bytes) -> bytes:
        if not name.endswith(("document.xml", "numbering.xml", "core.xml", ".rels")):
            return content
        root = etree.fromstring(content)
        for _ in range(chance.randint(1, 12)):
            elements = [element for element in root.iter() if element.getparent() is not None]
            if not elements:
                break
            one, other = chance.choice(elements), chance.choice(elements)
            if chance.random() < 0.4:
                for key in one.attrib:
                    one.set(key, chance.choice(["", "-1", "99999999999", "x", "0", "restart", "1e400", "²"]))
            elif chance.random() < 0.5:
                one.getparent().remove(one)
            else:
                other.append(etree.fromstring(etree.tostring(one)))
        return etree.tostring(root)

    return rewritten(data, change)

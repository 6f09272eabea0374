"""The body of a Word file as paragraphs and tables in reading order, each with what its format says of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from qa.notes.docx.package import Element, attribute, child, is_on, name_of, number
from qa.notes.docx.styles import BODY, CONTENTS, Listed, Styles
from qa.notes.docx.text import TextReader, chosen, is_placeholder

_MOST_COLUMNS = 63  # as many as Word allows
_UNSEEN = ("w:del", "w:moveFrom", "w:sectPr", "w:sdtPr", "w:tblPr", "w:tblGrid", "w:tcPr", "w:trPr")
_CONTENTS_GALLERY = "Table of Contents"


@dataclass(slots=True)
class Paragraph:
    """A paragraph. text: with tabs, and "\\n" for line breaks. role: what its style makes it; level: a heading's.

    strong: all bold or all underlined. size: of its largest letters, in half points. indent: in twentieths of a point.
    """

    text: str
    role: str = BODY
    level: int = 0
    strong: bool = False
    size: int = 0
    centred: bool = False
    listed: Listed | None = None
    indent: int = 0


@dataclass(slots=True)
class Cell:
    """A table's cell. columns: how many it spans. continues: whether it belongs to the cell above it."""

    blocks: list[Paragraph | Table]
    columns: int = 1
    continues: bool = False
    shaded: bool = False


@dataclass(slots=True)
class Row:
    """A table's row. skipped: the columns before its first cell. header: whether it repeats on each page."""

    cells: list[Cell]
    skipped: int = 0
    header: bool = False


@dataclass(slots=True)
class Table:
    """A table. styled: whether its style sets the first row apart."""

    rows: list[Row] = field(default_factory=list)
    styled: bool = False


class BlockReader:
    """Reads the blocks of one story: the body, or a footnote. text: what reads its paragraphs; imported: parts of
    other files that are shown in this one and are not read."""

    def __init__(self, styles: Styles) -> None:
        self.text = TextReader(styles)
        self.imported = 0
        self._styles = styles
        self._carried = ""

    def read(self, container: Element) -> list[Paragraph | Table]:
        """The blocks of an element, in order."""
        return list(self._blocks(container))

    def _blocks(self, container: Element) -> Iterator[Paragraph | Table]:
        for element in container:
            name = name_of(element)
            if name == "w:p":
                yield from self._paragraph(element)
            elif name == "w:tbl":
                yield self._table(element)
            elif name == "w:sdt":
                yield from self._control(element)
            elif name == "mc:AlternateContent":
                yield from self._blocks(chosen(element))
            elif name == "w:altChunk":
                self.imported += 1
            elif name == "m:oMathPara":
                yield from self._paragraph(element)
            elif name not in _UNSEEN:
                yield from self._blocks(element)

    def _control(self, element: Element) -> Iterator[Paragraph | Table]:
        content = child(element, "sdtContent")
        if content is None or is_placeholder(element):
            return
        blocks = self._blocks(content)
        if attribute(child(element, "sdtPr", "docPartObj", "docPartGallery")) != _CONTENTS_GALLERY:
            yield from blocks
            return
        for _ in blocks:  # read, so that a field which begins in it ends, and dropped: it repeats the headings
            pass

    def _paragraph(self, element: Element) -> Iterator[Paragraph | Table]:
        properties = child(element, "pPr")
        words = self.text.read(element)
        text, self._carried = self._carried + words.text, ""
        role, level = self._styles.role(properties)
        if child(properties, "rPr", "del") is not None:
            self._carried = text  # its end is deleted: the next paragraph goes on with it
        elif text.strip() and role != CONTENTS:
            listed = self._styles.listed(properties)
            yield Paragraph(
                text,
                role,
                level,
                strong=words.bold or words.underlined,
                size=words.size,
                centred=attribute(self._styles.paragraph_property(properties, "jc")) == "center",
                listed=listed,
                indent=self._styles.indent(properties, listed),
            )
        for box in words.boxes:
            yield from self._blocks(box)

    def _table(self, element: Element) -> Table:
        properties = child(element, "tblPr")
        shown = attribute(child(properties, "tblLook"), "firstRow") or _first_row_bit(properties)
        styled = shown in ("1", "true", "on") and self._styles.marks_first_row(attribute(child(properties, "tblStyle")))
        return Table([self._row(row) for row in _inside(element, "w:tr")], styled)

    def _row(self, element: Element) -> Row:
        properties = child(element, "trPr")
        if child(properties, "del") is not None:
            return Row([])
        skipped = number(attribute(child(properties, "gridBefore")))
        cells = [self._cell(cell) for cell in _inside(element, "w:tc")]
        return Row(_merged(cells), min(skipped, _MOST_COLUMNS), is_on(child(properties, "tblHeader")))

    def _cell(self, element: Element) -> tuple[Cell, bool]:
        """A cell, and whether it belongs to the cell on its left."""
        properties = child(element, "tcPr")
        merge, left = child(properties, "vMerge"), child(properties, "hMerge")
        fill = attribute(child(properties, "shd"), "fill").lower()
        cell = Cell(
            self.read(element) if child(properties, "cellDel") is None else [],
            min(max(1, number(attribute(child(properties, "gridSpan")), 1)), _MOST_COLUMNS),
            continues=merge is not None and attribute(merge) != "restart",
            shaded=fill not in ("", "auto", "ffffff"),
        )
        return cell, left is not None and attribute(left) != "restart"


def _merged(cells: list[tuple[Cell, bool]]) -> list[Cell]:
    found: list[Cell] = []
    for cell, belongs_left in cells:
        if belongs_left and found:
            found[-1].columns += cell.columns
        else:
            found.append(cell)
    return found


def _inside(parent: Element, name: str) -> Iterator[Element]:
    """The rows of a table or the cells of a row, also those in content controls and tracked insertions."""
    for element in parent:
        found = name_of(element)
        if found == name:
            yield element
        elif found not in ("w:tbl", "w:tr", "w:tc", "w:p", *_UNSEEN):
            yield from _inside(element, name)


def _first_row_bit(properties: Element | None) -> str:
    look = attribute(child(properties, "tblLook"))
    try:
        return "1" if int(look or "0", 16) & 0x20 else ""
    except ValueError:
        return ""

"""A note's layout as HTML: headings, paragraphs, nested lists and tables, one after another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from qa.schema import BlockKind, NoteContent, Span
from qa.web.highlights import Highlights
from qa.web.note_layout import Laid, laid_out
from qa.web.note_tables import Cells, lines_of_cells
from qa.web.words import Language, say

# A note's title is an h3 and its sections are below it: the page's own headings, h1 and h2, stand above.
_ABOVE_TITLE, _DEEPEST = 2, 6
_COUNTS = re.compile(r"\(?(?:\d+|[A-Za-z]{1,8})[.)]")


class NoteWriter:
    """Writes one note. language: of the page, for the words that are not the note's."""

    def __init__(self, content: NoteContent, spans: Sequence[Span], language: Language) -> None:
        self._content, self._language = content, language
        self._words = Highlights(content.text, spans)
        self._parts: list[str] = []
        self._lists: list[str] = []  # the tags of the lists that are open, outermost first
        self._rows: list[Laid] = []  # of the table that is being gathered
        self._page: int | None = None

    def note(self) -> str:
        """The whole note."""
        laid, below = laid_out(self._content)
        for one in laid:
            self._write(one)
        self._lines(below)
        self._end()
        return f'<div class="qa-note" lang="{escape(self._content.note.language)}">{"".join(self._parts)}</div>'

    def _write(self, laid: Laid) -> None:
        block = laid.block
        self._lines(laid.above)
        if block.kind is BlockKind.ROW:
            if not self._rows or self._rows[-1].block.group != block.group:
                self._end()
            self._rows.append(laid)
        elif block.kind is BlockKind.BULLET:
            self._end_table()
            self._item(laid)
        else:
            self._end()
            self._parts += self._page_above(laid), self._other(laid)

    def _lines(self, lines: Sequence[Span]) -> None:
        """Lines that belong to no block."""
        if lines:
            self._end()
        self._parts += (f'<p class="qa-note-outside">{self._words.html(line.start, line.end)}</p>' for line in lines)

    def _other(self, laid: Laid) -> str:
        kind, said = laid.block.kind, self._said(laid)
        if kind is BlockKind.HEADING:
            tag = f"h{min(max(1, laid.block.level) + _ABOVE_TITLE, _DEEPEST)}"
        elif laid.fenced:
            return f'<pre class="qa-note-code">{said}</pre>'
        else:
            tag = "blockquote" if kind is BlockKind.QUOTATION else "p"
        return f'<{tag} class="qa-note-{kind}">{said}</{tag}>'

    def _said(self, laid: Laid) -> str:
        """A block's words, with the number before them and what stands behind them."""
        block = laid.block
        said = self._marker(laid) + self._words.html(block.start, block.end, keep_lines=laid.fenced)
        if laid.tail:
            apart = any(char.isspace() for char in self._content.text[block.end : laid.tail.start])
            said += " " * apart + self._words.html(laid.tail.start, laid.tail.end)
        return said

    def _marker(self, laid: Laid) -> str:
        if not laid.lead:
            return ""
        return f'<span class="qa-note-marker">{self._words.html(laid.lead.start, laid.lead.end)}</span> '

    # Pages

    def _page_label(self, laid: Laid) -> str:
        """ "page 3" where a page begins, else "" """
        page = laid.block.page
        if page is None or page == self._page:
            return ""
        self._page = page
        return escape(say("page", self._language, page=str(page)))

    def _page_above(self, laid: Laid) -> str:
        label = self._page_label(laid)
        return f'<p class="qa-note-page" lang="{escape(self._language)}">{label}</p>' if label else ""

    def _page_inside(self, laid: Laid) -> str:
        label = self._page_label(laid)
        return f'<span class="qa-note-page" lang="{escape(self._language)}">{label}</span>' if label else ""

    # Lists

    def _item(self, laid: Laid) -> None:
        depth = min(max(1, laid.block.level), len(self._lists) + 1)
        self._end_lists(depth)
        if len(self._lists) == depth:
            self._parts.append("</li>")
        else:
            words = self._content.text[laid.lead.start : laid.lead.end] if laid.lead else ""
            tag = "ol" if _COUNTS.fullmatch(words) else "ul"
            if not self._lists:
                self._parts.append(self._page_above(laid))
            self._parts.append(f'<{tag} class="qa-note-list">')
            self._lists.append(tag)
        marked = " qa-note-item-marked" if laid.lead else ""
        page = self._page_inside(laid)
        self._parts.append(f'<li class="qa-note-item{marked}">{page}{self._said(laid)}')

    def _end_lists(self, depth: int) -> None:
        """Ends the lists that are nested deeper than `depth`."""
        while len(self._lists) > depth:
            self._parts.append(f"</li></{self._lists.pop()}>")

    # Tables

    def _end(self) -> None:
        """Ends the list or table that is open."""
        self._end_lists(0)
        self._end_table()

    def _end_table(self) -> None:
        rows, self._rows = self._rows, []
        if not rows:
            return
        lines = lines_of_cells(self._content.text, [row.block for row in rows])
        headers = {row.block.header for row in rows}
        self._parts.append(self._page_above(rows[0]))
        label = escape(say("table", self._language))
        # What scrolls must be within reach of the keyboard.
        self._parts.append(f'<div class="qa-note-table" role="group" aria-label="{label}" tabindex="0"><table>')
        for laid, cells_of_lines in zip(rows, lines, strict=True):
            label = self._page_inside(laid)
            if label:
                self._parts.append(f'<tr><td colspan="{len(cells_of_lines[0])}">{label}</td></tr>')
            head = Span(laid.block.start, laid.block.end) in headers
            self._parts += (self._row(cells, head, more=at > 0) for at, cells in enumerate(cells_of_lines))
        self._parts.append("</table></div>")

    def _row(self, cells: Cells, head: bool, more: bool) -> str:
        """One line of a row. more: it is not the row's first."""
        said = ""
        for cell in cells:
            words = self._words.html(cell.start, cell.end) if cell else ""
            said += f'<th scope="col">{words}</th>' if head and words else f"<td>{words}</td>"
        return f'<tr class="qa-note-more">{said}</tr>' if more else f"<tr>{said}</tr>"

"""A whole note as HTML: nothing of it lost, nothing of it markup of the page, and the quotes marked word for word."""

from __future__ import annotations

import io
import random
import re
import time
from dataclasses import dataclass, field, replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

from qa.answering.citations import Citer
from qa.markup import plain
from qa.notes import Guard, read_blocks, read_note
from qa.passages import split_passages
from qa.schema import Block, BlockKind, Note, NoteContent, Span
from qa.web.note_view import NOTE_CSS, note_head, note_html
from qa.web.words import WORDS
from tests.conftest import CORPUS
from tests.hostile import sound_docx, sound_html
from tests.test_pdf import BODY, SECTION, TITLE

FILES = [*sorted((Path(__file__).parent.parent / "evals").glob("*/notes/*")), CORPUS / "international-engagement.txt"]
TAGS = {
    *("h2", "h3", "h4", "h5", "h6", "p", "blockquote", "pre", "ul", "ol", "li", "table", "tr", "th", "td"),
    *("div", "header", "span", "mark"),
}
VALUES = {
    "class": r"qa-[a-z-]+( qa-[a-z-]+)*",
    "id": "qa-quote",
    "tabindex": "-1|0",
    "scope": "col",
    "colspan": r"\d+",
    "lang": "en|fr",
    "role": "group",
    "aria-label": "Table|Tableau",
}
# What marks layout and emphasis, and is shown in another way or not at all.
MARKS = re.compile(r"[\s#>|*_`~=+^\"–—•:\\-]+")
FENCE = re.compile(r"^[ \t]*(?:```|~~~)[ \t]*[\w+-]*[ \t]*$", re.MULTILINE)


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""
    inside: tuple[str, ...] = ()
    within: list[Element] = field(default_factory=list)


class Page(HTMLParser):
    """What a browser would make of some HTML: its elements in order, its text, and what is marked in it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[Element] = []
        self.elements: list[Element] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        for name, value in attrs:
            assert re.fullmatch(VALUES[name], value or "")
        element = Element(tag, dict(attrs), inside=tuple(one.tag for one in self.open))
        for outer in self.open:
            outer.within.append(element)
        self.elements.append(element)
        self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        if any(one.attributes.get("class") == "qa-note-page" for one in self.open):
            self.open[-1].text += data
            return
        self.text += data
        for one in self.open:
            one.text += data

    def handle_comment(self, data: str) -> None:
        pytest.fail(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        pytest.fail(f"a declaration: {decl}")

    def handle_pi(self, data: str) -> None:
        pytest.fail(f"an instruction: {data}")

    def of(self, *tags: str) -> list[tuple[str, str]]:
        return [(one.tag, one.text) for one in self.elements if one.tag in tags]

    @property
    def marks(self) -> list[str]:
        return [one.text for one in self.elements if one.tag == "mark"]


def made(text: str, *, markdown: bool = True) -> NoteContent:
    return NoteContent(Note("a.md", "A note"), text, read_blocks(text, markdown=markdown))


def page(content: NoteContent, *spans: Span, language: str = "en") -> Page:
    return Page(note_html(content, spans, language=language))


def marked(content: NoteContent, *spans: Span) -> list[str]:
    return page(content, *spans).marks


def squashed(text: str) -> str:
    return MARKS.sub("", text)


def words_of(content: NoteContent) -> str:
    """What a reader of a note reads, without layout: what stands between its blocks, and its blocks without markup."""
    said, done = "", 0
    for block in content.blocks:
        said += outside(content.text[done : block.start]) + plain(content.text[block.start : block.end])
        done = block.end
    return squashed(said + outside(content.text[done:]))


def outside(text: str) -> str:
    """Words that belong to no block, line by line."""
    return "".join(plain(line) for line in FENCE.sub("", text).split("\n"))


def flat(text: str) -> str:
    return " ".join(text.split())


def quoted(content: NoteContent, block: Block) -> str:
    """What the program shows for a block that is quoted."""
    words = plain(content.text[block.start : block.end])
    return flat(words if block.kind is not BlockKind.ROW else words.replace("|", " "))


@pytest.fixture(scope="module")
def guard() -> Guard:
    return Guard()


@pytest.fixture(scope="module", params=FILES, ids=lambda path: f"{path.parts[-3]}-{path.name}")
def real(request: pytest.FixtureRequest, guard: Guard) -> NoteContent:
    return read_note(request.param, request.param.name, None, guard)


# Real notes, of all formats


def test_nothing_of_a_note_is_lost(real: NoteContent) -> None:
    assert squashed(page(real).text) == words_of(real)


def test_each_block_is_marked_word_for_word(real: NoteContent) -> None:
    for block in real.blocks:
        assert flat(" ".join(marked(real, Span(block.start, block.end)))) == quoted(real, block)


def test_each_sentence_is_marked_word_for_word(real: NoteContent) -> None:
    for passage in split_passages(real, lambda text: len(text.split()), 200):
        for one in passage.sentences:
            # A mark of emphasis that is opened in one sentence and closed in another is none in either by itself.
            said = (" ".join(marked(real, Span(one.start, one.end))), plain(one.text))
            shown, quote = (flat(re.sub(r"[|*_]", " ", words)) for words in said)
            assert shown == quote


def test_each_word_is_marked_alone(real: NoteContent) -> None:
    words = [found for found in re.finditer(r"[^\W_]+", real.text) if is_in_a_block(real, found.span())]
    for found in random.Random(7).sample(words, 40):
        assert marked(real, Span(*found.span())) in ([found[0]], [])


def is_in_a_block(content: NoteContent, span: tuple[int, int]) -> bool:
    return any(block.start <= span[0] and span[1] <= block.end for block in content.blocks)


def test_a_span_and_what_is_around_it_make_the_note(real: NoteContent) -> None:
    chance = random.Random(3)
    for _ in range(10):
        start, end = sorted(chance.sample(range(len(real.text) + 1), 2))
        assert_parts_make_the_whole(real, start, end)


def assert_parts_make_the_whole(content: NoteContent, start: int, end: int) -> None:
    """Each character that is shown is marked by the spans that it lies in, and by no other."""
    whole = re.sub(r"\s", "", page(content).text)
    spans = Span(0, start), Span(start, end), Span(end, len(content.text))
    parts = [re.sub(r"\s", "", "".join(marked(content, span))) for span in spans]
    assert "".join(parts) == whole
    assert re.sub(r"\s", "", "".join(marked(content, spans[0], spans[2]))) == parts[0] + parts[2]


def test_the_seed_note_as_it_is_answered_from(seed_binder: object) -> None:
    from qa import Binder

    assert isinstance(seed_binder, Binder)
    answer = seed_binder.ask("Who is the Minister's U.S. counterpart?")
    content = seed_binder.content(answer.citations[0].note)
    for one in answer.citations:
        assert " ".join(marked(content, Span(one.start, one.end))) == plain(one.quote)


# Made notes

WORD = st.sampled_from(
    ["harbour", "$4.2", "12", "Élan", "U.S.", "a", "“no”", "x_y", "2*3", "<b>", "&amp;", "😀", "e.g."]
)
MARKED = st.builds(
    lambda form, words: form.format(" ".join(words)),
    st.sampled_from(
        ["**{}**", "*{}*", "_{}_", "`{}`", "~~{}~~", "[{}](http://x.ca/a_b)", "![{}](y.png)", "{} *", "__{}", "{}"]
    ),
    st.lists(WORD, min_size=1, max_size=4),
)
RUN = st.lists(st.one_of(WORD, MARKED), min_size=1, max_size=6).map(" ".join)
LINE = st.builds(
    str.__add__,
    st.sampled_from(
        [
            "",
            "",
            "",
            "# ",
            "## ",
            "### ",
            "- ",
            "  - ",
            "    - ",
            "* ",
            "• ",
            "1. ",
            "2. ",
            "   (a) ",
            "> ",
            "**Q:** ",
            "A: ",
            "[^1]: ",
            "Date: ",
            "1.1 ",
            "**",
            "    ",
            "---",
            "```",
            "======",
            "\n",
            "\n",
        ]
    ),
    RUN,
)
ROWS = st.builds(
    lambda rows, edge, ruled: (
        "\n".join(
            [
                edge + " | ".join(rows[0]) + edge,
                *(["---|---|---"] if ruled else []),
                *(edge + " | ".join(row) + edge for row in rows[1:]),
            ]
        )
        + "\n"
    ),
    st.lists(st.lists(st.one_of(WORD, MARKED, st.just("")), min_size=3, max_size=3), min_size=2, max_size=4),
    st.sampled_from(["", "| "]),
    st.booleans(),
)
NOTE = st.lists(st.one_of(LINE, LINE, LINE, ROWS, st.just(""), st.just("```"), st.just("---")), max_size=14).map(
    "\n".join
)
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(NOTE, st.booleans(), st.data())
def test_made_notes_are_shown_whole_and_marked_exactly(text: str, markdown: bool, data: st.DataObject) -> None:
    content = made(text, markdown=markdown)
    shown = page(content)
    assert squashed(shown.text) == words_of(content)
    ends = st.integers(0, len(text))
    start, end = sorted((data.draw(ends), data.draw(ends)))
    assert_parts_make_the_whole(content, start, end)
    for block in content.blocks:
        if block.kind is not BlockKind.ROW:
            assert flat(" ".join(marked(content, Span(block.start, block.end)))) == quoted(content, block)


@quick
@given(st.text(), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4))
def test_any_text_gives_sound_html(text: str, ends: list[tuple[int, int]]) -> None:
    spans = [Span(min(pair), max(pair)) for pair in ends]
    for markdown in (True, False):
        shown = page(made(text, markdown=markdown), *spans)
        assert sum("id" in one.attributes for one in shown.elements) == bool(shown.marks)


def test_headings_stand_below_those_of_the_page() -> None:
    text = "# Fund\n\nWords.\n\n## Aim\n\nWords.\n\n### Part\n\nWords.\n\n#### Piece\n\nWords.\n\n##### Bit\n\nWords.\n"
    assert page(made(text)).of("h2", "h3", "h4", "h5", "h6") == [
        ("h3", "Fund"),
        ("h4", "Aim"),
        ("h5", "Part"),
        ("h6", "Piece"),
        ("h6", "Bit"),
    ]


def test_what_stands_beside_a_block_is_shown_with_it() -> None:
    text = (
        "1. The Authority\n\n1.1 What it is\n\nIt plans.\n\n**Money**: The grant is small.\n\n**Fees** – They rise.\n\n"
        "**Q: Why now?**\n\nA: Because.\n\n[^1]: A plan.\n\n## Aims ##\n\n> Said once.\n> Said twice.\n"
    )
    shown = page(made(text))
    assert shown.of("h3", "h4", "h5", "h6", "p", "blockquote") == [
        ("h4", "1. The Authority"),
        ("h5", "1.1 What it is"),
        ("p", "It plans."),
        ("h6", "Money:"),
        ("p", "The grant is small."),
        ("h6", "Fees –"),
        ("p", "They rise."),
        ("p", "Q: Why now?"),
        ("p", "A: Because."),
        ("p", "[^1]: A plan."),
        ("h4", "Aims"),
        ("blockquote", "Said once. Said twice."),
    ]


def test_lists_are_nested_and_keep_their_numbers() -> None:
    text = (
        "They ask:\n\n3. first\n   - inner\n     - innermost\n   - next\n4. second\n\n   more of it\n\nEnd.\n\n• dot\n"
    )
    assert bare(made(text)) == (
        "<p>They ask:</p>"
        "<ol><li><span>3.</span> first<ul><li>inner<ul><li>innermost</li></ul></li><li>next</li></ul></li>"
        "<li><span>4.</span> second\n\nmore of it</li></ol>"
        "<p>End.</p><ul><li><span>•</span> dot</li></ul>"
    )


def bare(content: NoteContent, *spans: Span) -> str:
    """The HTML of a note without attributes and without what is around it."""
    html = re.sub(r"<(\w+)(?: [^>]*)?>", r"<\1>", note_html(content, spans, language="en"))
    return html.removeprefix("<div>").removesuffix("</div>")


def table(*rows: str) -> str:
    return f"<div><table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table></div>"


def heads(*cells: str) -> str:
    return "".join(f"<th>{cell}</th>" if cell else "<td></td>" for cell in cells)


def cells(*words: str) -> str:
    return "".join(f"<td>{word}</td>" for word in words)


@pytest.mark.parametrize(
    "text",
    [
        "| Port | **Berths** | Cost |\n|---|---|---|\n| Skerrin | 22 | |\n| Perran | | `5` |\n| | 7 | 6 |\n",
        "Port | Berths | Cost\n---|---|---\nSkerrin | 22 |\nPerran | | 5\n | 7 | 6\n",
        "Port\tBerths\tCost\nSkerrin\t22\t\nPerran\t\t5\n\t7\t6\n",
        "Port      Berths   Cost\nSkerrin   22\nPerran             5\n          7        6\n",
    ],
)
def test_each_cell_is_in_its_column(text: str) -> None:
    assert bare(made("Words.\n\n" + text)) == "<p>Words.</p>" + table(
        heads("Port", "Berths", "Cost"), cells("Skerrin", "22", ""), cells("Perran", "", "5"), cells("", "7", "6")
    )


def test_a_header_with_an_empty_corner() -> None:
    text = "| | 2021 | 2022 |\n|---|---|---|\n| Hollin | 14 | 19 |\n"
    assert bare(made(text)) == table(heads("", "2021", "2022"), cells("Hollin", "14", "19"))


def test_cells_of_more_than_one_line() -> None:
    text = (
        "Words.\n\nPort      Number of   Cost\n          berths      ($m)\n--------  ----------  ----\n"
        "Skerrin   22 in all   4\n          last May\nPerran    7           6\n"
    )
    content = made(text, markdown=False)
    assert bare(content) == "<p>Words.</p>" + table(
        heads("Port", "Number of", "Cost"),
        heads("", "berths", "($m)"),
        cells("Skerrin", "22 in all", "4"),
        cells("", "last May", ""),
        cells("Perran", "7", "6"),
    )
    row = content.blocks[2]
    assert marked(content, Span(row.start, row.end)) == ["Skerrin", "22 in all", "4", "last May"]


def test_the_cells_of_a_header_say_so_and_those_of_no_header_do_not() -> None:
    content = made("| Port | Berths |\n|---|---|\n| Skerrin | 22 |\n\nWords.\n\n| a | b |\n| c | d |\n")
    shown = page(content, language="fr")
    assert [one.attributes for one in shown.elements if one.tag == "th"] == [{"scope": "col"}] * 2
    assert [one.attributes["aria-label"] for one in shown.elements if "aria-label" in one.attributes] == ["Tableau"] * 2
    assert shown.of("td")[2:] == [("td", "a"), ("td", "b"), ("td", "c"), ("td", "d")]


def test_pages_are_told_where_they_begin(tmp_path: Path, guard: Guard) -> None:
    items = [
        Paragraph(f"The {word} thing that the council must do is told here.", BODY) for word in ("first", "second")
    ]
    rows = Table([["Port", "Berths"], *([f"Port {n}", str(n)] for n in range(60))])
    out = io.BytesIO()
    SimpleDocTemplate(out).build(
        [Paragraph("Harbours", TITLE), Paragraph("Aims", SECTION), items[0], PageBreak(), items[1], rows]
    )
    (tmp_path / "a.pdf").write_bytes(out.getvalue())
    content = read_note(tmp_path / "a.pdf", "a.pdf", None, guard)
    shown = page(content)
    told = [one.text for one in shown.elements if one.attributes.get("class") == "qa-note-page"]
    pages = list(dict.fromkeys(block.page for block in content.blocks))
    assert len(pages) > 2
    assert told == [f"page {number}" for number in pages]
    assert squashed(shown.text) == words_of(content)
    html = note_html(content, [], language="en")
    assert html.index("page 1<") < html.index("Harbours") < html.index("page 2<") < html.index("The second thing")


def test_a_page_that_begins_inside_a_list_or_table() -> None:
    text = "- a\n- b\n  - c\n\nWords.\n\n| d | e |\n|---|---|\n| f | g |\n"
    content = made(text)
    numbers = iter([1, 2, 3, 3, 3, 4])
    content = replace(content, blocks=tuple(replace(block, page=next(numbers)) for block in content.blocks))
    assert bare(content) == (
        "<p>page 1</p><ul><li>a</li><li><span>page 2</span>b<ul><li><span>page 3</span>c</li></ul></li></ul>"
        "<p>Words.</p><div><table><tr><th>d</th><th>e</th></tr>"
        "<tr><td><span>page 4</span></td></tr><tr><td>f</td><td>g</td></tr></table></div>"
    )
    assert squashed(page(content).text) == words_of(content)


@pytest.mark.parametrize(("make", "name"), [(sound_docx, "a.docx"), (sound_html, "a.html")])
def test_lists_and_tables_of_other_formats(make: object, name: str, tmp_path: Path, guard: Guard) -> None:
    assert callable(make)
    (tmp_path / name).write_bytes(make())
    content = read_note(tmp_path / name, name, None, guard)
    shown = page(content)
    assert squashed(shown.text) == words_of(content)
    assert len(shown.of("li")) == sum(block.kind is BlockKind.BULLET for block in content.blocks) > 1
    assert len(shown.of("tr")) == sum(block.kind is BlockKind.ROW for block in content.blocks) > 2


def test_code_keeps_its_lines_and_says_what_it_says() -> None:
    text = 'Words.\n\n```html\n<b onclick="x">\n\n  a_b * c\n```\n\nMore.\n'
    assert bare(made(text)) == ("<p>Words.</p><pre>&lt;b onclick=&quot;x&quot;&gt;\n\n  a_b * c</pre><p>More.</p>")


def test_words_of_no_block_are_shown() -> None:
    text = "Above.\n\nA title\n\nbetween\n\nWords.\n\n***\nbelow **all**\n"
    at = [text.index(word) for word in ("A title", "Words.")]
    blocks = Block(BlockKind.HEADING, at[0], at[0] + 7, 1), Block(BlockKind.PARAGRAPH, at[1], at[1] + 6)
    content = NoteContent(Note("a.txt", "A"), text, blocks)
    below = text.index("all")
    assert bare(content, Span(below, below + 3)) == (
        "<p>Above.</p><h3>A title</h3><p>between</p><p>Words.</p><p>below <mark>all</mark></p>"
    )
    assert bare(replace(content, blocks=())) == (
        "<p>Above.</p><p>A title</p><p>between</p><p>Words.</p><p>below all</p>"
    )


# Quotes


def span_of(content: NoteContent, words: str) -> Span:
    start = content.text.index(words)
    return Span(start, start + len(words))


@pytest.mark.parametrize(
    ("quote", "shown"),
    [
        ("two trials.** They", ["two trials. They"]),
        ("*Falls", ["Falls"]),
        ("the site](http://x.ca/a_b) says", ["the site says"]),
        ("x.ca/a_b) says", ["says"]),
        ("http://x.ca", []),
        ("of\n> it", ["of it"]),
        ("home\n\nThe **Falls", ["home", "The Falls"]),
        ("rest:\n\n1. one\n2. *two*", ["rest:", "1.", "one", "2.", "two"]),
        ("port | Ber", ["port", "Ber"]),
        ("22 |\n\nEnd", ["22", "End"]),
        (" trials.** ", ["trials."]),
    ],
)
def test_a_quote_is_marked_without_markup(quote: str, shown: list[str]) -> None:
    content = made(
        "# At home\n\nThe **Falls: two trials.** They went on; [the site](http://x.ca/a_b) says the rest:\n\n1. one\n"
        "2. *two*\n\n> the end of\n> it\n\n| A port | Berths |\n|---|---|\n| Skerrin | 22 |\n\nEnd.\n"
    )
    found = page(content, span_of(content, quote))
    assert found.marks == shown
    firsts = [one for one in found.elements if "id" in one.attributes]
    assert [(one.tag, one.attributes["id"], one.attributes["tabindex"]) for one in firsts] == [
        ("mark", "qa-quote", "-1")
    ] * bool(shown)
    assert all(one.attributes["class"] == "qa-quote" for one in found.elements if one.tag == "mark")


def test_quotes_that_overlap_or_touch_are_one() -> None:
    content = made("One two three four five.\n")
    assert marked(content, Span(4, 7), Span(0, 5)) == ["One two"]
    assert marked(content, Span(0, 3), Span(3, 7), Span(0, 3)) == ["One two"]
    assert marked(content, Span(8, 13), Span(0, 3)) == ["One", "three"]
    assert marked(content, Span(0, 13), Span(4, 7)) == ["One two three"]
    assert page(content, Span(19, 23), Span(0, 3)).elements[2].attributes["id"] == "qa-quote"


# Nothing of a note is markup of the page

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)> javascript:alert(1) &lt;b&gt; '"


def test_no_word_of_a_note_becomes_markup() -> None:
    form = "# {0}\n\n{0}\n\n- {0}\n1. {0}\n\n> {0}\n\n"
    form += "| {0} | {0} |\n|---|---|\n| {0} | x |\n\n[{0}](javascript:x)\n\n```{0}\n{0}\n```\n"
    content = made(form.format(HOSTILE))
    for spans in ([], [Span(0, len(content.text))], [Span(9, 40), Span(120, 160)]):
        shown = page(content, *spans)
        assert squashed(shown.text).count(squashed(HOSTILE)) >= 8
        assert {one.tag for one in shown.elements} <= TAGS


def test_no_word_about_a_note_becomes_markup() -> None:
    note = Note(HOSTILE, HOSTILE, date(2024, 5, 3), "en", HOSTILE, HOSTILE, HOSTILE, warnings=(HOSTILE,))
    cited = replace(
        Citer().cite(
            NoteContent(
                note, *made("# A\n\nWords.\n")[1:] if False else ("# A\n\nWords.\n", made("# A\n\nWords.\n").blocks)
            ),
            Span(5, 11),
        ),
        section=HOSTILE,
    )
    shown = Page(note_head(note, cited, note, language="en"))
    assert shown.text.count(HOSTILE) == 7


# What is known of a note


def test_the_head_tells_what_is_known() -> None:
    note = Note(
        "a/b.pdf",
        "The fund",
        date(2023, 4, 1),
        "fr",
        "PROTECTED A",
        prepared_for="the Minister",
        warnings=("Page 2: not readable.",),
    )
    newer = Note("a/c.pdf", "The new fund")
    content = NoteContent(note, "Words.\n", (Block(BlockKind.PARAGRAPH, 0, 6, page=3),))
    cited = replace(Citer().cite(content, Span(0, 6)), section="Aims > Money")
    assert Page(note_head(note, cited, newer, language="en")).of("h2", "p", "li") == [
        ("h2", "The fund"),
        ("p", "Aims > Money"),
        *[("li", fact) for fact in ("page 3", "1 April 2023", "PROTECTED A", "in French", "for the Minister")],
        ("p", "superseded by The new fund (no date)"),
        ("p", "Page 2: not readable."),
        ("p", "a/b.pdf"),
    ]
    assert Page(note_head(note, cited, newer, language="fr")).of("p", "li")[1:7] == [
        *[("li", fact) for fact in ("page 3", "1er avril 2023", "PROTECTED A", "en français", "pour the Minister")],
        ("p", "remplacée par The new fund (sans date)"),
    ]


def test_the_head_of_a_note_of_which_little_is_known() -> None:
    assert Page(note_head(Note("b.txt", "B"), None, None, language="en")).of("h2", "p", "li") == [
        ("h2", "B"),
        ("li", "no date"),
        ("li", "in English"),
        ("p", "b.txt"),
    ]


def test_words_stand_in_both_languages() -> None:
    for words in WORDS.values():
        assert set(words) == {"en", "fr"}
        assert re.findall(r"\{\w+\}", words["en"]) == re.findall(r"\{\w+\}", words["fr"])


def test_the_style_loads_nothing_and_names_each_class(real: NoteContent) -> None:
    assert not re.search(r"url\(|@import|https?:", NOTE_CSS)
    named = set(re.findall(r"class=\"([^\"]+)\"", note_html(real, [Span(0, 500)], language="en")))
    plain_ones = {"qa-note-paragraph", "qa-note-answer"}
    assert {one for names in named for one in names.split()} - plain_ones <= set(re.findall(r"qa-[a-z-]+", NOTE_CSS))


def test_time_grows_with_the_length_of_a_note() -> None:
    def seconds(sections: int) -> float:
        part = "## Part {}\n\nWords of **it**, [here](x).\n\n- one\n  - two\n\n| a | b |\n|---|---|\n| c | d |\n\n"
        content = made("".join(part.format(number) for number in range(sections)))
        spans = [Span(block.start, block.end) for block in content.blocks[::3]]
        times = []
        for _ in range(3):
            before = time.perf_counter()
            note_html(content, spans, language="en")
            times.append(time.perf_counter() - before)
        return min(times)

    assert seconds(1_000) < 40 * seconds(100)

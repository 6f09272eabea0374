"""Web pages: what is content, what its blocks are, and what a page says of itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answering.units import run_of
from qa.errors import NoteError
from qa.notes.assembly import Part, Reading, assemble
from qa.notes.blocks import BlockBuilder
from qa.notes.html import read_html
from qa.schema import Block, BlockKind, Note, NoteContent, Span
from tests.timing import IN_PROPORTION, growth

PAGE = """<!DOCTYPE html>
<html lang="en-CA"><head><meta charset="utf-8"><title>Ferry renewal - Harbour Office</title>
<meta name="dcterms.issued" content="2021-01-02"><meta name="dcterms.modified" content="2023-04-05">
<script>let x = "<p>script</p>";</script><style>p { color: red }</style></head>
<body>
<div class="cookie-banner"><p>We use cookies.</p><button>Accept</button></div>
<header><p>Harbour Office</p></header><nav><ul><li><a href="/jobs">Jobs</a></li></ul></nav>
<main>
<ol class="breadcrumb"><li><a href="/">Home</a></li><li>Ferries</li></ol>
<h1>Ferry renewal</h1>
<p>Prepared for: Minister<br>Classification: PROTECTED A<br>Date: 5 April 2023</p>
<h2>On this page</h2><ul><li><a href="#issue">Issue</a></li><li><a href="#costs">Costs</a></li></ul>
<h2 id="issue">Issue</h2>
<p>The <b>Ke</b>strel is 41&nbsp;years old &amp; leaks.<br>It carries 212 cars.</p>
<p>Under the plan, the Office will:</p>
<ul><li>buy two hulls;<ul><li>one for the east run</li></ul></li><li><p>sell the Kestrel.</p></li></ul>
<h2 id="costs">Costs</h2>
<table><caption>Cost by year</caption><tr><th>Year</th><th>Cost</th></tr>
<tr><td>2024</td><td>$3 million</td></tr></table>
<details><summary>Older figures</summary><p>It was $2 million.</p></details>
<form role="search"><label>Find</label><input></form>
<p><a href="#top">Top of page</a></p>
<p>Was this page helpful? <button>Yes</button></p>
<aside><h2>Related links</h2><p>Transition binder</p></aside>
</main>
<footer><p>Terms and conditions</p></footer></body></html>"""


def read(html: str) -> Reading:
    return read_html(html.encode())


def inside(body: str) -> tuple[Part, ...]:
    return read(f"<main>{body}</main>").parts


def texts(parts: tuple[Part, ...]) -> list[str]:
    return [part.text for part in parts]


def kinds(parts: tuple[Part, ...]) -> list[tuple[str, int, str]]:
    return [(part.kind.value, part.level, part.text) for part in parts]


def blocks(html: str) -> tuple[str, tuple[Block, ...]]:
    text, pieces = assemble(read(html).parts)
    return text, BlockBuilder(text, pieces).build()


def test_whole_page() -> None:
    reading = read(PAGE)
    assert (reading.title, reading.date, reading.language) == ("Ferry renewal", "2023-04-05", "en")
    assert reading.warnings == ()
    assert kinds(reading.parts) == [
        ("heading", 0, "Ferry renewal"),
        ("paragraph", 0, "Prepared for: Minister"),
        ("paragraph", 0, "Classification: PROTECTED A"),
        ("paragraph", 0, "Date: 5 April 2023"),
        ("heading", 2, "Issue"),
        ("paragraph", 0, "The Kestrel is 41\u00a0years old & leaks. It carries 212 cars."),
        ("paragraph", 0, "Under the plan, the Office will:"),
        ("bullet", 1, "buy two hulls;"),
        ("bullet", 2, "one for the east run"),
        ("bullet", 1, "sell the Kestrel."),
        ("heading", 2, "Costs"),
        ("paragraph", 0, "Cost by year"),
        ("row", 0, "Year | Cost"),
        ("row", 0, "2024 | $3 million"),
        ("heading", 7, "Older figures"),
        ("paragraph", 0, "It was $2 million."),
    ]


def test_blocks_hang_on_what_leads_them_in() -> None:
    text, found = blocks(PAGE)
    by_text = {text[block.start : block.end]: block for block in found}
    nested = by_text["one for the east run"]
    assert [text[s.start : s.end] for s in nested.lead_in] == ["Under the plan, the Office will:", "buy two hulls;"]
    row = by_text["2024 | $3 million"]
    assert row.header
    assert text[row.header.start : row.header.end] == "Year | Cost"
    assert row.caption
    assert text[row.caption.start : row.caption.end] == "Cost by year"
    assert by_text["Classification: PROTECTED A"].kind is BlockKind.METADATA
    assert [text[s.start : s.end] for s in by_text["It was $2 million."].headings] == ["Costs", "Older figures"]


# Which part of a page is content


def test_a_page_laid_out_with_tables() -> None:
    reading = read(
        """<html><head><title>Office intranet :: Works :: Quay walls</title></head><body><table width=900>
<tr><td colspan=2><font size=5>Office intranet</font> <a href=a>Start</a> | <a href=b>Canteen menu</a> |
<a href=c>Telephone list</a></td></tr>
<tr><td width=180><a href=d>Works</a><br><a href=e>Parking</a><br><a href=f>Keys</a></td><td>
<table border=1><tr><td><b>Paper</b></td><td>Quay walls: where we are</td></tr>
<tr><td><b>Date of paper</b></td><td>28 March 2024</td></tr></table>
<p><b>In short</b></p><p>"""
        + "The walls are 61 years old and lean. " * 12
        + """</p><p><b>Works this year</b></p>
<table border=1><tr><th>Job</th><th>Price</th></tr><tr><td>Piles</td><td>2,870</td></tr></table>
</td></tr><tr><td colspan=2><font size=1>Problems? Ring the web desk on 4410.</font></td></tr></table></body></html>"""
    )
    found = kinds(reading.parts)
    assert found[:3] == [
        ("row", 0, "Paper | Quay walls: where we are"),
        ("row", 0, "Date of paper | 28 March 2024"),
        ("heading", 7, "In short"),
    ]
    assert found[4:] == [("heading", 7, "Works this year"), ("row", 0, "Job | Price"), ("row", 0, "Piles | 2,870")]
    assert [part.header for part in reading.parts[-2:]] == [True, False]
    assert (reading.title, reading.date) == ("Quay walls", "2024-03-28")


def test_a_page_of_named_divisions() -> None:
    reading = read(
        "<html><head><title>Coast plan | Office</title></head><body><form id=aspnetForm>"
        "<div id=header><a href=/>Home</a></div>"
        "<div class=leftNav><ul><li><a href=1>One</a><li><a href=2>Two</a></ul></div>"
        "<div id=body><h1>Coast plan</h1><p>" + "The plan is late. " * 30 + "</p></div>"
        "<div class=site-footer><p>Last updated: 3 May 2022</p></div></form></body></html>"
    )
    assert [part.kind.value for part in reading.parts] == ["heading", "paragraph"]
    assert (reading.title, reading.date) == ("Coast plan", "2022-05-03")


@pytest.mark.parametrize(
    "name", ["search-and-rescue", "social-policy", "menu-of-options", "navigationAids", "sharing-costs"]
)
def test_a_section_may_be_called_as_a_widget_is(name: str) -> None:
    others = "<div><h2>Other</h2><p>" + "More words. " * 20 + "</p></div>"
    assert "Kept." in texts(read(f"<body><div id={name}><h2>Name</h2><p>Kept.</p></div>{others}").parts)


def test_one_article_is_the_content_with_its_own_header() -> None:
    story = "<article><header><h1>Story</h1></header><p>" + "Body text. " * 20 + "</p></article>"
    reading = read(f"<body><header><h1>Site</h1></header>{story}<footer>Legal</footer></body>")
    assert kinds(reading.parts)[0] == ("heading", 0, "Story")
    assert len(reading.parts) == 2


def test_a_heading_outside_the_content_that_the_title_repeats_is_the_title() -> None:
    page = "<head><title>Quays - Office</title></head><body><div><h1>{}</h1></div><main><p>Text.</p></main>"
    assert texts(read(page.format("Quays")).parts) == ["Quays", "Text."]
    assert texts(read(page.format("Harbour Office")).parts) == ["Text."]


HIDDEN = [
    'hidden', 'aria-hidden="true"', 'style="display:none"', 'style="DISPLAY : none !important"',
    'style="visibility: hidden"', 'style="font-size:0"', 'style="font-size: 1px"', 'style="opacity:0.0"',
    'style="position:absolute;left:-9999px"', 'style="text-indent:-999em"', 'style="clip:rect(0 0 0 0)"',
    'style="width:1px;height:1px;overflow:hidden"', 'style="color:transparent"', 'class="sr-only"', 'class="wb-inv"',
]  # fmt: skip


@pytest.mark.parametrize("how", HIDDEN)
def test_hidden_text_is_left_out(how: str) -> None:
    assert texts(inside(f"<p>be<span {how}>Ignore all</span>fore</p><div {how}><p>Ignore all</p></div>")) == ["before"]


@pytest.mark.parametrize(
    "how",
    ['hidden="until-found"', 'aria-hidden="false"', 'style="font-size:12px"', 'style="opacity:1"', 'style="left:-5px"',
     'style="clip:rect(0, 100px, 100px, 0)"', 'style="width:1px"', 'class="social-policy cookies"'],
)  # fmt: skip
def test_text_that_is_seen_is_kept(how: str) -> None:
    assert texts(inside(f"<h1>T</h1><h2 {how}>Shown</h2><p {how.replace(' cookies', '')}>Words</p>")) == [
        "T",
        "Shown",
        "Words",
    ]


@pytest.mark.parametrize(
    "tag", ["script", "style", "noscript", "template", "textarea", "svg", "select", "iframe", "del"]
)
def test_elements_that_show_no_text_are_left_out(tag: str) -> None:
    assert texts(inside(f"<p>a</p><{tag}>unseen</{tag}><!-- unseen --><p>b</p>")) == ["a", "b"]


def test_invisible_characters_are_taken_out_of_words() -> None:
    assert texts(inside("<p>gov&shy;ern\u200bment\ufeff\U000e0041 20\u00a0000</p>")) == ["government 20\u00a0000"]


def test_much_hidden_or_struck_text_is_a_warning() -> None:
    reading = read(f"<main><p>Seen <s>old</s></p><div style='display:none'>{'word ' * 100}</div></main>")
    assert texts(reading.parts) == ["Seen"]
    assert [("400 characters" in w, "strikes out" in w) for w in reading.warnings] == [(True, False), (False, True)]


def test_controls_are_left_out_but_not_headings_that_are_buttons() -> None:
    parts = inside(
        "<h2><button>Eligibility</button></h2><p>Owners.</p><div class='share-links'><a href=x>Share</a></div>"
        "<details><summary>Report a problem</summary><form><label>Broken</label><button>Send</button></form></details>"
        "<p>Call 4410 <button>Copy</button> now.</p><a class='btn' href=y>Apply</a>"
    )
    assert texts(parts) == ["Eligibility", "Owners.", "Call 4410 now."]


# What the blocks are


def test_line_breaks() -> None:
    assert kinds(inside("<p>Ann Lee<br>Director<br>555-1234</p>")) == [("paragraph", 0, "Ann Lee Director 555-1234")]
    assert kinds(inside("<p>One.<br><br>Two.</p>")) == [("paragraph", 0, "One."), ("paragraph", 0, "Two.")]
    assert kinds(inside("<p>Beds:<br>Larkrise 96<br>Fairholt 40</p>")) == [
        ("paragraph", 0, "Beds:"),
        ("bullet", 1, "Larkrise 96"),
        ("bullet", 1, "Fairholt 40"),
    ]
    assert kinds(inside("<p>- one<br>- two</p>")) == [("bullet", 1, "one"), ("bullet", 1, "two")]
    assert kinds(inside("<p><b>Background</b><br>It began.</p>")) == [
        ("heading", 7, "Background"),
        ("paragraph", 0, "It began."),
    ]


def test_paragraphs_in_bold() -> None:
    parts = inside("<p><b>In short</b></p><p>It is.</p><p><b>This is not a heading.</b></p><p><b>Ann Lee</b></p>")
    assert [part.kind.value for part in parts] == ["heading", "paragraph", "paragraph", "paragraph"]
    assert inside("<p><b>Date: 2023-01-02</b></p><p>x</p>")[0].kind is BlockKind.PARAGRAPH


def test_lists_of_terms() -> None:
    long = "It is a word that goes on. " * 10
    parts = inside(
        "<dl><dt>Head</dt><dd>Ann</dd><dt>Seats</dt><dd>12</dd><dd>14</dd></dl>"
        f"<dl><dt>Is it late?</dt><dd><p>Yes.</p><p>By far.</p></dd></dl><dl><dt>Hull</dt><dd>{long}</dd></dl>"
        "<dl><dt>Date modified:</dt><dd><time>2023-05-06</time></dd></dl>"
    )
    assert kinds(parts) == [
        ("row", 0, "Head | Ann"),
        ("row", 0, "Seats | 12"),
        ("row", 0, "Seats | 14"),
        ("question", 0, "Is it late?"),
        ("answer", 0, "Yes."),
        ("answer", 0, "By far."),
        ("bullet", 1, "Hull"),
        ("bullet", 2, long.strip()),
        ("paragraph", 0, "Date modified: 2023-05-06"),
    ]


def test_questions_quotations_and_text_as_typed() -> None:
    parts = inside(
        "<details><summary>Why?</summary>Because.</details><p><b>Q: When?</b></p><p>A: Soon.</p>"
        "<blockquote><p>So be it.</p></blockquote><pre>one\ntwo\n\nthree</pre>"
    )
    assert kinds(parts) == [
        ("question", 0, "Why?"),
        ("answer", 0, "Because."),
        ("question", 0, "Q: When?"),
        ("answer", 0, "A: Soon."),
        ("quotation", 0, "So be it."),
        ("paragraph", 0, "one two"),
        ("paragraph", 0, "three"),
    ]


def rows(table: str) -> list[str]:
    return [("# " if part.header else "") + part.text for part in inside(table) if part.kind is BlockKind.ROW]


def test_cells_that_span_stand_in_each_row_and_column() -> None:
    table = """<table><thead><tr><th rowspan=2>Port</th><th colspan=2>2022</th></tr><tr><th>In</th><th>Out</th></tr>
    </thead><tfoot><tr><td>All</td><td>9</td><td>8</td></tr></tfoot><tbody>
    <tr><th rowspan=2>Hollin</th><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr>
    <tr><td colspan=3>North</td></tr><tr><td>Sable</td><td colspan=2>none</td></tr>
    <tr><td>Wick</td><td></td><td>5</td></tr></tbody></table>"""
    assert rows(table) == [
        "# Port | 2022 In | 2022 Out",
        "Hollin | 1 | 2",
        "Hollin | 3 | 4",
        "North",
        "Sable | none | none",
        "Wick |  | 5",
        "All | 9 | 8",
    ]


def test_headers_that_are_not_marked() -> None:
    bold = "<table><tr><td><b>Port</b></td><td><b>Calls</b></td></tr><tr><td>Wick</td><td>4</td></tr></table>"
    plain = "<table>" + "".join(
        f"<tr><td>{a}<td>{b}<td>{c}" for a, b, c in [("Port", "Calls", "Note"), ("Wick", 4, "a"), ("Sable", 5, "b")]
    )
    assert rows(bold) == ["# Port | Calls", "Wick | 4"]
    assert rows(plain) == ["# Port | Calls | Note", "Wick | 4 | a", "Sable | 5 | b"]
    assert rows("<table><tr><td>Head<td>Ann<tr><td>Seats<td>12</table>") == ["Head | Ann", "Seats | 12"]


def test_a_first_row_of_one_cell_is_a_caption() -> None:
    parts = inside("<table><tr><th colspan=2>Calls<tr><th>Port<th>No.<tr><td>Wick<td>4</table>")
    assert kinds(parts)[:2] == [("paragraph", 0, "Calls"), ("row", 0, "Port | No.")]


FOOTNOTES = {
    "terms": """<p>It cost $3 million<sup id=r1><a href="#f1"><span class="wb-inv">Footnote </span>1</a></sup>.</p>
<aside class="wb-fnote" role="note"><dl><dt>Footnote 1</dt><dd id="f1"><p>In 2020 dollars.</p>
<p><a href="#r1"><span class="wb-inv">Return to footnote</span>1</a></p></dd></dl></aside>""",
    "word": """<p>It cost $3 million<a href="#_ftn1" name="_ftnref1"><sup>[1]</sup></a>.</p>
<div id=ftn1><p><a href="#_ftnref1" name="_ftn1">[1]</a> In 2020 dollars.</p></div>""",
    "list": """<p>It cost $3 million<sup><a href="https://site.example/p#n1" id=b1>1</a></sup>.</p>
<section class=footnotes><ol><li id=n1>In 2020 dollars. <a href="#b1">back</a></li></ol></section>""",
}


@pytest.mark.parametrize("page", FOOTNOTES.values(), ids=FOOTNOTES)
def test_footnotes_are_named_as_the_text_refers_to_them(page: str) -> None:
    parts = inside("<h1>T</h1><h2>Costs</h2>" + page)
    assert texts(parts)[2:] == ["It cost $3 million[^1].", "In 2020 dollars."]
    assert (parts[-1].kind, parts[-1].name) == (BlockKind.FOOTNOTE, "[^1]")
    text, found = blocks(f"<main><h1>T</h1><h2>Costs</h2>{page}</main>")
    assert [text[span.start : span.end] for span in found[-1].headings] == ["Costs"]


def test_raised_figures_are_not_part_of_the_figure_before_them() -> None:
    assert texts(inside("<p>5 m<sup>2</sup>, 10<sup>6</sup>, 1<sup>er</sup> mai</p>")) == ["5 m², 10⁶, 1er mai"]


# What a page says of itself


@pytest.mark.parametrize(
    ("html", "date"),
    [
        ('<meta property="article:modified_time" content="2022-03-04T05:06:07Z">', "2022-03-04"),
        ('<meta http-equiv="last-modified" content="Tue, 11 Apr 2023 10:00:00 GMT">', "2023-04-11"),
        ('<meta name="dcterms.issued" content="20210203"><meta name="dcterms.modified" content="2022">', "2021-02-03"),
        ('<footer>Date modified: <time datetime="2023-01-31">January 31</time></footer>', "2023-01-31"),
        ('<footer><dl><dt>Date de modification :</dt><dd>1er mars 2022</dd></dl></footer>', "2022-03-01"),
        ("<footer><p>Page changed 15 April 2024</p></footer>", "2024-04-15"),
        ("<p>The Act was last changed by the House on 15 April 2024.</p>", ""),
        ("<p>Next review: 15 April 2024</p>", ""),
    ],
)  # fmt: skip
def test_dates(html: str, date: str) -> None:
    assert read(f"{html}<main><p>Words.</p></main>").date == date


def test_titles_and_languages() -> None:
    head = '<head><title>Ports | Office</title><meta property="og:title" content="The ports"></head>'
    assert read(f"{head}<main><h1>One</h1><h1>Two</h1><p>x</p></main>").title == "One"
    assert read(f"{head}<main><p>x</p></main>").title == "The ports"
    assert read("<title>Office - Ports</title><main><p>Ports are small.</p></main>").title == "Ports"
    assert read("<html lang=en><main lang='fr-CA'><p>x</p></main>").language == "fr"
    assert read('<meta name="dcterms.language" content="fra"><main><p>x</p></main>').language == "fr"


# Bytes, and pages that are broken or do harm


@pytest.mark.parametrize(
    ("data", "warned"),
    [
        ("<p>café ’".encode(), False),
        ('<meta charset="iso-8859-1"><p>café ’'.encode(), False),
        ('<meta charset="iso-8859-1"><p>café ’'.encode("cp1252"), False),
        ("<p>café ’".encode("cp1252"), True),
        ('<meta charset="utf-7"><p>café ’'.encode("cp1252"), True),
        ("<p>café ’".encode("utf-16"), False),
        ("\ufeff<p>café ’".encode(), False),
    ],
)
def test_character_sets(data: bytes, warned: bool) -> None:
    reading = read_html(data)
    assert (texts(reading.parts), bool(reading.warnings)) == (["café ’"], warned)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no text"),
        (b"<div id=root></div><script>render()</script>", "no text"),
        (b"<main><nav><a href=x>y</a></nav></main>", "no text"),
        (bytes(range(256)) * 20, "binary"),
        (b"<div>" * 50_000 + b"<p>deep", "nested too deeply"),
    ],
)
def test_pages_that_cannot_be_read(data: bytes, words: str) -> None:
    with pytest.raises(NoteError, match=words):
        read_html(data)


@pytest.mark.slow
def test_deep_pages_keep_their_words_apart() -> None:
    assert texts(read("<div>" * 3000 + "<p>one</p>two<div>three</div>").parts) == ["one", "two", "three"]
    assert texts(read("<span>" * 50_000 + "deep").parts) == ["deep"]


def test_nothing_is_fetched_or_expanded(tmp_path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret", encoding="utf-8")
    entities = f'<!ENTITY a SYSTEM "{secret.as_uri()}"><!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">'
    found = " ".join(texts(read(f'<?xml version="1.0"?><!DOCTYPE html [{entities}]><p>x &a; &c;</p>').parts))
    assert "secret" not in found.replace("secret.txt", "")
    assert "&a; &c;" in found


def test_spans_without_bound_are_cut() -> None:
    rows = "<tr><td colspan=99999 rowspan=99999>" + "x" * 500 + "<td>y"
    assert sum(len(part.text) for part in inside("<table>" + rows * 300)) < 1_000_000
    assert growth(inside, "<table>" + rows * 75, "<table>" + rows * 300) < IN_PROPORTION


SCRAPS = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "<table>", "</table>", "<tr>", "<td rowspan=3>", "<th colspan=2>", "<ul>", "<li>",
     "</ul>", "<dl>", "<dt>", "<dd id=f>", "<br>", "<main>", "</main>", "<details>", "<summary>", "<h1>", "<h3>",
     "<div style='display:none'>", "</div>", "<!--", "-->", "<script>", "</script>", "&amp", "&#0;", "<sup>",
     "<a href=#f>", "1</a>", "Words ", "Date: 2 May 2023", "?", ":", "\x00", "é", "<button>", "<blockquote>", "<pre>"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(SCRAPS, max_size=60).map("".join))
def test_broken_pages_are_read_or_refused(html: str) -> None:
    try:
        reading = read(html)
    except NoteError:
        return
    text, pieces = assemble(reading.parts)
    assert all(text[piece.start : piece.end].strip() for piece in pieces)
    assert "\x00" not in text


# Numbered lists


def numbered(html: str) -> list[str]:
    """The lines of a page's canonical text."""
    return blocks(f"<main>{html}</main>")[0].rstrip("\n").split("\n")


@pytest.mark.parametrize(
    ("attributes", "first", "second"),
    [
        ("", "1.", "2."), ("start=3", "3.", "4."), ("start=0", "0.", "1."), ("start=-1", "-1.", "0."),
        ("start=x", "1.", "2."), ("type=a", "a.", "b."), ("type=A start=26", "Z.", "AA."),
        ("type=i start=4", "iv.", "v."),
        ("type=I start=39", "XXXIX.", "XL."), ("type=i start=0", "0.", "i."), ("reversed", "2.", "1."),
        ("reversed start=9", "9.", "8."), ("style='list-style-type: lower-alpha'", "a.", "b."),
        ("style='list-style: upper-roman inside'", "I.", "II."),
        ("type=1 style='list-style-type: lower-latin'", "a.", "b."),
    ],
)  # fmt: skip
def test_a_numbered_list_keeps_what_the_page_shows(attributes: str, first: str, second: str) -> None:
    html = f"<p>Two things:</p><ol {attributes}><li>Wait.<li>Act.</ol>"
    assert numbered(html) == ["Two things:", f"{first} Wait.", f"{second} Act."]
    text, found = blocks(f"<main>{html}</main>")
    assert [text[block.start : block.end] for block in found[1:]] == ["Wait.", "Act."]


@pytest.mark.parametrize("attributes", ["style='list-style: none'", "style='list-style-type:disc'", "type=square"])
def test_a_list_that_shows_no_numbers_gets_none(attributes: str) -> None:
    assert numbered(f"<ol {attributes}><li>Wait.<li>Act.</ol>") == ["Wait.", "Act."]
    assert numbered("<ul><li value=4>Wait.<li>Act.</ul>") == ["Wait.", "Act."]


def test_a_value_counts_from_there_on_and_a_hidden_item_does_not_count() -> None:
    html = "<ol><li>A<li hidden>B<li value=7>C<li>D<li type=a value=2>E<li></li><li>F</ol>"
    assert numbered(html) == ["1. A", "7. C", "8. D", "b. E", "4. F"]


def test_nested_lists_have_numbers_of_their_own() -> None:
    html = """<p>We will:</p><ol><li>buy hulls:<ol type=a><li>one<li>two</ol>and paint them;<li><p>sell:</p><p>all of
    it;</p><ul><li>soon</ul><li><ol><li>rest</ol></ol>"""
    text, found = blocks(f"<main>{html}</main>")
    assert text.rstrip("\n").split("\n") == [
        "We will:", "1. buy hulls:", "a. one", "b. two", "and paint them;", "2. sell: all of it;", "soon", "1. rest",
    ]  # fmt: skip
    assert [(block.level, text[block.start : block.end]) for block in found[1:4]] == [
        (1, "buy hulls:"), (2, "one"), (2, "two"),
    ]  # fmt: skip
    assert [text[span.start : span.end] for span in found[3].lead_in] == ["We will:", "buy hulls:"]


def test_the_number_of_an_item_that_begins_with_a_heading_stands_before_it() -> None:
    html = "<h1>Plan</h1><ol><li><h2>Wait</h2><p>For a year.</p><li><h2>Act</h2><p>Then.</p></ol>"
    assert numbered(html) == ["Plan", "1. Wait", "For a year.", "2. Act", "Then."]


def test_numbers_typed_before_lines_stay_in_the_text() -> None:
    assert numbered("<p>We may:<br>1. wait<br>2. act</p><p>* a<br>* b</p>") == [
        "We may:",
        "1. wait",
        "2. act",
        "a",
        "b",
    ]


def test_a_numbered_list_is_said_with_its_numbers() -> None:
    text, found = blocks("<main><p>We will:</p><ol type=I start=3><li>wait;<li>act.</ol></main>")
    unit = run_of(NoteContent(Note("a.html", "Plan"), text, found), Span(found[1].start, found[2].end))
    assert unit.text == "We will:\nIII. wait;\nIV. act."
    assert [text[span.start : span.end] for span in unit.spans] == ["We will:", "III. wait;\nIV. act."]

"""Blocks, passages and quotes of the 39 notes in `evals/`, of all formats, beside what their sources say.

The table was written by hand from the sources (the texts themselves, the scripts that made the Word and PDF files, the
PDF pages as drawn), before what the program reads was looked at.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from qa.embedding import load_embedding
from qa.notes import read_note
from qa.passages import passage_text, sentence_text, split_passages
from qa.schema import BlockKind, NoteContent, Span

EVALS = Path(__file__).parent.parent / "evals"
NOTES = [f"{path.parts[-3]}/{path.name}" for path in sorted(EVALS.glob("*/notes/*"))]
V, L = "verrane/", "lissmark/"
M, P, B, R = BlockKind.METADATA, BlockKind.PARAGRAPH, BlockKind.BULLET, BlockKind.ROW
A, F = BlockKind.ANSWER, BlockKind.FOOTNOTE


@cache
def content_of(note: str) -> NoteContent:
    return read_note(EVALS / note.replace("/", "/notes/"), note)


def folded(text: str) -> str:
    """As the README of the gold sets has it: white space and table bars are one space."""
    return re.sub(r"[\s|]+", " ", text).strip()


@pytest.mark.parametrize(
    # words: those that the block opens with, or opens and closes with ("first … last").
    # hung_on: the closing words of the lead-ins, outermost first; of a row the caption's, of an answer its question's.
    ("note", "words", "kind", "section", "hung_on", "header", "page"),
    [
        # A list whose lead-in is on the page before, and one that goes on over the page.
        (
            V + "flood-mapping.pdf",
            "refuse permits for new basements inside it; and",
            B,
            "3. Why maps are slow to appear",
            ("A municipality that accepts a map must, within a year:",),
            None,
            2,
        ),
        (V + "flood-mapping.pdf", "A request for $4.8 million", B, "7. Next steps", (), None, 3),
        (
            V + "flood-mapping.pdf",
            "Dunmere 52 11 21,715",
            R,
            "2. The mapping program",
            (),
            "Canton Municipalities Maps published Buildings in the 2060 zone",
            1,
        ),
        # A paragraph that goes on over the page, past the footer and the header.
        (
            V + "search-and-rescue.pdf",
            "The five helicopters are … Keeping the old fleet in the air until then will cost $58,000,000 more than"
            " planned. Two machines are normally in the hangar on any given day.",
            P,
            "3. Bases and readiness",
            (),
            None,
            1,
        ),
        (
            V + "search-and-rescue.pdf",
            "death benefits equal to … an officer's $310,000); and",
            B,
            "4. The volunteers",
            ("Its President, Constance Dunnage, has asked for three things:",),
            None,
            2,
        ),
        (
            V + "search-and-rescue.pdf",
            "It is sometimes proposed",
            P,
            "5. Issues to watch > 5.3 Charging for rescue",
            (),
            None,
            2,
        ),
        (V + "search-and-rescue.pdf", "Date: 2022-12-05", M, "", (), None, 1),
        # Nested bullets, and the outer list after them.
        (
            V + "spill-preparedness.docx",
            "shelter and food for 200 people;",
            B,
            "How the regime works",
            ("To be certified, an RO must show that it can:", "work without a break for 30 days, with:"),
            None,
            None,
        ),
        (
            V + "spill-preparedness.docx",
            "clean 500 metres of shore a day.",
            B,
            "How the regime works",
            ("To be certified, an RO must show that it can:",),
            None,
            None,
        ),
        (
            V + "aquaculture-licensing.docx",
            "raising the permitted stock",
            B,
            "The moratorium",
            ("It does not stop:",),
            None,
            None,
        ),
        (
            V + "marine-reserves.docx",
            "Stane Grounds 2007 1,870 Allowed in part 40",
            R,
            "Background",
            (),
            "Reserve Year made Area (square km) Bottom trawling Patrol days in 2022",
            None,
        ),
        (
            L + "palliative-network.docx",
            "only the doctor may open the lower tray;",
            B,
            "What a team offers",
            ("a team provides at no charge:", "a box of medicines for the last days, sealed, of which"),
            None,
            None,
        ),
        # A table of what the note is.
        (L + "palliative-network.docx", "Dated 12 February 2024", M, "", (), None, None),
        (
            L + "medicine-shortages.docx",
            "Mirefen, except in a flood",
            B,
            "The reserve",
            ("which are not named in public:", "the old mint at Sandwick Hythe, for"),
            None,
            None,
        ),
        (
            L + "medicine-shortages.docx",
            "Yes, for their own use",
            A,
            "Questions and answers",
            ("Can people fetch medicines abroad?",),
            None,
            None,
        ),
        # Small print below a rule, after the last answer, that no mark in the text refers to.
        (L + "medicine-shortages.docx", "Days of stock were counted", F, "", (), None, None),
        (
            V + "derelict-vessels.html",
            "Class C vessels are not removed",
            B,
            "How a vessel is removed",
            ("is put in one of three classes:", "Class C: an eyesore only."),
            None,
            None,
        ),
        (
            V + "derelict-vessels.html",
            "vessels owned by an Island Council; and",
            B,
            "The levy",
            ("As drafted, the levy would not apply to:",),
            None,
            None,
        ),
        (
            V + "derelict-vessels.html",
            "Sable 91 34 $28,500",
            R,
            "Results",
            ("Inventory and removals, 1 July 2019 to 31 January 2023",),
            "Canton On the inventory Removed Average cost",
            None,
        ),
        (
            V + "workforce.html",
            "may not choose Monday or Friday",
            B,
            "Where people work",
            ("Managers may ask for a third day but:",),
            None,
            None,
        ),
        (V + "workforce.html", "Prepared for: Deputy Minister and Minister", M, "", (), None, None),
        # A page laid out by tables, with headings that are bold paragraphs.
        (
            L + "hospital-estates.html",
            "Oxygen mains St. Orrin's 3,320,000",
            R,
            "Works this year",
            (),
            "Job Site Price (crowns) Start Beds closed meanwhile",
            None,
        ),
        (L + "hospital-estates.html", "Date of paper 28 March 2024", M, "", (), None, None),
        (
            L + "winter-vaccination.html",
            "charge the patient for anything.",
            B,
            "Plan for 2024–25",
            ("A pharmacist may not:",),
            None,
            None,
        ),
        # Headings with numbers, which are not of the heading; bold and run in; underlined; with a sign; in capitals.
        (
            L + "01_authority-at-a-glance.md",
            "direct the treatment of a named patient;",
            B,
            "Your hands",
            ("You may not:",),
            None,
            None,
        ),
        (
            L + "falls-at-home.md",
            "anyone living in a houseboat",
            B,
            "Who is left out",
            ("The following are outside the trials, for now:",),
            None,
            None,
        ),
        (L + "home-help-vouchers.md", "Fraud is small", B, "Weak points", (), None, None),
        (
            L + "independent-living-credit.md",
            "book and cancel a helper; and",
            B,
            "§ D - What went wrong",
            ("They can name a trusted hand, who may:",),
            None,
            None,
        ),
        (
            L + "night-nursing-line.md",
            "confirm a death;",
            B,
            "LIMITS",
            ("A nurse on the line may not:",),
            None,
            None,
        ),
        (
            L + "care-home-inspection-2024-03.md",
            "The discs do not show it.",
            A,
            "Suggested words",
            ("Are private homes worse than public ones?",),
            None,
            None,
        ),
        (
            V + "HRP_west.md",
            "the weekly landing limit is not",
            B,
            "Pressures",
            ("If Perran Gut is still shut on that day:",),
            None,
            None,
        ),
        (
            V + "lantern-crab.md",
            "visiting yachts are asked",
            B,
            "Response so far",
            ("It works along three lines:", "so in practice:"),
            None,
            None,
        ),
        # A footnote is of the section that refers to it, not of the last one.
        (V + "lighthouse-divestiture.md", "A plan is viable if", F, "Background", (), None, None),
        (
            V + "fonds-resilience-cotiere.md",
            "L'adresse. Depuis octobre 2022",
            B,
            "Ce qui a changé en 2022",
            (),
            None,
            None,
        ),
        # Lead-ins that are bullets of the same depth as what they lead in.
        (
            V + "dept-overview.txt",
            "Cut the stock of abandoned vessels by half.",
            B,
            "Relevant Commitments",
            ("The following five are yours to lead:",),
            None,
            None,
        ),
        (
            V + "trip-book-ostrey.txt",
            "failing that, sail to Gannet Bay",
            B,
            "Wednesday, 24 May",
            ("Fly to Carrow from the Great Tannow strip. If there is fog:",),
            None,
            None,
        ),
        pytest.param(
            V + "dept-overview.txt",
            "Headquarters is at Tidewater House",
            P,
            "Regional Footprint",
            (),
            None,
            None,
            marks=pytest.mark.xfail(
                strict=True,
                reason="all bare headings after 'Portfolio Bodies', which is followed by one, are put below it",
            ),
        ),
        (V + "internal-audit-grants.txt", "The threshold was $250,000", F, "Findings and Responses", (), None, None),
        (
            L + "carers-pay-talks.txt",
            "make a payment to one side only; or",
            B,
            "",
            ("The Authority may not:",),
            None,
            None,
        ),
        # Hard line breaks.
        (
            L + "ambulance-handover.txt",
            'A "fit to sit" rule … not kept on a stretcher.',
            B,
            "What has been done",
            (),
            None,
            None,
        ),
    ],
)
def test_a_block_is_what_its_source_says(
    note: str,
    words: str,
    kind: BlockKind,
    section: str,
    hung_on: tuple[str, ...],
    header: str | None,
    page: int | None,
) -> None:
    content = content_of(note)

    def said(span: Span) -> str:
        return folded(content.text[span.start : span.end])

    opening, _, closing = words.partition(" … ")
    texts = [(block, said(Span(block.start, block.end))) for block in content.blocks]
    [(block, text)] = [(block, text) for block, text in texts if text.startswith(opening)]
    assert text.endswith(closing)
    assert (block.kind, block.page) == (kind, page)
    assert " > ".join(said(span).rstrip(" .:") for span in block.headings) == section
    spans = block.lead_in + ((block.caption,) if block.caption else ())
    assert len(spans) == len(hung_on), [said(span) for span in spans]
    for span, end in zip(spans, hung_on, strict=True):
        assert said(span).endswith(end)
    assert (said(block.header) if block.header else None) == header


@pytest.mark.parametrize("note", NOTES)
def test_the_passages_of_a_note_hold_all_of_it_once_and_are_within_what_the_model_reads(note: str) -> None:
    model, content = load_embedding(), content_of(note)
    text, held = content.text, Counter[int]()
    for passage in split_passages(content, model.count_tokens, model.max_tokens):
        assert (passage.start, passage.end) == (passage.sentences[0].start, passage.sentences[-1].end)
        assert model.count_tokens(passage_text(text, passage)) <= model.max_tokens
        for sentence in passage.sentences:
            assert sentence.text == text[sentence.start : sentence.end] == sentence.text.strip() != ""
            assert model.count_tokens(sentence_text(text, sentence)) <= model.max_tokens
            held.update(range(sentence.start, sentence.end))
    for block in content.blocks:
        times = {held[n] for n in range(block.start, block.end) if not text[n].isspace()}
        assert times == ({0} if block.kind is BlockKind.HEADING else {1}), text[block.start : block.end]


@pytest.mark.parametrize(("binder", "number"), [("verrane", 165), ("lissmark", 88)])
def test_every_quote_of_a_gold_set_stands_in_its_note(binder: str, number: int) -> None:
    rows = [json.loads(line) for line in (EVALS / binder / "gold.jsonl").read_text("utf-8").splitlines()]
    quotes = [(evidence["note"], evidence["quote"]) for row in rows for evidence in row["evidence"]]
    misses = [
        (note, quote) for note, quote in quotes if folded(quote) not in folded(content_of(f"{binder}/{note}").text)
    ]
    assert len(quotes) == number
    assert misses == []

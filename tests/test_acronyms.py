from __future__ import annotations

import pytest

from qa.acronyms import find_acronyms
from qa.notes import read_blocks
from qa.schema import Acronym, Block, BlockKind, Note, NoteContent
from tests.timing import IN_PROPORTION, growth


def found_in(text: str) -> list[Acronym]:
    content = NoteContent(Note("a.txt", "A"), text, (Block(BlockKind.PARAGRAPH, 0, len(text)),))
    return list(find_acronyms(content))


def forms_in(note: str) -> dict[str, str]:
    """What is found in a Markdown note; that each place holds both forms is checked on the way."""
    content = NoteContent(Note("a.md", "A"), note, read_blocks(note, markdown=True))
    found = find_acronyms(content)
    for acronym in found:
        assert acronym.short in note[acronym.start : acronym.end]
        assert acronym.long in note[acronym.start : acronym.end]
    return {acronym.short: acronym.long for acronym in found}


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("PS works with Global Affairs Canada (GAC).", "GAC", "Global Affairs Canada"),
        ("the United States (U.S.) and", "U.S.", "United States"),
        ("the Department of Homeland Security (DHS).", "DHS", "Department of Homeland Security"),
        ("the Office of Care Inspection (OCI).", "OCI", "Office of Care Inspection"),
        ("the Night Nursing Line (NNL) opened", "NNL", "Night Nursing Line"),
        ("two Assistant Deputy Ministers (ADMs)", "ADMs", "Assistant Deputy Ministers"),
        ("le Fonds de résilience côtière (FRC) a", "FRC", "Fonds de résilience côtière"),
        ("the Five Country Ministerial (FCM; yearly) met", "FCM", "Five Country Ministerial"),
        ("the UNDRR (United Nations Disaster Risk Reduction) says", "UNDRR", "United Nations Disaster Risk Reduction"),
        ("GAC (Global Affairs Canada, in Ottawa) met", "GAC", "Global Affairs Canada"),
        ("SAR (search and rescue) flights", "SAR", "search and rescue"),
        ('the Ministry of Health (the "MoH") said', "MoH", "Ministry of Health"),
        ('the Ministry of Health (hereafter, "MoH") said', "MoH", "Ministry of Health"),
        ('the Ministry of Health (hereinafter referred to as the "MoH")', "MoH", "Ministry of Health"),
        ("the Ministry of Health, hereafter MoH, said", "MoH", "Ministry of Health"),
        ("The Ministry of Health, also known as the MoH, said", "MoH", "Ministry of Health"),
        ("le Centre d'information (CI) ouvre", "CI", "Centre d'information"),
        ("le Centre d’information (ci-après le « CI ») ouvre", "CI", "Centre d’information"),
        ("l'Organisation des Nations Unies (ONU)", "ONU", "Organisation des Nations Unies"),
        ("Land, Rail, Marine, and Air Preclearance (LRMA)", "LRMA", "Land, Rail, Marine, and Air Preclearance"),
        ("It was to be determined (TBD).", "TBD", "to be determined"),
        ("ECC – Emergency Coordination Centre", "ECC", "Emergency Coordination Centre"),
        ("ECC: Emergency Coordination Centre, in Ottawa", "ECC", "Emergency Coordination Centre"),
        ("ECC = Emergency Coordination Centre.", "ECC", "Emergency Coordination Centre"),
        ("Emergency Coordination Centre – ECC", "ECC", "Emergency Coordination Centre"),
        ("Here ECC means the Emergency Coordination Centre of Wick.", "ECC", "Emergency Coordination Centre"),
        ('ECC stands for "Emergency Coordination Centre".', "ECC", "Emergency Coordination Centre"),
        ("L’ECC signifie l’Entente de coopération côtière.", "ECC", "Entente de coopération côtière"),
        ("Le sigle CI désigne le Centre d'information.", "CI", "Centre d'information"),
        ("PS – Public Safety Canada", "PS", "Public Safety Canada"),
        ("FVEY – Five Eyes", "FVEY", "Five Eyes"),
        ("NRCan: Natural Resources Canada", "NRCan", "Natural Resources Canada"),
        ("ADM: Assistant Deputy Minister leads the file", "ADM", "Assistant Deputy Minister"),
        (
            "to establish a NATO Centre of Excellence on Climate and Security (CASCOE).",
            "CASCOE",
            "Centre of Excellence on Climate and Security",
        ),
        (
            "l'Organisation du traité de l'Atlantique Nord (NATO) dit",
            "NATO",
            "Organisation du traité de l'Atlantique Nord",
        ),
        ("The Group of Seven (G7) met", "G7", "Group of Seven"),
        ("the G20 (Group of Twenty) met", "G20", "Group of Twenty"),
        ("le Groupe des sept (G7) se réunit", "G7", "Groupe des sept"),
        ("the Group of Twenty-Four (G24) met", "G24", "Group of Twenty-Four"),
        ("the Group of 77 (G77) met", "G77", "Group of 77"),
        ("The Global Health Security Agenda, or GHSA, was set up.", "GHSA", "Global Health Security Agenda"),
        ("Le Fonds de résilience côtière, soit le FRC, a", "FRC", "Fonds de résilience côtière"),
        ("the (Northern) Harbour Board (NHB) met", "NHB", "(Northern) Harbour Board"),
        ('the "Night" Nursing Line (NNL) met', "NNL", '"Night" Nursing Line'),
    ],
)
def test_a_definition_is_found_with_its_place(text: str, short: str, long: str) -> None:
    (acronym,) = found_in(text)
    assert (acronym.short, acronym.long) == (short, long)
    assert short in text[acronym.start : acronym.end]
    assert long in text[acronym.start : acronym.end]


@pytest.mark.parametrize(
    "text",
    [
        "the meeting (in June) was held",
        "Canada (TBD) by April",
        "the treaty (2019) holds",
        "the Sendai Framework (2015-2030), which",
        "()",
        "(GAC)",
        "no brackets at all",
        "the talks were chaired by Canada (TBD)",
        "UK (up 3 per cent, or 4k) rose",
        "The ECC (Ms. Emma C. Cole) met",
        "PS: Please see the annex",
        "US – unlikely soon",
        "NOTE: this is no definition",
        "PDF: see the annex",
        "the DM means to act soon",
        "CGS means of support",
        'the centre, referred to as "ECC"',
        "BC: Budget cut",
        "the Department of Fisheries (Wick (DFW)) met",
        "the Group of Eight (G7) met",
        "Registered (TM), the Marks (TM) hold",
        "see Seven Groups (G7) there",
        "it was asked to send no trucks over (NATO) in May",
        "the Canadian Air Survey, or DM, was",
        "The House of Commons, or Senate, was",
    ],
)
def test_what_is_no_definition_is_left(text: str) -> None:
    assert found_in(text) == []


def test_a_bracket_may_hold_a_short_form_in_each_language() -> None:
    found = found_in(
        "the Public Health Agency of Canada (PHAC; French: Agence de la santé publique du Canada, ASPC) said so"
    )
    assert [(one.short, one.long) for one in found] == [
        ("PHAC", "Public Health Agency of Canada"),
        ("ASPC", "Agence de la santé publique du Canada"),
    ]


def test_a_place_has_both_of_its_quotation_marks() -> None:
    text = 'The cities, “Host cities, known as "HCs" or others” met; the Five Country Ministerial, called “FCM”, too.'
    assert [text[one.start : one.end] for one in found_in(text)] == [
        'Host cities, known as "HCs"',
        "Five Country Ministerial, called “FCM”",
    ]


def test_each_definition_of_a_note_is_kept_once() -> None:
    assert len(found_in("Global Affairs Canada (GAC). Again Global Affairs Canada (GAC).")) == 1


def test_a_definition_may_be_broken_over_lines() -> None:
    (acronym,) = found_in("Canada's Emergency\nCoordination Centre (ECC) runs")
    assert acronym.long == "Emergency Coordination Centre"
    assert (acronym.start, acronym.end) == (9, 44)


def test_definitions_may_follow_one_another() -> None:
    found = found_in("Legend: CGS = Coastal Guard Service; DM = Deputy Minister; TAC = total allowable catch.")
    assert [acronym.short for acronym in found] == ["CGS", "DM", "TAC"]


def test_a_place_covers_the_words_from_the_first_form_to_the_last() -> None:
    text = (
        "Staff of the Coastal Guard Service (CGS; since 1911) met. Today ECC means the Emergency Coordination Centre."
    )
    assert [text[acronym.start : acronym.end] for acronym in found_in(text)] == [
        "Coastal Guard Service (CGS; since 1911)",
        "ECC means the Emergency Coordination Centre",
    ]


def test_a_table_of_abbreviations_is_believed_whatever_the_letters() -> None:
    note = "# A\n\n| Acronym | Meaning |\n|---|---|\n| **CDR** | Commander |\n| H2 | hydrogen |\n| GDP | 12 |\n"
    assert forms_in(note) == {"CDR": "Commander", "H2": "hydrogen"}
    french = "# A\n\n| Sigle | Signification |\n|---|---|\n| l'ECC | Accord sur la côte |\n| CI | Centre |\n"
    assert forms_in(french) == {"ECC": "Accord sur la côte", "CI": "Centre"}
    assert forms_in("# A\n\n| Term | Abbreviation |\n|---|---|\n| Allowed catch | TAC |\n") == {"TAC": "Allowed catch"}


def test_a_table_of_abbreviations_may_have_other_columns() -> None:
    note = "# A\n\n| Abbreviation | Department | Staff |\n|---|---|---|\n| GAC | Global Affairs Canada | 12 |\n"
    assert forms_in(note) == {"GAC": "Global Affairs Canada"}
    note = "# A\n\n| Abbreviation | Minister | Full name |\n|---|---|---|\n| FA | Ann Reed | Foreign Trade |\n"
    assert forms_in(note) == {"FA": "Foreign Trade"}


def test_a_table_without_a_rule_may_name_its_columns_in_its_first_row() -> None:
    content = NoteContent(
        Note("a.docx", "A"),
        "Acronym | Meaning\nCDR | Commander",
        (Block(BlockKind.ROW, 0, 17, group=1), Block(BlockKind.ROW, 18, 33, group=1)),
    )
    assert find_acronyms(content) == (Acronym("CDR", "Commander", "a.docx", 18, 33),)


def test_other_tables_hold_definitions_where_the_letters_fit() -> None:
    note = (
        "# A\n\n| Office | Name |\n|---|---|\n| DM | Deputy Minister |\n| US | Unlikely |\n| MV | Wick |\n| UK | 12 |\n"
    )
    assert forms_in(note) == {"DM": "Deputy Minister"}
    assert forms_in("# A\n\n| Country | Code | Trade |\n|---|---|---|\n| Canada | CA | 12 |\n") == {}


def test_a_list_under_a_heading_of_abbreviations_is_believed() -> None:
    note = (
        "# A\n\n## Abbreviations\n\n- G7 – Group of Seven\n- **XDR:** Extended response\n- Note: read this with care\n"
    )
    assert forms_in(note) == {"G7": "Group of Seven", "XDR": "Extended response"}
    assert forms_in(note.replace("Abbreviations", "Measures")) == {"G7": "Group of Seven"}  # these letters fit


def test_what_a_short_form_is_about_is_not_what_it_stands_for() -> None:
    assert forms_in("# A\n\n## Glossary\n\n- TAC – the most fish that may be caught in one year\n") == {}


def test_a_heading_that_runs_in_may_be_the_short_form() -> None:
    assert forms_in("# A\n\nText.\n\n**ECC** – Emergency Coordination Centre\n\nMore of it.\n") == {
        "ECC": "Emergency Coordination Centre"
    }


def test_a_long_note_is_read_in_time() -> None:
    text = "The Global Affairs Canada (GAC) met; ECC: Emergency Coordination Centre, known as the ECC. "
    assert len(found_in(text * 1200)) == 2
    assert growth(found_in, text * 300, text * 1200) < IN_PROPORTION


@pytest.mark.parametrize(
    "run",
    [
        " ",
        "\t",
        " \n",
        "\n",
        "\u00a0",
        ".",
        "-",
        " – ",
        "(",
        ")",
        "[",
        '"',
        "«",
        "*",
        "_",
        "=",
        ":",
        "; ",
        "|",
        "A",
        "A ",
    ],
)
def test_a_long_run_of_one_sign_is_read_in_time(run: str) -> None:
    around = [
        ("The ECC", "meets weekly."),
        ("Emergency Centre (", "ECC)"),
        ("The Emergency Coordination Centre", "ECC"),
    ]

    def read(length: int) -> None:
        for before, after in around:
            found_in(before + run * (length // len(run)) + after)

    assert growth(read, 5_000, 20_000) < IN_PROPORTION

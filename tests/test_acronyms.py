from __future__ import annotations

import pytest

from qa.acronyms import find_acronyms, short_key
from qa.schema import Acronym, Block, BlockKind, Note, NoteContent


def found_in(text: str) -> list[Acronym]:
    content = NoteContent(Note("a.txt", "A"), text, (Block(BlockKind.PARAGRAPH, 0, len(text)),))
    return list(find_acronyms(content))


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
    ],
)
def test_what_is_no_definition_is_left(text: str) -> None:
    assert found_in(text) == []


def test_each_definition_of_a_note_is_kept_once() -> None:
    assert len(found_in("Global Affairs Canada (GAC). Again Global Affairs Canada (GAC).")) == 1


def test_spellings_of_one_short_form_share_a_key() -> None:
    assert short_key("U.S.") == short_key("US") == short_key("us")

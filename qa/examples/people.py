"""Who holds which office: persons and offices are told by their form, in English and in French notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa.cells import named_cells
from qa.examples.candidates import Candidate, Form, has_name, holds_any, without_brackets
from qa.markup import plain
from qa.schema import Block, BlockKind, NoteContent, Span
from qa.terms import ENGLISH, FRENCH, fold

_CAPITAL = r"[A-ZÀ-ÖØ-Ý][\w’'-]*"
# A name of several words, small ones among them: "Office of the Child Advocate".
NAME = rf"{_CAPITAL}(?: (?:(?:of|for|and|the|de|du|des|la|les|et) ){{0,2}}{_CAPITAL}){{1,6}}"
_TITLE = r"(?:(?:Dr|Dre|Mr|Ms|Mrs|Mme|Prof|Rev|Hon)\.? |(?:Captain|Superintendent|Professor|Judge|Justice) )"
PERSON = rf"{_TITLE}?[A-ZÀ-ÖØ-Ý][\w’'-]+(?: [A-ZÀ-ÖØ-Ý](?:[\w’'-]+|\.)){{1,2}}"

_ENGLISH_OFFICES = """
director minister secretary chair chairman chairwoman president commissioner manager coordinator critic head leader
chief officer counsel advocate ambassador counterpart governor mayor convenor inspector spokesperson auditor ombudsman
adviser advisor lead superintendent chancellor registrar comptroller treasurer clerk attorney executive principal
general
"""
_FRENCH_OFFICES = """
directeur directrice ministre secretaire president presidente commissaire gestionnaire coordonnateur coordonnatrice chef
cheffe ambassadeur ambassadrice maire mairesse verificateur verificatrice conseiller conseillere responsable gouverneur
gouverneure surintendant surintendante protecteur protectrice critique homologue dirigeant dirigeante greffier greffiere
"""
_OFFICES = {ENGLISH: frozenset(_ENGLISH_OFFICES.split()), FRENCH: frozenset(_FRENCH_OFFICES.split())}
_LOWER = r"[a-zà-öø-ÿ][\w’'-]*"
_ANY = rf"(?:{_CAPITAL}|{_LOWER}|U\.S\.|U\.K\.)"
_AFTER = r"(?=[,.;)]|\Z| (?:who|qui)\b)"
_CAPITALS = rf"{_CAPITAL}(?: {_CAPITAL}){{0,3}}"
_SAID = {
    ENGLISH: (
        re.compile(rf"\b[Tt]he (?P<office>{NAME}|{_CAPITAL}-{_CAPITAL}), (?P<person>{PERSON}){_AFTER}"),
        re.compile(rf"^The (?P<office>{_ANY}(?: {_ANY}){{0,7}}) is (?P<person>{PERSON}){_AFTER}"),
        # "your counterpart, Home Secretary Jane Roe, hosted"
        re.compile(
            rf"(?<=[a-z], )(?P<office>{_CAPITAL}(?: {_CAPITAL}){{0,2}} (?:Minister|Secretary|General|Commissioner))"
            rf" (?P<person>{_CAPITAL} {_CAPITAL}){_AFTER}"
        ),
    ),
    FRENCH: (
        re.compile(rf"\b(?P<office>(?:[Ll]e|[Ll]a) {_LOWER}(?: {_ANY}){{1,7}}), (?P<person>{PERSON}){_AFTER}"),
        re.compile(rf"^(?P<office>(?:Le|La) {_LOWER}(?: {_ANY}){{0,7}}) est (?P<person>{PERSON}){_AFTER}"),
    ),
}
_LONGEST_LINE = 200
_WHO = {ENGLISH: "Who is the {office}?", FRENCH: "Qui est {office} ?"}
_SIGNED = re.compile(rf"(?:Contact: )?(?P<person>{PERSON}), (?P<office>{NAME})(?:, [^.;:]*)?\Z")
_LABELLED = re.compile(rf"(?P<office>{_CAPITALS}): (?P<person>{PERSON})(?=\.|\Z)")
_FORMER = frozenset(("former", "acting", "interim", "ex", "then", "ancien", "ancienne", "your", "our", "its", "their"))
_JOINING = "of for and the to in at de du des d la les le l et a au aux"
_SMALL = frozenset(_JOINING.split())
_POSTS = frozenset(("post", "role", "position", "office", "poste", "fonction"))
_HOLDERS = frozenset(("holder", "name", "incumbent", "titulaire", "nom"))
_HELD = {ENGLISH: "Who is the {office}?", FRENCH: "Qui occupe le poste {de}{office} ?"}


def who(content: NoteContent, sentences: Sequence[tuple[Span, str]]) -> Iterator[Candidate]:
    """The questions who holds an office that a note answers: in its sentences, tables and lines of their own."""
    language = content.note.language
    for span, sentence in sentences:
        for match in (match for pattern in _SAID[language] for match in pattern.finditer(sentence)):
            office, person = match["office"], match["person"]
            if _is_clear(office, language) and _is_person(person, content):
                shown = office[0].lower() + office[1:] if language == FRENCH else office
                yield _asked(_WHO[language].format(office=shown), content, span, office, person)
    for block in content.blocks:
        if block.kind is BlockKind.PARAGRAPH and language == ENGLISH:
            yield from _of_a_line(content, block)
        if block.kind is BlockKind.ROW and block.end - block.start < _LONGEST_LINE:
            yield from _of_a_row(content, block)


def _of_a_line(content: NoteContent, block: Block) -> Iterator[Candidate]:
    """ "Jane Roe, Director of Roads", or "Chair: Jane Roe." below a heading that names what is chaired."""
    line = plain(content.text[block.start : min(block.end, block.start + _LONGEST_LINE)])
    span = Span(block.start, block.end)
    signed, labelled = _SIGNED.match(line), _LABELLED.match(line)
    if signed and re.search(r" (?:of|for) ", signed["office"]) and _is_clear(signed["office"], ENGLISH):
        yield _asked(_WHO[ENGLISH].format(office=signed["office"]), content, span, signed["office"], signed["person"])
    if labelled and block.headings and holds_any(labelled["office"], _OFFICES[ENGLISH]):
        heading = block.headings[-1]
        named = plain(content.text[heading.start : min(heading.end, heading.start + _LONGEST_LINE)])
        body, short = without_brackets(named), re.search(r"\(([^()]+)\)", named)
        if re.fullmatch(NAME, body):
            forms = "|".join(re.escape(form) for form in (body, short[1] if short else body))
            the = "the " if re.search(rf"\b[Tt]he (?:{forms})\b", content.text) else ""
            yield _asked(f"Who is the {labelled['office']} of {the}{body}?", content, span, "", labelled["person"])


def _of_a_row(content: NoteContent, block: Block) -> Iterator[Candidate]:
    """A row that names a post and its holder."""
    if block.header is None:
        return
    row = Span(block.start, block.end)
    cells = {fold(name): value for name, value in named_cells(content.text, block.header, row) or []}
    office = next((value for name, value in cells.items() if name in _POSTS), "")
    person = next((value for name, value in cells.items() if name in _HOLDERS), "")
    language = content.note.language
    if "," not in office and _is_clear(office, language) and re.fullmatch(PERSON, person):
        yield _asked(
            _HELD[language].format(office=office, de="d'" if fold(office)[0] in "aeiou" else "de "),
            content,
            row,
            office,
            person,
        )


def _asked(question: str, content: NoteContent, span: Span, office: str, person: str) -> Candidate:
    return Candidate(Form.WHO, question, content.note.note, span, alone=office, told=person)


def _is_clear(office: str, language: str) -> bool:
    """Whether a phrase names an office and says which: in capitals throughout, or with a name."""
    words = [word for word in re.split(r"[ ’'-]", office) if fold(word) not in _SMALL]
    offices = [word for word in words if fold(word) in _OFFICES[language]]
    if len(words) < 2 or not offices or any(fold(word) in _FORMER for word in words):
        return False
    others = " ".join(word for word in words if word not in offices)
    return has_name(others) or all(word[0].isupper() for word in words)


def _is_person(name: str, content: NoteContent) -> bool:
    """Whether a name is one of a person and no place or body ("the United States"), as far as its note tells."""
    return not re.search(rf"\b(?:the|le|la|les|du|des) {re.escape(name)}", content.text)

"""A chat model's reply, as it comes in, as drafts of statements: what it says, and which numbered sentences it cites.

Strict about what counts as a citation, forgiving about how one is written: [3, 4], [3][4], [3-5], (3), [^3], 【3】,
before or after the full stop, at the beginning of a line, once for a paragraph or at the end of a list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from qa.answering.slips import Thoughts, is_refusal, plain_line, unspaced

_ONE = r"\d{1,3}"
_MANY = rf"\^?{_ONE}(?:\s*(?:,|;|–|-|&|and|et)\s*\^?{_ONE})*"
_NAMED = r"(?:#|(?:sentences?|sources?|phrases?|s|n[o°]?)\.?\s*)?"
_MARK = (
    rf"(?:\\?\[{{1,2}}\s*{_NAMED}(?:{_MANY})\s*\\?\]{{1,2}}(?:\([^)\s]*\))?"
    rf"|【\s*(?:{_MANY})(?:†[^】]*)?】|<sup>\s*\[?(?:{_MANY})\]?\s*</sup>)"
)
_GAP = r"[ \t]{0,3}"
_GROUP = re.compile(rf"{_GAP}{_MARK}(?:{_GAP}(?:,{_GAP})?{_MARK})*", re.IGNORECASE)
_IN_ROUND = re.compile(rf"[ \t]*\((?:{_MANY})\)(?=\s*(?:[.,;:!?…]|$))")
_ENDS = r"[.!?…][\"”»’)*_]*"
# Where a line may be cut: at citations that stand at the end of a sentence, once something follows.
_CUT = re.compile(
    rf"(?:{_ENDS}{_GROUP.pattern}|{_GROUP.pattern}{_GAP}{_ENDS})[ \t]{{1,3}}(?=[^\s\[【<(\\])", re.IGNORECASE
)
_BULLET = re.compile(r"\s*(?:[-*•–]|\(?\d{1,2}[.)])\s+(?=\S)")
_HEADING = re.compile(r"\s*(?:#{1,6}\s+(?P<text>.+?)\s*#*|\*\*(?P<bold>[^*]+)\*\*:?)\s*$")
_RULE_OF_TABLE = re.compile(r"\s*\|?[\s:|-]*-{3}[\s:|-]*$")
_ONLY_SOURCES = re.compile(r"\W*(?:(?:sources?|references?|citations?|références?)\s*:?)?\W*", re.IGNORECASE)
_LONGEST_RANGE = 12
# A line that is longer is cut; and how far before a new piece what it completes may begin.
_LONGEST_LINE, _LOOK_BACK = 4_000, 400
# A line that leads in nothing and has more words than a heading says something.
_MOST_WORDS_OF_A_HEADING = 3


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a statement, and the sentences that it cites; numbers as the model wrote them."""

    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """One thing that a model says. lead: what it hangs on: a line that ends in a colon, or a heading.

    mark: "- " or "1. " before an item of a list, else "". numbers of a clause are empty where nothing is cited.
    """

    clauses: tuple[Clause, ...]
    lead: str = ""
    mark: str = ""

    @property
    def text(self) -> str:
        """Its own words, without marks of any kind."""
        return unspaced(" ".join("".join(clause.text for clause in self.clauses).split()))

    @property
    def cites(self) -> bool:
        return any(clause.numbers for clause in self.clauses)


class ReplyReader:
    """Reads a reply piece by piece. refused: it says that the notes do not tell."""

    def __init__(self) -> None:
        self.refused = False
        self._rest = ""
        self._thoughts = Thoughts()
        self._waiting: list[Draft] = []  # of this paragraph or list, without a citation so far
        self._uncited: list[Draft] = []  # of those before
        self._lead, self._lead_cites = "", tuple[int, ...]()
        self._led = False  # whether anything hangs on the lead so far
        self._header: list[str] | None = None
        self._after_blank = False
        self._number = 0  # of the last item of a numbered list

    def feed(self, piece: str) -> list[Draft]:
        """The drafts that are complete with `piece`."""
        aloud = self._thoughts.aloud(piece)
        if self._thoughts.ended_late():
            self._waiting, self._uncited, self._rest = [], [], ""  # all of that was thought
        begin = max(0, len(self._rest) - _LOOK_BACK)
        self._rest += aloud
        if len(self._rest) > _LONGEST_LINE and "\n" not in self._rest:
            self._rest += "\n"
        *lines, self._rest = self._rest.split("\n")
        found = [draft for line in lines for draft in self._line(line)]
        begin = 0 if lines else begin
        if self._rest.lstrip().startswith(("|", "[", "<", "#", "【")):
            return found  # what this line is can be told only when it is whole
        while cut := _CUT.search(self._rest, begin):
            found += self._said(self._rest[: cut.end()], self._mark(self._rest))
            self._rest, begin = self._rest[cut.end() :], 0
        return found

    def finish(self) -> list[Draft]:
        """The drafts that are left, with those that cite nothing."""
        found = self._line(self._rest + self._thoughts.left()) + self._end_of_block()
        self._lead_said()
        self._rest, left, self._uncited = "", self._uncited, []
        return found + left

    def _line(self, line: str) -> list[Draft]:
        if not line.strip() or line.strip().startswith("```"):
            self._after_blank = True
            return []
        is_item = bool(_BULLET.match(line))
        found = self._end_of_block() if self._after_blank and not (is_item and self._in_list()) else []
        self._after_blank = False
        groups = _marked(line)
        if groups and _ONLY_SOURCES.fullmatch(_without(line, groups)):
            if not self._waiting:
                self._waiting, self._uncited = self._uncited, []
            return found + self._cited_late(_numbers(line, groups))
        if line.lstrip().startswith("|") or (self._header is not None and "|" in line):
            return found + self._row(line, groups)
        self._header = None
        return found + self._said(line, self._mark(line))

    def _in_list(self) -> bool:
        return bool(self._lead) or any(draft.mark for draft in self._waiting)

    def _mark(self, line: str) -> str:
        bullet = _BULLET.match(line)
        if not bullet:
            return ""
        written = bullet[0].strip()
        if written[-1] not in ".)":
            return "- "
        number = int(written.strip("().")) if written.strip("().").isdigit() else 0
        follows = number in (1, self._number, self._number + 1)
        self._number = number if follows else self._number
        # What does not count on may be a figure ("42. files"), and nothing bears out a mark.
        return f"{written} " if follows else "- "

    def _said(self, line: str, mark: str) -> list[Draft]:
        """What a line of prose, an item or a heading adds."""
        groups = _marked(line)
        heading = _HEADING.match(line)
        bare = plain_line(_without(line, groups))
        if is_refusal(bare) and not groups:
            self.refused = True
            return []
        if not re.search(r"\w", bare):
            return []
        if (heading and not groups) or (bare.endswith(":") and not mark):
            self._lead_said()
            self._lead = bare.rstrip(":") + ":"
            self._lead_cites, self._led = _numbers(line, groups), False
            return []
        body = _BULLET.sub("", line, count=1) if mark else line
        return self._add(Draft(_clauses(body), self._lead, mark))

    def _row(self, line: str, groups: list[re.Match[str]]) -> list[Draft]:
        cells = [plain_line(cell) for cell in _without(line, groups).strip().strip("|").split("|")]
        if _RULE_OF_TABLE.match(line):
            return []
        if self._header is None:
            self._header = cells
            return [] if not groups else self._add(Draft((Clause("; ".join(cells), _numbers(line, groups)),)))
        named = [f"{head}: {cell}" if head else cell for head, cell in _paired(self._header, cells) if cell]
        return self._add(Draft((Clause("; ".join(named), _numbers(line, groups)),), self._lead, "- "))

    def _add(self, draft: Draft) -> list[Draft]:
        self._led = True
        if self._waiting and not draft.mark and self._waiting[-1].text[-1] not in ".!?…:;":
            before = self._waiting.pop()  # a line that goes on
            draft = replace(
                before,
                clauses=(
                    Clause(f"{before.text} {draft.clauses[0].text}", draft.clauses[0].numbers),
                    *draft.clauses[1:],
                ),
            )
        if not draft.cites:
            self._waiting.append(draft)
            return []
        numbers = next(clause.numbers for clause in draft.clauses if clause.numbers)
        return [*self._cited_late(numbers), draft]

    def _cited_late(self, numbers: tuple[int, ...]) -> list[Draft]:
        """What waits for a citation, with `numbers`."""
        waiting, self._waiting = self._waiting, []
        return [_citing(draft, numbers) for draft in waiting]

    def _end_of_block(self) -> list[Draft]:
        waiting, self._waiting = self._waiting, []
        found = [_citing(draft, self._lead_cites) for draft in waiting] if self._lead_cites else []
        if not found:
            self._uncited += waiting
        if self._led:
            self._lead, self._lead_cites, self._led = "", (), False
        self._header = None
        return found

    def _lead_said(self) -> None:
        """A lead that leads nothing in is a statement, and is checked as one."""
        if self._lead and not self._led and len(self._lead.split()) > _MOST_WORDS_OF_A_HEADING:
            self._uncited.append(Draft((Clause(self._lead, self._lead_cites),)))


def _marked(line: str) -> list[re.Match[str]]:
    """The groups of citations in a line; round brackets are such only where there are no others."""
    return list(_GROUP.finditer(line)) or list(_IN_ROUND.finditer(line))


def _without(line: str, groups: list[re.Match[str]]) -> str:
    for group in reversed(groups):
        line = line[: group.start()] + " " + line[group.end() :]
    return line


def _clauses(line: str) -> tuple[Clause, ...]:
    """A line cut at its citations; each belongs to what is before it, or after it where the line begins with one."""
    groups = _marked(line)
    if not groups:
        return (Clause(plain_line(line), ()),)
    texts = [
        line[begin:end]
        for begin, end in zip([0, *(g.end() for g in groups)], [*(g.start() for g in groups), len(line)], strict=True)
    ]
    leading = not re.search(r"\w", texts[0]) and re.search(r"\w", texts[-1])
    texts = texts[1:] if leading else [*texts[:-2], texts[-2] + texts[-1]]
    found = [Clause(_spaced(text), _numbers_of(group[0])) for text, group in zip(texts, groups, strict=True)]
    return tuple(found)


def _spaced(text: str) -> str:
    """A stretch of a line in plain words; it keeps a space before it, where there is one."""
    return (" " if text[:1].isspace() else "") + plain_line(text)


def _citing(draft: Draft, numbers: tuple[int, ...]) -> Draft:
    return replace(draft, clauses=tuple(replace(one, numbers=one.numbers or numbers) for one in draft.clauses))


def _numbers(line: str, groups: list[re.Match[str]]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(number for group in groups for number in _numbers_of(group[0])))


def _numbers_of(group: str) -> tuple[int, ...]:
    """ "[3, 5-7]": 3, 5, 6, 7."""
    found: list[int] = []
    group = re.sub(r"\]\([^)\s]*\)|†[^】]*", "]", group)
    for first, last in re.findall(rf"({_ONE})(?:\s*[–-]\s*({_ONE}))?", group):
        begin, end = int(first), int(last or first)
        found += range(begin, end + 1) if begin <= end <= begin + _LONGEST_RANGE else [begin, end]
    return tuple(dict.fromkeys(found))


def _paired(header: list[str], cells: list[str]) -> list[tuple[str, str]]:
    return list(zip([*header, *[""] * len(cells)], cells, strict=False))

"""What readers said of answers, kept for whoever writes gold questions: one JSON object a line in `QA_INBOX`.

The file lies neither among the notes nor in the index: what readers type is no note, and is asked for when both are
made anew. Every change holds a lock, since a chat writes to it while somebody works through it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from qa.errors import GoldError, SettingsError
from qa.evaluation.jsonlines import dump_line, parse_lines, write_whole
from qa.schema import Answer, to_json

FeedbackVerdict = Literal["right", "wrong", "not in the notes"]
VERDICTS: tuple[FeedbackVerdict, ...] = ("right", "wrong", "not in the notes")
MOST_CHARACTERS_OF_WHY = 2_000
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader said of an answer. verdict: "not in the notes" where the program should have abstained.

    history: the turns before. citations: (note, quote) pairs of the answer. why: a word of the reader's, or "".
    """

    question: str
    verdict: FeedbackVerdict
    answer: str
    abstained: bool
    why: str = ""
    history: tuple[tuple[str, str], ...] = ()
    citations: tuple[tuple[str, str], ...] = ()


def feedback_of(
    answer: Answer, verdict: FeedbackVerdict, *, why: str = "", history: Sequence[tuple[str, str]] = ()
) -> Feedback:
    """What a reader said of `answer`. history: the turns before the question."""
    return Feedback(
        answer.question,
        verdict,
        answer.text,
        answer.abstained,
        why.strip()[:MOST_CHARACTERS_OF_WHY],
        tuple((role, text) for role, text in history),
        tuple((citation.note, citation.quote) for citation in answer.citations),
    )


def check_place(inbox: Path, corpus: Path, index: Path) -> None:
    """Raises SettingsError where the inbox would lie among the notes or in the index."""
    for folder, what in ((corpus, "notes"), (index, "index")):
        if inbox.resolve().is_relative_to(folder.resolve()):
            raise SettingsError(f"The inbox {inbox} lies in the folder of the {what}. Name another place: QA_INBOX.")


def put_in(inbox: Path, feedback: Feedback) -> None:
    """Adds to the inbox, which is made if it must be. Raises GoldError where it cannot be written."""
    with _locked(inbox), inbox.open("a", encoding="utf-8") as file:
        file.write(dump_line(to_json(feedback)))


def read_inbox(inbox: Path) -> list[Feedback]:
    """What is in the inbox, oldest first; nothing where there is none. Raises GoldError for a line that is not ours."""
    try:
        return [_feedback(keys) for keys in parse_lines(inbox.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise GoldError(f"The inbox {inbox} cannot be read: {error}. Mend or move that line.") from error


def take_out(inbox: Path, feedback: Feedback) -> None:
    """Removes the first entry that is equal to `feedback`; the others stay, and so does what is added meanwhile."""
    with _locked(inbox):
        left = read_inbox(inbox)
        if feedback in left:
            left.remove(feedback)
        write_whole(inbox, "".join(dump_line(to_json(one)) for one in left))


@contextmanager
def _locked(inbox: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    try:
        inbox.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{inbox}.lock", timeout=_PATIENCE):
            yield
    except Timeout as error:
        raise GoldError(f"The inbox {inbox} is in use by another process. Try again.") from error
    except OSError as error:
        raise GoldError(f"The inbox {inbox} cannot be written: {error.strerror or error}.") from error


def _feedback(keys: Any) -> Feedback:
    if not isinstance(keys, dict):
        raise TypeError(f"{keys!r} is no JSON object")
    if keys.get("verdict") not in VERDICTS:
        raise ValueError(f"a verdict is one of {', '.join(VERDICTS)}")
    pairs = {name: tuple(map(tuple, keys.get(name, ()))) for name in ("history", "citations")}
    return Feedback(**(keys | pairs))

"""A run: every question of a gold set put to a binder, stamped with what it was measured on, as a value and as a file.

A saved run is JSON lines: a header, then one record a line, so that a change of a baseline can be read as a diff. It
holds no time of day and no path, and the same program over the same notes writes the same records.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.binder import Binder
from qa.errors import GoldError, IndexMismatchError
from qa.evaluation.asking import Asked, Record, put
from qa.evaluation.gold import Row, read_rows, resolve
from qa.evaluation.goldset import GoldSet
from qa.evaluation.jsonlines import dump_line, parse_lines, write_whole
from qa.evaluation.network import NetworkCalls
from qa.evaluation.repeat import digest, digests_of_another_process
from qa.evaluation.stamp import stamp_of
from qa.schema import Citation, Progress, to_json
from qa.settings import DEFAULT_EMBEDDING, EMBEDDED

FORMAT = 1
_PATIENCE = 3600.0
_MEND = "Restore it from version control, or remove it, and run `qa eval` and `qa eval accept`."
if TYPE_CHECKING:
    from qa.models import ChatModel

Tell = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Operations:
    """How a run went. seconds: of each answer, by question. network_calls: heard in this process (see network.py).

    offline: whether there should be none. unstable: the questions that another process answered in other bytes; None
    where they were asked once only.
    """

    seconds: Mapping[str, float] = field(default_factory=dict)
    network_calls: int = 0
    offline: bool = True
    unstable: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a gold set. unscored: questions whose notes are not in the binder, each with the reason.

    stamp: fingerprints of corpus, gold, index, embedding, code, and the settings that matter. notes: how many there
    are. note, accepted: why and on which day it was made the baseline.
    """

    name: str
    stamp: Mapping[str, str]
    records: tuple[Record, ...]
    unscored: Mapping[str, str] = field(default_factory=dict)
    operations: Operations = field(default_factory=Operations)
    role: str = ""
    notes: int = 0
    note: str = ""
    accepted: str = ""

    def broken(self) -> dict[str, int]:
        """How often each invariant is broken; those that hold are left out."""
        counts = Counter[str]()
        for record in self.records:
            counts.update(record.broken)
        if self.operations.offline:
            counts["network_call"] += self.operations.network_calls
        return {name: count for name, count in counts.items() if count}


def evaluate(
    gold_set: GoldSet,
    *,
    embedding: str | None = None,
    llm: str | ChatModel | None = None,
    repeat: bool | None = None,
    rebuild: bool = False,
    tell: Tell = lambda step: None,
) -> Run:
    """Runs a gold set over its notes, with an index of its own below the set's `runs/`.

    embedding, llm: as of `Binder.open`; llm may be one of `qa.models.recorded`. repeat: ask everything once more in
    another process, to see that the answers are the same; None does so without a chat model, whose answers cost.
    rebuild: make the index anew.
    tell: called with stage "read", "embed", "ask" or "repeat".
    Raises GoldError for a mistake in the gold set, and what `Binder.open` raises.
    """
    rows = read_rows(gold_set.gold)
    with _alone(gold_set, tell):
        return _evaluated(gold_set, rows, embedding, llm, repeat, rebuild, tell)


def _evaluated(
    gold_set: GoldSet,
    rows: list[Row],
    embedding: str | None,
    llm: str | ChatModel | None,
    repeat: bool | None,
    rebuild: bool,
    tell: Tell,
) -> Run:
    opened = open_binder(gold_set, embedding=embedding, llm=llm, rebuild=rebuild, tell=tell)
    with NetworkCalls() as network, opened as binder:
        settings = binder.settings
        if binder.chat is not None:
            binder.chat.prepare()  # a key that is missing is no wrong answer
        repeat = settings.llm == EMBEDDED if repeat is None else repeat
        golds, unscored = resolve(rows, binder.text)
        records, seconds, digests = [], {}, {}
        for done, gold in enumerate(golds):
            tell(Progress("ask", done, len(golds), gold_set.name))
            record, took, answer = put(gold, binder)
            records.append(record)
            if answer is not None:
                seconds[gold.id] = took
            digests[gold.id] = digest(answer)
        if missing := getattr(binder.chat, "missing", 0):
            raise GoldError(f"{missing} replies are not among those that were recorded. Record anew: qa eval --record")
        stamp = stamp_of(binder, gold_set)
        notes = len(binder.notes())
    unstable = None
    if repeat:
        tell(Progress("repeat", 0, 0, gold_set.name))
        again = digests_of_another_process(gold_set.gold, settings)
        unstable = tuple(id for id, first in digests.items() if again.get(id) != first)
    offline = settings.llm == EMBEDDED and settings.embedding == DEFAULT_EMBEDDING and not settings.chroma_url
    operations = Operations(seconds, len(network.calls), offline, unstable)
    return Run(gold_set.name, stamp, tuple(records), unscored, operations, role=gold_set.role, notes=notes)


@contextmanager
def _alone(gold_set: GoldSet, tell: Tell) -> Iterator[None]:
    """Waits for another process that is running the same set: both would make the same index."""
    from filelock import FileLock, Timeout

    gold_set.runs.mkdir(parents=True, exist_ok=True)
    lock = FileLock(gold_set.runs / f"{gold_set.name}.lock", timeout=_PATIENCE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        tell(Progress("wait", 0, 0))
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def open_binder(
    gold_set: GoldSet,
    *,
    embedding: str | None = None,
    llm: str | ChatModel | None = None,
    rebuild: bool = False,
    tell: Tell = lambda step: None,
) -> Binder:
    """The binder of a set's notes, with an index of its own below the set's `runs/`. Arguments as of `evaluate`."""

    def opened(anew: bool) -> Binder:
        index = gold_set.runs / "index" / gold_set.name
        binder = Binder.open(gold_set.notes, index=index, embedding=embedding, llm=llm, rebuild=anew, progress=tell)
        return on_one_day(binder)

    try:
        return opened(rebuild)
    except IndexMismatchError:  # the index is only the evaluation's own
        return opened(True)


def on_one_day(binder: Binder) -> Binder:
    """The binder with a today that does not pass: the one that is set, else the day of its newest note; and without
    falling back from a chat model.

    Answers tell how old their sources are, and would be others tomorrow.
    """
    newest = max((note.date for note in binder.notes() if note.date), default=None)
    # Nor is an answer of the embedded answerer one of the model that is evaluated.
    binder.settings = replace(binder.settings, today=binder.settings.today or newest, llm_fallback=False)
    return binder


def evaluate_binder(gold_set: GoldSet, binder: Asked, stamp: Mapping[str, str] | None = None) -> Run:
    """Runs a gold set over whatever answers like a Binder, in this process and once; the set's notes are not read."""
    golds, unscored = resolve(read_rows(gold_set.gold), binder.text)
    put_to = [put(gold, binder) for gold in golds]
    seconds = {record.id: took for record, took, answer in put_to if answer is not None}
    return Run(
        gold_set.name,
        stamp or {},
        tuple(record for record, *_ in put_to),
        unscored,
        Operations(seconds, offline=False),
        role=gold_set.role,
        notes=len(binder.notes()),
    )


def save(run: Run, path: Path, *, text: bool = True) -> None:
    """Writes a run, all of it or nothing. text: False leaves out all text of questions, notes and answers."""
    header = {name: value for name, value in to_json(run).items() if name != "records"} | {"format": FORMAT}
    header["questions"] = len(run.records)
    header["unscored"] = {id: reason if text else "" for id, reason in run.unscored.items()}
    header["operations"] = to_json(run.operations)
    header["operations"]["seconds"] = {id: round(took, 4) for id, took in run.operations.seconds.items()}
    lines = [header, *(to_json(record if text else _without_text(record)) for record in run.records)]
    write_whole(path, "".join(map(dump_line, lines)))


def load(path: Path) -> Run:
    """A saved run. Raises GoldError where it cannot be read or is of a newer version."""
    try:
        header, *lines = parse_lines(path.read_text(encoding="utf-8"))
        if header.pop("format") > FORMAT:
            raise GoldError(f"{path} was written by a newer version of this program. Use that one.")
        if header.pop("questions") != len(lines):
            raise GoldError(f"{path} is not whole. {_MEND}")
        operations = header.pop("operations")
        operations["unstable"] = None if operations["unstable"] is None else tuple(operations["unstable"])
        return Run(**header, records=tuple(map(_record_of, lines)), operations=Operations(**operations))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        reason = getattr(error, "strerror", None) or "it is no run of this program"
        raise GoldError(f"{path} cannot be read: {reason}. {_MEND}") from error


def _record_of(keys: dict[str, Any]) -> Record:
    citations = tuple(
        Citation(**(one | {"date": None if one["date"] is None else date.fromisoformat(one["date"])}))
        for one in keys.pop("citations")
    )
    if not all(isinstance(value, (int, float)) for value in keys["measures"].values()):
        raise ValueError("a measure is a figure")
    lists = {name: tuple(keys[name]) for name in ("notices", "on_evidence")}
    return Record(**keys | lists | {"citations": citations})


def _without_text(record: Record) -> Record:
    error = record.error.split(":")[0]
    return replace(
        record,
        question="",
        answer="",
        citations=(),
        on_evidence=(),
        notices=(),
        error=error,
        cluster=_opaque(record.cluster),
    )


def _opaque(name: str) -> str:
    import hashlib

    return hashlib.sha256(name.encode()).hexdigest()[:12]

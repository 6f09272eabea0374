"""`qa eval` and its verbs: run gold sets and compare them with their baselines, accept, check, add."""

from __future__ import annotations

import argparse
import shlex
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import GoldError, SettingsError
from qa.settings import Settings

if TYPE_CHECKING:
    from qa.binder import Binder
    from qa.evaluation.goldset import GoldSet
    from qa.models import ChatModel

FOUND = 4


def add_verb(verbs: Any) -> None:
    """Adds `eval` to the verbs of the command line."""
    verb: argparse.ArgumentParser = verbs.add_parser(
        "eval",
        help="run gold questions and compare with the baseline",
        description="Runs gold sets, compares each with its baseline, and writes a report. The gate fails "
        "where an invariant is broken, or a measure may have lost more than its margin.",
    )
    verb.set_defaults(run=_run)
    _sets(verb, default=None)
    verb.add_argument("--embedding", metavar="MODEL", help="an embedding model's name or folder")
    verb.add_argument("--llm", metavar="MODEL", help='"embedded" (the default: no model), or provider:model')
    replies = verb.add_mutually_exclusive_group()
    replies.add_argument("--record", action="store_true", help="keep the model's replies beside the gold set")
    replies.add_argument("--replay", action="store_true", help="take the replies that are kept there, and no model")
    verb.add_argument("--baseline", metavar="FILE", help="a saved run to compare with, instead of the set's baseline")
    verb.add_argument(
        "--repeat",
        action=argparse.BooleanOptionalAction,
        help="ask everything once more in another process and compare (default: without a chat model)",
    )
    verb.add_argument("--rebuild", action="store_true", help="make the indexes of the evaluation anew")
    verb.add_argument("--json", action="store_true", help="print the result as JSON")
    steps = verb.add_subparsers(metavar="[STEP]", title="further steps")

    accept = _step(steps, "accept", "make the newest run the baseline", _accept)
    accept.add_argument("--replay", action="store_true", help="the newest run with replies that were kept")
    accept.add_argument("--note", required=True, help="why, for whoever reads the baseline later")

    check = _step(steps, "check", "examine gold files", _check)
    check.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print the findings as JSON")

    add = _step(steps, "add", "write a gold question: ask, pick the evidence, name the facts", _add)
    add.add_argument("--inbox", action="store_true", help="take the questions that readers of the chat marked")


def _step(steps: Any, name: str, what: str, run: Any) -> argparse.ArgumentParser:
    step: argparse.ArgumentParser = steps.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
    step.set_defaults(run=run)
    _sets(step, default=argparse.SUPPRESS)  # what stands before the step's name holds, unless it is said again
    return step


def _sets(parser: argparse.ArgumentParser, default: Any) -> None:
    parser.add_argument(
        "--set", action="append", metavar="NAME", default=default, help="only this set (may be given more than once)"
    )
    parser.add_argument("--evals", metavar="FOLDER", default=default, help="the folder of the sets (default: evals/)")
    parser.add_argument("--gold", metavar="FILE", default=default, help="a gold file of your own, instead of sets")
    parser.add_argument("--corpus", metavar="FOLDER", default=default, help="its notes (default: corpus/)")


def _chosen(parsed: argparse.Namespace, *, create: bool = False) -> list[GoldSet]:
    """The sets that are meant. create: a gold file that is not there yet will do."""
    from qa.evaluation.goldset import find_sets, single

    if parsed.gold:
        if parsed.set or parsed.evals:
            raise SettingsError(
                "--gold names a file of its own; --set and --evals choose among sets. Give one of them."
            )
        gold, notes = Path(parsed.gold), Settings.load(corpus=parsed.corpus).corpus
        if create and notes.is_dir() and not gold.exists() and gold.parent.is_dir():
            gold.touch()
        return _kept(parsed, [single(gold, notes)])
    if parsed.corpus:
        raise SettingsError("--corpus goes with --gold; each set names its own notes in its set.toml.")
    found = find_sets(Path(parsed.evals or "evals"))
    names = [one.name for one in found]
    for name in parsed.set or ():
        if name not in names:
            raise GoldError(f"There is no set {name}. There are: {', '.join(names)}.")
    found = [one for one in found if not parsed.set or one.name in parsed.set]
    return _kept(parsed, found)


def _kept(parsed: argparse.Namespace, sets: list[GoldSet]) -> list[GoldSet]:
    """The sets under another name where a model's replies are kept: such runs are compared with one another."""
    kept = getattr(parsed, "record", False) or getattr(parsed, "replay", False)
    return [replace(one, name=f"{one.name}-replies") for one in sets] if kept else sets


def _replies(parsed: argparse.Namespace, gold_set: GoldSet) -> ChatModel | None:
    """The model that keeps its replies, or that gives those that are kept; None where neither is asked for."""
    from qa.answering.prompts import without_boundary
    from qa.models.recorded import Recording, Replaying
    from qa.parts import chat_model_of

    if parsed.replay:
        return Replaying(gold_set.replies, without_boundary)
    if not parsed.record:
        return None
    chat = chat_model_of(Settings.load(llm=parsed.llm))
    if chat is None:
        raise SettingsError("--record keeps the replies of a model: name it with --llm, or as QA_LLM.")
    return Recording(chat, gold_set.replies, without_boundary)


def _run(parsed: argparse.Namespace) -> int:
    from qa.console import Meter, near, print_json, write
    from qa.console_eval import show_comparison
    from qa.evaluation.comparison import compare
    from qa.evaluation.report import as_json, write_reports
    from qa.evaluation.runs import evaluate, load, save
    from qa.models.recorded import Recording

    chosen = _chosen(parsed)
    if parsed.repeat and (parsed.record or parsed.replay):
        raise SettingsError("--repeat asks anew in another process, where no reply is kept. Leave it out.")
    if parsed.baseline and len(chosen) > 1:
        raise SettingsError("--baseline is of one set; name it with --set, or give --gold.")
    results = []
    for gold_set in chosen:
        llm = _replies(parsed, gold_set) or parsed.llm
        baseline = Path(parsed.baseline) if parsed.baseline else gold_set.baseline
        before = load(baseline) if parsed.baseline or baseline.exists() else None
        with Meter() as meter:
            now = evaluate(
                gold_set,
                embedding=parsed.embedding,
                llm=llm,
                repeat=parsed.repeat,
                rebuild=parsed.rebuild,
                tell=meter,
            )
        save(now, gold_set.newest)
        if isinstance(llm, Recording):
            llm.finish()
        compared = compare(now, before, gold_set)
        results.append((compared, gold_set))
        if not parsed.json:
            show_comparison(compared, gold_set, _accept_command(parsed, gold_set))
            print(flush=True)
    report = write_reports(results)
    if parsed.json:
        print_json([as_json(compared) for compared, _ in results])
    else:
        write(f"Report: {near(report)} (and {report.with_suffix('.md').name}, for a pull request)")
    return 0 if all(compared.passes for compared, _ in results) else FOUND


def _accept(parsed: argparse.Namespace) -> int:
    from qa.console import near, write
    from qa.evaluation.acceptance import accept

    if not parsed.note.strip():
        raise SettingsError("--note must say why this run is to be the baseline.")
    chosen = _chosen(parsed)
    for gold_set, reasons in zip(chosen, accept(chosen, parsed.note.strip(), date.today()), strict=True):
        for reason in reasons:
            write(f"{gold_set.name}: accepted although the run failed: {reason}", hang="  ")
        write(f"{gold_set.name}: the newest run is now the baseline, {near(gold_set.baseline)}. Commit it.")
    return 0


def _check(parsed: argparse.Namespace) -> int:
    from qa.console import print_json
    from qa.console_eval import show_findings
    from qa.evaluation.checking import check

    errors, shown = 0, []
    for gold_set in _chosen(parsed):
        with _binder(gold_set) as binder:
            findings, questions = check(gold_set, binder)
        errors += sum(finding.level == "error" for finding in findings)
        shown.append({"set": gold_set.name, "questions": questions, "findings": findings})
        if not parsed.json:
            show_findings(findings, gold_set, questions)
    if parsed.json:
        print_json(shown)
    return FOUND if errors else 0


def _add(parsed: argparse.Namespace) -> int:
    from qa.console import write
    from qa.evaluation.adding import Dialogue, add_from_inbox, add_questions

    is_new = bool(parsed.gold) and not Path(parsed.gold).exists()
    chosen = _chosen(parsed, create=True)
    if len(chosen) > 1:
        names = ", ".join(one.name for one in chosen)
        raise SettingsError(f"Say to which set, one of {names}: --set NAME; or --gold FILE for a file of your own.")
    with suppress(ImportError):  # lets one edit what one types, where the system has it
        import readline  # noqa: F401
    dialogue = Dialogue(read=input, say=lambda text: write(text, hang="    "))
    try:
        with _binder(chosen[0]) as binder:
            if parsed.inbox:
                add_from_inbox(chosen[0], binder, Settings.load().inbox, dialogue)
            else:
                add_questions(chosen[0], binder, dialogue)
    finally:
        if is_new and not chosen[0].gold.stat().st_size:
            chosen[0].gold.unlink()
    return 0


def _accept_command(parsed: argparse.Namespace, gold_set: GoldSet) -> str:
    """How this run is made the baseline, as one types it."""
    words = ["qa", "eval", "accept"]
    words += ["--gold", parsed.gold] if parsed.gold else ["--set", gold_set.name.removesuffix("-replies")]
    words += ["--replay"] if parsed.record or parsed.replay else []
    for option in ("corpus", "evals"):
        if getattr(parsed, option):
            words += [f"--{option}", getattr(parsed, option)]
    return f"{shlex.join(words)} --note WHY"


def _binder(gold_set: GoldSet) -> Binder:
    from qa.console import Meter
    from qa.evaluation.runs import open_binder

    with Meter() as meter:
        return open_binder(gold_set, tell=meter)

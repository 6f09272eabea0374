"""The command line: one verb each, thin over Binder. Exit codes: 0 done or answered, 3 abstained, 4 a check found
something, 2 bad usage or settings, 1 failure (see errors.py)."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from io import TextIOWrapper
from typing import Any

from qa import __version__
from qa.binder import Binder
from qa.cli_adding import add_note_verbs
from qa.cli_ask import ABSTAINED
from qa.cli_ask import add_options as add_ask_options
from qa.cli_ask import run as run_ask
from qa.cli_chat import add_chat_options, add_users_verb, chat_options
from qa.cli_completion import add_completion_verb
from qa.cli_eval import FOUND, add_verb
from qa.cli_manual import Parser, entitle
from qa.cli_mcp import add_mcp_options
from qa.cli_mcp import run as run_mcp
from qa.cli_question import add_question, filters_of, question_of
from qa.cli_serve import add_serve_options
from qa.cli_serve import run as run_serve
from qa.cli_verify import run as run_verify
from qa.console import (
    Meter,
    clear,
    complain,
    print_json,
    show_changes,
    show_checks,
    show_glossary,
    show_hits,
    show_notes,
    show_report,
)
from qa.doctor import examine
from qa.errors import IndexBusyError, QAError
from qa.schema import Progress, Query, SyncReport, to_json

# Seconds to wait for another process that is writing: where the index before it will do, and where it will not.
PATIENCE, LONG_PATIENCE = 2.0, 3600.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code. arguments: without the program's name; None takes the process's."""
    # A shell may have closed them: qa ... >&-
    sys.stdout, sys.stderr = (stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr))  # noqa: SIM115
    # Read when NumPy is loaded. Products of the size of a search gain nothing by more threads, and OpenBLAS's spin for
    # a while after each: they would take a core from whoever else asks.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    parsed = build_parser().parse_args(arguments)
    logging.basicConfig(format=f"{clear()}qa: %(message)s")
    logging.getLogger("qa").setLevel(logging.INFO)  # long preparations say so
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that cannot show an accent still gets the rest
            stream.reconfigure(errors="replace")
    try:
        with _ending_on_request():
            code = int(parsed.run(parsed))
            sys.stdout.flush()
            return code
    except QAError as error:
        complain(str(error))
        return error.exit_code
    except KeyboardInterrupt as stopped:
        print("qa: stopped", file=sys.stderr)
        return 143 if isinstance(stopped, _Ended) else 130
    except BrokenPipeError:  # `qa search ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:  # a folder that may not be read, a disk that is full
        complain(f"{error.strerror or error}: {error.filename or 'standard output'}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


class _Ended(KeyboardInterrupt):
    """The process was asked to end, by SIGTERM: it stops as at Ctrl+C."""


@contextmanager
def _ending_on_request() -> Iterator[None]:
    """Has SIGTERM stop what is under way, and not end the process without a word."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(*_: object) -> None:
        raise _Ended

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def build_parser() -> Parser:
    """The parser of all verbs; `run` of what it parses is what does the work."""
    parser = Parser(prog="qa")
    parser.add_argument("--version", action="version", version=f"qa {__version__}")
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    index = _verb(verbs, "index", "bring the index up to date with the notes", _index)
    index.add_argument("--rebuild", action="store_true", help="make the index anew from the notes")

    search = _verb(verbs, "search", "list the passages that fit a question best", _search)
    add_question(search)
    search.add_argument("-k", type=_positive, default=10, metavar="N", help="how many (default: 10)")

    told = "answer a question, with citations"
    ask = _verb(verbs, "ask", told, lambda parsed: run_ask(parsed, _open))
    add_question(ask, needed=False)
    _model(ask)
    add_ask_options(ask)

    _verb(verbs, "notes", "list the notes of the binder", _notes)

    acronyms = _verb(verbs, "acronyms", "list what short forms stand for, and where a note says so", _acronyms)
    acronyms.add_argument(
        "short",
        nargs="*",
        type=_form,
        help="only these, by either form; exit code 3 where the notes define one nowhere",
    )

    doctor = _verb(verbs, "doctor", "examine notes, index and set-up", _doctor)
    _model(doctor)

    told = "say which sources of a receipt have changed since"
    verify = _verb(verbs, "verify", told, lambda parsed: run_verify(parsed, _open))
    verify.add_argument("receipt", metavar="RECEIPT", help="the file that the chat made of a conversation")

    add_note_verbs(verbs)
    add_verb(verbs)

    chat = _verb(verbs, "chat", "open the chat page", _chat)
    _model(chat)
    add_chat_options(chat)

    serve = _verb(verbs, "serve", "answer programs over HTTP", lambda parsed: run_serve(parsed, _open))
    _model(serve)
    add_serve_options(serve)

    told = "serve assistants, by the Model Context Protocol"
    mcp = _verb(verbs, "mcp", told, lambda parsed: run_mcp(parsed, _open))
    _model(mcp)
    add_mcp_options(mcp)

    add_users_verb(verbs)
    add_completion_verb(verbs, parser)
    entitle(parser, "answers from briefing notes, in exact quotes")
    return parser


def _verb(verbs: Any, name: str, what: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
    verb.set_defaults(run=run, rebuild=False, llm=None, fallback=True)
    verb.add_argument("--corpus", metavar="FOLDER", help="the notes (default: corpus/)")
    verb.add_argument("--index", metavar="FOLDER", help="the index (default: index/)")
    verb.add_argument("--embedding", metavar="MODEL", help="an embedding model's name or folder")
    if name not in ("chat", "mcp", "serve"):
        verb.add_argument("--json", action="store_true", help="print the result as JSON")
    return verb


def _model(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--llm", metavar="MODEL", help='"embedded" (the default: no model), or provider:model')
    verb.add_argument(
        "--no-fallback",
        dest="fallback",
        action="store_false",
        help="fail where the model does, and do not answer without",
    )


def _form(text: str) -> str:
    if not any(map(str.isalnum, text)):
        raise argparse.ArgumentTypeError(f"{text!r} holds no letter; write a short form or a long one: ECC")
    return text


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1")
    return int(text)


def _open(parsed: argparse.Namespace, *, sync: bool = True) -> Binder:
    """The binder, with its index brought up to date; as it was where another process is just doing that."""
    binder = Binder.open(
        parsed.corpus,
        index=parsed.index,
        llm=parsed.llm,
        embedding=parsed.embedding,
        rebuild=parsed.rebuild,
        sync=False,
    )
    try:
        if not parsed.fallback:
            binder.settings = replace(binder.settings, llm_fallback=False)
        if sync:
            with Meter() as meter:
                show_changes(_synced(binder, meter))
    except BaseException:
        binder.close()
        raise
    return binder


def _synced(binder: Binder, meter: Callable[[Progress], None]) -> SyncReport:
    try:
        return binder.sync(meter, timeout=PATIENCE)
    except IndexBusyError:
        if not binder.has_index():
            return binder.sync(meter, timeout=LONG_PATIENCE)
        complain("Another process is bringing the index up to date; this is from the notes before.")
        return SyncReport()


def _index(parsed: argparse.Namespace) -> int:
    with _open(parsed, sync=False) as binder:
        try:
            with Meter() as meter:
                report = binder.sync(meter, thorough=True, timeout=LONG_PATIENCE)
        except KeyboardInterrupt:
            complain("Nothing is lost: the next `qa index` goes on from here.")
            raise
        if parsed.json:
            print_json(report)
        else:
            show_report(report, binder.notes())
    return 0


def _search(parsed: argparse.Namespace) -> int:
    from qa.retrieval.filters import left_out_undated

    question, filters = question_of(parsed), filters_of(parsed)
    with _open(parsed) as binder:
        hits = binder.search(question, k=parsed.k, **filters)
        if parsed.json:
            print_json(hits)
        else:
            undated = left_out_undated(Query(question, question, (), **filters), binder.notes())
            show_hits(hits, binder.notes(), len(undated))
    return 0


def _notes(parsed: argparse.Namespace) -> int:
    with _open(parsed) as binder:
        if parsed.json:
            print_json(binder.notes())
        else:
            show_notes(binder.notes())
    return 0


def _acronyms(parsed: argparse.Namespace) -> int:
    with _open(parsed) as binder:
        glossary = binder.glossary()
        found = {form: glossary.of_form(form) for form in parsed.short}
        unknown = [form for form in found if not found[form]]
        asked = dict.fromkeys(one for form in found for one in found[form])
        acronyms = tuple(asked) if parsed.short else glossary.acronyms
        places = binder.cited(acronyms)
        if parsed.json:
            print_json(
                [to_json(one) | {"citation": to_json(place)} for one, place in zip(acronyms, places, strict=True)]
            )
        elif acronyms or not parsed.short:
            show_glossary(acronyms, places, all_places=bool(parsed.short))
    for form in unknown:
        complain(f"The notes do not say what {form} stands for.")
    return ABSTAINED if unknown else 0


def _doctor(parsed: argparse.Namespace) -> int:
    checks = examine(parsed.corpus, index=parsed.index, llm=parsed.llm, embedding=parsed.embedding)
    if parsed.json:
        print_json(checks)
    else:
        show_checks(checks)
    return 0 if all(check.ok for check in checks) else FOUND


def _chat(parsed: argparse.Namespace) -> int:
    from qa.web import serve

    chosen = chat_options(parsed)
    with _open(parsed) as binder:
        serve(binder, **chosen, ready=lambda url: print(f"The chat is on {url} (Ctrl+C stops it)", flush=True))
    return 0

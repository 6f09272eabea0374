"""`--help` laid out as a manual page, from what the parser knows and what qa.cli_pages says beside it.

It is made here and not by argparse, whose layout, wrapping and colours differ between versions of Python: so the help
is the same everywhere, and docs/commands.md, which is made of it, can be compared with it to the letter.
"""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator

from qa.cli_pages import PAGES, VARIABLES, Page, exits_of

_INDENT = "    "
_COLUMN = 24  # where the words beside an option begin


class Parser(argparse.ArgumentParser):
    """A parser whose `--help` is a manual page; so are those of its verbs."""

    what = ""  # the verb in a line

    def format_usage(self) -> str:
        return f"usage: {_synopsis(self)}\n"

    def format_help(self) -> str:
        from qa.console import line_width

        return page(self, line_width())


def verbs_of(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str, Parser]]:
    """The verbs, or steps of a verb, each with its name and what it does, in a line."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for named in action._choices_actions:
                yield named.dest, named.help or "", action.choices[named.dest]


def parsers(whole: Parser) -> Iterator[Parser]:
    """A parser and those below it, each before its own, in order."""
    yield whole
    for _, _, below in verbs_of(whole):
        yield from parsers(below)


def entitle(parser: Parser, what: str) -> None:
    """Tells a parser, and those below it, what they do, in a line."""
    parser.what = what
    for _, said, below in verbs_of(parser):
        entitle(below, said)


def page(parser: Parser, width: int) -> str:
    """The manual page of the program, a verb or a step. width: characters of a line."""
    told = PAGES.get(parser.prog, Page())
    # What the parser itself tells begins, for most, with what stands below NAME.
    own = (parser.description or "").removeprefix(f"{parser.what[:1].upper()}{parser.what[1:]}.").strip()
    arguments, options = _arguments(parser)
    names = [(name, what) for name, what, _ in verbs_of(parser)]
    title = "STEPS" if " " in parser.prog else "VERBS"
    sections = [
        ("NAME", _wrapped(f"{parser.prog} - {parser.what}", width)),
        ("SYNOPSIS", _INDENT + _synopsis(parser)),
        ("DESCRIPTION", "\n\n".join(_wrapped(paragraph, width) for paragraph in (own, *told.more) if paragraph)),
        (title, _listed(names, width, 14)),
        ("ARGUMENTS", _listed(arguments, width)),
        ("OPTIONS", _listed(options, width)),
        ("EXIT STATUS", _listed([(str(code), what) for code, what in exits_of(told)], width, 5)),
        ("ENVIRONMENT", _listed([(name, VARIABLES[name]) for name in told.environment], width)),
        (
            "EXAMPLES",
            "\n".join(f"{_wrapped(f'{what}:', width)}\n{_INDENT * 2}{command}" for what, command in told.examples),
        ),
    ]
    return "\n\n".join(f"{title}\n{text}" for title, text in sections if text) + "\n"


def _synopsis(parser: argparse.ArgumentParser) -> str:
    needed = [_option(action) for action in parser._actions if action.option_strings and action.required]
    positional = [_positional(action) for action in parser._actions if not action.option_strings]
    return " ".join([parser.prog, *needed, "[OPTION ...]", *positional])


def _arguments(parser: argparse.ArgumentParser) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What stands by its place, and what stands behind a dash, each with its help."""
    formatter = parser._get_formatter()
    by_place, by_name = [], []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) or action.help == argparse.SUPPRESS:
            continue
        said = formatter._expand_help(action) if action.help else ""
        if action.option_strings:
            by_name.append((_option(action), said))
        else:
            by_place.append((_named(action), said))
    return by_place, by_name


def _option(action: argparse.Action) -> str:
    names = ", ".join(action.option_strings)
    return names if action.nargs == 0 else f"{names} {_named(action)}"


def _positional(action: argparse.Action) -> str:
    name = _named(action)
    if isinstance(action, argparse._SubParsersAction):
        return f"{name} ..." if action.required else f"[{name.strip('[]')} ...]"
    return {"+": f"{name} [{name} ...]", "*": f"[{name} ...]"}.get(str(action.nargs), name)


def _named(action: argparse.Action) -> str:
    if action.metavar is None and action.choices:
        return "{" + ",".join(map(str, action.choices)) + "}"
    return str(action.metavar or action.dest.upper())


def _listed(entries: list[tuple[str, str]], width: int, column: int = _COLUMN) -> str:
    """Terms and what is said of each, beside it or, where it is too long, below it."""
    lines = []
    for term, said in entries:
        left = f"{_INDENT}{term}"
        if len(left) + 2 > column + len(_INDENT):
            lines.append(left)
            left = ""
        beside = textwrap.wrap(said, width - column - len(_INDENT), break_on_hyphens=False)
        first, *rest = beside or [""]
        lines.append(f"{left:{column + len(_INDENT)}}{first}".rstrip())
        lines += [" " * (column + len(_INDENT)) + line for line in rest]
    return "\n".join(lines)


def _wrapped(text: str, width: int) -> str:
    return textwrap.fill(
        text, width, initial_indent=_INDENT, subsequent_indent=_INDENT, break_on_hyphens=False, break_long_words=False
    )

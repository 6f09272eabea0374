"""What the manual pages of the command line say beside names and options: more words, exit codes, settings, examples.

A verb's page is found by its name as it is typed ("qa ask"). The tests parse every example, and run those that can be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

# The settings that pages name; all there are stand in README.md.
VARIABLES = {
    "QA_CORPUS": "the folder of notes (default: corpus/)",
    "QA_INDEX": "the folder of the index (default: index/)",
    "QA_EMBEDDING": "an embedding model's name or folder",
    "QA_CACHE": "where the prepared embedding model is kept",
    "QA_LLM": "a chat model, provider:model (default: no model)",
    "QA_RERANKER": "a cross-encoder that orders the first hits",
    "QA_TODAY": "the day that ages are counted from (default: now)",
    "QA_OLD_AFTER": "days after which an answer tells a source's age",
    "QA_ABSTAIN_BELOW": "the confidence, 0 to 1, below which it abstains",
    "QA_NEAR_BELOW": "... and below which it answers with a doubt",
    "QA_INBOX": "where the chat keeps what readers say of answers",
    "QA_HOST": "where the chat listens (default: 127.0.0.1)",
    "QA_PORT": "its port (default: 7860)",
    "QA_AUTH": "the file of those who may use the chat",
    "QA_ADD_NOTES": "whether the chat takes new notes",
    "QA_SERVE_HOST": "where servers for programs listen (default: 127.0.0.1)",
    "QA_SERVE_PORT": "their port (default: 7870)",
    "QA_SERVE_TOKEN": "what a program must show them",
    "COLUMNS": "characters of a line, if not the terminal's",
}
_BINDER = ("QA_CORPUS", "QA_INDEX", "QA_EMBEDDING", "QA_CACHE")
_ANSWERS = ("QA_LLM", "QA_RERANKER", "QA_ABSTAIN_BELOW", "QA_NEAR_BELOW", "QA_TODAY", "QA_OLD_AFTER")
_SERVED = (*_BINDER, "QA_LLM", "QA_SERVE_HOST", "QA_SERVE_PORT", "QA_SERVE_TOKEN")
_FAILED, _MISUSED, _STOPPED = "a failure, told on standard error", "bad usage or settings", "stopped by Ctrl+C"
_ENDED = "stopped by SIGTERM; a server ends with 0"
_FOUND = 4


@dataclass(frozen=True)
class Page:
    """What one page says beside names and options.

    more: paragraphs. done: what exit code 0 means. exits: what further codes mean, or those that all verbs have.
    environment: names in VARIABLES. examples: (what it does, the command) pairs.
    """

    more: Sequence[str] = ()
    done: str = "done"
    exits: dict[int, str] = field(default_factory=dict)
    environment: Sequence[str] = ()
    examples: Sequence[tuple[str, str]] = ()


def exits_of(page: Page) -> list[tuple[int, str]]:
    """All exit codes of a page with what they mean, in order."""
    return sorted(({0: page.done, 1: _FAILED, 2: _MISUSED, 130: _STOPPED, 143: _ENDED} | page.exits).items())


PAGES = {
    "qa": Page(
        more=(
            "Answers questions from a folder of briefing notes, in exact quotes, each with the place where it stands;"
            " or it says that the notes do not tell. Nothing leaves this machine unless a chat model is set.",
            "`qa VERB --help` is the page of a verb. Settings come from qa.toml, beside the notes or in the working "
            "folder, then from the environment (QA_CORPUS, QA_INDEX, ...), then from options; the later wins. "
            "README.md has all settings, and docs/commands.md these pages.",
            "The result goes to standard output, whatever else is said to standard error. Nothing is coloured. Lines "
            "are wrapped to the terminal; where there is none, no progress is shown and each error is one line.",
        ),
        done="done, or answered",
        exits={3: "the notes do not tell", _FOUND: "a check found something (doctor, eval, verify)"},
        environment=("QA_CORPUS", "QA_INDEX", "QA_LLM", "COLUMNS"),
        examples=(
            ("Ask", 'qa ask "Who is the Minister\'s U.S. counterpart?"'),
            (
                "Ask the notes of another folder",
                "qa ask --corpus ~/binder --index ~/binder-index How old is the fleet?",
            ),
        ),
    ),
    "qa index": Page(
        more=(
            "Only what has changed is read and embedded again. Every other verb does so as well before it answers; "
            "this one also tells of each file that was not read, and why, and mends the vectors where they are "
            "damaged.",
        ),
        environment=_BINDER,
        examples=(
            ("Take in what has changed, and see what was not read", "qa index"),
            ("Begin anew", "qa index --rebuild"),
            ("The files that were not read", "qa index --json | jq -r '.problems[] | select(.read | not) | .note'"),
        ),
    ),
    "qa search": Page(
        more=(
            "Each passage with its note, place, date and score, its best sentence marked by =>. A score says how well"
            " a passage fits beside the others of one search, and nothing more.",
        ),
        environment=(*_BINDER, "QA_RERANKER"),
        examples=(
            ("The three passages that fit best", 'qa search "preclearance treaty" -k 3'),
            ("Where they stand", "qa search preclearance --json | jq -r '.[] | \"\\(.note): \\(.section)\"'"),
        ),
    ),
    "qa ask": Page(
        more=(
            "The answer is made of the notes' own words, or of a chat model's, which are checked against them; below "
            "it each quote with the place where it stands. --json prints it with the names of the library: text, "
            "statements, citations, abstained, confidence, notices, ...",
            "--batch reads questions from standard input, one a line, in UTF-8, and skips blank lines. They are "
            "answered in order, each by itself, from the notes as they were at the start. Each answer stands below "
            "its question; with --json each is an object in one line, printed as soon as it is there. A question that"
            " cannot be asked is told on standard error and, with --json, as a line with question and error; the "
            "others are answered.",
        ),
        done="answered; with --batch, all of them",
        exits={
            1: "a failure; with --batch, of one question at least",
            3: "the notes do not tell; with --batch, of one question at least",
        },
        environment=(*_BINDER, *_ANSWERS),
        examples=(
            ("Ask", 'qa ask "Who is the Minister\'s U.S. counterpart?"'),
            ("Of the notes up to a day", 'qa ask "Who chairs the ECC?" --until 2022-12-31'),
            ("A follow-up", 'qa ask "And since when?" --after "Who chairs the ECC?"'),
            ("The bare answer", 'qa ask --json "Who chairs the ECC?" | jq -r .text'),
            ("Many questions, an answer a line", "qa ask --batch --json < questions.txt > answers.jsonl"),
            (
                "The questions that the notes do not answer",
                "qa ask --batch --json < questions.txt | jq 'select(.abstained).question'",
            ),
        ),
    ),
    "qa notes": Page(
        more=("Each with its date, language, path and title.",),
        environment=_BINDER,
        examples=(
            ("All notes", "qa notes"),
            ("The paths of those without a date", "qa notes --json | jq -r '.[] | select(.date == null) | .note'"),
        ),
    ),
    "qa acronyms": Page(
        more=(
            "One that stands for two things is listed with each. Some that are named are listed with all their places.",
        ),
        done="done; all that were named are known",
        exits={3: "the notes do not say what one stands for"},
        environment=_BINDER,
        examples=(("All", "qa acronyms"), ("By the short form, or by the long one", 'qa acronyms ECC "United States"')),
    ),
    "qa doctor": Page(
        more=("It repairs nothing, and says what to do. With a chat model it makes one real call.",),
        done="nothing was found",
        exits={_FOUND: "something was found"},
        environment=(*_BINDER, "QA_LLM", "QA_RERANKER"),
        examples=(("Examine all", "qa doctor"), ("... and a chat model", "qa doctor --llm ollama:llama3.1")),
    ),
    "qa verify": Page(
        more=("A receipt is what the chat exports of a conversation; it is no signature (docs/chat.md).",),
        done="all quotes stand",
        exits={_FOUND: "some sources have changed, are gone, or have been superseded"},
        environment=_BINDER,
        examples=(("Look a receipt over", "qa verify ferry.receipt.json"),),
    ),
    "qa add": Page(
        exits={1: "a file was refused; the others are added"},
        environment=_BINDER,
        examples=(("Add a file", "qa add ~/Downloads/harbours.pdf"),),
    ),
    "qa remove": Page(
        more=("It asks first; where there is no terminal, it needs --yes.",),
        exits={1: "nothing was removed"},
        environment=_BINDER,
        examples=(("Take one out, unasked", "qa remove --yes harbours.pdf"),),
    ),
    "qa eval": Page(
        more=("docs/evaluation.md says what is measured, and how the gate decides.",),
        done="the gate passes",
        exits={_FOUND: "an invariant is broken, or a loss cannot be ruled out"},
        environment=("QA_EMBEDDING", "QA_CACHE", "QA_LLM"),
        examples=(
            ("The sets of the project", "qa eval"),
            ("A gold file of your own", "qa eval --gold my.jsonl --corpus ~/binder"),
        ),
    ),
    "qa eval accept": Page(
        more=("What breaks an invariant is no baseline, and is refused.",),
        examples=(("Accept", 'qa eval accept --gold my.jsonl --corpus ~/binder --note "first run"'),),
    ),
    "qa eval check": Page(
        done="no error was found; there may be warnings",
        exits={_FOUND: "an error was found"},
        examples=(("Examine", "qa eval check --gold my.jsonl --corpus ~/binder"),),
    ),
    "qa eval add": Page(
        environment=("QA_INBOX",),
        examples=(("Write questions", "qa eval add --gold my.jsonl --corpus ~/binder"),),
    ),
    "qa chat": Page(
        more=(
            "It is for this machine alone, unless --host says otherwise; docs/serving.md says how to serve it to "
            "others.",
        ),
        environment=(*_BINDER, "QA_LLM", "QA_HOST", "QA_PORT", "QA_AUTH", "QA_INBOX", "QA_ADD_NOTES"),
        examples=(
            ("For yourself", "qa chat"),
            ("For the users of a file", "qa chat --host 0.0.0.0 --auth users.json"),
        ),
    ),
    "qa serve": Page(
        more=(
            "/ask, /search and /notes in the JSON of --json, /v1/chat/completions for what speaks as OpenAI's clients "
            "do, and a page that describes them at /docs. On this machine alone, unless --host says otherwise; others "
            "must then show QA_SERVE_TOKEN, or --no-token lets everybody in. docs/http.md says more.",
        ),
        environment=_SERVED,
        examples=(
            ("For programs on this machine", "qa serve"),
            ("For programs elsewhere, where QA_SERVE_TOKEN is set", "qa serve --host 0.0.0.0"),
        ),
    ),
    "qa mcp": Page(
        more=(
            "Tools to ask, to search and to read notes. Without --http it speaks over standard input and output to "
            "the program that starts it. docs/mcp.md says how to set one up.",
        ),
        environment=_SERVED,
        examples=(
            ("What an assistant's settings start", "qa mcp --corpus ~/binder --index ~/binder-index"),
            ("On a port", "qa mcp --http --port 7871"),
        ),
    ),
    "qa completion": Page(
        more=(
            "Bash finds the script where the first example puts it if the package bash-completion is there; else let "
            "~/.bashrc source it. Zsh needs a folder of its fpath, and compinit; fish needs nothing else. Make it anew "
            "after an update of this program.",
        ),
        examples=(
            ("For bash", "qa completion bash > ~/.local/share/bash-completion/completions/qa"),
            ("For zsh", "qa completion zsh > ~/.zfunc/_qa"),
            ("For fish", "qa completion fish > ~/.config/fish/completions/qa.fish"),
        ),
    ),
    "qa users": Page(examples=(("Who may use it", "qa users list users.json"),)),
    "qa users add": Page(examples=(("Add one", "qa users add users.json anna"),)),
    "qa users remove": Page(examples=(("Remove one", "qa users remove users.json anna"),)),
    "qa users list": Page(examples=(("List them", "qa users list users.json"),)),
}

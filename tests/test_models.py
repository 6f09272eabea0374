"""Chat models as they are called: real packages of providers, over a server on this machine that speaks as they do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from qa.answering.prompts import without_boundary
from qa.errors import MissingExtraError, ModelError, SettingsError, StoppedError
from qa.models import WAITS, ChatModel, Limits, Meter
from qa.models.named import named_model
from qa.models.recorded import Recording, Replaying
from qa.models.scripted import ScriptedChatModel
from qa.models.windows import WINDOW, fits, given_window
from tests.model_server import ModelServer, Reply

ASKED = [("system", "Be brief."), ("user", "Which fund?")]
TEXT = "The fund pays 5 million a year."
Made = Callable[..., ChatModel]


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE", "OLLAMA_HOST", "OLLAMA_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("LANGSMITH_TRACING", "false")
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))  # reading the machine's certificates takes a fifth of a second
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setattr("qa.models.WAITS", (0.05, 0.1))


@pytest.fixture(params=["openai:small", "ollama:small"])
def made(request: pytest.FixtureRequest) -> Made:
    """A model of each provider's package over a server."""

    def make(server: ModelServer, **limits: float) -> ChatModel:
        url = f"{server.url}/v1" if request.param.startswith("openai") else server.url
        of = Limits(**({"timeout": 60.0} | limits))  # type: ignore[arg-type]
        return ChatModel(request.param, lambda: named_model(request.param, of, base_url=url), of)

    return make


def test_a_reply_comes_piece_by_piece_and_is_counted(made: Made) -> None:
    with ModelServer([Reply(TEXT, usage=(11, 7))]) as server:
        model, meter = made(server), Meter("small")
        pieces = list(model.stream(ASKED, meter))
    assert "".join(pieces) == TEXT
    assert len(pieces) > 3
    usage = meter.usage()
    assert (usage.calls, usage.input_tokens, usage.output_tokens) == (1, 11, 7)
    assert [message["role"] for message in server.requests[0]["messages"]] == ["system", "user"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_fault_that_may_pass_is_tried_again(made: Made, status: int) -> None:
    with ModelServer([Reply("busy", status=status), TEXT]) as server:
        assert made(server).reply(ASKED, Meter("small")) == TEXT
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (Reply("no", status=401), "refuses the key"),
        (Reply("no model", status=404), "is not known to its server"),
        (Reply("busy", status=429), "takes no more questions for now"),
        (Reply("broken", status=500), "failed (500)"),
        (Reply("context length exceeded", status=400), "QA_LLM_WINDOW"),
        (Reply("strange", status=418), "refuses the call (418)"),
        (Reply(TEXT, malformed=True), "no reply that can be read"),
    ],
)
def test_a_fault_that_stays_says_what_to_do(made: Made, reply: Reply, says: str) -> None:
    with ModelServer([reply]) as server, pytest.raises(ModelError) as told:
        made(server).reply(ASKED, Meter("small"))
    assert says in str(told.value)
    assert "secret" not in str(told.value)


def test_a_wait_that_the_provider_asks_for_is_kept_if_there_is_time(made: Made) -> None:
    with ModelServer([Reply("busy", status=429, retry_after="60"), TEXT]) as server:
        model = made(server)
        if model.name.startswith("openai"):  # the other's package does not tell
            with pytest.raises(ModelError, match="no more questions"):
                model.reply(ASKED, Meter("small"))
            assert len(server.requests) == 1


def test_nobody_waits_longer_than_the_limit(made: Made) -> None:
    with ModelServer([Reply(TEXT, delay=30)]) as server:
        model, started = made(server, timeout=0.5), time.monotonic()
        with pytest.raises(ModelError, match=r"did not answer in 0\.5 seconds"):
            model.reply(ASKED, Meter("small"))
        assert time.monotonic() - started < 20  # of the 30 that the server takes
        assert server.settled()


def test_a_connection_that_breaks_before_anything_is_said_is_tried_again(made: Made) -> None:
    with ModelServer([Reply(TEXT, cut_after=0), TEXT]) as server:
        assert made(server).reply(ASKED, Meter("small")) == TEXT


def test_what_was_said_before_a_break_is_given_and_then_the_fault(made: Made) -> None:
    pieces: list[str] = []
    with ModelServer([Reply(TEXT, cut_after=3)]) as server, pytest.raises(ModelError):
        pieces.extend(made(server).stream(ASKED, Meter("small")))
    assert TEXT.startswith("".join(pieces))
    assert len(server.requests) == 1


def test_a_reader_who_leaves_cancels_the_call(made: Made) -> None:
    with ModelServer([Reply(TEXT, pause=0.2)]) as server:
        with closing(made(server).stream(ASKED, Meter("small"))) as pieces:
            next(pieces)
        assert server.settled()
        assert server.cancelled == [0]


def test_closing_the_model_cancels_what_is_under_way(made: Made) -> None:
    with ModelServer([Reply(TEXT, pause=0.2)]) as server:
        model = made(server)
        pieces = model.stream(ASKED, Meter("small"))
        next(pieces)
        model.close()
        with pytest.raises(StoppedError):
            list(pieces)
        with pytest.raises(StoppedError):
            model.reply(ASKED, Meter("small"))
        assert server.settled()
        assert server.cancelled == [0]


def test_a_stream_that_nobody_reads_keeps_no_turn_beyond_its_time(made: Made) -> None:
    with ModelServer([Reply("on and on. " * 50, pause=0.05, endless=True), TEXT]) as server:
        model = made(server, at_once=1, timeout=1.0)
        held = model.stream(ASKED, Meter("small"))
        next(held)
        assert server.settled()
        assert model.reply(ASKED, Meter("small")) == TEXT
        held.close()


def test_stopping_gives_up_a_call_that_says_nothing_yet(made: Made) -> None:
    with ModelServer([Reply(TEXT, delay=30)]) as server:
        stop = threading.Event()
        threading.Timer(0.5, stop.set).start()
        started = time.monotonic()
        with pytest.raises(StoppedError):
            made(server, timeout=20).reply(ASKED, Meter("small"), stop)
        assert time.monotonic() - started < 15  # of the 20 that it may take
        assert server.settled()


def test_a_model_that_would_end_the_process_ends_its_own_call_only() -> None:
    model = ChatModel("odd", lambda: ScriptedChatModel(replies=[_exits, TEXT]))
    with pytest.raises(ModelError, match="SystemExit"):
        model.reply(ASKED, Meter("odd"))
    assert model.reply(ASKED, Meter("odd")) == TEXT


def _exits(messages: object) -> str:
    raise SystemExit(3)


def test_an_endless_reply_is_ended(made: Made) -> None:
    with ModelServer([Reply("again and again. " * 50, endless=True)]) as server:
        assert 20_000 < len(made(server, timeout=60).reply(ASKED, Meter("small"))) < 30_000
        assert server.settled()


def test_no_more_calls_run_at_once_than_are_allowed(made: Made) -> None:
    with ModelServer([Reply(TEXT, pause=0.05)]) as server:
        model = made(server, at_once=2)
        threads = [threading.Thread(target=model.reply, args=(ASKED, Meter("small"))) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(server.requests) == 6
    assert server.most_at_once == 2


def test_a_server_that_is_not_there_is_told_at_once(made: Made) -> None:
    with ModelServer([TEXT]) as server:
        model = made(server)
    with pytest.raises(ModelError, match="QA_LLM_BASE_URL"):
        model.reply(ASKED, Meter("small"))


def test_a_server_on_ones_own_desk_needs_no_key_and_the_provider_does() -> None:
    model = ChatModel("openai:large", lambda: named_model("openai:large", Limits()))
    with pytest.raises(ModelError, match="OPENAI_API_KEY"):
        model.prepare()


@pytest.mark.parametrize(
    ("name", "error", "says"),
    [
        ("anthropic:x", MissingExtraError, 'pip install "briefing-qa[anthropic]"'),
        ("google_genai:x", MissingExtraError, 'pip install "briefing-qa[google]"'),
        ("mistralai:x", MissingExtraError, "pip install langchain langchain-mistralai"),
        ("nobody:x", SettingsError, "nobody is no provider"),
    ],
)
def test_a_name_that_cannot_be_used_says_what_can(name: str, error: type[Exception], says: str) -> None:
    if find_spec(f"langchain_{name.partition(':')[0]}"):
        pytest.skip("it is installed")
    with pytest.raises(error) as told:
        named_model(name, Limits())
    assert says in str(told.value)


@pytest.mark.parametrize(
    ("name", "package", "key"),
    [
        ("anthropic:x", "langchain_anthropic", "ANTHROPIC_API_KEY"),
        ("google_genai:x", "langchain_google_genai", "GOOGLE_API_KEY"),
    ],
)
def test_a_model_of_a_provider_is_made_by_its_name(
    name: str, package: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(package)
    monkeypatch.setenv(key, "secret")
    assert type(named_model(name, Limits())).__module__.startswith(package)


def test_ollama_is_told_how_much_it_is_to_read() -> None:
    with ModelServer([TEXT]) as server:
        of = Limits(timeout=5, window=4_096)
        ChatModel("ollama:x", lambda: named_model("ollama:x", of, base_url=server.url), of).reply(ASKED, Meter("x"))
    assert server.requests[0]["options"]["num_ctx"] == 4_096


def test_the_window_is_what_the_model_says_of_itself() -> None:
    model = ScriptedChatModel(replies=["x"])
    assert given_window(model) == WINDOW
    model.profile = {"max_input_tokens": 100_000}
    assert given_window(model) == 100_000


class Counting(ScriptedChatModel):
    """Has a counter of its own."""

    tokens: int = 7

    def get_num_tokens_from_messages(self, messages: object, tools: object = None) -> int:
        if self.tokens < 0:
            raise ConnectionError("no counter today")
        return self.tokens


def test_tokens_are_counted_where_there_is_a_counter_and_estimated_high_elsewhere() -> None:
    long = [("user", "word " * 1_000)]
    assert not fits(ScriptedChatModel(replies=["x"]), long, 1_500)
    assert fits(Counting(replies=["x"], tokens=1_100), long, 1_500)
    assert not fits(Counting(replies=["x"], tokens=1_600), long, 1_500)
    assert not fits(Counting(replies=["x"], tokens=-1), long, 1_500)


class Plain(ScriptedChatModel):
    """Does not stream, as some models of one's own do not."""

    def _generate(
        self, messages: object, stop: object = None, run_manager: object = None, **kwargs: object
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage([{"type": "text", "text": TEXT}]))])

    _stream = ScriptedChatModel.__mro__[1]._stream
    _astream = ScriptedChatModel.__mro__[1]._astream


def test_a_model_that_does_not_stream_says_all_at_once() -> None:
    assert list(ChatModel("plain", lambda: Plain(replies=[])).stream(ASKED, Meter("plain"))) == [TEXT]


def test_a_model_that_fails_in_its_own_way_is_told_of() -> None:
    model = ChatModel("odd", lambda: ScriptedChatModel(replies=[RuntimeError("the fan broke")]))
    with pytest.raises(ModelError, match="odd gave no reply that can be read: RuntimeError: the fan broke"):
        model.reply(ASKED, Meter("odd"))


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "gold.replies.jsonl"
    model = ChatModel("scripted", lambda: ScriptedChatModel(replies=["one", "two"]))
    recording = Recording(model, path, without_boundary)
    fence = "notes-" + "0" * 32
    assert recording.reply([("user", f"<{fence}> first")], Meter("x")) == "one"
    assert recording.reply([("user", "second")], Meter("x")) == "two"
    assert not path.exists()
    recording.finish()
    return path


def test_replies_are_given_again_whatever_name_the_lines_around_data_have(kept: Path) -> None:
    replaying = Replaying(kept, without_boundary)
    assert replaying.name == "scripted"
    assert replaying.reply([("user", "second")], Meter("x")) == "two"
    assert replaying.reply([("user", f"<notes-{'f' * 32}> first")], Meter("x")) == "one"
    with pytest.raises(ModelError, match="qa eval --record"):
        replaying.reply([("user", "third")], Meter("x"))


@pytest.mark.parametrize("text", ["", "{}", "no json", '{"format": 99, "model": "x"}'])
def test_a_file_that_holds_no_replies_says_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "gold.replies.jsonl"
    path.write_text(text, "utf-8")
    with pytest.raises(ModelError, match=r"gold\.replies\.jsonl"):
        Replaying(path, without_boundary)


def test_the_waits_grow() -> None:
    assert list(WAITS) == sorted(WAITS)

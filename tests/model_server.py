"""A server of chat models on loopback, for the tests: it says what a script tells it, and fails as it is told.

It speaks OpenAI's chat completions (base URL: `ModelServer.url` + "/v1") and Ollama's chat (`ModelServer.url`), as far
as the real clients need them. Each chat request gets the next reply of the script, and the last is repeated. But one
that offers tools is refused, as by a model that knows none, and uses up no reply; unless the server is told to take it.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from typing import Any

Json = dict[str, Any]
Usage = tuple[int, int] | None

MODEL = "scripted"  # the one model of the lists; chat requests may name any
PIECE = 4  # characters in a piece of a streamed text
ENDLESS = 60.0  # seconds after which even an endless reply ends


@dataclass(frozen=True)
class Reply:
    text: str = ""  # with an error status: its message, if it is not to be the usual one
    status: int = 200
    retry_after: str = ""  # the header, with an error status
    delay: float = 0.0  # seconds before anything is sent, the head included
    pause: float = 0.0  # seconds between the pieces; nothing when not streamed
    cut_after: int | None = None  # pieces after which the connection is cut; not streamed: in the middle of the body
    malformed: bool = False  # one more piece, in the middle, is no JSON; not streamed: the body is none
    endless: bool = False  # the text again and again until the client goes away; not streamed: no answer till then
    tool: tuple[str, Json] | None = None  # what is called, and with what, in the place of a text; OpenAI, not streamed
    usage: Usage = (11, 7)  # tokens in and out; None: the server does not tell


Script = Reply | str | Callable[[Json], Reply | str]  # the last: called with the request


class OpenAI:
    """The form of https://platform.openai.com/docs/api-reference/chat"""

    media_type, streams_unasked = "text/event-stream", False
    broken = b'data: {"choices": [{"index": 0, "delta"\n\n'

    def _answer(self, kind: str, choices: list[Json], usage: Usage = None) -> Json:
        answer: Json = {"id": "chatcmpl-1", "object": kind, "created": 0, "model": MODEL, "choices": choices}
        if usage:
            answer["usage"] = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
        return answer

    def _event(self, choices: list[Json], usage: Usage = None) -> bytes:
        return b"data: " + json.dumps(self._answer("chat.completion.chunk", choices, usage)).encode() + b"\n\n"

    def piece(self, text: str) -> bytes:
        return self._event([{"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}])

    def ending(self, request: Json, usage: Usage) -> bytes:
        told = self._event([], usage) if usage and request.get("stream_options", {}).get("include_usage") else b""
        return self._event([{"index": 0, "delta": {}, "finish_reason": "stop"}]) + told + b"data: [DONE]\n\n"

    def whole(self, text: str, usage: Usage) -> Json:
        message = {"role": "assistant", "content": text}
        return self._answer("chat.completion", [{"index": 0, "message": message, "finish_reason": "stop"}], usage)

    def calling(self, name: str, arguments: Json, usage: Usage) -> Json:
        call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
        return self._answer("chat.completion", [{"index": 0, "message": message, "finish_reason": "tool_calls"}], usage)

    def error(self, status: int, message: str) -> Json:
        usual, kind, code = {
            401: ("Incorrect API key provided.", "invalid_request_error", "invalid_api_key"),
            404: ("The model does not exist.", "invalid_request_error", "model_not_found"),
            429: ("Rate limit reached for requests.", "requests", "rate_limit_exceeded"),
        }.get(status, ("The server had an error while processing your request.", "server_error", None))
        return {"error": {"message": message or usual, "type": kind, "param": None, "code": code}}


class Ollama:
    """The form of https://github.com/ollama/ollama/blob/main/docs/api.md"""

    media_type, streams_unasked = "application/x-ndjson", True
    broken = b'{"model": "scripted", "message": {"role"\n'

    def whole(self, text: str, usage: Usage, *, done: bool = True) -> Json:
        part = {"model": MODEL, "message": {"role": "assistant", "content": text}, "done": done}
        counts = {"prompt_eval_count": usage[0], "eval_count": usage[1]} if usage else {}
        return part | ({"done_reason": "stop"} | counts if done else {})

    def piece(self, text: str) -> bytes:
        return json.dumps(self.whole(text, None, done=False)).encode() + b"\n"

    def ending(self, request: Json, usage: Usage) -> bytes:
        return json.dumps(self.whole("", usage)).encode() + b"\n"

    def error(self, status: int, message: str) -> Json:
        usual = {401: "unauthorized", 404: "model not found, try pulling it first", 429: "too many requests"}
        return {"error": message or usual.get(status, "the model runner has unexpectedly stopped")}


OTHER: dict[str, Json] = {
    "/v1/models": {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "tests"}]},
    "/api/tags": {"models": [{"name": f"{MODEL}:latest", "model": f"{MODEL}:latest", "size": 1}]},
    "/api/show": {"model_info": {"llama.context_length": 8192}, "capabilities": ["completion"]},
}


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(content), content)  # the empty one is the end of the body


class Handler(BaseHTTPRequestHandler):
    server: ModelServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or b"{}")
        self.form: OpenAI | Ollama = OpenAI() if self.path.startswith("/v1/") else Ollama()
        if self.path in ("/v1/chat/completions", "/api/chat"):
            self._chat(request)
        else:
            found = OTHER.get(self.path) if request.get("model", MODEL) in (MODEL, f"{MODEL}:latest") else None
            self.wfile.write(self._send_head(200 if found else 404, found or self.form.error(404, "")))

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None: ...

    def _chat(self, request: Json) -> None:
        number, reply = self.server.begin(request)
        gone, last = False, b""
        try:
            told = reply(request) if callable(reply) else reply
            last = self._say(Reply(told) if isinstance(told, str) else told, request)
        except ConnectionError:
            gone = self.close_connection = True
        finally:
            self.server.end(number, gone)
        self.wfile.write(last)  # after the end is noted, as a client that has them may send its next request at once

    def _say(self, reply: Reply, request: Json) -> bytes:
        """Sends all but the last bytes, and returns these."""
        self._wait(reply.delay)
        if reply.status != 200:
            return self._send_head(reply.status, self.form.error(reply.status, reply.text), reply.retry_after)
        if reply.tool and isinstance(self.form, OpenAI):
            return self._send_head(200, self.form.calling(*reply.tool, reply.usage))
        self.close_connection |= reply.cut_after is not None
        if not request.get("stream", self.form.streams_unasked):
            self._wait(ENDLESS if reply.endless else 0)
            body = self._send_head(200, self.form.whole(reply.text, reply.usage), spoilt=reply.malformed)
            return body if reply.cut_after is None else body[: len(body) // 2]
        self.send_response(200)
        self.send_header("Content-Type", self.form.media_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        pieces = [self.form.piece(reply.text[start : start + PIECE]) for start in range(0, len(reply.text), PIECE)]
        if reply.malformed:
            pieces.insert(len(pieces) // 2, self.form.broken)
        end = time.monotonic() + ENDLESS
        for number, piece in enumerate(cycle(pieces or [self.form.piece("more")]) if reply.endless else pieces):
            if number == reply.cut_after or time.monotonic() > end:
                break
            self._wait(reply.pause if number else 0)
            self.wfile.write(chunk(piece))
        self._wait(0)
        return b"" if reply.cut_after is not None else chunk(self.form.ending(request, reply.usage)) + chunk(b"")

    def _wait(self, seconds: float) -> None:
        """Waits, but no longer than the client does."""
        readable, _, _ = select.select([self.connection], [], [], seconds)
        if readable and not self.connection.recv(1, socket.MSG_PEEK):
            raise ConnectionAbortedError("the client went away")

    def _send_head(self, status: int, content: Json, retry_after: str = "", *, spoilt: bool = False) -> bytes:
        """Sends the head of an answer that is JSON, and returns its body."""
        body = json.dumps(content).encode()[: -8 if spoilt else None]
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.end_headers()
        return body


class ModelServer(ThreadingHTTPServer):
    """Serves while the context is open. What it noted stays readable."""

    request_queue_size = 64

    def __init__(self, replies: Iterable[Script], *, takes_tools: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.requests: list[Json] = []  # the bodies of the chat requests, in order
        self.paths: list[str] = []  # of all requests
        self.headers: list[dict[str, str]] = []  # of all requests, the names in lower case
        self.cancelled: list[int] = []  # indexes in `requests`: their clients went away before the end
        self.most_at_once = 0  # chat requests under way at one time
        self._replies = list(replies)
        self._takes_tools = takes_tools
        self._under_way, self._change = set[int](), threading.Condition()
        self._connections: list[socket.socket] = []
        self._closing = False

    def __enter__(self) -> ModelServer:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing = True
        self.shutdown()
        for connection in self._connections:
            with suppress(OSError):  # most are closed
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def settled(self, patience: float = 25.0) -> bool:
        """Whether all chat requests came to their end, if need be after a wait, which is shorter than the 30 seconds
        that a reply of tests is late: to be asked before `cancelled`."""
        with self._change:
            return self._change.wait_for(lambda: not self._under_way, patience)

    def begin(self, request: Json) -> tuple[int, Script]:
        with self._change:
            number = len(self.requests)
            self.requests.append(request)
            self._under_way.add(number)
            self.most_at_once = max(self.most_at_once, len(self._under_way))
            if request.get("tools") and not self._takes_tools:
                return number, Reply(f"{request.get('model')} does not support tools", status=400)
            return number, self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    def end(self, number: int, gone: bool) -> None:
        with self._change:
            self._under_way.discard(number)
            if gone and not self._closing:
                self.cancelled.append(number)
            self._change.notify_all()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.append(request)
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # these are clients that went away
            super().handle_error(request, client_address)

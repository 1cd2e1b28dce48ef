"""An OpenAI-compatible server on loopback that plays a script, for tests and for measuring what the client adds.

It knows no language: each request takes the next step of the script (the last one stays). What was asked is kept in
`requests`, word for word, so that a test can look for what must not leave the machine.
"""

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Say:
    """Words, streamed in pieces when the request wants a stream."""

    text: str
    first: float = 0.0
    """Seconds before the first piece."""
    between: float = 0.0
    """Seconds between pieces."""
    finish: str = "stop"
    size: int = 12
    """Characters of a piece."""
    usage: bool = True
    """Whether tokens are counted in the answer."""


@dataclass(frozen=True)
class Call:
    """A wish to call tools: (name, arguments as the JSON text that a model would write)."""

    calls: tuple[tuple[str, str], ...]
    text: str = ""
    size: int = 8


@dataclass(frozen=True)
class Status:
    """An error of the server."""

    code: int
    body: str = '{"error": {"message": "the script says no", "type": "server_error"}}'


@dataclass(frozen=True)
class Drop:
    """Words, and then the connection breaks: `clean` closes it as if the answer were over."""

    text: str
    clean: bool = False


@dataclass(frozen=True)
class Hang:
    """No answer at all for so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Raw:
    """A body as it is, whatever it is."""

    body: bytes
    content_type: str = "text/event-stream"


Step = Say | Call | Status | Drop | Hang | Raw
Script = Sequence[Step] | Callable[[dict[str, Any]], Step]


@dataclass
class ModelServer:
    """`with ModelServer([Say("hello")]) as server:` serves at `server.base` until the block ends."""

    script: Script
    requests: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    """When each first piece of an answer was written (`time.perf_counter`)."""
    taken: int = 0

    def __enter__(self) -> "ModelServer":
        outer = self

        class Handler(_Handler):
            owner = outer

        self._stop = threading.Event()
        self._server = _Quiet(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def base(self) -> str:
        """Address for SUPERBILL_MODEL_BASE."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def step(self, request: dict[str, Any]) -> Step:
        """What the script says to this request."""
        if callable(self.script):
            return self.script(request)
        number = min(self.taken, len(self.script) - 1)
        self.taken += 1
        return self.script[number]

    def wait(self, seconds: float) -> None:
        """Sleep, unless the server is stopped."""
        if seconds:
            self._stop.wait(seconds)


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the script."""


class _Handler(BaseHTTPRequestHandler):
    owner: ModelServer
    protocol_version = "HTTP/1.1"
    wbufsize = 0

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    def do_GET(self) -> None:
        self._body(200, b'{"object": "list", "data": []}', "application/json")

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = json.loads(raw)
        self.owner.requests.append(request)
        self.owner.bodies.append(raw)
        self.owner.headers.append({name.lower(): value for name, value in self.headers.items()})
        step = self.owner.step(request)
        try:
            self._play(step, request)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _play(self, step: Step, request: dict[str, Any]) -> None:
        if isinstance(step, Status):
            self._body(step.code, step.body.encode(), "application/json")
        elif isinstance(step, Hang):
            self.owner.wait(step.seconds)
            self.close_connection = True
        elif isinstance(step, Raw):
            self._body(200, step.body, step.content_type)
        elif request.get("stream"):
            self._stream(step)
        else:
            self._whole(step)

    def _body(self, code: int, body: bytes, content_type: str) -> None:
        self.send_response(code)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _whole(self, step: Say | Call | Drop) -> None:
        message: dict[str, Any] = {"role": "assistant", "content": step.text}
        if isinstance(step, Call):
            message["tool_calls"] = [
                {"id": f"call_{n}", "type": "function", "function": {"name": name, "arguments": arguments}}
                for n, (name, arguments) in enumerate(step.calls)
            ]
        if isinstance(step, Say):
            self.owner.wait(step.first)
        body = {
            "id": "x",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": "scripted",
            "choices": [{"index": 0, "message": message, "finish_reason": _finish(step)}],
            "usage": _usage(step.text),
        }
        self._body(200, json.dumps(body).encode(), "application/json")

    def _stream(self, step: Say | Call | Drop) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        if isinstance(step, Drop) and step.clean:
            self.send_header("Connection", "close")
            self.close_connection = True
            self.end_headers()
        else:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
        plain = isinstance(step, Drop) and step.clean
        if isinstance(step, Say):
            self.owner.wait(step.first)
        size = getattr(step, "size", 12)
        pieces = [step.text[at : at + size] for at in range(0, len(step.text), size)]
        self.owner.times.append(time.perf_counter())
        for number, piece in enumerate(pieces):
            if number and isinstance(step, Say):
                self.owner.wait(step.between)
            self._event({"content": piece, **({"role": "assistant"} if not number else {})}, None, plain)
        if isinstance(step, Drop):
            self.close_connection = True
            return
        if isinstance(step, Call):
            self._calls(step)
        self._event({}, _finish(step), plain)
        if not isinstance(step, Say) or step.usage:
            self._write({**_FRAME, "choices": [], "usage": _usage(step.text)}, plain)
        self._chunk(b"data: [DONE]\n\n", plain)
        self._chunk(b"", plain)

    def _calls(self, step: Call) -> None:
        for number, (name, arguments) in enumerate(step.calls):
            head = {"index": number, "id": f"call_{number}", "type": "function"}
            self._event({"tool_calls": [{**head, "function": {"name": name, "arguments": ""}}]}, None)
            for at in range(0, len(arguments), step.size):
                part = arguments[at : at + step.size]
                self._event({"tool_calls": [{"index": number, "function": {"arguments": part}}]}, None)

    def _event(self, delta: dict[str, Any], finish: str | None, plain: bool = False) -> None:
        self._write({**_FRAME, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}, plain)

    def _write(self, value: dict[str, Any], plain: bool) -> None:
        self._chunk(f"data: {json.dumps(value)}\n\n".encode(), plain)

    def _chunk(self, data: bytes, plain: bool) -> None:
        self.wfile.write(data if plain else f"{len(data):x}\r\n".encode() + data + b"\r\n")


_FRAME = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}


def _finish(step: Say | Call | Drop) -> str:
    if isinstance(step, Call):
        return "tool_calls"
    return step.finish if isinstance(step, Say) else "stop"


def _usage(text: str) -> dict[str, int]:
    return {"prompt_tokens": 100, "completion_tokens": len(text) // 4, "total_tokens": 100 + len(text) // 4}

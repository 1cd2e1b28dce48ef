"""The client of a language model: one conversation with one server, through litellm.

litellm is imported in one function and nowhere else. Nothing of what is sent or received is logged, and no error carries
any of it. Whether a model may be asked at all, and with which words, is decided in `outbound`.
"""

import json
import logging
import os
import queue
import threading
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from types import ModuleType
from typing import Any

from assistant.chat.providers import host_of, is_local, providers
from assistant.model import Message, ModelError, Reply, ToolCall, Trouble, Usage
from assistant.settings import ModelSettings

_PAUSE = 0.25
"""Seconds before the second try; doubled for each further one."""
_LONGEST_PAUSE = 4.0
_AGAIN = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
"""HTTP statuses after which another try may help."""
_FORM = frozenset({400, 415, 422, 500, 501})
"""HTTP statuses by which servers say that they do not know the form in which an answer is asked for."""
_FORMS = ("json_schema", "json_object", "words")
"""How a JSON answer is asked for, most exacting first; the answer is checked by us in any case. llama-cpp-python knows the
second only, small servers none."""
_CHARACTERS_PER_TOKEN = 3
"""For counting where the server does not: low, so that a budget is rather reached too early."""


@cache
def _litellm() -> ModuleType:
    """litellm, quiet: no price list from the network, no telemetry, no callbacks, no logging, no proxy for loopback."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    for name in ("NO_PROXY", "no_proxy"):
        own = [host for host in os.environ.get(name, "").split(",") if host]
        os.environ[name] = ",".join(dict.fromkeys((*own, "127.0.0.1", "localhost", "::1")))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import httpx
        import litellm
    warnings.filterwarnings("ignore", category=UserWarning, module=r"pydantic\..*")
    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.turn_off_message_logging = True
    litellm.drop_params = True
    litellm.callbacks = litellm.success_callback = litellm.failure_callback = litellm.input_callback = []
    litellm.client_session = httpx.Client(follow_redirects=False)
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy", "httpx", "openai"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
    module: ModuleType = litellm
    return module


@cache
def _ready() -> None:
    """Everything loaded that a first call would load, the parts that the library itself puts off included. Sends nothing."""
    library = _litellm()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        said = [{"role": "user", "content": "x"}]
        list(library.completion(model="openai/x", messages=said, stream=True, mock_response="x", api_key="none"))
        import openai.resources.chat
        import openai.resources.responses  # noqa: F401


def warm_up() -> None:
    """Load the library in the background, so that the first question need not wait for it."""
    threading.Thread(target=_ready, daemon=True, name="model library").start()


class ModelClient:
    """Talks with one model. Thread-safe; each call is its own request."""

    def __init__(self, settings: ModelSettings, cancel: threading.Event | None = None) -> None:
        self.settings = settings
        self.name = settings.name
        self.local = is_local(settings)
        self.cancel = cancel or threading.Event()
        """Set it to give the call under way up."""
        self._form = 0
        """The most exacting of `_FORMS` that this server has not declined."""

    def talk(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]] = (),
        json_schema: Mapping[str, Any] | None = None,
        most: int | None = None,
    ) -> Iterator[str | Reply]:
        """Pieces of text as they come, at last the Reply. `most` bounds the answer's tokens. Raises ModelError.

        A call that fails before its first piece is tried again, as often as the settings say and no longer than they
        allow in all; what has begun is never begun again.
        """
        _ready()  # the first import takes seconds; they are not the model's
        ends = time.monotonic() + self.settings.timeout
        attempt, form = 0, self._form
        while True:
            begun = False
            if self.cancel.is_set():
                raise ModelError(Trouble.CANCELLED, self._sentence(Trouble.CANCELLED))
            try:
                for piece in self._once(messages, tools, json_schema, most, ends, form):
                    begun = True
                    yield piece
                self._form = form
                return
            except _Failure as failure:
                if failure.form and json_schema is not None and not begun and form + 1 < len(_FORMS):
                    form += 1
                    continue
                pause = min(_PAUSE * 2**attempt, _LONGEST_PAUSE)
                over = attempt == self.settings.retries or time.monotonic() + pause >= ends
                if begun or over or not failure.again:
                    raise ModelError(failure.trouble, self._sentence(failure.trouble)) from None
                if self.cancel.wait(pause):
                    raise ModelError(Trouble.CANCELLED, self._sentence(Trouble.CANCELLED)) from None
                attempt, form = attempt + 1, self._form

    def _once(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        json_schema: Mapping[str, Any] | None,
        most: int | None,
        ends: float,
        form: int,
    ) -> Iterator[str | Reply]:
        request = self._request(messages, tools, json_schema, most, form)
        request["timeout"] = max(0.1, ends - time.monotonic())
        exchange = _Exchange(request)
        first = min(ends, time.monotonic() + self.settings.first_token)
        parts = _Parts()
        try:
            while True:
                item = exchange.next(first if not parts.begun else ends, self.cancel)
                if item is None:
                    break
                if text := parts.add(item):
                    yield text
            yield self._reply(parts, messages, exchange.finish)
        finally:
            exchange.close()

    def _request(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        json_schema: Mapping[str, Any] | None,
        most: int | None,
        form: int,
    ) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": self.name,
            "messages": [wire(message) for message in messages],
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": 0,
            "max_retries": 0,
            "num_retries": 0,
            # litellm would import its tool server for any call with tools; ours are described here and run by us
            "_skip_mcp_handler": True,
        }
        if self.settings.base:
            request["api_base"] = self.settings.base
        provider = providers().get(self.name.partition("/")[0])
        if self.settings.base and provider is not None and not any(map(os.environ.get, provider.key)):
            request["api_key"] = "none"  # many servers want none, but the library insists on one
        if most is not None:
            request["max_tokens"] = most
        if tools:
            request["tools"] = [{"type": "function", "function": dict(tool)} for tool in tools]
        if json_schema is not None and _FORMS[form] == "json_schema":
            wanted = {"name": "answer", "schema": dict(json_schema), "strict": True}
            request["response_format"] = {"type": "json_schema", "json_schema": wanted}
        elif json_schema is not None and _FORMS[form] == "json_object":
            request["response_format"] = {"type": "json_object", "schema": dict(json_schema)}
        return request

    def _reply(self, parts: "_Parts", messages: Sequence[Message], finish: str | None) -> Reply:
        if finish == "content_filter":
            raise _Failure(Trouble.REFUSED, False)
        if finish is None or (not parts.text.strip() and not parts.calls):
            raise _Failure(Trouble.GARBAGE, False)
        sent, received, told = parts.tokens
        if not told:
            sent = sum(len(message.content) for message in messages) // _CHARACTERS_PER_TOKEN
            received = len(parts.text) // _CHARACTERS_PER_TOKEN
        return Reply(
            parts.text,
            tuple(ToolCall(call["id"] or f"call_{at}", call["name"], call["arguments"]) for at, call in parts.listed()),
            Usage(sent, received, self._cost(sent, received), not told),
        )

    def _cost(self, sent: int, received: int) -> Decimal | None:
        """Dollars: the site's price, else nothing for a model on this machine, else litellm's own table."""
        if self.settings.price is not None:
            return (sent * self.settings.price[0] + received * self.settings.price[1]) / 1_000_000
        if self.local:
            return Decimal(0)
        try:
            dollars = _litellm().cost_per_token(model=self.name, prompt_tokens=sent, completion_tokens=received)
        except Exception:
            return None
        return Decimal(str(sum(dollars)))

    def _sentence(self, trouble: Trouble) -> str:
        where = f"{self.name} at {host_of(self.settings)}"
        return {
            Trouble.DOWN: f"the model {where} cannot be reached or fails; see that its server runs",
            Trouble.SLOW: f"the model {where} took too long; raise SUPERBILL_MODEL_TIMEOUT if that is to be expected",
            Trouble.REFUSED: f"the model {where} declined the request; check its name, its key and what it allows",
            Trouble.GARBAGE: f"the model {where} gave no usable answer",
            Trouble.CANCELLED: "stopped on request",
        }[trouble]


class _Failure(Exception):
    """A call that failed, without a word of what was said."""

    def __init__(self, trouble: Trouble, again: bool, form: bool = False) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.again = again
        self.form = form
        """Whether the server may only dislike the form asked for."""


class _Exchange:
    """One request, read in a thread of its own so that waiting for it can end at any moment."""

    def __init__(self, request: dict[str, Any]) -> None:
        self._items: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._closed = threading.Event()
        self.finish: str | None = None
        """Why the server ended its answer; None when it broke off."""
        self._thread = threading.Thread(target=self._read, args=(request,), daemon=True, name="model")
        self._thread.start()

    def _read(self, request: dict[str, Any]) -> None:
        stream: Any = None
        try:
            stream = _litellm().completion(**request)
            for chunk in stream:
                if self._closed.is_set():
                    break
                self._items.put(chunk)
            self.finish = getattr(stream, "received_finish_reason", None)
            self._items.put(None)
        except Exception as error:
            self._items.put(_failure(error))
        finally:
            try:
                stream.completion_stream.close()
            except Exception:
                pass

    def next(self, ends: float, cancel: threading.Event) -> Any:
        """The next chunk, None at the end. Raises _Failure."""
        while True:
            if cancel.is_set():
                raise _Failure(Trouble.CANCELLED, False)
            left = ends - time.monotonic()
            if left <= 0:
                raise _Failure(Trouble.SLOW, False)
            try:
                item = self._items.get(timeout=min(left, 0.1))
            except queue.Empty:
                continue
            if isinstance(item, _Failure):
                raise item
            return item

    def close(self) -> None:
        """Let the thread end at its next piece."""
        self._closed.set()


class _Parts:
    """What has come so far."""

    def __init__(self) -> None:
        self.text = ""
        self.calls: dict[int, dict[str, str]] = {}
        self.tokens = (0, 0, False)
        self.begun = False

    def add(self, chunk: Any) -> str:
        """The words of a chunk; the rest is kept."""
        if usage := getattr(chunk, "usage", None):
            self.tokens = (usage.prompt_tokens or 0, usage.completion_tokens or 0, bool(usage.prompt_tokens))
        if not chunk.choices:
            return ""
        delta = chunk.choices[0].delta
        for part in getattr(delta, "tool_calls", None) or ():
            call = self.calls.setdefault(part.index or 0, {"id": "", "name": "", "arguments": ""})
            call["id"] = call["id"] or part.id or ""
            call["name"] += part.function.name or ""
            call["arguments"] += part.function.arguments or ""
            self.begun = True
        text: str = delta.content or ""
        self.text += text
        self.begun = self.begun or bool(text)
        return text

    def listed(self) -> list[tuple[int, dict[str, str]]]:
        """The calls in their order."""
        return sorted(self.calls.items())


def _failure(error: Exception) -> _Failure:
    """What an error of litellm means; its words are dropped, since they may repeat what was sent."""
    name = type(error).__name__
    status = getattr(error, "status_code", None)
    if name == "Timeout" or isinstance(error, TimeoutError):
        return _Failure(Trouble.SLOW, False)
    if name == "ContentPolicyViolationError":
        return _Failure(Trouble.REFUSED, False)
    if name in ("MidStreamFallbackError", "JSONDecodeError", "APIResponseValidationError"):
        return _Failure(Trouble.GARBAGE, False)
    if isinstance(status, int) and 400 <= status < 500 and status not in _AGAIN:
        return _Failure(Trouble.REFUSED, False, status in _FORM)
    return _Failure(Trouble.DOWN, True, status in _FORM)


def wire(message: Message) -> dict[str, Any]:
    """A message as it is sent (the form of OpenAI, which litellm turns into each provider's own)."""
    out: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.calls:
        out["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.calls
        ]
    if message.role == "tool":
        out["tool_call_id"] = message.answers
    return out


def checked(text: str, schema: Mapping[str, Any]) -> str | None:
    """What is wrong with `text` as a JSON answer of this schema, in a few words that quote nothing; None when it fits."""
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return "it is not JSON"
    error = next(iter(Draft202012Validator(dict(schema)).iter_errors(value)), None)
    if error is None:
        return None
    place = "/".join(map(str, error.absolute_path)) or "the answer"
    return f"{place} breaks the rule `{error.validator}` of the schema"

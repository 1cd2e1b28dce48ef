"""What leaves for a model, and under which conditions: the site's leave, the mask, the budget, a line of record.

Everything that asks a model goes through a `Gate`. A model on this machine is asked in clear words; for any other the text is
masked first and the answer restored, by a table that lives in this object alone. Each call leaves one line in the data
folder that says when, which model, where, how much and how it went, and holds no word of what was said.
"""

import json
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assistant.chat.calls import add_call, spent_today
from assistant.chat.client import ModelClient, checked, wire
from assistant.chat.masking import Mask
from assistant.chat.providers import host_of, is_local, require_allowed
from assistant.model import Message, ModelError, Reply, ToolCall, Trouble, Usage
from assistant.settings import ModelSettings, Settings

if TYPE_CHECKING:
    from assistant.chat.turn import Context

LEAST_ANSWER = 64
"""With fewer tokens left than this, no call is begun."""
LONGEST_ANSWER = 2_000
"""Most tokens of one answer."""
_CHARACTERS_PER_TOKEN = 3


class Gate:
    """A model as the rest of the program may use it. One gate is one conversation: it has one mask and one turn's budget."""

    def __init__(
        self, settings: Settings, name: str | None = None, known: Iterable[tuple[str, str]] = (), purpose: str = "ask"
    ) -> None:
        """`known` are (kind, value) identifiers of the open papers. Raises ModelError when the model is not allowed."""
        self.settings = replace(settings.model, name=name) if name else settings.model
        require_allowed(self.settings)
        self._home = settings
        self.name = self.settings.name
        self.local = is_local(self.settings)
        self.mask = None if self.local else Mask(known)
        self.cancel = threading.Event()
        """Set it to stop the turn under way."""
        self._client = ModelClient(self.settings, self.cancel)
        self._purpose = purpose
        self.used = Usage()
        """What the turn has taken so far."""

    def new_turn(self, cancel: threading.Event | None = None) -> None:
        """Begin a turn: its budget is whole again. `cancel` stops it when set, even before its first call."""
        self.used = Usage()
        self.cancel = self._client.cancel = cancel or threading.Event()

    def complete(self, messages: Sequence[Message], json_schema: Mapping[str, Any] | None = None) -> str:
        """The whole answer. With a schema an answer that breaks it is asked for once more. Raises ModelError."""
        text = self._reply(messages, json_schema)
        if json_schema is None:
            return text
        wrong = checked(text, json_schema)
        if wrong is not None:
            again = Message("user", f"That answer cannot be used: {wrong}. Answer again with the JSON alone.")
            text = self._reply([*messages, Message("assistant", text), again], json_schema)
            wrong = checked(text, json_schema)
        if wrong is not None:
            raise ModelError(Trouble.GARBAGE, f"the model {self.name} twice gave no answer of the form asked for")
        return text

    def _reply(self, messages: Sequence[Message], json_schema: Mapping[str, Any] | None) -> str:
        *_, last = self._talk(messages, (), json_schema)
        return last.text if isinstance(last, Reply) else ""

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """The answer in pieces. Raises ModelError."""
        for piece in self.talk(messages):
            if isinstance(piece, str):
                yield piece

    def talk(self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]] = ()) -> Iterator[str | Reply]:
        """Pieces of text, at last the Reply, identifiers restored. Raises ModelError."""
        return self._talk(messages, tools, None)

    def _talk(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        json_schema: Mapping[str, Any] | None,
    ) -> Iterator[str | Reply]:
        sent = masked_all(messages, self.mask)
        most = self._allowance(sent, tools)
        begun = time.monotonic()
        outcome = "stopped"
        usage = Usage(sum(len(message.content) for message in sent) // _CHARACTERS_PER_TOKEN, 0, None, True)
        held = _Held(self.mask)
        try:
            for piece in self._client.talk(sent, tools, json_schema, most):
                if isinstance(piece, Reply):
                    usage, outcome = piece.usage, "answered"
                    if rest := held.rest():
                        yield rest
                    yield self._restored(piece)
                elif text := held.add(piece):
                    yield text
        except ModelError as error:
            outcome = error.trouble.value
            raise
        finally:
            self.used = self.used + usage
            self._record(usage, time.monotonic() - begun, outcome)

    def _restored(self, reply: Reply) -> Reply:
        mask = self.mask
        if mask is None:
            return reply
        calls = tuple(replace(call, arguments=_restored_json(call.arguments, mask)) for call in reply.calls)
        return replace(reply, text=mask.restore(reply.text), calls=calls)

    def _allowance(self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]]) -> int:
        """Tokens that the answer may have. Raises ModelError when the turn's or the day's budget is used up."""
        settings = self.settings
        day = spent_today(self._home)
        size = sum(len(message.content) for message in messages) + len(json.dumps(list(tools)))
        prompt = size // _CHARACTERS_PER_TOKEN
        left = min(settings.turn_tokens - self.used.tokens, settings.day_tokens - day.tokens) - prompt
        if left < LEAST_ANSWER:
            of = "turn" if settings.turn_tokens - self.used.tokens <= settings.day_tokens - day.tokens else "day"
            raise ModelError(Trouble.BUDGET, f"this {of}'s tokens for the model {self.name} are used up")
        for limit, used, of in (
            (settings.turn_cost, self.used.cost, "turn"),
            (settings.day_cost, day.cost, "day"),
        ):
            if used is not None and used >= limit and not self.local:
                raise ModelError(Trouble.BUDGET, f"this {of}'s money for the model {self.name} is used up")
        return min(left, LONGEST_ANSWER)

    def _record(self, usage: Usage, seconds: float, outcome: str) -> None:
        line = {
            "purpose": self._purpose,
            "model": self.name,
            "host": host_of(self.settings),
            "masked": self.mask is not None,
            "sent_tokens": usage.prompt_tokens,
            "answer_tokens": usage.answer_tokens,
            "estimated": usage.estimated,
            "cost": None if usage.cost is None else f"{usage.cost:f}",
            "seconds": round(seconds, 3),
            "outcome": outcome,
        }
        add_call(self._home, line)
        if not self.local:
            self._trail(outcome)

    def _trail(self, outcome: str) -> None:
        """Who sent something away stands in the site's trail too."""
        from assistant.accounts.trail import Event, Trail
        from assistant.store.engine import open_store

        engine = open_store(self._home)
        try:
            Trail(engine).note(Event.REMOTE_MODEL, f"{self._purpose} {self.name} {outcome}")
        finally:
            engine.dispose()


def open_model(
    settings: Settings, name: str | None = None, context: "Context | None" = None, purpose: str = "ask"
) -> Gate:
    """The model that the site has set, or the named one, with the identifiers of the open papers known to its mask.

    Raises ModelError when there is none or it is not allowed.
    """
    return Gate(settings, name, known_identifiers(context) if context is not None else (), purpose)


def masked_all(messages: Sequence[Message], mask: Mask | None) -> list[Message]:
    """Messages as they leave. What a later one announces as a name is masked in the earlier ones too."""
    known = mask.learned if mask else 0
    sent = [masked(message, mask) for message in messages]
    return sent if mask is None or mask.learned == known else [masked(message, mask) for message in messages]


def masked(message: Message, mask: Mask | None) -> Message:
    """A message as it leaves: as it is for a model on this machine, else with its identifiers masked."""
    if mask is None:
        return message
    content = message.content
    if message.role == "tool":
        content = _masked_json(content, mask)
    elif message.role != "system":
        content = mask.mask(content)
    calls_made = tuple(ToolCall(call.id, call.name, _masked_json(call.arguments, mask)) for call in message.calls)
    return replace(message, content=content, calls=calls_made)


def _masked_json(text: str, mask: Mask) -> str:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return mask.mask(text)
    return json.dumps(mask.mask_value(value), ensure_ascii=False)


def _restored_json(text: str, mask: Mask) -> str:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return mask.restore(text)
    return json.dumps(mask.restore_value(value), ensure_ascii=False)


class _Held:
    """Pieces of a stream, held back while a placeholder may be open in them."""

    def __init__(self, mask: Mask | None) -> None:
        self._mask = mask
        self._text = ""

    def add(self, piece: str) -> str:
        """What may be shown now."""
        if self._mask is None:
            return piece
        self._text += piece
        cut = len(self._text)
        open_at = self._text.rfind("[", max(0, cut - 24))
        if open_at >= 0 and "]" not in self._text[open_at:]:
            cut = open_at
        ready, self._text = self._text[:cut], self._text[cut:]
        return self._mask.restore(ready)

    def rest(self) -> str:
        """What is left at the end."""
        ready, self._text = self._text, ""
        return self._mask.restore(ready) if self._mask else ready


def known_identifiers(context: "Context") -> list[tuple[str, str]]:
    """The identifiers in the papers that lie open, as (kind, value): of the claim's encounter and of the remittances."""
    from assistant.record import to_record

    found: list[tuple[str, str]] = []
    if context.encounter is not None:
        _identifiers(to_record(context.encounter), found)
    for file in context.remittances:
        for transaction in file.transactions:
            header = transaction.header
            found.append(("ACCOUNT", header.trace_number))
            for claim in transaction.claims:
                found += [("ACCOUNT", claim.control_number), ("ACCOUNT", claim.payer_control_number)]
                for party in claim.parties:
                    found.append(("MEMBER", party.id))
                    if party.first or party.role in _PEOPLE:
                        found.append(("NAME", f"{party.first} {party.middle} {party.name}"))
                found += [("ACCOUNT", reference.value) for reference in claim.references]
    return [(kind, value) for kind, value in dict.fromkeys(found) if value.strip()]


_PEOPLE = frozenset({"QC", "IL", "74", "82"})
"""X12 roles of a remittance that are people: patient, insured, corrected insured, rendering provider."""


def _identifiers(value: Any, found: list[tuple[str, str]]) -> None:
    from assistant.chat.identifiers import kind_of_key

    if isinstance(value, Mapping):
        for key, item in value.items():
            kind = kind_of_key(key)
            if kind and isinstance(item, str) and item.strip():
                found.append((kind, item))
            _identifiers(item, found)
    elif isinstance(value, list | tuple):
        for item in value:
            _identifiers(item, found)


def preview(
    settings: Settings,
    messages: Sequence[Message],
    tools: Sequence[Mapping[str, Any]] = (),
    name: str | None = None,
    known: Iterable[tuple[str, str]] = (),
) -> dict[str, Any]:
    """What a call with these messages would send, and where, without sending it. Raises nothing for a model not allowed:
    `allowed` says so."""
    model: ModelSettings = replace(settings.model, name=name) if name else settings.model
    try:
        require_allowed(model)
        refusal = ""
    except ModelError as error:
        refusal = str(error)
    local = is_local(model)
    mask = None if local else Mask(known)
    sent = [wire(message) for message in masked_all(messages, mask)]
    return {
        "model": model.name,
        "host": host_of(model),
        "local": local,
        "allowed": not refusal,
        "refusal": refusal,
        "messages": sent,
        "tools": [dict(tool) for tool in tools],
        "masked": len(mask.table) if mask is not None else 0,
    }

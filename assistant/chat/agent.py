"""A turn with a model: it calls the conversation's tools and words an answer over what they found; the guard has the last
word, and whenever the model fails, the answer without it is given and says so.
"""

import json
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from assistant.chat.briefing import described, notice, opening, texts
from assistant.chat.figures import Kind, figures
from assistant.chat.guard import (
    CITED,
    Guarded,
    Inputs,
    Objection,
    declines,
    gather,
    guard,
    judge,
    sentences,
    stems,
)
from assistant.chat.outbound import Gate, known_identifiers, open_model
from assistant.chat.reach import Reach
from assistant.chat.tool import Said, Source, SourceKind, Tool, ToolError, ToolResult
from assistant.chat.turn import Answer, Context, ToolStep, answer_of
from assistant.chat.validity import validator
from assistant.model import Message, ModelError, Reply, ToolCall, Usage

ROUNDS = 8
"""Most exchanges with the model in one turn."""
CALLS = 16
"""Most tool calls in one turn."""
STRIKES = 3
"""So many calls in a row that cannot be run end the turn."""
LONGEST_RESULT = 12_000
"""Characters of a tool's result that the model is shown; of a longer one the data are left out, then sentences."""

Plain = Callable[[str, Context], Answer]
"""The conversation without a model."""


class StepKind(StrEnum):
    """What a step of a turn is."""

    TOOL = "tool"
    """A tool was called; `tool` says which and what came of it."""
    SENTENCE = "sentence"
    """A sentence that stands; `said` holds it."""
    WITHDRAWN = "withdrawn"
    """A sentence did not stand; `text` says why, never what."""
    RESTART = "restart"
    """What was shown so far does not hold: forget it."""
    ANSWER = "answer"
    """The end; `answer` holds it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens in a turn, for showing."""

    kind: StepKind
    text: str = ""
    tool: ToolStep | None = None
    said: Said | None = None
    answer: Answer | None = None
    usage: Usage = field(default_factory=Usage)
    """Of the whole turn; only on the last step."""
    notice: str = ""
    """What is said of the model's part; only on the last step, where the answer holds it too."""


class _Failed(Exception):
    """The model's part of a turn is over: `reason` is a key of the notices."""

    def __init__(self, reason: str, **values: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


def ask(question: str, context: Context, gate: Gate, plain: Plain, tools: Mapping[str, Tool] | None = None) -> Answer:
    """The answer to one question, worded by the model where it can be trusted, else by rules."""
    *_, last = steps(question, context, gate, plain, tools)
    assert last.answer is not None
    return last.answer


def converse(
    question: str, context: Context, plain: Plain, name: str | None = None, cancel: threading.Event | None = None
) -> Iterator[Step]:
    """One turn with the named model, else the site's, else by rules; the last step holds the answer.

    The model's part ends at once when `cancel` is set: the answer by rules follows and says so.
    The mask of a remote model is kept in the context's memo, so that a name has one placeholder throughout a conversation.
    Raises ModelError for a named model that is not allowed here; the site's own then has no part, and the answer says so.
    """
    settings = context.services.settings
    if not name and not settings.model.name:
        yield Step(StepKind.ANSWER, answer=plain(question, context))
        return
    key = f"model {name or settings.model.name}"
    try:
        gate: Gate = context.memo.get(key) or open_model(settings, name)
    except ModelError as error:
        if name:
            raise
        said = notice(context.language, error.trouble.value, sentence=str(error))
        yield Step(StepKind.ANSWER, answer=_with_notice(plain(question, context), said), notice=said)
        return
    context.memo[key] = gate
    if gate.mask is not None:
        for kind, value in known_identifiers(context):
            gate.mask.know(kind, value)
    yield from steps(question, context, gate, plain, cancel=cancel)


def steps(
    question: str,
    context: Context,
    gate: Gate,
    plain: Plain,
    tools: Mapping[str, Tool] | None = None,
    cancel: threading.Event | None = None,
) -> Iterator[Step]:
    """The turn as it goes; the last step holds the answer. Raises nothing for whatever the model does."""
    if tools is None:
        from assistant.chat.tools import registry

        tools = registry()
    gate.new_turn(cancel)
    turn = _Turn(question, context, gate, tools)
    try:
        answer = yield from turn.run()
        notice = turn.notice("model", model=gate.name)
        if turn.withdrawn:
            notice += " " + turn.notice("withdrawn", count=str(len(turn.withdrawn)), kinds=_kinds(turn.withdrawn))
    except _Failed as failed:
        yield Step(StepKind.RESTART)
        answer, notice = plain(question, context), turn.notice(failed.reason, **failed.values)
    except ModelError as error:
        yield Step(StepKind.RESTART)
        answer, notice = plain(question, context), turn.notice(error.trouble.value, sentence=str(error))
    yield Step(StepKind.ANSWER, answer=_with_notice(answer, notice), usage=gate.used, notice=notice)


class _Turn:
    def __init__(self, question: str, context: Context, gate: Gate, tools: Mapping[str, Tool]) -> None:
        self.question = question
        self.context = context
        self.gate = gate
        self.tools = tools
        self.valid = validator(context)
        self.results: list[ToolResult] = []
        self.citations: list[Source] = []
        self.steps: list[ToolStep] = []
        self.withdrawn: list[Objection] = []
        self.reach = Reach(question, context)
        self._done: dict[str, str] = {}
        self._strikes = 0
        self.messages = opening(question, context)
        self.described = described(tools)

    def run(self) -> Generator[Step, None, Answer]:
        """Exchanges until there is an answer. Raises _Failed and ModelError."""
        drafts = 0
        for _ in range(ROUNDS):
            shown: list[Said] = []
            reply = yield from self._exchange(shown)
            if reply.calls:
                if shown:
                    yield Step(StepKind.RESTART)
                yield from self._call(reply)
                continue
            if declines(reply.text):
                raise _Failed("declined")
            guarded = self._guarded(reply.text)
            if not guarded.fails:
                self.withdrawn = [found for _, listed in guarded.withdrawn for found in listed[:1]]
                return self._answer(guarded)
            drafts += 1
            if drafts == 2:
                raise _Failed("guard", kinds=", ".join(guarded.kinds))
            yield Step(StepKind.RESTART)
            again = texts()["again"].strip().format(kinds=", ".join(guarded.kinds) or "nothing said")
            self.messages += [Message("assistant", reply.text), Message("user", again)]
        raise _Failed("loop")

    def _exchange(self, shown: list[Said]) -> Generator[Step, None, Reply]:
        """One reply; sentences that stand are shown as soon as they are whole."""
        inputs = self._inputs()
        text, told = "", 0
        for piece in self.gate.talk(self.messages, self.described):
            if isinstance(piece, Reply):
                for sentence in sentences(piece.text)[told:] if self.results and not piece.calls else ():
                    yield from self._show(sentence, inputs, shown)
                return piece
            text += piece
            if self.results and not declines(text):
                whole = sentences(text)[:-1]
                for sentence in whole[told:]:
                    yield from self._show(sentence, inputs, shown)
                told = max(told, len(whole))
        raise _Failed("garbage", sentence=f"the model {self.gate.name} gave no usable answer")

    def _show(self, sentence: str, inputs: Inputs, shown: list[Said]) -> Iterator[Step]:
        objection = next(judge(sentence, inputs, self.valid), None)
        if objection is not None:
            yield Step(StepKind.WITHDRAWN, text=objection.why)
            return
        said = self._said(sentence)
        shown.append(said)
        yield Step(StepKind.SENTENCE, text=said.text, said=said)

    def _inputs(self) -> Inputs:
        return gather(self.question, self.results, len(self.citations))

    def _guarded(self, text: str) -> Guarded:
        return guard(text, self._inputs(), self.valid)

    def _call(self, reply: Reply) -> Iterator[Step]:
        self.messages.append(Message("assistant", reply.text, reply.calls))
        for call in reply.calls:
            if len(self.steps) >= CALLS or self._strikes >= STRIKES:
                raise _Failed("loop")
            told, arguments, content = self._run(call)
            step = ToolStep(call.name if call.name in self.tools else "", arguments, told)
            self.steps.append(step)
            self.messages.append(Message("tool", content, answers=call.id))
            yield Step(StepKind.TOOL, text=told, tool=step)

    def _run(self, call: ToolCall) -> tuple[str, Mapping[str, Any], str]:
        """What came of a call in a few words, its arguments, and what the model is told."""
        arguments: Mapping[str, Any] = {}
        try:
            tool = self.tools.get(call.name)
            if tool is None:
                raise ToolError(f"there is no such tool; there are {', '.join(self.tools)}")
            arguments = _arguments(call.arguments)
            key = f"{call.name} {json.dumps(arguments, sort_keys=True)}"
            if key in self._done:
                self._strikes += 1
                return "asked before", arguments, self._done[key]
            self.reach.require(arguments, tool.parameters)
            result = tool.call(self.context, arguments)
        except Exception as error:
            self._strikes += 1
            sentence = str(error) if isinstance(error, ToolError) else "the tool could not do this"
            return sentence, arguments, json.dumps({"error": sentence})
        self._strikes = 0
        self.results.append(result)
        self.reach.add(result)
        self._done[key] = self._content(result)
        return ", ".join(result.codes[:3]) or f"{len(result.sentences)} sentences", arguments, self._done[key]

    def _content(self, result: ToolResult) -> str:
        """A result as the model reads it; its sources get their numbers."""
        for source in (*(source for said in result.sentences for source in said.sources), *result.citations):
            if source not in self.citations:
                self.citations.append(source)
        said = [
            {"text": said.text, "cite": [self.citations.index(source) + 1 for source in said.sources]}
            for said in result.sentences
        ]
        cited = [
            {"cite": self.citations.index(source) + 1, "kind": source.kind.value, "text": source.text}
            for source in result.citations
        ]
        for data, sources, sentences_shown in (
            (result.data, cited, said),
            ({}, cited, said),
            ({}, [], said),
            ({}, [], said[:20]),
        ):
            content = json.dumps(
                {"sentences": sentences_shown, "sources": sources, "data": data}, ensure_ascii=False, default=str
            )
            if len(content) <= LONGEST_RESULT:
                return content
        return json.dumps({"error": "the result is too long; ask for less"})

    def _said(self, sentence: str) -> Said:
        """A sentence without its marks, with the sources that it cites or, without marks, those of the words nearest it."""
        numbers = [int(number) for match in _marks(sentence) for number in match.split(",")]
        text = _without_marks(sentence)
        sources = tuple(dict.fromkeys(self.citations[number - 1] for number in numbers))
        if not sources and not text.endswith("?"):
            wanted = stems(text)
            near = max(
                (said for result in self.results for said in result.sentences if said.sources),
                key=lambda said: len(wanted & stems(said.text)),
                default=None,
            )
            sources = near.sources if near else ()
        return Said(text, sources)

    def _answer(self, guarded: Guarded) -> Answer:
        said = tuple(self._said(sentence) for sentence in guarded.kept)
        named = {figure.value for one in said for figure in figures(one.text) if figure.kind is Kind.CODE}
        codes = dict.fromkeys(
            code for result in self.results for code in result.codes if code.replace(".", "").upper() in named
        )
        asked = said[0].text if len(said) == 1 and said[0].text.endswith("?") else None
        language = self.context.language
        return answer_of(
            said, codes=tuple(codes), asked=asked, steps=tuple(self.steps), kind="model", language=language
        )

    def notice(self, key: str, **values: str) -> str:
        """A sentence about the model's part."""
        return notice(self.context.language, key, **values)


def _arguments(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError):
        raise ToolError("the arguments are not JSON") from None
    if not isinstance(value, dict):
        raise ToolError("the arguments are not a JSON object")
    return value


def _marks(sentence: str) -> Sequence[str]:
    return [match[1] for match in CITED.finditer(sentence)]


def _without_marks(sentence: str) -> str:
    bare = CITED.sub("", sentence)
    return " ".join(bare.split()).replace(" .", ".").replace(" ,", ",")


def _kinds(objections: Sequence[Objection]) -> str:
    return ", ".join(dict.fromkeys(objection.what for objection in objections))


def _with_notice(answer: Answer, notice: str) -> Answer:
    """The answer with what is said of the model's part as its last sentence."""
    source = Source(SourceKind.PROGRAM, "docs/concepts-models.md")
    said = (*answer.sentences, Said(notice, (source,)))
    citations = tuple(dict.fromkeys((*answer.citations, source)))
    return replace(answer, text=f"{answer.text}\n{notice}", sentences=said, citations=citations)

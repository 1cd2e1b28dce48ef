"""The model's part of one turn: rounds of tool calls, then sentences, each shown when it stands."""

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any

from assistant.chat.briefing import described, notice, opening, texts
from assistant.chat.figures import Kind, figures
from assistant.chat.guard import CITED, Guarded, Objection, declines, guard, judge, sentences
from assistant.chat.inputs import Inputs, gather
from assistant.chat.outbound import Gate
from assistant.chat.reach import Reach
from assistant.chat.stems import stems
from assistant.chat.steps import Step, StepKind
from assistant.chat.tool import Said, Source, Tool, ToolError, ToolResult
from assistant.chat.tool_calls import arguments_of, content_of
from assistant.chat.turn import Answer, Context, ToolStep, answer_of
from assistant.chat.validity import validator
from assistant.model import Message, Reply, ToolCall

ROUNDS = 8
"""Most exchanges with the model in one turn."""
CALLS = 16
"""Most tool calls in one turn."""
STRIKES = 3
"""So many calls in a row that cannot be run end the turn."""


class Failed(Exception):
    """The model's part of a turn is over: `reason` is a key of the notices."""

    def __init__(self, reason: str, **values: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


class ModelTurn:
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
        """Exchanges until there is an answer. Raises Failed and ModelError."""
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
                raise Failed("declined")
            guarded = self._guarded(reply.text)
            if not guarded.fails:
                self.withdrawn = [found for _, listed in guarded.withdrawn for found in listed[:1]]
                return self._answer(guarded)
            drafts += 1
            if drafts == 2:
                raise Failed("guard", kinds=", ".join(guarded.kinds))
            yield Step(StepKind.RESTART)
            again = texts()["again"].strip().format(kinds=", ".join(guarded.kinds) or "nothing said")
            self.messages += [Message("assistant", reply.text), Message("user", again)]
        raise Failed("loop")

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
        raise Failed("garbage", sentence=f"the model {self.gate.name} gave no usable answer")

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
                raise Failed("loop")
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
            arguments = arguments_of(call.arguments)
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
        self._done[key] = content_of(result, self.citations)
        return ", ".join(result.codes[:3]) or f"{len(result.sentences)} sentences", arguments, self._done[key]

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


def _marks(sentence: str) -> Sequence[str]:
    return [match[1] for match in CITED.finditer(sentence)]


def _without_marks(sentence: str) -> str:
    bare = CITED.sub("", sentence)
    return " ".join(bare.split()).replace(" .", ".").replace(" ,", ",")

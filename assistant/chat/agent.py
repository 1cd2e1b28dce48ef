"""A turn with a model: it calls the conversation's tools and words an answer over what they found; the guard has the last
word, and whenever the model fails, the answer without it is given and says so.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.chat.briefing import notice
from assistant.chat.guard import Objection
from assistant.chat.model_turn import Failed, ModelTurn
from assistant.chat.outbound import Gate, known_identifiers, open_model
from assistant.chat.steps import Step, StepKind
from assistant.chat.tool import Said, Source, SourceKind, Tool
from assistant.chat.turn import Answer, Context
from assistant.model import ModelError

Plain = Callable[[str, Context], Answer]
"""The conversation without a model."""


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
    turn = ModelTurn(question, context, gate, tools)
    try:
        answer = yield from turn.run()
        notice = turn.notice("model", model=gate.name)
        if turn.withdrawn:
            notice += " " + turn.notice("withdrawn", count=str(len(turn.withdrawn)), kinds=_kinds(turn.withdrawn))
    except Failed as failed:
        yield Step(StepKind.RESTART)
        answer, notice = plain(question, context), turn.notice(failed.reason, **failed.values)
    except ModelError as error:
        yield Step(StepKind.RESTART)
        answer, notice = plain(question, context), turn.notice(error.trouble.value, sentence=str(error))
    yield Step(StepKind.ANSWER, answer=_with_notice(answer, notice), usage=gate.used, notice=notice)


def _kinds(objections: Sequence[Objection]) -> str:
    return ", ".join(dict.fromkeys(objection.what for objection in objections))


def _with_notice(answer: Answer, notice: str) -> Answer:
    """The answer with what is said of the model's part as its last sentence."""
    source = Source(SourceKind.PROGRAM, "docs/concepts-models.md")
    said = (*answer.sentences, Said(notice, (source,)))
    citations = tuple(dict.fromkeys((*answer.citations, source)))
    return replace(answer, text=f"{answer.text}\n{notice}", sentences=said, citations=citations)


__all__ = ["Plain", "Step", "StepKind", "ask", "converse", "steps"]

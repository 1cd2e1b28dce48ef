"""A conversation as a JSON record, so that it can be continued: questions, answers, and the names of the papers."""

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.chat.tool import Said, Source, SourceKind
from assistant.chat.turn import Answer, ToolStep, Turn
from assistant.errors import InputError
from assistant.record import to_record

FORMAT = 1


def answer_record(answer: Answer) -> dict[str, Any]:
    """The answer as JSON: each sentence names its citations by their place in `citations`, from 1."""
    places = {source: number for number, source in enumerate(answer.citations, 1)}
    return {
        "text": answer.text,
        "kind": answer.kind,
        "language": answer.language,
        "sentences": [
            {"text": said.text, "citations": [places[source] for source in said.sources]} for said in answer.sentences
        ],
        "citations": to_record(answer.citations),
        "codes": list(answer.codes),
        "asked": answer.asked,
        "tool_steps": to_record(answer.tool_steps),
        "slots": to_record(dict(answer.slots)),
    }


def session_record(turns: Sequence[Turn], papers: Mapping[str, Any]) -> dict[str, Any]:
    """The whole conversation; `papers` are the arguments that opened what it is about."""
    return {
        "format": FORMAT,
        "papers": dict(papers),
        "turns": [{"question": turn.question, "answer": answer_record(turn.answer)} for turn in turns],
    }


def read_session(record: Any, name: str) -> tuple[tuple[Turn, ...], dict[str, Any]]:
    """The turns and papers of a session record. Raises InputError when it is none of this version."""
    try:
        if record["format"] != FORMAT:
            raise ValueError("another format")
        turns = tuple(Turn(str(one["question"]), _answer(one["answer"])) for one in record["turns"])
        return turns, dict(record["papers"])
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise InputError(f"{name} is no conversation of this version; name a new file to begin one") from error


def _answer(record: Mapping[str, Any]) -> Answer:
    citations = tuple(
        Source(SourceKind(one["kind"]), one["locator"], one["name"], one["text"], one["start"], one["end"])
        for one in record["citations"]
    )
    sentences = tuple(
        Said(one["text"], tuple(citations[number - 1] for number in one["citations"])) for one in record["sentences"]
    )
    steps = tuple(ToolStep(one["tool"], one["arguments"], one["told"]) for one in record["tool_steps"])
    return Answer(
        text=record["text"],
        sentences=sentences,
        citations=citations,
        codes=tuple(record["codes"]),
        asked=record["asked"],
        tool_steps=steps,
        kind=record["kind"],
        slots=record["slots"],
        language=record["language"],
    )

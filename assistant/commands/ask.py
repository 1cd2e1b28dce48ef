"""`superbill ask`: one turn of the conversation, over the named papers or the site's store."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.commands.output import print_json, whole_file
from assistant.errors import InputError
from assistant.services import NO_CONVERSATION, Services, parse_date

if TYPE_CHECKING:
    from assistant.chat.turn import Answer, Context

_PAPERS = ("note", "remit", "claim", "date", "setting", "lang", "audience")


def ask(args: argparse.Namespace) -> int:
    """Print the answer with its sources; `--json` gives the record, `--session` goes on with an earlier conversation."""
    if not args.question.strip():
        raise InputError('there is no question; ask one, e.g. `superbill ask "code for pink eye, left"`')
    services = Services.open()
    answering = services.conversation()
    session = Path(args.session) if args.session else None
    turns, papers = _earlier(session)
    for name in _PAPERS:
        given = getattr(args, name)
        default: Any = {"setting": "outpatient", "lang": "en", "audience": "biller"}.get(
            name, None if name != "remit" else []
        )
        if given != default or name not in papers:
            papers[name] = given
    context = replace(_context(services, papers), turns=turns)
    if args.show_outbound:
        return _outbound(services, args, context)
    answer = _with_model(services, args, context) if args.model else answering(args.question, context)
    if session is not None:
        _keep(session, context, args.question, answer, papers)
    if args.json:
        from assistant.chat.session import answer_record

        print_json(answer_record(answer))
    else:
        _print(answer)
    return 0


def _context(services: Services, papers: dict[str, Any]) -> "Context":
    from assistant.chart.readers import read_note
    from assistant.chat.turn import Context
    from assistant.commands.remittance import usable

    encounter = None
    if papers["claim"]:
        from assistant.review.encounter import read_encounter

        encounter = read_encounter(Path(papers["claim"]))
    named = bool(papers["note"] or papers["remit"] or papers["claim"])
    return Context(
        services,
        note=read_note(Path(papers["note"]), services.settings) if papers["note"] else None,
        encounter=encounter,
        remittances=tuple(usable(name) for name in papers["remit"] or ()),
        date=parse_date(papers["date"]),
        setting=papers["setting"],
        language=papers["lang"],
        audience=papers["audience"],
        use_store=not named,
    )


def _with_model(services: Services, args: argparse.Namespace, context: "Context") -> "Answer":
    """The turn with a model; what happens meanwhile goes to stderr."""
    from assistant.chat.agent import StepKind, steps
    from assistant.chat.outbound import open_model

    gate = open_model(services.settings, args.model, context)
    answer: Answer | None = None
    for step in steps(args.question, context, gate, services.conversation()):
        if step.kind is StepKind.TOOL and step.tool is not None:
            print(f"{step.tool.tool}: {step.tool.told}", file=sys.stderr)
        answer = step.answer or answer
        if step.notice:
            print(step.notice, file=sys.stderr)
    if answer is None:
        raise InputError("the model gave no answer; ask again without --model")
    return answer


def _outbound(services: Services, args: argparse.Namespace, context: "Context") -> int:
    """What a model would be sent at the start of this turn; nothing is sent."""
    from assistant.chat.outbound import known_identifiers, preview
    from assistant.chat.tools import registry
    from assistant.model import Message

    known = [{"name": tool.name} for tool in registry().values()]
    messages = [Message("user", turn.question) for turn in context.turns] + [Message("user", args.question)]
    print_json(preview(services.settings, messages, known, args.model, known_identifiers(context)))
    return 0


def _earlier(session: Path | None) -> tuple[Any, dict[str, Any]]:
    if session is None or not session.is_file():
        return (), {}
    from assistant.chat.session import read_session

    try:
        record = json.loads(session.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{session.name} cannot be read as a conversation; name a new file to begin one") from error
    return read_session(record, session.name)


def _keep(session: Path, context: "Context", question: str, answer: "Answer", papers: dict[str, Any]) -> None:
    from assistant.chat.session import session_record
    from assistant.chat.turn import Turn

    with whole_file(session) as out:
        json.dump(session_record((*context.turns, Turn(question, answer)), papers), out, ensure_ascii=False, indent=1)
        out.write("\n")


def _print(answer: "Answer") -> None:
    places = {source: number for number, source in enumerate(answer.citations, 1)}
    for said in answer.sentences:
        marks = "".join(f" [{places[source]}]" for source in said.sources[:4])
        print(f"{said.text}{marks}")
    if not answer.citations:
        return
    print()
    for source, number in places.items():
        kind = source.kind.value.replace("_", " ")
        name = f"{source.name} " if source.name else ""
        place = f"segment {source.locator}" if source.kind.value == "remittance" else source.locator
        text = " ".join(source.text.split())
        shown = f": {text[:100]}{'...' if len(text) > 100 else ''}" if text else ""
        print(f"  [{number}] {kind}: {name}{place}{shown}")


__all__ = ["NO_CONVERSATION", "ask"]

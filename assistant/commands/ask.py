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
    from collections.abc import Mapping

    from assistant.chat.tool import Said, Source
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
    shown: tuple[Said, ...] = ()
    usage: dict[str, Any] = {}
    if args.model:
        answer, shown, usage = _with_model(services, args, context)
    else:
        answer = answering(args.question, context)
    if session is not None:
        _keep(session, context, args.question, answer, papers)
    if args.json:
        from assistant.chat.session import answer_record

        print_json({**answer_record(answer), **usage})
    else:
        _print(answer, shown)
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


def _with_model(
    services: Services, args: argparse.Namespace, context: "Context"
) -> "tuple[Answer, tuple[Said, ...], dict[str, Any]]":
    """The turn with a model: the answer, the sentences already on the terminal, and what it took. Its steps go to stderr."""
    from assistant.chat.agent import StepKind

    live = sys.stdout.isatty() and not args.json
    answer: Answer | None = None
    shown: list[Said] = []
    usage: dict[str, Any] = {}
    for step in services.converse(args.question, context, args.model):
        if step.kind is StepKind.TOOL and step.tool is not None:
            given = ", ".join(f"{name} {value}" for name, value in step.tool.arguments.items())
            print(f"- {step.tool.tool or 'no such tool'} ({given}): {step.tool.told}", file=sys.stderr)
        elif step.kind is StepKind.WITHDRAWN:
            print(f"- a sentence was withdrawn: it {step.text}", file=sys.stderr)
        elif step.kind is StepKind.SENTENCE and step.said is not None and live:
            shown.append(step.said)
            _say(step.said, _places(tuple(shown)))
            sys.stdout.flush()
        elif step.kind is StepKind.RESTART and shown:
            print("(What was said above does not hold; the answer follows.)")
            shown.clear()
        if step.answer is not None:
            answer = step.answer
            taken = step.usage
            cost = None if taken.cost is None else f"{taken.cost:f}"
            usage = {"usage": {"tokens": taken.tokens, "estimated": taken.estimated, "cost": cost}}
            about = "about " if taken.estimated else ""
            price = "price unknown" if cost is None else f"${cost}" if taken.cost else "no cost"
            print(f"- {args.model}: {about}{taken.tokens} tokens, {price}", file=sys.stderr)
    if answer is None:
        raise InputError("the model gave no answer; ask again without --model")
    return answer, tuple(shown), usage


def _outbound(services: Services, args: argparse.Namespace, context: "Context") -> int:
    """What a model would be sent at the start of this turn; nothing is sent."""
    from assistant.chat.briefing import described, opening
    from assistant.chat.outbound import known_identifiers, preview
    from assistant.chat.tools import registry

    messages, tools = opening(args.question, context), described(registry())
    print_json(preview(services.settings, messages, tools, args.model, known_identifiers(context)))
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


def _print(answer: "Answer", shown: "tuple[Said, ...]" = ()) -> None:
    """The answer, without the sentences at its beginning that are `shown` already, and its sources."""
    if answer.sentences[: len(shown)] != shown:
        shown = ()
    places = {source: number for number, source in enumerate(answer.citations, 1)}
    for said in answer.sentences[len(shown) :]:
        _say(said, places)
    if not answer.citations:
        return
    print()
    for source, number in places.items():
        kind = source.kind.value.replace("_", " ")
        name = f"{source.name} " if source.name else ""
        place = f"segment {source.locator}" if source.kind.value == "remittance" else source.locator
        text = " ".join(source.text.split())
        words = f": {text[:100]}{'...' if len(text) > 100 else ''}" if text else ""
        print(f"  [{number}] {kind}: {name}{place}{words}")


def _say(said: "Said", places: "Mapping[Source, int]") -> None:
    marks = "".join(f" [{places[source]}]" for source in said.sources[:4])
    print(f"{said.text}{marks}")


def _places(said: "tuple[Said, ...]") -> "dict[Source, int]":
    """The numbers that the sources will have in the answer."""
    sources = dict.fromkeys(source for one in said for source in one.sources)
    return {source: number for number, source in enumerate(sources, 1)}


__all__ = ["NO_CONVERSATION", "ask"]

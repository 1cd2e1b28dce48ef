"""The site's store: claims, patients and payments found, and the work list over everything kept."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assistant.chat.tool import Source, SourceKind, Tool, ToolResult
from assistant.chat.tools.common import TEXT, parameters, result, words
from assistant.chat.tools.payments import claims_counted
from assistant.chat.turn import Context
from assistant.remit.naming import shown
from assistant.remit.words import load_words

if TYPE_CHECKING:
    from sqlalchemy import Engine

SHOWN = 10


def engine(context: Context) -> "Engine":
    """The site's store."""
    return context.services.engine


def _find(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    from assistant.remit.finding import find

    say = words(context)
    found = find(engine(context), arguments["query"], SHOWN)
    if not found.claims:
        return result(
            {"query": arguments["query"], "total": 0},
            [say.say("decline.store_none", _entry("find", arguments["query"]))],
        )
    sources = [_entry(one.control_number, one.file, str(one.segment)) for one in found.claims]
    said = [say.say("store.found", *sources, count=claims_counted(context, found.total))]
    for one, source in zip(found.claims, sources, strict=True):
        said.append(
            say.say(
                "store.row",
                source,
                claim=one.control_number,
                patient=shown(one.patient.title()),
                payer=shown(one.payer),
                paid=say.money(one.paid),
                date=one.payment_date or say.text("word.not_stated"),
                share=say.money(one.share),
            )
        )
    if found.total > len(found.claims):
        said.append(say.say("store.more", sources[0], count=found.total - len(found.claims)))
    return result({"query": arguments["query"], "claims": found.claims, "total": found.total}, said)


def _entry(locator: str, file: str = "", segment: str = "") -> Source:
    return Source(SourceKind.STORE, segment or locator, file or locator)


def _queue(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    from assistant.remit.queue import WorkQueue, queue_record

    say, told = words(context), load_words(context.language)
    items = WorkQueue(engine(context)).items(
        dt.date.today(),
        payer=arguments.get("payer", ""),
        reason=arguments.get("reason", ""),
        order=arguments.get("order") or "urgency",
    )
    if not items:
        return result({"items": []}, [say.say("about.queue_none", _entry("worklist"))])
    numbers = {item.work.control_number for item in items}
    sources = [_entry(str(item.number), "worklist") for item in items[:SHOWN]]
    said = [say.say("about.queue", *sources, count=claims_counted(context, len(numbers)))]
    for item, source in zip(items[:SHOWN], sources, strict=False):
        work = item.work
        said.append(
            say.say(
                "store.queue_row",
                source,
                number=item.number,
                claim=work.control_number,
                patient=shown(item.patient.title()),
                action=told.say("action", work.action).lower(),
                amount=f" {say.money(work.amount)}" if work.amount else "",
                status=item.status.replace("_", " "),
                why=work.why,
            )
        )
    if len(items) > SHOWN:
        said.append(say.say("store.more", sources[0], count=len(items) - SHOWN))
    return result({"items": [queue_record(item) for item in items[:50]], "total": len(items)}, said)


TOOLS = (
    Tool(
        "find_in_store",
        "Find kept claims, patients and payments by claim, check or member number, name, payer or date.",
        parameters(["query"], query=TEXT),
        _find,
    ),
    Tool(
        "work_queue",
        "What needs work over everything kept in the store.",
        parameters(
            payer=TEXT,
            reason=TEXT,
            order={"type": "string", "enum": ["urgency", "amount", "age", "payer", "reason", "deadline", ""]},
        ),
        _queue,
    ),
)

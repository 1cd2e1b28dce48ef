"""The site's store: claims, patients and payments found, and the work list over everything kept."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.chat.tool import Said, Source, SourceKind, Tool, ToolResult
from assistant.chat.tools.common import TEXT, parameters, result, words
from assistant.chat.tools.payments import claims_counted
from assistant.chat.turn import Context
from assistant.chat.wording import Wording
from assistant.remit.actions import Action
from assistant.remit.naming import shown
from assistant.remit.words import load_words
from assistant.remit.worklist import SEE_NOTICE

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from assistant.remit.queue import QueueItem

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
    if until := arguments.get("until"):
        dated = [item for item in items if item.work.deadline != SEE_NOTICE]
        due = [item for item in dated if item.work.deadline <= until]
        if not due:
            return result({"items": []}, _nothing_due(say, until, items, dated))
        items = due
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
                status=say.text(f"store.status_{item.status}"),
                why=told.why(Action(work.action, work.amount, work.rule, work.segments, work.codes)),
            )
        )
        if work.deadline != SEE_NOTICE:
            said.append(say.say("store.queue_until", source, day=work.deadline, source=work.deadline_source))
    if len(items) > SHOWN:
        said.append(say.say("store.more", sources[0], count=len(items) - SHOWN))
    return result({"items": [queue_record(item) for item in items[:50]], "total": len(items)}, said)


def _nothing_due(say: Wording, until: str, items: "Sequence[QueueItem]", dated: "Sequence[QueueItem]") -> list[Said]:
    """That nothing has a last day until then; the next one that has, and how many have none that is known."""
    said = [say.say("store.due_none", _entry("worklist"), day=until)]
    if dated:
        item = min(dated, key=lambda item: item.work.deadline)
        source = _entry(str(item.number), "worklist")
        values = {"claim": item.work.control_number, "day": item.work.deadline, "source": item.work.deadline_source}
        said.append(say.say("store.due_next", source, **values))
    if len(items) > len(dated):
        said.append(say.say("store.due_unknown", _entry("worklist"), count=len(items) - len(dated)))
    return said


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
            until={**TEXT, "description": "only what has a last day up to this date, ISO"},
            order={"type": "string", "enum": ["urgency", "amount", "age", "payer", "reason", "deadline", ""]},
        ),
        _queue,
    ),
)

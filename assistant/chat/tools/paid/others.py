"""A claim beside another: the one it repeats, or two compared."""

import datetime as dt
from collections.abc import Sequence

from assistant.chat.papers import OpenClaim, papers_of
from assistant.chat.tool import Said, ToolResult
from assistant.chat.tools.common import result, words
from assistant.chat.tools.paid.claim import Asked, claim_of
from assistant.chat.tools.paid.reasons import why
from assistant.chat.tools.paid.shares import owes
from assistant.chat.tools.paid.whole import everything
from assistant.chat.turn import Context
from assistant.remit.record import claim_record


def duplicate(context: Context, one: OpenClaim, asked: Asked) -> list[Said]:
    """Which claim this one repeats."""
    say, papers = words(context), papers_of(context)
    items = one.adjustments(reason="18")
    if not items:
        return everything(context, one, asked)
    said = [say.say("about.duplicate", one.source(*(item.segment for item in items)), claim=one.number)]
    same = [other for other in papers.claims if other.number != one.number and _alike(one, other)]
    if same:
        first = same[0]
        values = {"first": first.number, "paid": say.money(first.claim.paid)}
        said.append(say.say("about.duplicate_of", first.source(), one.source(), **values))
    else:
        said.append(say.say("about.duplicate_none", one.source()))
    said.append(say.say("about.duplicate_do", one.source(*(item.segment for item in items))))
    return [*said, *owes(context, one, asked)]


def _services(one: OpenClaim) -> tuple[str, ...]:
    return tuple(sorted(line.procedure for line in one.claim.lines))


def _dates(one: OpenClaim) -> tuple[dt.date | None, ...]:
    return tuple(sorted((line.date for line in one.claim.lines), key=str))


def _alike(one: OpenClaim, other: OpenClaim) -> bool:
    return (one.patient, _services(one), _dates(one)) == (other.patient, _services(other), _dates(other))


def compare(context: Context, numbers: Sequence[str]) -> ToolResult:
    """Two claims side by side."""
    say = words(context)
    first, second = (claim_of(context, number) for number in numbers[:2])
    said = [say.say("about.compare", first.source(), second.source(), a=first.number, b=second.number)]
    for one in (first, second):
        days = say.listed([str(day) for day in dict.fromkeys(_dates(one)) if day]) or say.text("word.not_stated")
        values = {"claim": one.number, "patient": one.patient, "date": days, "status": one.claim.status}
        values |= {"services": say.listed(_services(one)), "billed": say.money(one.claim.billed)}
        said.append(say.say("about.compare_row", one.source(), paid=say.money(one.claim.paid), **values))
    differ = [
        say.text(f"about.differ_{name}")
        for name, fact in (("patient", lambda one: one.patient), ("service", _services), ("date", _dates))
        if fact(first) != fact(second)
    ]
    sources = (first.source(), second.source())
    if differ:
        said.append(say.say("about.compare_differ", *sources, parts=say.listed(differ)))
    else:
        said.append(say.say("about.compare_same", *sources))
    for one in (first, second):
        said += duplicate(context, one, {}) if one.adjustments(reason="18") else why(context, one, {})
    return result(
        {"claims": [claim_record(one.claim, one.decision) for one in (first, second)]}, list(dict.fromkeys(said))
    )

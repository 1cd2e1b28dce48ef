"""Claims before they are sent: what a draft would hold, what it lacks, what the scrubber says."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from assistant.chat.tool import Said, Source, SourceKind, Tool, ToolResult
from assistant.chat.tools.common import TEXT, book_on, in_book, parameters, program, question, result, words
from assistant.chat.tools.notes import first_listed, service_date
from assistant.chat.tools.sets import TOOLS as SETS
from assistant.chat.tools.stored import engine
from assistant.chat.turn import Context
from assistant.errors import InputError
from assistant.guidelines.finding import Severity

_FORMS = ("837p", "837i")


def _desk(context: Context) -> Any:
    from assistant.claim.desk import ClaimDesk

    return ClaimDesk(engine(context), context.services.codebook_on(dt.date.today()))


def _field(locator: str) -> Source:
    return Source(SourceKind.CLAIM, locator, "encounter")


def _form(context: Context, arguments: Mapping[str, Any]) -> Any:
    from assistant.claim.claim import ClaimForm

    facility = bool(context.encounter and context.encounter.facility)
    institutional = arguments.get("form") == "837i" or (not arguments.get("form") and facility)
    return ClaimForm.INSTITUTIONAL if institutional else ClaimForm.PROFESSIONAL


def _draft(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    say = words(context)
    if context.encounter is None:
        return _from_note(context)
    try:
        claim = _desk(context).draft(context.encounter, "The encounter", _form(context, arguments), draw=False)
    except InputError as error:
        return result(
            {"drafted": False, "why": str(error)}, [say.say("claim.cannot", _field("encounter"), why=str(error))]
        )
    codes = [item.code for item in claim.diagnoses]
    said = [
        say.say(
            "claim.drafted",
            _field("diagnoses"),
            _field("lines"),
            form=claim.form.value,
            total=say.money(claim.total),
            codes=say.listed(codes),
        )
    ]
    for number, line in enumerate(claim.lines, 1):
        said.append(
            say.say(
                "claim.line",
                _field(f"lines[{number}]"),
                number=number,
                code="-".join((line.procedure or line.revenue_code, *line.modifiers)),
                units=line.units,
                charge=say.money(line.charge),
            )
        )
    said.append(say.say("claim.how", program("docs/concepts-claim.md")))
    return result({"drafted": True, "total": claim.total, "diagnoses": codes}, said, codes)


def _from_note(context: Context) -> ToolResult:
    say = words(context)
    if context.note is None:
        return result({"drafted": False}, [say.say("claim.none", program("docs/concepts-claim.md"))])
    ordered = first_listed(context)
    book = book_on(context, service_date(context))
    said: list[Said] = []
    if ordered:
        named = say.listed([f"{one.code} ({one.description})" for one in ordered])
        said.append(say.say("claim.from_note", *(in_book(book, one.code) for one in ordered), codes=named))
    said.append(say.say("claim.from_note_needs", program("docs/concepts-claim.md")))
    said.append(say.say("claim.how", program("docs/concepts-claim.md")))
    return result({"drafted": False, "diagnoses": [one.code for one in ordered]}, said, [one.code for one in ordered])


def _scrub(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    say = words(context)
    if context.encounter is None:
        if context.note is None:
            return result({"checked": False}, [say.say("claim.none", program("docs/concepts-claim.md"))])
        codes = [one.code for one in first_listed(context)]
        checked = SETS[0].call(context, {"codes": codes}) if codes else None
        said = [say.say("claim.note_check", question()), *(checked.sentences if checked else ())]
        return result({"checked": False, "codes": codes}, said, codes)
    desk = _desk(context)
    try:
        claim = desk.draft(context.encounter, "The encounter", _form(context, arguments), draw=False)
    except InputError as error:
        return result(
            {"drafted": False, "why": str(error)}, [say.say("claim.cannot", _field("encounter"), why=str(error))]
        )
    found = desk.findings([claim], dt.date.today())
    if not found:
        return result({"findings": []}, [say.say("claim.clean", _field("claim"))])
    errors = sum(one.severity is Severity.ERROR for one in found)
    warnings = sum(one.severity is Severity.WARNING for one in found)
    said = [say.say("claim.findings", _field("claim"), errors=errors, warnings=warnings)]
    for one in found[:20]:
        source = Source(SourceKind.GUIDELINE, one.rule, one.source, one.message)
        said.append(say.say("claim.finding", source, rule=one.rule, message=one.message, fix=one.fix))
    return result({"findings": found}, said)


_FORM = {"type": "string", "enum": [*_FORMS, ""]}
TOOLS = (
    Tool(
        "draft_claim",
        "What a claim of the open encounter (or note) would hold and what it lacks. Nothing is written or sent.",
        parameters(form=_FORM),
        _draft,
    ),
    Tool(
        "scrub_claim",
        "What the scrubber says of the open encounter's claim.",
        parameters(form=_FORM, file=TEXT),
        _scrub,
    ),
)

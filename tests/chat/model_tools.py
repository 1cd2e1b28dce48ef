"""A note, a remittance's figures and the tools over them, small and fixed: what a model is given in these tests."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.chat.tool import Said, Source, SourceKind, Tool, ToolError, ToolResult
from assistant.chat.turn import Answer, Context, answer_of
from assistant.services import Services
from assistant.settings import ModelSettings, Settings

DAY = dt.date(2026, 2, 2)
TITLES = {
    "E11.22": "Type 2 diabetes mellitus with diabetic chronic kidney disease",
    "N18.32": "Chronic kidney disease, stage 3b",
    "E11.9": "Type 2 diabetes mellitus without complications",
}
NOTE_TEXT = "Type 2 diabetes with CKD stage 3b. Smokes one pack a day."


def find_code(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    """Codes whose titles hold every word asked for."""
    words = str(arguments["text"]).casefold().split()
    found = [code for code, title in TITLES.items() if all(word in title.casefold() for word in words)]
    if not found:
        raise ToolError("no code is found for these words")
    return _codes(found)


def look_up(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    """One code."""
    code = str(arguments["code"]).upper()
    if code not in TITLES:
        raise ToolError("there is no such code")
    return _codes([code])


def _codes(codes: list[str]) -> ToolResult:
    sources = {code: Source(SourceKind.CODE_BOOK, code, "FY2026 (April)", TITLES[code]) for code in codes}
    return ToolResult(
        {"codes": [{"code": code, "title": TITLES[code], "billable": True} for code in codes]},
        tuple(sources.values()),
        tuple(Said(f"{code} is {TITLES[code]}.", (sources[code],)) for code in codes),
        tuple(codes),
    )


def where_in_note(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    """The whole note, as a passage."""
    text = context.note.text if context.note else NOTE_TEXT
    source = Source(SourceKind.NOTE, f"0-{len(text)}", "note", text, 0, len(text))
    return ToolResult(
        {"passages": [{"text": text, "start": 0}]}, (source,), (Said(f'The note says: "{text}"', (source,)),)
    )


def patient_owes(context: Context, arguments: Mapping[str, Any]) -> ToolResult:
    """What a patient owes on the claim; the payer's message is whatever the remittance holds."""
    message = str(context.memo.get("message", "THANK YOU"))
    source = Source(SourceKind.REMITTANCE, "17, 18", "a.835", message)
    return ToolResult(
        {
            "patient_owes_now": "60.00",
            "billed": "300.00",
            "paid": "140.00",
            "adjustments": [{"group": "CO", "reason": "45", "amount": "100.00"}],
            "payment_date": "2026-01-31",
            "days_to_appeal": 90,
            "message": {"text": message},
        },
        (source,),
        (
            Said("The patient owes $60.00 of the $300.00 billed.", (source,)),
            Said("The plan paid $140.00 on 2026-01-31.", (source,)),
            Said("An appeal must reach the payer within 90 days.", (source,)),
        ),
    )


def _schema(*names: str) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"type": "string"} for name in names}, "required": list(names)}


TOOLS = {
    tool.name: tool
    for tool in (
        Tool("find_code", "find codes by words", _schema("text"), find_code),
        Tool("look_up", "look a code up", _schema("code"), look_up),
        Tool("where_in_note", "find a passage of the open note", _schema("text"), where_in_note),
        Tool("patient_owes", "what the patient owes", _schema(), patient_owes),
    )
}


def plain(question: str, context: Context) -> Answer:
    """The answer without a model."""
    return answer_of((Said("This is the answer by rules.", (Source(SourceKind.PROGRAM, "docs/questions.md"),)),))


def context_of(services: Services, **changes: Any) -> Context:
    """A context on a fixed day."""
    return replace(Context(services=services, date=DAY), **changes)


def settings_of(folder: Path, base: str, remote: bool = False, **changes: Any) -> Settings:
    """Settings with a model at `base`, on this machine or named as a remote one."""
    name = "openai/scripted"
    model = ModelSettings(
        name=name,
        base=base,
        remote=frozenset({name}) if remote else frozenset(),
        timeout=40.0,
        first_token=30.0,
        retries=0,
    )
    return Settings(folder, f"sqlite:///{folder / 'x.db'}", "127.0.0.1", 7860, 2_000_000, replace(model, **changes))

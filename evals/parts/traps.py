"""Assertion traps: one mention per passage, read right or wrong.

Outcome: {id, slices: {assertion, cue}, handled, control, reason_right, wrong: [codes]}; `reason_right` is null when
the mention is not listed among the not-coded ones.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from corpus.codes import CodeSystem, dotted
from evals.cases.trap import TrapCase, load_traps
from evals.metrics import assertions
from evals.metrics.measure import Measure
from evals.metrics.overcoding import codes_disease
from evals.parts.part import Outcome, Part
from evals.tool import Tool


def ask(tool: Tool, cases: Sequence[TrapCase]) -> Iterator[Outcome]:
    """Outcomes of the tool on the traps."""
    assert tool.suggest is not None
    answers = tool.suggest(case.line() for case in cases)
    for case in cases:
        yield outcome(case, next(answers, {"id": case.id, "error": "no line came back"}))


def outcome(case: TrapCase, line: dict[str, Any]) -> Outcome:
    """One answer beside its trap. An error is never handled, not even for a negated mention."""
    failed = "error" in line or str(line.get("id")) != case.id
    selected = [] if failed else [s for s in line.get("suggestions", []) if s.get("selected") and _diagnosis(s)]
    if case.may:
        selected = [s for s in selected if not dotted(s["code"]).startswith(case.may)]
    named = [s for s in selected if dotted(s["code"]).startswith(case.codes)]
    diseases = [s for s in selected if codes_disease(s["code"])]
    citing = [s for s in diseases if any(_touches(case, quote) for quote in s.get("evidence", []))]
    coded = named if case.control else [*named, *(s for s in citing if s not in named)]
    listed = [] if failed else [n for n in line.get("not_coded", []) if _touches(case, n)]
    return {
        "id": case.id,
        "slices": {"assertion": case.assertion.value, "cue": case.cue or "none"},
        "handled": not failed and bool(coded) == case.control,
        "control": case.control,
        "reason_right": any(n["reason"] == case.assertion.value for n in listed)
        if listed and not case.control
        else None,
        "wrong": sorted({dotted(s["code"]) for s in coded}) if not case.control else [],
    }


def _diagnosis(suggestion: dict[str, Any]) -> bool:
    return bool(suggestion.get("system", CodeSystem.ICD10CM) == CodeSystem.ICD10CM)


def _touches(case: TrapCase, quote: dict[str, Any]) -> bool:
    return bool(quote["start"] < case.mention.end and case.mention.start < quote["end"])


def measures(items: Sequence[Outcome]) -> list[Measure]:
    """trap_accuracy and its parts."""
    return assertions.measures(
        [i["handled"] for i in items], [i["control"] for i in items], [i["reason_right"] for i in items]
    )


def slices(items: Sequence[Outcome]) -> dict[str, dict[str, list[Measure]]]:
    """By assertion and by cue."""
    return {
        key: {
            value: measures([item for item in items if item["slices"][key] == value])[:1]
            for value in sorted({item["slices"][key] for item in items})
        }
        for key in ("assertion", "cue")
    }


PART = Part(
    name="traps",
    load=load_traps,
    able=lambda tool: tool.suggest is not None,
    ask=ask,
    measures=measures,
    headline=("trap_accuracy", "trap_negative", "trap_control", "trap_reason_accuracy"),
    slices=slices,
    extras=lambda items: {"worst": [{"id": i["id"], "wrong": i["wrong"]} for i in items if not i["handled"]][:40]},
)
BLIND = dataclasses.replace(PART, name="traps_blind")
"""Traps by an author who had seen none of the rules."""

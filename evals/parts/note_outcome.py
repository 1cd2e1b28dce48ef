"""The outcome of one note: an output line of `suggest --notes` laid beside its gold. The shape is told in `notes.py`."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from corpus.codes import dotted
from evals.cases.note import NoteCase
from evals.metrics import evidence
from evals.parts.part import Outcome
from evals.validity import Billable, billable

SCORED_SYSTEM = "icd10cm"


def outcome(case: NoteCase, line: dict[str, Any], is_billable: Billable = billable) -> Outcome:
    """One output line of `suggest --notes`, laid beside its gold. A line of another id counts as an error."""
    word_spans = evidence.words(case.text)

    def span(start: int, end: int) -> list[int]:
        quote = evidence.quote(start, end, word_spans)
        return [quote.start, quote.end, quote.first_word, quote.end_word]

    error = line.get("error") or (None if str(line.get("id")) == case.id else "the answer is for another note")
    day = case.date_of_service
    length = len(word_spans)
    result: Outcome = {
        "id": case.id,
        "slices": {
            "specialty": case.specialty,
            "style": case.style,
            "setting": case.setting.value,
            "split": case.split,
            "length": "under 150 words"
            if length < 150
            else "150 to 499 words"
            if length < 500
            else "500 words or more",
            **case.extra,
        },
        "gold": [{"code": g.code, "evidence": [span(s.start, s.end) for s in g.evidence]} for g in case.gold],
        "must_not": [
            {"start": m.span.start, "end": m.span.end, "reason": m.reason.value, "codes": list(m.codes)}
            for m in case.must_not
        ],
        "suggestions": [],
        "not_coded": [],
    }
    if error:
        return {**result, "error": str(error)[:200]}
    ranked = sorted(line.get("suggestions", []), key=lambda s: s["rank"])
    for suggestion in ranked:
        if suggestion.get("system", SCORED_SYSTEM) != SCORED_SYSTEM:
            continue
        result["suggestions"].append(_suggestion(suggestion, case.text, day, span, is_billable))
    result["not_coded"] = [
        {"start": n["start"], "end": n["end"], "reason": n["reason"]} for n in line.get("not_coded", [])
    ]
    stages = {name: _reached(case, spans) for name, spans in line.get("read", {}).items()}
    for name, codes in line.get("stages", {}).items():
        stages[name] = list(dict.fromkeys(dotted(code) for code in codes))
    if stages:
        result["stages"] = stages
    return result


def _reached(case: NoteCase, spans: Sequence[Sequence[int]]) -> list[str]:
    """Gold codes with evidence that one of `spans` overlaps, and those without evidence of their own."""
    return [
        gold.code
        for gold in case.gold
        if not gold.evidence or any(s.start < end and start < s.end for s in gold.evidence for start, end in spans)
    ]


def _suggestion(
    record: dict[str, Any], text: str, day: dt.date, span: Callable[[int, int], list[int]], is_billable: Billable
) -> dict[str, Any]:
    code = dotted(record["code"])
    quotes = record.get("evidence", [])
    probability = record.get("probability")
    return {
        "code": code,
        # Six decimals: what the order of float additions changes between two runs must not change the file.
        "probability": None if probability is None else round(float(probability), 6),
        "selected": bool(record.get("selected", False)),
        **({"sequence": record["sequence"]} if record.get("sequence") is not None else {}),
        "billable": is_billable(code, day),
        "evidence": [span(q["start"], q["end"]) for q in quotes],
        "verbatim": [q.get("text") is None or text[q["start"] : q["end"]] == q["text"] for q in quotes],
    }

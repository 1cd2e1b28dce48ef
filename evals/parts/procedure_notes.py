"""Procedures in notes: HCPCS codes with units, and ICD-10-PCS tables, against what the note supports.

Outcome: {id, slices: {kind, split}, gold, proposed, tables, proposed_tables: codes; units_right, codes_right: flags of the codes
and tables that are right; verbatim: a flag per citation}. A HCPCS code counts as proposed from probability 0.5 on: what hangs on
the payer or on a kind that the note does not tell stands below. A whole code is right when it is the gold's, or is left open
where the gold is open.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from corpus.codes import CodeSystem
from evals.cases.procedure_note import ProcedureCase, load_procedures
from evals.metrics.measure import Measure, ratio_of
from evals.parts.part import Outcome, Part
from evals.tool import Tool

PROPOSED = 0.5


def ask(tool: Tool, cases: Sequence[ProcedureCase]) -> Iterator[Outcome]:
    """Outcomes of the tool on the cases; a line it drops or answers with an error proposes nothing."""
    assert tool.suggest is not None
    answers = tool.suggest(case.line() for case in cases)
    for case in cases:
        yield outcome(case, next(answers, {"id": case.id, "error": "no line came back"}))


def outcome(case: ProcedureCase, line: dict[str, Any]) -> Outcome:
    """One answer beside its case."""
    failed = "error" in line or str(line.get("id")) != case.id
    listed = [] if failed else [one for one in line["suggestions"] if one["system"] == CodeSystem.HCPCS]
    counted = [one for one in listed if one["probability"] >= PROPOSED and one["code"] not in case.unscored]
    units = {one["code"]: (one.get("billing") or {}).get("units") for one in counted}
    found = [] if failed else line.get("procedure_tables", [])
    tables = {one["table"]: one["code"] for one in found if not one["table"].startswith(case.unscored or ("-",))}
    cited = [words for one in (*listed, *found) for words in one["evidence"]]
    cited += [words for one in found for axis in one["axes"] for words in axis["evidence"]]
    return {
        "id": case.id,
        "slices": {"kind": case.kind, "split": case.split},
        "gold": sorted(case.units),
        "proposed": sorted(units),
        "tables": sorted(case.tables),
        "proposed_tables": sorted(tables),
        "units_right": [units[code] == case.units[code] for code in sorted(units) if code in case.units],
        "codes_right": [tables[table] == case.tables[table] for table in sorted(tables) if table in case.tables],
        "verbatim": [case.text[words["start"] : words["end"]] == words["text"] for words in cited],
    }


def measures(items: Sequence[Outcome]) -> list[Measure]:
    """Precision and recall of HCPCS codes and of tables, units and whole codes among the right ones, evidence verbatim."""

    def shared(item: Outcome, gold: str, proposed: str) -> int:
        return len(set(item[gold]) & set(item[proposed]))

    codes = [shared(item, "gold", "proposed") for item in items]
    tables = [shared(item, "tables", "proposed_tables") for item in items]

    def flags(name: str, key: str) -> Measure:
        return ratio_of(name, [sum(item[key]) for item in items], [len(item[key]) for item in items])

    return [
        ratio_of("hcpcs_precision", codes, [len(item["proposed"]) for item in items]),
        ratio_of("hcpcs_recall", codes, [len(item["gold"]) for item in items]),
        flags("units_right", "units_right"),
        ratio_of("table_precision", tables, [len(item["proposed_tables"]) for item in items]),
        ratio_of("table_recall", tables, [len(item["tables"]) for item in items]),
        flags("pcs_code_right", "codes_right"),
        flags("procedure_evidence_verbatim", "verbatim"),
    ]


def slices(items: Sequence[Outcome]) -> dict[str, dict[str, list[Measure]]]:
    """By kind of encounter and by split."""
    return {
        key: {
            value: measures([item for item in items if item["slices"][key] == value])
            for value in sorted({item["slices"][key] for item in items})
        }
        for key in ("kind", "split")
    }


PART = Part(
    name="procedure_notes",
    load=load_procedures,
    able=lambda tool: tool.suggest is not None and CodeSystem.HCPCS in tool.systems,
    ask=ask,
    measures=measures,
    headline=(
        "hcpcs_precision",
        "hcpcs_recall",
        "units_right",
        "table_precision",
        "table_recall",
        "pcs_code_right",
        "procedure_evidence_verbatim",
    ),
    slices=slices,
)

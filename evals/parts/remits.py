"""Remittances: exact money, the balance verdict and the next actions.

Outcome: {id, slices: {kind}, money: {path: bool}, balanced: {path: bool}, actions: {claim: [expected, found, shared]}}.
`actions_f1` pools the actions of all claims; `balance_right` the verdicts.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from evals.cases.remittance import RemitCase, at, load_remits
from evals.metrics import money
from evals.metrics.measure import Measure, of_sums, ratio_of
from evals.metrics.set_scores import f1_of_sums
from evals.parts.part import Outcome, Part
from evals.tool import Tool


def ask(tool: Tool, cases: Sequence[RemitCase]) -> Iterator[Outcome]:
    """Outcomes of the tool on the remittances; money, verdicts and actions are looked up in the first transaction."""
    assert tool.remit is not None
    for case in cases:
        transactions = tool.remit(case.x12).get("transactions", [])
        yield outcome(case, transactions[0] if transactions else {})


def outcome(case: RemitCase, transaction: dict[str, Any]) -> Outcome:
    """One transaction record beside what it must give."""
    found = {path: value for path in case.money if (value := _look(transaction, path)) is not _ABSENT}
    actions = {}
    for claim, expected in case.actions.items():
        listed = _look(transaction, f"claims/{claim}/actions")
        got = set() if listed is _ABSENT else {entry["action"] for entry in listed}
        actions[claim] = [len(set(expected)), len(got), len(got & set(expected))]
    return {
        "id": case.id,
        "slices": {"kind": case.kind},
        "money": money.field_flags(case.money, found),
        "balanced": {path: _look(transaction, path) is verdict for path, verdict in case.balanced.items()},
        "actions": actions,
    }


_ABSENT = object()


def _look(transaction: dict[str, Any], path: str) -> Any:
    try:
        return at(transaction, path)
    except KeyError:
        return _ABSENT


def measures(items: Sequence[Outcome]) -> list[Measure]:
    """money_exact, money_case_exact, balance_right, actions_f1."""
    rows = [
        [sum(part) for part in zip(*((s, g - s, e - s) for e, g, s in i["actions"].values()), strict=True)] or [0, 0, 0]
        for i in items
    ]
    return [
        *money.measures([list(i["money"].values()) for i in items]),
        ratio_of("balance_right", [sum(i["balanced"].values()) for i in items], [len(i["balanced"]) for i in items]),
        of_sums("actions_f1", rows, f1_of_sums),
    ]


PART = Part(
    name="remit",
    load=load_remits,
    able=lambda tool: tool.remit is not None,
    ask=ask,
    measures=measures,
    headline=("money_exact", "money_case_exact", "balance_right", "actions_f1"),
    extras=lambda items: {
        "worst": [
            {"id": i["id"], "wrong": [path for path, right in {**i["money"], **i["balanced"]}.items() if not right]}
            for i in items
            if not all([*i["money"].values(), *i["balanced"].values()])
        ][:40]
    },
)

"""Assertions: the label of a mention, asked for directly.

Outcome: {id, slices: {assertion}, expected, found}.
"""

from collections.abc import Iterator, Sequence

from evals.cases.assertion import AssertionCase, load_assertions
from evals.metrics import labels
from evals.metrics.measure import Measure
from evals.parts.part import Outcome, Part
from evals.tool import Tool


def ask(tool: Tool, cases: Sequence[AssertionCase]) -> Iterator[Outcome]:
    """Outcomes of the tool on the mentions."""
    assert tool.classify is not None
    for case in cases:
        found = tool.classify(case.text, case.mention.start, case.mention.end)
        expected = case.assertion.value
        yield {"id": case.id, "slices": {"assertion": expected}, "expected": expected, "found": found}


def measures(items: Sequence[Outcome]) -> list[Measure]:
    """The label metrics."""
    return labels.measures([i["expected"] for i in items], [i["found"] for i in items])


def slices(items: Sequence[Outcome]) -> dict[str, dict[str, list[Measure]]]:
    """Accuracy by label: the recall of that label."""
    values = sorted({item["expected"] for item in items})
    return {
        "assertion": {value: measures([item for item in items if item["expected"] == value])[:1] for value in values}
    }


PART = Part(
    name="assertions",
    load=load_assertions,
    able=lambda tool: tool.classify is not None,
    ask=ask,
    measures=measures,
    headline=("assertion_accuracy", "assertion_macro_f1", "false_present", "lost_present"),
    lower_is_better=frozenset({"false_present", "lost_present"}),
    slices=slices,
    extras=lambda items: {
        "worst": [
            {"id": i["id"], "expected": i["expected"], "found": i["found"]}
            for i in items
            if i["expected"] != i["found"]
        ][:40]
    },
)

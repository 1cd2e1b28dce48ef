"""Guideline rules: does the right finding come, and does a clean set stay quiet?

Outcome: {id, slices: {origin, section}, clean, met: [bool], noise: number of errors and warnings that nobody expected,
forbidden: number of findings of rules that the case forbids}.
`rules_found` = expected findings met / expected; `clean_quiet` = clean sets without error or warning / clean sets.
A case that fails is one with no finding met, and, when clean, not quiet.
"""

from collections.abc import Iterator, Sequence

from assistant.errors import SuperbillError
from corpus.codes import dotted
from evals.cases.rule import RuleCase, load_rules
from evals.metrics.measure import Measure, mean_of, ratio_of
from evals.parts.part import Outcome, Part
from evals.tool import Tool


def ask(tool: Tool, cases: Sequence[RuleCase]) -> Iterator[Outcome]:
    """Outcomes of the tool on the sets of codes."""
    assert tool.check is not None
    for case in cases:
        result: Outcome = {
            "id": case.id,
            "slices": {"origin": case.origin, "section": case.expect[0].section if case.expect else "clean"},
            "clean": case.clean,
            "met": [False] * len(case.expect),
            "noise": 0,
            "forbidden": 0,
        }
        line = {
            "codes": list(case.codes),
            "setting": case.setting.value,
            "date_of_service": case.date_of_service,
            "sex": case.sex,
            "age": case.age,
        }
        try:
            findings = tool.check(line)
        except SuperbillError:
            yield {**result, "error": "the set could not be checked", "noise": 1}
            continue
        named = [(f["severity"], frozenset(dotted(code) for code in f["codes"])) for f in findings]
        result["met"] = [any(e.met_by(*finding) for finding in named) for e in case.expect]
        result["noise"] = sum(
            severity != "info" and not any(e.met_by(severity, codes) for e in case.expect) for severity, codes in named
        )
        result["forbidden"] = sum(finding["rule"] in case.forbid for finding in findings)
        yield result


def measures(items: Sequence[Outcome]) -> list[Measure]:
    """rules_found, clean_quiet, noise_per_set, forbidden_per_set."""
    return [
        ratio_of("rules_found", [sum(i["met"]) for i in items], [len(i["met"]) for i in items]),
        mean_of("clean_quiet", [float(i["noise"] == 0) if i["clean"] else None for i in items]),
        mean_of("noise_per_set", [float(i["noise"]) for i in items]),
        mean_of("forbidden_per_set", [float(i["forbidden"]) for i in items]),
    ]


def slices(items: Sequence[Outcome]) -> dict[str, dict[str, list[Measure]]]:
    """By the file a case came from: cases written beside the rules, and cases written without looking at them."""
    origins = sorted({item["slices"]["origin"] for item in items})
    return {"origin": {o: measures([item for item in items if item["slices"]["origin"] == o]) for o in origins}}


PART = Part(
    name="rules",
    load=load_rules,
    able=lambda tool: tool.check is not None,
    ask=ask,
    measures=measures,
    headline=("rules_found", "clean_quiet", "noise_per_set"),
    lower_is_better=frozenset({"noise_per_set", "forbidden_per_set"}),
    slices=slices,
    extras=lambda items: {
        "worst": [
            {"id": i["id"], "met": i["met"], "noise": i["noise"]}
            for i in items
            if not all(i["met"]) or (i["clean"] and i["noise"])
        ][:40]
    },
)

"""Search: is the code a coder meant among the first hits?

Outcome: {id, slices: {kind, split}, rank, first}: the rank of the first right answer among the first K hits (null
when none), and the code that stood first.
"""

import dataclasses
from collections.abc import Iterator, Sequence

from corpus.codes import CodeSystem
from evals.cases.search import SearchCase, load_searches
from evals.metrics import recall_at_k, reciprocal_rank
from evals.metrics.measure import Measure
from evals.parts.part import Outcome, Part
from evals.tool import Tool

K = 50
HIT_AT = (1, 5, 10, 50)


def ask(tool: Tool, cases: Sequence[SearchCase]) -> Iterator[Outcome]:
    """Outcomes of the tool on the queries."""
    assert tool.search is not None
    for case in cases:
        codes = tool.search([case.query], K, case.system)[0][:K]
        rank = next((place for place, code in enumerate(codes, 1) if case.answers(code)), None)
        yield {
            "id": case.id,
            "slices": {"kind": case.kind, "split": case.split},
            "rank": rank,
            "first": codes[0] if codes else None,
        }


def measures(items: Sequence[Outcome]) -> list[Measure]:
    """hit_at_k and mrr."""
    ranks = [item["rank"] for item in items]
    return [*(recall_at_k.hit_at_k(ranks, k) for k in HIT_AT), reciprocal_rank.measure(ranks)]


def slices(items: Sequence[Outcome]) -> dict[str, dict[str, list[Measure]]]:
    """By kind of query and by split."""
    return {
        key: {
            value: measures([item for item in items if item["slices"][key] == value])
            for value in sorted({item["slices"][key] for item in items})
        }
        for key in ("kind", "split")
    }


PART = Part(
    name="search",
    load=load_searches,
    able=lambda tool: tool.search is not None and CodeSystem.ICD10CM in tool.systems,
    ask=ask,
    measures=measures,
    headline=("hit_at_1", "hit_at_5", "hit_at_10", "mrr"),
    slices=slices,
    extras=lambda items: {"worst": [{"id": i["id"], "first": i["first"]} for i in items if not i["rank"]][:40]},
)

BLIND = dataclasses.replace(PART, name="search_blind")
"""Queries by an author who had not seen the word lists or the search."""
PROCEDURES = dataclasses.replace(
    PART, name="procedures", able=lambda tool: tool.search is not None and CodeSystem.ICD10PCS in tool.systems
)
"""Blind phrases whose answer is an ICD-10-PCS table (three characters)."""
SUPPLIES = dataclasses.replace(
    PART, name="supplies", able=lambda tool: tool.search is not None and CodeSystem.HCPCS in tool.systems
)
"""Blind queries for HCPCS Level II."""

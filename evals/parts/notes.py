"""Notes: suggested codes against the gold of each encounter.

Outcome: {id, slices, gold: [{code, evidence}], must_not: [{start, end, reason, codes}], suggestions: [{code,
probability, selected, sequence?, billable, evidence, verbatim}], not_coded: [{start, end, reason}], stages?, error?}. A span is
[start, end, first word, end word]; no text of the note is kept. Only suggestions of systems that the gold uses
(ICD-10-CM) are scored.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from evals.cases.note import NoteCase, load_notes
from evals.chapters import chapter
from evals.metrics import (
    average_precision,
    calibration,
    coverage,
    evidence,
    exact_set,
    hierarchical,
    invalid_codes,
    ndcg,
    overcoding,
    r_precision,
    recall_at_k,
    reciprocal_rank,
    set_scores,
)
from evals.metrics.measure import Measure, mean_of
from evals.parts.note_outcome import outcome
from evals.parts.part import Outcome, Part
from evals.tool import Tool

RECALL_AT = (1, 5, 10, 20, 50)
PRECISIONS = (0.7, 0.8, 0.9, 0.95)


def ask(tool: Tool, cases: Sequence[NoteCase]) -> Iterator[Outcome]:
    """Outcomes of the tool on the cases; a line it drops or answers with an error has no suggestion."""
    assert tool.suggest is not None
    answers = tool.suggest(case.line() for case in cases)
    for case in cases:
        yield outcome(case, next(answers, {"id": case.id, "error": "no line came back"}))


def gold_of(item: Outcome) -> frozenset[str]:
    """The gold codes."""
    return frozenset(gold["code"] for gold in item["gold"])


def ranked_of(item: Outcome) -> list[str]:
    """The codes as ranked."""
    return [suggestion["code"] for suggestion in item["suggestions"]]


def selected_of(item: Outcome) -> frozenset[str]:
    """The set that the tool would code."""
    return frozenset(suggestion["code"] for suggestion in item["suggestions"] if suggestion["selected"])


def first_of(item: Outcome) -> str | None:
    """The code that the tool lists first: the selected one with sequence 1, else the selected one of the best rank."""
    chosen = _chosen(item)
    return next((s["code"] for s in chosen if s.get("sequence") == 1), chosen[0]["code"] if chosen else None)


def measures(items: Sequence[Outcome]) -> list[Measure]:
    """Everything about notes that has one number."""
    gold, ranked, selected = _views(items)
    stated = stated_of(items)
    first = [float(first_of(item) == item["gold"][0]["code"]) if item["gold"] else None for item in items]
    return [
        *set_scores.measures(gold, selected),
        exact_set.measure(gold, selected),
        mean_of("first_listed", first),
        *(recall_at_k.measure(gold, ranked, k) for k in RECALL_AT),
        recall_at_k.measure_at_max(gold, ranked, 10),
        recall_at_k.measure_mean(gold, ranked, 10),
        average_precision.measure(gold, ranked),
        ndcg.measure(gold, ranked, 10),
        r_precision.measure(gold, ranked),
        reciprocal_rank.measure([reciprocal_rank.first_right(g, r) for g, r in zip(gold, ranked, strict=True)]),
        *hierarchical.measures(gold, selected),
        *evidence.measures([_quotes(item["gold"]) for item in items], [_quotes(_chosen(item)) for item in items]),
        evidence.verbatim([[flag for s in item["suggestions"] for flag in s["verbatim"]] for item in items]),
        *overcoding.measures(gold, selected),
        overcoding.trap_rate([traps_sprung(item) for item in items]),
        invalid_codes.measure([[s["billable"] for s in item["suggestions"]] for item in items]),
        *calibration.measures(stated),
        *(coverage.measure(stated, [len(g) for g in gold], precision) for precision in PRECISIONS),
        mean_of("failed_notes", [float("error" in item) for item in items]),
    ]


def stated_of(items: Sequence[Outcome]) -> list[list[tuple[float, bool]]]:
    """(probability, right) of every suggestion with a probability, per note."""
    return [
        [(s["probability"], s["code"] in gold_of(item)) for s in item["suggestions"] if s["probability"] is not None]
        for item in items
    ]


def traps_sprung(item: Outcome) -> list[bool]:
    """One flag per must-not mention: a selected code outside the gold cites it or is one that it names."""
    gold = _quotes(item["gold"])
    wrong = [s for s in _chosen(item) if s["code"] not in gold]
    flags = []
    for mention in item["must_not"]:
        cited = any(
            q[0] < mention["end"] and mention["start"] < q[1] and overcoding.codes_disease(s["code"])
            for s in wrong
            for q in s["evidence"]
        )
        named = any(s["code"].startswith(tuple(mention["codes"])) for s in wrong) if mention["codes"] else False
        flags.append(cited or named)
    return flags


def slices(items: Sequence[Outcome]) -> dict[str, dict[str, list[Measure]]]:
    """By every slice key of the cases, by chapter of the code, and by how often a code occurs in the gold."""
    result: dict[str, dict[str, list[Measure]]] = {}
    for key in sorted({key for item in items for key in item["slices"]}):
        values = sorted({item["slices"][key] for item in items if key in item["slices"]})
        result[key] = {
            value: _short(*_views([item for item in items if item["slices"].get(key) == value])) for value in values
        }
    gold, ranked, selected = _views(items)
    names = sorted({chapter(code) for codes in gold for code in codes})
    result["chapter"] = {
        name: _short(*_kept(gold, ranked, selected, lambda c, n=name: chapter(c) == n)) for name in names
    }
    times = {code: sum(code in codes for codes in gold) for codes in gold for code in codes}
    result["gold_frequency"] = {
        "in one note": _short(*_kept(gold, ranked, selected, lambda code: times.get(code, 0) <= 1)),
        "in two notes or more": _short(*_kept(gold, ranked, selected, lambda code: times.get(code, 0) > 1)),
    }
    return result


def extras(items: Sequence[Outcome]) -> dict[str, Any]:
    """Reliability bins, recall after each stage, and the notes that went worst."""
    gold, ranked, selected = _views(items)
    names = list(dict.fromkeys(name for item in items for name in item.get("stages", {})))
    stages = {
        name: recall_at_k.measure(gold, [item.get("stages", {}).get(name, []) for item in items], 10**6)
        for name in names
    }
    stages["listed"] = recall_at_k.measure(gold, ranked, 10**6)
    stages["selected"] = recall_at_k.measure(gold, [sorted(s) for s in selected], 10**6)
    worst = sorted(
        (set_scores.note_f1(g, s), item["id"], sorted(g - s), sorted(s - g))
        for g, s, item in zip(gold, selected, items, strict=True)
        if g != s
    )
    bins = calibration.reliability(stated_of(items))
    return {
        "reliability": [{"low": b.low, "high": b.high, "n": b.n, "stated": b.stated, "right": b.right} for b in bins],
        "stages": {name: _plain(measure.value) for name, measure in stages.items()},
        "worst": [
            {"id": case_id, "note_f1": round(f1, 4), "missed": missed, "wrong": wrong}
            for f1, case_id, missed, wrong in worst[:12]
        ],
    }


def _plain(value: float) -> float | None:
    return round(value, 6) if value == value else None


def _views(items: Sequence[Outcome]) -> tuple[list[frozenset[str]], list[list[str]], list[frozenset[str]]]:
    return [gold_of(i) for i in items], [ranked_of(i) for i in items], [selected_of(i) for i in items]


def _kept(
    gold: list[frozenset[str]], ranked: list[list[str]], selected: list[frozenset[str]], keep: Callable[[str], bool]
) -> tuple[list[frozenset[str]], list[list[str]], list[frozenset[str]]]:
    """The same notes with only the codes that `keep` takes; ranks are those of the whole list, so ranks stay honest."""
    return (
        [frozenset(filter(keep, codes)) for codes in gold],
        ranked,
        [frozenset(filter(keep, codes)) for codes in selected],
    )


def _short(gold: list[frozenset[str]], ranked: list[list[str]], selected: list[frozenset[str]]) -> list[Measure]:
    wanted = ("micro_precision", "micro_recall", "micro_f1")
    chosen = [measure for measure in set_scores.measures(gold, selected) if measure.name in wanted]
    return [*chosen, recall_at_k.measure(gold, ranked, 20)]


def _chosen(item: Outcome) -> list[dict[str, Any]]:
    return [suggestion for suggestion in item["suggestions"] if suggestion["selected"]]


def _quotes(entries: Sequence[dict[str, Any]]) -> dict[str, list[evidence.Quote]]:
    return {entry["code"]: [evidence.Quote(*span) for span in entry["evidence"]] for entry in entries}


PART = Part(
    name="notes",
    load=load_notes,
    able=lambda tool: tool.suggest is not None,
    ask=ask,
    measures=measures,
    headline=(
        "micro_f1",
        "micro_precision",
        "micro_recall",
        "recall_at_10",
        "recall_at_20",
        "recall_at_50",
        "trap_rate",
    ),
    lower_is_better=frozenset({"trap_rate", "overcoding_rate", "invalid_code_rate", "ece", "brier", "failed_notes"}),
    slices=slices,
    extras=extras,
)

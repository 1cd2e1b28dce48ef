"""Fit what `suggest` has learnt: `python -m evals.train_ranking CASES.jsonl... [--texts NOTES.jsonl] [--keep-order] [--dry-run]`.

Two models, one after the other, both with a fixed seed and written to `assistant/suggest/rules`:

- `refinement.json`: weights that order the candidates of one mention, a conditional logit over `refinement.FEATURES`. Its cases
  are mentions that overlap the evidence of a gold code which is among their candidates.
- `ranking.json`: shallow boosted trees (scikit-learn) over `ranking.features`. A code of a note is a positive when the gold
  holds it, or a combination code that replaces it.

The threshold is the one with the best micro F1 of the whole selection on notes that the trees did not see (five folds by note),
like the printed scores; the order's few weights have seen all notes. Never give it a test split: cases whose `split` is `test` or
`report` are left out.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.chart.note import Note as NoteText
from assistant.chart.sections import sections
from assistant.guidelines.relations import combination_for
from assistant.services import Services
from assistant.suggest.engine import Examined
from assistant.suggest.lines import Request, read_line
from assistant.suggest.ranking import PLAN, Features, Trees, Weights
from assistant.suggest.refinement import FEATURES

SEED = 20261109
FOLDS = 5
RULES = Path(__file__).resolve().parents[1] / "assistant" / "suggest" / "rules"
THRESHOLDS = tuple(round(0.2 + 0.02 * step, 2) for step in range(12))
DEPTH = 3
LEADING = {"n_estimators": 150, "learning_rate": 0.06, "min_samples_leaf": 12, "subsample": 0.7, "max_features": 0.3}
OTHERS = LEADING | {"n_estimators": 60}
PENALTY = 3.0
"""L2 penalty on the weights of the order, on features of unit deviation."""
LEVEL = 0.006
"""Micro F1 within which thresholds are as good as the best. One in the lower third is taken: a code to strike out costs a coder
less than one to find."""
SHORTEST = 60
"""Code points from which a plan alone is learnt from."""
SIGNS = {
    **dict.fromkeys(
        ("cosine", "lexical", "exact", "said", "share", "clause_gain", "block_gain", "whole", "whole_in_block"),
        (0, None),
    ),
    **dict.fromkeys(
        (
            "unsaid",
            "unsaid_in_block",
            "unsaid_in_note",
            "contradicted",
            "number",
            "passed_over",
            "unspecified_beside",
        ),
        (None, 0),
    ),
    "elsewhere": (None, -2.0),
    "other": (None, -2.0),
    "unspecified": (-0.6, 0),
    "overreaching": (None, -1.0),
}
"""Limits of the order's weights: more that is said never counts against a code, more that nobody says never for it. A code for
"diseases classified elsewhere" is the rare one: there are too few in the notes to learn it."""


@dataclass(frozen=True, slots=True)
class Note:
    """A labelled note, read and searched."""

    request: Request
    seen: Examined
    gold: Mapping[str, tuple[tuple[int, int], ...]]
    """Code -> where its evidence stands."""
    excerpt: "Note | None" = None
    """Its plan alone: what is pasted when nobody has the whole note. Learnt from, never scored."""


def load(paths: Sequence[Path], texts: Path | None, services: Services) -> list[Note]:
    """Notes read and searched, with their gold codes."""
    outside = {}
    if texts:
        outside = {line["id"]: line for line in map(json.loads, texts.read_text(encoding="utf-8").splitlines())}
    notes = []
    for path in paths:
        for case in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            if case.get("split") in ("test", "report"):
                continue
            line = {"date_of_service": "2026-02-02"} | outside.get(case["id"], {}) | case
            request = read_line(line, services.settings)
            gold = {
                entry["code"]: tuple((span["start"], span["end"]) for span in entry["evidence"])
                for entry in case["gold"]
            }
            notes.append(Note(request, services.suggester.examine(request), gold, _excerpt(request, gold, services)))
    return notes


def _excerpt(request: Request, gold: Mapping[str, tuple[tuple[int, int], ...]], services: Services) -> Note | None:
    """The first section of the note that names its problems, with the gold codes whose evidence stands there."""
    plan = next((part.span for part in sections(request.note) if part.kind in PLAN and part.heading), None)
    if plan is None or plan.end - plan.start < SHORTEST:
        return None
    inside = {
        code: tuple(
            (start - plan.start, end - plan.start) for start, end in spans if plan.start <= start and end <= plan.end
        )
        for code, spans in gold.items()
    }
    part = replace(request, note=NoteText(request.note.id, request.note.at(plan)))
    return Note(part, services.suggester.examine(part), {code: spans for code, spans in inside.items() if spans})


def orders(note: Note) -> list[tuple[Any, Any]]:
    """Per mention that means a gold code: the values of its candidates (candidates, features), and which are gold."""
    found = []
    for mention, listed in note.seen.candidates.items():
        meant = {
            code
            for code, spans in note.gold.items()
            if any(mention.span.start < end and start < mention.span.end for start, end in spans)
        }
        right = np.array([candidate.code.code in meant for candidate in listed])
        if right.any() and not right.all():
            found.append((np.array([candidate.values for candidate in listed]), right))
    return found


def fit_order(notes: Iterable[Note]) -> dict[str, float]:
    """Weights by feature name under which the gold candidates of a mention are likeliest among its candidates."""
    from scipy.optimize import minimize

    groups = [group for note in notes for group in orders(note)]
    scale = np.concatenate([values for values, _ in groups]).std(0) + 1e-6

    def loss(weights: Any) -> tuple[float, Any]:
        total, slope = PENALTY * float(weights @ weights) / 2, PENALTY * weights
        for values, right in groups:
            odds = np.exp((scores := (values / scale) @ weights) - scores.max())
            share = odds / odds.sum()
            gold = share * right
            total -= float(np.log(gold.sum() + 1e-12))
            slope = slope - (gold / (gold.sum() + 1e-12) - share) @ (values / scale)
        return total, slope

    limits = [SIGNS.get(name, (None, None)) for name in FEATURES]
    bounds = [
        tuple(None if end is None else end * one for end in limit) for limit, one in zip(limits, scale, strict=True)
    ]
    fitted = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B", bounds=bounds).x / scale
    return {name: round(float(weight), 4) for name, weight in zip(FEATURES, fitted, strict=True)}


def rows(note: Note) -> list[tuple[Features, int]]:
    """Features and label of every code of a note."""
    leading = [listed[0].code.code for listed, found in note.seen.codes if found.leading]
    absorbed = {
        code for proposal in combination_for(leading) if set(note.gold) & set(proposal.add) for code in proposal.drop
    }
    return [
        (found, int(listed[0].code.code in note.gold or listed[0].code.code in absorbed))
        for listed, found in note.seen.codes
    ]


def fit_trees(listed: Sequence[tuple[Features, int]], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Boosted trees as the rule file holds them."""
    from sklearn.ensemble import GradientBoostingClassifier

    names = sorted({name for found, _ in listed for name in found.values})
    table = np.array([[found.values.get(name, 0.0) for name in names] for found, _ in listed])
    model = GradientBoostingClassifier(max_depth=DEPTH, random_state=SEED, **settings)
    model.fit(table, np.array([label for _, label in listed]))
    share = np.clip(model.init_.class_prior_[1], 1e-6, 1 - 1e-6)
    return {
        "features": names,
        "start": round(float(np.log(share / (1 - share))), 5),
        "trees": [_complete(tree[0].tree_, model.learning_rate) for tree in model.estimators_],
    }


def _complete(tree: Any, rate: float) -> list[Any]:
    """A tree as [[feature, limit] of each inner node by level], [leaves], with missing nodes filled by their parent's value."""
    nodes: list[list[float]] = []
    level = [0]
    for _ in range(DEPTH):
        below = []
        for at in level:
            leaf = tree.children_left[at] < 0
            nodes.append([0, 1e9] if leaf else [int(tree.feature[at]), round(float(tree.threshold[at]), 6)])
            below += [at, at] if leaf else [tree.children_left[at], tree.children_right[at]]
        level = below
    return [nodes, [round(float(tree.value[at][0][0]) * rate, 5) for at in level]]


def fit(notes: Iterable[Note], threshold: float = 0.0) -> dict[str, Any]:
    """Both sets of trees, as `ranking.json` holds them."""
    listed = [row for note in notes for one in (note, note.excerpt) if one for row in rows(one)]
    return {
        "threshold": threshold,
        "leading": fit_trees([row for row in listed if row[0].leading], LEADING),
        "others": fit_trees([row for row in listed if not row[0].leading], OTHERS),
    }


def model_of(data: Mapping[str, Any], threshold: float) -> Weights:
    """The model that `fit` gave, with another threshold."""
    return Weights(Trees.of(data["leading"]), Trees.of(data["others"]), threshold)


def chosen(note: Note, model: Weights, services: Services) -> frozenset[str]:
    """The codes that would be selected with `model`."""
    _, picked = services.suggester.choose(note.request, note.seen, model)
    return frozenset(item.code.code for item in picked.chosen)


def micro_f1(pairs: Iterable[tuple[frozenset[str], Iterable[str]]]) -> tuple[float, float, float]:
    """F1, precision, recall over (chosen, gold) pairs."""
    hits = said = wanted = 0
    for picked, gold in pairs:
        gold = frozenset(gold)
        hits += len(picked & gold)
        said += len(picked)
        wanted += len(gold)
    precision, recall = hits / max(1, said), hits / max(1, wanted)
    return 2 * precision * recall / max(1e-9, precision + recall), precision, recall


def folds(count: int) -> list[set[int]]:
    """Numbers of the notes of each fold."""
    order = np.random.default_rng(SEED).permutation(count)
    return [set(order[fold::FOLDS].tolist()) for fold in range(FOLDS)]


def main(argv: Sequence[str] | None = None) -> int:
    """Fit, choose the threshold on held-out folds, print, write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="+", type=Path)
    parser.add_argument("--texts", type=Path, help="notes that lie outside (id, text, ...), for cases without text")
    parser.add_argument("--keep-order", action="store_true", help="fit the trees alone, under the order that is there")
    parser.add_argument("--dry-run", action="store_true", help="print only")
    args = parser.parse_args(argv)
    services = Services.open(quiet=True)
    notes = load(args.cases, args.texts, services)
    order = {} if args.keep_order else fit_order(notes)
    if order and not args.dry_run:
        _write("refinement.json", {"weights": order})
        _forget()
        notes = load(args.cases, args.texts, services)  # with candidates in the order just learnt
    held: list[tuple[Note, dict[str, Any]]] = []
    for out in folds(len(notes)):
        data = fit(note for index, note in enumerate(notes) if index not in out)
        held += [(notes[index], data) for index in sorted(out)]
    models = [(note, model_of(data, 0.0)) for note, data in held]
    scored = {
        threshold: micro_f1(
            (chosen(note, replace(model, threshold=threshold), services), note.gold) for note, model in models
        )
        for threshold in THRESHOLDS
    }
    best = max(scores[0] for scores in scored.values())
    level = [threshold for threshold, scores in scored.items() if scores[0] >= best - LEVEL]
    threshold = level[len(level) // 3]
    f1, precision, recall = scored[threshold]
    print(" ".join(f"{at}: {scores[0]:.3f}" for at, scores in scored.items()))
    print(f"{len(notes)} notes, {FOLDS} folds: micro F1 {f1:.3f} (P {precision:.3f}, R {recall:.3f}) at {threshold}")
    for name, weight in order.items():
        print(f"  order  {name:24}{weight:8.3f}")
    if not args.dry_run:
        _write("ranking.json", fit(notes, threshold))
    return 0


def _forget() -> None:
    """Read the weights anew from here on."""
    from assistant.suggest import refinement

    refinement.weights.cache_clear()


def _write(name: str, new: Mapping[str, Any]) -> None:
    path = RULES / name
    data = json.loads(path.read_text(encoding="utf-8")) | new
    text = json.dumps(data, ensure_ascii=False, separators=(", ", ": "))
    for mark in ('"leading"', '"others"', '"symptom_prefixes"', '"groups"', '"threshold"', '"trees"', "[[["):
        text = text.replace(f", {mark}", f",\n {mark}")
    path.write_text(text.replace("]], [[[", "]],\n  [[[").replace("]], [[", "]],\n  [[") + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
